"""Files in a bucket, end to end: kept and handed out, gone with their rows, and what is so while the store is away."""
import contextlib
import hashlib
import subprocess
import threading

import pytest

import clamd_server
import harness
import lib
import s3_server
from facts import eventually
from sending import MOST, PDF, asking, begin, book, question, send
from test_files import Sitter, files, png
from test_uploads import memory

PASSPHRASE = {"WORKESTRA_PASSPHRASE": "three calm rivers"}


@contextlib.contextmanager
def kept_elsewhere(**more):
    store = s3_server.Store()
    with contextlib.closing(store), lib.server("sqlite", settings=store.settings(**more)) as running:
        yield store, running
        log = running.process.log.read_text()
    assert s3_server.SECRET not in log


@pytest.fixture(scope="module")
def bucket():
    with kept_elsewhere(S3_PREFIX="workestra", **PASSPHRASE) as (store, running):
        yield store, running


@pytest.fixture(scope="module")
def place(bucket):
    return lib.make_place(bucket[1], "Harbour")


@pytest.fixture(scope="module")
def link(bucket, place):
    return asking(bucket[1], place)


def names(store) -> set[str]:
    return {key.removeprefix("workestra/") for key in store.objects()}


def named(running) -> set[str]:
    return {row["file"] for row in running.rows("SELECT file FROM answer_file")}


def test_a_file_is_kept_in_the_bucket_and_fetched_by_both_sides(bucket, place, link):
    store, running = bucket
    content = PDF + b"x" * (MOST - len(PDF))
    token = send(running, link, content).json["uploadToken"]
    booked = book(running, link, lib.free_starts(running, link["slug"])[0], token)
    assert booked.status == 201, booked.text
    [row] = running.rows("SELECT file FROM answer_file WHERE booking = ?", booked.json["id"])
    assert store.objects()[f"workestra/{row['file']}"] == {
        "bytes": MOST, "sha256": hashlib.sha256(content).hexdigest(), "type": "application/octet-stream", "meta": {}}
    assert files(running) == set()
    theirs = lib.Client(running.port).call("GET", f"/booking/{booked.json['token']}/files/{question(link)}")
    assert theirs.status == 200 and theirs.body == content
    address = f"/calendar/bookings/{booked.json['id']}/files/{question(link)}"
    assert place.owner.sign_in(running.port).call("GET", address).body == content


def test_the_job_removes_what_nobody_booked_with(bucket, link):
    store, running = bucket
    before = names(store)
    assert send(running, link).status == 201
    assert len(names(store)) == len(before) + 1
    running.clock.advance(hours=25)
    running.restart()
    eventually(lambda: names(store) == before, "the object goes with its row", limit=180)


def test_pictures_are_in_the_bucket_too(bucket, place):
    store, running = bucket
    sitter = Sitter(running, place.owner)
    assert sitter.upload(png(1)).status == 303
    old = sitter.shown
    assert old in names(store) and files(running) == set()
    shown = lib.Client(running.port).call("GET", f"/pictures/{old}")
    assert shown.status == 200 and shown.body.startswith(b"\x89PNG")
    assert sitter.upload(png(2)).status == 303
    eventually(lambda: old not in names(store) and sitter.shown in names(store), "the old one goes", limit=60)


