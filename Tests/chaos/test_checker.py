"""The checker itself: each of its rules is seen to fail, and it sees what happens without the ledger's constraint."""
import random
import re
import sqlite3
import threading

import psycopg
import pytest

import lib
import matrix_offers
import matrix_rings
import races
from invariants import Facts, ledger_overlaps, violations
from matrix_waitlist import join

SEED = 20261125


@pytest.fixture(scope="module")
def facts(running, place):
    """A sound database: two bookings, one of them moved, the other cancelled, a hold, and two wishes."""
    link = lib.make_link(running, place, bufferAfterMinutes=15)
    starts = lib.free_starts(running, link["slug"])
    caller, path = lib.Client(running.port), f"/api/v1/public/links/{link['slug']}"
    moved = caller.call("POST", f"{path}/bookings", lib.wish(starts[0], "a@example.com"), idempotency="a").json
    lib.settle(running)
    caller.call("POST", f"/api/v1/public/bookings/{moved['token']}/reschedule", {"start": starts[6]})
    gone = caller.call("POST", f"{path}/bookings", lib.wish(starts[12], "b@example.com")).json
    lib.settle(running)
    caller.call("POST", f"/api/v1/public/bookings/{gone['token']}/cancel", {})
    assert caller.call("POST", f"{path}/holds", {"start": starts[20]}).status == 201
    wishes(running, place, caller, starts[-9:])
    proposed = caller.call("POST", f"{path}/bookings", lib.wish(starts[24], "e@example.com")).json
    owner = lib.Client(running.port, key=place.owner.key)
    later = lib.free_starts(running, link["slug"], days_ahead=9)[:2]
    assert owner.call("POST", f"/api/v1/bookings/{proposed['id']}/proposal", {"starts": later}).status == 200
    waiting(running, place, caller)
    keeping(running, place, caller)
    calling(running, place)
    lib.settle(running)
    return Facts.of(running)


def waiting(running, place, caller: lib.Client) -> None:
    """Two who wait for a day; the first is offered its only time."""
    link = lib.make_link(running, place, slug="wait", waitlist=True,
                         limits=[{"scope": "link", "per": "day", "count": 1}])
    start = lib.free_starts(running, link["slug"], days_ahead=20)[0]
    made = caller.call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start, "f@example.com")).json
    for name in ("g", "h"):
        assert join(running, link, start, f"{name}@example.com").status == 202
        running.clock.advance(seconds=1)
    assert caller.call("POST", f"/api/v1/public/bookings/{made['token']}/cancel", {}).status == 200


def keeping(running, place, caller: lib.Client) -> None:
    """Two kept offers, of which one is booked."""
    link = lib.make_link(running, place, slug="kept")
    offers = [matrix_offers.keep(running, place, link["id"]) for _ in range(2)]
    [time] = offers[0]["times"]
    made = caller.call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(
        time["start"], "kept@example.com", holdToken=time["holdToken"]))
    assert made.status == 201, made.text


def calling(running, place) -> None:
    """A call that the owner takes."""
    ring, owner = matrix_rings.make(running, place), place.owner.sign_in(running.port)
    csrf = re.search(r'name="csrf" value="([^"]+)"', owner.call("GET", "/calendar/event-types").text)[1]
    assert owner.form(f"/calendar/rings/{ring}/acceptance", {"csrf": csrf}).status == 303


def wishes(running, place, caller: lib.Client, starts: list[str]) -> None:
    """A wish that waits, and a confirmed booking that asks for another time."""
    link = lib.make_link(running, place, slug="ask", requiresApproval=True)
    path = f"/api/v1/public/links/{link['slug']}/bookings"
    asked, moving = (caller.call("POST", path, lib.wish(start, f"{name}@example.com", guests=["g@example.com"])).json
                     for start, name in ((starts[0], "c"), (starts[4], "d")))
    assert asked["status"] == "pending_approval"
    host = lib.Client(running.port, key=place.owner.key)
    assert host.call("POST", f"/api/v1/bookings/{moving['id']}/approval", {"approved": True}).status == 200
    lib.settle(running)
    moved = caller.call("POST", f"/api/v1/public/bookings/{moving['token']}/reschedule", {"start": starts[8]})
    assert moved.json["status"] == "pending_approval"


def confirmed(facts: Facts) -> dict:
    return next(booking for booking in facts["booking"] if booking["status"] == "confirmed")


