"""R-13 and R-49: PostgreSQL killed again and again under load; a primary that dies and a replica that takes over."""
import os
import random
import time
import urllib.parse

import pytest

import harness
import lib
from cluster import Cluster, servers_on, several
from crowd import Crowd, make_ground
from invariants import Facts, violations
from results import record

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261126"))
ROUNDS = int(os.environ.get("WORKESTRA_ROUNDS", "20"))


@pytest.fixture
def cluster():
    with Cluster() as made:
        made.init().start()
        with servers_on(made):
            yield made


def until_ready(server, limit: float) -> float:
    began = time.monotonic()
    while not lib.Client(server.port).ready():
        assert server.process.running and time.monotonic() - began < limit, server.process.tail()
        time.sleep(0.05)
    return time.monotonic() - began


def judge(crowd: Crowd, server) -> None:
    assert crowd.strange == []
    lib.settle(server, after_kill=True, limit=240)
    facts = Facts.of(server)
    assert crowd.complaints(facts) == ([], [])
    assert violations(facts, server.clock.now()) == []


def test_killing_postgresql_loses_nothing_and_the_server_comes_back_by_itself(cluster):
    dice, back = random.Random(SEED), []
    with lib.server("postgres") as server:
        process = server.process.child.pid
        links = make_ground(server)
        crowd = Crowd(lambda: [server.port], links, clients=30, seed=SEED, pause=0.05).start()
        for _ in range(ROUNDS):
            time.sleep(dice.uniform(0.5, 2))
            cluster.kill()
            time.sleep(dice.uniform(0.1, 1))
            assert not lib.Client(server.port).ready()
            assert lib.Client(server.port).call("GET", "/livez").status == 200
            cluster.start()
            back.append(until_ready(server, 30))
        time.sleep(1)
        crowd.stop()
        undecided = crowd.decide(server.port)
        judge(crowd, server)
        assert server.process.child.pid == process and server.process.running
        figures = crowd.figures()
        assert figures["refused_for_now"] > 0 and figures["booked"] > ROUNDS, figures
        assert max(back) <= 10, back
        assert lib.unclean(server.process.log.read_text(errors="replace")) == []
        record("R-13", engine="postgres", seed=SEED, rounds=ROUNDS, kills=ROUNDS, **figures, undecided=undecided,
               back_s=round(max(back), 2), lost=0, doubled=0)


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_a_server_that_may_lose_commits_is_refused(cluster, setting):
    with lib.server("postgres") as server:
        server.process.stop()
        with cluster.connect() as connection:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)
        refused = server.environment | {"WORKESTRA_ENV": "production"}
        refused.pop("WORKESTRA_CLOCK_FILE")
        refused.pop("WORKESTRA_RATE_FACTOR")
        process = harness.Process(["serve", "--port", str(server.port)], refused, server.folder / "refused.log")
        assert process.child.wait(20) == 1, process.tail()
        assert f"{setting} is off: a crash could lose bookings that were confirmed" in process.tail()
        with cluster.connect() as connection:
            connection.execute("ALTER SYSTEM RESET ALL")
            connection.execute("SELECT pg_reload_conf()")
        server.start()


def until_there(replica: Cluster, url: str) -> None:
    """Until the replica has the new database: a commit waits until it is written there, not until it is seen."""
    name = urllib.parse.urlsplit(url).path.lstrip("/")
    with replica.connect() as connection:
        while not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            time.sleep(0.05)


def test_a_synchronous_replica_takes_over_and_nothing_is_lost():
    kills = int(os.environ.get("WORKESTRA_FAILOVERS", "3"))
    dice, back = random.Random(SEED), []
    booked = 0
    for number in range(kills):
        with Cluster() as primary, Cluster() as replica:
            primary.init().start()
            replica.follow(primary, "replica").start()
            with primary.connect() as connection:
                connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'replica'")
                connection.execute("SELECT pg_reload_conf()")
            with servers_on(primary):
                server = lib.server("postgres")
                until_there(replica, server.store.url)
                # The replica first, so that the server has to see that it only reads.
                server.environment["DATABASE_URL"] = several(server.store.url, replica, primary)
                with server:
                    links = make_ground(server)
                    crowd = Crowd(lambda: [server.port], links, clients=30, seed=SEED + number, pause=0.05).start()
                    time.sleep(dice.uniform(3, 5))
                    primary.kill()
                    died = time.monotonic()
                    time.sleep(dice.uniform(0.5, 2))
                    replica.promote()
                    until_ready(server, 60)
                    back.append(time.monotonic() - died)
                    time.sleep(2)
                    crowd.stop()
                    server.store.url = server.store.url.replace(str(primary.port), str(replica.port))
                    crowd.decide(server.port)
                    judge(crowd, server)
                    booked += crowd.figures()["booked"]
                    # The server's Store drops its database where it is now.
                    harness.POSTGRES = replica.url
    assert max(back) <= 15, back
    record("R-49", engine="postgres", seed=SEED, rounds=kills, kills=kills, booked=booked,
           back_s=round(max(back), 1), lost=0, doubled=0)