def test_memory_does_not_grow_with_the_files_that_come_at_once(bucket, link):
    store, running = bucket
    send(running, link)
    before = memory(running)
    content, most = PDF + b"y" * (MOST - len(PDF)), [0]
    ended = threading.Event()

    def watch():
        while not ended.wait(0.05):
            most[0] = max(most[0], memory(running) - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    replies = lib.together(*[lambda: send(running, link, content)] * 12)
    ended.set()
    watcher.join()
    assert [reply.status for reply in replies] == [201] * 12
    print(f"twelve files of 25 MB at once: {most[0] >> 20} MB more in memory")
    # A third of what came, most of it the connections of a process that has just begun.
    assert most[0] < 100 << 20, "memory grows with the files"
    assert named(running) <= names(store)


@pytest.mark.parametrize("point", ["upload.before_commit", "upload.after_commit"])
def test_a_kill_between_object_and_row_leaves_at_most_an_orphan(bucket, link, point):
    store, running = bucket
    before, rows = names(store), len(running.rows("SELECT id FROM answer_file"))
    running.crash_at = point
    running.restart()
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {send(running, link)}")
    running.wait_for_crash()
    running.restart()
    committed = point == "upload.after_commit"
    assert len(running.rows("SELECT id FROM answer_file")) == rows + committed
    assert named(running) <= names(store) and len(names(store) - before) == 1
    if committed:
        return
    [orphan] = names(store) - before
    store.age(f"workestra/{orphan}", 2)
    store.order({"put": "workestra/notes.txt"})
    store.age("workestra/notes.txt", 2)
    running.restart()
    eventually(lambda: orphan not in names(store), "an old orphan is swept away", limit=60)
    assert names(store) == before | {"notes.txt"}


def test_what_comes_by_halves_never_reaches_the_bucket(bucket, link):
    store, running = bucket
    before = names(store)
    store.order({"seen": True})
    line, _ = begin(running, link, PDF * 20)
    eventually(lambda: len(files(running)) == 1, "a draft in the folder")
    line.close()
    eventually(lambda: files(running) == set(), "whoever hangs up leaves nothing")
    assert send(running, link, b"MZ\x90\0").status == 422
    assert names(store) == before and files(running) == set()
    assert [seen for seen in store.order({"seen": True})["seen"] if seen["method"] == "PUT"] == []


def test_while_the_store_is_away_bookings_go_on_and_files_are_refused_in_words():
    with kept_elsewhere() as (store, running):
        place = lib.make_place(running, "Harbour")
        asked, plain = asking(running, place), lib.make_link(running, place, minutes=45)
        token = send(running, asked).json["uploadToken"]
        start, *_, other = lib.free_starts(running, asked["slug"])
        booked = book(running, asked, start, token)
        waiting = send(running, asked).json["uploadToken"]
        kept = names(store)
        assert booked.status == 201 and len(kept) == 2

        store.close()
        away = send(running, asked)
        assert (away.status, away.json["detail"]) == (
            503, "Files cannot be taken right now. Try again in a few minutes."), away.text
        assert away.headers["retry-after"] == "120" and files(running) == set()
        address = f"/booking/{booked.json['token']}/files/{question(asked)}"
        assert lib.Client(running.port).call("GET", address).status == 503
        assert Sitter(running, place.owner).upload(png(3)).status == 503
        assert lib.Client(running.port).ready()
        # What came before is a booking's without asking the store.
        assert book(running, asked, other, waiting, "bo@example.com").status == 201
        made = lib.Client(running.port).call("POST", f"/api/v1/public/links/{plain['slug']}/bookings", lib.wish(
            lib.free_starts(running, plain["slug"], days_ahead=5)[0], "cy@example.com"))
        assert made.status == 201, made.text
        assert "cannot be reached" in running.process.log.read_text()

        again = s3_server.Store(store.bucket, store.port)
        with contextlib.closing(again):
            assert send(running, asked).status == 201
            assert lib.Client(running.port).call("GET", address).body == PDF
            assert names(again) > kept


def test_what_the_scanner_finds_never_reaches_the_bucket():
    scanner = clamd_server.serve()
    with kept_elsewhere(CLAMD_URL=f"tcp://127.0.0.1:{scanner.server_address[1]}") as (store, running):
        link = asking(running, lib.make_place(running, "Harbour"))
        assert send(running, link, PDF + b"EICAR").json["errors"][0]["code"] == "harmful"
        assert store.objects() == {} and files(running) == set()
        assert send(running, link).status == 201 and len(store.objects()) == 1


def test_it_starts_with_whole_settings_only_and_the_commands_say_where_files_are(bucket, place, tmp_path):
    store, running = bucket
    for name, words in [("S3_SECRET_ACCESS_KEY", "S3_SECRET_ACCESS_KEY must be set"),
                        ("S3_BUCKET", "S3_BUCKET must be set")]:
        half = subprocess.run([harness.BINARY, "doctor"], env=running.environment | {name: ""}, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, timeout=60)
        assert half.returncode == 1 and words in half.stdout, half.stdout
        serve = subprocess.run([harness.BINARY, "serve"], env=running.environment | {name: ""}, capture_output=True,
                               stdin=subprocess.DEVNULL, text=True, timeout=60)
        assert serve.returncode == 2 and words in serve.stderr, serve.stderr
    told = running.command("doctor", check=False).stdout
    assert "ok   files" in told and s3_server.SECRET not in told
    saved = tmp_path / "saved.tar"
    assert f"copy them from http://127.0.0.1:{store.port}/{store.bucket}/workestra/" in running.command(
        "backup", str(saved)).stdout
    hosts = lib.Client(running.port, key=place.owner.key).call("GET", "/api/v1/outside-hosts").json["data"]
    assert [(host["kind"], host["host"]) for host in hosts if host["kind"] == "files"] == [("files", "127.0.0.1")]
