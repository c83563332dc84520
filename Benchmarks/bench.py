#!/usr/bin/env python3
"""Measures a server over HTTP and writes the figures as a document. usage: bench.py OUT.md [--quick]

The clients run on the same machine and take their share of its cores, so the times are those of a busy machine; the
server's own CPU per request is read from the kernel and does not depend on them.
"""
import datetime
import gzip
import http.client
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/browser"))

import contract  # noqa: E402
from harness import ENGINES, Server  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
QUICK = "--quick" in sys.argv
REQUESTS = 300 if QUICK else 2000
CONFIRMS = 100 if QUICK else 1000
SLUG = "bench"
SLOTS = (
    "`Benchmarks/slots.py` measures such lists beside a constant answer of the same size (`/dev/bytes/…`, in "
    "development and test only): from a snapshot, after a commit that does not concern the link, and after a write to "
    "one of its hosts, for one host and teams of 20 and 100. `--load` asks for the team of 100 at a fixed rate, "
    "`--stale` books at one process and asks another one at once. Both engines, a release build in WORKESTRA_BIN."
)


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_megabytes(pid: int) -> float:
    status = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def wide_link(server: Server, key: str) -> None:
    """A link with a slot every five minutes of a year, so that no two confirms of a run want the same one."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    body = {
        "title": "Bench", "slug": SLUG, "kind": "one_on_one", "durationMinutes": [5], "bufferBeforeMinutes": 0,
        "bufferAfterMinutes": 0, "minimumNotice": {"value": 0, "unit": "minute"},
        "window": {"kind": "rolling_days", "days": 365}, "active": True,
        "hours": {day: [["00:00", "24:00"]] for day in days},
    }
    answer = server.api("POST", "/api/v1/links", body, key=key)
    assert answer.status_code == 201, answer.text


def hammer(port: int, requests: list[tuple], clients: int) -> tuple[list[float], list[int], float]:
    """Sends the requests over kept connections; seconds of each, the statuses, and the whole time."""
    times: list[float] = []
    statuses: list[int] = []
    queue = list(reversed(requests))
    guard = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with guard:
                if not queue:
                    break
                method, path, body = queue.pop()
            headers = {"Content-Type": "application/json"} if body else {}
            began = time.perf_counter()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            took = time.perf_counter() - began
            with guard:
                times.append(took)
                statuses.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, statuses, time.perf_counter() - began


def percentile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1] * 1000


def slots_row(server: Server, slug: str) -> str:
    """A month of an ordinary link, asked again and again."""
    today = datetime.datetime.fromtimestamp(server.clock.now(), datetime.UTC).date()
    span = f"from={today}&to={today + datetime.timedelta(days=30)}"
    path = f"/api/v1/public/links/{slug}/slots?{span}&timezone=Europe/Berlin"
    hammer(server.port, [("GET", path, None)] * 50, 4)
    before = cpu_seconds(server.process.child.pid)
    times, statuses, whole = hammer(server.port, [("GET", path, None)] * REQUESTS, 4)
    assert set(statuses) == {200}, f"statuses {set(statuses)}"
    cpu = (cpu_seconds(server.process.child.pid) - before) / REQUESTS * 1e6
    return (f"| {server.engine} | {cpu:.0f} µs | {percentile(times, 50):.1f} ms | {percentile(times, 99):.1f} ms "
            f"| {REQUESTS / whole:.0f}/s |")


def body(start: str) -> dict:
    """The link of the bench asks nothing, so nothing is answered."""
    return {name: value for name, value in contract.booking_body(start).items() if name != "answers"}


def confirm_row(server: Server, starts: list[str], clients: int) -> str:
    path = f"/api/v1/public/links/{SLUG}/bookings"
    requests = [("POST", path, json.dumps(body(start)).encode()) for start in starts]
    times, statuses, whole = hammer(server.port, requests, clients)
    assert set(statuses) == {201}, f"statuses {sorted(set(statuses))}"
    return (f"| {server.engine} | {clients} | {len(starts) / whole:.0f}/s | {percentile(times, 50):.1f} ms "
            f"| {percentile(times, 99):.1f} ms |")


def page_weight(server: Server, slug: str) -> str:
    """The first HTML of the booking page, as it travels, and its style sheet."""
    request = urllib.request.Request(server.local + contract.book(slug), headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        travelled = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    html = (gzip.decompress(travelled) if packed else travelled).decode()
    sheet = next(part.split('"')[0] for part in html.split('href="') if part.split('"')[0].endswith(".css"))
    css = urllib.request.Request(server.local + sheet, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(css, timeout=20) as answer:
        style = len(answer.read())
    return (f"HTML {len(html.encode()) / 1024:.1f} KB ({len(travelled) / 1024:.1f} KB as sent), "
            f"style sheet {style / 1024:.1f} KB as sent.")


def start_row(server: Server) -> str:
    """A second start on a migrated database, and the memory ten seconds later."""
    server.process.stop()
    began = time.perf_counter()
    server.start()
    ready = (time.perf_counter() - began) * 1000
    time.sleep(2 if QUICK else 10)
    return f"| {server.engine} | {ready:.0f} ms | {resident_megabytes(server.process.child.pid):.0f} MB |"


def measure(engine: str) -> dict:
    # The limits would answer 429 long before the machine is busy; they are widened, not removed.
    with Server(engine, settings={"WORKESTRA_RATE_FACTOR": "100000", "WORKESTRA_TEST_UNCHECKED": "1"}) as server:
        demo = server.demo()
        slug = demo["links"][0]["slug"]
        found = {"weight": page_weight(server, slug), "slots": slots_row(server, slug)}
        wide_link(server, demo["users"][0]["apiKey"])
        starts = contract.free_slots(server, SLUG, days=80)
        found["confirms"] = [confirm_row(server, starts[:CONFIRMS], 1),
                             confirm_row(server, starts[CONFIRMS:2 * CONFIRMS], 32)]
        assert contract.overlaps(server) == [], "overlapping bookings"
        found["start"] = start_row(server)
        return found


def document(found: dict[str, dict]) -> str:
    cores, memory = os.cpu_count(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    rows = list(found.values())
    return "\n".join([
        "# Performance", "",
        f"Written by `bin/bench` on {datetime.date.today()} at {commit or 'no commit'}: {cores} cores, "
        f"{memory:.0f} GB, {platform.system()} {platform.release().split('-')[0]}; clients, server and database "
        "on the same machine.", "",
        "## Slots over HTTP", "A month of the demo link, 4 clients; CPU is the server's own.", "",
        "| database | CPU for each request | p50 | p99 | rate |", "|---|---|---|---|---|",
        *[row["slots"] for row in rows], "", SLOTS, "",
        "## Durable confirms", f"{CONFIRMS} bookings of one host, each answered after its commit is on the disk.", "",
        "| database | clients | rate | p50 | p99 |", "|---|---|---|---|---|",
        *[line for row in rows for line in row["confirms"]], "",
        "## Weight of the booking page", rows[0]["weight"], "",
        "## Second start", "From the start of the process to the first ready answer, on a migrated database.", "",
        "| database | ready after | resident ten seconds later |", "|---|---|---|",
        *[row["start"] for row in rows], "",
    ])


if __name__ == "__main__":
    text = document({engine: measure(engine) for engine in ENGINES})
    pathlib.Path(sys.argv[1]).write_text(text)
    print(text)
