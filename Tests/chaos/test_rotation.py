"""Strangers race for links of several hosts: no host is booked twice, each booking has one host, shares are fair."""
import collections
import json
import os

import pytest

import lib
import test_kill
from invariants import Facts, violations

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261127"))
CLIENTS = 50


@pytest.fixture(scope="module")
def crew(running):
    return lib.make_place(running, "Crew", people=4)


def rotating(running, crew, slug: str, **more) -> dict:
    return lib.make_link(running, crew, slug=slug, title=slug, kind="round_robin",
                         hosts=[{"userId": person.id} for person in crew.people],
                         rotation={"strategy": "equal_distribution"}, **more)


def book(running, link: dict, start: str, email: str, hold: bool = False) -> lib.Reply:
    caller, path = lib.Client(running.port), f"/api/v1/public/links/{link['slug']}"
    wish = lib.wish(start, email)
    if hold:
        held = caller.call("POST", f"{path}/holds", {"start": start})
        if held.status == 201:
            wish["holdToken"] = held.json["holdToken"]
    return caller.call("POST", f"{path}/bookings", wish)


def tellings(facts: Facts, assignments: list[dict], link: dict) -> list[str]:
    """Each booking of the link has one host, and one assignment that counts, to that host; numbers have no gaps."""
    found, hosts = [], facts.by("booking_host", "booking")
    counting = collections.defaultdict(list)
    for row in assignments:
        if row["counts"]:
            counting[row["booking"]].append(row["account"])
    for booking in facts["booking"]:
        if booking["link"] == link["id"] and booking["status"] == "confirmed":
            names = [host["account"] for host in hosts[booking["id"]]]
            if len(names) != 1 or counting[booking["id"]] != names:
                found.append(f"{booking['id']} is of {names} and counts for {counting[booking['id']]}")
    numbers = sorted(row["number"] for row in assignments)
    return found + ([] if numbers == list(range(1, len(numbers) + 1)) else [f"numbers {numbers}"])


def shares(assignments: list[dict]) -> collections.Counter:
    return collections.Counter(row["account"] for row in assignments if row["counts"])


def rows(running, link: dict) -> list[dict]:
    return [dict(row) for row in running.rows("SELECT * FROM assignment WHERE link = ? ORDER BY number", link["id"])]


def test_fifty_clients_with_a_time_each_share_four_hosts_fairly(running, crew):
    link = rotating(running, crew, "fair")
    starts = lib.free_starts(running, link["slug"], days_ahead=2, days=6)[::2][:CLIENTS]
    assert len(starts) == CLIENTS
    replies = lib.together(*[lambda n=n, start=start: book(running, link, start, f"fair{n}@example.com", hold=n % 2)
                             for n, start in enumerate(starts)])
    assert [getattr(reply, "status", reply) for reply in replies] == [201] * CLIENTS
    lib.settle(running)
    facts, made = Facts.of(running), rows(running, link)
    assert violations(facts, running.clock.now()) == []
    assert tellings(facts, made, link) == []
    counts = shares(made)
    print(f"shares on {running.engine}: {sorted(counts.values())}")
    assert len(counts) == 4 and max(counts.values()) - min(counts.values()) <= 1, counts
    report = lib.Client(running.port, key=crew.owner.key).call("GET", f"/api/v1/links/{link['id']}/distribution").json
    assert sum(host["bookings"] for host in report["hosts"]) == CLIENTS
    assert all(choice["replay"]["same"] for choice in report["assignments"])


def test_fifty_clients_on_ten_times_fill_every_host_once(running, crew):
    link = rotating(running, crew, "full")
    starts = lib.free_starts(running, link["slug"], days_ahead=11)[::2][:10]
    replies = lib.together(*[lambda n=n: book(running, link, starts[n % 10], f"full{n}@example.com", hold=n % 3 == 0)
                             for n in range(CLIENTS)])
    statuses = collections.Counter(getattr(reply, "status", reply) for reply in replies)
    assert statuses == {201: 40, 409: 10}, statuses
    lib.settle(running)
    facts, made = Facts.of(running), rows(running, link)
    assert violations(facts, running.clock.now()) == []
    assert tellings(facts, made, link) == []
    # The negative controls: a host who is another one, and a number that is missing, are seen.
    assert tellings(facts, [made[0] | {"account": "usr_x"}] + made[1:], link)
    assert tellings(facts, made[:-1], link)


def test_fifty_clients_on_a_collective_link_and_its_hosts_own_never_overlap(running, crew):
    link = lib.make_link(running, crew, slug="all-hands", title="All hands", kind="collective",
                         hosts=[{"userId": person.id} for person in crew.people])
    own = [lib.make_link(running, crew, host=person, slug=f"own-{n}", title=f"Own {n}")
           for n, person in enumerate(crew.people)]
    starts = lib.free_starts(running, link["slug"], days_ahead=16)[::2][:10]
    links = [link, *own]
    replies = lib.together(*[
        lambda n=n: book(running, links[n % 5], starts[n % 10], f"all{n}@example.com", hold=n % 4 == 0)
        for n in range(CLIENTS)])
    statuses = collections.Counter(getattr(reply, "status", reply) for reply in replies)
    assert set(statuses) == {201, 409}, statuses
    lib.settle(running)
    facts = Facts.of(running)
    assert violations(facts, running.clock.now()) == []
    hosts = facts.by("booking_host", "booking")
    together = [booking for booking in facts["booking"] if booking["link"] == link["id"]]
    print(f"collective on {running.engine}: seed {SEED}, {dict(statuses)}, {len(together)} of all hosts")
    assert all(len(hosts[booking["id"]]) == 4 for booking in together)


@pytest.mark.parametrize("point", test_kill.points("reassign"))
def test_giving_a_booking_away_is_wholly_done_or_not_at_all(running, crew, point):
    link = rotating(running, crew, point.replace(".", "-").replace("_", "-"))
    booked = book(running, link, lib.free_starts(running, link["slug"], days_ahead=25)[0], f"{point}@example.com").json
    lib.settle(running)
    test_kill.arm(running, point)
    path = f"/api/v1/bookings/{booked['id']}/reassignment"
    call = lambda: lib.Client(running.port, key=crew.owner.key).call("POST", path, {}, idempotency=point)
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {call()}")
    running.wait_for_crash()
    running.restart()
    again = call()
    assert (again.status, again.replayed) == (200, point.endswith("after_commit")), again.text
    assert again.json["hosts"] != booked["hosts"]
    lib.settle(running, after_kill=True)
    facts = Facts.of(running)
    assert violations(facts, running.clock.now()) == []
    made = rows(running, link)
    assert tellings(facts, made, link) == [] and [row["counts"] for row in made] == [0, 1], json.dumps(made)
