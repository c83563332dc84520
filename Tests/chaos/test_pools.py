"""Strangers race for one fixed host, two of four and one of two rooms: nobody and no room is booked twice."""
import collections

import pytest

import lib
from invariants import Facts, violations
from test_rotation import book

CLIENTS = 40


@pytest.fixture(scope="module")
def panel(running):
    return lib.make_place(running, "Panel", people=5)


def pooled(running, panel, slug: str, **more) -> dict:
    chair, *others = panel.people
    return lib.make_link(
        running, panel, slug=slug, title=slug, kind="multi_host", pools=[{"name": "experts", "take": 2}],
        hosts=[{"userId": chair.id}] + [{"userId": person.id, "pool": "experts"} for person in others],
        rotation={"strategy": "equal_distribution"}, **more)


def room(running, panel, name: str) -> str:
    made = lib.Client(running.port, key=panel.owner.key).call("POST", "/api/v1/resources", {"name": name})
    assert made.status == 201, made.text
    return made.json["id"]


def roomless(facts: Facts, links: list[dict], rooms: list[str]) -> list[str]:
    """Each living booking of these links has exactly one of the rooms."""
    had, ids = facts.by("booking_resource", "booking"), {link["id"] for link in links}
    return [f"{booking['id']} has {had[booking['id']]}" for booking in facts["booking"]
            if booking["link"] in ids and booking["status"] == "confirmed"
            and [row["resource"] in rooms for row in had[booking["id"]]] != [True]]


def incomplete(facts: Facts, assignments: list[dict], link: dict, panel) -> list[str]:
    """Each booking of the link has the fixed host and two of the others, with one assignment that counts for each."""
    found, hosts = [], facts.by("booking_host", "booking")
    chair, *others = [person.id for person in panel.people]
    counting = collections.defaultdict(list)
    for row in assignments:
        if row["counts"]:
            counting[row["booking"]].append(row["account"])
    for booking in facts["booking"]:
        if booking["link"] == link["id"] and booking["status"] == "confirmed":
            names = [host["account"] for host in sorted(hosts[booking["id"]], key=lambda host: host["position"])]
            if names[:1] != [chair] or len(names) != 3 or not set(names[1:]) <= set(others):
                found.append(f"{booking['id']} is of {names}")
            if sorted(counting[booking["id"]]) != sorted(names[1:]):
                found.append(f"{booking['id']} counts for {counting[booking['id']]} and is of {names[1:]}")
    numbers = sorted(row["number"] for row in assignments)
    return found + ([] if numbers == list(range(1, len(numbers) + 1)) else [f"numbers {numbers}"])


def rows(running, link: dict) -> list[dict]:
    return [dict(row) for row in running.rows("SELECT * FROM assignment WHERE link = ? ORDER BY number", link["id"])]


def test_forty_clients_never_book_anybody_twice_and_each_booking_is_complete(running, panel):
    rooms = [room(running, panel, name) for name in ("Aula", "Fjord")]
    needs = {"resources": [{"required": True, "oneOf": rooms}]}
    link = pooled(running, panel, "panel", **needs)
    own = lib.make_link(running, panel, host=panel.people[1], slug="own-expert", title="Own expert", **needs)
    starts = lib.free_starts(running, link["slug"], days_ahead=2)[::2][:8]
    links = [*[link] * 4, own]
    replies = lib.together(*[
        lambda n=n: book(running, links[n % 5], starts[n % 8], f"pool{n}@example.com", hold=n % 3 == 0)
        for n in range(CLIENTS)])
    statuses = collections.Counter(getattr(reply, "status", reply) for reply in replies)
    assert set(statuses) == {201, 409}, statuses
    lib.settle(running)
    facts, made = Facts.of(running), rows(running, link)
    assert violations(facts, running.clock.now()) == []
    assert incomplete(facts, made, link, panel) == []
    assert roomless(facts, [link, own], rooms) == []
    booked = sum(booking["link"] == link["id"] for booking in facts["booking"])
    print(f"pools on {running.engine}: {dict(statuses)}, {booked} panels")
    assert booked == len(starts), "the fixed host has each time once, and two of three experts are always left"
    counts = collections.Counter(row["account"] for row in made if row["counts"])
    report = lib.Client(running.port, key=panel.owner.key).call("GET", f"/api/v1/links/{link['id']}/distribution").json
    assert sum(host["bookings"] for host in report["hosts"]) == sum(counts.values()) == 2 * booked
    assert all(choice["replay"]["same"] for choice in report["assignments"])
    # The negative controls: a host who is missing, another one who counts, and a number that is missing are seen.
    fewer = facts.copy()
    fewer.tables["booking_host"] = [host for host in facts["booking_host"] if host["account"] != panel.people[0].id]
    assert incomplete(fewer, made, link, panel)
    assert incomplete(facts, [made[0] | {"account": "usr_x"}] + made[1:], link, panel)
    assert incomplete(facts, made[:-1], link, panel)
    assert roomless(facts, [link, own], rooms[:1]) or roomless(facts, [link, own], rooms[1:])
    # A room that two bookings had at once is an overlap of its ledger, and one that was lost leaves a row too many.
    fewer.tables["booking_resource"] = facts["booking_resource"][1:]
    assert any("a row too many" in text for text in violations(fewer, running.clock.now()))
