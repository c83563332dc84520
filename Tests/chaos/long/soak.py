#!/usr/bin/env python3
"""Hours of ordinary use with some faults in it, and what memory, files, threads and waiting do meanwhile.

    soak.py OUT [--engine sqlite] [--minutes 120] [--rate 15] [--seed 20261124]

OUT gets `samples.csv` (one line every ten seconds), `soak.svg` (the same drawn) and `soak.json` (what it comes to).
Ends with 1 if memory climbs by more than 1 MB an hour after the first quarter, if anything answered 5xx, or if the
rows do not agree with each other afterwards. The program is the one that WORKESTRA_BIN names.
"""
import argparse
import csv
import json
import os
import pathlib
import random
import socket
import statistics
import sys
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]),
                str(pathlib.Path(__file__).resolve().parents[2] / "browser")]

import drawing  # noqa: E402
import lib  # noqa: E402
from invariants import Facts, violations  # noqa: E402
from pages import Page  # noqa: E402
from results import record  # noqa: E402

WORKERS, HOSTS, EVERY = 8, 6, 10
# What people do, by weight; the faults together are about one in twenty.
VISITOR = {"look": 30, "book": 12, "book by page": 8, "move": 8, "cancel": 8, "own page": 8}
HOST = {"list": 6, "search": 6, "calendar": 5, "hours": 2, "sign in": 0.1, "api": 6}
FAULTS = {"cut": 1.5, "slow": 0.5, "wrong body": 2, "wrong token": 1, "wrong key": 1}
COLUMNS = ["seconds", "rss_mb", "own_mb", "fds", "threads", "wal_mb", "database_mb", "requests", "p50_ms", "p95_ms",
           "failures", "jobs"]
# In every ten minutes the mail server refuses everything for one.
REFUSED = (300, 360)


