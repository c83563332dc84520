"""R-11 at its full length: two hundred kills while fifty clients book, move and cancel."""
import os

import pytest

import harness
import lib
from kills import kill_at_random
from results import record

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261126"))
ROUNDS = int(os.environ.get("WORKESTRA_KILLS", "200"))


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_two_hundred_kills_lose_nothing(engine):
    with lib.server(engine) as running:
        figures = kill_at_random(running, rounds=ROUNDS, clients=50, seed=SEED)
    assert figures["ready_s"] <= 3, figures
    record("R-11", engine=engine, seed=SEED, **figures)
