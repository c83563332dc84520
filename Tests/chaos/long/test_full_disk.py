"""R-32: the disk fills up while a crowd is at work; pages stay, bookings wait, and all comes back with the room."""
import os
import time

import pytest

import lib
from crowd import Crowd, make_ground
from invariants import Facts, violations
from results import record
from test_disk import fill, on_a_disk_of, wait_for

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261126"))


@pytest.fixture
def small():
    """340 MB: little more than what the server wants free."""
    with on_a_disk_of(340) as running:
        yield running


def test_a_disk_that_fills_up_under_load_stops_bookings_and_nothing_else(small):
    links = make_ground(small)
    crowd = Crowd(lambda: [small.port], links, clients=16, seed=SEED, pause=0.05).start()
    # Who wants to book asks again until it is done; others only look, all the time.
    lookers = Crowd(lambda: [small.port], links, clients=4, seed=SEED, kinds={"look": 1}).start()
    filler = small.folder / "filler"
    time.sleep(4)
    fill(filler, 60)
    time.sleep(2)
    full = time.monotonic()
    # To the last byte, again and again, since the server gives its reserve up meanwhile.
    while time.monotonic() < full + 8:
        fill(filler, None)
        time.sleep(0.2)
    log_lines = len(small.process.log.read_text(errors="replace").splitlines())
    room = time.monotonic()
    filler.unlink()
    wait_for(lambda: lib.Client(small.port).ready(), 10)
    until = time.monotonic() + 10
    while not any(call.kind == "book" and call.status == 201 and call.at > room for call in crowd.calls):
        assert time.monotonic() < until
        time.sleep(0.05)
    back = time.monotonic() - room
    time.sleep(2)
    crowd.stop()
    lookers.stop()
    crowd.decide(small.port)
    assert crowd.strange == lookers.strange == []
    looks = [call for call in lookers.calls if full <= call.at < room]
    seen = sum(call.status == 200 for call in looks)
    assert len(looks) > 20 and seen / len(looks) >= 0.99, (seen, len(looks))
    lib.settle(small, after_kill=True, limit=240)
    facts = Facts.of(small)
    assert crowd.complaints(facts) == ([], [])
    assert violations(facts, small.clock.now()) == []
    assert small.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    figures = crowd.figures()
    assert figures["refused_for_now"] > 0 and back <= 5, (figures, back)
    record("R-32", engine="sqlite", seed=SEED, rounds=1, **figures, reads=len(looks), reads_ok=seen,
           log_lines=log_lines, back_s=round(back, 1), lost=0, doubled=0)
