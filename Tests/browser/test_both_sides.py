"""What one side does and the other side meets: everybody together, a series of the host's, a managed link, a leaver,
a day out. The one side's page is in the test of its own; docs/journeys.md says which test shows what."""
import datetime
import re
import zoneinfo

import pytest
from playwright.sync_api import expect

import eyes
import facts
from test_approval import newest, see
from test_host_deeds import make
from test_links import LIST, Host
from test_rotation import _makes as make_turns
from test_rotation import hosts_of
from test_templates import COLLEAGUE
from test_templates import make as make_template
from visitor import Visitor

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
ZONE = "Europe/Berlin"


def add_people(server, name: str, given: list[str]) -> list[str]:
    """Members with nothing to do yet; their names."""
    people = [f"{name.split()[0]} {one}" for one in given]
    for person in people:
        server.command("user", "add", "--email", f"{person.lower().replace(' ', '.')}@sides.example", "--name", person,
                       "--workspace", server.rows("SELECT id FROM workspace")[0]["id"], "--role", "member")
    return people


@SCRIPT
def test_everybody_of_a_link_comes_together(shared_server, browser, script):
    server, name = shared_server, "Jury" if script else "Plainjury"
    slug, email = name.lower(), f"{name.lower()}@example.com"
    people = add_people(server, name, ["Aino", "Bela"])
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        host.open(LIST)
        page.get_by_role("link", name="New link").first.click()
        host.field("Title").fill(name)
        host.field("Shortest notice").fill("0")
        page.get_by_text("All of them", exact=True).click()
        for row, person in enumerate(people):
            choice = page.get_by_label("Add a host").nth(row)
            choice.select_option(choice.locator("option", has_text=person).get_attribute("value"))
        page.get_by_role("checkbox", name=re.compile("^Remove ")).check()
        host.press("Make the link")
        expect(host.notice()).to_contain_text("The link is there")
        assert host.link(slug)["kind"] == "collective"
        if script:
            see(page)
        with eyes.page_of(browser, script=script, timezone=ZONE) as other:
            visitor = Visitor(other, server, slug, email=email).open()
            expect(other.locator("main")).to_contain_text(f"With {people[0]}, {people[1]}")
            if script:
                see(other)
            visitor.book(1)
            if script:
                see(other)
            booking = facts.booking_of(server, email)
            assert set(hosts_of(server, email)) == set(people)
            visitor.move(2)
            rows = server.rows("SELECT subject, claim, starts FROM ledger WHERE claim = ?", booking["id"])
            assert len({row["subject"] for row in rows}) == len(rows) == 2
            assert {row["starts"] for row in rows} == {facts.booking_of(server, email)["starts"]}
            host.open(f"/calendar/bookings/{booking['id']}")
            for person in people:
                expect(page.locator("main")).to_contain_text(person)
            if script:
                see(page)
            page.get_by_text("Cancel it, with a message").click()
            page.get_by_label("Message to").fill("We are all ill.")
            host.press("Cancel the meeting")
            expect(host.notice()).to_contain_text("Cancelled. A mail tells")
            other.reload()
            expect(visitor.title).to_contain_text("cancelled")
            expect(other.locator("main")).to_contain_text("We are all ill.")
            if script:
                see(other)
    assert server.rows("SELECT 1 AS one FROM ledger WHERE claim = ?", booking["id"]) == []


def books_a_series(browser, server, slug: str, script: bool, email: str) -> str:
    """Four meetings; the address of the first one's page."""
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        visitor = Visitor(page, server, slug, email=email).open()
        visitor.pick(1)
        visitor.fill()
        page.get_by_label("How often").select_option("4")
        visitor.confirm()
        visitor.confirm()
        visitor.expect_confirmed()
        return page.url


def meetings(server, email: str) -> list[dict]:
    return server.rows("SELECT b.* FROM booking b JOIN series_booking s ON s.booking = b.id "
                       "WHERE b.attendee_email = ? ORDER BY s.place", email)


