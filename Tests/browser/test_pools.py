"""A chair and one of two engineers: an admin makes the link, strangers book, one engineer is replaced by the other."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import LIST, Host
from test_rotation import hosts_of
from visitor import Visitor


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_chair_and_one_of_a_pool_from_the_first_click_to_the_report(shared_server, browser, script):
    server, name = shared_server, "Panel" if script else "Plain panel"
    slug = name.lower().replace(" ", "-")
    team = [f"{name.split()[0]}el {given}" for given in ("Cara", "Dean", "Edda")]
    for person in team:
        server.command("user", "add", "--email", f"{person.lower().replace(' ', '.')}@team.example", "--name", person,
                       "--workspace", server.rows("SELECT id FROM workspace")[0]["id"], "--role", "member")
    chair, *engineers = team
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = _makes(host, name, slug, team)
        emails = [f"{slug}-{number}@example.com" for number in (1, 2)]
        for number, email in enumerate(emails):
            with eyes.page_of(browser, script=script) as other:
                visitor = Visitor(other, server, slug, email=email)
                visitor.open()
                expect(other.get_by_text(f"With {chair} and one of the engineers").first).to_be_visible()
                visitor.book(2 * number)
        both = [hosts_of(server, email) for email in emails]
        assert all(len(hosts) == 2 and chair in hosts for hosts in both), both
        first, second = [next(name for name in hosts if name != chair) for hosts in both]
        assert {first, second} == set(engineers)
        _gives_away(host, emails[0], first, second)
        assert set(hosts_of(server, emails[0])) == {chair, second}
        _reads_the_report(host, link, second)


def _makes(host: Host, name: str, slug: str, team: list[str]) -> dict:
    page = host.page
    host.open(LIST)
    page.get_by_role("link", name="New link").first.click()
    host.field("Title").fill(name)
    host.field("Shortest notice").fill("0")
    expect(page.get_by_label("Name of pool 1")).to_be_hidden()
    page.get_by_text("Some always, others in turn", exact=True).click()
    for row, person in enumerate(team):
        choice = page.get_by_label("Add a host").nth(row)
        choice.select_option(choice.locator("option", has_text=person).get_attribute("value"))
    page.get_by_role("checkbox", name=re.compile("^Remove ")).check()
    for row in (1, 2):
        page.get_by_label("Pool of this host").nth(row).fill("engineers")
    # A pool nobody named is said beside its host, and all that was typed is kept.
    host.press("Make the link")
    expect(page.locator("main")).to_contain_text("Name at least one pool")
    page.get_by_label("Name of pool 1").fill("engineers")
    page.get_by_label("How many of pool 1 attend").fill("3")
    host.press("Make the link")
    expect(page.get_by_label("How many of pool 1 attend")).to_have_attribute("aria-invalid", "true")
    if host.script:
        eyes.inspect(page, eyes.DESK)
    page.get_by_label("How many of pool 1 attend").fill("1")
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")
    link = host.link(slug)
    rows = host.server.rows("SELECT role, pool FROM link_host WHERE link = ? ORDER BY position", link["id"])
    assert [(row["role"], row["pool"]) for row in rows] == [("fixed", None)] + [("rotating", "engineers")] * 2
    if host.script:
        eyes.inspect(page, eyes.DESK)
    return link


def _gives_away(host: Host, email: str, before: str, after: str) -> None:
    booking = host.server.rows("SELECT id FROM booking WHERE attendee_email = ?", email)[0]["id"]
    host.open(f"/calendar/bookings/{booking}")
    main = host.page.locator("main")
    expect(main).to_contain_text(f"Why {before}")
    expect(main).to_contain_text("Of the pool engineers.")
    expect(main).to_contain_text("Free were, as they stood then:")
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    host.page.get_by_role("link", name="Give it to another host").click()
    eyes.settle(host.page)
    expect(main).to_contain_text(before)
    host.page.get_by_label(re.compile(after)).check()
    host.press("Give it over")
    expect(main).to_contain_text("Given to another host by")


def _reads_the_report(host: Host, link: dict, name: str) -> None:
    host.open(f"/settings/booking-links/{link['id']}")
    host.page.get_by_role("link", name="Distribution").click()
    eyes.settle(host.page)
    row = host.page.get_by_role("row", name=re.compile(name))
    expect(row).to_contain_text("engineers")
    expect(row).to_contain_text("2")
    expect(host.page.locator("main")).to_contain_text("every choice comes out the same")
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
