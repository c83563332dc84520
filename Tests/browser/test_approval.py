"""A host decides: approved with one tap, declined, another time asked for, no answer; with script and without."""
import re

import pytest
from playwright.sync_api import expect

import eyes
import facts
from test_links import LIST, Host
from visitor import Visitor

ZONE = "Europe/Lisbon"
DECIDE = re.compile(r"/book/approve/[\w-]{43}$")


class Asker(Visitor):
    """Somebody who asks for a time instead of taking it."""

    def ask(self, index: int = 0) -> str:
        self.open()
        expect(self.page.get_by_text("decides about each request", exact=False).first).to_be_visible()
        self.pick(index)
        self.fill()
        self.page.get_by_role("button", name="Ask for this time").click()
        self.settle()
        self.expect_waiting()
        return self.token

    def expect_waiting(self) -> None:
        expect(self.page.get_by_text("Waiting for the host", exact=True)).to_be_visible()
        expect(self.page.get_by_text("You asked for this time", exact=False)).to_be_visible()

    def ask_for_another(self, index: int) -> str:
        self.page.get_by_role("link", name="Ask for another time").click()
        self.settle()
        self.pick(index)
        self.page.get_by_role("textbox", name="Reason").fill("A train strike")
        self.page.get_by_role("button", name="Ask for this time").click()
        self.settle()
        self.expect_waiting()
        return self.token


def mails_to(server, email: str) -> list:
    server.wait_for_jobs()
    return [mail for mail in server.mail.mails if mail.recipients == [email]]


def newest(server, email: str, subject: str):
    """The mail of that subject; what is sent arrives a moment after its job has ended."""
    facts.eventually(lambda: any(mail.subject.startswith(subject) for mail in mails_to(server, email)),
                     f"no mail “{subject}” to {email}: {[mail.subject for mail in mails_to(server, email)]}")
    return [mail for mail in mails_to(server, email) if mail.subject.startswith(subject)][-1]


def decide_page(server, booking: dict) -> str:
    """The address in the host's newest mail that asks."""
    host = facts.hosts_of(server, booking)[0]
    mail = newest(server, host["email"], "Approve or decline")
    return next(link for link in mail.links() if DECIDE.search(link))


def see(page, *more) -> None:
    """Every fault a person could meet here, in all looks."""
    for look in (eyes.PHONE, eyes.DESK, *more):
        page.set_viewport_size({"width": look.width, "height": look.height})
        eyes.inspect(page, look)


@pytest.fixture(scope="module", params=[True, False], ids=["script", "no script"])
def stage(request, shared_server, browser):
    """A link made by hand, whose host decides."""
    script = request.param
    slug = "ask-first" if script else "ask-plainly"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server, script)
        host.open(LIST)
        host.page.get_by_role("link", name="New link").first.click()
        host.field("Title").fill(slug.replace("-", " "))
        host.field("Shortest notice").fill("0")
        host.page.locator("#approval").evaluate("(part) => { part.closest('details').open = true }") if script else (
            host.page.get_by_text("Approval", exact=True).last.click())
        host.page.get_by_role("checkbox", name=re.compile("You decide about each booking")).check()
        host.field("Hours you take to answer, at most").fill("500")
        host.press("Make the link")
        hours = host.field("Hours you take to answer, at most")
        expect(hours).to_have_value("500")
        expect(hours).to_have_attribute("aria-invalid", "true")
        hours.fill("24")
        host.press("Make the link")
        expect(host.notice()).to_contain_text("The link is there")
        link = host.link(slug)
        assert (link["requires_approval"], link["approval_hours"]) == (1, 24)
    return shared_server, slug, script


def test_asked_and_approved_with_one_tap(stage, browser):
    server, slug, script = stage
    email = f"ada@{slug}.example"
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        ada = Asker(page, server, slug, email=email)
        ada.ask(2)
        if script:
            see(page)
        booking = facts.booking_of(server, email)
        assert booking["status"] == "pending_approval"
        asked = newest(server, email, "Asked: ")
        assert not asked.part("text/calendar")
        address = decide_page(server, booking)
        with eyes.page_of(browser, script=script) as other:
            # A mail scanner looks first; looking changes nothing.
            other.goto(address)
            other.goto(address)
            assert facts.booking_of(server, email)["status"] == "pending_approval"
            expect(other.get_by_text("asks to meet you on", exact=False)).to_be_visible()
            if script:
                see(other)
            other.get_by_role("button", name="Approve").click()
            eyes.settle(other)
            expect(other.get_by_role("heading", level=1)).to_have_text("This is approved")
            if script:
                see(other)
        assert facts.booking_of(server, email)["status"] == "confirmed"
        assert "METHOD:REQUEST" in newest(server, email, "Confirmed: ").part("text/calendar")
        page.reload()
        ada.expect_confirmed()
        expect(page.get_by_text("agreed. The invitation is on its way.", exact=False)).to_be_visible()


