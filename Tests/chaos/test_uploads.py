"""Files as answers under fire: lies about what they are, bodies that end early, kills, and many at once."""
import pathlib
import socket
import time

import pytest

import lib
from facts import eventually
from test_files import age, files

BOUNDARY = "half-a-plan"
PDF = b"%PDF-1.7\n" + b"plan " * 2_000
MOST = 25 << 20


@pytest.fixture(scope="module")
def link(running, place):
    return lib.make_link(running, place, questions=[{"kind": "file", "label": "Your plan", "required": True}])


def body(question: str, content: bytes, name: str = "plan.pdf", kind: str = "application/pdf") -> bytes:
    head = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="question"\r\n\r\n{question}\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: {kind}\r\n\r\n")
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def path(link: dict) -> str:
    return f"/api/v1/public/links/{link['slug']}/uploads"


def send(running, link: dict, content: bytes = PDF, **more) -> lib.Reply:
    return lib.Client(running.port).call(
        "POST", path(link), body(link["questions"][0]["id"], content, **more),
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def book(running, link: dict, start: str, token: str, email: str = "ada@example.com") -> lib.Reply:
    return lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(
        start, email, answers={link["questions"][0]["id"]: token}))


def begin(running, link: dict, content: bytes) -> socket.socket:
    """The head and half of the body, on a connection that stays open."""
    whole = body(link["questions"][0]["id"], content)
    line = socket.create_connection(("127.0.0.1", running.port))
    line.sendall((f"POST {path(link)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                  f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
                  f"Content-Length: {len(whole)}\r\n\r\n").encode() + whole[:len(whole) // 2])
    return line


@pytest.mark.parametrize("content, name, kind", [
    (b"", "plan.pdf", "application/pdf"), (b"MZ\x90\0", "plan.pdf", "application/pdf"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "plan.png", "image/png"),
    (b"<!DOCTYPE html><script>alert(1)</script>", "plan.txt", "text/plain"),
    (b"PK\x03\x04" + b"\0" * 22 + b"\x08\0\0\0bomb.txt", "plan.docx", "application/msword"),
    (b"#!/bin/sh\n", "plan.txt", "text/plain"), (b"\0" * 64, "plan.pdf", "application/pdf"),
])
def test_what_it_is_says_its_content_and_not_its_sender(running, link, content, name, kind):
    before = files(running)
    reply = send(running, link, content, name=name, kind=kind)
    assert reply.status == 422 and reply.json["errors"][0]["field"] == "file", reply.text
    assert files(running) == before


@pytest.mark.parametrize("name, told", [
    ("../../../etc/passwd", "passwd.pdf"), ("C:\\\\windows\\\\system.ini", "system.ini.pdf"), ("plan.html", "plan.html.pdf"),
    ("x" * 300, "x" * 100 + ".pdf"), ("\u202egpj.exe", "gpj.exe.pdf"), (".", "file.pdf"), ("a;b.pdf", "a;b.pdf"),
])
def test_a_name_is_only_a_name(running, link, name, told):
    reply = send(running, link, name=name)
    assert reply.status == 201 and reply.json["name"] == told, reply.text
    [row] = running.rows("SELECT file, name FROM answer_file WHERE booking IS NULL ORDER BY id DESC LIMIT 1")
    assert row["file"] in files(running) and row["name"] == told


def test_a_polyglot_is_a_file_to_keep_and_nothing_else(running, link):
    content = b"%PDF-1.7\n<script>alert(1)</script>"
    token = send(running, link, content, name="plan.html", kind="text/html").json["uploadToken"]
    booked = book(running, link, lib.free_starts(running, link["slug"])[0], token)
    assert booked.status == 201, booked.text
    answer = lib.Client(running.port).call(
        "GET", f"/booking/{booked.json['token']}/files/{link['questions'][0]['id']}")
    assert answer.status == 200 and answer.body == content
    assert answer.headers["content-type"] == "application/pdf" and answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"] and "no-store" in answer.headers["cache-control"]


def test_one_byte_too_many_is_413_and_the_last_that_fits_is_kept(running, link):
    before = files(running)
    assert send(running, link, PDF + b"x" * (MOST - len(PDF) + 1)).status == 413
    assert files(running) == before
    assert send(running, link, PDF + b"x" * (MOST - len(PDF))).json["bytes"] == MOST


def test_a_body_that_ends_early_and_one_that_is_killed_leave_nothing(running, link):
    before, rows = files(running), running.rows("SELECT id FROM answer_file")
    line = begin(running, link, PDF * 20)
    eventually(lambda: len(files(running) - before) == 1, "a draft while it comes")
    line.close()
    eventually(lambda: files(running) == before, "whoever hangs up leaves nothing")
    line = begin(running, link, PDF * 20)
    eventually(lambda: len(files(running) - before) == 1, "a draft while it comes")
    running.process.kill()
    line.close()
    running.restart()
    [draft] = files(running) - before
    assert draft.endswith(".new") and running.rows("SELECT id FROM answer_file") == rows
    age(running, draft)
    running.restart()
    eventually(lambda: files(running) == before, "an old draft is swept away")


@pytest.mark.parametrize("point", ["upload.before_commit", "upload.after_commit"])
def test_a_kill_between_file_and_row_leaves_no_row_without_a_file(running, link, point):
    before, rows = files(running), len(running.rows("SELECT id FROM answer_file"))
    running.crash_at = point
    running.restart()
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {send(running, link)}")
    running.wait_for_crash()
    running.restart()
    named = {row["file"] for row in running.rows("SELECT file FROM answer_file")}
    committed = point == "upload.after_commit"
    assert len(running.rows("SELECT id FROM answer_file")) == rows + committed and named <= files(running)
    if committed:
        return
    [orphan] = files(running) - before
    age(running, orphan)
    running.restart()
    eventually(lambda: files(running) == before, "an old orphan is swept away")


def test_what_nobody_booked_with_goes_after_a_day(running, link):
    token = send(running, link).json["uploadToken"]
    running.clock.advance(hours=25)
    eventually(lambda: running.rows("SELECT id FROM answer_file WHERE booking IS NULL") == [], "gone", limit=180)
    assert book(running, link, lib.free_starts(running, link["slug"])[1], token).status == 422
    kept = {row["file"] for row in running.rows("SELECT file FROM answer_file")}
    eventually(lambda: {name for name in files(running) if not name.endswith(".new")} == kept, "the job", limit=60)


def memory(running) -> int:
    """What the server has in memory, in bytes."""
    status = pathlib.Path(f"/proc/{running.process.child.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def test_five_hundred_at_once_take_little_memory(running, link):
    before, kept, content = memory(running), files(running), PDF + b"x" * 1_000_000
    lines = [begin(running, link, content) for _ in range(500)]
    try:
        eventually(lambda: len(files(running) - kept) == 500, "all have begun", limit=120)
        time.sleep(1)
        most = memory(running) - before
        assert most < 100 << 20, f"{most >> 20} MB for 500 uploads"
    finally:
        for line in lines:
            line.close()
    eventually(lambda: files(running) == kept, "nothing stays", limit=120)
