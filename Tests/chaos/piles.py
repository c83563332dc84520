"""Queues of mails: many bookings made while nobody works on jobs, then workers that are killed, stopped and crowded."""
import collections
import contextlib
import dataclasses
import pathlib
import threading
import time

import harness
import lib

PAIRS = "SELECT count(*) AS n FROM job WHERE state IN ('ready', 'leased')"
HELD = "SELECT count(*) AS n FROM job WHERE state = 'leased'"


@dataclasses.dataclass
class Booked:
    token: str
    id: str
    email: str


def serve(running, *arguments: str, crash_at: str | None = None) -> None:
    """A fresh serving process with these arguments, in place of the one before."""
    if running.process.running:
        running.process.stop()
    crash = {"WORKESTRA_CRASH_AT": crash_at} if crash_at else {}
    running.process = harness.Process(["serve", "--port", str(running.port), *arguments], running.environment | crash,
                                      running.folder / "server.log")
    running.wait_until_ready()


class Workers:
    """`worker` processes on PostgreSQL, or the one serving process on SQLite: all may be killed and come again."""

    def __init__(self, running, count: int):
        self.running, self.count, self.many = running, count, []

    def __enter__(self):
        if self.running.engine == "postgres":
            self.many = [self._worker(number) for number in range(self.count)]
        else:
            serve(self.running)
        return self

    def __exit__(self, *_):
        for worker in self.many:
            worker.stop()

    def _worker(self, number: int) -> harness.Process:
        return harness.Process(["worker"], self.running.environment, self.running.folder / f"worker{number}.log")

    def kill(self, dice) -> int:
        """Kills one of them at once and starts it again; how many jobs were leased at that moment."""
        if not self.many:
            self.running.process.kill()
            held = left(self.running, HELD)
            self.running.start()
            return held
        number = dice.randrange(len(self.many))
        self.many[number].kill()
        held = left(self.running, HELD)
        self.many[number] = self._worker(number)
        return held


def left(running, sql: str = PAIRS) -> int:
    return running.rows(sql)[0]["n"]


def make_ground(running, name: str, hosts: int = 4) -> tuple[lib.Place, list[tuple[str, str]]]:
    """A workspace whose hosts have a slot every five minutes of the day, and all these slots."""
    place = lib.make_place(running, name, people=hosts)
    links = [lib.make_link(running, place, host=person, minutes=5, stepMinutes=5) for person in place.people]
    free = [[(link["slug"], start) for start in lib.free_starts(running, link["slug"], days=55)] for link in links]
    return place, [slot for row in zip(*free) for slot in row]


def book(running, slots: list[tuple[str, str]], mark: str, clients: int = 8) -> list[Booked]:
    """Books all of them; two jobs each."""
    made: list[Booked | None] = [None] * len(slots)

    def client(first: int) -> None:
        caller = lib.Client(running.port)
        for number in range(first, len(slots), clients):
            slug, start = slots[number]
            email = f"{mark}{number}@example.com"
            reply = caller.call("POST", f"/api/v1/public/links/{slug}/bookings", lib.wish(start, email),
                                idempotency=email)
            assert reply.status == 201, reply.text
            made[number] = Booked(reply.json["token"], reply.json["id"], email)

    threads = [threading.Thread(target=client, args=(first,)) for first in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(made)
    return made


def mails(running) -> collections.Counter:
    """How often each mail came, by Message-ID."""
    return collections.Counter(mail.message_id for mail in running.mail.mails)


def states(running) -> dict[str, int]:
    """How jobs stand; one whose mail had been taken before its process died is as good as done."""
    state = "CASE WHEN reason = 'accepted before' THEN 'done' ELSE state END"
    rows = running.rows(f"SELECT {state} AS state, count(*) AS n FROM job GROUP BY 1")
    return {row["state"]: row["n"] for row in rows}


def wait_until_done(running, limit: float, sql: str = PAIRS) -> float:
    """Seconds until no job is left."""
    began = time.monotonic()
    while left(running, sql):
        assert time.monotonic() - began < limit, f"{states(running)} after {limit} s"
        time.sleep(0.05)
    return time.monotonic() - began


def multiply(running, workspace: str, count: int) -> None:
    """So many mails of one booking's link, each a mail of its own, ready at once: a queue without as many bookings."""
    [row] = running.rows("SELECT * FROM job WHERE workspace = ? AND kind = 'booking_mail' LIMIT 1", workspace)
    row["payload"] = '{"news":"link","recipient":"attendee"}'
    names = [name for name in row if name not in ("id", "dedupe_key", "state", "lease_until", "lease_token", "ended_at",
                                                  "attempt", "reason", "run_at", "ordering_key")]
    columns = ", ".join(["id", "dedupe_key", "state", "attempt", "reason", "run_at", *names])
    mark = lib.MARKS[running.engine]
    values = ", ".join([mark] * (6 + len(names)))
    with lib.connection(running) as store, batch(running, store) as cursor:
        for start in range(0, count, 1000):
            cursor.executemany(f"INSERT INTO job ({columns}) VALUES ({values})", [
                # The last sign of an id has a few values only.
                (f"{row['id'][:-6]}{number:05}{row['id'][-1]}", f"copy|{row['id']}|{number}", "ready", 0, "",
                 int(running.clock.now()) - 60, *(row[name] for name in names))
                for number in range(start, min(start + 1000, count))])


@contextlib.contextmanager
def batch(running, store):
    """One transaction on either engine."""
    store.execute("BEGIN")
    yield store.cursor()
    store.execute("COMMIT")


def log_of(running) -> str:
    return "".join(path.read_text(errors="replace") for path in sorted(pathlib.Path(running.folder).glob("*.log")))
