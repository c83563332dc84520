"""Files as answers, as tests send them: a link that asks for one, bodies, and connections that stay half way."""
import socket

import lib

BOUNDARY = "half-a-plan"
PDF = b"%PDF-1.7\n" + b"plan " * 2_000
MOST = 25 << 20


def asking(running, place, **more) -> dict:
    return lib.make_link(running, place, questions=[{"kind": "file", "label": "Your plan", "required": True}], **more)


def part(field: str, content: bytes, name: str | None = None, kind: str = "application/pdf") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"'
    head += f'; filename="{name}"\r\nContent-Type: {kind}' if name is not None else ""
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"


def body(question: str, content: bytes, name: str = "plan.pdf", kind: str = "application/pdf") -> bytes:
    return part("question", question.encode()) + part("file", content, name, kind) + end()


def end() -> bytes:
    return f"--{BOUNDARY}--\r\n".encode()


def path(link: dict) -> str:
    return f"/api/v1/public/links/{link['slug']}/uploads"


def question(link: dict) -> str:
    return link["questions"][0]["id"]


def post(running, path: str, body: bytes) -> lib.Reply:
    return lib.Client(running.port).call(
        "POST", path, body, headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def send(running, link: dict, content: bytes = PDF, **more) -> lib.Reply:
    return post(running, path(link), body(question(link), content, **more))


def book(running, link: dict, start: str, token: str, email: str = "ada@example.com") -> lib.Reply:
    return lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(
        start, email, answers={question(link): token}))


def begin(running, link: dict, content: bytes, share: float = 0.5) -> tuple[socket.socket, bytes]:
    """The head and so much of the body, on a connection that stays open; and the rest of it."""
    whole = body(question(link), content)
    cut = int(len(whole) * share)
    line = socket.create_connection(("127.0.0.1", running.port))
    line.sendall((f"POST {path(link)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                  f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
                  f"Content-Length: {len(whole)}\r\n\r\n").encode() + whole[:cut])
    return line, whole[cut:]
