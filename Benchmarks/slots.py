#!/usr/bin/env python3
"""Measures lists of slots over HTTP: what they cost beside a constant answer, under load, and whether they are stale.

    Benchmarks/slots.py [--engine sqlite|postgres] [--requests 4000] [--load] [--stale]

The first prints the server's own processor time for each request, read from the kernel: for a month of one busy host
(W1), of a team of 20 (W3) and of 100 (W4) that take turns; warm, after a commit that does not concern it, after a write
to one of its hosts, and beside a constant answer of the same size, on PostgreSQL after one question by a primary key.
`--load` asks the team of 100 three hundred times a second for twenty seconds, whether or not answers have come: the
server has core 0 for itself, the clients core 1, and each wait is counted from when the request was due. `--stale`
books at one server and asks another one on the same database at once, a thousand times. The binary is WORKESTRA_BIN, a
release build for figures that mean something; WORKESTRA_TEST_POSTGRES names a server for PostgreSQL.
"""
import argparse
import asyncio
import datetime
import http.client
import json
import os
import pathlib
import sqlite3
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/browser"))
import psycopg  # noqa: E402

import contract  # noqa: E402
from harness import EVERY_WORKSPACE, Server  # noqa: E402
from seed import identifier, processor  # noqa: E402

DATA = ROOT / "Tests/SchedulingTests/Data"
WEEK = 7 * 86_400
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
SETTINGS = {"WORKESTRA_RATE_FACTOR": "100000", "WORKESTRA_TEST_UNCHECKED": "1", "WORKESTRA_LOG": "warning"}


class Desk:
    """A server with the demo's workspace, and rows written past the program."""

    def __init__(self, server: Server):
        self.server = server
        demo = server.demo()
        owner = next(user for user in demo["users"] if user["role"] == "owner")
        self.key = owner["apiKey"]
        self.workspace = server.rows("SELECT id FROM workspace ORDER BY id")[0]["id"]
        self.number = 1

    def write(self, *statements: tuple[str, list[tuple]]) -> None:
        """Each statement with its rows, `?` for each value."""
        if self.server.engine == "sqlite":
            with sqlite3.connect(self.server.store.path, timeout=60) as connection:
                for sql, rows in statements:
                    connection.executemany(sql, rows)
            connection.close()
        else:
            with psycopg.connect(self.server.store.url, options=EVERY_WORKSPACE) as connection:
                for sql, rows in statements:
                    connection.cursor().executemany(sql.replace("?", "%s"), rows)

    def identifier(self, prefix: str) -> str:
        self.number += 1
        return identifier(prefix, self.number)

    def link(self, name: str) -> tuple[str, list[str]]:
        """A workload as a link: its path of slots, a month of them, and its hosts."""
        load = json.loads((DATA / f"{name}.json").read_text())
        shift = round((self.server.clock.now() - load["now"]) / WEEK) * WEEK
        now, rules, hosts = int(self.server.clock.now()), load["event"], []
        accounts, schedules, windows, busy = [], [], [], []
        for number, host in enumerate(load["hosts"]):
            account, schedule = self.identifier("usr"), self.identifier("sch")
            email = f"{name}-{number}@bench.example".lower()
            accounts.append((account, email, email, f"Host {number}", host["zone"], now))
            schedules.append((schedule, self.workspace, account, "Hours", host["zone"], now))
            for weekday, day in enumerate(host["weekly"]):
                windows += [(self.workspace, schedule, weekday, opens, closes) for opens, closes in day]
            for starts, ends, *_ in host["busy"]:
                row = self.identifier("led")
                busy.append((row, account, self.workspace, row, starts + shift, ends + shift))
            hosts.append(account)
        active = "TRUE" if self.server.engine == "postgres" else "1"
        self.write(
            (f"INSERT INTO account (id, email, email_folded, name, zone, active, created_at) "
             f"VALUES (?, ?, ?, ?, ?, {active}, ?)", accounts),
            ("INSERT INTO subject (id, version) VALUES (?, 1)", [(host,) for host in hosts]),
            ("INSERT INTO member (workspace, account, role, created_at) VALUES (?, ?, 'member', ?)",
             [(self.workspace, host, now) for host in hosts]),
            ("INSERT INTO schedule (id, workspace, account, name, zone, created_at) VALUES (?, ?, ?, ?, ?, ?)",
             schedules),
            ("INSERT INTO schedule_window (workspace, schedule, weekday, opens, closes) VALUES (?, ?, ?, ?, ?)",
             windows),
            ("INSERT INTO ledger (id, subject, workspace, kind, ref, starts, ends) "
             "VALUES (?, ?, ?, 'calendar', ?, ?, ?)", busy))
        self.make({
            "title": name, "slug": name.lower(), "kind": "one_on_one" if len(hosts) == 1 else "round_robin",
            "durationMinutes": [rules["durationMin"]], "bufferBeforeMinutes": rules["bufferBeforeMin"],
            "bufferAfterMinutes": rules["bufferAfterMin"], "active": True,
            "minimumNotice": {"value": rules["minNoticeMin"], "unit": "minute"},
            "window": {"kind": "rolling_days", "days": 60}, "hosts": [{"userId": host} for host in hosts],
        })
        return self.month(name.lower(), rules["zone"]), hosts

    def make(self, link: dict) -> None:
        answer = self.server.api("POST", "/api/v1/links", link, key=self.key)
        assert answer.status_code == 201, answer.text

    def month(self, slug: str, zone: str, days: int = 29) -> str:
        today = datetime.datetime.fromtimestamp(self.server.clock.now(), datetime.UTC).date()
        span = f"from={today}&to={today + datetime.timedelta(days=days)}&timezone={zone}"
        return f"/api/v1/public/links/{slug}/slots?{span}"

    def touch(self, host: str) -> None:
        self.write(("UPDATE subject SET version = version + 1 WHERE id = ?", [(host,)]))

    def commit(self) -> None:
        """Something that is nobody's business here."""
        self.write(("UPDATE workspace SET name = name WHERE id = ?", [(self.workspace,)]))


