"""R-06: a hold runs out in the very moment its visitor books, while somebody else wants the same time."""
import collections
import os
import random
import time

import lib
from invariants import Facts, violations
from results import record

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261127"))
ROUNDS = int(os.environ.get("WORKESTRA_ROUNDS", "500"))
# So many at once; and so many more holds that nobody comes back for.
BATCH, LEFT = 50, 10
# How far from the end of the hold both press, in seconds.
AROUND = 0.05


def hold(running, slug: str, start: str) -> tuple[str, int]:
    """The token of a new hold, and the second it ends in."""
    reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{slug}/holds", {"start": start})
    assert reply.status == 201, reply.text
    return reply.json["holdToken"], lib.seconds(reply.json["expiresAt"])


def press(running, slug: str, start: str, at: float, email: str, token: str | None) -> lib.Reply:
    """Books at that moment of the server's clock."""
    caller = lib.Client(running.port)
    caller.ready()
    time.sleep(max(0, at - running.clock.now()))
    body = lib.wish(start, email) | ({"holdToken": token} if token else {})
    return caller.call("POST", f"/api/v1/public/links/{slug}/bookings", body)


def batch(running, slots: list[tuple[str, str]], dice, mark: str) -> collections.Counter:
    """Who got the time in each pair: its holder, the other, nobody or both; and how the loser was told."""
    held = [hold(running, slug, start) for slug, start in slots]
    racing = slots[:BATCH]
    # Until two seconds before the first of them ends.
    running.clock.advance(seconds=int(min(ends for _, ends in held) - running.clock.now()) - 2)
    calls = []
    for number, (slug, start) in enumerate(racing):
        token, ends = held[number]
        for who, given in (("holder", token), ("other", None)):
            at, email = ends + dice.uniform(-AROUND, AROUND), f"{who}{mark}-{number}@example.com"
            calls.append(lambda slug=slug, start=start, at=at, email=email, given=given:
                         press(running, slug, start, at, email, given))
    replies = lib.together(*calls)
    found: collections.Counter = collections.Counter()
    for number in range(len(racing)):
        holder, other = replies[2 * number:2 * number + 2]
        told = [reply.status if isinstance(reply, lib.Reply) else repr(reply) for reply in (holder, other)]
        loser = {(201, 409): other, (409, 201): holder}.get(tuple(told))
        code = loser.json["code"] if loser is not None else ""
        found[(*told, code)] += 1
    return found


def blocked(running, slots: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that are not offered though nobody booked them."""
    free = {slug: set(lib.free_starts(running, slug, days=55)) for slug in {slug for slug, _ in slots}}
    return [(slug, start) for slug, start in slots if start not in free[slug]]


def test_a_hold_that_ends_as_it_is_used_is_one_booking_and_one_no(running):
    dice = random.Random(SEED)
    place = lib.make_place(running, "Latecomers", people=10)
    links = [lib.make_link(running, place, host=person, stepMinutes=30) for person in place.people]
    free = [[(link["slug"], start) for start in lib.free_starts(running, link["slug"], days=55)] for link in links]
    slots = [slot for row in zip(*free) for slot in row]
    found: collections.Counter = collections.Counter()
    count = ROUNDS // BATCH
    for number in range(count):
        mine = slots[number * (BATCH + LEFT):(number + 1) * (BATCH + LEFT)]
        found += batch(running, mine, dice, str(number))
        # Whoever did not come back blocks nobody five seconds later.
        time.sleep(5)
        assert blocked(running, mine[BATCH:]) == []
    print(f"holds on {running.engine}: seed {SEED}, {dict(found)}")
    # The hold decided, or it had ended: never both, never nobody, and each loser hears which it was.
    assert set(found) <= {(201, 409, "slot_taken"), (409, 201, "hold_expired")}, found
    assert all(found[told] for told in ((201, 409, "slot_taken"), (409, 201, "hold_expired"))), "only one side won"
    lib.settle(running, limit=120)
    facts = Facts.of(running)
    assert violations(facts, running.clock.now()) == []
    booked = sum(row["attendee_email"].startswith(("holder", "other")) for row in facts["booking"])
    assert booked == count * BATCH
    record("R-06", engine=running.engine, seed=SEED, rounds=count * BATCH, booked=booked, lost=0, doubled=0,
           holder_won=found[(201, 409, "slot_taken")], other_won=found[(409, 201, "hold_expired")])