def drop(table: str, **where):
    """A fault: the first row of that kind is gone."""
    def fault(facts: Facts):
        rows = facts[table]
        rows.remove(next(row for row in rows if all(row[name] == value for name, value in where.items())))
    return fault


def change(table: str, column: str, value, **where):
    """A fault: the first row of that kind says something else."""
    def fault(facts: Facts):
        row = next(row for row in facts[table] if all(row[name] == known for name, known in where.items()))
        row[column] = value(row[column]) if callable(value) else value
    return fault


def told_instead(facts: Facts):
    """A fault: of a wish that waits, a guest is told instead of the attendee."""
    waits = next(booking["id"] for booking in facts["booking"] if booking["status"] == "pending_approval")
    row = next(row for row in facts["job"] if row["dedupe_key"] == f"booking_mail|{waits}|1|attendee")
    row["dedupe_key"] = row["dedupe_key"].replace("attendee", "guest.0")


def double(facts: Facts):
    """A fault: the same meeting twice."""
    once = confirmed(facts)
    facts["booking"].append(once | {"id": "bk_twice"})
    hosts = facts.by("booking_host", "booking")[once["id"]]
    facts["booking_host"].extend(host | {"booking": "bk_twice"} for host in hosts)


def beside(seconds: int):
    """A fault: another claim so many seconds after the end of a booking that asks for fifteen minutes after it."""
    def fault(facts: Facts):
        row = next(row for row in facts["ledger"] if row["kind"] == "booking")
        facts["ledger"].append(row | {"id": "led_other", "claim": "bk_other", "ref": "bk_other",
                                      "starts": row["ends"] + seconds, "ends": row["ends"] + seconds + 900})
    return fault


