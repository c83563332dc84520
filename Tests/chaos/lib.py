"""What the chaos tests share: servers without rate limits, workspaces with hosts and links, clients, table pictures."""
import contextlib
import dataclasses
import datetime
import http.client
import json
import re
import sqlite3
import threading
import time
import urllib.parse
import weakref

import psycopg
from psycopg.rows import tuple_row

import harness
from invariants import is_ahead
from ports import free_port

# Kept low enough to be quick and high enough to fail on a slow machine only when something hangs.
CALL_LIMIT = 60.0
ZONE = "Europe/Berlin"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def server(engine: str, **more) -> harness.Server:
    """A server whose rate limits are out of the way: what is tested here is not how often one may ask.

    Its tables are there before its first start, copied from another's: to make them takes longer than many a test.
    """
    settings = {"WORKESTRA_RATE_FACTOR": "100000", "WORKESTRA_EGRESS_ALLOW": "127.0.0.0/8"} | more.pop("settings", {})
    return harness.Server(engine, settings=settings, **{"like": "migrated"} | more)


class SecondProcess:
    """Another `serve` on the same database and folder; PostgreSQL only."""

    def __init__(self, first: harness.Server):
        self.port = free_port()
        environment = dict(first.environment)
        self.process = harness.Process(["serve", "--port", str(self.port)], environment,
                                       first.folder / "second.log")
        deadline = time.monotonic() + harness.START_LIMIT
        while Client(self.port).ready() is False:
            assert self.process.running and time.monotonic() < deadline, self.process.tail()
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stop()


class Lost(Exception):
    """No answer came: the call may or may not have happened."""


@dataclasses.dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotency-replayed") == "true"


class Client:
    """One client with one connection that it keeps; not for several threads. `port`: of loopback, or (host, port)."""

    def __init__(self, port: int | tuple[str, int], *, key: str | None = None, cookie: str | None = None):
        self.port, self.key, self.cookie = port, key, cookie
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0

    def call(self, method: str, path: str, body=None, *, idempotency: str | None = None,
             headers: dict[str, str] | None = None) -> Reply:
        """`body`: a dict or list goes as JSON, bytes go as they are. Follows no redirect."""
        given = {"Accept": "application/json" if path.startswith("/api/") else "text/html"}
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            given["Content-Type"] = "application/json"
        if self.key:
            given["Authorization"] = f"Bearer {self.key}"
        if self.cookie:
            given["Cookie"] = self.cookie
        if idempotency is not None:
            given["Idempotency-Key"] = idempotency
        try:
            return self._send(method, path, body, given | (headers or {}))
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Lost(f"{method} {path}: {error!r}") from error

    def form(self, path: str, fields: dict[str, str], *, headers: dict[str, str] | None = None) -> Reply:
        """Sends a form as a browser without script does."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.call("POST", path, encoded(fields), headers=kind | (headers or {}))

    def _send(self, method: str, path: str, body, headers: dict[str, str]) -> Reply:
        # The server ends what has been quiet for long; a browser, too, takes a new connection then.
        if time.monotonic() - self._used > 5:
            self.close()
        self._used = time.monotonic()
        if self._connection is None:
            host, port = self.port if isinstance(self.port, tuple) else ("127.0.0.1", self.port)
            self._connection = http.client.HTTPConnection(host, port, timeout=CALL_LIMIT)
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        reply = Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        if answer.will_close:
            self.close()
        return reply

    def ready(self) -> bool:
        try:
            return self.call("GET", "/readyz").status == 200
        except Lost:
            return False

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


def encoded(fields: dict[str, str]) -> bytes:
    return urllib.parse.urlencode(fields).encode()


def together(*calls):
    """Runs all at the same moment, each in its own thread, and gives what they returned or raised, in order."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        gate.wait()
        try:
            results[index] = call()
        except Exception as error:  # the caller judges it, as it judges what was returned
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@dataclasses.dataclass
class Person:
    id: str
    name: str
    email: str
    password: str
    key: str | None = None

    def sign_in(self, port: int) -> Client:
        """A client that carries this person's session cookie."""
        reply = Client(port).form("/sign-in", {"email": self.email, "password": self.password})
        assert reply.status == 303, f"{self.email} cannot sign in: {reply.status}\n{reply.text[:500]}"
        return Client(port, cookie=reply.headers["set-cookie"].split(";")[0])


