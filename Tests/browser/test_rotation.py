"""Two hosts in turn: an admin makes the link, strangers book, the second meets the other host, one is given away."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import LIST, Host
from visitor import Visitor


def hosts_of(server, email: str) -> list[str]:
    return [row["name"] for row in server.rows(
        "SELECT a.name AS name FROM booking b JOIN booking_host h ON h.booking = b.id "
        "JOIN account a ON a.id = h.account WHERE b.attendee_email = ?", email)]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_two_hosts_take_turns_from_the_first_click_to_the_report(shared_server, browser, script):
    server, name = shared_server, "Turns" if script else "Plain turns"
    slug = name.lower().replace(" ", "-")
    # Two people who have nothing to do yet, so that both are free at every time.
    team = [f"{name.split()[0]} {given}" for given in ("Aino", "Bela")]
    for person in team:
        server.command("user", "add", "--email", f"{person.lower().replace(' ', '.')}@team.example", "--name", person,
                       "--workspace", server.rows("SELECT id FROM workspace")[0]["id"], "--role", "member")
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = _makes(host, name, slug, team)
        emails = [f"{slug}-{number}@example.com" for number in (1, 2)]
        for number, email in enumerate(emails):
            with eyes.page_of(browser, script=script) as other:
                visitor = Visitor(other, server, slug, email=email)
                visitor.open()
                expect(other.get_by_text("With one of", exact=False).first).to_be_visible()
                visitor.book(2 * number)
        first, second = (hosts_of(server, email) for email in emails)
        assert len(first) == len(second) == 1 and first != second, (first, second)
        _gives_away(host, emails[0], first[0], second[0])
        assert hosts_of(server, emails[0]) == second
        _reads_the_report(host, link, second[0])


def _makes(host: Host, name: str, slug: str, team: list[str]) -> dict:
    host.open(LIST)
    host.page.get_by_role("link", name="New link").first.click()
    host.field("Title").fill(name)
    host.field("Shortest notice").fill("0")
    host.page.get_by_text("One of them, in turn", exact=True).click()
    for row, person in enumerate(team):
        choice = host.page.get_by_label("Add a host").nth(row)
        choice.select_option(choice.locator("option", has_text=person).get_attribute("value"))
    host.page.get_by_role("checkbox", name=re.compile("^Remove ")).check()
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")
    link = host.link(slug)
    rows = host.server.rows("SELECT role, weight FROM link_host WHERE link = ? ORDER BY position", link["id"])
    assert link["kind"] == "round_robin" and [row["role"] for row in rows] == ["rotating"] * 2
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    return link


def _gives_away(host: Host, email: str, before: str, after: str) -> None:
    booking = host.server.rows("SELECT id FROM booking WHERE attendee_email = ?", email)[0]["id"]
    host.open(f"/calendar/bookings/{booking}")
    host.page.get_by_role("link", name="Give it to another host").click()
    eyes.settle(host.page)
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    host.page.get_by_label(re.compile(after)).check()
    host.page.get_by_label("Message to").fill("I am ill.")
    host.press("Give it over")
    expect(host.notice()).to_contain_text(f"Given to {after}")
    expect(host.page.locator("main")).to_contain_text("Given to another host by")


def _reads_the_report(host: Host, link: dict, name: str) -> None:
    host.open(f"/settings/booking-links/{link['id']}")
    host.page.get_by_role("link", name="Distribution").click()
    eyes.settle(host.page)
    expect(host.page.get_by_role("row", name=re.compile(name))).to_contain_text("2")
    expect(host.page.locator("main")).to_contain_text("every choice comes out the same")
    expect(host.page.locator("main")).to_contain_text(f"{name} was named.")
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    weight = host.page.get_by_label(f"Weight of {name}")
    weight.fill("0")
    host.press("Show")
    expect(weight).to_have_value("0")
    expect(weight).to_have_attribute("aria-invalid", "true")
    weight.fill("900")
    host.press("Show")
    expect(host.page.get_by_role("columnheader", name="With these weights")).to_be_visible()
