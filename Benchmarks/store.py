#!/usr/bin/env python3
"""What a confirm costs at the store, beside bare programs that run the same statements.

usage: store.py heading | sqlite | postgres | postgres-slow [--quick]
Prints rows of a table in Markdown. `postgres-slow` says that the server's syncs take 4 ms longer (see bin/bench). The
base of all runs is a database of 32 hosts with some bookings; each run gets a copy, and ours and the bare program's
take turns, so that a noisy minute meets both.
"""
import dataclasses
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

import pgscript
import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[1]
BENCH = pathlib.Path(os.environ.get("BENCH_STORE", ROOT / ".build/release/BenchStore"))
QUICK = "--quick" in sys.argv
HOSTS = 32
ROUNDS = 1 if QUICK else 3
COUNT = {1: 200 if QUICK else 500, 32: 640 if QUICK else 2560}
SLOW = "4000"


@dataclasses.dataclass
class Figures:
    """The median over the rounds: confirms in a second, CPU of each in µs, time of each in µs."""
    rate: float
    cpu: float
    p50: float

    @classmethod
    def of(cls, runs: list[dict]) -> "Figures":
        return cls(statistics.median(run["confirms"] / run["seconds"] for run in runs),
                   statistics.median(run["cpu_us"] for run in runs), statistics.median(run["p50_us"] for run in runs))


