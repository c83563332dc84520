"""R-48: two nodes and a worker on one PostgreSQL behind HAProxy; one is killed, one loses the database."""
import collections
import os
import random
import threading
import time

import pytest

import harness
import lib
from balancer import Balancer
from cluster import Cluster, servers_on
from crowd import Crowd, make_ground
from faults import Room
from invariants import Facts, violations
from ports import free_port
from results import record

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261126"))
# How long each stretch of the story takes, in seconds.
STRETCH = float(os.environ.get("WORKESTRA_STRETCH", "8"))


@pytest.fixture
def first():
    """The first node, on a durable PostgreSQL of its own."""
    with Cluster() as cluster:
        cluster.init().start()
        with servers_on(cluster), lib.server("postgres") as server:
            server.cluster = cluster
            yield server


class Node:
    """Another process of the program on the first one's database, in a room of its own."""

    def __init__(self, first, room: Room, arguments: list[str], name: str):
        cluster = first.cluster
        environment = first.environment | {
            "DATABASE_URL": first.store.url.replace("127.0.0.1", room.outside),
        }
        assert f":{cluster.port}/" in environment["DATABASE_URL"]
        self.address = (room.inside, free_port())
        if arguments == ["serve"]:
            arguments = ["serve", "--host", room.inside, "--port", str(self.address[1])]
        self.arguments, self.environment, self.log = arguments, environment, first.folder / f"{name}.log"
        self.within = ["ip", "netns", "exec", room.name]
        self.start()

    def start(self) -> None:
        self.process = harness.Process(self.arguments, self.environment, self.log, within=self.within)
        if self.arguments[0] == "serve":
            wait_until(lambda: self.ready, 20)

    @property
    def ready(self) -> bool:
        return lib.Client(self.address).ready()

    def kill(self) -> None:
        self.process.kill()

    def __enter__(self) -> "Node":
        return self

    def __exit__(self, *_) -> None:
        self.kill()


def wait_until(check, limit: float) -> float:
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < limit, f"not within {limit} s"
        time.sleep(0.05)
    return time.monotonic() - began


def ask_alone(node: Node, links: dict, seconds: float) -> list[tuple[int, float, dict]]:
    """What a node answers that can no longer reach the database: status, time and headers of every call."""
    found, end = [], time.monotonic() + seconds

    def ask(number: int) -> None:
        turn, slug = 0, list(links)[number % len(links)]
        while time.monotonic() < end:
            turn += 1
            body = lib.wish(links[slug][-1 - turn], f"alone{number}-{turn}@example.com")
            began = time.monotonic()
            reply = lib.Client(node.address).call("POST", f"/api/v1/public/links/{slug}/bookings", body)
            found.append((reply.status, time.monotonic() - began, reply.headers))
            time.sleep(0.1)

    lib.together(*[lambda number=number: ask(number) for number in range(16)])
    return found


def test_one_node_killed_and_one_cut_off_lose_nothing(first):
    dice = random.Random(SEED)
    links = make_ground(first)
    with Room() as room:
        with (room.mirror(first.mail.port), Node(first, room, ["serve"], "second") as second,
              Node(first, room, ["worker"], "worker") as worker,
              Balancer(first.folder, [("127.0.0.1", first.port), second.address]) as balancer):
            figures = story(first, second, worker, room, balancer, links, dice)
            for node in (second, worker):
                assert node.process.stop() == 0
        for log in (second.log, worker.log, first.process.log):
            assert lib.unclean(log.read_text(errors="replace").replace("the lease was lost", "")) == []
    print(figures)


def story(first, second, worker, room, balancer, links, dice) -> dict:
    crowd = Crowd(lambda: [balancer.port], links, clients=50, seed=SEED, pause=0.3, balanced=True).start()
    try:
        alone, healed, cut = faults(first, second, worker, room, links, dice)
    finally:
        crowd.stop()
    slowest = max(seconds for _, seconds, _ in alone)
    counts = collections.Counter(status for status, _, _ in alone)
    assert set(counts) == {503} and all(int(headers["retry-after"]) > 0 for _, _, headers in alone), counts
    assert crowd.strange == []
    worst = max(call.seconds for call in crowd.calls if call.at > cut)
    undecided = crowd.decide(first.port)
    lib.settle(first, after_kill=True, limit=90)
    facts = Facts.of(first)
    lost, doubled = crowd.complaints(facts)
    assert (lost, doubled) == ([], [])
    assert violations(facts, first.clock.now()) == []
    mails = collections.Counter(mail.message_id for mail in first.mail.mails)
    assert max(mails.values()) <= 1 + 3
    # Four starts of three processes: housekeeping was done once.
    duties = first.rows("SELECT fence FROM duty")
    assert duties == [{"fence": 1}]
    assert slowest <= 5 and healed <= 5, (slowest, healed)
    # Readiness is looked at every second; nobody waited longer than for one node to give up.
    assert worst <= 8, worst
    figures = crowd.figures()
    record("R-48", engine="postgres", seed=SEED, rounds=1, kills=2, **figures, undecided=undecided,
           cut_off_answer_s=round(slowest, 1), back_s=round(healed, 1),
           mails_again=sum(mails.values()) - len(mails), lost=0, doubled=0)
    return figures


def faults(first, second, worker, room, links, dice):
    """The story itself: what the cut-off node answered, how long it took to come back, and when it was cut off."""
    time.sleep(STRETCH)
    # Kill, wherever they are.
    first.process.kill()
    worker.kill()
    time.sleep(STRETCH / 2)
    first.start()
    worker.start()
    time.sleep(dice.uniform(0.5, 1) * STRETCH)
    # Cut one off from the database, not from its callers.
    room.drop(first.cluster.port)
    cut = time.monotonic()
    alone = ask_alone(second, links, STRETCH)
    assert not second.ready
    room.heal()
    healed = wait_until(lambda: second.ready, 30)
    time.sleep(STRETCH / 2)
    return alone, healed, cut
