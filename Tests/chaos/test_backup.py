"""Backups of a server at work: what was answered before is in the copy, and the copy keeps still until confirmed."""
import contextlib
import os
import pathlib
import subprocess
import threading
import time

import harness
import lib
from invariants import Facts, violations

PASSPHRASE = {"WORKESTRA_PASSPHRASE": "three calm rivers"}


@contextlib.contextmanager
def elsewhere(engine: str):
    """A server of its own folder and database, which the caller fills and starts."""
    made = harness.Server(engine, settings={"WORKESTRA_RATE_FACTOR": "100000"} | PASSPHRASE)
    try:
        yield made
    finally:
        made.close()


def backup(running, file: pathlib.Path, check: bool = True) -> subprocess.CompletedProcess:
    return subprocess.run([harness.BINARY, "backup", str(file)], env=running.environment | PASSPHRASE,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=check)


def book_until(running, slug: str, starts: list[str], stop: threading.Event, told: list, waits: list) -> None:
    client = lib.Client(running.port)
    for number, start in enumerate(starts):
        if stop.is_set():
            return
        began = time.monotonic()
        reply = client.call("POST", f"/api/v1/public/links/{slug}/bookings", lib.wish(start, f"b{number}@example.com"))
        waits.append(time.monotonic() - began)
        assert reply.status == 201, reply.text
        told.append((time.monotonic(), reply.json["id"], reply.json["token"]))


def test_a_backup_under_load_restores_elsewhere_and_sends_nothing(running, place, tmp_path):
    link = lib.make_link(running, place)
    starts = lib.free_starts(running, link["slug"], days=55)[::2]
    told, waits, stop, file = [], [], threading.Event(), tmp_path / "saved.tar"
    thread = threading.Thread(target=book_until, args=(running, link["slug"], starts, stop, told, waits))
    thread.start()
    while len(told) < 20:
        time.sleep(0.05)
    began, quiet = time.monotonic(), max(waits)
    backup(running, file)
    ended = time.monotonic()
    stop.set()
    thread.join()
    assert len(told) > 20, "nothing was booked while the backup ran"
    print(f"backup on {running.engine}: {file.stat().st_size} bytes in {ended - began:.2f} s; "
          f"the slowest booking took {max(waits):.2f} s, before it {quiet:.2f} s")

    for engine in harness.ENGINES:
        with elsewhere(engine) as copy:
            copy.clock.shift = running.clock.shift
            copy.clock.advance()
            assert restore(copy, file, "wrong words here").returncode == 1
            assert "passphrase" in restore(copy, file, "wrong words here").stderr
            assert restore(copy, file, "").returncode == 2
            told_restored = copy.command("restore", str(file)).stdout
            assert "restore --confirm" in told_restored
            assert "not empty" in copy.command("restore", str(file), check=False).stderr
            copy.clock.advance(hours=6)
            copy.start()
            ids = {row["id"] for row in copy.rows("SELECT id FROM booking")}
            missing = [id for at, id, _ in told if at < began and id not in ids]
            assert missing == []
            token = told[0][2]
            assert lib.Client(copy.port).call("GET", f"/booking/{token}").status == 200

            later = lib.free_starts(copy, link["slug"], days_ahead=57)[0]
            made = lib.Client(copy.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings",
                                              lib.wish(later, "after@example.com"))
            assert made.status == 201, made.text
            time.sleep(2.5)
            assert copy.mail.mails == []
            assert "no mail goes out" in copy.process.log.read_text()

            assert "go out again" in copy.command("restore", "--confirm").stdout
            assert copy.command("restore", "--confirm", check=False).returncode == 1
            lib.settle(copy)
            assert {tuple(mail.recipients) for mail in copy.mail.mails} == {
                ("after@example.com",), (place.owner.email,)}
            assert violations(Facts.of(copy), copy.clock.now()) == []


def restore(copy, file, passphrase: str) -> subprocess.CompletedProcess:
    return subprocess.run([harness.BINARY, "restore", str(file)],
                          env=copy.environment | {"WORKESTRA_PASSPHRASE": passphrase},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def test_a_copy_to_the_other_engine_serves_the_same(running, place):
    link = lib.make_link(running, place)
    start = lib.free_starts(running, link["slug"], days_ahead=40)[0]
    made = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings",
                                         lib.wish(start, "mover@example.com")).json
    lib.settle(running)
    if running.engine == "sqlite":
        refused = running.command("copy", running.store.url, "sqlite:/nowhere/x", check=False)
        assert "another server works on" in refused.stderr
    assert running.process.stop() == 0
    log = pathlib.Path(f"{running.store.path}-wal")
    assert not log.exists() or log.stat().st_size == 0, "a stopped server leaves all in the one file"
    try:
        before = lib.picture(running)
        for engine in harness.ENGINES:
            with elsewhere(engine) as copy:
                told = running.command("copy", running.store.url, copy.store.url)
                assert "both hold the same" in told.stdout
                again = running.command("copy", running.store.url, copy.store.url, check=False)
                assert (again.returncode, "not empty" in again.stderr) == (1, True)
                key = pathlib.Path(running.folder / "key")
                (copy.folder / "key").write_bytes(key.read_bytes())
                os.chmod(copy.folder / "key", 0o600)
                copy.clock.shift = running.clock.shift
                copy.clock.advance()
                copy.start()
                path = f"/api/v1/public/bookings/{made['token']}"
                cancelled = lib.Client(copy.port).call("POST", path + "/cancel", {"reason": ""}, idempotency="c")
                assert cancelled.status == 200, cancelled.text
                lib.settle(copy)
                assert len(copy.mail.mails) == 2, "the cancellation alone, and no mail of before again"
        assert lib.picture(running) == before
    finally:
        running.start()
