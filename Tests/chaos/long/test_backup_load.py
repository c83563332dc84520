"""R-34 and R-35: a backup of 100,000 bookings at fifty bookings a second, and an old copy that comes back to life."""
import os
import pathlib
import resource
import subprocess
import sys
import threading
import time

import pytest

import harness
import lib
import piles
from invariants import Facts, violations
from results import ROOT, record
from test_backup import PASSPHRASE, backup, elsewhere
from test_files import Sitter, expect_sound, files, png
from test_webhooks import Hooks
from web_server import Receiver

sys.path.insert(0, str(ROOT / "Benchmarks"))
from seed import Seed  # noqa: E402

SEEDED = int(os.environ.get("WORKESTRA_SEEDED", "100000"))
# A second; fewer on a machine that has other work, and then the row says so.
RATE, THREADS = float(os.environ.get("WORKESTRA_RATE", "50")), 24


class Load:
    """So many bookings a second, whether those before are answered or not; each with when it was due and answered."""

    def __init__(self, running, slots: list[tuple[str, str]]):
        self.running, self.slots, self.told, self.over = running, slots, [], threading.Event()
        self.guard, self.next = threading.Lock(), 0
        self.threads = [threading.Thread(target=self._book, daemon=True) for _ in range(THREADS)]

    def _book(self) -> None:
        client = lib.Client(self.running.port)
        while not self.over.is_set():
            with self.guard:
                number, self.next = self.next, self.next + 1
            due = self.began + number / RATE
            if self.over.wait(max(0, due - time.monotonic())):
                return
            slug, start = self.slots[number]
            reply = client.call("POST", f"/api/v1/public/links/{slug}/bookings",
                                lib.wish(start, f"load{number}@example.com"))
            assert reply.status == 201, reply.text
            self.told.append((due, time.monotonic(), reply.json["id"]))

    def __enter__(self):
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def waits(self, since: float, until: float) -> list[float]:
        """Of those that were due in that time, from then to the answer; sorted."""
        return sorted(answered - due for due, answered, _ in list(self.told) if since <= due < until)


def of(facts: Facts, workspace: str) -> Facts:
    """What belongs to one workspace: the seed's rows are made up and have no ledger."""
    return Facts({table: [row for row in rows if row.get("workspace") == workspace]
                  for table, rows in facts.tables.items()})


def restore(copy, file: pathlib.Path) -> tuple[float, float]:
    """Seconds by the clock, and of processors: what a busy machine does not falsify."""
    began, used = time.monotonic(), processors()
    subprocess.run([harness.BINARY, "restore", str(file)], env=copy.environment | PASSPHRASE, check=True,
                   stdin=subprocess.DEVNULL, capture_output=True, timeout=600)
    return time.monotonic() - began, processors() - used


