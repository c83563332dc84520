"""Strangers race for the same hours: no double booking, no answer that is not kept, no refusal without need."""
import contextlib
import time

import pytest

import lib
import races
from invariants import Facts, violations

SEED = 20261124
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
    replies = lib.together(*[lambda: lib.Client(running.port).call("POST", path, body, idempotency="double click")] * 20)
    assert [getattr(reply, "status", reply) for reply in replies] == [201] * 20
    assert len({reply.body for reply in replies}) == 1
    assert sum(reply.replayed for reply in replies) == 19
    later = lib.Client(running.port).call("POST", path, body, idempotency="double click")
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
