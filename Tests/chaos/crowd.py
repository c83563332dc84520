"""A crowd that books, moves and cancels while the ground shakes, and remembers what it was told.

Every wish has a key of its own and is repeated with it until somebody says clearly yes or no: a lost connection and a
503 decide nothing. Afterwards `complaints` compares what each was told last with what is stored.
"""
import collections
import dataclasses
import json
import random
import threading
import time

import lib
from invariants import Facts

UNDECIDED = (500, 502, 503, 504)


@dataclasses.dataclass
class Visit:
    """What one visitor believes about the one booking they asked for."""
    email: str
    slug: str
    start: str
    status: str | None = None
    token: str = ""
    # Told no: then nothing may be stored.
    refused: bool = False


@dataclasses.dataclass
class Wish:
    """One thing asked for, until it is decided."""
    visit: Visit
    kind: str
    start: str
    key: str

    @property
    def call(self) -> tuple[str, dict]:
        if self.kind == "book":
            return f"/api/v1/public/links/{self.visit.slug}/bookings", lib.wish(self.start, self.visit.email)
        path = f"/api/v1/public/bookings/{self.visit.token}"
        if self.kind == "move":
            return f"{path}/reschedule", {"start": self.start}
        return f"{path}/cancel", {"reason": "ill"}

    def settle(self, reply: lib.Reply) -> None:
        """What a clear answer means for the visitor."""
        if reply.status in (200, 201):
            self.visit.status = "cancelled" if self.kind == "cancel" else "confirmed"
            if self.kind != "cancel":
                self.visit.start, self.visit.token = self.start, reply.json["token"]
        elif self.kind == "book":
            self.visit.refused = True


@dataclasses.dataclass
class Call:
    """One answer, or none (status 0): when it was asked, on the monotonic clock, and how long it took."""
    at: float
    seconds: float
    kind: str
    status: int
    port: int
    calm: bool = True


