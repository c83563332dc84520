"""R-04: whatever ten people do with one booking in the same moment, its life stays a lawful one."""
import collections
import itertools
import os
import random
import re

import pytest

import lib
from invariants import Facts, violations

ROUNDS = int(os.environ.get("WORKESTRA_INTERLEAVINGS", "12"))
SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261127"))
# What may be done before the start, and what from then on; each by its attendee or its host.
BEFORE = ["approve", "decline", "cancel", "host cancels", "move", "move elsewhere", "host moves", "correct"]
AFTER = ["no-show", "undo", "cancel", "host cancels", "move", "approve"]
EVENTS = {"approve": "approved", "decline": "declined", "cancel": "cancelled", "host cancels": "cancelled",
          "move": "rescheduled", "move elsewhere": "rescheduled", "host moves": "rescheduled", "correct": "corrected",
          "no-show": "no_show", "undo": "no_show_undone"}
TWICE = {"no_show", "no_show_undone"}
YES, NO = {200, 303}, {409, 410, 422}


class Life:
    """One booking, its token and what everybody may do with it."""

    def __init__(self, running, place, links: dict[bool, dict]):
        self.running, self.place, self.links, self.number = running, place, links, 0
        self.others = itertools.count()
        self.sign_in()
        self.counts: collections.Counter = collections.Counter()

    def sign_in(self) -> None:
        self.owner, self.signed_in = self.place.owner.sign_in(self.running.port), self.running.clock.now()
        self.csrf = re.search(r'name="csrf" value="([^"]+)"', self.owner.call("GET", "/calendar/event-types").text)[1]

    def begin(self, asks: bool, isSoon: bool) -> None:
        link = self.links[asks]
        times = lib.free_starts(self.running, link["slug"], days_ahead=0 if isSoon else 3, days=5)
        self.number += 1
        self.starts, start = times[2:12:4], times[0]
        made = lib.Client(self.running.port).call(
            "POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start, f"life{self.number}@example.com"))
        assert made.status == 201, made.text
        self.id, self.token = made.json["id"], made.json["token"]
        if self.running.clock.now() > self.signed_in + 86_400:
            # A thousand meetings take weeks, and sessions end.
            self.sign_in()
        self.start = lib.seconds(start)

    def perform(self, act: str) -> lib.Reply:
        attendee, host = lib.Client(self.running.port), lib.Client(self.running.port, key=self.place.owner.key)
        own, public = f"/api/v1/bookings/{self.id}", f"/api/v1/public/bookings/{self.token}"
        match act:
            case "approve" | "decline":
                return host.call("POST", f"{own}/approval", {"approved": act == "approve"})
            case "cancel":
                return attendee.call("POST", f"{public}/cancel", {})
            case "host cancels":
                return host.call("POST", f"{own}/cancellation", {})
            case "move" | "move elsewhere":
                return attendee.call("POST", f"{public}/reschedule", {"start": self.starts[act != "move"]})
            case "host moves":
                return host.call("POST", f"{own}/reschedule", {"start": self.starts[2]})
            case "correct":
                email = f"other{next(self.others)}@example.com"
                return attendee.form(f"/booking/{self.token}/address", {"email": email})
            case "no-show":
                return host.call("POST", f"{own}/no-show", {})
            case "undo":
                return lib.Client(self.running.port, cookie=self.owner.cookie).form(
                    f"/calendar/bookings/{self.id}/no-show/undo", {"csrf": self.csrf})

    def all_at_once(self, acts: list[str]) -> None:
        known = self.running.rows("SELECT version FROM booking WHERE id = ?", self.id)[0]["version"]
        replies = lib.together(*[lambda act=act: self.perform(act) for act in acts])
        for act, reply in zip(acts, replies):
            assert getattr(reply, "status", None) in YES | NO, (act, getattr(reply, "text", reply))
            self.counts[act, reply.status in YES] += 1
        # One answer of yes is one version: nobody is told yes for what somebody else did. But whoever was not there is
        # marked once, and taken back once, however often that is said.
        told = collections.Counter(EVENTS[act] for act, reply in zip(acts, replies) if reply.status in YES)
        lines = self.running.rows("SELECT event FROM booking_history WHERE booking = ? AND version > ?", self.id, known)
        stored = collections.Counter(line["event"] for line in lines)
        for event in stored | told:
            least = 1 if event in TWICE else told[event]
            assert told[event] and least <= stored[event] <= told[event], (acts, replies, lines)


@pytest.fixture(scope="module")
def life(running, place):
    window = {"kind": "rolling_days", "days": 60}
    links = {asks: lib.make_link(running, place, requiresApproval=asks, window=window)
             for asks in (False, True)}
    return Life(running, place, links)


def play(life: Life, acts: list[str], isAfter: bool, seen: list[set[str]]) -> None:
    """Plays until one act of each set of `seen` was told yes: who is first is nobody's choice, and a busy machine may
    need more rounds than another."""
    dice, number = random.Random(SEED), 0
    while number < ROUNDS or not all(any(life.counts[act, True] for act in some) for some in seen):
        number += 1
        assert number <= ROUNDS + 100, life.counts
        asks = dice.random() < 0.5
        life.begin(asks, isSoon=isAfter)
        if isAfter:
            if asks:
                life.perform("approve")
            # Mails that are under way would lose their leases to the jump.
            life.running.wait_for_jobs()
            life.running.clock.advance(seconds=max(0, life.start + 60 - int(life.running.clock.now())))
        life.all_at_once(dice.choices(acts, k=10))
        # Before the housekeeping forgets what there was to see.
        if number % 100 == 0 or number >= ROUNDS:
            lib.settle(life.running)
            assert violations(Facts.of(life.running), life.running.clock.now()) == []
    print(f"lives on {life.running.engine}: seed {SEED}, {number} interleavings, {dict(life.counts)}")


def test_ten_calls_at_once_before_the_meeting_leave_a_lawful_history(life):
    # Somebody decides, cancels, moves and corrects.
    play(life, BEFORE, isAfter=False, seen=[set(BEFORE[:2]), set(BEFORE[2:4]), set(BEFORE[4:7]), set(BEFORE[7:])])


def test_ten_calls_at_once_after_its_start_leave_a_lawful_history(life):
    play(life, AFTER, isAfter=True, seen=[{"no-show"}, {"undo"}])
