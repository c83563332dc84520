"""Talk now: a visitor calls, the host's open page rings, the first to accept meets them; nobody there, a message."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import LIST, Host
from test_rotation import hosts_of
from visitor import Visitor


def test_an_open_page_hears_again_after_a_restart_and_keeps_what_rings_under_the_finger(shared_server, browser):
    server = shared_server
    with eyes.page_of(browser) as desk, eyes.page_of(browser) as first, eyes.page_of(browser) as second:
        host = Host(desk, server, True)
        host.open(LIST)
        desk.get_by_role("link", name="New link").first.click()
        host.field("Title").fill("Call the desk")
        host.field("Shortest notice").fill("0")
        desk.get_by_text("Whoever answers, at once or in turn", exact=True).click()
        host.press("Make the link")
        expect(host.notice()).to_contain_text("The link is there")
        # As a proxy answers while the server restarts: the browser alone would never ask again.
        desk.route("**/calendar/rings/stream", lambda route: route.fulfill(status=502), times=1)
        host.open("/calendar")
        _calls(first, server, "call-the-desk", "first@example.com", True, "Talk now")
        rows = desk.get_by_role("button", name="Accept Ada Visitor")
        expect(rows).to_have_count(1, timeout=40_000)
        rows.first.focus()
        _calls(second, server, "call-the-desk", "second@example.com", True, "Talk now")
        expect(rows).to_have_count(2, timeout=10_000)
        expect(rows.first).to_be_focused()
        # The place of one that is over stays empty for a moment.
        place = rows.nth(1).bounding_box()
        first.get_by_role("button", name="Stop calling").click()
        expect(rows).to_have_count(1, timeout=10_000)
        assert rows.first.bounding_box() == place
        expect(desk.locator("[data-rings] > *")).to_have_count(1)
        second.get_by_role("button", name="Stop calling").click()
        expect(second.get_by_role("heading", name="The call has ended")).to_be_visible()
        expect(rows).to_have_count(0, timeout=10_000)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_call_is_answered_and_another_is_not(shared_server, browser, script):
    server, name = shared_server, "Call us" if script else "Call us plainly"
    slug, email = name.lower().replace(" ", "-"), f"caller-{'a' if script else 'b'}@example.com"
    with eyes.page_of(browser, script=script) as desk, eyes.page_of(browser, script=script) as page:
        host = Host(desk, server, script)
        host.open(LIST)
        desk.get_by_role("link", name="New link").first.click()
        host.field("Title").fill(name)
        host.field("Shortest notice").fill("0")
        desk.get_by_text("Whoever answers, at once or in turn", exact=True).click()
        host.press("Make the link")
        expect(host.notice()).to_contain_text("The link is there")
        host.open("/calendar")
        _calls(page, server, slug, email, script, "Talk now")
        expect(page.get_by_role("heading", name="Calling")).to_be_visible()
        if script:
            eyes.inspect(page, eyes.DESK)
        else:
            host.open("/calendar")
        # With script the page that was open all the time rings by itself.
        accept = desk.get_by_role("button", name="Accept Ada Visitor")
        expect(accept).to_be_visible(timeout=10_000)
        if script:
            eyes.inspect(desk, eyes.DESK)
        accept.click()
        eyes.settle(desk)
        assert "/calendar/bookings/bk_" in desk.url
        if not script:
            page.reload()
        expect(page).to_have_url(re.compile(r"/booking/[\w-]{43}"), timeout=10_000)
        assert len(hosts_of(server, email)) == 1
        # The host is in that meeting now, so that nothing rings: times, or a few words.
        _calls(page, server, slug, f"late-{email}", script, "Write a message")
        expect(page.get_by_role("heading", name="Nobody is free right now")).to_be_visible()
        if script:
            eyes.inspect(page, eyes.DESK)
        page.get_by_label("Message").fill("Please call me back.")
        page.get_by_role("button", name="Send message").click()
        eyes.settle(page)
        expect(page.locator("main")).to_contain_text("Your message is on its way")
        page.get_by_role("link", name="Pick a time", exact=True).click()
        eyes.settle(page)
        expect(Visitor(page, server, slug, email=email).times.first).to_be_visible()
    # Their meeting is over for the next test.
    server.clock.advance(hours=1)


def _calls(page, server, slug: str, email: str, script: bool, words: str) -> None:
    page.goto(f"{server.url}/book/{slug}")
    eyes.settle(page)
    page.get_by_role("link", name=words).click()
    eyes.settle(page)
    if script:
        eyes.inspect(page, eyes.DESK)
    page.get_by_label("Name").fill("Ada Visitor")
    page.get_by_label("E-mail").first.fill(email)
    page.get_by_role("button", name=words).click()
    eyes.settle(page)
