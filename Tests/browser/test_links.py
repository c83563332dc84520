"""A host's links, from the first to the last button: make, edit every section, preview, copy, switch, delete."""
import os
import pathlib
import re

import pytest
from playwright.sync_api import expect

import eyes

LIST = "/calendar/event-types"


class Host:
    """Somebody at their desk, signed in."""

    def __init__(self, page, server, script: bool):
        self.page, self.server, self.script = page, server, script
        login = next(user for user in server.logins["users"] if user["role"] == "owner")
        page.goto(f"{server.url}/sign-in")
        # By the fields' names: the page may speak any language.
        page.locator("[name=email]").fill(login["email"])
        page.locator("[name=password]").fill(login["password"])
        page.locator("main form button").first.click()
        eyes.settle(page)

    def field(self, label: str):
        """By the words of its label; what follows them there, such as “optional”, is no part of the name."""
        return self.page.get_by_label(re.compile(f"^{re.escape(label)}( |$)")).first

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        eyes.settle(self.page)

    def open(self, path: str) -> None:
        self.page.goto(self.server.url + path)
        eyes.settle(self.page)

    def notice(self):
        return self.page.locator(".banner").first

    def link(self, slug: str) -> dict:
        return self.server.rows("SELECT * FROM link WHERE slug = ?", slug)[0]

    def more(self, title: str, verb: str) -> None:
        """One of the things behind a link's three dots."""
        row = self.page.get_by_role("listitem").filter(has=self.page.get_by_role("heading", name=title, exact=True))
        row.locator("summary").click()
        row.get_by_role("button", name=verb).or_(row.get_by_role("link", name=verb)).click()
        eyes.settle(self.page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_link_from_making_to_deleting(shared_server, browser, script):
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server, script)
        name = "Scripted" if script else "Plain"
        slug = f"{name.lower()}-talk"
        _makes(host, f"{name} talk", slug)
        _edits(host, f"{name} talk", slug)
        _looks_first(host, slug)
        _renames(host, slug)
        _copies_switches_deletes(host, f"{name} talk")


def _makes(host: Host, title: str, slug: str) -> None:
    host.open(LIST)
    host.page.get_by_role("link", name="New link").first.click()
    host.field("Title").fill(title)
    host.field("Address").fill("intro call!")
    host.press("Make the link")
    expect(host.field("Title")).to_have_value(title)
    expect(host.field("Address")).to_have_attribute("aria-invalid", "true")
    host.field("Address").fill("")
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")
    assert host.link(slug)["title"] == title


def _edits(host: Host, title: str, slug: str) -> None:
    """Every section once; and a mistake in the last one loses nothing of the others."""
    words = {
        "Description": "Two lines,\nof which this is one.", "Length in minutes": "45", "Pause after, minutes": "15",
        "A new start every … minutes": "30", "Shortest notice": "0", "Bookings in all": "9",
        "Guests an attendee may bring": "2", "Access code": "blue door", "Thank-you text": "Bring cake.",
        "Go on to this page": "https://example.com/thanks", "Title in calendars": "{{attendee.nam}}",
        "Moving ends … minutes before the start": "60", "Question 1": "What is it about?",
        "Place 1: address, number or link": "https://video.example/room",
    }
    for label in ("More rules", "Who can book", "After booking", "Changes", "Colour and language"):
        section = host.page.locator("details.fold", has_text=label).first
        if section.get_attribute("open") is None:
            section.locator("summary").click()
    for label, value in words.items():
        host.field(label).fill(value)
    host.page.locator("[name='locations.0.kind']").select_option("video")
    host.page.locator("[name='locations.1.kind']").select_option("attendee_choice")
    host.field("Colour in your calendar").select_option("#7a3e86")
    host.page.get_by_role("checkbox", name="Not listed on my page").check()
    host.page.get_by_role("checkbox", name="Attendees may cancel").uncheck()
    host.press("Save")
    expect(host.field("Title in calendars")).to_have_accessible_description(re.compile("attendee.name"))
    for label, value in words.items():
        expect(host.field(label)).to_have_value(value)
    expect(host.page.get_by_role("checkbox", name="Not listed on my page")).to_be_checked()
    host.field("Title in calendars").fill("{{attendee.name}}")
    host.press("Save")
    expect(host.notice()).to_contain_text("Saved")
    link = host.link(slug)
    wanted = {
        "duration": 45, "buffer_after": 15, "step": 30, "notice": 0, "most_uses": 9, "most_guests": 2,
        "access_code": "blue door", "confirmation": "Bring cake.", "redirect": "https://example.com/thanks",
        "event_title": "{{attendee.name}}", "move_notice": 60, "hidden": 1, "attendee_cancels": 0,
        "attendee_moves": 1, "colour": "#7a3e86",
    }
    assert {name: link[name] for name in wanted} == wanted
    places = host.server.rows("SELECT kind FROM link_location WHERE link = ? ORDER BY position", link["id"])
    assert [place["kind"] for place in places] == ["video", "attendee_choice"]


