"""Files under fire: killed in the middle of an upload, what is shown has its file, and what has no row goes away."""
import os
import pathlib
import socket
import struct
import time
import zlib

import pytest

import harness
import lib
from facts import eventually
from pages import Page

BOUNDARY = "----half-a-picture"
SETTINGS = "/settings/profile"
DAYS = 86_400


def png(shade: int) -> bytes:
    """A picture of 64 by 64 in one colour."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = (b"\0" + bytes([shade, 0, 0]) * 64) * 64
    head = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def upload_body(csrf: str, picture: bytes) -> bytes:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'.encode(),
             f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="picture"; filename="me.png"\r\n'
             f"Content-Type: image/png\r\n\r\n".encode(), picture, f"\r\n--{BOUNDARY}--\r\n".encode()]
    return b"".join(parts)


class Sitter:
    """Somebody who is signed in and changes their picture."""

    def __init__(self, running: harness.Server, person: lib.Person):
        self.running = running
        self.person = person
        self.cookie = person.sign_in(running.port).cookie
        self.csrf = Page(self.client.call("GET", SETTINGS).text).form(SETTINGS).fields["csrf"]

    @property
    def client(self) -> lib.Client:
        """With a connection of its own: those of before a restart are over."""
        return lib.Client(self.running.port, cookie=self.cookie)

    def upload(self, picture: bytes) -> lib.Reply:
        return self.client.call("POST", f"{SETTINGS}/picture", upload_body(self.csrf, picture),
                                headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})

    def begin_upload(self, picture: bytes) -> None:
        """Sends the head and half of the body, and leaves the connection open."""
        body = upload_body(self.csrf, picture)
        self.line = socket.create_connection(("127.0.0.1", self.running.port))
        self.line.sendall((f"POST {SETTINGS}/picture HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\n"
                           f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
                           f"Content-Length: {len(body)}\r\n\r\n").encode() + body[:len(body) // 2])
        time.sleep(0.2)

    @property
    def shown(self) -> str | None:
        """The name of the picture in this person's row."""
        return self.running.rows("SELECT picture FROM account WHERE id = ?", self.person.id)[0]["picture"]


def files(running: harness.Server) -> set[str]:
    folder = pathlib.Path(running.folder) / "files"
    return {entry.name for entry in folder.iterdir()} if folder.exists() else set()


def age(running: harness.Server, name: str) -> None:
    """Makes a file two days old, by the clock of the folder."""
    then = time.time() - 2 * DAYS
    os.utime(pathlib.Path(running.folder) / "files" / name, (then, then))


def expect_sound(running: harness.Server) -> None:
    """Whoever has a picture has a file, and it is a whole one."""
    for row in running.rows("SELECT picture FROM account WHERE picture IS NOT NULL"):
        assert row["picture"] in files(running), "a row names a file that is not there"
        answer = lib.Client(running.port).call("GET", f"/pictures/{row['picture']}")
        assert answer.status == 200 and answer.body.startswith(b"\x89PNG") and answer.body.endswith(png(0)[-12:])


@pytest.fixture
def sitter(running, place):
    return Sitter(running, place.owner)


@pytest.mark.parametrize("point", ["picture.before_commit", "picture.after_commit"])
def test_a_kill_between_file_and_row_leaves_a_whole_picture_and_at_most_an_orphan(running, sitter, point):
    assert sitter.upload(png(1)).status == 303
    before, kept = sitter.shown, files(running)
    expect_sound(running)
    running.crash_at = point
    running.restart()
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {sitter.upload(png(2))}")
    running.wait_for_crash()
    running.restart()

    expect_sound(running)
    committed = point == "picture.after_commit"
    assert (sitter.shown != before) is committed
    running.wait_for_jobs()
    expect_sound(running)
    if committed:
        eventually(lambda: files(running) == {sitter.shown}, "the job of the same commit removes the old file")
        return
    [orphan] = files(running) - kept
    assert lib.Client(running.port).call("GET", f"/pictures/{orphan}").status == 404, "nobody is shown an orphan"
    for name in files(running):
        age(running, name)
    running.restart()
    eventually(lambda: files(running) == {before}, "an old orphan is swept away, and nothing else")
    expect_sound(running)


def test_a_kill_while_the_bytes_come_leaves_nothing(running, sitter):
    before, kept = sitter.shown, files(running)
    sitter.begin_upload(png(3) * 50)
    running.process.kill()
    sitter.line.close()
    running.restart()
    assert sitter.shown == before and files(running) == kept
    expect_sound(running)


def test_half_a_file_is_shown_to_nobody_and_goes_when_it_is_old(running, sitter):
    """What a process leaves that dies inside the writing itself: the draft under its other name."""
    assert sitter.upload(png(4)).status == 303
    running.wait_for_jobs()
    folder = pathlib.Path(running.folder) / "files"
    name = "A" * 43
    for draft in (f"{name}.new", f"{name[1:]}B.new"):
        (folder / draft).write_bytes(png(5)[:40])
    age(running, f"{name}.new")
    for path in (name, f"{name}.new"):
        assert lib.Client(running.port).call("GET", f"/pictures/{path}").status == 404
    running.restart()
    eventually(lambda: f"{name}.new" not in files(running), "an old draft goes")
    assert f"{name[1:]}B.new" in files(running), "a young one may still be written to"
    expect_sound(running)


def test_a_missing_file_is_noticed(running, sitter):
    """The check itself, seen to fail."""
    assert sitter.upload(png(6)).status == 303
    path = pathlib.Path(running.folder) / "files" / sitter.shown
    whole = path.read_bytes()
    for broken in (None, whole[:40]):
        path.unlink() if broken is None else path.write_bytes(broken)
        with pytest.raises(AssertionError):
            expect_sound(running)
    path.write_bytes(whole)
    expect_sound(running)
