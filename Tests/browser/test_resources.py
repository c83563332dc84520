"""Two rooms: an admin adds them, a link needs one of them, strangers get one each, and a room in use is not deleted."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import LIST, Host
from visitor import Visitor

ROOMS = "/calendar/admin/resources"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_link_with_rooms_from_the_first_click_to_a_refused_deletion(shared_server, browser, script):
    server, name = shared_server, "Roomy" if script else "Plain roomy"
    slug = name.lower().replace(" ", "-")
    rooms = [f"{name} {given}" for given in ("Aula", "Fjord")]
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        for room in rooms:
            _adds(host, room)
        _makes(host, name, slug, rooms)
        email = f"{slug}@example.com"
        with eyes.page_of(browser, script=script) as other:
            visitor = Visitor(other, server, slug, email=email)
            visitor.open()
            visitor.book(0)
            expect(other.locator("main")).to_contain_text(f"{rooms[0]}, 2nd floor")
        booking = server.rows("SELECT id FROM booking WHERE attendee_email = ?", email)[0]["id"]
        host.open(f"/calendar/bookings/{booking}")
        expect(page.locator("main")).to_contain_text(f"{rooms[0]}, 2nd floor")
        _keeps(host, rooms[0])


def _adds(host: Host, room: str) -> None:
    page = host.page
    host.open(f"{ROOMS}/new")
    if host.script:
        eyes.inspect(page, eyes.DESK)
    page.get_by_label("Seats").fill("none")
    host.press("Save")
    expect(page.get_by_label("Seats")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Name", exact=True).fill(room)
    page.get_by_label("Seats").fill("8")
    page.get_by_label("Where it is").fill("2nd floor")
    host.press("Save")
    expect(host.notice()).to_contain_text("It is there")
    host.open(ROOMS)
    expect(page.get_by_role("link", name=room)).to_be_visible()
    if host.script:
        eyes.inspect(page, eyes.DESK)


def _makes(host: Host, name: str, slug: str, rooms: list[str]) -> None:
    page = host.page
    host.open(LIST)
    page.get_by_role("link", name="New link").first.click()
    host.field("Title").fill(name)
    host.field("Shortest notice").fill("0")
    page.locator("details:has(#resources) > summary").click()
    for room in rooms:
        page.get_by_label(re.compile(f"^{room} ")).select_option("r1")
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")
    link = host.link(slug)
    rows = host.server.rows("SELECT need, required FROM link_resource WHERE link = ? ORDER BY position", link["id"])
    assert [(row["need"], row["required"]) for row in rows] == [(0, 1), (0, 1)]
    expect(page.get_by_label(re.compile(f"^{rooms[0]} "))).to_have_value("r1")
    if host.script:
        eyes.inspect(page, eyes.DESK)


def _keeps(host: Host, room: str) -> None:
    page = host.page
    host.open(ROOMS)
    page.get_by_role("link", name=room).click()
    eyes.settle(page)
    expect(page.locator("main")).to_contain_text("Upcoming bookings")
    page.get_by_text("Delete it", exact=True).click()
    host.press(f"Delete “{room}”")
    expect(page.locator("main")).to_contain_text("One upcoming booking has it.")
    if host.script:
        eyes.inspect(page, eyes.DESK)
