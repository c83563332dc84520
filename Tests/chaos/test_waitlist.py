"""Waitlists while everybody presses at once: one offer for one freed place, booked once, and whole after a kill."""
import collections
import os
import random
import re

import pytest

import lib
from invariants import Facts, violations
from matrix_waitlist import join
from pages import Page
from test_kill import arm, points

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261127"))
WAITING, CLIENTS = 5, 12


def full_day(running, place, *, days_ahead: int, title: str, **more) -> tuple[dict, dict, str]:
    """A link whose day has one booking and no room for another: link, booking, start."""
    link = lib.make_link(running, place, title=title, waitlist=True, waitlistHoldMinutes=15,
                         limits=[{"scope": "link", "per": "day", "count": 1}], **more)
    start = lib.free_starts(running, link["slug"], days_ahead=days_ahead)[0]
    reply = book(running, link, start, "first@example.com")
    assert reply.status == 201, reply.text
    return link, reply.json, start


def book(running, link: dict, start: str, email: str, **more) -> lib.Reply:
    return lib.Client(running.port).call(
        "POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start, email, **more))


def cancel(running, booking: dict) -> lib.Reply:
    return lib.Client(running.port).call("POST", f"/api/v1/public/bookings/{booking['token']}/cancel", {})


def line(running, link: dict) -> list[str]:
    return [row["state"] for row in running.rows(
        "SELECT state FROM waitlist_entry WHERE link = ? ORDER BY created_at, id", link["id"])]


def token(running, email: str) -> str:
    """Out of the newest mail about the waitlist."""
    [*_, link] = [link for mail in running.mail.to(email) for link in re.findall(
        r"/book/waitlist/([\w-]{43})", mail.part("text/plain"))]
    return link


def findings(running) -> list[str]:
    lib.settle(running)
    return violations(Facts.of(running), running.clock.now())


def take(running, email: str) -> lib.Reply:
    """As a person does: the mail's page, its button, the form."""
    caller, page = lib.Client(running.port), f"/book/waitlist/{token(running, email)}"
    assert caller.call("GET", page).status == 200
    details = caller.form(f"{page}/taking", {}).headers["location"]
    if not details.startswith("/book/") or details == page:
        return caller.call("GET", details)
    shown = caller.call("GET", details)
    if shown.status != 200:
        # The same person's other press was first.
        return shown
    form = Page(shown.text).form(f"{details.split('/details')[0]}/bookings")
    return caller.form(form.action, form.fields)


def test_one_freed_place_is_offered_to_one_and_booked_once(running, place):
    link, booking, start = full_day(running, place, days_ahead=11, title="Freed once")
    people = [f"waits{number}@example.com" for number in range(WAITING)]
    for email in people:
        assert join(running, link, start, email).status == 202
        running.clock.advance(seconds=1)
    lib.settle(running)
    dice = random.Random(SEED)
    for turn, email in enumerate(people[:3]):
        # Everybody wants the place at the moment it becomes free: strangers book, those who wait look at their page.
        work = [lambda number=number: book(running, link, start, f"stranger{turn}-{number}@example.com")
                for number in range(CLIENTS)]
        free = (lambda: cancel(running, booking)) if turn == 0 else (
            lambda: lib.Client(running.port).form(f"/book/waitlist/{token(running, people[turn - 1])}/refusal", {}))
        last = f"/book/waitlist/{token(running, people[-1])}/taking"
        work += [free, lambda: lib.Client(running.port).form(last, {})]
        dice.shuffle(work)
        replies = lib.together(*work)
        assert [reply for reply in replies if isinstance(reply, Exception)] == []
        told = collections.Counter(reply.status for reply in replies)
        print(f"seed {SEED}, turn {turn}: {dict(told)}, {line(running, link)}")
        assert told[201] == 0, "nobody slips in between"
        assert findings(running) == []
        assert line(running, link)[:turn + 1] == ["refused"] * turn + ["offered"]
        assert line(running, link).count("offered") == 1
    replies = lib.together(*[lambda: take(running, people[2]) for _ in range(6)])
    assert [reply for reply in replies if isinstance(reply, Exception)] == []
    print(f"seed {SEED}: {[reply.status for reply in replies]}, {line(running, link)}")
    living = running.rows("SELECT attendee_email FROM booking WHERE link = ? AND status = 'confirmed'", link["id"])
    assert [row["attendee_email"] for row in living] == [people[2]]
    assert line(running, link) == ["refused", "refused", "taken", "waiting", "waiting"]
    assert findings(running) == []


def test_offers_lapse_one_after_the_other_until_nobody_waits(running, place):
    link, booking, start = full_day(running, place, days_ahead=12, title="Lapsing")
    for number in range(3):
        assert join(running, link, start, f"lapses{number}@example.com").status == 202
        running.clock.advance(seconds=1)
    assert cancel(running, booking).status == 200
    for turn in range(3):
        assert findings(running) == []
        assert line(running, link) == ["lapsed"] * turn + ["offered"] + ["waiting"] * (2 - turn)
        assert book(running, link, start, f"early{turn}@example.com").status == 409
        running.clock.advance(minutes=15)
        # The job of the lapse may not have run yet; even so the time is nobody else's.
        assert turn == 2 or book(running, link, start, f"quick{turn}@example.com").status == 409
    assert findings(running) == []
    assert line(running, link) == ["lapsed"] * 3
    assert book(running, link, start, "late@example.com").status == 201
    assert findings(running) == []


def test_places_of_a_session_go_one_by_one_to_those_who_wait(running, place):
    link = lib.make_link(running, place, title="Freed seats", kind="group", capacity=3, waitlist=True)
    start = lib.free_starts(running, link["slug"], days_ahead=13)[0]
    booked = [book(running, link, start, f"seat{number}@example.com").json for number in range(3)]
    for number in range(WAITING):
        reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/waitlist", {
            "start": start, "timezone": lib.ZONE,
            "attendee": {"name": "Waiting", "email": f"for-seat{number}@example.com"}})
        assert reply.status == 202, reply.text
        running.clock.advance(seconds=1)
    lib.settle(running)
    work = [lambda number=number: cancel(running, booked[number]) for number in range(2)]
    work += [lambda number=number: book(running, link, start, f"other{number}@example.com")
             for number in range(CLIENTS)]
    random.Random(SEED).shuffle(work)
    replies = lib.together(*work)
    assert [reply for reply in replies if isinstance(reply, Exception)] == []
    assert collections.Counter(reply.status for reply in replies)[201] == 0
    assert findings(running) == []
    assert line(running, link) == ["offered"] * 2 + ["waiting"] * 3
    replies = lib.together(*[lambda number=number: take(running, f"for-seat{number}@example.com")
                             for number in (0, 1, 0, 1)])
    assert [reply for reply in replies if isinstance(reply, Exception)] == []
    assert line(running, link) == ["taken"] * 2 + ["waiting"] * 3
    [session] = running.rows("SELECT seats_taken FROM seat_session WHERE link = ? AND closed_at IS NULL", link["id"])
    assert session["seats_taken"] == 3
    assert findings(running) == []


