"""A sign-up sheet from the empty list to the table: a run of times, several picks at once, too late, moved, closed."""
import datetime
import re

import pytest
from playwright.sync_api import expect

import eyes
import facts
from test_links import LIST, Host

ADDRESS = re.compile(r"/sheet/[\w-]{43}$")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_host_offers_times_and_many_people_take_them(shared_server, browser, script):
    server, name = shared_server, "Parents evening" if script else "Plain parents evening"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        address = _makes(host, name, 44 if script else 64)
        own = page.url
        with eyes.page_of(browser, script=script) as one, eyes.page_of(browser, script=script) as late:
            for reader in (one, late):
                reader.goto(address)
                eyes.settle(reader)
            expect(one.get_by_role("heading", level=1)).to_have_text(name)
            expect(one.get_by_role("checkbox")).to_have_count(3)
            _presses(one)
            expect(one.get_by_role("alert")).to_contain_text("need another look")
            if script:
                eyes.inspect(one, eyes.DESK)
            _signs_up(one, [0, 2], f"both-{script}@example.com")
            expect(one.get_by_text("You are signed up.")).to_be_visible()
            expect(one.get_by_role("listitem").filter(has=one.get_by_role("link", name=re.compile("04:30|05:30")))
                   ).to_have_count(2)
            if script:
                eyes.inspect(one, eyes.DESK)
            _signs_up(late, [0, 1], f"late-{script}@example.com")
            expect(late.get_by_role("alert")).to_contain_text("This time has no place left")
            expect(late.get_by_role("checkbox")).to_have_count(2)
            expect(late.get_by_role("textbox", name="E-mail")).to_have_value(f"late-{script}@example.com")
            if script:
                eyes.inspect(late, eyes.DESK)
            _presses(late)
            expect(late.get_by_text("Confirmed", exact=True)).to_be_visible()
            _moves(late, script)
        page.goto(own)
        expect(page.get_by_role("link", name="Siobhán Reader")).to_have_count(3)
        if script:
            eyes.inspect(page, eyes.DESK)
        assert facts.booking_of(server, f"late-{script}@example.com")["source"] == "sheet"
        table = page.get_by_role("link", name="Sign-ups as a table")
        expect(table).to_be_visible()
        if script:
            with page.expect_download() as file:
                table.click()
            assert f"both-{script}@example.com" in open(file.value.path(), encoding="utf-8").read()
        _ends(host, address, browser)


def _presses(page) -> None:
    page.get_by_role("button", name="Sign up").click()
    eyes.settle(page)


def _signs_up(page, numbers: list[int], email: str) -> None:
    for number in numbers:
        page.get_by_role("checkbox").nth(number).check()
    page.get_by_role("textbox", name="Name").fill("Siobhán Reader")
    page.get_by_role("textbox", name="E-mail").fill(email)
    _presses(page)


def _moves(page, script: bool) -> None:
    """To the time with places, the only one that is left."""
    page.get_by_role("link", name="Move to another time").click()
    eyes.settle(page)
    expect(page.locator(".rows a")).to_have_count(1)
    if script:
        eyes.inspect(page, eyes.DESK)
    page.locator(".rows a").click()
    eyes.settle(page)
    page.get_by_role("button", name="Move the meeting").click()
    eyes.settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("05:30–06:15"))


def _makes(host: Host, name: str, days: int) -> str:
    """A run of three, one of them taken off, and one with places; after a mistake. Gives its address."""
    page = host.page
    host.open(LIST)
    page.get_by_role("link", name="Sign-up sheets").click()
    page.get_by_role("link", name="New sign-up sheet").first.click()
    eyes.settle(page)
    now = datetime.datetime.fromtimestamp(host.server.clock.now(), datetime.timezone.utc)
    host.field("Day").fill((now + datetime.timedelta(days=days)).date().isoformat())
    for start, until, minutes, places, label in (
            ("04:30", "05:15", "15", "1", ""), ("05:30", "", "45", "5", "Cakes")):
        host.field("From").fill(start)
        host.field("Until").fill(until)
        host.field("Length in minutes").fill(minutes)
        host.field("Places").fill(places)
        host.field("What for").fill(label)
        host.press("Add")
    expect(page.get_by_text("4 times so far")).to_be_visible()
    if host.script:
        eyes.inspect(page, eyes.DESK)
    page.get_by_role("button", name=re.compile("Take off.*05:00–")).click()
    eyes.settle(page)
    expect(page.get_by_text("3 times so far")).to_be_visible()
    host.press("Make the sheet")
    expect(host.field("Title")).to_have_attribute("aria-invalid", "true")
    host.field("Title").fill(name)
    host.field("Note").fill("Bring a pen.")
    host.field("Where").fill("Room 4")
    host.field("How often one address can sign up").select_option("3")
    host.press("Make the sheet")
    address = page.get_by_text(ADDRESS).inner_text()
    if host.script:
        eyes.inspect(page, eyes.DESK)
    return address


def _ends(host: Host, address: str, browser) -> None:
    """Closed, opened again; not deleted while people are to come."""
    page = host.page
    host.press("Close it for sign-ups")
    expect(page.get_by_text("Closed. Whoever signed up still comes.")).to_be_visible()
    with eyes.page_of(browser) as other:
        other.goto(address)
        expect(other.get_by_text("This sign-up sheet is closed.")).to_be_visible()
        eyes.inspect(other, eyes.DESK)
    host.press("Open it again")
    expect(page.get_by_text(re.compile("Open until"))).to_be_visible()
    page.get_by_text("Delete", exact=True).click()
    host.press("Delete the sheet")
    expect(page.get_by_role("alert")).to_contain_text("still to come")
    page.goto(host.server.url + "/calendar/sheets")
    # axe needs the script of the page; without it it never answers.
    if host.script:
        eyes.inspect(page, eyes.DESK)


def test_a_sheet_in_other_looks_and_by_keys_alone(shared_server, browser):
    with eyes.page_of(browser) as page:
        address = _makes(Host(page, shared_server, True), "Office hours", 84)
    for look in (eyes.NARROW, eyes.MIRRORED):
        with eyes.page_of(browser, look, timezone="Pacific/Auckland") as other:
            other.goto(address)
            eyes.settle(other)
            eyes.inspect(other, look)
    with eyes.page_of(browser) as reader:
        reader.goto(address)
        eyes.settle(reader)
        reader.get_by_role("checkbox").first.focus()
        reader.keyboard.press("Space")
        for _ in range(20):
            reader.keyboard.press("Tab")
            if reader.evaluate("document.activeElement.name") == "attendee.name":
                break
        reader.keyboard.type("Keys Alone")
        reader.keyboard.press("Tab")
        reader.keyboard.type("keys@example.com")
        reader.keyboard.press("Enter")
        eyes.settle(reader)
        expect(reader.get_by_text("Confirmed", exact=True)).to_be_visible()
