"""Hosts decide while everybody presses at once: one gets the time, one decision counts, each is told once."""
import collections
import json
import os
import random

import pytest

import lib
from invariants import Facts, violations

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261128"))
STRANGERS, APPROVALS, DECLINES = 20, 20, 5


@pytest.fixture(scope="module")
def asking(running, place):
    """A link whose host decides within 48 hours."""
    return lib.make_link(running, place, title="Ask first", requiresApproval=True)


def ask(running, link: dict, start: str, email: str) -> lib.Reply:
    return lib.Client(running.port).call(
        "POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start, email))


def decide(running, place, booking: str, approved: bool) -> lib.Reply:
    return lib.Client(running.port, key=place.owner.key).call(
        "POST", f"/api/v1/bookings/{booking}/approval", {"approved": approved, "reason": "" if approved else "No."})


def stored(running, booking: str) -> dict:
    return dict(running.rows("SELECT * FROM booking WHERE id = ?", booking)[0])


def mails(running, booking: str, version: int) -> collections.Counter:
    """What was planned for whom about one version."""
    rows = running.rows(
        "SELECT payload FROM job WHERE subject = ? AND version = ? AND kind = 'booking_mail'", booking, version)
    told = [json.loads(row["payload"]) for row in rows]
    return collections.Counter((news["news"], news["recipient"]) for news in told)


def findings(running) -> list[str]:
    lib.settle(running)
    return violations(Facts.of(running), running.clock.now())


def test_twenty_strangers_one_slot_twenty_approvals_five_declines(running, place, asking):
    """R-03: one stranger has the time, one decision counts, and there is one set of mails."""
    start = lib.free_starts(running, asking["slug"], days_ahead=3)[4]
    replies = lib.together(*[lambda number=number: ask(running, asking, start, f"asker{number}@example.com")
                             for number in range(STRANGERS)])
    statuses = collections.Counter(reply.status for reply in replies)
    assert statuses == {201: 1, 409: STRANGERS - 1}, statuses
    [won] = [reply.json for reply in replies if reply.status == 201]
    assert won["status"] == "pending_approval"

    decisions = [True] * APPROVALS + [False] * DECLINES
    random.Random(SEED).shuffle(decisions)
    answers = lib.together(*[lambda yes=yes: decide(running, place, won["id"], yes) for yes in decisions])
    print(f"seed {SEED}: {[answer.status for answer in answers]}")
    assert collections.Counter(answer.status for answer in answers) == {200: 1, 409: len(decisions) - 1}
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"conflict"}
    [counted] = [yes for yes, answer in zip(decisions, answers) if answer.status == 200]
    booking = stored(running, won["id"])
    assert (booking["status"], booking["version"]) == ("confirmed" if counted else "declined", 2)
    news = "approved" if counted else "declined"
    assert mails(running, won["id"], 2) == {(news, "attendee"): 1, (news, place.owner.id): 1}
    assert findings(running) == []


def test_twenty_approvals_and_twenty_cancellations_at_once(running, place, asking):
    """Each booking ends lawfully, whoever was first: confirmed, cancelled, or approved and then cancelled."""
    starts = lib.free_starts(running, asking["slug"], days_ahead=4)[::2][:STRANGERS]
    booked = [ask(running, asking, start, f"pair{number}@example.com").json for number, start in enumerate(starts)]
    assert len(booked) == STRANGERS and {booking["status"] for booking in booked} == {"pending_approval"}
    take_back = lambda booking: lib.Client(running.port).call(
        "POST", f"/api/v1/public/bookings/{booking['token']}/cancel", {})
    work = [lambda booking=booking: ("approve", booking["id"], decide(running, place, booking["id"], True))
            for booking in booked]
    work += [lambda booking=booking: ("cancel", booking["id"], take_back(booking)) for booking in booked]
    random.Random(SEED).shuffle(work)
    answers = lib.together(*work)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    told = collections.defaultdict(dict)
    for what, booking, reply in answers:
        assert reply.status in (200, 409), (what, reply.status, reply.text)
        told[booking][what] = reply.status
    for booking, statuses in told.items():
        # What is approved can still be cancelled; what is taken back can no longer be approved.
        assert statuses["cancel"] == 200, statuses
        row = stored(running, booking)
        assert (row["status"], row["version"]) == ("cancelled", 3 if statuses["approve"] == 200 else 2)
        # A calendar that never had it is told nothing.
        assert row["sequence"] == (1 if statuses["approve"] == 200 else 0)
    print(f"seed {SEED}: {collections.Counter(statuses['approve'] for statuses in told.values())}")
    assert findings(running) == []


def test_wishes_for_other_times_race_with_decisions(running, place, asking):
    """Moves, approvals and declines of one confirmed booking at once: never two times, never none."""
    starts = lib.free_starts(running, asking["slug"], days_ahead=9)
    booked = ask(running, asking, starts[0], "mover@example.com").json
    assert decide(running, place, booked["id"], True).status == 200
    token = booked["token"]
    for turn in range(6):
        wished = [starts[4 + 6 * turn], starts[7 + 6 * turn]]
        move = lambda start: lib.Client(running.port).call(
            "POST", f"/api/v1/public/bookings/{token}/reschedule", {"start": start})
        answers = lib.together(
            *[lambda start=start: move(start) for start in wished],
            *[lambda yes=yes: decide(running, place, booked["id"], yes) for yes in (True, False, True)])
        assert {answer.status for answer in answers} <= {200, 409, 410}, [answer.text for answer in answers]
        assert findings(running) == []
        moved = [answer.json for answer in answers[:2] if answer.status == 200]
        # Of two that found the same token, the later one has the living one.
        assert moved
        token = max(moved, key=lambda booking: booking["version"])["token"]
    assert stored(running, booked["id"])["status"] in ("confirmed", "pending_approval")


def test_a_wish_that_nobody_answers_ends_by_itself(running, place, asking):
    start = lib.free_starts(running, asking["slug"], days_ahead=5)[30]
    booked = ask(running, asking, start, "patient@example.com").json
    lib.settle(running)
    running.clock.advance(hours=24)
    running.wait_for_jobs()
    reminders = running.rows("SELECT state FROM job WHERE subject = ? AND kind = 'approval_reminder'", booked["id"])
    assert [row["state"] for row in reminders] == ["done"]
    running.clock.advance(hours=24)
    running.wait_for_jobs()
    row = stored(running, booked["id"])
    assert (row["status"], row["version"]) == ("expired", 2)
    late = decide(running, place, booked["id"], True)
    assert (late.status, late.json["code"]) == (409, "conflict")
    assert start in lib.free_starts(running, asking["slug"], days_ahead=3)
    assert findings(running) == []
