"""Raw bytes on the socket: broken framing and floods of headers end in 4xx or a closed connection, never in a crash."""
import contextlib
import re
import select
import socket
import time

import pytest

import lib

PROBE = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
CHUNK = b"10000\r\n" + b" " * 65_536 + b"\r\n"
SLUG = b"/api/v1/public/links/none/bookings"


def ask(port: int, *parts: bytes, pause: float = 0, limit: float = 10) -> bytes:
    """Sends the parts and reads until the other side closes or falls silent."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=limit) as raw, contextlib.suppress(OSError):
        for part in parts:
            raw.sendall(part)
            time.sleep(pause)
        raw.settimeout(1)
        while chunk := raw.recv(65536):
            answer += chunk
    return answer


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


def post(*headers: bytes, body: bytes = b"") -> bytes:
    lines = [b"POST " + SLUG + b" HTTP/1.1", b"Host: x", b"Content-Type: application/json", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


# What is sent, and the answers that are right. `None` = the connection may also end without an answer.
CASES = {
    "300 headers": ([PROBE + b"".join(b"X-%d: y\r\n" % n for n in range(300)) + b"\r\n"], {431}),
    "100,000 headers": ([PROBE, b"X: y\r\n" * 100_000 + b"\r\n"], {431, None}),
    "one header of 100 KB": ([PROBE + b"X: " + b"y" * 100_000 + b"\r\n\r\n"], {431}),
    "headers of 3 MB": ([PROBE, *(b"X-%d: " % n + b"y" * 30_000 + b"\r\n" for n in range(100)), b"\r\n"],
                        {431, None}),
    "a header name of 100 KB": ([PROBE + b"y" * 100_000 + b": x\r\n\r\n"], {400, 431}),
    "length and chunked at once": (
        [post(b"Content-Length: 4", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + PROBE + b"\r\n")], {400}),
    "two lengths": ([post(b"Content-Length: 2", b"Content-Length: 40", body=b"{}")], {400}),
    "a negative length": ([post(b"Content-Length: -1", body=b"{}")], {400}),
    "a length that is no number": ([post(b"Content-Length: 2x", body=b"{}")], {400}),
    "chunked, but not last": ([post(b"Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n")], {400, 501}),
    "a chunk of a wrong size": ([post(b"Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n")], {400}),
    "a chunk larger than memory": ([post(b"Transfer-Encoding: chunked", body=b"ffffffffffffffffff\r\n{}")], {400}),
    "a bare CR in a header": ([PROBE + b"X: a\rInjected: b\r\n\r\n"], {400}),
    "a bare CR as line end": ([b"GET /livez HTTP/1.1\rHost: x\r\r"], {400, None}),
    "NUL in a header": ([PROBE + b"X: a\x00b\r\n\r\n"], {400}),
    "a folded header": ([PROBE + b"X: a\r\n  folded\r\n\r\n"], {200, 400}),
    "a space before the colon": ([PROBE + b"X : a\r\n\r\n"], {400}),
    "an address of 1 MB": ([b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"], {404, 414, 431}),
    "an address of 10 KB": ([b"GET /book/" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"], {404, 414, 431}),
    "no version": ([b"GET /livez\r\n\r\n"], {400, None}),
    "HTTP/9.9": ([b"GET /livez HTTP/9.9\r\nHost: x\r\n\r\n"], {400, 505, None}),
    "an unknown method": ([b"BREW /livez HTTP/1.1\r\nHost: x\r\n\r\n"], {400, 405}),
    "TLS on a plain port": ([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200], {400, None}),
    "the preface of HTTP/2": ([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], {400, 404, 405, 505, None}),
    "bytes at random": ([bytes((7 * n * n + 13 * n) % 256 for n in range(5000))], {400, 431, None}),
    "a body that ends early": ([post(b"Content-Length: 100", body=b"{")], {400, None}),
    "1 MB and one byte": ([post(b"Content-Length: 1048577", body=b" " * 1_048_577)], {413}),
    "2 MB in chunks": ([post(b"Transfer-Encoding: chunked", body=CHUNK * 32 + b"0\r\n\r\n")], {413, None}),
}


@pytest.mark.parametrize("name", CASES)
def test_broken_bytes_are_refused_and_the_process_lives(running, name):
    parts, right = CASES[name]
    answer = ask(running.port, *parts)
    found = statuses(answer)
    assert (found[0] if found else None) in right, answer[:400]
    assert len(found) <= 1, f"one request, {len(found)} answers: {answer[:600]}"
    assert running.process.running and lib.Client(running.port).ready()


def test_the_checks_of_this_file_can_fail(running):
    """A sound request is answered, and two requests give two answers, which the smuggling check would report."""
    whole = PROBE + b"\r\n"
    assert statuses(ask(running.port, whole)) == [200]
    assert statuses(ask(running.port, whole + whole)) == [200, 200]


def test_a_body_that_drips_holds_up_nobody_else(running):
    """Thirty connections that send a byte now and then; others are answered as ever."""
    connections = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(30)]
    try:
        for raw in connections:
            raw.sendall(post(b"Content-Length: 1000", body=b"{"))
        for _ in range(5):
            for raw in connections:
                raw.sendall(b" ")
            assert lib.Client(running.port).call("GET", "/book/none").status == 404
        # Nothing came back on them: the answers above did not wait for one of these to end.
        assert select.select(connections, [], [], 0)[0] == []
    finally:
        for raw in connections:
            raw.close()
    assert running.process.running and lib.Client(running.port).ready()


def test_five_hundred_silent_connections_hold_up_nobody_else(running):
    connections = []
    try:
        for _ in range(500):
            connections.append(socket.create_connection(("127.0.0.1", running.port)))
            connections[-1].sendall(b"GET /livez HTTP/1.1\r\n")
        assert lib.Client(running.port).ready()
    finally:
        for raw in connections:
            raw.close()
    assert running.process.running and lib.Client(running.port).ready()


def test_addresses_that_try_to_climb_are_not_found(running):
    for path in (b"/book/..%2f..%2fetc%2fpasswd", b"/assets/../../etc/passwd", b"/assets/%2e%2e/%2e%2e/key", b"//livez",
                 b"/book//x", b"/./livez", b"/book/%00", b"/book/%ff", b"/book/%", b"/book/a\\b", b"/book/%5c"):
        found = statuses(ask(running.port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        assert found in ([404], [400], [308]), (path, found)
