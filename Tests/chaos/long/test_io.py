"""R-30: the n-th write or sync of the database fails; answers stay true, and after a failed sync the process ends."""
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

import lib
from crowd import Crowd, make_ground
from invariants import Facts, violations
from results import record

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261126"))
# Which write of its thread fails; the whole range is covered thinly, its start densely.
STEP = int(os.environ.get("WORKESTRA_STEP", "12"))
WRITES = sorted({1, 2, 3, 5, 8, *range(STEP, 301, STEP)})
LAST = int(os.environ.get("WORKESTRA_LAST", "300"))
SYNCS = [n for n in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 300) if n <= LAST]


class Fault:
    """strace beside the server: the n-th call of that name on the database's files fails."""

    def __init__(self, server, call: str, error: str, n: int):
        self.report = server.folder / "strace.log"
        self.report.unlink(missing_ok=True)
        paths = [word for end in ("", "-wal") for word in ("-P", str(server.store.path) + end)]
        self.child = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", str(self.report), *paths, "-e", f"trace={call}", "-e",
             f"inject={call}:error={error}:when={n}", "-p", str(server.process.child.pid)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not traced(server.process.child.pid):
            assert self.child.poll() is None and time.monotonic() < deadline, "strace did not attach"
            time.sleep(0.02)

    @property
    def count(self) -> int:
        return self.report.read_text(errors="replace").count("(INJECTED)") if self.report.exists() else 0

    def end(self) -> None:
        self.child.send_signal(signal.SIGINT)
        self.child.wait(20)


def traced(process: int) -> bool:
    """Whether every thread has a tracer."""
    statuses = pathlib.Path(f"/proc/{process}/task").glob("*/status")
    return all(not re.search(r"TracerPid:\s+0\b", status.read_text()) for status in statuses)


def under_fault(server, links: dict, call: str, error: str, n: int, limit: float = 25) -> tuple[Crowd, int]:
    """A small crowd until the fault has come, and a moment longer."""
    fault = Fault(server, call, error, n)
    crowd = Crowd(lambda: [server.port], links, clients=4, seed=SEED + n, name=f"{call}{error}{n}-").start()
    deadline = time.monotonic() + limit
    while not fault.count and server.process.running and time.monotonic() < deadline:
        time.sleep(0.03)
    time.sleep(0.3)
    if server.process.running:
        fault.end()
    else:
        fault.child.wait(20)
    crowd.stop()
    return crowd, fault.count


def judge(server, crowds: list[Crowd]) -> None:
    lib.settle(server, after_kill=True, limit=240)
    facts = Facts.of(server)
    for crowd in crowds:
        assert crowd.complaints(facts)[0] == []
    stored = {booking["attendee_email"] for booking in facts["booking"]}
    assert stored <= {visit.email for crowd in crowds for visit in crowd.visits if visit.status}
    assert violations(facts, server.clock.now()) == []
    assert server.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_write_that_fails_is_told_and_nothing_else_is_harmed(error):
    with lib.server("sqlite") as server:
        links, crowds, came = make_ground(server), [], 0
        for n in WRITES:
            crowd, count = under_fault(server, links, "pwrite64", error, n)
            assert server.process.running, server.process.tail()
            crowd.decide(server.port)
            assert crowd.strange == []
            crowds.append(crowd)
            came += count
        judge(server, crowds)
        told = sum(crowd.figures()["refused_for_now"] for crowd in crowds)
        assert came >= len(WRITES) * 0.8 and told > 0, (came, told)
        record("R-30", engine="sqlite", seed=SEED, fault=f"write {error}", rounds=len(WRITES), faults=came,
               refused_for_now=told, booked=sum(crowd.figures()["booked"] for crowd in crowds), lost=0, doubled=0)


def test_a_sync_that_fails_ends_the_process_at_once_and_is_not_tried_again():
    with lib.server("sqlite") as server:
        links, crowds = make_ground(server), []
        for n in SYNCS:
            crowd, count = under_fault(server, links, "fdatasync", "EIO", n, limit=120)
            assert count == 1, f"{count} faults at sync {n}"
            assert server.process.child.wait(10) == 1, server.process.tail()
            assert "the disk failed to sync the database" in server.process.tail()
            # Nothing was synced after the failure: the process had ended.
            calls = (server.folder / "strace.log").read_text().splitlines()
            after = calls[[index for index, line in enumerate(calls) if "INJECTED" in line][0] + 1:]
            assert [line for line in after if "fdatasync" in line and "= 0" in line] == []
            server.start()
            crowd.decide(server.port)
            crowds.append(crowd)
        judge(server, crowds)
        record("R-30", engine="sqlite", seed=SEED, fault="sync EIO", rounds=len(SYNCS), faults=len(SYNCS),
               kills=len(SYNCS), booked=sum(crowd.figures()["booked"] for crowd in crowds), lost=0, doubled=0)
