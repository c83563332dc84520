"""Strangers race for the seats of a group: one session, as many seats as there are, and they always add up (R-05)."""
import collections
import os
import random

import pytest

import lib
from invariants import Facts, violations
from test_kill import points, sound
from test_kill_more import cut_off

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261127"))
CLIENTS, SEATS = 50, 5


@pytest.fixture(scope="module")
def host(running):
    return lib.make_place(running, "Class", people=2)


def group(running, host, slug: str, **more) -> dict:
    return lib.make_link(running, host, slug=slug, title=slug, **({"kind": "group", "capacity": SEATS} | more))


def book(running, slug: str, start: str, email: str, *, hold: bool = False, guests: int = 0) -> lib.Reply:
    caller, path = lib.Client(running.port), f"/api/v1/public/links/{slug}"
    wish = lib.wish(start, email) | {"guests": [f"g{number}.{email}" for number in range(guests)]}
    if hold:
        held = caller.call("POST", f"{path}/holds", {"start": start})
        if held.status != 201:
            return held
        wish["holdToken"] = held.json["holdToken"]
    return caller.call("POST", f"{path}/bookings", wish)


def sessions(running, link: dict) -> list[dict]:
    return [dict(row) for row in running.rows("SELECT * FROM seat_session WHERE link = ? ORDER BY id", link["id"])]


def judged(running) -> list[str]:
    lib.settle(running)
    return violations(Facts.of(running), running.clock.now())


@pytest.mark.parametrize("holds", [False, True], ids=["booked at once", "held before"])
def test_the_first_bookings_of_a_start_race_for_five_seats(running, host, holds):
    link = group(running, host, "first" if not holds else "held")
    start = lib.free_starts(running, link["slug"], days_ahead=2)[0]
    replies = lib.together(*[
        lambda n=n: book(running, link["slug"], start, f"seat{n}.{link['slug']}@example.com", hold=holds)
        for n in range(CLIENTS)])
    statuses = collections.Counter(getattr(reply, "status", repr(reply)) for reply in replies)
    assert statuses == {201: SEATS, 409: CLIENTS - SEATS}, statuses
    assert {reply.json["code"] for reply in replies if reply.status == 409} == {"slot_taken"}
    made = [session for session in sessions(running, link) if session["closed_at"] is None]
    assert [(session["seats_taken"], session["capacity"]) for session in made] == [(SEATS, SEATS)]
    assert {reply.json["session"] for reply in replies if reply.status == 201} == {made[0]["id"]}
    assert judged(running) == []


def test_the_last_seat_goes_to_one(running, host):
    link = group(running, host, "last")
    start = lib.free_starts(running, link["slug"], days_ahead=4)[0]
    assert book(running, link["slug"], start, "early@example.com", guests=SEATS - 2).status == 201
    replies = lib.together(*[lambda n=n: book(running, link["slug"], start, f"late{n}@example.com")
                             for n in range(20)])
    assert collections.Counter(reply.status for reply in replies) == {201: 1, 409: 19}
    assert judged(running) == []


def test_coming_and_going_at_once_always_adds_up(running, host):
    """Bookings, moves, cancellations and whole sessions cancelled and moved by the host, all at the same moment."""
    dice, link = random.Random(SEED), group(running, host, "churn", capacity=4)
    starts = lib.free_starts(running, link["slug"], days_ahead=6, days=3)[:6]
    living, statuses = [], collections.Counter()
    for turn in range(6):
        calls = [lambda n=n, start=dice.choice(starts), hold=dice.random() < 0.3, guests=dice.choice([0, 0, 1]):
                 book(running, link["slug"], start, f"churn{turn}.{n}@example.com", hold=hold, guests=guests)
                 for n in range(8)]
        dice.shuffle(living)
        calls += [lambda token=token: lib.Client(running.port).call(
            "POST", f"/api/v1/public/bookings/{token}/cancel", {}) for token in living[:4]]
        calls += [lambda token=token, start=dice.choice(starts): lib.Client(running.port).call(
            "POST", f"/api/v1/public/bookings/{token}/reschedule", {"start": start}) for token in living[4:8]]
        open_now = [session for session in sessions(running, link) if session["closed_at"] is None]
        if turn > 2 and open_now:
            whole, key = dice.choice(open_now), host.owner.key
            calls += [lambda: lib.Client(running.port, key=key).call(
                          "POST", f"/api/v1/sessions/{whole['id']}/cancellation", {"reason": "ill"}),
                      lambda: lib.Client(running.port, key=key).call(
                          "POST", f"/api/v1/sessions/{dice.choice(open_now)['id']}/reschedule",
                          {"start": dice.choice(starts)})]
        replies = lib.together(*calls)
        assert all(isinstance(reply, lib.Reply) and reply.status < 500 for reply in replies), replies
        statuses.update(reply.status for reply in replies)
        assert judged(running) == []
        living = [token for token in living[4:] if lib.Client(running.port).call(
            "GET", f"/api/v1/public/bookings/{token}").json.get("status") == "confirmed"]
        living += [reply.json["token"] for reply in replies if reply.status in (200, 201) and "token" in reply.json]
    print(f"seed {SEED}, {dict(statuses)}, {len(sessions(running, link))} sessions")
    assert statuses[201] > 10 and statuses[200] > 5


def test_the_checker_sees_seats_that_do_not_add_up(running, host):
    """The negative controls: a seat too many, a ledger row too few, a second session, a booking elsewhere."""
    lib.settle(running)
    facts, now = Facts.of(running), running.clock.now()
    assert violations(facts, now) == []
    full = next(number for number, row in enumerate(facts["seat_session"]) if row["seats_taken"] == SEATS)
    for change in (
            lambda rows: rows["seat_session"][full].update(seats_taken=SEATS - 1),
            lambda rows: rows["seat_session"][full].update(capacity=SEATS - 1),
            lambda rows: rows["seat_session"][full].update(closed_at=1),
            lambda rows: rows["seat_session"].append(rows["seat_session"][full] | {"id": "ssn_x", "seats_taken": 0}),
            lambda rows: rows.tables.update(ledger=[row for row in rows["ledger"] if row["kind"] != "session"]),
            lambda rows: next(row for row in rows["booking"] if row["session"]
                              and row["status"] == "confirmed").update(starts=1)):
        other = facts.copy()
        change(other)
        assert violations(other, now), change


@pytest.mark.parametrize("point", points("session"))
@pytest.mark.parametrize("what", ["cancellation", "reschedule"])
def test_a_change_of_a_session_that_is_cut_off_is_not_done_at_all(running, host, what, point):
    link = group(running, host, f"cut-{what}")
    start, later = lib.free_starts(running, link["slug"], days_ahead=9)[:8:7]
    for number in range(3):
        assert book(running, link["slug"], start, f"{what}{number}@example.com").status == 201
    lib.settle(running)
    [before] = sessions(running, link)
    change = {"reason": "ill"} if what == "cancellation" else {"start": later}
    call = lambda: lib.Client(running.port, key=host.owner.key).call(
        "POST", f"/api/v1/sessions/{before['id']}/{what}", change, idempotency=what)
    cut_off(running, point, call)
    assert sessions(running, link) == [before]

    again = call()
    assert (again.status, again.replayed) == (200, False), again.text
    [after] = sessions(running, link)
    moved = what == "reschedule"
    assert (after["seats_taken"], after["closed_at"] is None) == ((3, True) if moved else (0, False))
    assert after["starts"] == lib.seconds(later if moved else start)
    lib.settle(running, after_kill=True)
    sound(running)
