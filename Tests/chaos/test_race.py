"""Strangers race for the same hours: no double booking, no answer that is not kept, no refusal without need."""
import collections
import contextlib
import os
import random
import time

import pytest

import lib
import races
from invariants import Facts, violations

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261124"))
CLIENTS, ATTEMPTS = 50, 10
# Length, pause before and pause after of the three links each host has; all start on the quarter.
KINDS = [(30, 0, 0), (45, 10, 5), (60, 0, 15)]


@pytest.fixture(scope="module")
def harbour(running):
    """Four hosts, each with three links of different lengths and pauses."""
    place = lib.make_place(running, "Harbour", people=4)
    question = {"kind": "text", "label": "What for?", "required": True}
    links = [lib.make_link(running, place, host=host, minutes=minutes, bufferBeforeMinutes=before,
                           bufferAfterMinutes=after, questions=[question])
             for host in place.people for minutes, before, after in KINDS]
    return place, links


def five_quarters(running, link: dict, *, days_ahead: int) -> list[tuple[dict, str]]:
    """The link's slots from nine to ten: with those of the other links of the host, fifteen that all overlap."""
    starts = lib.free_starts(running, link["slug"], days_ahead=days_ahead)
    return [(link, start) for start in starts if "T09:00" <= start[10:16] <= "T10:00"]


def test_fifty_clients_race_for_sixty_overlapping_slots(running, harbour):
    place, links = harbour
    slots = [slot for link in links for slot in five_quarters(running, link, days_ahead=3)]
    assert len(slots) == 60
    with contextlib.ExitStack() as stack:
        ports = [running.port]
        if running.engine == "postgres":
            ports.append(stack.enter_context(lib.SecondProcess(running)).port)
        plans = races.plan(slots, clients=CLIENTS, attempts=ATTEMPTS, seed=SEED)
        began = time.monotonic()
        attempts = races.race(plans, ports)
        took = time.monotonic() - began
        print(f"race on {running.engine}: seed {SEED}, {len(ports)} processes, {races.figures(attempts, took)}")
        lib.settle(running)
        facts = Facts.of(running)
        assert races.complaints(attempts, facts) == []
        assert violations(facts, running.clock.now()) == []
        still_free = {(link["slug"], start) for port in ports for link in links
                      for start in lib.free_starts(running, link["slug"], port=port)}
    # The server's own list agrees with the replay: nothing that was fought over is free now.
    assert [slot for slot in slots if (slot[0]["slug"], slot[1]) in still_free] == []
    assert {attempt.outcome for attempt in attempts} == {"ok", "fail"}
    assert all(lib.Client(port).ready() for port in [running.port])


def test_one_key_twenty_times_at_once_is_one_booking(running, harbour):
    _, links = harbour
    start = lib.free_starts(running, links[0]["slug"], days_ahead=5)[0]
    path = f"/api/v1/public/links/{links[0]['slug']}/bookings"
    body = lib.wish(start, "double@example.com", answers={links[0]["questions"][0]["id"]: "once"})
    before = len(running.rows("SELECT id FROM booking"))
    click = lambda: lib.Client(running.port).call("POST", path, body, idempotency="double click")
    replies = lib.together(*[click] * 20)
    assert [getattr(reply, "status", reply) for reply in replies] == [201] * 20
    assert len({reply.body for reply in replies}) == 1
    assert sum(reply.replayed for reply in replies) == 19
    later = click()
    assert (later.status, later.body, later.replayed) == (201, replies[0].body, True)
    other = lib.Client(running.port).call("POST", path, body | {"timezone": "Asia/Tokyo"}, idempotency="double click")
    assert (other.status, other.json["code"]) == (422, "idempotency_mismatch")
    assert len(running.rows("SELECT id FROM booking")) == before + 1


def test_move_and_cancel_at_the_same_moment_leave_one_legal_history(running, harbour):
    """R-04: ten calls on one booking at once; every answer is a yes or a calm no, and the history is legal."""
    _, links = harbour
    link, path = links[0], "/api/v1/public/bookings"
    starts = lib.free_starts(running, link["slug"], days_ahead=6)
    caller = lib.Client(running.port)
    for round_number in range(4):
        body = lib.wish(starts[3 * round_number], f"both{round_number}@example.com",
                        answers={link["questions"][0]["id"]: "both"})
        token = caller.call("POST", f"/api/v1/public/links/{link['slug']}/bookings", body).json["token"]
        moves = [lambda start=start: lib.Client(running.port).call(
            "POST", f"{path}/{token}/reschedule", {"start": start}) for start in starts[13:18]]
        cancels = [lambda: lib.Client(running.port).call("POST", f"{path}/{token}/cancel", {})] * 5
        statuses = [getattr(reply, "status", reply) for reply in lib.together(*moves, *cancels)]
        assert set(statuses) <= {200, 409, 410}, statuses
        assert 200 in statuses
    lib.settle(running)
    assert violations(Facts.of(running), running.clock.now()) == []


