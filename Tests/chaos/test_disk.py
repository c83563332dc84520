"""A disk that fills up: pages stay, nothing new is booked, people can still cancel, and all comes back by itself."""
import contextlib
import errno
import pathlib
import subprocess
import time

import pytest

import harness
import lib
from invariants import Facts, violations

MEGABYTE = 1 << 20


@contextlib.contextmanager
def on_a_disk_of(megabytes: int):
    """A server, SQLite, whose folder is a file system of that size; making one needs root."""
    server = lib.server("sqlite")
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(server.folder)], check=True,
                       capture_output=True, text=True)
    except subprocess.CalledProcessError:
        server.close()
        raise
    try:
        server.clock.advance()
        yield server.start()
    finally:
        if server.process:
            server.process.stop()
        subprocess.run(["umount", "--lazy", str(server.folder)], check=True)
        server.close()


@pytest.fixture
def small():
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(on_a_disk_of(300))
        except subprocess.CalledProcessError as refused:
            pytest.skip(f"a small file system cannot be mounted here, which needs root: {refused.stderr.strip()}")
        yield running


def fill(path: pathlib.Path, megabytes: int | None) -> None:
    """Takes so much room, or all there is."""
    with path.open("ab", buffering=0) as file:
        written = 0
        try:
            while megabytes is None or written < megabytes * MEGABYTE:
                written += file.write(b"x" * MEGABYTE)
            return
        except OSError as error:
            assert error.errno == errno.ENOSPC
        # The last pages too.
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError as error:
            assert error.errno == errno.ENOSPC


def wait_for(check, limit: float = 10) -> None:
    deadline = time.monotonic() + limit
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_full_disk_stops_new_bookings_and_lets_people_cancel(small):
    place = lib.make_place(small, "Harbour")
    link = lib.make_link(small, place)
    client, path = lib.Client(small.port), f"/api/v1/public/links/{link['slug']}"
    starts = lib.free_starts(small, link["slug"])
    made = [client.call("POST", f"{path}/bookings", lib.wish(start, f"p{n}@example.com"))
            for n, start in enumerate(starts[:20:2])]
    assert {reply.status for reply in made} == {201}
    lib.settle(small)
    reserve, filler = small.folder / "reserve", small.folder / "filler"
    assert reserve.stat().st_size == 32 * MEGABYTE

    # Low: the reserve is untouched, and only what is new is refused.
    fill(filler, 60)
    wait_for(lambda: not client.ready())
    wish = lib.wish(starts[-1], "late@example.com")
    refused = client.call("POST", f"{path}/bookings", wish, idempotency="late")
    assert (refused.status, refused.headers["retry-after"]) == (503, "120")
    assert client.call("GET", f"/book/{link['slug']}").status == 200
    assert lib.free_starts(small, link["slug"])
    cancelled = client.call("POST", f"/api/v1/public/bookings/{made[0].json['token']}/cancel", {"reason": ""})
    assert cancelled.status == 200
    assert place.owner.sign_in(small.port).call("GET", "/calendar").status in (200, 303)
    assert reserve.exists()

    # Full to the last byte: the write that finds no room frees the reserve, and the next ones have it.
    fill(filler, None)
    answers = []
    for reply in made[1:]:
        for attempt in range(4):
            again = client.call("POST", f"/api/v1/public/bookings/{reply.json['token']}/cancel", {"reason": "x" * 900},
                                idempotency="cancel-" + reply.json["id"])
            answers.append(again.status)
            if again.status == 200:
                break
            assert (again.status, "retry-after" in again.headers) == (503, True), again.text
            fill(filler, None) if attempt == 3 else time.sleep(0.2)
    assert answers.count(200) == len(made) - 1, answers
    assert 503 in answers and not reserve.exists(), answers
    assert client.call("POST", f"{path}/bookings", wish, idempotency="late").status == 503
    print(f"on a full disk {answers.count(503)} cancellation was told to come back, {answers.count(200)} went through")

    # Room again: nothing has to be restarted.
    filler.unlink()
    wait_for(client.ready)
    assert client.call("POST", f"{path}/bookings", wish, idempotency="late").status == 201
    lib.settle(small, after_kill=True)
    assert violations(Facts.of(small), small.clock.now()) == []
    assert small.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert {row["status"] for row in small.rows("SELECT status FROM booking WHERE attendee_email LIKE 'p%'")} == {
        "cancelled"}


def test_a_fresh_server_is_ready_again_with_its_reserve(small):
    (small.folder / "reserve").unlink()
    small.restart()
    assert (small.folder / "reserve").stat().st_size == 32 * MEGABYTE
    assert harness.START_LIMIT > 0 and lib.Client(small.port).ready()
