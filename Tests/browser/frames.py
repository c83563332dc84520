"""A website that shows a booking page of ours: two origins, of which the link's list has one, and what it hears."""
import re

import pytest
from playwright.sync_api import expect

from website import Website

# Whoever listens before the element is known hears everything; `told` is read by the tests.
LISTENS = """
window.told = [];
const names = ['ready', 'slot_selected', 'booking_confirmed', 'booking_pending', 'rescheduled', 'cancelled', 'error'];
for (const element of document.querySelectorAll('workestra-booking')) {
  for (const name of names) element.addEventListener(name, (event) => told.push([name, event.detail, element.id]));
}
"""


@pytest.fixture(scope="module")
def website():
    with Website() as one:
        yield one


@pytest.fixture(scope="module")
def framed(shared_server, website):
    """A link of the demo that the website may show at one of its two origins; its slug."""
    server = shared_server
    key = server.logins["users"][0]["apiKey"]
    made = server.api("POST", "/api/v1/links", {
        "title": "Framed talk", "slug": "framed-talk", "durationMinutes": [30],
        "minimumNotice": {"value": 0, "unit": "minute"}, "allowedOrigins": [website.allowed],
    }, key=key)
    assert made.status_code == 201, made.text
    assert made.json()["allowedOrigins"] == [website.allowed]
    return "framed-talk"


def markup(server, slug: str, attributes: str = "", count: int = 1) -> str:
    """A page of the website as the snippet makes one; its own script lies in a file, as strict sites have it."""
    element = f"""<workestra-booking id="bNUMBER" page="book/{slug}" {attributes}>
        <a href="{server.url}/book/{slug}">Book a time</a></workestra-booking>"""
    return f"""<!doctype html><html lang="en"><head><title>Shop</title><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1"><script src="/listens.js" defer></script>
        <script src="{server.url}/embed.js" defer></script></head>
        <body><main><h1>Our shop</h1>{''.join(element.replace("NUMBER", str(number)) for number in range(count))}
        <p><button>After it</button></p></main></body></html>"""


def opened(page, website: Website, server, slug: str, attributes: str = "", *, origin: str | None = None,
           count: int = 1, policy: str | None = None):
    """The website with the element, and the frame inside."""
    website.put("/listens.js", LISTENS, kind="text/javascript")
    website.put("/", markup(server, slug, attributes, count), policy=policy)
    page.goto((origin or website.allowed) + "/")
    return page.locator("workestra-booking").first.locator("iframe").content_frame


def told(page, name: str) -> list:
    return page.evaluate("(name) => told.filter((one) => one[0] === name).map((one) => one[1])", name)


def heard(page, name: str, count: int = 1) -> dict:
    page.wait_for_function(
        "([name, count]) => told.filter((one) => one[0] === name).length >= count", arg=[name, count], timeout=60_000)
    return told(page, name)[-1]


def is_still(page) -> None:
    """Until the frame is as tall as its page."""
    page.wait_for_function("""() => {
        const frame = document.querySelector('workestra-booking').shadowRoot.querySelector('iframe');
        const height = frame.getBoundingClientRect().height;
        const was = window.wasHeight; window.wasHeight = height;
        return frame.className === '' && height > 200 && was === height;
    }""", polling=300, timeout=60_000)


def books(frame, email: str, index: int = 0) -> None:
    frame.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).nth(index).click()
    frame.get_by_role("textbox", name="Name").fill("Ada Visitor")
    frame.get_by_role("textbox", name="E-mail").fill(email)
    frame.get_by_role("button", name="Confirm booking", exact=True).last.click()
    expect(frame.get_by_text("Confirmed")).to_be_visible()
