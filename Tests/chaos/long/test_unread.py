"""R-31: whoever asks for a file and reads nothing of it keeps no connection."""
import os
import socket

import lib
from facts import eventually
from sending import MOST, PDF, asking, book, question, send

READERS = 20


def sockets(running) -> int:
    """The server's connections of visitors; not those to its database."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    ours = {f"socket:[{row[9]}]" for row in rows if int(row[1].rpartition(":")[2], 16) == running.port}
    folder, found = f"/proc/{running.process.child.pid}/fd", 0
    for name in os.listdir(folder):
        try:
            found += os.readlink(f"{folder}/{name}") in ours
        except FileNotFoundError:
            pass
    return found


def asks(running, address: str) -> socket.socket:
    """A connection that asked for a file, and whose reader is away."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", running.port))
    line.sendall(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return line


def test_readers_who_stop_reading_are_let_go(running, place):
    link = asking(running, place)
    token = send(running, link, PDF + b"x" * (MOST - len(PDF))).json["uploadToken"]
    booked = book(running, link, lib.free_starts(running, link["slug"])[0], token).json
    lib.settle(running)
    before = sockets(running)
    lines = [asks(running, f"/booking/{booked['token']}/files/{question(link)}") for _ in range(READERS)]
    eventually(lambda: sockets(running) >= before + READERS, "all are answered", limit=60)
    # Nobody is sent away at once: a line may be slow.
    assert sockets(running) >= before + READERS
    eventually(lambda: sockets(running) <= before, "all are let go", limit=300)
    for line in lines:
        line.close()