FAULTS = {
    "a deleted job": (drop("job", version=1, kind="booking_mail"), "jobs: none for"),
    "a dead job": (change("job", "state", "dead"), "is dead"),
    "a job left leased": (change("job", "state", "leased"), "is leased"),
    "a job nobody asked for": (change("job", "dedupe_key", lambda key: key.replace("|1|", "|9|"), version=1,
                                      kind="booking_mail"), "nothing asked"),
    "a doubled booking": (double, "overlap: bookings of"),
    "a booking without history": (double, "history of bk_twice"),
    "a lost booking": (lambda facts: facts["booking"].remove(confirmed(facts)), "which is not there"),
    "a lost ledger row": (drop("ledger", kind="booking"), "ledger: no row for"),
    "a ledger row too many": (beside(3600), "a row too many"),
    "an overlap": (beside(-60), "overlap: ledger of"),
    "a gap that is too small": (beside(899), "overlap: ledger of"),
    "a wrong gap": (change("ledger", "gap_after", 0, kind="booking"), "ledger: no row for"),
    "a lost history line": (drop("booking_history", event="rescheduled"), "versions [1] of 2"),
    "an illegal step": (change("booking_history", "status", "declined", event="cancelled"),
                        "cancelled after confirmed"),
    "a changed time": (change("booking", "starts", lambda starts: starts + 60, status="confirmed"), "the row says"),
    "two living tokens": (lambda facts: [token.update(retired_at=None) for token in facts["booking_token"]],
                          "2 living"),
    "a wish without its row": (drop("ledger", kind="pending"), "ledger: no row for"),
    "a wish without deadline": (change("booking", "answer_by", None, status="pending_approval"), "and ends None"),
    "a wish without an end": (drop("job", kind="approval_expiry", state="ready"), "nothing will end it"),
    "a wish whose host has no token": (drop("approval_token", ended_version=None), "tokens of [] live"),
    "a right to decide what is decided": (change("approval_token", "ended_version", None, ended_version=2),
                                          "wish: bk_"),
    "a wish that became something else": (change("booking_history", "status", "no_show", status="pending_approval"),
                                          "history of bk_"),
    "a guest who was told too early": (told_instead, "nothing asked"),
    "a hold that blocks nothing": (lambda facts: facts["ledger"].remove(next(
        row for row in facts["ledger"] if row["ref"].startswith("hld_"))), "blocks nothing"),
    "a block without hold": (drop("hold"), "is nobody's"),
    "a time of a proposal that is not kept": (lambda facts: facts["ledger"].remove(next(
        row for row in facts["ledger"] if row["ref"].startswith("prp_"))), "times of hosts are kept"),
    "a proposal that is over and keeps": (change("proposal", "state", "refused"), "keeps 2 rows"),
    "a time kept for somebody else": (lambda facts: next(row for row in facts["ledger"] if row["ref"].startswith(
        "prp_")).update(claim="bk_other"), "under another claim"),
    "an offer that keeps nothing": (lambda facts: facts["hold"].remove(next(
        hold for hold in facts["hold"] if hold["waits"])), "a time that is not kept"),
    "an offer of two": (lambda facts: facts["waitlist_entry"].append(next(
        entry for entry in facts["waitlist_entry"] if entry["state"] == "offered") | {"id": "wle_twice"}),
        "is offered to 2"),
    "a waitlist nobody looks at": (lambda facts: facts.tables.update(job=[
        job for job in facts["job"] if job["kind"] != "waitlist_look"]), "nothing will look at"),
    "a place that nobody took": (change("waitlist_entry", "state", "taken"), "taken by no booking"),
    "an offer whose time is another's": (lambda facts: facts["hold"].remove(next(
        hold for hold in facts["hold"] if hold["offer"])), "is not kept"),
    "an offer that is over and keeps": (lambda facts: next(
        offer for offer in facts["kept_offer"] if offer["state"] == "open").update(state="lapsed"),
        "and keeps 1 times"),
    "an offer under another claim": (lambda facts: next(
        row for row in facts["ledger"] if row["claim"] and row["claim"].startswith("off_")).update(claim="bk_other"),
        "a row under another claim"),
    "an offer that nobody took": (lambda facts: next(
        offer for offer in facts["kept_offer"] if offer["state"] == "taken").update(booking="bk_none"),
        "was taken by no booking"),
    "an offer that stays open": (lambda facts: next(
        offer for offer in facts["kept_offer"] if offer["state"] == "open").update(expires=1), "long after its minute"),
    "an offer that nothing ends": (lambda facts: facts.tables.update(job=[
        job for job in facts["job"] if job["kind"] != "kept_offer_lapse"]), "nothing will end it"),
    "two offers of one booking": (lambda facts: facts["kept_offer"].append(next(
        offer for offer in facts["kept_offer"] if offer["state"] == "taken") | {"id": "off_twice"}),
        "came of 2 offers"),
    "a call that became nothing": (change("ring", "booking", None, state="accepted"), "with booking None"),
    "a call that two took": (lambda facts: facts["ring"].append(facts["ring"][0] | {"id": "rng_twice"}),
                             "is of 2 calls"),
    "a call whose meeting is another's": (change("assignment", "accepted", 0, accepted=1), "is nobody's"),
    "a key without reply": (change("idempotency", "status", None), "has no reply"),
    "a booking without host": (drop("booking_host"), "has no host"),
}


def test_a_sound_database_has_no_findings(running, facts):
    assert violations(facts, running.clock.now()) == []


@pytest.mark.parametrize("name", FAULTS)
def test_every_rule_fails_on_its_fault(running, facts, name):
    fault, words = FAULTS[name]
    spoilt = facts.copy()
    fault(spoilt)
    assert any(words in finding for finding in violations(spoilt, running.clock.now())), name


def test_a_gap_that_is_just_kept_is_no_overlap(running, facts):
    kept = facts.copy()
    beside(900)(kept)
    assert ledger_overlaps(kept["ledger"], running.clock.now()) == []


@pytest.mark.parametrize("line, is_clean", [
    ("info workestra: method=POST route=/book/reschedule/:token status=303", True),
    ("Set it up, once, at http://127.0.0.1/setup?token=x", True),
    ("info workestra: path=/book/reschedule/abc", False), ("warning workestra: no mail to ada@example.com", False),
    ("error workestra: unexpected error", False), ("debug workestra: key wks_live_x", False),
])
def test_a_log_that_says_too_much_is_noticed(line, is_clean):
    assert (lib.unclean(f"Workestra answers at x\n{line}\n") == []) is is_clean


