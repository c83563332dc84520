"""Fills a workspace with bookings by plain SQL and measures the host's pages over HTTP.

    Benchmarks/seed.py [--bookings 100000] [--engine sqlite|postgres] [--rounds 200]

Prints one line for each page: median and 99th percentile of the time until the whole answer is there, and the
processor time of the server for one. For PostgreSQL,
WORKESTRA_TEST_POSTGRES names a server. The binary is WORKESTRA_BIN, or the debug build.
"""
import argparse
import gc
import http.client
import json
import os
import pathlib
import random
import re
import sqlite3
import statistics
import sys
import time
import unicodedata
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/browser"))
import psycopg  # noqa: E402

from harness import Server  # noqa: E402

DIGITS = "0123456789abcdefghijklmnopqrstuv"
FIRST = ["Yūko", "Jörg", "Zoë", "Leïla", "Óscar", "Mateus", "Siobhán", "Khai", "Ahmad", "Ingrid", "Tomasz", "Priya"]
LAST = [f"{stem}{end}" for stem in ("Hase", "Mül", "Alb", "Benk", "Etx", "Wiś", "Dhom", "Osei", "Rama", "Quis")
        for end in ("gawa", "ler", "querque", "irane", "berria", "niewski", "nhaill", "bonsu", "nathan", "pe", "sson",
                    "berg", "ova", "idis", "escu", "ström", "weg", "ton", "field", "ford")]


def identifier(prefix: str, number: int) -> str:
    """An id in the form of ours: a UUIDv7 of that millisecond in 26 signs after the prefix."""
    text, value = "", (number << 80 | 7 << 76 | 2 << 62) << 2
    for _ in range(26):
        text, value = DIGITS[value % 32] + text, value // 32
    return f"{prefix}_{text}"


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


class Seed:
    """The rows of `count` bookings around now, for the host and link of a demo workspace."""

    def __init__(self, server: Server, count: int):
        self.dice = random.Random(26)
        self.now = int(server.clock.now())
        link = server.rows("SELECT l.id, l.workspace, h.account FROM link l JOIN link_host h ON h.link = l.id "
                           "ORDER BY l.id")[0]
        people = server.rows("SELECT account FROM member WHERE workspace = ? ORDER BY account", link["workspace"])
        self.link, self.workspace, self.host = link["id"], link["workspace"], link["account"]
        self.people = [row["account"] for row in people]
        self.count = count

    def tables(self):
        booking, host, word, history = [], [], [], []
        for number in range(self.count):
            key = identifier("bk", number)
            first, last = self.dice.choice(FIRST), self.dice.choice(LAST)
            email = f"{folded(first)}.{folded(last)}{number}@company{number % 5000}.example"
            starts = self.now - self.now % 900 + (number - self.count // 2) * 900
            over = starts + 900 <= self.now
            status = self.dice.choices(["confirmed", "cancelled", "no_show" if over else "confirmed"], [90, 7, 3])[0]
            source = self.dice.choices(["page", "api", "host"], [94, 5, 1])[0]
            booking.append((key, self.workspace, self.link, key, status, starts, starts + 900, "UTC", "", "UTC", "en",
                            f"{first} {last}", email, "custom", "", "{}", source, "{}", "", 0, 1, self.now, self.now))
            owner = self.host if number % 2 else self.people[number % len(self.people)]
            host.append((self.workspace, key, owner, 0, status, starts, starts + 900))
            parts = set(re.findall(r"\w+", folded(f"{first} {last} {email} Introduction to product")))
            word += [(self.workspace, key, each) for each in sorted(parts | {f"=at:{email}", f"=source:{source}"})]
            history.append((identifier("hst", number), self.workspace, key, 1, "booked", "confirmed", "visitor",
                            starts, "", self.now))
        return {
            "booking (id, workspace, link, uid, status, starts, ends, anchor_zone, anchor_local, zone, language, "
            "attendee_name, attendee_email, location_kind, location, rules, source, utm, reason, sequence, version, "
            "created_at, updated_at)": booking,
            "booking_host (workspace, booking, account, position, status, starts, ends)": host,
            "booking_word (workspace, booking, word)": word,
            "booking_history (id, workspace, booking, version, event, status, actor, to_starts, reason, at)": history,
        }

    def write(self, server: Server) -> None:
        for table, rows in self.tables().items():
            if server.engine == "sqlite":
                marks = ", ".join("?" * len(rows[0]))
                with sqlite3.connect(server.store.path, timeout=60) as connection:
                    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
                connection.close()
            else:
                with psycopg.connect(server.store.url) as connection, connection.cursor() as cursor:
                    # COPY and row-level policies exclude each other.
                    name = table.split()[0]
                    cursor.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)
                    cursor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")