@SCRIPT
def test_a_series_is_changed_from_both_sides(shared_server, browser, script):
    server, title = shared_server, "Lessons" if script else "Plain lessons"
    slug, email = title.lower().replace(" ", "-"), f"{title.lower().replace(' ', '-')}@example.com"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = make(host, title)
        page.locator("details:has([name='recurring.everyWeeks']) > summary").first.click()
        page.locator("[name='recurring.everyWeeks']").select_option("1")
        page.locator("[name='recurring.count']").fill("6")
        host.press("Save")
        expect(host.notice()).to_contain_text("Saved")
        if script:
            see(page)
        own = books_a_series(browser, server, link["slug"], script, email)
        before = meetings(server, email)
        assert len(before) == 4
        with eyes.page_of(browser, script=script, timezone=ZONE) as other:
            # The attendee moves this one alone.
            visitor = Visitor(other, server, slug, email=email)
            other.goto(own)
            visitor.settle()
            visitor.move(4)
        after = meetings(server, email)
        assert [a["starts"] == b["starts"] for a, b in zip(after, before)] == [False, True, True, True]
        # The host moves the second and all after it, then cancels from the third on.
        host.open(f"/calendar/bookings/{after[1]['id']}")
        page.get_by_role("link", name="See all dates").click()
        eyes.settle(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("4 meetings")
        if script:
            see(page)
        page.get_by_role("link", name="Move to another time").click()
        eyes.settle(page)
        page.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).nth(3).click()
        eyes.settle(page)
        if script:
            see(page)
        host.press("Move this and the later ones")
        expect(host.notice()).to_contain_text("3 meetings are moved")
        moved = meetings(server, email)
        assert [a["starts"] == b["starts"] for a, b in zip(moved, after)] == [True, False, False, False]
        host.open(f"/calendar/bookings/{moved[2]['id']}/series")
        page.locator("summary", has_text="Cancel several meetings").click()
        page.get_by_label("Message to").fill("I am on leave.")
        host.press("Cancel these meetings")
        expect(host.notice()).to_contain_text("2 meetings are cancelled")
        if script:
            see(page)
    states = [meeting["status"] for meeting in meetings(server, email)]
    assert states == ["confirmed", "confirmed", "cancelled", "cancelled"]
    told = newest(server, email, "Cancelled")
    assert "I am on leave." in told.part("text/plain")


@SCRIPT
def test_a_colleagues_managed_link_is_booked(shared_server, browser, script):
    server, name = shared_server, "Managed talk" if script else "Plain managed talk"
    slug, email = name.lower().replace(" ", "-"), f"{name.lower().replace(' ', '-')}@example.com"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        template = make_template(host, name, slug)
        page.get_by_label("Title and description").check()
        page.get_by_label(f"{COLLEAGUE} has a link").check()
        host.press("Save")
        host.press("Save and change them")
        made = server.rows("SELECT l.id, l.slug FROM link l JOIN managed_link m ON m.link = l.id "
                           "WHERE m.template = ?", template)[0]
        with eyes.page_of(browser, script=script, timezone=ZONE) as other:
            visitor = Visitor(other, server, made["slug"], email=email).open()
            expect(visitor.title).to_contain_text(name)
            expect(other.locator("main")).to_contain_text(COLLEAGUE)
            if script:
                see(other)
            # Late enough for the notice of the link as it was made.
            visitor.book(0)
            assert hosts_of(server, email) == [COLLEAGUE]
            booking = facts.booking_of(server, email)
            host.open(f"/calendar/bookings/{booking['id']}")
            expect(page.locator("main")).to_contain_text(COLLEAGUE)
            # What the template says from now on, those who booked find on their page.
            host.open(f"/settings/booking-links/{template}")
            host.field("Title").fill(f"{name} anew")
            host.press("Save")
            host.press("Save and change them")
            other.goto(f"{server.url}/book/{made['slug']}")
            visitor.settle()
            expect(visitor.title).to_contain_text(f"{name} anew")


