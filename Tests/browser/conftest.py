"""Fixtures of the journeys: one browser for all, one server for each test and engine."""
import pytest
from playwright.sync_api import sync_playwright

import eyes
from harness import ENGINES, Server

HOST = "book.localtest"


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = eyes.launch(playwright, [HOST])
        yield chromium
        chromium.close()


@pytest.fixture(params=ENGINES)
def server(request):
    """A server on each engine, its public address that of a proxy under another host name."""
    with Server(request.param, host=HOST) as started:
        yield started


@pytest.fixture
def demo(server):
    return server.demo()
