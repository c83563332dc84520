"""The rules of a link, from the form to the booking: lengths, a limit, and why a time is missing then."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import Host
from visitor import Visitor


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_lengths_and_a_limit_from_the_form_to_the_booking(shared_server, browser, script):
    title = "Ruled" if script else "Strict"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server, script)
        _makes(host, title)
    with eyes.page_of(browser, script=script) as page:
        day = _books_an_hour(page, shared_server, title.lower(), script)
    with eyes.page_of(browser, script=script) as page:
        _asks_why(Host(page, shared_server, script), title.lower(), day)


def test_eight_lengths_fit_on_the_narrowest_phone(shared_server, browser):
    with eyes.page_of(browser) as page:
        host = Host(page, shared_server, True)
        host.open("/settings/booking-links/new")
        host.field("Title").fill("Many")
        host.field("Other lengths").fill("5, 15, 45, 60, 90, 120, 480")
        host.press("Make the link")
        expect(host.notice()).to_contain_text("The link is there")
    with eyes.page_of(browser, eyes.NARROW) as page:
        page.goto(f"{shared_server.url}/book/many")
        eyes.settle(page)
        expect(page.get_by_role("navigation", name="Length").get_by_role("link")).to_have_count(8)
        eyes.inspect(page, eyes.NARROW)


def _makes(host: Host, title: str) -> None:
    host.open("/settings/booking-links/new")
    host.field("Title").fill(title)
    host.field("Other lengths").fill("60, ninety")
    host.field("Shortest notice").fill("0")
    fold = host.page.locator("details.fold", has_text="Limits and rhythm")
    fold.locator("summary").first.click()
    host.page.locator("[name='limits.0.scope']").select_option("link")
    host.page.locator("[name='limits.0.count']").fill("many")
    host.field("Hours by the attendee’s clock").select_option("own")
    host.page.locator("[name='booker_mon_1_from']").fill("late")
    host.press("Make the link")

    # Every mistake beside its field, and every word still there.
    for name, typed in (("otherDurations", "60, ninety"), ("limits.0.count", "many"), ("booker_mon_1_from", "late")):
        expect(host.page.locator(f"[name='{name}']")).to_have_value(typed)
        expect(host.page.locator(f"[id='f-{name}-error']")).to_be_visible()
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    host.field("Other lengths").fill("60")
    host.page.locator("[name='limits.0.count']").fill("1")
    host.field("Hours by the attendee’s clock").select_option("any")
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")
    link = host.link(title.lower())
    assert host.server.rows("SELECT scope, per, count FROM link_limit WHERE link = ?", link["id"])[0] == {
        "scope": "link", "per": "day", "count": 1}
    expect(host.page.locator("[name='limits.1.scope']")).to_have_value("")


def _books_an_hour(page, server, slug: str, script: bool) -> str:
    """Gives the day of the booking in the host's zone, as an address writes it."""
    visitor = Visitor(page, server, slug, email=f"{slug}@visitor.example").open()
    lengths = page.get_by_role("navigation", name="Length")
    expect(lengths.get_by_role("link", name="30\u00a0min")).to_have_attribute("aria-current", "true")
    lengths.get_by_role("link", name="60\u00a0min").click()
    visitor.settle()
    expect(lengths.get_by_role("link", name="60\u00a0min")).to_have_attribute("aria-current", "true")
    if script:
        eyes.inspect(page, eyes.DESK)
    visitor.pick()
    visitor.fill()
    visitor.confirm()
    visitor.expect_confirmed()
    booking = server.rows("SELECT starts, ends, anchor_local FROM booking WHERE attendee_email = ?",
                          f"{slug}@visitor.example")[0]
    assert booking["ends"] - booking["starts"] == 3600
    return booking["anchor_local"][:10]


def _asks_why(host: Host, slug: str, day: str) -> None:
    host.open(f"/settings/booking-links/{host.link(slug)['id']}?day={day}")
    host.page.get_by_role("link", name="Why is a time missing?").click()
    eyes.settle(host.page)
    expect(host.page.locator("#headline")).to_contain_text(re.compile(r"bookers see 0 of \d+ times"))
    expect(host.page.get_by_text("The link’s limit is reached").first).to_be_visible()
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    host.field("Length").select_option("60")
    host.press("Explain")
    expect(host.field("Length")).to_have_value("60")
    host.page.get_by_role("link", name="Change the limit").first.click()
    eyes.settle(host.page)
    expect(host.page.locator("[name='limits.0.count']")).to_have_value("1")