def cost(server: Server, path: str, requests: int, before=lambda: None) -> tuple[float, int, list[float]]:
    """Microseconds of the server's processor for one request, the size of the answer, and the waits."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    waits, size = [], 0
    for turn in range(requests + 20):
        if turn == 20:
            used = processor(server)
        before()
        begun = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        size = len(answer.read())
        assert answer.status == 200, (path, answer.status)
        waits.append(time.perf_counter() - begun)
    return (processor(server) - used) / requests * 1000, size, waits[20:]


def costs(server: Server, requests: int) -> None:
    desk = Desk(server)
    print(f"{server.engine}, {requests} requests each; µs of the server's processor for one")
    heads = ["bytes", "constant", "+ row", "warm", "times", "other commit", "host changed", "p50 ms"]
    print(f"{'':10}" + "".join(f"{head:>14}" for head in heads))
    for name in ["W1", "W3", "W4"]:
        path, hosts = desk.link(name)
        few = max(requests // 10, 50)
        warm, size, waits = cost(server, path, requests)
        constant = cost(server, f"/dev/bytes/{size}", requests)[0]
        row = cost(server, f"/dev/bytes/{size}?workspace={desk.workspace}", requests)[0]
        least = constant if server.engine == "sqlite" else row
        moved = cost(server, path, few, desk.commit)[0]
        changed = cost(server, path, few, lambda: desk.touch(hosts[0]))[0]
        print(f"{name:10}{size:14}" + "".join(f"{used:14.0f}" for used in [constant, row, warm])
              + f"{warm / least:14.2f}{moved:14.0f}{changed:14.0f}{statistics.median(waits) * 1000:14.2f}", flush=True)


# MARK: Load

async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))


async def volley(port: int, path: str, rate: int, seconds: int, connections: int = 64) -> list[float]:
    """The waits of requests that are sent when they are due, each counted from then."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    free: asyncio.Queue = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port, limit=1 << 20))
    waits: list[float] = []
    begun = time.perf_counter() + 0.1

    async def one(due: float) -> None:
        connection = await free.get()
        await ask(*connection, request)
        waits.append(time.perf_counter() - due)
        free.put_nowait(connection)

    tasks = []
    for number in range(rate * seconds):
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    return waits


def load(server: Server, rate: int, seconds: int) -> None:
    path, _ = Desk(server).link("W4")
    for task in pathlib.Path(f"/proc/{server.process.child.pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {0})
    os.sched_setaffinity(0, {1})
    asyncio.run(volley(server.port, path, 50, 2))
    used = processor(server)
    waits = sorted(asyncio.run(volley(server.port, path, rate, seconds)))
    used = (processor(server) - used) / (seconds * 1000)
    p50, p99 = (waits[int(len(waits) * part)] * 1000 for part in (0.5, 0.99))
    print(f"{server.engine}, a team of 100, {rate}/s for {seconds} s on one core: p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
          f"longest {waits[-1] * 1000:.1f} ms; the core was busy for {used:.0%}", flush=True)


# MARK: Staleness

def starts_of(server: Server, path: str) -> set[str]:
    answer = server.api("GET", path)
    assert answer.status_code == 200, answer.text
    return {slot["start"] for day in answer.json()["slots"].values() for slot in day}


def stale(server: Server, times: int) -> None:
    """Books at the server, and asks it and, on PostgreSQL, another one, which was asked just before, too."""
    desk = Desk(server)
    desk.make({
        "title": "Bench", "slug": "bench", "kind": "one_on_one", "durationMinutes": [5], "active": True,
        "minimumNotice": {"value": 0, "unit": "minute"}, "window": {"kind": "rolling_days", "days": 90},
        "hours": {day: [["00:00", "24:00"]] for day in DAYS},
    })
    other = server
    if server.engine == "postgres":
        other = Server("postgres", settings=SETTINGS | {
            "DATABASE_URL": server.store.url, "WORKESTRA_KEY_FILE": str(server.folder / "key"),
            "WORKESTRA_CLOCK_FILE": str(server.clock.path)}).start()
    wrong = {"there": 0, "here": 0}
    try:
        path = desk.month("bench", "UTC", days=5)
        starts = sorted(starts_of(other, path))
        assert len(starts) > times, len(starts)
        for number, start in enumerate(starts[:times]):
            listed = starts_of(other, path)
            assert start in listed and starts[number + 1] in listed
            answer = contract.create_booking(server, "bench", start)
            assert answer.status_code == 201, answer.text
            wrong["there"] += start in starts_of(other, path)
            wrong["here"] += start in starts_of(server, path)
    finally:
        if other is not server:
            other.close()
    print(f"{server.engine}: {times} bookings, stale answers at the other server {wrong['there']}, "
          f"at the same one {wrong['here']}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--rate", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--stale", action="store_true")
    parser.add_argument("--times", type=int, default=1000)
    asked = parser.parse_args()
    with Server(asked.engine, settings=SETTINGS) as server:
        if asked.load:
            load(server, asked.rate, asked.seconds)
        elif asked.stale:
            stale(server, asked.times)
        else:
            costs(server, asked.requests)


if __name__ == "__main__":
    main()