def test_the_replay_notices_lies_about_a_race(facts):
    """A client that was told yes and has nothing, told no and has something, and a refusal without need."""
    stored = confirmed(facts)
    link = {"slug": "x", "durationMinutes": [30], "bufferBeforeMinutes": 0, "bufferAfterMinutes": 15,
            "hosts": [{"userId": facts["booking_host"][0]["account"]}]}
    far = "2030-01-01T09:00:00+00:00"
    yes = lib.Reply(201, {}, b'{"id": "bk_none", "start": "2030-01-01T09:00:00+00:00"}')
    no = lib.Reply(409, {}, b'{"code": "slot_taken", "alternatives": ["2030-01-02T09:00:00+00:00"]}')
    bare = lib.Reply(409, {}, b'{"code": "slot_taken", "alternatives": []}')
    broken = lib.Reply(500, {}, b'{"code": "unexpected"}')

    def found(email, outcome, *replies):
        attempt = races.Attempt(0, link, far, email, "key", "plain", "q", outcome, list(replies))
        return " ".join(races.complaints([attempt], facts))

    assert "was told yes and has no booking" in found("nobody@example.com", "ok", yes)
    assert "was told no and has a booking" in found(stored["attendee_email"], "fail", no)
    assert "was refused and is still free" in found("nobody@example.com", "fail", no)
    assert "without other times" in found("nobody@example.com", "fail", bare)
    assert "500" in found("nobody@example.com", "fail", broken)
    assert "unlike replies to one key" in found("nobody@example.com", "ok", yes, no)
    assert "say they are replays" in found("nobody@example.com", "ok", yes, yes)
    assert "is stored and nobody asked" in " ".join(races.complaints([], facts))


def check_then_insert(running, subjects: list[str], base: int, *, writers: int = 20) -> int:
    """What the product must never do: read whether a time is free, then insert. Gives how many inserts were refused.

    All have read before the first inserts, in each of four rounds.
    """
    mark, all_have_read = lib.MARKS[running.engine], threading.Barrier(writers, timeout=60)

    def run(number: int) -> int:
        dice, refused = random.Random(SEED + number), 0
        with lib.connection(running) as connection:
            for turn in range(4):
                subject, starts = dice.choice(subjects), base + 900 * dice.randrange(5)
                ends, claim = starts + 60 * dice.choice([30, 45, 60]), f"{subject}-{number}-{turn}"
                taken = connection.execute(
                    f"SELECT 1 FROM ledger WHERE subject = {mark} AND starts < {mark} AND ends > {mark} LIMIT 1",
                    (subject, ends, starts)).fetchone()
                all_have_read.wait()
                if taken:
                    continue
                try:
                    connection.execute(
                        f"INSERT INTO ledger (id, subject, workspace, kind, ref, claim, starts, ends) "
                        f"VALUES ({', '.join([mark] * 8)})",
                        (claim, subject, "ws_naive", "booking", claim, claim, starts, ends))
                except (sqlite3.IntegrityError, psycopg.errors.ExclusionViolation, psycopg.errors.DeadlockDetected):
                    refused += 1
        return refused

    return sum(lib.together(*[lambda number=number: run(number) for number in range(writers)]))


@pytest.mark.parametrize("guarded", [True, False], ids=["with the constraint", "without it"])
def test_check_then_insert_overlaps_only_without_the_constraint(running, place, guarded):
    """The negative control of the race: the same naive writers with and without the ledger's last wall."""
    subjects = [f"naive-{guarded}-{index}" for index in range(4)]
    mark = lib.MARKS[running.engine]
    with lib.connection(running) as connection:
        if not guarded:
            statements = (["ALTER TABLE ledger DROP CONSTRAINT ledger_no_overlap"] if running.engine == "postgres" else
                          ["DROP TRIGGER ledger_no_overlap_insert", "DROP TRIGGER ledger_no_overlap_update"])
            for statement in statements:
                connection.execute(statement)
        for subject in subjects:
            connection.execute(f"INSERT INTO subject (id) VALUES ({mark})", (subject,))
    refused = check_then_insert(running, subjects, base=2_000_000_000)
    rows = running.rows("SELECT * FROM ledger WHERE workspace = 'ws_naive' AND subject LIKE ?", f"naive-{guarded}-%")
    overlaps = ledger_overlaps(rows, running.clock.now())
    print(f"check-then-insert on {running.engine}, seed {SEED}, guarded {guarded}: {len(rows)} rows, "
          f"{refused} refused, {len(overlaps)} overlaps")
    assert bool(overlaps) is not guarded
    if guarded:
        assert refused > 0