@SCRIPT
def test_whoever_booked_a_leaver_is_told_and_keeps_the_time(shared_server, browser, script):
    server, name = shared_server, "Goers" if script else "Plaingoers"
    slug, email = name.lower(), f"{name.lower()}@example.com"
    people = add_people(server, name, ["Aino", "Bela"])
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        make_turns(host, name, slug, people)
        with eyes.page_of(browser, script=script, timezone=ZONE) as other:
            visitor = Visitor(other, server, slug, email=email)
            visitor.book(1)
            before = facts.booking_of(server, email)
            leaving = hosts_of(server, email)[0]
            heir = next(person for person in people if person != leaving)
            host.open(f"/calendar/admin/members/{facts.hosts_of(server, before)[0]['id']}/hand-over")
            page.get_by_label("Message to everybody whose meeting changes").fill("I change my job.")
            page.get_by_role("checkbox", name=re.compile("^Then remove")).check()
            host.press("Hand over")
            expect(page.get_by_text(re.compile("is removed"))).to_be_visible()
            told = newest(server, email, "")
            assert heir in told.part("text/plain") and "I change my job." in told.part("text/plain")
            other.reload()
            visitor.expect_confirmed()
            expect(other.locator("main")).to_contain_text(heir)
            expect(other.locator("main")).not_to_contain_text(leaving)
            if script:
                see(other)
            assert facts.booking_of(server, email)["starts"] == before["starts"]
            visitor.move(3)
            assert hosts_of(server, email) == [heir]


@SCRIPT
def test_whoever_booked_a_day_out_is_told(shared_server, browser, script):
    server, title = shared_server, "Outing" if script else "Plain outing"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = make(host, title)
        emails = [f"{link['slug']}-{number}@example.com" for number in (1, 2)]
        pages = []
        for email in emails:
            with eyes.page_of(browser, script=script, timezone=ZONE) as other:
                visitor = Visitor(other, server, link["slug"], email=email).open()
                other.get_by_role("link", name=re.compile(r", \d+ times?")).last.click()
                visitor.settle()
                visitor.pick(0)
                visitor.fill()
                visitor.confirm()
                visitor.expect_confirmed()
                pages.append(other.url)
        first, second = (facts.booking_of(server, email) for email in emails)
        day = datetime.datetime.fromtimestamp(first["starts"], zoneinfo.ZoneInfo(ZONE)).date()
        host.open(f"/calendar/out-today?day={day}")
        for select in page.locator("select[name^='deed.']").all():
            select.select_option("keep")
        page.locator(f"[name='deed.{first['id']}']").select_option("ask")
        page.locator(f"[name='message.{first['id']}']").fill("My train is late.")
        page.locator(f"[name='deed.{second['id']}']").select_option("cancel")
        page.locator(f"[name='message.{second['id']}']").fill("I am ill.")
        page.get_by_role("checkbox", name=re.compile("^Nobody can book me")).uncheck()
        host.press("Do all of this")
        expect(page.get_by_text("Cancelled. A mail tells them.")).to_be_visible()
    mail = newest(server, emails[0], "Choose another time")
    assert "My train is late." in mail.part("text/plain")
    with eyes.page_of(browser, script=script, timezone=ZONE) as other:
        other.goto(pages[1])
        visitor = Visitor(other, server, link["slug"], email=emails[1])
        visitor.settle()
        expect(visitor.title).to_contain_text("cancelled")
        expect(other.get_by_text("I am ill.")).to_be_visible()
        if script:
            see(other)
        other.goto(next(found for found in mail.links() if "/book/reschedule/" in found))
        visitor = Visitor(other, server, link["slug"], email=emails[0])
        visitor.settle()
        if script:
            see(other)
        visitor.pick(2)
        other.get_by_role("button", name="Move the meeting").click()
        visitor.settle()
        visitor.expect_confirmed()
    assert facts.booking_of(server, emails[0])["starts"] != first["starts"]