class Load:
    """The callers and what they saw. Every visitor comes from another network, as on the open internet."""

    def __init__(self, running, seed: int, rate: float):
        self.running, self.seed, self.rate = running, seed, rate
        self.place = lib.make_place(running, "Soak", people=HOSTS, keys=HOSTS)
        self.links = [lib.make_link(running, self.place, host=person, window={"kind": "rolling_days", "days": 180})
                      for person in self.place.people]
        self.owner = lib.Client(running.port, key=self.place.owner.key)
        made = self.owner.call("POST", "/api/v1/schedules", {"name": "Soak hours", "timezone": lib.ZONE})
        # What is changed now and then: a schedule, and the hours of links.
        self.hours = [f"/api/v1/schedules/{made.json['id']}"] + [f"/api/v1/links/{link['id']}" for link in self.links]
        self.cookies = {person.email: person.sign_in(running.port).cookie for person in self.place.people}
        self.stop, self.guard = threading.Event(), threading.Lock()
        self.times: list[tuple[float, str]] = []
        self.counts: dict[str, int] = {}
        self.failures: list[str] = []
        self.tokens: list[str] = []

    def run(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._worker, args=(number,), daemon=True) for number in range(WORKERS)]
        for thread in threads:
            thread.start()
        return threads

    def _worker(self, number: int) -> None:
        dice = random.Random(self.seed * 100 + number)
        todo = VISITOR | HOST | FAULTS
        while not self.stop.is_set():
            what = dice.choices(list(todo), list(todo.values()))[0]
            began, made = time.monotonic(), 1
            try:
                made = self._act(what, dice) or 1
            except Exception as error:  # a caller that ends would make the load lighter, unseen
                with self.guard:
                    self.failures.append(f"{what}: {error!r}"[:300])
            with self.guard:
                self.counts[what] = self.counts.get(what, 0) + 1
            pause = made * WORKERS / self.rate * dice.uniform(0.5, 1.5) - (time.monotonic() - began)
            if pause > 0:
                self.stop.wait(pause)

    def call(self, caller: lib.Client, dice, method: str, path: str, body=None, **more) -> lib.Reply:
        """One request, timed; a 5xx is a failure whatever was sent."""
        address = f"198.{dice.randrange(18, 20)}.{dice.randrange(256)}.{dice.randrange(256)}"
        headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "http"} | more.pop("headers", {})
        began = time.monotonic()
        reply = caller.call(method, path, body, headers=headers, **more)
        with self.guard:
            self.times.append((time.monotonic() - began, path.split("/")[1]))
        if reply.status >= 500:
            raise AssertionError(f"{method} {path.split('?')[0]}: {reply.status} {reply.text[:120]}")
        return reply

    def _act(self, what: str, dice) -> int:
        which = dice.randrange(HOSTS)
        person, slug = self.place.people[which], self.links[which]["slug"]
        caller = lib.Client(self.running.port)
        try:
            if what in FAULTS:
                return self._fault(what, dice, caller, slug)
            if what in HOST:
                return self._host(what, dice, person)
            return self._visit(what, dice, caller, slug)
        finally:
            caller.close()

    # Visitors

    def _slots(self, dice, caller, slug: str) -> list[str]:
        first = int(self.running.clock.now()) // 86_400 + dice.randrange(1, 170)
        days = [time.strftime("%Y-%m-%d", time.gmtime(86_400 * day)) for day in (first, first + 6)]
        reply = self.call(caller, dice, "GET", f"/api/v1/public/links/{slug}/slots?from={days[0]}&to={days[1]}"
                                               f"&timezone={lib.ZONE}")
        return [slot["start"] for slots in reply.json["slots"].values() for slot in slots]

    def _visit(self, what: str, dice, caller, slug: str) -> int:
        if what == "look":
            self.call(caller, dice, "GET", f"/book/{slug}")
            self._slots(dice, caller, slug)
            return 2
        if what == "book by page":
            return self._book_by_page(dice, caller, slug)
        if what == "book":
            return self._book(dice, caller, slug)
        with self.guard:
            if not self.tokens:
                return 0
            token = self.tokens.pop(dice.randrange(len(self.tokens)))
        path = f"/api/v1/public/bookings/{token}"
        if what == "own page":
            self.call(caller, dice, "GET", f"/booking/{token}")
            kept = token
        elif what == "cancel":
            self.call(caller, dice, "POST", path + "/cancel", {"reason": "ill"}, idempotency=token[:20] + "c")
            return 1
        else:
            free = self._slots(dice, caller, slug)
            start = dice.choice(free) if free else "2027-06-01T10:00:00Z"
            reply = self.call(caller, dice, "POST", path + "/reschedule", {"start": start})
            kept = reply.json["token"] if reply.status == 200 else token
        with self.guard:
            self.tokens.append(kept)
        return 2

    def _book(self, dice, caller, slug: str) -> int:
        free, base = self._slots(dice, caller, slug), f"/api/v1/public/links/{slug}"
        if not free:
            return 1
        body, made = lib.wish(dice.choice(free), f"soak{dice.randrange(10 ** 9)}@example.com"), 2
        if dice.random() < 0.5:
            held = self.call(caller, dice, "POST", base + "/holds", {"start": body["start"]})
            made += 1
            if held.status != 201 or dice.random() < 0.2:
                return made
            body["holdToken"] = held.json["holdToken"]
        reply = self.call(caller, dice, "POST", base + "/bookings", body, idempotency=f"soak-{dice.random()}")
        if reply.status == 201:
            with self.guard:
                self.tokens.append(reply.json["token"])
        return made

    def _book_by_page(self, dice, caller, slug: str) -> int:
        base, kind = f"/book/{slug}", {"Content-Type": "application/x-www-form-urlencoded"}
        month = time.strftime("%Y-%m", time.gmtime(self.running.clock.now() + 86_400 * dice.randrange(1, 150)))
        form = Page(self.call(caller, dice, "GET", f"{base}?month={month}").text).form(f"{base}/holds")
        if not form.buttons:
            return 1
        name, start = dice.choice(form.buttons)
        held = self.call(caller, dice, "POST", f"{base}/holds", lib.encoded(form.fields | {name: start}), headers=kind)
        if held.status != 303:
            return 2
        page = Page(self.call(caller, dice, "GET", held.headers["location"]).text)
        typed = {"attendee.name": "Soak Visitor", "attendee.email": f"page{dice.randrange(10 ** 9)}@example.com"}
        fields = page.form(f"{base}/bookings").fields | typed
        reply = self.call(caller, dice, "POST", f"{base}/bookings", lib.encoded(fields), headers=kind)
        if reply.status == 303:
            with self.guard:
                self.tokens.append(reply.headers["location"].split("/")[2])
        return 4

    # Hosts

    def _host(self, what: str, dice, person: lib.Person) -> int:
        keyed = lib.Client(self.running.port, key=person.key)
        if what == "api":
            for path in ("/api/v1/bookings", "/api/v1/links", "/api/v1/me"):
                self.call(keyed, dice, "GET", path)
            return 3
        if what == "hours":
            opens, closes = f"{dice.randrange(7, 10):02}:00", f"{dice.randrange(16, 20)}:30"
            keyed.key, hours = self.place.owner.key, {day: [[opens, closes]] for day in lib.WEEK}
            path = dice.choice(self.hours)
            body = {"weekly" if "schedules" in path else "hours": hours}
            reply = self.call(keyed, dice, "PATCH", path, body)
            assert reply.status == 200, reply.text
            return 1
        if what == "sign in":
            self.cookies[person.email] = person.sign_in(self.running.port).cookie
        signed = lib.Client(self.running.port, cookie=self.cookies[person.email])
        show = dice.choice(["upcoming", "past", "cancelled"])
        path = {"list": f"/calendar/bookings?show={show}", "search": f"/calendar/bookings?q=soak{dice.randrange(99)}",
                "calendar": "/calendar/bookings?view=week", "sign in": "/calendar"}[what]
        reply = self.call(signed, dice, "GET", path)
        assert reply.status == 200, (what, reply.status)
        return 1

    # Faults

    def _fault(self, what: str, dice, caller, slug: str) -> int:
        address, path = ("127.0.0.1", self.running.port), f"/api/v1/public/links/{slug}/bookings"
        head = (f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                f"Content-Length: 500\r\n\r\n{{\"start\": ").encode()
        if what in ("cut", "slow"):
            with socket.create_connection(address, timeout=20) as raw:
                for index in range(0, len(head), 10) if what == "slow" else (0,):
                    raw.sendall(head[index:index + 10] if what == "slow" else head[:dice.randrange(20, len(head))])
                    time.sleep(0.2 if what == "slow" else 0)
            return 1
        if what == "wrong body":
            body = dice.choice([b"{", b"[]", b"\xff\xfe", {"start": "soon"}, {"start": 5, "x": ["y"] * 500}])
            reply = self.call(caller, dice, "POST", path, body, headers={"Content-Type": "application/json"})
            assert reply.status in (400, 422), reply.status
        elif what == "wrong token":
            reply = self.call(caller, dice, "GET", f"/booking/{'x' * 43}")
            assert reply.status == 404, reply.status
        else:
            caller.key = f"wks_live_{dice.random()}"
            reply = self.call(caller, dice, "GET", "/api/v1/bookings")
            assert reply.status == 401, reply.status
        return 1


