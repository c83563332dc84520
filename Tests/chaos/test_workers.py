"""Workers that are killed, that stand still, and jobs that kill them: every mail goes out, none is lost or buried."""
import os
import random
import re
import signal
import time

import pytest

import harness
import lib
import piles
from invariants import Facts, violations

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261124"))


@pytest.fixture(params=harness.ENGINES)
def alone(request):
    """A server for one test: its workers are killed and its clock is turned."""
    with lib.server(request.param) as started:
        yield started


def kill_workers(running, *, bookings: int, kills: int, pause: tuple[float, float], limit: float) -> dict:
    """R-20: jobs pile up, then workers are killed again and again while they send them."""
    _, slots = piles.make_ground(running, "Killed")
    piles.serve(running, "--no-worker")
    piles.book(running, slots[:bookings], "killed")
    assert piles.left(running) == 2 * bookings and not running.mail.mails
    dice, held, done = random.Random(SEED), 0, 0
    with piles.Workers(running, 4) as workers:
        began = time.monotonic()
        for _ in range(kills):
            time.sleep(dice.uniform(*pause))
            if not piles.left(running):
                break
            held += workers.kill(dice)
            done += 1
        lib.settle(running, after_kill=True, limit=limit)
        took = time.monotonic() - began
    mails = piles.mails(running)
    found = {"jobs": 2 * bookings, "kills": done, "held": held, "missing": 2 * bookings - len(mails),
             "twice": sum(mails.values()) - len(mails), "seconds": round(took, 1), "states": piles.states(running)}
    print(f"workers killed on {running.engine}: seed {SEED}, {found}")
    assert violations(Facts.of(running), running.clock.now()) == []
    assert found["missing"] == 0 and found["twice"] <= held and set(found["states"]) == {"done"}
    return found


def test_killed_workers_lose_no_mail(alone):
    found = kill_workers(alone, bookings=300, kills=6, pause=(0.05, 0.25), limit=60)
    assert found["kills"] >= 3, "all was sent before the kills came"


def stand_still(running) -> dict:
    """R-21: a worker sleeps beyond its lease in the middle of a mail, somebody else sends it, then it wakes up."""
    _, slots = piles.make_ground(running, "Zombie", hosts=1)
    piles.serve(running, "--no-worker")
    with piles.Workers(running, 1) as workers:
        running.mail.delay = 3.0
        piles.book(running, slots[:1], "zombie", clients=1)
        sleeper = workers.many[0] if workers.many else running.process
        deadline = time.monotonic() + 10
        while piles.left(running, piles.HELD) < 2:
            assert time.monotonic() < deadline, piles.states(running)
            time.sleep(0.02)
        sleeper.child.send_signal(signal.SIGSTOP)
        try:
            running.mail.delay = 0
            running.clock.advance(seconds=90)
            if workers.many:
                other = harness.Process(["worker"], running.environment, running.folder / "other.log")
                piles.wait_until_done(running, 20)
        finally:
            sleeper.child.send_signal(signal.SIGCONT)
        lib.settle(running, limit=60)
        if workers.many:
            time.sleep(4)
            other.stop()
    mails = piles.mails(running)
    lost = piles.log_of(running).count("the lease was lost")
    print(f"a worker that slept on {running.engine}: {mails.values()}, {lost} late ends refused")
    assert violations(Facts.of(running), running.clock.now()) == []
    assert len(mails) == 2 and max(mails.values()) <= 2
    return {"late": lost}


def test_a_worker_that_slept_beyond_its_lease_ends_nothing(alone):
    found = stand_still(alone)
    if alone.engine == "postgres":
        assert found["late"] == 2, "both late ends must be refused, and said"


def waits_an_hour(alone) -> bool:
    [job] = alone.rows("SELECT max(run_at) AS at FROM job WHERE state = 'ready'")
    return job["at"] is not None and job["at"] > alone.clock.now() + 3_000


