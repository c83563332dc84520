"""The engines every chaos test runs on, and one server for each file of tests that can share it."""
import pytest

import lib
from harness import ENGINES


@pytest.fixture(scope="module", params=ENGINES)
def running(request):
    """A server that the tests of one file share, on each engine; at the end its log must be clean."""
    with lib.server(request.param, settings={"WORKESTRA_LOG": "info"}) as started:
        yield started
        assert lib.Client(started.port).call("GET", "/sign-in").status == 200
        log = started.process.log.read_text(errors="replace")
    assert "route=/sign-in" in log, "the log was not written"
    assert lib.unclean(log) == []


@pytest.fixture(scope="module")
def place(running):
    """Its one workspace, with an owner who has a key."""
    return lib.make_place(running, "Harbour")


# Files that take longest go first, so that no worker is left alone with one of them at the end.
LONGEST = ("test_matrix", "test_webhooks", "test_kill_more", "test_kill", "test_workers", "test_clock", "test_schema")


def pytest_collection_modifyitems(items):
    place = {f"{name}.py": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))
