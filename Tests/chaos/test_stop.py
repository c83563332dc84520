"""SIGTERM while much is going on: whoever was booked hears of it, jobs are given back, the process ends by itself."""
import collections
import signal
import sqlite3
import threading
import time

import psycopg
import pytest

import harness
import lib
from invariants import Facts, violations

CALLERS, HOSTS, JOBS = 100, 4, 40


@pytest.fixture(scope="module")
def links(running):
    place = lib.make_place(running, "Stop", people=HOSTS)
    return [lib.make_link(running, place, host=person) for person in place.people]


class Load:
    """A hundred callers who book one time after another; what each was told, by address."""

    def __init__(self, running, links, mark: str):
        self.running, self.mark = running, mark
        self.times = [(link["slug"], lib.free_starts(running, link["slug"], days=40)[::2]) for link in links]
        self.told: dict[str, lib.Reply] = {}
        self.lost: list[str] = []
        self.refused: list[lib.Reply] = []
        self.asking: set[int] = set()
        self.gate, self.enough = threading.Barrier(CALLERS), threading.Event()
        self.threads = [threading.Thread(target=self.book, args=(number,)) for number in range(CALLERS)]

    def book(self, number: int) -> None:
        client, (slug, starts) = lib.Client(self.running.port), self.times[number % HOSTS]
        self.gate.wait()
        for turn, start in enumerate(starts[number // HOSTS::CALLERS // HOSTS + 1]):
            email = f"{self.mark}-{number}-{turn}@example.com"
            self.asking.add(number)
            try:
                reply = client.call("POST", f"/api/v1/public/links/{slug}/bookings", lib.wish(start, email))
            except lib.Lost:
                self.lost.append(email)
                return
            finally:
                self.asking.discard(number)
            if reply.status == 201:
                self.told[email] = reply
            else:
                self.refused.append(reply)
            if len(self.told) > 30:
                self.enough.set()

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        for thread in self.threads:
            thread.join()


def test_a_stop_under_load_answers_all_that_it_stored(running, links):
    """R-47. The mail server takes its time, so that jobs are at work when the stop comes; on one engine it comes twice,
    as from an impatient person: that is a matter of the process alone."""
    signals = 2 if running.engine == "postgres" else 1
    lib.settle(running)
    running.mail.clear()
    running.mail.delay = 0.3
    with Load(running, links, "stop") as load:
        assert load.enough.wait(30), (len(load.told), [reply.text for reply in load.refused[:3]])
        deadline = time.monotonic() + 10
        while (jobs := collections.Counter(row["state"] for row in running.rows(lib.OPEN_JOBS)))["leased"] == 0:
            assert time.monotonic() < deadline, jobs
        asking = len(load.asking)
        began = time.monotonic()
        for _ in range(signals - 1):
            running.process.child.send_signal(signal.SIGTERM)
            time.sleep(0.02)
        assert running.process.stop() == 0
        took = time.monotonic() - began

    assert took < 45 and load.lost, "the stop came when all was over"
    assert asking > CALLERS * 0.9 and jobs.total() >= JOBS and jobs["leased"] > 0, (asking, jobs)
    stored = {row["attendee_email"] for row in
              running.rows("SELECT attendee_email FROM booking WHERE attendee_email LIKE ?", f"{load.mark}-%")}
    assert stored == load.told.keys(), "stored without an answer, or answered without being stored"
    # Whoever was not told yes was told by a status, or never got through: no answer broke off in the middle.
    assert {reply.status for reply in load.refused} <= {503}, [reply.text for reply in load.refused[:3]]
    leased = running.rows("SELECT id FROM job WHERE state = 'leased'")
    assert leased == [], "a job of a stopped process must be free at once"
    print(f"stop on {running.engine}: {len(load.told)} booked, {asking} asking, jobs {dict(jobs)}, "
          f"{len(load.lost)} calls never began, ended in {took:.2f} s")

    running.mail.delay = 0
    running.start()
    lib.settle(running)
    assert violations(Facts.of(running), running.clock.now()) == []
    # A stop is no crash: no mail that was taken is sent a second time.
    sent = collections.Counter(mail.message_id for mail in running.mail.mails)
    assert len(sent) == 2 * len(load.told) and set(sent.values()) == {1}, sent.most_common(3)


def migrating(running):
    """A lock of ours on what the migration is about to write: it waits until `close`."""
    if running.engine == "postgres":
        held = psycopg.connect(running.store.url, autocommit=True)
        held.execute("SELECT pg_advisory_lock(8606219114829017)")
        return held
    held = sqlite3.connect(running.store.path, isolation_level=None)
    held.execute("PRAGMA journal_mode = WAL")
    held.execute("BEGIN IMMEDIATE")
    return held


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_a_stop_while_the_schema_is_made_leaves_nothing_half_made(engine):
    """R-47: the process ends at once, and the next one makes the schema as if nothing had been."""
    running = harness.Server(engine)
    try:
        held = migrating(running)
        running.process = harness.Process(["serve", "--port", str(running.port)], running.environment,
                                          running.folder / "server.log")
        time.sleep(1)
        assert running.process.running and not lib.Client(running.port).ready(), running.process.tail()
        began = time.monotonic()
        running.process.child.send_signal(signal.SIGTERM)
        code = running.process.child.wait(45)
        took = time.monotonic() - began
        assert code in (0, -signal.SIGTERM), (code, running.process.tail())
        held.close()
        assert tables(running) == set(), "a step that did not end left tables behind"
        print(f"stop while migrating on {engine}: ended with {code} in {took:.2f} s")
        running.start()
        assert {"schema_migration", "booking", "job"} <= tables(running)
        assert running.process.stop() == 0
    finally:
        running.close()


def tables(running) -> set[str]:
    names = ("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'" if running.engine == "postgres"
             else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {row["name"] for row in running.rows(names)}