def test_a_mail_that_kills_its_process_is_buried_and_takes_nobody_along(alone):
    """R-22: it dies five times, the last an hour later; the mails that ran beside it go out all the same."""
    _, slots = piles.make_ground(alone, "Toxic", hosts=2)
    piles.serve(alone, "--no-worker")
    piles.book(alone, slots[:30], "healthy")
    piles.book(alone, slots[30:31], "poison")
    arguments = ["worker"] if alone.engine == "postgres" else ["serve", "--port", str(alone.port)]
    crash = alone.environment | {"WORKESTRA_CRASH_AT": "mail.before_send@poison"}
    if alone.engine == "sqlite":
        alone.process.stop()
    deaths, deadline = 0, time.monotonic() + 60
    while piles.left(alone):
        process = harness.Process(arguments, crash, alone.folder / f"poisoned{deaths}.log")
        while process.running and piles.left(alone):
            assert time.monotonic() < deadline, (deaths, piles.states(alone))
            if deaths == 4 and waits_an_hour(alone):
                alone.clock.advance(hours=1, seconds=1)
            time.sleep(0.05)
        if process.running:
            process.stop()
            break
        process.kill()
        deaths += 1
        # On PostgreSQL the dead one's leases have to run out.
        alone.clock.advance(seconds=61 if alone.engine == "postgres" else 0)
    print(f"a mail that kills on {alone.engine}: {deaths} deaths, {piles.states(alone)}")
    assert deaths == 5 and piles.states(alone) == {"done": 61, "dead": 1}
    [dead] = alone.rows("SELECT reason, attempt FROM job WHERE state = 'dead'")
    assert (dead["reason"], dead["attempt"]) == ("its process died in every attempt", 5)
    assert len(piles.mails(alone)) == 61


def test_a_mail_server_that_refused_for_hours_and_then_a_kill_bury_no_mail(alone):
    """Attempts that failed are not deaths of the process: before, six refusals and one kill were one too many."""
    _, slots = piles.make_ground(alone, "Patient", hosts=1)
    alone.mail.refuse = "451 4.7.1 Try later"
    piles.book(alone, slots[:1], "patient", clients=1)
    for _ in range(6):
        deadline = time.monotonic() + 10
        while alone.rows("SELECT id FROM job WHERE state = 'leased' OR run_at <= ?", int(alone.clock.now())):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        alone.clock.advance(hours=1)
    time.sleep(0.5)
    alone.mail.delay = 5.0
    alone.mail.refuse = None
    alone.clock.advance(hours=1)
    deadline = time.monotonic() + 10
    while piles.left(alone, piles.HELD) < 2:
        assert time.monotonic() < deadline, piles.states(alone)
        time.sleep(0.02)
    alone.process.kill()
    alone.mail.delay = 0
    alone.start()
    lib.settle(alone, after_kill=True)
    assert piles.states(alone) == {"done": 2}
    attempts = alone.rows("SELECT min(attempt) AS least FROM job")[0]["least"]
    assert attempts >= 7, attempts
    assert not re.search("died", str(alone.rows("SELECT reason FROM job")))


def crowd(running, queue: int) -> float:
    """R-23: seconds until somebody's mail is there while another workspace has a long queue."""
    noisy, loud = piles.make_ground(running, "Noisy", hosts=1)
    _, quiet = piles.make_ground(running, "Quiet", hosts=1)
    piles.book(running, loud[:1], "noisy", clients=1)
    lib.settle(running)
    piles.serve(running, "--no-worker")
    piles.multiply(running, noisy.id, queue)
    piles.serve(running)
    deadline = time.monotonic() + 30
    while len(running.mail.mails) < 20:
        assert time.monotonic() < deadline, running.process.tail()
        time.sleep(0.02)
    piles.book(running, quiet[:1], "quiet", clients=1)
    began = time.monotonic()
    while not running.mail.to("quiet0@example.com"):
        assert time.monotonic() - began < 60 and piles.left(running), "the queue was not long enough"
        time.sleep(0.02)
    took = time.monotonic() - began
    waiting = piles.left(running)
    print(f"a mail beside {queue} of another workspace on {running.engine}: {took:.2f} s, {waiting} were left")
    assert waiting > queue / 4, "the queue was not long enough"
    return took
