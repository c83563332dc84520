"""Somebody names who acts for them; the assistant keeps their calendar, and is stopped at once."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import Host
from visitor import Visitor

HOME = "/settings/assistants"
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


class Colleague(Host):
    """One of the demo's people, at their own desk."""

    def __init__(self, page, server, script: bool, login: dict):
        self.page, self.server, self.script = page, server, script
        page.goto(f"{server.url}/sign-in")
        page.locator("[name=email]").fill(login["email"])
        page.locator("[name=password]").fill(login["password"])
        page.locator("main form button").first.click()
        eyes.settle(page)


def people(server, word: str) -> tuple[dict, dict]:
    """Two more members, who see their own alone: whose calendar it is, and their assistant."""
    owner = next(login for login in server.logins["users"] if login["role"] == "owner")
    place = server.rows("SELECT m.workspace FROM member m JOIN account a ON a.id = m.account WHERE a.email = ?",
                        owner["email"])[0]["workspace"]
    found = []
    for name in (f"Bob {word}", f"Cleo {word}"):
        email = name.lower().replace(" ", "-") + "@example.org"
        told = server.command("user", "add", "--email", email, "--name", name, "--workspace", place,
                              "--role", "member").stdout
        row = server.rows("SELECT id FROM account WHERE email = ?", email)[0]
        found.append({"id": row["id"], "name": name, "email": email,
                      "password": re.search(r"once: (\S+)", told)[1]})
    return found[0], found[1]


def look(host: Host) -> None:
    if host.script:
        eyes.inspect(host.page, eyes.DESK)


@SCRIPT
def test_an_assistant_is_named_acts_and_is_stopped(shared_server, browser, script):
    server, word = shared_server, "Scripted" if script else "Plain"
    bob, cleo = people(server, word)
    with eyes.page_of(browser, script=script) as page:
        host = Colleague(page, server, script, bob)
        host.open(HOME)
        expect(page.locator("main")).to_contain_text("Nobody acts for you.")
        look(host)
        host.press("Name as assistant")
        expect(page.get_by_label("Person")).to_have_attribute("aria-invalid", "true")
        page.get_by_label("Person").select_option(cleo["id"])
        host.press("Name as assistant")
        expect(host.notice()).to_contain_text("Named.")
        expect(page.locator("main")).to_contain_text("One person acts for you.")
        look(host)
    slug = f"{word.lower()}-assisted"
    with eyes.page_of(browser, script=script) as page:
        assistant = Colleague(page, server, script, cleo)
        assistant.open(HOME)
        page.get_by_role("link", name=f"New link for {bob['name']}").click()
        eyes.settle(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"New link for {bob['name']}")
        look(assistant)
        assistant.field("Title").fill(f"{word} assisted")
        assistant.field("Shortest notice").fill("0")
        assistant.press("Make the link")
        expect(assistant.notice()).to_contain_text("The link is there")
        expect(page.locator("main")).to_contain_text(f"A link of {bob['name']}.")
        look(assistant)
        _closes_a_day(assistant, bob)
    link = assistant.link(slug)
    hosts = server.rows("SELECT account FROM link_host WHERE link = ?", link["id"])
    assert [row["account"] for row in hosts] == [bob["id"]]
    with eyes.page_of(browser, script=script) as page:
        visitor = Visitor(page, server, slug, email=f"{slug}@example.com", name=f"{word} Visitor")
        visitor.open()
        visitor.pick(0)
        visitor.fill()
        visitor.confirm()
        visitor.expect_confirmed()
    booking = server.rows("SELECT id FROM booking WHERE link = ?", link["id"])[0]["id"]
    with eyes.page_of(browser, script=script) as page:
        assistant = Colleague(page, server, script, cleo)
        assistant.open(f"/calendar/bookings?host={bob['id']}")
        expect(page.locator("main")).to_contain_text(f"Bookings with {bob['name']}.")
        page.get_by_role("link", name=f"{word} Visitor").first.click()
        eyes.settle(page)
        page.locator("summary", has_text="Cancel it, with a message").click()
        assistant.press("Cancel the meeting")
        expect(assistant.notice()).to_contain_text("Cancelled.")
        expect(page.locator("main")).to_contain_text(f"{cleo['name']} for {bob['name']}")
        look(assistant)
    with eyes.page_of(browser, script=script) as page:
        host = Colleague(page, server, script, bob)
        host.open(HOME)
        host.press(f"Stop: {cleo['name']}")
        expect(host.notice()).to_contain_text("Stopped, from this moment on.")
        host.open(f"/calendar/bookings/{booking}")
        expect(page.locator("main")).to_contain_text(f"{cleo['name']} for {bob['name']}")
    with eyes.page_of(browser, script=script) as page:
        assistant = Colleague(page, server, script, cleo)
        reply = page.goto(f"{server.url}/calendar/bookings/{booking}")
        assert reply.status == 404
        assistant.open("/calendar/event-types")
        expect(page.locator("main")).not_to_contain_text(f"{word} assisted")


def _closes_a_day(assistant: Host, bob: dict) -> None:
    """Days away are chosen for whom they are."""
    page = assistant.page
    assistant.open("/calendar/schedules/away")
    page.get_by_label("Whose").select_option(bob["id"])
    assistant.press("Show")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Time away of {bob['name']}")
    look(assistant)
    page.get_by_label("First day").fill("2031-02-04")
    page.get_by_label("Last day").fill("2031-02-05")
    assistant.press("Add these days")
    expect(assistant.notice()).to_contain_text("Nothing can be booked then.")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Time away of {bob['name']}")
    rows = assistant.server.rows("SELECT account, id FROM time_away WHERE first_day = '2031-02-04'")
    assert [row["account"] for row in rows] == [bob["id"]]
    page.get_by_role("button", name="Remove").first.click()
    eyes.settle(page)
    expect(assistant.notice()).to_contain_text("Removed.")
    assert not assistant.server.rows("SELECT id FROM time_away WHERE first_day = '2031-02-04'")


@SCRIPT
def test_an_admin_names_one_for_a_member(shared_server, browser, script):
    server = shared_server
    bob, cleo = people(server, "Looked-after" if script else "Kept")
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        host.open(f"/calendar/admin/members/{bob['id']}")
        page.get_by_role("link", name=f"Assistants of {bob['name']}").click()
        eyes.settle(page)
        expect(page.locator("main")).to_contain_text(f"Nobody acts for {bob['name']}.")
        page.get_by_label("Person").select_option(cleo["id"])
        host.press("Name as assistant")
        expect(page.locator("main")).to_contain_text(f"One person acts for {bob['name']}.")
        look(host)
        host.press(f"Stop: {cleo['name']}")
        expect(page.locator("main")).to_contain_text(f"Nobody acts for {bob['name']}.")
        host.open("/calendar/admin/audit")
        expect(page.locator("main")).to_contain_text(f"{cleo['name']} for {bob['name']}")