def run(*words, environment: dict | None = None) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=600,
                          env=os.environ | (environment or {}))
    if done.returncode:
        raise SystemExit(f"{words[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def confirms(url: str, clients: int, hosts: int, *, count: int, trace="", environment=None) -> dict:
    words = [BENCH, "confirm", url, clients, hosts, count] + ([trace] if trace else [])
    return json.loads(run(*words, environment=environment))


def line(database: str, disk: str, clients: int, hosts: int, ours: Figures, beside: str = "") -> None:
    assert disk == "as it is" or ours.p50 >= 4000, f"{ours}: the disk is not slow, so the preloaded file was not read"
    print(f"| {database} | {disk} | {clients} | {hosts} | {ours.rate:.0f}/s | {ours.p50 / 1000:.2f} ms "
          f"| {ours.cpu:.0f} µs | {beside} |", flush=True)


def compiled(folder: pathlib.Path, source: str, *options: str) -> pathlib.Path:
    made = folder / source.removesuffix(".c")
    run("cc", "-O2", "-Wall", "-o", made, ROOT / "Benchmarks" / source, *options)
    return made


def sqlite(folder: pathlib.Path) -> None:
    replay = compiled(folder, "store-replay.c", "-lsqlite3")
    slow = {"LD_PRELOAD": str(compiled(folder, "store-slow-sync.c", "-shared", "-fPIC", "-ldl")), "SLOW_SYNC_US": SLOW}
    base, copy, trace = folder / "base.db", folder / "copy.db", folder / "trace"
    run(BENCH, "prepare", f"sqlite:{base}", HOSTS)
    confirms(f"sqlite:{base}", 8, HOSTS, count=1920)

    def fresh() -> str:
        for file in folder.glob("copy.db*"):
            file.unlink()
        shutil.copyfile(base, copy)
        return f"sqlite:{copy}"

    confirms(fresh(), 1, 1, count=50 + COUNT[1], trace=trace)
    ours, bare, plain = [], [], []
    for _ in range(ROUNDS):
        ours.append(confirms(fresh(), 1, 1, count=COUNT[1]))
        for runs, settings in [(bare, []), (plain, ["plain"])]:
            fresh()
            runs.append(json.loads(run(replay, copy, trace, 50, *settings)))
    one, bare, plain = Figures.of(ours), Figures.of(bare), Figures.of(plain)
    line("sqlite", "as it is", 1, 1, one, f"bare C: {bare.p50 / 1000:.2f} ms, {bare.cpu:.0f} µs; time "
         f"× {one.p50 / bare.p50:.2f}; with SQLite's own settings {plain.p50 / 1000:.2f} ms, {plain.cpu:.0f} µs; "
         f"× {one.p50 / plain.p50:.2f}")
    for disk, environment in [("as it is", {}), ("+ 4 ms", slow)]:
        if environment:
            one = Figures.of([confirms(fresh(), 1, 1, count=COUNT[1], environment=slow) for _ in range(ROUNDS)])
            line("sqlite", disk, 1, 1, one)
        for hosts in [1, HOSTS]:
            many = Figures.of([confirms(fresh(), 32, hosts, count=COUNT[32], environment=environment)
                               for _ in range(ROUNDS)])
            line("sqlite", disk, 32, hosts, many, f"rate × {many.rate / one.rate:.1f} of one client")


class Postgres:
    """Databases on the server that WORKESTRA_TEST_POSTGRES names."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.server = os.environ["WORKESTRA_TEST_POSTGRES"]
        self.made: list[str] = []

    def url(self, name: str) -> str:
        return re.sub(r"/[^/]*$", f"/{name}", self.server)

    def administer(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)

    def create(self, name: str, template: str = "") -> str:
        self.administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.administer(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        self.made.append(name)
        return self.url(name)

    def base(self) -> None:
        url = self.create("bench_base")
        run(BENCH, "prepare", url, HOSTS)
        confirms(url, 8, HOSTS, count=1920)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def copy(self) -> str:
        return self.create("bench_copy", "bench_base")

    def pgbench(self, script: pathlib.Path, clients: int, count: int) -> dict:
        told = run("pgbench", "-n", "-M", "prepared", "-c", clients, "-j", min(2, clients), "-t", count // clients,
                   "-D", "c=0", "-f", script, self.copy())
        rate = float(re.search(r"tps = ([\d.]+)", told).group(1))
        failed = int(re.search(r"failed transactions: (\d+)", told).group(1))
        assert failed == 0, told
        return {"confirms": count, "seconds": count / rate, "cpu_us": 0, "p50_us": clients * 1e6 / rate}

    def close(self) -> None:
        for name in set(self.made):
            self.administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def postgres(folder: pathlib.Path, disk: str) -> None:
    server = Postgres(folder)
    try:
        server.base()
        trace = folder / "trace"
        confirms(server.copy(), 1, HOSTS, count=2 * HOSTS, trace=trace)
        read = pgscript.confirms(trace.read_bytes())
        for clients, hosts in [(1, 1), (1, HOSTS), (32, 1), (32, HOSTS)]:
            script = folder / f"script{hosts}"
            script.write_text(pgscript.script(read, hosts, clients))
            ours, bare = [], []
            for _ in range(ROUNDS):
                ours.append(confirms(server.copy(), clients, hosts, count=COUNT[clients]))
                bare.append(server.pgbench(script, clients, COUNT[clients]))
            ours, bare = Figures.of(ours), Figures.of(bare)
            line("postgres", disk, clients, hosts, ours,
                 f"pgbench: {bare.rate:.0f}/s; rate × {ours.rate / bare.rate:.2f} of it")
    finally:
        server.close()


HEADING = """
## A confirm at the store
The use case that books, on a real database, without HTTP: 32 hosts with an ordinary link each and some 60 bookings. CPU
is that of our process for each confirm, in the kernel and out of it. The bare programs run the statements of the same
confirms: in C with SQLite's library, statements prepared once, the same settings and commits; pgbench with prepared
statements and as many clients. Disk "+ 4 ms": each sync takes 4 ms longer.

| database | disk | clients | hosts | rate | p50 | CPU | beside |
|---|---|---|---|---|---|---|---|
"""

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="workestra-bench-", dir=os.environ.get("BENCH_FOLDER")) as place:
        match sys.argv[1]:
            case "heading": print(HEADING, end="")
            case "sqlite": sqlite(pathlib.Path(place))
            case "postgres": postgres(pathlib.Path(place), "as it is")
            case "postgres-slow": postgres(pathlib.Path(place), "+ 4 ms")