def test_asked_and_declined_with_words(stage, browser):
    server, slug, script = stage
    email = f"bo@{slug}.example"
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        bo = Asker(page, server, slug, email=email)
        bo.ask(4)
        with eyes.page_of(browser, script=script) as other:
            host = Host(other, server, script)
            host.open("/calendar")
            expect(host.page.get_by_text("for your answer", exact=False).first).to_be_visible()
            host.page.get_by_role("link", name="Approve or decline").click()
            eyes.settle(other)
            expect(other.get_by_role("link", name=re.compile("^Waiting for you"))).to_be_visible()
            host.open(f"/calendar/bookings/{facts.booking_of(server, email)['id']}")
            if script:
                see(other)
            other.locator("summary", has_text="Decline").click()
            other.get_by_role("textbox", name="Message to").fill("I am at a fair.")
            other.get_by_role("button", name="Decline this time").click()
            eyes.settle(other)
            expect(host.notice()).to_contain_text("Declined. A mail tells")
        told = newest(server, email, "Declined: ")
        assert "I am at a fair." in told.part("text/plain") and not told.part("text/calendar")
        page.reload()
        expect(bo.title).to_contain_text("cannot meet you then")
        expect(page.get_by_text("I am at a fair.")).to_be_visible()
        if script:
            see(page)
        page.get_by_role("link", name="Book another time").click()
        bo.settle()
        expect(bo.times.first).to_be_visible()


def test_another_time_is_asked_for_while_the_old_one_stays(stage, browser):
    server, slug, script = stage
    email = f"cy@{slug}.example"
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        cy = Asker(page, server, slug, email=email)
        cy.ask(0)
        with eyes.page_of(browser, script=script) as other:
            other.goto(decide_page(server, facts.booking_of(server, email)))
            other.get_by_role("button", name="Approve").click()
            eyes.settle(other)
            page.reload()
            before = facts.booking_of(server, email)
            cy.ask_for_another(6)
            if script:
                see(page)
            moved = facts.booking_of(server, email)
            assert (moved["kept_starts"], moved["sequence"]) == (before["starts"], 0)
            kinds = server.rows("SELECT kind FROM ledger WHERE claim = ? ORDER BY kind", moved["id"])
            assert [row["kind"] for row in kinds] == ["booking", "pending"]

            # First the wish is taken back, then it is made again and approved.
            page.get_by_role("button", name="Keep the confirmed time").click()
            cy.settle()
            cy.expect_confirmed()
            assert facts.booking_of(server, email)["starts"] == before["starts"]
            cy.ask_for_another(8)
            other.goto(decide_page(server, moved))
            expect(other.get_by_text("asks to move your meeting to", exact=False)).to_be_visible()
            other.get_by_role("button", name="Approve").click()
            eyes.settle(other)
        after = facts.booking_of(server, email)
        assert (after["status"], after["sequence"]) == ("confirmed", 1) and after["starts"] != before["starts"]
        invitation = newest(server, email, "Moved: ").part("text/calendar")
        assert "SEQUENCE:1" in invitation and f"UID:{before['uid']}"[:40] in invitation


def test_nobody_answers_in_time(stage, browser):
    server, slug, script = stage
    email = f"di@{slug}.example"
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        di = Asker(page, server, slug, email=email).open()
        # Days ahead, so that the host has all of the link's hours.
        page.locator(".month-head").get_by_role("link").last.click()
        di.settle()
        di.pick(3)
        di.fill()
        page.get_by_role("button", name="Ask for this time").click()
        di.settle()
        di.expect_waiting()
        address = decide_page(server, facts.booking_of(server, email))
        server.clock.advance(hours=12)
        host = facts.hosts_of(server, facts.booking_of(server, email))[0]
        reminder = newest(server, host["email"], "Still open: ")
        assert address in reminder.links()
        server.clock.advance(hours=12, minutes=1)
        newest(server, email, "No answer: ")
        assert facts.booking_of(server, email)["status"] == "expired"
        page.reload()
        expect(di.title).to_contain_text("did not answer in time")
        with eyes.page_of(browser, script=script) as other:
            other.goto(address)
            expect(other.get_by_role("heading", level=1)).to_have_text("The time to answer is over")
            expect(other.get_by_role("button", name="Approve")).to_have_count(0)
