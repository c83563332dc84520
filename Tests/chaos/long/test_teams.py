"""R-02 at full size: sixty clients at links of one, two and three of six hosts, and three hundred bookings in turn."""
import collections
import os
import random

import lib
import test_rotation
from invariants import Facts, violations
from results import record

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261127"))
CLIENTS, ATTEMPTS, TURNS = 60, 10, 300


def test_sixty_clients_at_one_two_and_three_of_six_hosts(running):
    """Links whose hosts overlap, in other orders, alone, together and in turn: all of what it needs or nothing."""
    dice = random.Random(SEED)
    place = lib.make_place(running, "Sixfold", people=6)
    people, links = place.people, []
    for number in range(12):
        hosts = dice.sample(people, 1 + number % 3)
        kind = "one_on_one" if len(hosts) == 1 else dice.choice(["collective", "round_robin"])
        links.append(lib.make_link(
            running, place, slug=f"six-{number}", title=f"Six {number}", kind=kind, minutes=dice.choice([30, 45]),
            hosts=[{"userId": host.id} | ({"priority": dice.randrange(5)} if kind == "round_robin" else {})
                   for host in hosts]))
    wanted = {link["slug"]: lib.free_starts(running, link["slug"], days_ahead=3, days=2)[:20] for link in links}
    plans = [[(number := dice.choice(links), dice.choice(wanted[number["slug"]])) for _ in range(ATTEMPTS)]
             for _ in range(CLIENTS)]

    def client(index: int) -> list[int]:
        return [test_rotation.book(running, link, start, f"six{index}-{turn}@example.com", hold=turn % 3 == 0).status
                for turn, (link, start) in enumerate(plans[index])]

    statuses = collections.Counter(
        status for told in lib.together(*[lambda n=n: client(n) for n in range(CLIENTS)])
        for status in (told if isinstance(told, list) else [repr(told)]))
    print(f"six hosts on {running.engine}: seed {SEED}, {dict(statuses)}")
    assert set(statuses) == {201, 409}, statuses
    lib.settle(running, limit=120)
    facts = Facts.of(running)
    assert violations(facts, running.clock.now()) == []
    need = {link["id"]: len(link["hosts"]) if link["kind"] == "collective" else 1 for link in links}
    hosts = facts.by("booking_host", "booking")
    mine = [booking for booking in facts["booking"] if booking["link"] in need]
    assert len(mine) == statuses[201]
    assert [booking["id"] for booking in mine if len(hosts[booking["id"]]) != need[booking["link"]]] == []
    record("R-02", engine=running.engine, what="sixty clients at one to three of six hosts", seed=SEED,
           rounds=CLIENTS * ATTEMPTS, booked=statuses[201], lost=0, doubled=0)


def test_three_hundred_bookings_in_turn_differ_by_one_at_most(running):
    place = lib.make_place(running, "Evenly", people=6)
    link = test_rotation.rotating(running, place, "evenly")
    starts = lib.free_starts(running, link["slug"], days_ahead=1, days=50)
    # No two of them at the same time, so that everybody is free for each.
    apart = [starts[0]]
    for start in starts:
        if lib.seconds(start) - lib.seconds(apart[-1]) >= 1800:
            apart.append(start)
    assert len(apart) >= TURNS
    shares = [range(first, TURNS, 30) for first in range(30)]
    told = lib.together(*[
        lambda part=part: [test_rotation.book(running, link, apart[n], f"even{n}@example.com").status for n in part]
        for part in shares])
    assert told == [[201] * len(part) for part in shares]
    lib.settle(running, limit=120)
    made = test_rotation.rows(running, link)
    facts = Facts.of(running)
    assert violations(facts, running.clock.now()) == [] and test_rotation.tellings(facts, made, link) == []
    counts = test_rotation.shares(made)
    print(f"turns on {running.engine}: {sorted(counts.values())}")
    assert len(counts) == 6 and max(counts.values()) - min(counts.values()) <= 1, counts
    record("R-02", engine=running.engine, what="three hundred bookings in turn of six hosts", seed=SEED, rounds=TURNS,
           booked=TURNS, lost=0, doubled=0, most_apart=max(counts.values()) - min(counts.values()))
