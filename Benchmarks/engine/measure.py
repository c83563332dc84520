#!/usr/bin/env python3
"""Counts the instructions of the engine beside those of the C program that does nothing but the arithmetic.

    python3 Benchmarks/engine/measure.py [--gate] [--only W1 W2] [--folder /tmp/engine-bench]

Both are built for plain x86-64 and read everything before counting begins; busy time is in order of time for the
engine, as the ledger's index hands it over, and as it stands in the file for C. Valgrind counts only inside the
function that answers, over several answers, and the middle one is taken from the difference of two counts, so that
what happens once (lazy initialisation) is left out. `--gate` exits with 1 above the bound of a workload.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATA = ROOT / "Tests/SchedulingTests/Data"
# Workload: the algorithm of the C program that it is compared with.
WORKLOADS = {"W1": "sweep", "W2": "sweep", "W3": "bitmap", "W4": "bitmap", "W5": "bitmap", "W6x": "sweep"}
BOUND = 1.5


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **options)


def instructions(function, *command):
    """Instructions inside `function` over a whole run."""
    out = run("valgrind", "--tool=callgrind", f"--toggle-collect={function}", "--callgrind-out-file=/dev/null",
              *command)
    return int(re.search(r"Collected : (\d+)", out.stderr).group(1))


def per_call(function, command):
    """What one more answer costs: seven answers less two, by five."""
    return (instructions(function, *command, 7) - instructions(function, *command, 2)) / 5


def build(folder):
    folder.mkdir(parents=True, exist_ok=True)
    run("gcc", "-O3", "-o", folder / "limit", ROOT / "Benchmarks/limit/limit.c")
    build = ["swift", "build", "-c", "release", "-j", "1", "--package-path", HERE, "--scratch-path", folder / "build"]
    run(*build)
    return pathlib.Path(run(*build, "--show-bin-path").stdout.strip()) / "enginebench"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--only", nargs="*", default=list(WORKLOADS), help="workloads")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/tmp/engine-bench"))
    parser.add_argument("--zoneinfo", default=os.environ.get("WORKESTRA_ZONEINFO", ROOT / "data/zoneinfo"))
    options = parser.parse_args()
    engine = build(options.folder)
    expected = json.loads((DATA / "expected.json").read_text())
    worst = 0.0
    print(f"{'':4} {'engine':>10} {'C':>10}        {'times':>5} {'engine ns':>10} {'C ns':>9}")
    for name in options.only:
        algorithm = WORKLOADS[name]
        copy = options.folder / f"{name}.json"
        copy.write_bytes((DATA / f"{name}.json").read_bytes())
        run(sys.executable, ROOT / "Benchmarks/limit/flat.py", copy)
        mine = [engine, options.zoneinfo, copy]
        answer = json.loads(run(*mine, 500).stdout)
        if answer["slots"] != len(expected[name]["slots"]):
            sys.exit(f"{name}: {answer['slots']} slots instead of {len(expected[name]['slots'])}")
        limit = [options.folder / "limit", copy.with_suffix(".txt"), algorithm]
        nanoseconds = re.search(r"median_ns=(\d+)", run(*limit, 500).stdout).group(1)
        ours, theirs = per_call("*engineAnswer*", mine), per_call(f"run_{algorithm}", limit)
        worst = max(worst, ours / theirs)
        print(f"{name:4} {ours:10.0f} {theirs:10.0f} {algorithm:6} {ours / theirs:5.2f} "
              f"{answer['median_ns']:10} {nanoseconds:>9}")
    if options.gate and worst > BOUND:
        sys.exit(f"{worst:.2f} times the C program is above {BOUND}")


if __name__ == "__main__":
    main()
