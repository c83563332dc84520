"""Times that a host proposes: while everybody presses at once, one answer counts and nobody else gets a kept time."""
import collections
import os
import random

import pytest

import lib
import test_kill
from invariants import Facts, violations

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261129"))
TABS, STRANGERS = 12, 12


def stored(running, booking: str) -> dict:
    return dict(running.rows("SELECT * FROM booking WHERE id = ?", booking)[0])


def book(running, link: dict, start: str, email: str) -> lib.Reply:
    return lib.Client(running.port).call(
        "POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start, email))


def propose(running, place, booking: str, starts: list[str], **more) -> lib.Reply:
    return lib.Client(running.port, key=place.owner.key).call(
        "POST", f"/api/v1/bookings/{booking}/proposal", {"starts": starts} | more)


def answer(running, token: str, body: dict) -> lib.Reply:
    return lib.Client(running.port).call("POST", f"/api/v1/public/bookings/{token}/proposal", body)


def move(running, token: str, start: str) -> lib.Reply:
    return lib.Client(running.port).call("POST", f"/api/v1/public/bookings/{token}/reschedule", {"start": start})


def findings(running) -> list[str]:
    lib.settle(running)
    return violations(Facts.of(running), running.clock.now())


def test_many_tabs_take_different_times_while_strangers_want_them(running, place):
    link = lib.make_link(running, place, title="Proposed")
    starts = lib.free_starts(running, link["slug"], days_ahead=5)
    booked = book(running, link, starts[0], "tabs@example.com").json
    kept = starts[4:13:4]
    assert propose(running, place, booked["id"], kept).status == 200
    work = [("take", start, lambda start=start: answer(running, booked["token"], {"start": start}))
            for _ in range(TABS // 3) for start in kept]
    work += [("book", kept[number % 3], lambda number=number: book(
        running, link, kept[number % 3], f"stranger{number}@example.com")) for number in range(STRANGERS)]
    random.Random(SEED).shuffle(work)
    replies = lib.together(*[call for _, _, call in work])
    assert [reply for reply in replies if isinstance(reply, Exception)] == []
    told = collections.Counter((what, reply.status) for (what, _, _), reply in zip(work, replies))
    print(f"seed {SEED}: {dict(told)}")
    assert told["take", 200] == 1, told
    assert {status for (what, status) in told if what == "take"} <= {200, 409, 410}
    # Whoever books gets what the one answer has set free, each time once.
    assert told["book", 201] <= 2 and {status for (what, status) in told if what == "book"} <= {201, 409}
    assert stored(running, booked["id"])["version"] == 2
    assert findings(running) == []


def test_an_answer_races_with_the_attendees_own_move_a_withdrawal_and_a_cancellation(running, place):
    link = lib.make_link(running, place, title="Raced")
    starts = lib.free_starts(running, link["slug"], days_ahead=8)
    dice = random.Random(SEED)
    for turn, other in enumerate(["move", "withdraw", "cancel", "move", "withdraw", "cancel"]):
        day = lib.free_starts(running, link["slug"], days_ahead=9 + turn)
        booked = book(running, link, starts[2 * turn], f"racer{turn}@example.com").json
        assert propose(running, place, booked["id"], [day[0], day[2]]).status == 200
        against = {
            "move": lambda: move(running, booked["token"], day[6]),
            "withdraw": lambda: lib.Client(running.port, key=place.owner.key).call(
                "DELETE", f"/api/v1/bookings/{booked['id']}/proposal"),
            "cancel": lambda: lib.Client(running.port).call(
                "POST", f"/api/v1/public/bookings/{booked['token']}/cancel", {}),
        }[other]
        work = [lambda: answer(running, booked["token"], {"start": day[0]}), against,
                lambda: answer(running, booked["token"], {"declined": True})]
        dice.shuffle(work)
        replies = lib.together(*work)
        statuses = sorted(reply.status for reply in replies)
        print(f"seed {SEED}, {other}: {statuses}")
        assert set(statuses) <= {200, 204, 409, 410}
        states = [row["state"] for row in running.rows(
            "SELECT state FROM proposal WHERE booking = ?", booked["id"])]
        assert states[0] != "open" and len(states) == 1
        assert findings(running) == []


def test_times_that_nobody_takes_are_free_again(running, place):
    link = lib.make_link(running, place, title="Lapsing")
    starts = lib.free_starts(running, link["slug"], days_ahead=5)
    booked = book(running, link, starts[-1], "late@example.com").json
    kept = lib.free_starts(running, link["slug"], days_ahead=6)[3]
    assert propose(running, place, booked["id"], [kept], answerWithinHours=2).status == 200
    assert book(running, link, kept, "early@example.com").status == 409
    assert kept not in lib.free_starts(running, link["slug"], days_ahead=6)
    running.clock.advance(hours=2)
    assert answer(running, booked["token"], {"start": kept}).status == 409
    assert kept in lib.free_starts(running, link["slug"], days_ahead=6)
    assert book(running, link, kept, "next@example.com").status == 201
    assert stored(running, booked["id"])["version"] == 1
    assert findings(running) == []


@pytest.mark.parametrize("point", test_kill.points("propose", "refuse"))
def test_asking_and_refusing_are_wholly_done_or_not_at_all(running, place, point):
    link = lib.make_link(running, place, title=f"Cut off {point.replace('.', ' ')}")
    booked = book(running, link, lib.free_starts(running, link["slug"], days_ahead=15)[0], f"{point}@example.com").json
    kept = lib.free_starts(running, link["slug"], days_ahead=16)[:2]
    ask = lambda: lib.Client(running.port, key=place.owner.key).call(
        "POST", f"/api/v1/bookings/{booked['id']}/proposal", {"starts": kept}, idempotency=point)
    call = ask
    if point.startswith("refusing"):
        assert ask().status == 200
        call = lambda: answer(running, booked["token"], {"declined": True, "reason": "Away."})
    lib.settle(running)
    test_kill.arm(running, point)
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {call()}")
    running.wait_for_crash()
    running.restart()
    states = [row["state"] for row in running.rows("SELECT state FROM proposal WHERE booking = ?", booked["id"])]
    assert states == {"proposing.before_commit": [], "proposing.after_commit": ["open"],
                      "refusing.before_commit": ["open"]}[point]
    again = call()
    assert again.status == 200, again.text
    lib.settle(running, after_kill=True)
    assert violations(Facts.of(running), running.clock.now()) == []
    mails = running.rows("SELECT dedupe_key FROM job WHERE kind = 'proposal_mail' AND subject IN "
                         "(SELECT id FROM proposal WHERE booking = ?)", booked["id"])
    assert len(mails) == (2 if point.startswith("refusing") else 1)