def _looks_first(host: Host, slug: str) -> None:
    """The day beside the form follows what is typed, and nothing is saved by looking."""
    before = host.link(slug)
    host.field("Length in minutes").fill("240")
    host.field("A new start every … minutes").fill("")
    host.press("Preview")
    aside = host.page.locator(".day-preview")
    expect(aside).to_contain_text("of 4\u00a0h")
    expect(aside).to_contain_text("fewer than now")
    expect(host.field("Length in minutes")).to_have_value("240")
    day = aside.locator("h2").inner_text()
    host.press("Day after")
    expect(aside.locator("h2")).not_to_have_text(day)
    expect(host.field("Length in minutes")).to_have_value("240")
    assert host.link(slug) == before
    if host.script:
        eyes.inspect(host.page, eyes.DESK)


def _renames(host: Host, slug: str) -> None:
    host.open(f"/settings/booking-links/{host.link(slug)['id']}")
    host.field("Address").fill(f"{slug}-renamed")
    host.press("Save")
    expect(host.notice()).to_contain_text("Saved")
    host.page.goto(f"{host.server.url}/book/{slug}?utm_source=mail")
    assert re.search(rf"/book/{slug}-renamed\?.*utm_source=mail", host.page.url), host.page.url


def _copies_switches_deletes(host: Host, title: str) -> None:
    host.open(f"{LIST}?q={title.split()[0]}")
    for mark in ("Hidden", "Needs a code", "0 of 9 booked"):
        expect(host.page.locator(".tag", has_text=mark).first).to_be_visible()
    host.more(title, "Duplicate")
    expect(host.notice()).to_contain_text("This is the copy")
    host.open(f"{LIST}?q={title.split()[0]}")
    host.more(f"{title} (copy)", "Switch on")
    expect(host.notice()).to_contain_text("switched on")
    host.open(f"{LIST}?q={title.split()[0]}")
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    host.more(f"{title} (copy)", "Delete")
    expect(host.page.get_by_role("heading", level=1)).to_contain_text("Delete")
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    host.press("Delete the link")
    expect(host.notice()).to_contain_text("The link is deleted")
    expect(host.page.get_by_role("heading", name=f"{title} (copy)")).to_have_count(0)


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_editor_and_the_list_look_right_everywhere(shared_server, browser, look):
    with eyes.page_of(browser, look) as page:
        host = Host(page, shared_server, True)
        slug = shared_server.logins["links"][0]["slug"]
        for path in (LIST, "/settings/booking-links/new", f"/settings/booking-links/{host.link(slug)['id']}"):
            host.open(path)
            if folder := os.environ.get("WORKESTRA_PICTURES"):
                eyes.shot(page, pathlib.Path(folder), f"{path.split('/')[-1][:12]}-{look.name}")
            eyes.inspect(page, look)
