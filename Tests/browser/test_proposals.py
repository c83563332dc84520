"""A host asks for another time: proposes some, the attendee takes one from the mail, or says that none suits."""
import re

import pytest
from playwright.sync_api import expect

import eyes
import facts
from test_approval import mails_to, newest, see
from test_links import Host
from visitor import CLOCK_TIME, Visitor

ZONE = "Europe/Lisbon"


@pytest.fixture(scope="module", params=[True, False], ids=["script", "no script"])
def stage(request, shared_server):
    links = shared_server.rows("SELECT slug FROM link WHERE slug = 'intro'")
    slug = links[0]["slug"] if links else shared_server.rows("SELECT slug FROM link ORDER BY id")[0]["slug"]
    return shared_server, slug, request.param


def booked(stage, browser, name: str) -> dict:
    """A booking of its own for each test, late enough to be asked about."""
    server, slug, script = stage
    email = f"{name}-{'script' if script else 'plain'}@proposals.example"
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        visitor = Visitor(page, server, slug, email=email)
        visitor.open()
        page.get_by_role("link", name=re.compile(r", \d+ times?")).last.click()
        visitor.settle()
        visitor.pick(0)
        visitor.fill()
        visitor.confirm()
        visitor.expect_confirmed()
    return facts.booking_of(server, email)


def propose(host: Host, booking: dict, script: bool) -> None:
    """Two times of the day that opens, with a message."""
    host.open(f"/calendar/bookings/{booking['id']}")
    host.page.get_by_role("link", name="Propose times").click()
    eyes.settle(host.page)
    for count in (1, 2):
        host.page.get_by_role("button", name=CLOCK_TIME).nth(count).click()
        eyes.settle(host.page)
        expect(host.page.get_by_text("One time so far" if count == 1 else "2 times so far")).to_be_visible()
    if script:
        see(host.page)
    host.page.get_by_role("link", name="Go on").click()
    eyes.settle(host.page)
    host.page.get_by_role("textbox", name=re.compile("^Message to")).fill("x" * 1001)
    host.press("Propose")
    expect(host.page.get_by_role("textbox", name=re.compile("^Message to"))).to_have_value("x" * 1001)
    host.page.get_by_role("textbox", name=re.compile("^Message to")).fill("A customer needs me that morning.")
    if script:
        see(host.page)
    host.press("Propose")
    expect(host.notice()).to_contain_text("Proposed.")
    expect(host.page.get_by_role("button", name="Take it back")).to_be_visible()
    if script:
        see(host.page)


def test_one_of_two_times_is_taken_from_the_mail(stage, browser):
    server, _, script = stage
    booking = booked(stage, browser, "taker")
    email = booking["attendee_email"]
    with eyes.page_of(browser, script=script) as page:
        propose(Host(page, server, script), booking, script)
    mail = newest(server, email, "Another time proposed")
    assert not mail.part("text/calendar")
    links = [link for link in mail.links() if "/proposal?start=" in link]
    times = sorted(row["starts"] for row in server.rows(
        "SELECT t.starts FROM proposal_time t JOIN proposal p ON p.id = t.proposal WHERE p.booking = ?", booking["id"]))
    assert len(times) == 2 and len(set(links)) == 2
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        # A mail scanner looks first; looking changes nothing.
        for link in links:
            page.goto(link)
        assert facts.booking_of(server, email)["version"] == booking["version"]
        page.goto(next(link for link in links if link.endswith(str(times[1]))))
        eyes.settle(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("proposes another time")
        if script:
            see(page)
        page.get_by_role("button", name=re.compile("^Take ")).first.click()
        eyes.settle(page)
        Visitor(page, server, "", email=email).expect_confirmed()
    after = facts.booking_of(server, email)
    assert (after["starts"], after["id"], after["version"]) == (times[1], booking["id"], booking["version"] + 1)
    kept = server.rows("SELECT kind FROM ledger WHERE claim = ?", booking["id"])
    assert [row["kind"] for row in kept] == ["booking"]


def test_none_suits(stage, browser):
    server, _, script = stage
    booking = booked(stage, browser, "refuser")
    with eyes.page_of(browser, script=script) as page:
        propose(Host(page, server, script), booking, script)
    mail = newest(server, booking["attendee_email"], "Another time proposed")
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        page.goto(next(link for link in mail.links() if link.endswith("/proposal")))
        page.locator("summary", has_text="None of these suits").click()
        page.get_by_role("textbox", name=re.compile("^Message to")).fill("I am away all week.")
        page.get_by_role("button", name="None of these suits").click()
        eyes.settle(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("knows that none of the times suits")
        if script:
            see(page)
    told = newest(server, facts.hosts_of(server, booking)[0]["email"], "None of your times suits")
    assert "I am away all week." in told.part("text/plain")
    assert facts.booking_of(server, booking["attendee_email"])["version"] == booking["version"]


def test_asked_to_choose_the_attendee_moves_alone(stage, browser):
    server, _, script = stage
    booking = booked(stage, browser, "chooser")
    email = booking["attendee_email"]
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        host.open(f"/calendar/bookings/{booking['id']}")
        host.page.get_by_role("link", name="Ask for another time").click()
        eyes.settle(page)
        expect(page.get_by_role("radio", name=re.compile("The meeting stays"))).to_be_checked()
        host.page.get_by_role("textbox", name=re.compile("^Message to")).fill("A train strike.")
        if script:
            see(page)
        host.press("Ask for another time")
        expect(host.notice()).to_contain_text("Asked.")
        host.open("/calendar/bookings?q=" + email)
        expect(page.get_by_text("Asked for another time", exact=False).first).to_be_visible()
    mail = newest(server, email, "Choose another time")
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        page.goto(next(link for link in mail.links() if "/book/reschedule/" in link))
        visitor = Visitor(page, server, "", email=email)
        visitor.pick(1)
        page.get_by_role("button", name="Move the meeting").click()
        visitor.settle()
        visitor.expect_confirmed()
    assert facts.booking_of(server, email)["version"] == booking["version"] + 1
    assert len(mails_to(server, email)) == 3
