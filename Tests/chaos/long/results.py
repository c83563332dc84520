"""Where a long test leaves its figures: `record("R-11", engine="sqlite", seed=7, rounds=200, lost=0, doubled=0)`.

It prints one line, "R-11 engine sqlite seed 7 rounds 200 lost 0 doubled 0", and adds the same as a line of JSON to the
file named by WORKESTRA_RESULTS (without it: .build/logs/reliability.jsonl). `bin/chaos` makes the table of
docs/reliability.md from that file, the newest line of each id and engine. Call it once at the end of a test, after
everything was checked: what is recorded has passed. Figures are numbers, with the unit last in the name
(`ready_ms`, `wal_mb`), or short words.
"""
import datetime
import json
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]


def record(id: str, **figures) -> None:
    path = pathlib.Path(os.environ.get("WORKESTRA_RESULTS", ROOT / ".build/logs/reliability.jsonl"))
    path.parent.mkdir(parents=True, exist_ok=True)
    line = {"id": id, "date": datetime.date.today().isoformat()} | figures
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")
    print(" ".join([id, *(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())]))
