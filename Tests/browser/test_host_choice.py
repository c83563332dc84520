"""Whom would you like to meet: an admin allows the choice, an attendee chooses, moves, and keeps the host."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import LIST, Host
from test_rotation import hosts_of
from visitor import Visitor


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_attendee_chooses_the_host_and_keeps_them(shared_server, browser, script):
    server, name = shared_server, "Choice" if script else "Plain choice"
    slug = name.lower().replace(" ", "-")
    team = [f"{name.split()[0]} {given}" for given in ("Fanny", "Gustav")]
    for person in team:
        server.command("user", "add", "--email", f"{person.lower().replace(' ', '.')}@team.example", "--name", person,
                       "--workspace", server.rows("SELECT id FROM workspace")[0]["id"], "--role", "member")
    with eyes.page_of(browser, script=script) as page:
        _allows(Host(page, server, script), name, slug, team)
    email, chosen = f"{slug}@example.com", team[1]
    with eyes.page_of(browser, script=script) as page:
        visitor = Visitor(page, server, slug, email=email)
        visitor.open()
        choice = page.get_by_label("Whom would you like to meet?")
        expect(choice).to_have_value("")
        choice.select_option(label=chosen)
        page.get_by_role("button", name="Show their times").click()
        visitor.settle()
        expect(page.get_by_label("Whom would you like to meet?").locator("option:checked")).to_have_text(chosen)
        if script:
            eyes.inspect(page, eyes.DESK)
        visitor.pick(1)
        expect(page.locator("main")).to_contain_text(chosen)
        expect(page.locator("main")).not_to_contain_text(team[0])
        visitor.fill()
        visitor.confirm()
        visitor.expect_confirmed()
        assert hosts_of(server, email) == [chosen]
        visitor.move(2)
        assert hosts_of(server, email) == [chosen]
        row = server.rows("SELECT ground, named_by FROM assignment a JOIN booking b ON b.id = a.booking "
                          "WHERE b.attendee_email = ?", email)
        assert [(one["ground"], one["named_by"]) for one in row] == [("pinned", "attendee")]
        # Somebody who cannot be chosen is said so, and anyone can still be booked.
        page.goto(f"{server.url}/book/{slug}?host=nobody")
        visitor.settle()
        expect(page.get_by_role("alert")).to_contain_text("This host cannot be chosen")
        expect(page.get_by_label("Whom would you like to meet?")).to_have_value("")


def _allows(host: Host, name: str, slug: str, team: list[str]) -> None:
    host.open(LIST)
    host.page.get_by_role("link", name="New link").first.click()
    host.field("Title").fill(name)
    host.field("Shortest notice").fill("0")
    expect(host.page.get_by_label("Choice of the host")).to_be_hidden()
    host.page.get_by_text("One of them, in turn", exact=True).click()
    for row, person in enumerate(team):
        option = host.page.get_by_label("Add a host").nth(row)
        option.select_option(option.locator("option", has_text=person).get_attribute("value"))
    host.page.get_by_role("checkbox", name=re.compile("^Remove ")).check()
    host.page.get_by_label("Choice of the host").select_option(label="Attendees may choose whom they meet")
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")
    assert host.server.rows("SELECT host_choice FROM link WHERE slug = ?", slug)[0]["host_choice"] == "allowed"