def test_booking_holding_moving_and_cancelling_all_at_once_keeps_every_rule(running, harbour):
    """Twelve clients do what they like with the same two days; whatever is answered, the rows agree afterwards."""
    _, links = harbour
    starts = {link["slug"]: lib.free_starts(running, link["slug"], days_ahead=8, days=2)[::3] for link in links}
    answers = {link["slug"]: {link["questions"][0]["id"]: "mixed"} for link in links}

    def client(number: int) -> list[tuple[str, int]]:
        dice, caller, mine, done = random.Random(SEED + number), lib.Client(running.port), [], []
        for turn in range(14):
            link = dice.choice(links)["slug"]
            what = dice.choice(["book", "book", "hold", "move", "move", "move by hold", "cancel"])
            slug, token = dice.choice(mine) if mine and what not in ("book", "hold") else (link, None)
            start = dice.choice(starts[slug])
            if token is None:
                path, body = f"/api/v1/public/links/{slug}/bookings", lib.wish(
                    start, f"mixed{number}-{turn}@example.com", answers=answers[slug])
                if what == "hold":
                    held = caller.call("POST", f"/api/v1/public/links/{slug}/holds", {"start": start})
                    done.append((what, held.status))
                    if held.status == 201 and dice.random() < 0.5:
                        released = caller.call("DELETE", f"/api/v1/public/holds/{held.json['holdToken']}")
                        done.append(("release", released.status))
                    elif held.status == 201:
                        body["holdToken"] = held.json["holdToken"]
                reply = caller.call("POST", path, body)
            else:
                mine.remove((slug, token))
                path = f"/api/v1/public/bookings/{token}"
                if what == "move by hold":
                    done.append(("hold", caller.call("POST", f"{path}/holds", {"start": start}).status))
                reply = caller.call("POST", f"{path}/{'cancel' if what == 'cancel' else 'reschedule'}",
                                    {} if what == "cancel" else {"start": start})
                if reply.status == 409:
                    mine.append((slug, token))
            done.append((what, reply.status))
            if reply.status in (200, 201) and "token" in reply.json:
                mine.append((slug, reply.json["token"]))
        return done

    done = [step for steps in lib.together(*[lambda n=n: client(n) for n in range(12)]) for step in steps]
    counts = collections.Counter(done)
    print(f"mixed on {running.engine}: seed {SEED}, {dict(sorted(counts.items()))}")
    assert {status for _, status in done} <= {200, 201, 204, 409}, counts
    # Every call was both granted and refused to somebody, or the mixture tests nothing.
    assert {what for what, status in done if status in (200, 201)} == {"book", "hold", "move", "move by hold", "cancel"}
    assert counts["book", 409] and counts["move", 409] and counts["hold", 409]
    lib.settle(running)
    assert violations(Facts.of(running), running.clock.now()) == []


LOSE = {
    "sqlite": ["CREATE TRIGGER lose AFTER INSERT ON ledger BEGIN DELETE FROM ledger WHERE id = NEW.id; END"],
    "postgres": ["CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS "
                 "'BEGIN DELETE FROM ledger WHERE id = NEW.id; RETURN NULL; END'",
                 "CREATE TRIGGER lose AFTER INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION lose()"],
}


def test_a_race_without_a_ledger_is_seen_to_double_book(running, harbour):
    """The negative control, last in this file: the same race on the same server, but the ledger forgets every row."""
    _, links = harbour
    slots = [slot for link in links for slot in five_quarters(running, link, days_ahead=12)]
    with lib.connection(running) as store:
        for statement in LOSE[running.engine]:
            store.execute(statement)
    attempts = races.race(races.plan(slots, clients=10, attempts=12, seed=SEED), [running.port])
    lib.settle(running)
    facts = Facts.of(running)
    found = violations(facts, running.clock.now())
    overlaps = [finding for finding in found if finding.startswith("overlap: bookings of")]
    print(f"race without a ledger on {running.engine}: seed {SEED}, {len(overlaps)} overlaps")
    assert len(overlaps) > 10
    assert [finding for finding in found if finding.startswith("ledger: no row for")]
    assert sum(attempt.outcome == "ok" for attempt in attempts) > 20
