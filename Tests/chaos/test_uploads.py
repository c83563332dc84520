"""S-32, R-31: files as answers under fire: lies about what they are, bodies that end early, kills, a full disk."""
import contextlib
import http.client
import json
import pathlib
import shutil
import struct
import subprocess
import threading
import sys
import zipfile
import zlib

import pytest

import harness
import lib
from facts import eventually
from sending import MOST, PDF, asking, begin, body, book, end, part, path, post, question, send
from test_disk import fill, on_a_disk_of, wait_for
from test_files import age, files

sys.path.insert(0, str(harness.ROOT / "Tests" / "oracles"))
import clamd_server  # noqa: E402


@pytest.fixture(scope="module")
def link(running, place):
    return asking(running, place)


def bomb() -> bytes:
    """A picture of 30,000 by 30,000 in a few kilobytes: whoever draws it needs gigabytes."""
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    squeeze = zlib.compressobj(9)
    rows = b"".join(squeeze.compress(b"\0" * 3_751) for _ in range(30_000)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def packed(folder: pathlib.Path, first: str) -> bytes:
    """A document whose second entry is 200 MB of nothing."""
    file = folder / "packed"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(first, "<Types/>")
        with archive.open("word/document.xml", "w") as entry:
            for _ in range(200):
                entry.write(b"\0" * (1 << 20))
    return file.read_bytes()


def memory(running) -> int:
    """What the server has in memory, in bytes."""
    status = pathlib.Path(f"/proc/{running.process.child.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


@pytest.mark.parametrize("content, name, kind", [
    (b"", "plan.pdf", "application/pdf"), (b"MZ\x90\0", "plan.pdf", "application/pdf"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "plan.png", "image/png"),
    (b"<!DOCTYPE html><script>alert(1)</script>", "plan.txt", "text/plain"),
    (b"PK\x03\x04" + b"\0" * 22 + b"\x08\0\0\0bomb.txt", "plan.docx", "application/msword"),
    (b"#!/bin/sh\n", "plan.txt", "text/plain"), (b"\0" * 64, "plan.pdf", "application/pdf"),
    (b"\x7fELF\x02\x01", "plan.png", "image/png"), (b"<html>%PDF-1.7", "plan.pdf", "application/pdf"),
    (b" \n<?php system(1);", "plan.txt", "text/plain"), (b"ok\n<iframe src=x>", "plan.csv", "text/csv"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "plan.doc", "application/msword"),
    (b"\x1f\x8b\x08", "plan.pdf", "application/pdf"),
])
def test_what_it_is_says_its_content_and_not_its_sender(running, link, content, name, kind):
    before = files(running)
    reply = send(running, link, content, name=name, kind=kind)
    assert reply.status == 422 and reply.json["errors"][0]["field"] == "file", reply.text
    assert files(running) == before


@pytest.mark.parametrize("name, told", [
    ("../../../etc/passwd", "passwd.pdf"), ("C:\\\\windows\\\\system.ini", "system.ini.pdf"),
    ("plan.html", "plan.html.pdf"), ("..", "file.pdf"), ("%2e%2e%2fplan.pdf", "%2e%2e%2fplan.pdf"),
    ("x" * 300, "x" * 100 + ".pdf"), ("\u202egpj.exe", "gpj.exe.pdf"), (".", "file.pdf"), ("a;b.pdf", "a;b.pdf"),
])
def test_a_name_is_only_a_name(running, link, name, told):
    reply = send(running, link, name=name)
    assert reply.status == 201 and reply.json["name"] == told, reply.text
    [row] = running.rows("SELECT file, name FROM answer_file WHERE booking IS NULL ORDER BY id DESC LIMIT 1")
    assert row["file"] in files(running) and row["name"] == told


def test_a_polyglot_is_a_file_to_keep_and_nothing_else(running, place, link):
    stranger = lib.make_place(running, "Elsewhere").owner
    content = b"%PDF-1.7\n<script>alert(1)</script>"
    token = send(running, link, content, name="plan.html", kind="text/html").json["uploadToken"]
    booked = book(running, link, lib.free_starts(running, link["slug"])[0], token)
    assert booked.status == 201, booked.text
    answer = lib.Client(running.port).call(
        "GET", f"/booking/{booked.json['token']}/files/{question(link)}")
    assert answer.status == 200 and answer.body == content
    assert answer.headers["content-type"] == "application/pdf" and answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"] and "no-store" in answer.headers["cache-control"]
    address = f"/calendar/bookings/{booked.json['id']}/files/{question(link)}"
    assert place.owner.sign_in(running.port).call("GET", address).body == content
    assert stranger.sign_in(running.port).call("GET", address).status == 404
    assert lib.Client(running.port).call("GET", address).status == 303


def test_one_byte_too_many_is_413_and_the_last_that_fits_is_kept(running, link):
    before = files(running)
    assert send(running, link, PDF + b"x" * (MOST - len(PDF) + 1)).status == 413
    assert files(running) == before
    assert send(running, link, PDF + b"x" * (MOST - len(PDF))).json["bytes"] == MOST


def test_a_body_that_ends_early_and_one_that_is_killed_leave_nothing(running, link):
    before, rows = files(running), running.rows("SELECT id FROM answer_file")
    line, _ = begin(running, link, PDF * 20)
    eventually(lambda: len(files(running) - before) == 1, "a draft while it comes")
    line.close()
    eventually(lambda: files(running) == before, "whoever hangs up leaves nothing")
    line, _ = begin(running, link, PDF * 20)
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
    # What has had its day is looked for at the start, and else once a minute.
    running.restart()
    eventually(lambda: running.rows("SELECT id FROM answer_file WHERE booking IS NULL") == [], "gone", limit=180)
    assert book(running, link, lib.free_starts(running, link["slug"])[1], token).status == 422
    kept = {row["file"] for row in running.rows("SELECT file FROM answer_file")}
    eventually(lambda: {name for name in files(running) if not name.endswith(".new")} == kept, "the job", limit=60)


def test_bombs_are_kept_as_they_are_and_never_opened(running, link, tmp_path):
    for content, name in [(bomb(), "plan.png"), (packed(tmp_path, "[Content_Types].xml"), "plan.docx")]:
        before = memory(running)
        reply = send(running, link, content, name=name, kind="application/octet-stream")
        assert reply.status == 201 and reply.json["bytes"] == len(content), reply.text
        assert memory(running) - before < 50 << 20


def test_a_name_with_a_zero_or_a_line_break_is_no_head_of_a_part(running, link):
    before = files(running)
    for name in ("plan\0.pdf", "plan\r\nX-Other: 1.pdf"):
        assert send(running, link, name=name).status in (400, 422)
    assert files(running) == before


def test_fifty_files_in_one_form_are_none_too_many(running, link):
    """One is taken; of the others nothing stays."""
    before = files(running)
    many = part("question", question(link).encode()) + b"".join(
        part("file", PDF, f"{number}.pdf") for number in range(50)) + end()
    assert post(running, path(link), many).status == 201
    assert len(files(running) - before) == 1
    more = b"".join(part("file", PDF[:20], f"{number}.pdf") for number in range(300)) + end()
    assert post(running, path(link), more).status == 400
    assert len(files(running) - before) == 1


def test_a_form_without_files_has_no_more_room_than_any_other(running, link):
    fields = {"form": "x", "attendee.name": "x" * (2 << 20)}
    assert lib.Client(running.port).form(f"/book/{link['slug']}/bookings", fields).status == 413


def test_a_file_that_lost_its_end_is_noticed_by_whoever_fetches_it(running, link):
    token = send(running, link, PDF * 20).json["uploadToken"]
    booked = book(running, link, lib.free_starts(running, link["slug"])[2], token).json
    [row] = running.rows("SELECT file, size FROM answer_file WHERE booking = ?", booked["id"])
    place = pathlib.Path(running.folder) / "files" / row["file"]
    address = f"/booking/{booked['token']}/files/{question(link)}"
    whole = lib.Client(running.port).call("GET", address)
    assert whole.headers["content-length"] == str(row["size"]) and len(whole.body) == row["size"]
    place.write_bytes((PDF * 20)[:-1])
    with pytest.raises(lib.Lost, match="IncompleteRead"):
        lib.Client(running.port).call("GET", address)
    place.unlink()
    assert lib.Client(running.port).call("GET", address).status == 404
    place.write_bytes(PDF * 20)


def test_a_disk_that_fills_up_while_a_file_comes_loses_the_file_alone():
    try:
        server = on_a_disk_of(556)
        small = server.__enter__()
    except subprocess.CalledProcessError as refused:
        pytest.skip(f"a small file system cannot be mounted here, which needs root: {refused.stderr.strip()}")
    with contextlib.ExitStack() as stack:
        stack.push(server.__exit__)
        link = asking(small, lib.make_place(small, "Harbour"))
        assert send(small, link).status == 201
        kept = files(small)
        line, rest = begin(small, link, PDF * 20)
        eventually(lambda: len(files(small) - kept) == 1, "a draft while it comes")
        fill(small.folder / "filler", 310)
        wait_for(lambda: not lib.Client(small.port).ready())
        # A look at the disk serves for a second.
        threading.Event().wait(1.5)
        line.sendall(rest)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        said = json.loads(answer.read())
        assert (answer.status, said["detail"]) == (
            503, "Files cannot be taken right now. Try again in a few minutes."), said
        assert answer.headers["retry-after"] == "120" and files(small) == kept
        assert send(small, link).status == 503 and files(small) == kept
        (small.folder / "filler").unlink()
        wait_for(lambda: lib.Client(small.port).ready())
        assert send(small, link).status == 201


def test_what_the_scanner_finds_or_cannot_look_at_is_not_kept():
    scanner = clamd_server.serve()
    address = f"tcp://127.0.0.1:{scanner.server_address[1]}"
    with lib.server("sqlite", settings={"CLAMD_URL": address}) as scanned:
        link = asking(scanned, lib.make_place(scanned, "Harbour"))
        assert send(scanned, link).status == 201
        kept = files(scanned)
        bad = send(scanned, link, PDF + b"EICAR")
        assert (bad.status, bad.json["errors"][0]["code"]) == (422, "harmful"), bad.text
        for word in (b"HANGUP", b"NONSENSE", b"LONG"):
            assert send(scanned, link, PDF + word * 40_000).status == 503
        scanner.shutdown()
        scanner.server_close()
        away = send(scanned, link)
        assert away.status == 503 and away.headers["retry-after"] == "120", away.text
        assert files(scanned) == kept
        assert len(scanned.rows("SELECT id FROM answer_file")) == 1
        log = scanned.process.log.read_text()
        assert "a file was not looked at" in log and "clamd cannot be reached" in log


# In two parts: no scanner of somebody who works on this shall find this very file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.mark.skipif(not shutil.which("clamd"), reason="Debian's clamav-daemon is not installed")
def test_the_real_clamd_finds_the_file_made_for_it(tmp_path):
    """With a data base of one signature, so that nothing is fetched for it."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "eicar.ndb").write_text(f"Eicar:0:*:{EICAR.hex()}\n")
    config, place = tmp_path / "clamd.conf", tmp_path / "clamd.ctl"
    config.write_text(f"LocalSocket {place}\nDatabaseDirectory {data}\nForeground yes\nStreamMaxLength 26M\n")
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(
            ["clamd", "-c", str(config)], stdout=log, stderr=log) as daemon:
        try:
            eventually(place.exists, "clamd listens", limit=60)
            with lib.server("sqlite", settings={"CLAMD_URL": f"unix:{place}"}) as scanned:
                link = asking(scanned, lib.make_place(scanned, "Harbour"))
                assert send(scanned, link, EICAR, name="test.txt").json["errors"][0]["code"] == "harmful"
                assert send(scanned, link, PDF + b"x" * (MOST - len(PDF) - 100) + EICAR).status == 422
                assert send(scanned, link, PDF + b"x" * (MOST - len(PDF))).status == 201
        finally:
            daemon.terminate()
