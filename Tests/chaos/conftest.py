"""The engines every chaos test runs on, and one server for each file of tests that can share it."""
import pytest

import lib
from harness import ENGINES


@pytest.fixture(scope="module", params=ENGINES)
def running(request):
    """A server that the tests of one file share, on each engine."""
    with lib.server(request.param) as started:
        yield started


@pytest.fixture(scope="module")
def place(running):
    """Its one workspace, with an owner who has a key."""
    return lib.make_place(running, "Harbour")