def processors() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def at_the_time_of(copy, running, hours: int = 0) -> None:
    """Sets the clock of a copy, so many hours later."""
    copy.clock.shift = running.clock.shift
    copy.clock.advance(hours=hours)


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_a_backup_of_a_hundred_thousand_bookings_holds_no_writer_up(engine, tmp_path):
    with lib.server(engine) as running:
        running.demo()
        seed = Seed(running, SEEDED)
        seed.write(running)
        place, slots = piles.make_ground(running, "Busy", hosts=8)
        sitter = Sitter(running, place.owner)
        assert sitter.upload(png(7)).status == 303
        file = tmp_path / "saved.tar"
        with Load(running, slots) as load:
            time.sleep(12)
            began = time.monotonic()
            backup(running, file)
            ended = time.monotonic()
            time.sleep(3)
        usual, during = load.waits(load.began + 2, began), load.waits(began, ended)
        quick, slow = usual[len(usual) * 99 // 100], during[len(during) * 99 // 100]
        with elsewhere(engine) as copy:
            at_the_time_of(copy, running)
            took, used = restore(copy, file)
            copy.start()
            stored = {row["id"] for row in copy.rows("SELECT id FROM booking WHERE workspace = ?", place.id)}
            before = [id for _, answered, id in load.told if answered < began]
            print(f"backup on {engine}: {file.stat().st_size >> 20} MB in {ended - began:.1f} s beside {len(during)} "
                  f"bookings, p99 {slow:.3f} s worst {during[-1]:.3f} s, before p99 {quick:.3f} worst "
                  f"{usual[-1]:.3f} s; restored in {took:.1f} s (processors {used:.1f} s), {len(stored)} of "
                  f"{len(load.told)} are in it")
            assert set(before) <= stored <= {id for _, _, id in load.told} and before
            assert copy.rows("SELECT count(*) AS n FROM booking")[0]["n"] >= SEEDED + len(before)
            assert files(copy) == files(running) == {sitter.shown}
            expect_sound(copy)
            copy.command("restore", "--confirm")
            lib.settle(copy, limit=60)
            assert violations(of(Facts.of(copy), place.id), copy.clock.now()) == []
        if quick > 0.2:
            pytest.skip(f"too busy for {RATE:.0f} bookings a second: p99 {quick:.1f} s without a backup")
        assert took <= 60, f"{used:.0f} s of processors"
        assert during[-1] <= max(usual[-1], 0.05) + 0.2, "writers stood still"
        record("R-34", engine=engine, seed=26, what=f"backup at {RATE:.0f} bookings a second", rounds=SEEDED,
               booked=len(load.told), lost=0, doubled=0, backup_s=round(ended - began, 1),
               backup_mb=file.stat().st_size >> 20, worst_ms=round(1000 * during[-1]),
               worst_before_ms=round(1000 * usual[-1]), restored_s=round(took, 1), restore_cpu_s=round(used, 1))


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_a_copy_of_six_hours_ago_comes_back_without_a_storm(engine, tmp_path):
    """A thousand bookings had their mails and calls before them when it was saved; whoever lived on has made these."""
    with Receiver("127.0.0.1") as receiver, lib.server(engine) as running:
        hooks = Hooks(running, "Old", receiver)
        hooks.add("/old")
        _, slots = piles.make_ground(running, "Storm", hosts=4)
        piles.serve(running, "--no-worker")
        piles.book(running, slots[:1_000], "storm")
        hooks.client = lib.Client(running.port, key=hooks.place.owner.key)
        waiting = hooks.book()
        left = piles.left(running)
        assert left == 2_003
        running.process.stop()
        file = tmp_path / "saved.tar"
        backup(running, file)
        with elsewhere(engine) as copy:
            copy.environment["WORKESTRA_EGRESS_ALLOW"] = "127.0.0.0/8"
            at_the_time_of(copy, running, hours=6)
            restore(copy, file)
            copy.start()
            slug, start = slots[2_000]
            made = lib.Client(copy.port).call("POST", f"/api/v1/public/links/{slug}/bookings",
                                              lib.wish(start, "after@example.com"))
            assert made.status == 201, made.text
            assert lib.Client(copy.port).call("GET", f"/booking/{waiting['token']}").status == 200
            time.sleep(8)
            assert copy.mail.mails == [] and receiver.requests == []
            told = copy.command("restore", "--confirm").stdout
            lib.settle(copy, limit=60)
            time.sleep(2)
            assert len(copy.mail.mails) == 2 and len(copy.mail.to("after@example.com")) == 1
            assert receiver.requests == [], "a webhook of before the copy was called"
            skipped = copy.rows("SELECT count(*) AS n FROM job WHERE state = 'skipped'")[0]["n"]
            print(f"an old copy on {engine}: {left} jobs waited, {skipped} skipped, told: {told.strip()}")
            assert skipped == left
            assert violations(Facts.of(copy), copy.clock.now()) == []
            # It stays so after the next start, and what comes afterwards goes out.
            copy.restart()
            slug, start = slots[2_001]
            lib.Client(copy.port).call("POST", f"/api/v1/public/links/{slug}/bookings",
                                       lib.wish(start, "later@example.com"))
            lib.settle(copy, limit=60)
            assert len(copy.mail.mails) == 4 and receiver.requests == []
        record("R-35", engine=engine, seed=0, rounds=left, booked=1_001, lost=0, doubled=0, skipped=skipped, sent=4)
