"""Fixtures of the journeys: one browser for all, a server for each test and engine, or one for a whole file."""
import pytest
from playwright.sync_api import sync_playwright

import eyes
from harness import ENGINES, Server

HOST = "book.localtest"
# Journeys press more buttons in a minute than a person does; the limits have tests of their own.
HURRIED = {"WORKESTRA_RATE_FACTOR": "50"}


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = eyes.launch(playwright, [HOST])
        yield chromium
        chromium.close()


@pytest.fixture(params=ENGINES)
def server(request):
    """A server with demo data on each engine, its public address that of a proxy under another host name."""
    with Server(request.param, host=HOST, settings=HURRIED, like="furnished") as started:
        yield started


@pytest.fixture
def demo(server):
    """The people and links of the demo, with the passwords and keys."""
    return server.logins


@pytest.fixture
def own_server():
    """A server with demo data for one test that turns the clock; on SQLite."""
    with Server("sqlite", host=HOST, settings=HURRIED, like="furnished") as started:
        yield started


@pytest.fixture(scope="module")
def shared_server():
    """A server with demo data for all tests of a file that leave each other's bookings alone; on SQLite."""
    with Server("sqlite", host=HOST, settings=HURRIED, like="furnished") as started:
        yield started


@pytest.fixture(params=ENGINES)
def bare_server_of(request):
    """A server nobody has set up, on each engine."""
    with Server(request.param, host=HOST, settings=HURRIED) as started:
        yield started


@pytest.fixture
def bare_server():
    """A server nobody has set up; on SQLite."""
    with Server("sqlite", host=HOST, settings=HURRIED) as started:
        yield started
