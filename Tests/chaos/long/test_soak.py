"""R-45 and its negative controls: a run that leaks is told from one that does not. The long run is `soak.py` itself."""
import os
import pathlib

import pytest

import drawing
import harness
import soak
from results import record

# `WORKESTRA_SOAK_MINUTES=120` for the run that the reliability table shows.
MINUTES = float(os.environ.get("WORKESTRA_SOAK_MINUTES", "10"))
SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261124"))


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_hours_of_mixed_use_leave_memory_files_and_threads_level(engine):
    out = pathlib.Path(os.environ.get("WORKESTRA_LOGS", harness.ROOT / ".build/logs")) / f"soak-{engine}"
    found = soak.soak(out, engine, MINUTES, rate=15, seed=SEED)
    print(found)
    assert found["wrong"] == [] and found["failures"] == 0, found["complaints"]
    if MINUTES < 60:
        return  # a process is warm after half an hour; before that only what is wrong can be judged
    assert found["rss_mb_an_hour"] <= 1 and abs(found["fds_an_hour"]) < 2 and abs(found["threads_an_hour"]) < 2
    record("R-45", engine=engine, seed=SEED, minutes=MINUTES, rss_mb_an_hour=found["rss_mb_an_hour"],
           wal_mb_most=found["wal_mb_most"], p95_drift=found["p95_drift"], requests=found["requests"],
           lost=0, doubled=0)


def series(climb: float) -> list[dict]:
    """Two hours of samples: a process that warms up for twenty minutes and then climbs by so many MB an hour."""
    return [{"seconds": at, "rss_mb": 60 + min(at, 1_200) / 60 + climb * at / 3600 + (at % 7) / 10,
             "own_mb": 20 + climb * at / 3600, "fds": 30, "threads": 12, "wal_mb": 4, "p95_ms": 20, "requests": at,
             "failures": 0} for at in range(0, 7_200, 10)]


def test_a_leak_of_two_megabytes_an_hour_is_told_from_none():
    assert abs(soak.verdict(series(0), 1_800)["rss_mb_an_hour"]) < 0.1
    assert 1.9 < soak.verdict(series(2), 1_800)["rss_mb_an_hour"] < 2.1
    assert soak.verdict(series(2), 1_800)["own_mb_an_hour"] == 2
    # Judged from the start, warming up would look like a leak.
    assert soak.verdict(series(0), 0)["rss_mb_an_hour"] > 1


def test_the_picture_has_a_curve_for_each_column():
    assert drawing.lines(series(1), "seconds", ["rss_mb", "fds"]).count("<polyline") == 2
    assert drawing.lines([], "seconds", ["rss_mb"]).count("<polyline") == 1