def sample(running, load: Load, began: float, done: int) -> dict:
    """What the process has now, and how long people waited since the last time."""
    proc = pathlib.Path(f"/proc/{running.process.child.pid}")
    status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
    with load.guard:
        times, load.times = sorted(seconds for seconds, _ in load.times), []
        failures = len(load.failures)
    size = lambda suffix: pathlib.Path(f"{running.store.path}{suffix}").stat().st_size / 2**20
    isFile = running.engine == "sqlite"
    jobs = running.rows("SELECT count(*) AS n FROM job WHERE state IN ('ready', 'leased')")[0]["n"]
    return {
        "seconds": round(time.monotonic() - began, 1), "rss_mb": round(int(status["VmRSS"].split()[0]) / 1024, 2),
        # What it has made itself; the rest of its memory are pages of the program's file, as far as they were run.
        "own_mb": round(int(status["RssAnon"].split()[0]) / 1024, 2),
        "fds": len(os.listdir(proc / "fd")), "threads": int(status["Threads"]),
        "wal_mb": round(size("-wal"), 2) if isFile else 0, "database_mb": round(size(""), 2) if isFile else 0,
        "requests": done + len(times), "p50_ms": round(1000 * times[len(times) // 2], 1) if times else 0,
        "p95_ms": round(1000 * times[len(times) * 95 // 100], 1) if times else 0, "failures": failures, "jobs": jobs,
    }


def slope(samples: list[dict], column: str) -> float:
    """By least squares, in units an hour; 0 for fewer than two samples."""
    if len(samples) < 2:
        return 0
    line = statistics.linear_regression([row["seconds"] / 3600 for row in samples], [row[column] for row in samples])
    return line.slope


def verdict(samples: list[dict], warm: float) -> dict:
    """What a run comes to: how memory climbs once it is warm, and how much longer people wait at the end."""
    late = [row for row in samples if row["seconds"] >= warm] or samples
    quarter = max(1, len(late) // 4)
    first, last = ([statistics.median(row["p95_ms"] for row in rows)] for rows in (late[:quarter], late[-quarter:]))
    return {
        "rss_mb_an_hour": round(slope(late, "rss_mb"), 2), "rss_mb": late[-1]["rss_mb"],
        "own_mb_an_hour": round(slope(late, "own_mb"), 2), "own_mb": late[-1]["own_mb"],
        "fds_an_hour": round(slope(late, "fds"), 2), "threads_an_hour": round(slope(late, "threads"), 2),
        "wal_mb_most": max(row["wal_mb"] for row in samples), "p95_ms_first": first[0], "p95_ms_last": last[0],
        "p95_drift": round(last[0] / first[0] - 1, 3) if first[0] else 0, "requests": samples[-1]["requests"],
        "failures": samples[-1]["failures"],
    }


def soak(out: pathlib.Path, engine: str, minutes: float, rate: float, seed: int) -> dict:
    out.mkdir(parents=True, exist_ok=True)
    settings = {"WORKESTRA_TRUSTED_PROXIES": "127.0.0.1", "WORKESTRA_LOG": "warning"}
    # How memory is taken from the system may be compared: MALLOC_ARENA_MAX=2 soak.py …
    settings |= {name: value for name, value in os.environ.items() if name.startswith("MALLOC_")}
    with lib.server(engine, settings=settings) as running, (out / "samples.csv").open("w") as file:
        load = Load(running, seed, rate)
        began, samples, table = time.monotonic(), [], csv.DictWriter(file, COLUMNS)
        table.writeheader()
        threads = load.run()
        while (passed := time.monotonic() - began) < 60 * minutes:
            isRefusing = REFUSED[0] <= passed % 600 < REFUSED[1]
            running.mail.refuse = "451 4.7.1 Try later" if isRefusing else None
            time.sleep(EVERY)
            samples.append(sample(running, load, began, samples[-1]["requests"] if samples else 0))
            table.writerow(samples[-1])
            file.flush()
            running.mail.clear()
        load.stop.set()
        running.mail.refuse = None
        for thread in threads:
            thread.join(30)
        found = verdict(samples, min(1_800, 15 * minutes))
        # Whoever was refused a mail waits for the next try: turn the clock to it.
        for _ in range(6):
            running.clock.advance(hours=1)
            time.sleep(5)
        lib.settle(running, limit=300)
        found |= {"wrong": violations(Facts.of(running), running.clock.now())[:20], "did": load.counts,
                  "complaints": load.failures[:40], "engine": engine, "minutes": minutes, "seed": seed, "rate": rate}
        (out / "server.log").write_text(running.process.tail(400))
    (out / "soak.json").write_text(json.dumps(found, indent=2))
    columns = ["rss_mb", "own_mb", "fds", "threads", "wal_mb", "p95_ms", "jobs"]
    (out / "soak.svg").write_text(drawing.lines(samples, "seconds", columns))
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("out", type=pathlib.Path)
    asked.add_argument("--engine", default="sqlite")
    asked.add_argument("--minutes", type=float, default=120)
    asked.add_argument("--rate", type=float, default=15)
    asked.add_argument("--seed", type=int, default=20261124)
    given = asked.parse_args()
    found = soak(given.out, given.engine, given.minutes, given.rate, given.seed)
    print(json.dumps(found, indent=2))
    # The clock at the end is turned past meetings' starts, so mails too late are skipped; nothing else may be wrong.
    isGood = found["rss_mb_an_hour"] <= 1 and not found["failures"] and not found["wrong"]
    if isGood:
        told = ("rss_mb_an_hour", "rss_mb", "own_mb_an_hour", "own_mb", "fds_an_hour", "wal_mb_most", "p95_drift",
                "requests")
        record("R-45", engine=given.engine, seed=given.seed, lost=0, doubled=0, minutes=given.minutes,
               **{name: found[name] for name in told})
    return 0 if isGood else 1


if __name__ == "__main__":
    sys.exit(main())
