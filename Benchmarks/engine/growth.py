#!/usr/bin/env python3
"""How the engine's cost grows with hosts, days and busy time: instructions at 1, 10, 100 … times as much.

    python3 Benchmarks/engine/growth.py [--gate] [--folder /tmp/engine-bench]

A round-robin team whose hosts work nine to five in four zones, a slot each half hour. One size grows, the others stay.
The exponent of a row is log(cost / cost before) / log(size / size before): 1 is growth in proportion. Instructions do
not depend on what else the machine does; only the last line is a time. `--gate` exits with 1 where a cost grows faster
than in proportion by more than a twentieth, or when a year of a hundred hosts with 2,000 busy intervals each takes
100 ms or longer.
"""
import argparse
import json
import math
import os
import pathlib
import random
import sys

from measure import ROOT, build, instructions, run

DAY, START = 86_400, 1_804_464_000
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney"]
SIZES = {
    "hosts": [dict(hosts=count, days=31, busy=100) for count in (1, 10, 100, 1_000)],
    "days": [dict(hosts=10, days=days, busy=100) for days in (4, 37, 366)],
    "busy": [dict(hosts=10, days=31, busy=count) for count in (10, 100, 1_000, 10_000)],
}
MOST, LONGEST_MS = 1.05, 100


def scenario(hosts: int, days: int, busy: int) -> dict:
    """`busy` intervals for each host, of 15 to 90 minutes, in order of time as the ledger hands them over."""
    dice = random.Random(26)

    def host(number: int) -> dict:
        starts = sorted(START + 900 * dice.randrange(days * 96) for _ in range(busy))
        return {"id": number, "zone": ZONES[number % len(ZONES)], "overrides": {},
                "weekly": [[]] + [[[540, 1020]] for _ in range(5)] + [[]],
                "busy": [[start, start + 900 * dice.randint(1, 6)] for start in starts]}

    event = {"zone": "Europe/Berlin", "mode": "roundRobin", "durationMin": 30, "stepMin": 30, "offsetMin": 0,
             "bufferBeforeMin": 5, "bufferAfterMin": 5, "minNoticeMin": 120}
    return {"id": f"{hosts}x{days}x{busy}", "event": event, "now": START, "from": START, "to": START + days * DAY,
            "hosts": [host(number) for number in range(1, hosts + 1)]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/tmp/engine-bench"))
    parser.add_argument("--zoneinfo", default=os.environ.get("WORKESTRA_ZONEINFO", ROOT / "data/zoneinfo"))
    options = parser.parse_args()
    engine, file, worst = build(options.folder), options.folder / "growth.json", 0.0

    def write(**size: int) -> list:
        file.write_text(json.dumps(scenario(**size)))
        return [engine, options.zoneinfo, file]

    for grows, sizes in SIZES.items():
        print(f"{grows:>8} {'instructions':>14} {'slots':>6} exponent")
        before = None
        for size in sizes:
            command = write(**size)
            slots = json.loads(run(*command, 1).stdout)["slots"]
            cost = (instructions("*engineAnswer*", *command, 3) - instructions("*engineAnswer*", *command, 1)) / 2
            exponent = before and math.log(cost / before[1]) / math.log(size[grows] / before[0])
            print(f"{size[grows]:8} {cost:14,.0f} {slots:6} {f'{exponent:.2f}' if exponent else ''}", flush=True)
            worst, before = max(worst, exponent or 0), (size[grows], cost)
    year = json.loads(run(*write(hosts=100, days=366, busy=2_000), 21).stdout)
    took = year["median_ns"] / 1e6
    print(f"a year of 100 hosts with 2,000 busy intervals each: {year['slots']} slots in {took:.1f} ms")
    if options.gate and (worst > MOST or took >= LONGEST_MS):
        sys.exit(f"exponent {worst:.2f} of {MOST}, {took:.1f} ms of {LONGEST_MS}")


if __name__ == "__main__":
    main()
