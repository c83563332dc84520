"""Strangers race for the last places that a link's limits leave: as many come in as the limit says, never one more."""
import collections
import contextlib

import pytest

import lib
from invariants import Facts, violations

MOST, CLIENTS = 3, 12


@pytest.mark.parametrize("scope", ["link", "host", "attendee"])
def test_a_crowd_for_three_places(running, place, scope):
    limits = [{"scope": scope, "per": "day", "count": MOST}]
    # A host's limit counts over links, so there the crowd comes by two of them. The way there is taken, too.
    links = [lib.make_link(running, place, minutes=15, limits=limits, travelBeforeMinutes=5, travelAfterMinutes=5)
             for _ in range(2 if scope == "host" else 1)]
    days = {"link": 3, "host": 4, "attendee": 5}[scope]
    starts = lib.free_starts(running, links[0]["slug"], days_ahead=days)[::2][:CLIENTS]
    assert len(starts) == CLIENTS
    with contextlib.ExitStack() as stack:
        ports = [running.port]
        if running.engine == "postgres":
            ports.append(stack.enter_context(lib.SecondProcess(running)).port)

        def book(index):
            email = "one@example.com" if scope == "attendee" else f"visitor{index}@example.com"
            slug = links[index % len(links)]["slug"]
            return lib.Client(ports[index % len(ports)]).call(
                "POST", f"/api/v1/public/links/{slug}/bookings", lib.wish(starts[index], email))

        replies = lib.together(*[lambda index=index: book(index) for index in range(CLIENTS)])
        lib.settle(running)
    told = collections.Counter((reply.status, reply.json.get("code")) for reply in replies)
    assert told == {(201, None): MOST, (409, "limit_reached" if scope == "attendee" else "slot_taken"): CLIENTS - MOST}
    facts = Facts.of(running)
    assert violations(facts, running.clock.now()) == []
    assert over(facts["booking"], {link["id"] for link in links}) == []
    # What is full is offered no more, but to an attendee who is not known yet.
    left = [lib.free_starts(running, link["slug"], days_ahead=days) for link in links]
    assert any(left) == (scope == "attendee")


def over(bookings: list[dict], links: set[str]) -> list[str]:
    """The days on which the links together have more bookings than their limit; all of a test are on one day."""
    days = collections.Counter(row["starts"] // 86400 for row in bookings
                               if row["link"] in links and row["status"] == "confirmed")
    return [f"{count} bookings on day {day}" for day, count in days.items() if count > MOST]


def test_one_booking_too_many_is_seen():
    rows = [{"starts": 86400 * 20000 + hour * 3600, "link": "lnk_x", "status": "confirmed"} for hour in range(4)]
    assert over(rows, {"lnk_x"}) == ["4 bookings on day 20000"]
    assert over(rows[1:], {"lnk_x"}) == [] and over(rows, {"lnk_y"}) == []
