"""A series by the pages: dates before booking and after it, several moved and cancelled; with script and without."""
import datetime
import re

import pytest
from playwright.sync_api import expect

import eyes
import facts
from test_links import Host
from visitor import CLOCK_TIME, Visitor

ZONE = "Europe/Berlin"


def see(page) -> None:
    """Every fault a person could meet here, on a phone and at a desk."""
    for look in (eyes.PHONE, eyes.DESK):
        page.set_viewport_size({"width": look.width, "height": look.height})
        eyes.inspect(page, look)


@pytest.fixture(scope="module", params=[True, False], ids=["script", "no script"])
def course(request, shared_server):
    """A link that is booked up to six times at once."""
    slug = "course" if request.param else "plain-course"
    made = shared_server.api("POST", "/api/v1/links", {
        "title": "Course", "slug": slug, "durationMinutes": [30], "minimumNotice": {"value": 0, "unit": "hour"},
        "recurring": {"everyWeeks": 1, "count": 6}}, key=shared_server.logins["users"][0]["apiKey"])
    assert made.status_code == 201, made.text
    return shared_server, slug, request.param


def meetings(server, email: str) -> list[dict]:
    return server.rows("SELECT b.* FROM booking b JOIN series_booking s ON s.booking = b.id "
                       "WHERE b.attendee_email = ? ORDER BY s.place", email)


def test_a_series_is_booked_moved_and_cancelled(course, browser):
    server, slug, script = course
    email = f"sam@{slug}.example"
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        sam = Visitor(page, server, slug, email=email).open()
        sam.pick(2)
        sam.fill()
        page.get_by_label("How often").select_option("4")
        sam.confirm()
        # The dates stand there, and nothing is booked.
        expect(page.get_by_text("All 4 dates are free", exact=False)).to_be_visible()
        assert meetings(server, email) == []
        if script:
            see(page)
        dates = page.get_by_role("checkbox")
        assert dates.count() == 3 and all(box.is_checked() for box in dates.all())
        dates.nth(1).uncheck()
        sam.confirm()
        sam.expect_confirmed()
        booked = meetings(server, email)
        assert len(booked) == 3
        expect(page.get_by_text("Meeting 1 of 4, every week.", exact=False)).to_be_visible()

        page.get_by_role("link", name="See all dates").click()
        expect(sam.title).to_have_text("3 meetings")
        if script:
            see(page)
        page.get_by_role("link", name="Move to another time").click()
        sam.settle()
        sam.pick(6)
        if script:
            see(page)
        page.get_by_role("button", name="Move all that are to come").click()
        sam.settle()
        expect(page.get_by_text("3 meetings are moved", exact=False)).to_be_visible()
        moved = meetings(server, email)
        steps = {after["starts"] - before["starts"] for before, after in zip(booked, moved)}
        assert len(steps) == 1 and steps != {0}

        page.get_by_text("Cancel several meetings", exact=True).click()
        page.get_by_text("All to come", exact=True).click()
        page.get_by_role("button", name="Cancel these meetings").click()
        sam.settle()
        expect(page.get_by_text("3 meetings are cancelled", exact=False)).to_be_visible()
        assert {meeting["status"] for meeting in meetings(server, email)} == {"cancelled"}
    server.wait_for_jobs()
    facts.eventually(lambda: len([mail for mail in server.mail.mails if mail.recipients == [email]]) == 3,
                     "one mail for each of the three deeds")


def test_a_taken_date_is_named_and_another_is_chosen(course, browser):
    server, slug, script = course
    first, email = f"first@{slug}.example", f"second@{slug}.example"
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        Visitor(page, server, slug, email=first).book(4)
        # An hour later is free this week, and taken the week after.
        start = facts.booking_of(server, first)["starts"] + 3_600
        there = datetime.datetime.fromtimestamp(start + 7 * 86_400, datetime.timezone.utc).isoformat()
        made = server.api("POST", f"/api/v1/public/links/{slug}/bookings", {
            "start": there, "timezone": ZONE, "attendee": {"name": "Other", "email": f"other@{slug}.example"}})
        assert made.status_code == 201, made.text

        sam = Visitor(page, server, slug, email=email)
        page.goto(f"{server.url}/book/{slug}?start={start}")
        sam.settle()
        sam.fill()
        page.get_by_label("How often").select_option("3")
        sam.confirm()
        expect(page.get_by_text("One date cannot be had", exact=False)).to_be_visible()
        if script:
            see(page)
        page.get_by_label(re.compile("taken")).select_option(index=1)
        sam.confirm()
        sam.expect_confirmed()
        assert len(meetings(server, email)) == 3


def test_a_host_books_several_meetings_for_somebody(course, browser):
    server, slug, script = course
    email = f"zoe@{slug}.example"
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        host = Host(page, server, script)
        host.open(f"/calendar/bookings/new?link={host.link(slug)['id']}")
        # Away from the times that others here book.
        page.get_by_role("button", name=CLOCK_TIME).last.click()
        eyes.settle(page)
        host.field("Name").fill("Zoe Guest")
        host.field("E-mail").fill(email)
        page.get_by_label("How often").select_option("3")
        host.field("A note for the hosts").fill("Asked for by telephone.")
        host.press("Book the time")
        expect(page.get_by_text("All 3 dates are free", exact=False)).to_be_visible()
        assert meetings(server, email) == []
        if script:
            see(page)
        page.get_by_role("checkbox").first.uncheck()
        host.press("Book the time")
        expect(host.notice()).to_contain_text("Booked.")
        expect(page.get_by_text("Asked for by telephone.")).to_be_visible()
        assert len(meetings(server, email)) == 2
    server.wait_for_jobs()
    facts.eventually(lambda: len([mail for mail in server.mail.mails if mail.recipients == [email]]) == 1,
                     "one mail for both meetings")
