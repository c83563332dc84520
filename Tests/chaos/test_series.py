"""Series race for overlapping weeks, with each other and with single bookings: each is whole, or is not at all."""
import collections
import datetime
import os
import random

import pytest

import lib
from invariants import Facts, violations

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261127"))
CLIENTS, MEETINGS = 24, 5


@pytest.fixture(scope="module")
def school(running):
    return lib.make_place(running, "School", people=3)


def halves(facts: Facts, links: list[dict]) -> list[str]:
    """Series of these links that are not whole; nothing was left out of any."""
    rows, ids = facts.by("series_booking", "series"), {link["id"] for link in links}
    return [f"series {series['id']} has {len(rows[series['id']])} of {series['count']}" for series in facts["series"]
            if series["link"] in ids and len(rows[series["id"]]) != series["count"]]


def later(start: str, weeks: int) -> str:
    return (datetime.datetime.fromisoformat(start) + datetime.timedelta(weeks=weeks)).isoformat()


def book(running, link: dict, start: str, email: str, count: int) -> lib.Reply:
    body = lib.wish(start, email) | ({"recurrence": {"count": count}} if count > 1 else {})
    return lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", body)


def race(running, links: list[dict]) -> tuple[collections.Counter, Facts]:
    """Two of three want a series, each from another week; the others one meeting in the midst of them."""
    chance = random.Random(SEED)
    starts = lib.free_starts(running, links[0]["slug"], days_ahead=3)[4:20:4]
    calls = []
    for number in range(CLIENTS):
        count = 1 if number % 3 == 2 else MEETINGS
        start = later(chance.choice(starts), chance.randrange(4))
        wish = (links[number % len(links)], start, f"pupil{number}@example.com", count)
        calls.append(lambda wish=wish: book(running, *wish))
    replies = lib.together(*calls)
    lib.settle(running)
    return collections.Counter(getattr(reply, "status", reply) for reply in replies), Facts.of(running)


def test_series_and_single_bookings_race_and_each_series_is_whole_or_not_there(running, school):
    rule = {"everyWeeks": 1, "count": MEETINGS}
    links = [lib.make_link(running, school, title=title, recurring=rule) for title in ("Course", "Lessons")]
    statuses, facts = race(running, links)
    print(f"series on {running.engine}: seed {SEED}, {dict(statuses)}")
    assert set(statuses) == {201, 409}, statuses
    assert violations(facts, running.clock.now()) == []
    assert halves(facts, links) == []
    ids = {link["id"] for link in links}
    booked = [booking for booking in facts["booking"] if booking["link"] in ids]
    series = [series for series in facts["series"] if series["link"] in ids]
    singles = len(booked) - MEETINGS * len(series)
    assert statuses[201] == len(series) + singles, "what was refused has left nothing"
    assert len(series) >= 2, "some of them find room"
    # The negative controls: half a series, one without its first, and a booking whose mail is lost.
    less = facts.copy()
    less.tables["series_booking"] = [row for row in facts["series_booking"]
                                     if (row["series"], row["place"]) != (series[0]["id"], 0)]
    assert halves(less, links) and any("series" in text for text in violations(less, running.clock.now()))
    less = facts.copy()
    less.tables["job"] = [job for job in facts["job"] if job["subject"] != series[0]["id"]]
    assert any("jobs: none for" in text for text in violations(less, running.clock.now()))


def test_series_of_hosts_in_turn_never_book_one_of_them_twice(running, school):
    link = lib.make_link(
        running, school, title="Turns", kind="round_robin", recurring={"everyWeeks": 1, "count": MEETINGS},
        hosts=[{"userId": person.id} for person in school.people])
    statuses, facts = race(running, [link])
    assert statuses[201] >= 2 and set(statuses) <= {201, 409}, statuses
    assert violations(facts, running.clock.now()) == [] and halves(facts, [link]) == []
    hosts, places = facts.by("booking_host", "booking"), facts.by("series_booking", "series")
    for series in facts["series"]:
        if series["link"] == link["id"]:
            assert len({hosts[row["booking"]][0]["account"] for row in places[series["id"]]}) == 1


def test_a_series_is_cancelled_while_its_meetings_are_moved_and_booked_anew(running, school):
    link = lib.make_link(running, school, title="Moved", host=school.people[2],
                         recurring={"everyWeeks": 1, "count": MEETINGS})
    free = lib.free_starts(running, link["slug"], days_ahead=3)
    made = book(running, link, free[0], "one@example.com", MEETINGS)
    assert made.status == 201, made.text
    tokens = [meeting["token"] for meeting in made.json["occurrences"]]
    path, caller = "/api/v1/public/bookings/{}", lambda: lib.Client(running.port)
    replies = lib.together(
        lambda: caller().call("POST", path.format(tokens[1]) + "/series/cancel", {"part": "later"}),
        lambda: caller().call("POST", path.format(tokens[0]) + "/series/reschedule",
                              {"part": "all", "start": free[8]}),
        lambda: caller().call("POST", path.format(tokens[2]) + "/reschedule", {"start": later(free[12], 2)}),
        lambda: caller().call("POST", path.format(tokens[3]) + "/cancel", {}),
        *[lambda n=n: book(running, link, later(free[8], n), f"anew{n}@example.com", 1) for n in range(3)])
    assert {getattr(reply, "status", reply) for reply in replies} <= {200, 201, 409, 410}, replies
    lib.settle(running)
    assert violations(Facts.of(running), running.clock.now()) == []