class Crowd:
    """`ports` is asked before each call, so that a test may take nodes away. `pause` is what a client rests between."""

    # Those that a test has not stopped; its end does, also when it failed.
    living: list["Crowd"] = []

    def __init__(self, ports, links: dict[str, list[str]], *, clients: int, seed: int, pause: float = 0,
                 kinds: dict[str, int] | None = None, name: str = "c", balanced: bool = False):
        self.ports, self.links, self.seed, self.pause, self.name = ports, links, seed, pause, name
        # A balancer says 502 of itself when the process behind it was killed in the middle of an answer, and 503 as
        # plain text when it has none left.
        self.balanced = balanced
        self.kinds = kinds or {"book": 6, "move": 2, "cancel": 2, "look": 1}
        self.calls: list[Call] = []
        self.visits: list[Visit] = []
        self.open: list[Wish] = []
        self.strange: list[str] = []
        self._stop, self._guard = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._client, args=(number,), daemon=True)
                         for number in range(clients)]

    def start(self) -> "Crowd":
        Crowd.living.append(self)
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        if self in Crowd.living:
            Crowd.living.remove(self)
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive(), "a client hangs"

    def _client(self, number: int) -> None:
        dice, mine, turn = random.Random(f"{self.seed}/{number}"), [], 0
        slugs = list(self.links)
        while not self._stop.is_set():
            turn += 1
            living = [visit for visit in mine if visit.status == "confirmed"]
            kind = dice.choices(list(self.kinds), list(self.kinds.values()))[0]
            if kind == "look":
                self._ask(dice, "GET", f"/book/{dice.choice(slugs)}", None, None, "look")
                self._stop.wait(self.pause)
                continue
            if kind == "book" or not living:
                slug = dice.choice(slugs)
                visit = Visit(f"{self.name}{number}-{turn}@example.com", slug, dice.choice(self.links[slug]))
                mine.append(visit)
                with self._guard:
                    self.visits.append(visit)
                wish = Wish(visit, "book", visit.start, f"{visit.email}/book")
            else:
                visit = dice.choice(living)
                wish = Wish(visit, kind, dice.choice(self.links[visit.slug]), f"{visit.email}/{turn}/{kind}")
            self._pursue(dice, wish)
            self._stop.wait(self.pause * dice.uniform(0.5, 1.5))

    def _pursue(self, dice: random.Random, wish: Wish) -> None:
        path, body = wish.call
        while True:
            reply = self._ask(dice, "POST", path, body, wish.key, wish.kind)
            if reply is not None and reply.status not in UNDECIDED:
                return self._settle(wish, reply)
            if self._stop.wait(dice.uniform(0.05, 0.3)):
                with self._guard:
                    self.open.append(wish)
                return None

    def _settle(self, wish: Wish, reply: lib.Reply) -> None:
        if reply.status not in (200, 201, 404, 409, 410, 422):
            self.strange.append(f"{wish.key}: {reply.status} {reply.text[:200]}")
        wish.settle(reply)

    def _ask(self, dice: random.Random, method: str, path: str, body, key, kind: str) -> lib.Reply | None:
        ports = self.ports()
        port = dice.choice(ports)
        began = time.monotonic()
        client = lib.Client(port)
        try:
            reply = client.call(method, path, body, idempotency=key)
        except lib.Lost:
            reply = None
        finally:
            client.close()
        call = Call(began, time.monotonic() - began, kind, reply.status if reply else 0, port)
        if reply and reply.status >= 500 and not (self.balanced and reply.status in (502, 504)):
            self._judge(reply, path, call)
        self.calls.append(call)
        return reply

    def _judge(self, reply: lib.Reply, path: str, call: Call) -> None:
        """Nobody may see a stack or a bare 500: a refusal for now says when to come again, in the form asked for."""
        call.calm = reply.status == 503 and int(reply.headers.get("retry-after", 0)) > 0
        own = self.balanced and reply.headers.get("content-type") == "text/plain"
        if path.startswith("/api/") and call.calm and not own:
            call.calm = "problem+json" in reply.headers.get("content-type", "") and reply.json["status"] == 503
        if not call.calm:
            self.strange.append(f"{call.kind}: {reply.status} {reply.text[:200]}")

    def decide(self, port: int, limit: float = 60) -> int:
        """Asks again, with the same keys, what is undecided; gives how many there were."""
        deadline, count = time.monotonic() + limit, len(self.open)
        while self.open:
            wish = self.open[-1]
            path, body = wish.call
            reply = attempted(lambda: lib.Client(port).call("POST", path, body, idempotency=wish.key))
            if reply is not None and reply.status not in UNDECIDED:
                self._settle(self.open.pop(), reply)
            else:
                assert time.monotonic() < deadline, f"{len(self.open)} wishes stay undecided: {reply}"
                time.sleep(0.1)
        return count

    def complaints(self, facts: Facts) -> tuple[list[str], list[str]]:
        """What was promised and is not there, or not so; and what is there twice, or was never promised."""
        stored = collections.defaultdict(list)
        for booking in facts["booking"]:
            stored[booking["attendee_email"]].append(booking)
        lost, doubled = [], []
        for visit in self.visits:
            rows = stored.pop(visit.email, [])
            if len(rows) > 1 or (rows and visit.status is None):
                doubled.append(f"{visit.email}: {len(rows)} bookings, told {visit.status}")
            elif visit.status and not rows:
                lost.append(f"{visit.email} was told {visit.status} and has nothing")
            elif visit.status and (rows[0]["status"], rows[0]["starts"]) != (visit.status, lib.seconds(visit.start)):
                lost.append(f"{visit.email} was told {visit.status} at {visit.start} and has {rows[0]['status']} at "
                            f"{rows[0]['starts']}")
        doubled += [f"{email} is stored and nobody asked" for email in stored if email.startswith(self.name)]
        return lost, doubled

    def figures(self) -> dict:
        counts = collections.Counter(call.status for call in self.calls)
        counts[0] += counts[502] + counts[504]
        return {"calls": len(self.calls), "booked": sum(visit.status is not None for visit in self.visits),
                "refused_for_now": counts[503], "cut_off": counts[0]}


def attempted(call) -> lib.Reply | None:
    try:
        return call()
    except lib.Lost:
        return None


def make_ground(running, *, hosts: int = 8, days: int = 40, name: str = "Harbour") -> dict[str, list[str]]:
    """A workspace with so many hosts, each with a link; by slug all the times that are free now."""
    place = lib.make_place(running, name, people=hosts)
    links = [lib.make_link(running, place, host=host, window={"kind": "rolling_days", "days": days + 10})
             for host in place.people]
    return {link["slug"]: lib.free_starts(running, link["slug"], days_ahead=2, days=days)[::2] for link in links}


def write_history(crowd: Crowd, path) -> None:
    """What everybody was told, for a look after a red run."""
    path.write_text("\n".join(json.dumps(dataclasses.asdict(visit)) for visit in crowd.visits))
