"""R-39: ten thousand mails fell due while everything stood still for six hours; a third of them are stale by then."""
import threading
import time

import pytest

import harness
import lib
import piles
from invariants import Facts, violations
from results import record

HOSTS, BOOKINGS, STOP_HOURS = 25, 5_000, 6


def make_slots(running) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Slots whose meetings are over after the stop, and later ones, each host's turn after the other's."""
    place = lib.make_place(running, "Late", people=HOSTS)
    over = running.clock.now() + 3600 * STOP_HOURS
    stale, later = [], []
    for host in place.people:
        link = lib.make_link(running, place, host=host, minutes=5, stepMinutes=5)
        starts = lib.free_starts(running, link["slug"], days_ahead=0, days=8)
        stale.append([(link["slug"], start) for start in starts if lib.seconds(start) + 300 < over][3:])
        later.append([(link["slug"], start) for start in starts if lib.seconds(start) > over + 3600])
    return [[slot for row in zip(*lists) for slot in row] for lists in (stale, later)]


class Visitors:
    """Book a few times a second while the mails catch up; how long each booking took."""

    def __init__(self, running, slots: list[tuple[str, str]]):
        self.running, self.slots, self.waits, self.over = running, slots, [], threading.Event()
        self.thread = threading.Thread(target=self._book, daemon=True)

    def _book(self) -> None:
        for number, (slug, start) in enumerate(self.slots):
            if self.over.is_set():
                return
            began = time.monotonic()
            reply = lib.Client(self.running.port).call("POST", f"/api/v1/public/links/{slug}/bookings",
                                                       lib.wish(start, f"meanwhile{number}@example.com"))
            assert reply.status == 201, reply.text
            self.waits.append(time.monotonic() - began)
            self.over.wait(max(0, 0.1 - self.waits[-1]))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_six_hours_of_mails_are_caught_up_with_and_the_stale_ones_are_not_sent(engine):
    with lib.server(engine) as running:
        stale, later = make_slots(running)
        piles.serve(running, "--no-worker")
        stale, later, meanwhile = stale[:BOOKINGS // 3], later[:BOOKINGS - BOOKINGS // 3], later[BOOKINGS:]
        assert len(stale) + len(later) == BOOKINGS and len(meanwhile) > 1_000
        piles.book(running, stale, "stale")
        piles.book(running, later, "useful")
        assert piles.left(running) == 2 * BOOKINGS
        line = running.rows("SELECT b.attendee_email FROM job j JOIN booking b ON b.id = j.subject WHERE j.payload "
                            "LIKE '%\"attendee\"%' AND b.attendee_email LIKE 'useful%' ORDER BY j.run_at, j.id")
        order = {row["attendee_email"]: number for number, row in enumerate(line)}
        running.process.stop()
        running.clock.advance(hours=STOP_HOURS)

        began = time.monotonic()
        piles.serve(running)
        with Visitors(running, meanwhile) as visitors:
            old = f"{piles.PAIRS} AND created_at < {int(running.clock.now()) - 3600}"
            piles.wait_until_done(running, 300, old)
            drained = time.monotonic() - began
        lib.settle(running, limit=60)
        mails, waits = list(running.mail.mails), sorted(visitors.waits)
        wait = waits[len(waits) * 95 // 100]
        sent = [mail.recipients[0] for mail in mails if mail.recipients[0].startswith("useful")]
        # Eight go out side by side; how far from its place in line each came.
        strayed = max(abs(order[email] - place) for place, email in enumerate(sent))
        print(f"caught up on {engine}: {2 * BOOKINGS} jobs in {drained:.1f} s, {len(mails)} mails, beside them "
              f"{len(waits)} bookings with p95 {wait:.3f} s, farthest from its place {strayed}")
        assert [mail.recipients for mail in mails if mail.recipients[0].startswith("stale")] == []
        skipped = running.rows("SELECT count(*) AS n FROM job WHERE state = 'skipped' AND reason = 'too late'")[0]["n"]
        assert skipped == 2 * len(stale)
        counts = piles.mails(running)
        assert len(counts) == len(mails) == 2 * (len(later) + len(waits)), (len(counts), len(mails))
        assert violations(Facts.of(running), running.clock.now()) == []
        assert strayed <= 60
        assert drained <= 120 and wait <= 0.5
        record("R-39", engine=engine, seed=0, rounds=2 * BOOKINGS, booked=BOOKINGS + len(waits), lost=0, doubled=0,
               stale=skipped, drained_s=round(drained, 1), bookings_p95_ms=round(1000 * wait))