def pages(seed: Seed) -> dict[str, str]:
    """What is measured: a name and an address."""
    middle = identifier("bk", seed.count // 2 + 7)
    week = time.strftime("%Y-%m-%d", time.gmtime(seed.now))
    after = f"{seed.now + 40_000_000}-{identifier('bk', 0)}"
    search = urllib.parse.quote
    return {
        "overview": "/calendar", "upcoming": "/calendar/bookings", "past": "/calendar/bookings?show=past",
        "cancelled": "/calendar/bookings?show=cancelled", "no-shows": "/calendar/bookings?show=no-shows",
        "a later page": f"/calendar/bookings?cursor={after}", "mine": "/calendar/bookings?host=me",
        "everybody's": "/calendar/bookings?host=all",
        "everybody's, cancelled": "/calendar/bookings?host=all&show=cancelled",
        "one link": f"/calendar/bookings?link={seed.link}",
        "a colleague": f"/calendar/bookings?host={seed.people[-1]}",
        "by a rare source": "/calendar/bookings?source=host",
        "from and to": f"/calendar/bookings?show=past&from={week[:4]}-01-01&to={week}",
        "search, one person": "/calendar/bookings?q=" + search("hasegawa77 yūko"),
        "search, one address": "/calendar/bookings?q=company4321",
        "search, a surname": "/calendar/bookings?show=past&q=" + search("Mülberg"),
        "search, a first name": "/calendar/bookings?q=" + search("zoë"),
        "search, in every one": "/calendar/bookings?q=introduction",
        "search, two terms": "/calendar/bookings?show=cancelled&q=" + search("jörg hase"),
        "search, everybody's": "/calendar/bookings?host=all&show=past&q=" + search("jörg hase"),
        "search, two, never met": "/calendar/bookings?show=past&q=" + search("jörg yuko"),
        "search, nobody": "/calendar/bookings?q=nobodyatall",
        "week": "/calendar/bookings?view=week", "month": "/calendar/bookings?view=month",
        "one booking": f"/calendar/bookings/{middle}", "new": "/calendar/bookings/new",
    }


def sign_in(server: Server, email: str, password: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    token = re.search(r'name="csrf" value="([^"]+)"', answer.read().decode())
    form = {"email": email, "password": password} | ({"csrf": token[1]} if token else {})
    connection.request("POST", "/sign-in", urllib.parse.urlencode(form), {
        "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin",
        "Cookie": (answer.getheader("Set-Cookie") or "").split(";")[0]})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, answer.status
    cookies = [cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie")]
    return next(cookie for cookie in cookies if "session" in cookie)


def processor(server: Server) -> float:
    """Milliseconds of processor time the server has used: what a busy machine does not falsify."""
    fields = pathlib.Path(f"/proc/{server.process.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def measure(server: Server, cookie: str, path: str, rounds: int) -> tuple[float, float, float, int]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    times = []
    for turn in range(rounds + 5):
        if turn == 5:
            used = processor(server)
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        size = len(answer.read())
        assert answer.status == 200, (path, answer.status)
        if turn >= 5:
            times.append((time.perf_counter() - begun) * 1000)
    used = (processor(server) - used) / rounds
    return statistics.median(times), sorted(times)[int(len(times) * .99)], used, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=100_000)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=400)
    asked = parser.parse_args()
    with Server(asked.engine, settings={"WORKESTRA_RATE_FACTOR": "100000"}) as server:
        demo = json.loads(server.command("demo", "--json").stdout)
        seed = Seed(server, asked.bookings)
        seed.write(server)
        if asked.engine == "postgres":
            # As autovacuum does, within a minute of so many new rows: statistics, and pages known to be all visible.
            with psycopg.connect(server.store.url, autocommit=True) as connection:
                connection.execute("VACUUM (ANALYZE)")
        owner = next(user for user in demo["users"] if user["role"] == "owner")
        cookie = sign_in(server, owner["email"], owner["password"])
        # What was seeded is a million objects of ours: looking through them would be measured as the server's time.
        gc.freeze()
        gc.disable()
        print(f"{asked.bookings} bookings, {asked.engine}, {asked.rounds} rounds")
        print(f"{'page':24}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>9}{'bytes':>9}")
        for name, path in pages(seed).items():
            half, most, used, size = measure(server, cookie, path, asked.rounds)
            print(f"{name:24}{half:9.1f}{most:9.1f}{used:9.1f}{size:9}", flush=True)


if __name__ == "__main__":
    main()
