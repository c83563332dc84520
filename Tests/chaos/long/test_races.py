"""R-01 and R-09 at full size: a hundred clients at sixty overlapping slots; five hundred bookings over a lossy line."""
import contextlib
import os
import time

import lib
import races
import test_replies
from invariants import Facts, violations
from lossy import LossyProxy
from results import record
from test_race import KINDS, five_quarters

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261124"))
CLIENTS, ATTEMPTS = 100, 10


def test_a_hundred_clients_race_for_sixty_overlapping_slots(running):
    place = lib.make_place(running, "Hundred", people=4)
    question = {"kind": "text", "label": "What for?", "required": True}
    links = [lib.make_link(running, place, host=host, minutes=minutes, bufferBeforeMinutes=before,
                           bufferAfterMinutes=after, questions=[question])
             for host in place.people for minutes, before, after in KINDS]
    slots = [slot for link in links for slot in five_quarters(running, link, days_ahead=3)]
    assert len(slots) == 60
    with contextlib.ExitStack() as stack:
        ports = [running.port]
        if running.engine == "postgres":
            ports.append(stack.enter_context(lib.SecondProcess(running)).port)
        began = time.monotonic()
        attempts = races.race(races.plan(slots, clients=CLIENTS, attempts=ATTEMPTS, seed=SEED), ports)
        took = time.monotonic() - began
        print(f"race on {running.engine}: seed {SEED}, {races.figures(attempts, took)}")
        lib.settle(running, limit=120)
        facts = Facts.of(running)
        wrong = races.complaints(attempts, facts) + violations(facts, running.clock.now())
        assert wrong == []
        free = {(link["slug"], start) for port in ports for link in links
                for start in lib.free_starts(running, link["slug"], port=port)}
    assert [slot for slot in slots if (slot[0]["slug"], slot[1]) in free] == []
    times = sorted(attempt.seconds for attempt in attempts)
    p99 = times[len(times) * 99 // 100]
    assert took <= 60 and p99 <= (1 if running.engine == "sqlite" else 2) * float(os.environ.get("WORKESTRA_SLOW", "1"))
    record("R-01", engine=running.engine, seed=SEED, rounds=len(attempts), lost=0, doubled=0,
           accepted=sum(attempt.outcome == "ok" for attempt in attempts), p99_ms=round(1000 * p99))


def test_five_hundred_bookings_over_a_line_that_loses_a_third_of_the_replies(running):
    slots = test_replies.grounds(running, "Fivehundred", hosts=4, wanted=500)
    proxy = LossyProxy(running.port, share=0.3, seed=SEED)
    try:
        told = test_replies.book_all(proxy.port, slots, "five", clients=16)
    finally:
        proxy.close()
    assert proxy.lost > 120 and test_replies.unlike(running, told, "five") == []
    lib.settle(running, limit=120)
    assert violations(Facts.of(running), running.clock.now()) == []
    record("R-09", engine=running.engine, seed=SEED, rounds=len(told), lost=0, doubled=0, replies_cut=proxy.lost)
