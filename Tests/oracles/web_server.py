#!/usr/bin/env python3
"""Somebody else's web server for tests: keeps what it gets, and misbehaves by path.

    web_server.py HOST… [--tls KIND]

KIND is one of certificates.KINDS. Listens on each HOST at one and the same port, prints {"port": …, "ca": …} on one
line, "ca" being the file of the authority to trust, then for each line on standard input
prints {"connections": {host: …}, "requests": […]}, until standard input ends.

    /ok 200 · /status/500 that status · /slow-down 429 once, Retry-After: 7 · /moved 301 to /ok · /hang never answers
    /drip one byte a second · /big a gigabyte · /cut closes in the middle · /closes without a word · /third 503 twice
"""
import argparse
import json
import socket
import socketserver
import sys
import threading
import time

import certificates


class Receiver:
    """On every one of `hosts`, all at one port. `requests` holds what came, `connections` how many by host."""

    def __init__(self, *hosts: str, tls: str | None = None):
        self.requests: list[dict] = []
        self.connections = dict.fromkeys(hosts, 0)
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.context, self.authority = certificates.server(tls) if tls else (None, None)
        self.servers, self.port = [], 0
        for host in hosts:
            server = socketserver.ThreadingTCPServer((host, self.port), self.handler(host), bind_and_activate=False)
            server.daemon_threads, server.allow_reuse_address = True, True
            # Beyond five at once the system would let callers wait for a second and more.
            server.request_queue_size = 128
            server.server_bind()
            server.server_activate()
            self.port = server.server_address[1]
            self.servers.append(server)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handler(self, host: str):
        receiver = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with receiver.lock:
                    receiver.connections[host] += 1
                try:
                    receiver.serve(self.request)
                except OSError:
                    pass

        return Handler

    def serve(self, connection: socket.socket) -> None:
        connection.settimeout(60)
        if self.context:
            connection = self.context.wrap_socket(connection, server_side=True)
        head, _, body = self.read_until(connection, b"\r\n\r\n").partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        while len(body) < int(headers.get("content-length", 0)):
            piece = connection.recv(65_536)
            if not piece:
                return
            body += piece
        method, path, _ = lines[0].split(" ")
        with self.lock:
            self.requests.append({"method": method, "path": path, "headers": headers, "body": body.decode(),
                                  "at": time.monotonic()})
            seen = sum(1 for request in self.requests if request["path"] == path)
        self.answer(connection, path.split("?")[0], seen)
        connection.close()

    @staticmethod
    def read_until(connection: socket.socket, end: bytes) -> bytes:
        read = b""
        while end not in read:
            piece = connection.recv(65_536)
            if not piece:
                break
            read += piece
        return read

    def answer(self, connection: socket.socket, path: str, seen: int) -> None:
        if path == "/hang":
            self.closing.wait(60)
        elif path == "/closes":
            return
        elif path == "/cut":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        elif path == "/drip":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not self.closing.wait(1):
                connection.sendall(b"x")
        elif path == "/big":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            for _ in range(1_000):
                connection.sendall(b"x" * 1_000_000)
        elif path == "/moved":
            reply(connection, 301, b"moved", f"Location: http://127.0.0.1:{self.port}/ok\r\n")
        elif path == "/slow-down":
            reply(connection, 429 if seen == 1 else 200, b"slow down", "Retry-After: 7\r\n")
        elif path == "/third":
            reply(connection, 200 if seen > 2 else 503, b"third time lucky")
        elif path.startswith("/status/"):
            reply(connection, int(path.rsplit("/", 1)[1]), b"as asked")
        else:
            reply(connection, 200, b"thank you")

    def close(self) -> None:
        self.closing.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def reply(connection: socket.socket, status: int, body: bytes, headers: str = "") -> None:
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
    connection.sendall(head.encode() + body)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("hosts", nargs="+")
    parser.add_argument("--tls", choices=certificates.KINDS)
    options = parser.parse_args()
    with Receiver(*options.hosts, tls=options.tls) as receiver:
        print(json.dumps({"port": receiver.port, "ca": receiver.authority}), flush=True)
        for _ in sys.stdin:
            with receiver.lock:
                print(json.dumps({"connections": receiver.connections, "requests": receiver.requests}), flush=True)


if __name__ == "__main__":
    main()
