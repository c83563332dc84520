"""Server time of every page that visitors meet, warm: a poll of 40 options and 50 voters, forms and all the rest.

    Benchmarks/pages.py [--engine sqlite|postgres] [--rounds 400]

Prints median and 99th percentile of the time until the whole answer is there, and the server's processor time for one.
For PostgreSQL, WORKESTRA_TEST_POSTGRES names a server. The binary is WORKESTRA_BIN, or the debug build.
"""
import argparse
import gc
import os
import pathlib
import sys

import psycopg

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / folder) for folder in ("Tests/browser", "Benchmarks")]

from harness import Server  # noqa: E402
from seed import measure  # noqa: E402
from visited import Visited  # noqa: E402

# What we want of each page.
MOST_MS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=400)
    asked = parser.parse_args()
    # Lists are not compared with ones that are read anew, as they are in tests.
    settings = {"WORKESTRA_RATE_FACTOR": "100000", "WORKESTRA_TEST_UNCHECKED": "1"}
    with Server(asked.engine, settings=settings, like="migrated") as server:
        paths = Visited(server, options=40, voters=50).paths
        server.wait_for_jobs()
        if asked.engine == "postgres":
            # What the server does by itself within a minute; until then it plans for empty tables.
            with psycopg.connect(server.store.url, autocommit=True) as connection:
                connection.execute("ANALYZE")
        # It answers 404, and is measured by nobody's wish.
        del paths["not found"]
        gc.freeze()
        gc.disable()
        print(f"{asked.engine}, {asked.rounds} rounds, load {os.getloadavg()[0]:.1f}")
        print(f"{'page':30}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>9}{'bytes':>9}")
        for name, path in paths.items():
            half, most, used, size = measure(server, "", path, asked.rounds)
            slow = "  slower than wanted" if most > MOST_MS else ""
            print(f"{name:30}{half:9.1f}{most:9.1f}{used:9.1f}{size:9}{slow}", flush=True)


if __name__ == "__main__":
    main()
