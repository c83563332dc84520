"""SIGTERM while much is going on: whoever was booked hears of it, jobs are given back, the process ends by itself."""
import signal
import threading
import time

import pytest

import lib
from invariants import Facts, violations


@pytest.mark.parametrize("signals", [1, 2], ids=["once", "twice"])
def test_a_stop_under_load_answers_all_that_it_stored(running, signals):
    place = lib.make_place(running, f"Stop{signals}", people=8)
    links = [lib.make_link(running, place, host=person) for person in place.people]
    told, lost, refused, begun = {}, [], [], threading.Event()

    def book(number: int) -> None:
        client, link = lib.Client(running.port), links[number % len(links)]
        for turn, start in enumerate(lib.free_starts(running, link["slug"], days_ahead=10 + number, days=3)[::2]):
            email = f"stop{signals}-{number}-{turn}@example.com"
            try:
                reply = client.call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start, email))
            except lib.Lost:
                lost.append(email)
                return
            if reply.status == 201:
                told[email] = reply
            else:
                refused.append(reply.status)
            if len(told) > 60:
                begun.set()

    threads = [threading.Thread(target=book, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    assert begun.wait(30), (len(told), refused)
    began = time.monotonic()
    for _ in range(signals - 1):
        running.process.child.send_signal(signal.SIGTERM)
        time.sleep(0.02)
    assert running.process.stop() == 0
    took = time.monotonic() - began
    for thread in threads:
        thread.join()

    assert took < 45 and lost, "the stop came when all was over"
    stored = {row["attendee_email"] for row in
              running.rows("SELECT attendee_email FROM booking WHERE attendee_email LIKE ?", f"stop{signals}-%")}
    assert stored == told.keys(), "stored without an answer, or answered without being stored"
    leased = running.rows("SELECT id FROM job WHERE state = 'leased'")
    assert leased == [], "a job of a stopped process must be free at once"
    print(f"stop on {running.engine}: {len(told)} booked, {len(lost)} calls never began, ended in {took:.2f} s")

    running.start()
    lib.settle(running)
    assert violations(Facts.of(running), running.clock.now()) == []
