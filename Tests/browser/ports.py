"""Ports of loopback for the servers of the tests."""
import fcntl
import pathlib
import random
import socket
import tempfile

_FOLDER = pathlib.Path(tempfile.gettempdir()) / "workestra-ports"
_RANGE = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")
# A port stays with the run that took it, through restarts of its server, until the process ends.
_taken = []


def free_port() -> int:
    """A port that neither another run of tests nor the system can take before the server listens on it.

    The system hands out its own range to connections and to whoever binds port 0; between a probe there and the start
    of a server a port can be gone. So ports below that range are taken, each under a lock that all runs respect.
    """
    _FOLDER.mkdir(exist_ok=True)
    first = int(_RANGE.read_text().split()[0]) if _RANGE.exists() else 32768
    for port in random.SystemRandom().sample(range(10000, first), 200):
        lock = (_FOLDER / str(port)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
            continue
        _taken.append(lock)
        return port
    raise AssertionError(f"no free port between 10000 and {first}")
