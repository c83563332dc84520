"""R-40: the clock is put forward, put back or stands still while mails go out. None is lost, none comes twice."""
import collections
import os
import random
import time

import pytest

import harness
import lib
from invariants import Facts, violations

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261127"))
JUMPS = {"an hour on": 3_600, "an hour back": -3_600, "a day on": 86_400, "a day back": -86_400}


@pytest.fixture(params=harness.ENGINES)
def slow_mail(request):
    """A server whose mails take a third of a second each, so that some are under way whenever the clock jumps."""
    with lib.server(request.param) as running:
        running.mail.delay = 0.3
        yield running


def book(running, link: dict, starts: list[str], mark: str) -> list[dict]:
    made = [lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings",
                                          lib.wish(start, f"{mark}{number}@example.com"))
            for number, start in enumerate(starts)]
    assert [reply.status for reply in made] == [201] * len(starts)
    return [reply.json for reply in made]


def leased(running) -> int:
    return running.rows("SELECT count(*) AS n FROM job WHERE state = 'leased'")[0]["n"]


def wait_until_leased(running) -> None:
    deadline = time.monotonic() + 20
    while not leased(running):
        assert time.monotonic() < deadline, "no mail is under way"
        time.sleep(0.02)


def twice(running) -> list[str]:
    counts = collections.Counter(mail.message_id for mail in running.mail.mails)
    return [id for id, count in counts.items() if count > 1]


def test_a_clock_that_jumps_sends_no_mail_twice_and_loses_none(slow_mail):
    place = lib.make_place(slow_mail, "Jumpy")
    link = lib.make_link(slow_mail, place)
    starts, dice = lib.free_starts(slow_mail, link["slug"], days_ahead=6, days=3)[::2], random.Random(SEED)
    jumps = dice.sample(sorted(JUMPS), len(JUMPS))
    for number, jump in enumerate(jumps):
        book(slow_mail, link, starts[4 * number:4 * number + 4], f"jump{number}.")
        wait_until_leased(slow_mail)
        slow_mail.clock.advance(seconds=JUMPS[jump])
    lib.settle(slow_mail)
    print(f"jumps on {slow_mail.engine}: seed {SEED}, {jumps}, {len(slow_mail.mail.mails)} mails")
    assert twice(slow_mail) == []
    assert len(slow_mail.mail.mails) == 2 * 4 * len(jumps)
    assert violations(Facts.of(slow_mail), slow_mail.clock.now()) == []
    assert "the lease was lost" not in slow_mail.process.log.read_text(errors="replace")


def reminders(running) -> list[str]:
    return [mail.message_id for mail in running.mail.mails if "still waits" in mail.subject]


def test_a_reminder_comes_once_whatever_the_clock_does_around_its_moment(slow_mail):
    place = lib.make_place(slow_mail, "Reminded")
    link = lib.make_link(slow_mail, place, requiresApproval=True)
    [asked] = book(slow_mail, link, lib.free_starts(slow_mail, link["slug"], days_ahead=6)[:1], "asks")
    slow_mail.wait_for_jobs()
    [due] = [row["run_at"] for row in slow_mail.rows(
        "SELECT run_at FROM job WHERE subject = ? AND kind = 'approval_reminder'", asked["id"])]
    ahead = due - int(slow_mail.clock.now())
    # To just before its moment, over it and back, and over it once more.
    for step in (ahead - 60, 120, -3_600, 3_600, 7_200):
        slow_mail.clock.advance(seconds=step)
        slow_mail.wait_for_jobs()
    rows = slow_mail.rows("SELECT state FROM job WHERE subject = ? AND kind = 'approval_reminder'", asked["id"])
    assert [row["state"] for row in rows] == ["done"]
    told = [mail for mail in slow_mail.mail.mails if place.owner.email in mail.recipients]
    assert len(told) == 2, [mail.subject for mail in told]
    assert violations(Facts.of(slow_mail), slow_mail.clock.now()) == []
