"""A thousand wishes are approved while each of their attendees takes theirs back."""
import collections
import random
import threading

import pytest

import harness
import lib
from invariants import Facts, violations
from results import record

WISHES, HOSTS, CALLERS, SEED = 1_000, 20, 16, 20261127


def ask_for_all(running, place) -> list[dict]:
    """A thousand pending bookings, as many of each host."""
    links = [lib.make_link(running, place, host=host, slug=f"ask-{number}", requiresApproval=True)
             for number, host in enumerate(place.people)]
    asked = []
    for link in links:
        starts = lib.free_starts(running, link["slug"], days_ahead=3, days=14)[::2][:WISHES // HOSTS]
        for number, start in enumerate(starts):
            made = lib.Client(running.port).call(
                "POST", f"/api/v1/public/links/{link['slug']}/bookings",
                lib.wish(start, f"{link['slug']}.{number}@example.com"))
            assert (made.status, made.json["status"]) == (201, "pending_approval"), made.text
            asked.append(made.json)
    return asked


def at_once(running, work: list[tuple[str, dict]], key: str) -> dict[str, dict[str, int]]:
    """All of it by so many callers at once; the statuses of each booking."""
    told, line = collections.defaultdict(dict), iter(work)
    guard = threading.Lock()

    def caller() -> None:
        host, attendee = lib.Client(running.port, key=key), lib.Client(running.port)
        while True:
            with guard:
                what, booking = next(line, (None, None))
            if what is None:
                return
            reply = (host.call("POST", f"/api/v1/bookings/{booking['id']}/approval", {"approved": True})
                     if what == "approve" else
                     attendee.call("POST", f"/api/v1/public/bookings/{booking['token']}/cancel", {}))
            with guard:
                told[booking["id"]][what] = reply.status

    lib.together(*[caller] * CALLERS)
    return told


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_a_thousand_approvals_beside_a_thousand_cancellations_are_lawful(engine):
    with lib.server(engine) as running:
        place = lib.make_place(running, "Thousand", people=HOSTS)
        asked = ask_for_all(running, place)
        assert len(asked) == WISHES
        work = [(what, booking) for booking in asked for what in ("approve", "cancel")]
        random.Random(SEED).shuffle(work)
        told = at_once(running, work, place.owner.key)
        counts = collections.Counter(tuple(sorted(statuses.items())) for statuses in told.values())
        print(f"approvals on {engine}: seed {SEED}, {dict(counts)}")
        # What is approved can still be cancelled; what is taken back can no longer be approved.
        assert set(counts) <= {(("approve", 200), ("cancel", 200)), (("approve", 409), ("cancel", 200))}, counts
        assert sum(counts.values()) == WISHES
        rows = running.rows("SELECT status, count(*) AS n FROM booking GROUP BY status")
        assert [dict(row) for row in rows] == [{"status": "cancelled", "n": WISHES}]
        lib.settle(running, limit=600)
        assert violations(Facts.of(running), running.clock.now()) == []
        approved = counts[("approve", 200), ("cancel", 200)]
        record("approvals", engine=engine, seed=SEED, what="a thousand approvals beside a thousand cancellations",
               rounds=WISHES, approved_first=approved, lost=0, doubled=0)