@dataclasses.dataclass
class Place:
    """A workspace and its people; the first is its owner, and has a key."""
    id: str
    name: str
    people: list[Person]

    @property
    def owner(self) -> Person:
        return self.people[0]


def make_place(running: harness.Server, name: str, *, people: int = 1, keys: int = 1, zone: str = ZONE) -> Place:
    """Makes a workspace at the command line; the first `keys` of its people get an API key."""
    made = running.command("workspace", "add", name, "--zone", zone).stdout.split()[0]
    place = Place(made, name, [])
    for index in range(people):
        who, email = f"{name} {index}", f"{name.lower()}{index}@example.org"
        told = running.command("user", "add", "--email", email, "--name", who, "--workspace", made,
                               "--role", "member" if index else "owner").stdout
        key = running.command("key", "add", "--user", email).stdout.strip() if index < keys else None
        account = running.rows("SELECT id FROM account WHERE email = ?", email)[0]["id"]
        place.people.append(Person(account, who, email, re.search(r"once: (\S+)", told)[1], key))
    return place


def make_link(running: harness.Server, place: Place, *, host: Person | None = None, minutes: int = 30, **more) -> dict:
    """A link of the place, open every day from eight to six, as the API tells it."""
    body = {"title": f"Meet {minutes}", "kind": "one_on_one", "durationMinutes": [minutes], "stepMinutes": 15,
            "bufferBeforeMinutes": 0, "bufferAfterMinutes": 0, "minimumNotice": {"value": 0, "unit": "minute"},
            "window": {"kind": "rolling_days", "days": 60}, "hours": {day: [["08:00", "18:00"]] for day in WEEK},
            "hosts": [{"userId": (host or place.owner).id, "role": "fixed"}]} | more
    reply = Client(running.port, key=place.owner.key).call("POST", "/api/v1/links", body)
    assert reply.status == 201, reply.text
    return reply.json


def seconds(text: str) -> int:
    """The instant of an RFC 3339 text, in seconds since 1970."""
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def free_starts(running: harness.Server, slug: str, *, days_ahead: int = 3, days: int = 1, port: int | None = None):
    """The starts of free slots some days ahead, as the API writes them."""
    today = datetime.datetime.fromtimestamp(running.clock.now(), datetime.timezone.utc).date()
    first = today + datetime.timedelta(days=days_ahead)
    # Hosts rest at the week's end: whoever asks for one day on a Saturday or Sunday means the Monday after it.
    if days == 1 and first.weekday() >= 5:
        first += datetime.timedelta(days=7 - first.weekday())
    last = first + datetime.timedelta(days=days - 1)
    reply = Client(port or running.port).call(
        "GET", f"/api/v1/public/links/{slug}/slots?from={first}&to={last}&timezone={ZONE}")
    assert reply.status == 200, reply.text
    return [slot["start"] for _, slots in sorted(reply.json["slots"].items()) for slot in slots]


def wish(start: str, email: str = "ada@example.com", *, name: str = "Ada Visitor", **more) -> dict:
    return {"start": start, "timezone": ZONE, "attendee": {"name": name, "email": email}} | more


OPEN_JOBS = ("SELECT id, kind, state, attempt, reason, run_at FROM job WHERE state IN ('ready', 'leased') "
             "ORDER BY id")


def settle(running: harness.Server, *, after_kill: bool = False, limit: float = 30) -> None:
    """Waits until every job has ended, retries too; after a kill the clock passes the leases that the dead one held.

    The end of a wish, and the word before it, are of another day and stay where they are.
    """
    deadline, since, last = time.monotonic() + limit, time.monotonic(), None
    while left := [job for job in running.rows(OPEN_JOBS) if not is_ahead(job, running.clock.now())]:
        now = time.monotonic()
        if left != last:
            last, since = left, now
            for job in left:
                if job["reason"]:
                    print(f"a job is tried again: {job}")
        elif after_kill and now - since > 1.5:
            # Nobody living works on these; a jump any earlier would take leases from the living too.
            running.clock.advance(seconds=61)
            after_kill = False
        elif now - since > 1.5 and all(job["run_at"] > running.clock.now() for job in left):
            # They wait for their next attempt, after a death for as long as an hour.
            running.clock.advance(seconds=int(min(job["run_at"] for job in left) - running.clock.now()) + 2)
        assert now < deadline, f"{len(left)} jobs do not end: {left[:20]}\n{running.process.tail()}"
        # Whoever reads twenty thousand rows without a pause takes the processor from those who work on them.
        time.sleep(min(1, 0.01 + len(left) / 1_000))


