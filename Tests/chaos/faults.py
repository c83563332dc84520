"""Faults of the network: a TCP relay that can be slow, silent or cut, and a room of its own for one process."""
import contextlib
import os
import random
import selectors
import socket
import subprocess
import sys
import threading
import time


class Relay:
    """Passes bytes between its port and a target, and misbehaves on command.

        relay = Relay(5432)
        relay.delay = 0.2        # seconds before each piece, up to as much again by the seed
        relay.deaf = True        # what callers send vanishes
        relay.mute = True        # what the target answers vanishes
        relay.cut()              # ends every connection now, with a reset
        relay.closed = True      # new ones are reset at once
    """

    def __init__(self, target: int | tuple[str, int], *, host: str = "127.0.0.1", port: int = 0, seed: int = 0):
        self.target = target if isinstance(target, tuple) else ("127.0.0.1", target)
        self.delay, self.deaf, self.mute, self.closed = 0.0, False, False, False
        self._dice, self._living = random.Random(seed), set()
        self._listener = socket.create_server((host, port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            if self.closed:
                reset(caller)
                continue
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        try:
            target = socket.create_connection(self.target, timeout=10)
        except OSError:
            return reset(caller)
        pair = (caller, target)
        self._living.add(pair)
        with contextlib.suppress(OSError, ValueError), selectors.DefaultSelector() as waiting:
            waiting.register(caller, selectors.EVENT_READ, (target, lambda: self.deaf))
            waiting.register(target, selectors.EVENT_READ, (caller, lambda: self.mute))
            while True:
                for key, _ in waiting.select():
                    other, vanishes = key.data
                    data = key.fileobj.recv(65536)
                    if not data:
                        return self._end(pair)
                    if self.delay:
                        time.sleep(self.delay * self._dice.uniform(1, 2))
                    if not vanishes():
                        other.sendall(data)
        self._end(pair)

    def _end(self, pair) -> None:
        self._living.discard(pair)
        for end in pair:
            end.close()

    def cut(self) -> None:
        for pair in list(self._living):
            self._living.discard(pair)
            for end in pair:
                reset(end)

    def close(self) -> None:
        self._listener.close()
        self.cut()


def reset(end: socket.socket) -> None:
    """Ends a connection as a crash does, without a good-bye."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        end.shutdown(socket.SHUT_RDWR)
    end.close()


class Room:
    """A network namespace with one cable to this machine: `outside` is our end of it, `inside` the other."""

    def __init__(self):
        number = os.getpid() % 250 + 1
        self.name, self.cable = f"workestra{os.getpid()}", f"wk{os.getpid() % 100000}"
        self.outside, self.inside = f"10.77.{number}.1", f"10.77.{number}.2"

    def __enter__(self) -> "Room":
        for command in (f"netns add {self.name}", f"link add {self.cable} type veth peer name {self.cable}b",
                        f"link set {self.cable}b netns {self.name}", f"addr add {self.outside}/24 dev {self.cable}",
                        f"link set {self.cable} up", f"-n {self.name} addr add {self.inside}/24 dev {self.cable}b",
                        f"-n {self.name} link set {self.cable}b up", f"-n {self.name} link set lo up"):
            run("ip", *command.split())
        self.within("nft", "add", "table", "inet", "faults")
        self.within("nft", "add", "chain", "inet", "faults", "out", "{ type filter hook output priority 0; }")
        return self

    def __exit__(self, *_) -> None:
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True)
        subprocess.run(["ip", "link", "del", self.cable], capture_output=True)

    def within(self, *command: str) -> None:
        run("ip", "netns", "exec", self.name, *command)

    @contextlib.contextmanager
    def mirror(self, port: int):
        """Shows a port of this machine's loopback on the room's own loopback."""
        outer, nothing = Relay(port, host=self.outside), subprocess.DEVNULL
        inner = subprocess.Popen(["ip", "netns", "exec", self.name, sys.executable, __file__, str(port), self.outside,
                                  str(outer.port)], stdin=nothing, stdout=nothing, stderr=nothing)
        try:
            yield
        finally:
            inner.kill()
            inner.wait()
            outer.close()

    def drop(self, port: int) -> None:
        """From now on nothing that is sent to that port leaves the room, and nobody is told."""
        self.within("nft", "add", "rule", "inet", "faults", "out", "tcp", "dport", str(port), "drop")

    def heal(self) -> None:
        self.within("nft", "flush", "chain", "inet", "faults", "out")


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


if __name__ == "__main__":
    Relay((sys.argv[2], int(sys.argv[3])), port=int(sys.argv[1]))
    threading.Event().wait()
