"""A waitlist from the editor to the booking: a full day says so, people wait, what is freed goes to them in turn."""
import re

import pytest
from playwright.sync_api import expect

import contract
import eyes
import facts
from test_approval import newest, see
from test_links import LIST, Host
from visitor import Visitor

ZONE = "Europe/Lisbon"
FULL = re.compile(r"full, with a waitlist$")
JOIN = "Full — join the waitlist"


@pytest.fixture(scope="module", params=[True, False], ids=["script", "no script"])
def stage(request, shared_server, browser):
    """A link with one meeting a day and a waitlist, made by hand; its last day is booked."""
    script = request.param
    name = "Kiln hour" if script else "Plain kiln hour"
    slug = name.lower().replace(" ", "-")
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server, script)
        _makes(host, name, slug)
    server = shared_server
    start = contract.free_slots(server, slug, timezone=ZONE)[-1]
    booked = contract.create_booking(server, slug, start, timezone=ZONE, email=f"first@{slug}.example")
    assert booked.status_code == 201, booked.text
    return server, slug, script, start[:10], booked.json()


def _makes(host: Host, name: str, slug: str) -> None:
    host.open(LIST)
    host.page.get_by_role("link", name="New link").first.click()
    host.field("Title").fill(name)
    host.field("Shortest notice").fill("0")
    for fold in ("Waitlist", "Limits and rhythm"):
        host.page.locator("details.fold summary", has_text=fold).first.click()
    host.page.get_by_role("checkbox", name=re.compile("^People can wait")).check()
    host.field("A freed place is kept").fill("5")
    host.page.locator("[name='limits.0.scope']").select_option("link")
    host.page.locator("[name='limits.0.per']").select_option("day")
    host.page.locator("[name='limits.0.count']").fill("1")
    host.press("Make the link")
    expect(host.field("A freed place is kept")).to_have_attribute("aria-invalid", "true")
    host.field("A freed place is kept").fill("30")
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")
    link = host.link(slug)
    assert (link["waitlist"], link["waitlist_minutes"]) == (1, 30)
    if host.script:
        eyes.inspect(host.page, eyes.DESK)


def joins(page, stage, who: str) -> str:
    """Somebody finds the day full and waits; gives their address."""
    server, slug, script, day, _ = stage
    email = f"{who.lower()}@{slug}.example"
    page.goto(f"{server.url}/book/{slug}?month={day[:7]}&timezone={ZONE}")
    eyes.settle(page)
    page.get_by_role("link", name=FULL).first.click()
    eyes.settle(page)
    expect(page.get_by_text("is taken")).to_be_visible()
    if script and who == "Cleo":
        see(page)
    page.get_by_role("link", name=JOIN).click()
    eyes.settle(page)
    page.get_by_role("textbox", name="Name").fill(f"{who} Berg")
    page.get_by_role("textbox", name="E-mail").fill("nobody")
    page.get_by_role("button", name="Join the waitlist").click()
    eyes.settle(page)
    expect(page.get_by_role("textbox", name="E-mail")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("textbox", name="Name")).to_have_value(f"{who} Berg")
    if script and who == "Cleo":
        see(page)
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_role("button", name="Join the waitlist").click()
    eyes.settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on the waitlist")
    if script and who == "Cleo":
        see(page)
    return email


def own_page(server, email: str, subject: str) -> str:
    return next(link for link in newest(server, email, subject).links() if "/book/waitlist/" in link)


def entries(server, slug: str) -> list[str]:
    return [row["state"] for row in server.rows(
        "SELECT w.state FROM waitlist_entry w JOIN link l ON l.id = w.link WHERE l.slug = ? "
        "ORDER BY w.created_at, w.id", slug)]


def test_who_waits_gets_what_is_freed(stage, browser):
    server, slug, script, _, booked = stage
    emails = []
    for who in ("Cleo", "Dan", "Eli"):
        with eyes.page_of(browser, script=script, timezone=ZONE) as page:
            emails.append(joins(page, stage, who))
    assert entries(server, slug) == ["waiting"] * 3
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        page.goto(own_page(server, emails[1], "You are on the waitlist"))
        eyes.settle(page)
        expect(page.get_by_text("You are number 2 in line.")).to_be_visible()
        assert "Cleo" not in page.locator("main").inner_text()
        if script:
            see(page)
        page.get_by_role("button", name="Leave the waitlist").click()
        eyes.settle(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("You have left the waitlist")
        if script:
            see(page)

    _looks_at_the_list(stage, browser)
    assert server.api("POST", f"/api/v1/public/bookings/{booked['token']}/cancel", {}).status_code == 200
    page_of_cleo = own_page(server, emails[0], "A place is free: take it by")
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        page.goto(page_of_cleo)
        eyes.settle(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("A place is free")
        if script:
            see(page)
        page.get_by_role("button", name="No thanks").click()
        eyes.settle(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("You did not want this place")
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        page.goto(own_page(server, emails[2], "A place is free: take it by"))
        eyes.settle(page)
        page.get_by_role("button", name="Take this place").click()
        eyes.settle(page)
        expect(page.get_by_role("textbox", name="Name")).to_have_value("Eli Berg")
        expect(page.get_by_text("Held for you until")).to_be_visible()
        expect(page.get_by_role("button", name="Hold it longer")).to_have_count(0)
        if script:
            see(page)
        visitor = Visitor(page, server, slug, email=emails[2])
        visitor.confirm()
        visitor.expect_confirmed()
    assert facts.booking_of(server, emails[2])["status"] == "confirmed"
    assert entries(server, slug) == ["refused", "left", "taken"]


def _looks_at_the_list(stage, browser) -> None:
    server, slug, script, _, _ = stage
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        host.open(f"/settings/booking-links/{host.link(slug)['id']}")
        page.locator("main").get_by_role("link", name="Waitlist").first.click()
        eyes.settle(page)
        expect(page.get_by_text("2 people wait.")).to_be_visible()
        expect(page.locator("main")).to_contain_text("Cleo Berg")
        if script:
            see(page)
        page.get_by_role("button", name="Offer what is free").first.click()
        eyes.settle(page)
        expect(host.notice()).to_contain_text("Nothing is free")


def test_a_host_takes_somebody_off(stage, browser):
    server, slug, script, _, _ = stage
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        email = joins(page, stage, "Fay")
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        host.open(f"/settings/booking-links/{host.link(slug)['id']}/waitlist")
        host.press("Take off")
        expect(host.notice()).to_contain_text("Taken off")
        if script:
            see(page)
        page.goto(own_page(server, email, "You are on the waitlist"))
        eyes.settle(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("You are not on the waitlist any more")
    assert entries(server, slug)[-1] == "removed"
