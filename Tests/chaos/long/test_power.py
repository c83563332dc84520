"""R-29: the power fails. What was answered is on the disk, and without real syncs this very test sees the loss."""
import os
import pathlib
import random
import time

import pytest

import lib
from cluster import Cluster, servers_on
from crowd import Crowd, make_ground
from images import Disk
from invariants import Facts, violations
from results import record

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261126"))
ROUNDS = int(os.environ.get("WORKESTRA_ROUNDS", "30"))
POSTGRES_ROUNDS = int(os.environ.get("WORKESTRA_POSTGRES_ROUNDS", "10"))
# Makes every sync a lie: the negative control.
NO_SYNC = next(pathlib.Path("/usr/lib").glob("*/libeatmydata.so*"), None)


def settled(server, crowd: Crowd) -> tuple[list[str], list[str]]:
    """What is missing and what is wrong after the power came back."""
    # Before anything is asked again: a key that was lost would be done anew, and nobody would see that it had been.
    told = [visit for visit in crowd.visits if visit.status]
    facts = Facts.of(server)
    by = {booking["attendee_email"]: booking for booking in facts["booking"]}
    undecided = {wish.visit.email for wish in crowd.open}
    lost = [visit.email for visit in told if visit.email not in undecided and (
        visit.email not in by or (by[visit.email]["status"], by[visit.email]["starts"])
        != (visit.status, lib.seconds(visit.start)))]
    if lost:
        return lost, []
    crowd.decide(server.port)
    lib.settle(server, after_kill=True, limit=120)
    facts = Facts.of(server)
    return [], [*crowd.complaints(facts)[0], *crowd.complaints(facts)[1], *violations(facts, server.clock.now())]


def cut_sqlite(seed: int, preload: str = "") -> tuple[list[str], list[str], int]:
    """One power cut: the server dies, and what its disk holds at that moment goes on under another server."""
    dice = random.Random(seed)
    with Disk() as disk:
        server = lib.server("sqlite", settings={"LD_PRELOAD": preload} if preload else {})
        try:
            server.environment["DATABASE_URL"] = f"sqlite:{disk.folder}/workestra.sqlite"
            server.store.path = disk.folder / "workestra.sqlite"
            server.start()
            links = make_ground(server, hosts=4, days=20)
            # The ground itself has to be there, or the loss would not be the test's: also without syncs.
            os.sync()
            crowd = Crowd(lambda: [server.port], links, clients=8, seed=seed).start()
            time.sleep(dice.uniform(0.5, 2.5))
            server.process.kill()
            with disk.snapshot() as left:
                crowd.stop()
                server.environment["DATABASE_URL"] = f"sqlite:{left.folder}/workestra.sqlite"
                server.environment.pop("LD_PRELOAD", None)
                server.store.path = left.folder / "workestra.sqlite"
                server.start()
                sound = server.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
                lost, wrong = settled(server, crowd)
                server.process.stop()
            booked = sum(visit.status is not None for visit in crowd.visits)
            return lost, wrong + ([] if sound else ["integrity"]), booked
        finally:
            server.close()


def test_power_cuts_lose_nothing_on_sqlite():
    booked = 0
    for number in range(ROUNDS):
        lost, wrong, told = cut_sqlite(SEED + number)
        assert (lost, wrong) == ([], []), f"seed {SEED + number}"
        booked += told
    assert booked > ROUNDS
    record("R-29", engine="sqlite", seed=SEED, rounds=ROUNDS, kills=ROUNDS, booked=booked, lost=0, doubled=0)


@pytest.mark.skipif(NO_SYNC is None, reason="libeatmydata is not installed; bin/setup --chaos installs it")
def test_without_real_syncs_the_loss_is_seen():
    """The negative control: the same power cut, but every sync returns at once and does nothing."""
    lost, wrong, told = cut_sqlite(SEED, preload=str(NO_SYNC))
    print(f"R-29 without syncs: {len(lost)} of {told} lost")
    assert lost and told


def test_power_cuts_lose_nothing_on_postgresql():
    booked, dice = 0, random.Random(SEED)
    for number in range(POSTGRES_ROUNDS):
        with Disk() as disk:
            data = disk.folder / "cluster"
            data.mkdir()
            with Cluster(folder=data) as cluster:
                cluster.init().start()
                with servers_on(cluster), lib.server("postgres") as server:
                    links = make_ground(server, hosts=4, days=20)
                    # initdb itself may lose what it made.
                    os.sync()
                    crowd = Crowd(lambda: [server.port], links, clients=8, seed=SEED + number).start()
                    time.sleep(dice.uniform(0.5, 2.5))
                    cluster.kill()
                    with disk.snapshot() as left:
                        crowd.stop()
                        other = Cluster(folder=left.folder / "cluster")
                        other.port = cluster.port
                        (other.data / "postmaster.pid").unlink(missing_ok=True)
                        other.start()
                        until = time.monotonic() + 20
                        while not lib.Client(server.port).ready():
                            assert time.monotonic() < until, server.process.tail()
                            time.sleep(0.1)
                        assert settled(server, crowd) == ([], []), f"seed {SEED + number}"
                        server.process.stop()
                        server.store.drop()
                        other.stop()
                        other.close()
                    booked += sum(visit.status is not None for visit in crowd.visits)
                    # What its fixture would drop is gone with the disk.
                    server.store.drop = lambda: None
    record("R-29", engine="postgres", seed=SEED, rounds=POSTGRES_ROUNDS, kills=POSTGRES_ROUNDS, booked=booked, lost=0,
           doubled=0)
