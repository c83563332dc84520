"""Managed links: an admin makes a template, gives a colleague a link of it, and changes both at once."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import Host

HOME = "/calendar/admin/managed-links"
# One of the demo's people.
COLLEAGUE = "Tomasz Wiśniewski"


def make(host: Host, title: str, slug: str) -> str:
    """A link of the owner's that becomes a template; its id."""
    page = host.page
    host.open("/settings/booking-links/new")
    host.field("Title").fill(title)
    host.field("Address").fill(slug)
    host.press("Make the link")
    link = host.link(slug)["id"]
    host.open(HOME)
    page.get_by_label("Make this link a template").select_option(link)
    host.press("Make it a template")
    expect(host.notice()).to_contain_text("This is a template now")
    return link


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_template_from_the_first_lock_to_its_end(shared_server, browser, script):
    server, name = shared_server, "Scripted template" if script else "Plain template"
    slug = name.lower().replace(" ", "-")
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = make(host, name, slug)
        page.get_by_label("Lengths, starts, pauses and travel").check()
        page.get_by_label("Title and description").check()
        page.get_by_label(f"{COLLEAGUE} has a link").check()
        if script:
            eyes.inspect(page, eyes.DESK)
        host.press("Save")
        expect(page.get_by_role("heading", name="Save this template?")).to_be_visible()
        expect(page.locator("main")).to_contain_text("One person gets a link.")
        assert server.rows("SELECT link FROM managed_link WHERE template = ?", link) == []
        host.press("Save and change them")
        expect(host.notice()).to_contain_text("Saved.")
        made = server.rows("SELECT link FROM managed_link WHERE template = ?", link)[0]["link"]
        _changes(host, link, made)
        _keeps(host, made, name)
        host.open(f"{HOME}/{link}")
        page.locator("summary", has_text="Delete the template").click()
        page.locator("details.revoke button").click()
        eyes.settle(page)
        expect(host.notice()).to_contain_text("Its links stay")
        host.open(f"/settings/booking-links/{made}")
        host.field("Length in minutes").fill("50")
        host.press("Save")
        expect(host.notice()).to_contain_text("Saved")
        assert server.rows("SELECT duration FROM link WHERE id = ?", made)[0]["duration"] == 50


def _changes(host: Host, link: str, made: str) -> None:
    """The template's own editor tells what becomes of the other link before it saves."""
    page = host.page
    host.open(f"/settings/booking-links/{link}")
    expect(page.locator("main")).to_contain_text("One link is made from this template")
    host.field("Length in minutes").fill("40")
    host.press("Save")
    expect(page.get_by_role("heading", name="Save this template?")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("Lengths in minutes"))
    expect(row).to_contain_text("30")
    expect(row).to_contain_text("40")
    if host.script:
        eyes.inspect(page, eyes.DESK)
    host.press("Save and change them")
    expect(host.notice()).to_contain_text("Saved")
    rows = host.server.rows("SELECT duration FROM link WHERE id IN (?, ?)", link, made)
    assert [row["duration"] for row in rows] == [40, 40]


def _keeps(host: Host, made: str, name: str) -> None:
    """What is locked can be read and not changed, and says why; the rest is saved."""
    page = host.page
    host.open(f"/settings/booking-links/{made}")
    expect(page.locator("main")).to_contain_text(f"Made from the template “{name}”")
    expect(host.field("Length in minutes")).to_be_disabled()
    expect(host.field("Title")).to_have_value(name)
    expect(page.locator("fieldset.kept").first).to_contain_text("Kept by the template")
    if host.script:
        eyes.inspect(page, eyes.DESK)
    host.field("Shortest notice").fill("7")
    host.press("Save")
    expect(host.notice()).to_contain_text("Saved")
    link = host.server.rows("SELECT * FROM link WHERE id = ?", made)[0]
    assert (link["notice"], link["duration"], link["title"]) == (7, 40, name)


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_pages_are_sound_in_every_look(shared_server, browser, look):
    server, name = shared_server, f"Look {look.name}".replace(" ", "-").lower()
    with eyes.page_of(browser) as page:
        link = make(Host(page, server, True), name, name)
    with eyes.page_of(browser, look) as page:
        host = Host(page, server, True)
        for path in (HOME, f"{HOME}/{link}"):
            host.open(path)
            eyes.inspect(page, look)