MARKS = {"sqlite": "?", "postgres": "%s"}


@contextlib.contextmanager
def connection(running: harness.Server):
    """A connection of its own that may write, each statement by itself: for faults that a test puts in on purpose."""
    store = running.store
    opened = (psycopg.connect(store.url, autocommit=True, options=harness.EVERY_WORKSPACE)
              if running.engine == "postgres"
              else sqlite3.connect(store.path, timeout=30, isolation_level=None))
    try:
        yield opened
    finally:
        opened.close()


# What reading may note: when a key or a session was last used.
NOTED = {"api_key": {"used_at"}, "session": {"seen_at"}}
# Counts of tries to sign in, which exist for those that fail.
COUNTED = {"sign_in_try"}


# By server and table: a sign that is another once any of its rows was written, and the rows of that moment.
_seen: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def picture(running: harness.Server) -> dict[str, frozenset]:
    """Every row of every table, under the table's name and columns, to be compared with a later picture."""
    return postgres_picture(running) if running.engine == "postgres" else sqlite_picture(running)


def sqlite_picture(running: harness.Server) -> dict[str, frozenset]:
    connection = sqlite3.connect(f"file:{running.store.path}?mode=ro", uri=True, timeout=10)
    try:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return dict(all_of(connection, table) for table, in connection.execute(names).fetchall()
                    if table not in COUNTED)
    finally:
        connection.close()


def postgres_picture(running: harness.Server) -> dict[str, frozenset]:
    """Reads again only what was written since: where a row lies and who wrote it tells its versions apart."""
    connection, seen = running.store.reader(), _seen.setdefault(running, {})
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    tables = [row["tablename"] for row in names if row["tablename"] not in COUNTED]
    signs = connection.execute(" UNION ALL ".join(
        f"SELECT '{table}' AS name, count(*) AS count, sum(hashtext(concat(ctid, ' ', xmin))::bigint) AS sign "
        f"FROM {table}" for table in tables)).fetchall()
    found = {}
    for row in signs:
        table, sign = row["name"], (row["count"], row["sign"])
        if table not in seen or seen[table][0] != sign:
            seen[table] = sign, all_of(connection.cursor(row_factory=tuple_row), table)
        name, rows = seen[table][1]
        found[name] = rows
    return found


def all_of(connection, table: str) -> tuple[str, frozenset]:
    """A table's name with its columns, and its rows without what reading may note."""
    read = connection.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in read.description]
    kept = [place for place, name in enumerate(names) if name not in NOTED.get(table, ())]
    return (f"{table}({', '.join(names[place] for place in kept)})",
            frozenset(tuple(row[place] for place in kept) if len(kept) < len(names) else row for row in read))


def changes(before: dict[str, frozenset], after: dict[str, frozenset]) -> dict[str, tuple[list, list]]:
    """By table: the rows that are gone and the rows that are new; empty when nothing changed."""
    found = {}
    for table in sorted(before.keys() | after.keys()):
        old, new = before.get(table, frozenset()), after.get(table, frozenset())
        if old != new:
            found[table] = (sorted(old - new, key=repr), sorted(new - old, key=repr))
    return found


@contextlib.contextmanager
def nothing_changes(running: harness.Server):
    """Whatever happens inside, no row of any table may come, go or change."""
    settle(running)
    before = picture(running)
    yield
    found = changes(before, picture(running))
    assert found == {}, found


# What must never stand in a log: people, keys, sessions, tokens, and the words of an error that nobody foresaw.
SECRETS = ("@example.com", "@example.org", "wks_live_", "wks_test_", "workestra_session", "workestra_device",
           "/book/reschedule/", "unexpected error",
           "Fatal error", "the lease was lost")


def unclean(log: str) -> list[str]:
    """The lines of a log that say what must not be said; a route is a pattern, so it holds no token."""
    lines = [line for line in log.splitlines() if not line.startswith(("Workestra answers", "Set it up", "Sign in"))]
    return [line for line in lines if any(secret in re.sub(r"route=\S+", "", line) for secret in SECRETS)]
