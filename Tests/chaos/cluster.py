"""A durable PostgreSQL of the test's own: to be killed, filled, stopped, followed by a replica, promoted."""
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg

import harness
from ports import free_port

BIN = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))
SYSTEM = "postgres"


def as_postgres(*command: str, **more) -> subprocess.CompletedProcess:
    """PostgreSQL refuses to run as root."""
    become = ["setpriv", f"--reuid={SYSTEM}", f"--regid={SYSTEM}", "--clear-groups"] if os.geteuid() == 0 else []
    return subprocess.run([*become, "env", "LC_ALL=C", *command], capture_output=True, text=True, cwd="/", **more)


class Cluster:
    """One server. `folder`: where its data lies, such as on an image; made anew without one."""

    def __init__(self, *, folder: pathlib.Path | None = None, settings: dict[str, str] | None = None):
        self.folder = folder or pathlib.Path(tempfile.mkdtemp(prefix="workestra-cluster-"))
        self.data, self.port, self.settings = self.folder / "data", free_port(), settings or {}
        if os.geteuid() == 0:
            shutil.chown(self.folder, SYSTEM, SYSTEM)
        self.child: subprocess.Popen | None = None

    def init(self) -> "Cluster":
        made = as_postgres(str(BIN / "initdb"), "-D", str(self.data), "-U", "workestra", "-A", "trust", "-E", "UTF8",
                           "--locale=C", "--no-sync")
        assert made.returncode == 0, made.stderr
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write("host all all 10.77.0.0/16 trust\nhost replication all 127.0.0.1/32 trust\n")
        return self

    def follow(self, leader: "Cluster", name: str) -> "Cluster":
        """A streaming replica of the leader, under a name that its `synchronous_standby_names` may hold."""
        made = as_postgres(
            str(BIN / "pg_basebackup"), "-D", str(self.data), "-R", "-X", "stream", "-c", "fast", "-d",
            f"host=127.0.0.1 port={leader.port} user=workestra application_name={name}")
        assert made.returncode == 0, made.stderr
        return self

    @property
    def url(self) -> str:
        return f"postgres://workestra@127.0.0.1:{self.port}/postgres"

    def launch(self) -> None:
        """Starts the server and does not wait."""
        given = {"listen_addresses": "*", "max_connections": "200", "unix_socket_directories": "", "hot_standby": "on",
                 "autovacuum_naptime": "5"} | self.settings
        become = ["setpriv", f"--reuid={SYSTEM}", f"--regid={SYSTEM}", "--clear-groups"] if os.geteuid() == 0 else []
        words = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.child = subprocess.Popen(
                [*become, "env", "LC_ALL=C", str(BIN / "postgres"), "-D", str(self.data), "-p", str(self.port), *words],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True)

    def start(self, limit: float = 60) -> float:
        """Starts it, again and again if need be, and gives the seconds until it answered."""
        began = time.monotonic()
        self.launch()
        while not self.answers():
            if self.child.poll() is not None:
                # The memory of the killed one is not gone yet.
                time.sleep(0.2)
                self.launch()
            assert time.monotonic() - began < limit, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.05)
        return time.monotonic() - began

    def answers(self) -> bool:
        try:
            with self.connect(connect_timeout=2) as connection:
                connection.execute("SELECT 1")
            return True
        except psycopg.Error:
            return False

    def connect(self, **more):
        return psycopg.connect(self.url, autocommit=True, **more)

    def processes(self) -> list[int]:
        """The postmaster and its children."""
        found = subprocess.run(["pgrep", "-P", str(self.child.pid)], capture_output=True, text=True).stdout.split()
        return [self.child.pid, *map(int, found)]

    def kill(self) -> None:
        """SIGKILL to the postmaster first, then to all its children."""
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.child.wait()

    def stop(self) -> None:
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
            self.child.wait(30)

    def promote(self) -> None:
        done = as_postgres(str(BIN / "pg_ctl"), "promote", "-D", str(self.data), "-w", "-t", "30")
        assert done.returncode == 0, done.stdout + done.stderr

    def close(self) -> None:
        if self.child and self.child.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_) -> None:
        self.close()


@contextlib.contextmanager
def servers_on(cluster: Cluster):
    """Servers made inside keep their databases on this cluster."""
    before, harness.POSTGRES = harness.POSTGRES, cluster.url
    try:
        yield cluster
    finally:
        harness.POSTGRES = before


def several(url: str, *clusters: Cluster) -> str:
    """The same database on several hosts, of which the one is taken that writes."""
    hosts = ",".join(f"127.0.0.1:{cluster.port}" for cluster in clusters)
    return re.sub(r"@[^/]+/", f"@{hosts}/", url) + "?target_session_attrs=read-write"
