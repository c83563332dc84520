"""HAProxy in front of several processes, set up as docs/hosting.md tells the operator to."""
import pathlib
import re
import shutil
import subprocess
import time

import harness
import lib
from ports import free_port

DOCUMENT = harness.ROOT / "docs/hosting.md"


class Balancer:
    """`nodes`: (host, port) of each process."""

    def __init__(self, folder: pathlib.Path, nodes: list[tuple[str, int]]):
        self.port = free_port()
        text = re.search(r"```haproxy\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]
        text = text.replace("bind :80\n", f"bind 127.0.0.1:{self.port}\n")
        text = re.sub(r"    server .*\n", "", text)
        text += "".join(f"    server n{index} {host}:{port}\n" for index, (host, port) in enumerate(nodes))
        path = folder / "haproxy.cfg"
        path.write_text(text)
        program = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert program, "HAProxy is not installed; bin/setup --chaos installs it"
        self.log = (folder / "haproxy.log").open("ab")
        self.child = subprocess.Popen([program, "-db", "-f", str(path)], stdout=self.log, stderr=self.log,
                                      stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not lib.Client(self.port).ready():
            assert self.child.poll() is None and time.monotonic() < deadline, (folder / "haproxy.log").read_text()
            time.sleep(0.1)

    def __enter__(self) -> "Balancer":
        return self

    def __exit__(self, *_) -> None:
        self.child.terminate()
        self.child.wait(10)
        self.log.close()
