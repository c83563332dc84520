"""R-22: among a thousand mails ten are refused, one kills its process and one makes the mail server fall silent."""
import threading
import time

import pytest

import harness
import lib
import piles
from invariants import Facts, violations
from results import record

BOOKINGS, RATE = 1_000, 4.0
CRASH, HANG = 20, 30
# What a service manager waits before it starts a process again.
RESTART_S = 0.2


def address(number: int) -> str:
    mark = ("crash" if number == CRASH else "hang" if number == HANG else "refused" if number % 100 == 7
            else "healthy")
    return f"{mark}{number}@example.com"


class Watched:
    """Workers on PostgreSQL, the serving process on SQLite: whatever dies is started again, and counted."""

    def __init__(self, running):
        self.running, self.deaths, self.over = running, 0, threading.Event()
        self.workers = [self._worker(number) for number in range(2 if running.engine == "postgres" else 0)]
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def _worker(self, number: int) -> harness.Process:
        return harness.Process(["worker"], self.running.environment, self.running.folder / f"worker{number}.log")

    def _watch(self) -> None:
        while not self.over.wait(0.05):
            for number, worker in enumerate(self.workers):
                if not worker.running:
                    self.deaths += 1
                    self.over.wait(RESTART_S)
                    self.workers[number] = self._worker(number)
            if not self.workers and not self.running.process.running:
                self.deaths += 1
                self.over.wait(RESTART_S)
                # Not waited for: it may die of the same mail before it answers.
                self.running.process = harness.Process(["serve", "--port", str(self.running.port)],
                                                       self.running.environment, self.running.folder / "server.log")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for worker in self.workers:
            worker.stop()


def book(running, slot: tuple[str, str], email: str, told: dict[str, float]) -> None:
    """Asks with one key until somebody answers; when the answer came."""
    slug, start = slot
    while True:
        try:
            reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{slug}/bookings",
                                                  lib.wish(start, email), idempotency=email)
        except lib.Lost:
            time.sleep(0.2)
            continue
        if reply.status != 503:
            assert reply.status == 201, reply.text
            told[email] = time.monotonic()
            return
        time.sleep(0.05)


def job_of(running, email: str) -> dict:
    [job] = running.rows("SELECT j.state, j.attempt, j.reason FROM job j JOIN booking b ON b.id = j.subject "
                         "WHERE b.attendee_email = ? AND j.payload LIKE '%\"attendee\"%'", email)
    return job


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_mails_that_kill_or_hang_are_felt_by_nobody_else(engine):
    with lib.server(engine, settings={"WORKESTRA_CRASH_AT": "mail.before_send@crash"}) as running:
        _, slots = piles.make_ground(running, "Poison")
        running.mail.refuse, running.mail.refuse_only = "451 4.7.1 Try later", "refused"
        running.mail.hang_at = "hang"
        piles.serve(running, *(["--no-worker"] if engine == "postgres" else []))
        told, began, threads = {}, time.monotonic(), []
        with Watched(running) as watched:
            for number, slot in enumerate(slots[:BOOKINGS]):
                time.sleep(max(0, began + number / RATE - time.monotonic()))
                threads.append(threading.Thread(target=book, args=(running, slot, address(number), told)))
                threads[-1].start()
            for thread in threads:
                thread.join()
            assert len(told) == BOOKINGS
            healthy = {email for email in told if email.startswith("healthy")}
            deadline, came = time.monotonic() + 240, {}
            while time.monotonic() < deadline:
                came = {mail.recipients[0]: mail.at for mail in list(running.mail.mails)}
                crash = job_of(running, address(CRASH))
                if healthy <= came.keys() and (crash["state"], crash["attempt"]) == ("ready", 4):
                    break
                time.sleep(0.5)
            lags = sorted(came[email] - told[email] for email in healthy & came.keys())
            crash, hang = job_of(running, address(CRASH)), job_of(running, address(HANG))
            print(f"poison on {engine}: {len(lags)} of {len(healthy)} healthy mails, p50 {lags[len(lags) // 2]:.2f} "
                  f"p95 {lags[len(lags) * 95 // 100]:.2f} worst {lags[-1]:.1f} s, "
                  f"{sum(lag > 2 for lag in lags)} took more than 2 s, {watched.deaths} deaths, the killing "
                  f"mail {crash}, the hanging one {hang}")
            assert healthy <= came.keys()
            assert (crash["state"], crash["attempt"], watched.deaths) == ("ready", 4, 4), (crash, watched.deaths)
            assert hang["attempt"] >= 2 and hang["state"] in ("ready", "leased"), hang
            assert lags[len(lags) * 95 // 100] <= 2
            # Its last attempt is an hour later. Of two jobs that a process died under one goes first, and that may be
            # the one that hangs, which takes its whole limit.
            running.clock.advance(hours=1, seconds=5)
            deadline = time.monotonic() + 180
            while job_of(running, address(CRASH))["state"] != "dead":
                assert time.monotonic() < deadline, job_of(running, address(CRASH))
                time.sleep(0.2)
            assert watched.deaths == 5
            # Whoever is answered again gets the mail after all; only the one that kills stays dead.
            running.mail.refuse = running.mail.hang_at = None
            deadline = time.monotonic() + 90
            while piles.left(running, piles.HELD):
                assert time.monotonic() < deadline, piles.states(running)
                time.sleep(0.2)
            for _ in range(3):
                running.clock.advance(hours=1)
                time.sleep(2)
            lib.settle(running, limit=60)
        counts = piles.mails(running)
        wrong = [found for found in violations(Facts.of(running), running.clock.now()) if "is dead" not in found]
        assert wrong == [] and piles.states(running) == {"done": 2 * BOOKINGS - 1, "dead": 1}
        assert len(counts) == 2 * BOOKINGS - 1
        record("R-22", engine=engine, seed=0, rounds=2 * BOOKINGS, kills=watched.deaths, booked=BOOKINGS, lost=0,
               doubled=0, again=sum(counts.values()) - len(counts), p95_ms=round(1000 * lags[len(lags) * 95 // 100]),
               worst_s=round(lags[-1], 1))
