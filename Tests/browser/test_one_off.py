"""A one-off from the empty list to the booking: times picked by hand, one dies, one is picked, the next is too late."""
import datetime
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import LIST, Host

ADDRESS = re.compile(r"/one-off/[\w-]{43}$")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_host_picks_times_and_a_reader_takes_one(shared_server, browser, script):
    server, name = shared_server, "Harbour visit" if script else "Plain harbour visit"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        address = _makes(host, name, 40 if script else 60)
        own = page.url
        with eyes.page_of(browser, script=script) as other, eyes.page_of(browser, script=script) as late:
            other.goto(address)
            late.goto(address)
            eyes.settle(other)
            eyes.settle(late)
            expect(other.get_by_role("heading", level=1)).to_have_text(name)
            expect(other.get_by_role("radio")).to_have_count(2)
            other.get_by_role("button", name="Book this time").click()
            eyes.settle(other)
            expect(other.get_by_role("alert")).to_contain_text("need another look")
            if script:
                eyes.inspect(other, eyes.DESK)
            _picks(other, 1, f"first-{script}@example.com")
            expect(other.get_by_text("Confirmed", exact=True)).to_be_visible()
            expect(other.get_by_role("heading", level=1)).to_have_text(re.compile("05:30–07:00"))
            _picks(late, 0, f"late-{script}@example.com")
            expect(late.get_by_text("Somebody has picked one of these times already")).to_be_visible()
            # Which it was, and not whose.
            expect(late.locator("main")).to_contain_text("05:30–07:00")
            expect(late.locator("main")).not_to_contain_text("Siobhán")
            if script:
                eyes.inspect(late, eyes.DESK)
        page.goto(own)
        expect(page.get_by_text("One of the times is booked.")).to_be_visible()
        page.get_by_role("link", name="The booking").click()
        eyes.settle(page)
        expect(page.locator("main")).to_contain_text(name)


def _picks(page, number: int, email: str) -> None:
    page.get_by_role("radio").nth(number).check()
    page.get_by_role("textbox", name="Name").fill("Siobhán Reader")
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_role("button", name="Book this time").click()
    eyes.settle(page)


def _makes(host: Host, name: str, days: int) -> str:
    """Picks three times, takes one off again, and makes it after a mistake; gives its address."""
    page = host.page
    host.open(LIST)
    page.get_by_role("link", name="One-offs").click()
    page.get_by_role("link", name="New one-off").first.click()
    eyes.settle(page)
    now = datetime.datetime.fromtimestamp(host.server.clock.now(), datetime.timezone.utc)
    day = (now + datetime.timedelta(days=days)).date().isoformat()
    for at, minutes in (("04:30", "30"), ("05:30", "90"), ("21:00", "45")):
        host.field("Day").fill(day)
        host.field("Start").fill(at)
        host.field("Length in minutes").fill(minutes)
        host.press("Add this time")
    expect(page.get_by_text("3 times so far")).to_be_visible()
    if host.script:
        eyes.inspect(page, eyes.DESK)
    page.get_by_role("link", name=re.compile("21:00.*take this time off")).click()
    eyes.settle(page)
    expect(page.get_by_text("2 times so far")).to_be_visible()
    host.press("Make the one-off")
    expect(host.field("Title")).to_have_attribute("aria-invalid", "true")
    host.field("Title").fill(name)
    host.field("Where").fill("Pier 3")
    host.press("Make the one-off")
    address = page.get_by_text(ADDRESS).inner_text()
    if host.script:
        eyes.inspect(page, eyes.DESK)
    return address