@pytest.mark.parametrize("point", points("wait", "offer", "leave", "waitlist mail"))
def test_joining_offering_and_leaving_are_wholly_done_or_not_at_all(running, place, point):
    link, booking, start = full_day(running, place, days_ahead=15, title=f"Cut off {point.replace('.', ' ')}")
    name = point.replace(".", "-").replace("_", "-")
    ask = lambda number=0: join(running, link, start, f"{name}-{number}@example.com")
    steps = {
        "waiting": [ask], "waitlist_mail": [ask],
        "offering": [ask, lambda: cancel(running, booking)],
        "leaving": [ask, lambda: ask(1), lambda: cancel(running, booking),
                    lambda: lib.Client(running.port).form(
                        f"/book/waitlist/{token(running, f'{name}-0@example.com')}/refusal", {})],
    }[point.split(".")[0]]
    for step in steps[:-1]:
        step()
        running.clock.advance(seconds=1)
        lib.settle(running)
    arm(running, point)
    try:
        steps[-1]()
    except lib.Lost:
        pass
    running.wait_for_crash()
    running.restart()
    lib.settle(running, after_kill=True)
    if point == "waiting.before_commit":
        assert line(running, link) == [] and ask().status == 202
    elif point == "leaving.before_commit":
        assert line(running, link) == ["offered", "waiting"]
        assert steps[-1]().status == 303
    lib.settle(running)
    print(f"{point}: {line(running, link)}")
    assert line(running, link) == {
        "waiting": ["waiting"], "waitlist_mail": ["waiting"], "offering": ["offered"],
        "leaving": ["refused", "offered"]}[point.split(".")[0]]
    mails = collections.Counter(
        mail.message_id for mail in running.mail.to(f"{name}-0@example.com"))
    assert all(count <= 2 for count in mails.values())
    assert findings(running) == []
