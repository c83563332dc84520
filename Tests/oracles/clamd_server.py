#!/usr/bin/env python3
"""Speaks clamd's protocol for tests: says where it listens, tells what it got, misbehaves when asked.

    clamd_server.py [PATH]

Listens on that socket, or on a free port of loopback. Prints {"port": …} on one line, then serves until standard input
ends; for each line it reads there it prints {"files": [bytes of each file], "atOnce": most at one time}. As clamd(8)
has it: `zINSTREAM\\0`, pieces with their length in four bytes, an empty one at the end, and an answer that ends with a
zero; `zPING\\0`. What a file holds says what becomes of it: EICAR is found, SILENT is not answered, HANGUP is cut off,
LONG is said to be too long while it still comes, NONSENSE gets an answer of another kind, SLOW takes half a second.
"""
import json
import os
import socketserver
import sys
import threading
import time

FILES, LOCK = [], threading.Lock()
NOW = {"open": 0, "most": 0}


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        command = b""
        while not command.endswith(b"\0"):
            byte = self.rfile.read(1)
            if not byte:
                return
            command += byte
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
        elif command == b"zINSTREAM\0":
            with LOCK:
                NOW["open"] += 1
                NOW["most"] = max(NOW["most"], NOW["open"])
            try:
                self.stream()
            finally:
                with LOCK:
                    NOW["open"] -= 1
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def stream(self):
        content = b""
        while True:
            head = self.rfile.read(4)
            if len(head) < 4:
                return
            length = int.from_bytes(head, "big")
            if not length:
                break
            piece = self.rfile.read(length)
            if len(piece) < length:
                return
            content += piece
            if b"LONG" in content:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        with LOCK:
            FILES.append(len(content))
        if b"SLOW" in content:
            time.sleep(0.5)
        if b"SILENT" in content:
            time.sleep(60)
        elif b"NONSENSE" in content:
            self.wfile.write(b"stream: perhaps\0")
        elif b"EICAR" in content:
            self.wfile.write(b"stream: Eicar-Signature FOUND\0")
        elif b"HANGUP" not in content:
            time.sleep(0.02)
            self.wfile.write(b"stream: OK\0")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 200


class SocketServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def serve(path=None):
    """In a thread of its own; the server says where it is."""
    server = SocketServer(path, Conversation) if path else Server(("127.0.0.1", 0), Conversation)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    listening = serve(sys.argv[1] if len(sys.argv) > 1 else None)
    print(json.dumps({"port": 0 if len(sys.argv) > 1 else listening.server_address[1]}), flush=True)
    for _ in sys.stdin:
        with LOCK:
            print(json.dumps({"files": FILES, "atOnce": NOW["most"]}), flush=True)
    os._exit(0)
