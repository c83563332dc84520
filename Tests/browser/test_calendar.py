"""The host's side: searching, filtering, week and month, notes, no-shows, moving and booking for somebody else."""
import datetime
import os
import pathlib
import re

import pytest
from playwright.sync_api import Page, expect

import contract
import eyes
import facts
from shots import sign_in

LINK = "product-walkthrough"
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
CLOCK_TIME = re.compile(r"^\d\d:\d\d$")


class Host:
    """The owner of the demo workspace in front of their bookings."""

    def __init__(self, page: Page, server):
        self.page, self.server = page, server
        sign_in(page, server, server.logins["users"][0])

    def go(self, path: str) -> None:
        self.page.goto(self.server.url + path)

    @property
    def title(self):
        return self.page.get_by_role("heading", level=1)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()


def booked(server, email: str, index: int, name: str = "Ada Visitor") -> dict:
    start = contract.free_slots(server, LINK, days=25)[index]
    answer = contract.create_booking(server, LINK, start, email=email, name=name)
    assert answer.status_code == 201, answer.text
    return answer.json()


@SCRIPT
def test_a_host_finds_a_booking_and_takes_filters_off(shared_server, browser, script):
    email = f"find-{script}@example.com".lower()
    booked(shared_server, email, 2 if script else 4)
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server)
        host.go("/calendar/bookings")
        page.get_by_role("searchbox", name="Name, e-mail or answer").fill(email.upper())
        host.press("Filter")
        assert "q=FIND" in page.url
        expect(page.locator(".booking-row").filter(has_text=email)).to_have_count(1)
        page.get_by_role("link", name="Past").click()
        host.sees("Nothing matches")
        page.get_by_role("link", name=re.compile("take this filter off")).click()
        assert "q=" not in page.url and "show=past" in page.url
        page.get_by_role("searchbox", name="Name, e-mail or answer").fill("zzznobody")
        page.get_by_text("More filters").click()
        page.get_by_label("From", exact=True).fill("2026-01-01")
        host.press("Filter")
        host.sees("Nothing matches")
        expect(page.get_by_role("link", name=re.compile("take this filter off"))).to_have_count(2)


@SCRIPT
def test_a_host_books_for_somebody_notes_it_and_moves_it(server, browser, demo, script):
    email = "guest@example.com"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server)
        page.get_by_role("link", name="Book for someone").click()
        page.get_by_role("main").get_by_role("link", name=re.compile("Product walkthrough", re.I)).click()
        page.get_by_role("button", name=CLOCK_TIME).nth(1).click()
        expect(host.title).to_have_text("For whom?")
        page.get_by_role("textbox", name="Name").fill("Zoë Guest")
        page.get_by_role("textbox", name="E-mail").fill("no address")
        page.get_by_role("textbox", name="What would you like to see?").fill("Everything")
        host.press("Book the time")
        expect(page.get_by_role("alert").first).to_be_visible()
        expect(page.get_by_role("textbox", name="Name")).to_have_value("Zoë Guest")
        page.get_by_role("textbox", name="E-mail").fill(email)
        host.press("Book the time")
        host.sees("Booked. The invitation is on its way")
        booking = facts.booking_of(server, email)
        assert booking["source"] == "host" and booking["status"] == "confirmed"
        assert facts.holds(server) == []

        page.get_by_role("textbox", name="A note for the hosts").fill("Bring the <b>long</b> cable")
        host.press("Add the note")
        host.sees("Bring the <b>long</b> cable")
        host.press("Delete this note")
        expect(page.get_by_text("long")).to_have_count(0)

        page.get_by_role("link", name="Move to another time").click()
        page.get_by_role("button", name=CLOCK_TIME).nth(2).click()
        page.get_by_role("textbox", name="Message to Zoë Guest").fill("A train strike")
        host.press("Move the meeting")
        host.sees("Moved. A new invitation")
        host.sees("A train strike")
        moved = facts.booking_of(server, email)
        assert moved["starts"] != booking["starts"] and moved["version"] == 2
        server.wait_for_jobs()
    assert contract.overlaps(server) == []


@SCRIPT
def test_a_host_marks_a_no_show_and_takes_it_back(own_server, browser, script):
    made = booked(own_server, "absent@example.com", 0)
    starts = datetime.datetime.fromisoformat(made["start"]).timestamp()
    own_server.clock.advance(seconds=int(starts - own_server.clock.now()) + 120)
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, own_server)
        host.go(f"/calendar/bookings/{made['id']}")
        host.press("Did not come")
        host.sees("Marked as a no-show")
        assert facts.booking_of(own_server, "absent@example.com")["status"] == "no_show"
        host.press("Take the no-show back")
        host.sees("No-show taken back")
        assert facts.booking_of(own_server, "absent@example.com")["status"] == "confirmed"
    assert contract.overlaps(own_server) == []


@SCRIPT
def test_week_and_month_show_a_booking_where_it_is(shared_server, browser, script):
    made = booked(shared_server, f"week-{script}@example.com".lower(), 8 if script else 10, name="Week Person")
    day = made["start"][:10]
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server)
        host.go("/calendar/bookings")
        page.get_by_role("link", name="Week", exact=True).click()
        host.go(f"/calendar/bookings?view=week&date={day}")
        event = page.locator(f'a[href="/calendar/bookings/{made["id"]}"]')
        expect(event).to_be_visible()
        page.get_by_role("link", name="The week after").click()
        expect(event).to_have_count(0)
        page.get_by_role("link", name="The week before").click()
        event.click()
        expect(page.get_by_role("heading", level=2, name="History")).to_be_visible()
        host.go(f"/calendar/bookings?view=month&date={day}")
        expect(page.locator(f'a[href="/calendar/bookings/{made["id"]}"]')).to_have_count(1)


def test_a_day_away_is_hatched_and_written_out(own_server, browser):
    monday = datetime.date.fromtimestamp(own_server.clock.now())
    monday += datetime.timedelta(days=14 - monday.weekday())
    with eyes.page_of(browser) as page:
        host = Host(page, own_server)
        host.go("/calendar/schedules")
        page.get_by_role("link", name="Time away").click()
        page.get_by_label("First day").fill(str(monday))
        page.get_by_label("Last day").fill(str(monday + datetime.timedelta(days=1)))
        page.get_by_label("Reason").fill("A long way up the fjord, and back again by boat")
        host.press("Add these days")
        for view, hatched in ("week", ".hatch"), ("day", ".hatch"), ("month", ".calendar-cell.off"):
            host.go(f"/calendar/bookings?view={view}&date={monday}")
            host.sees("Away: A long way up the fjord")
            expect(page.locator(hatched)).to_have_count(1 if view == "day" else 2)
            assert eyes.faults(page, eyes.DESK) == []
        # Every day of a week begins at the same height, whatever is written above it.
        host.go(f"/calendar/bookings?view=week&date={monday}")
        tops = page.locator(".day-grid").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
        assert len(set(tops)) == 1, tops


@SCRIPT
def test_cancelling_asks_once_and_says_who_was_told(shared_server, browser, script):
    made = booked(shared_server, f"cancel-{script}@example.com".lower(), 14 if script else 16, name="Sam Stranger")
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server)
        host.go(f"/calendar/bookings/{made['id']}")
        cancel = page.get_by_role("button", name="Cancel the meeting")
        expect(cancel).to_be_hidden()
        page.get_by_text("Cancel it, with a message").click()
        page.get_by_role("textbox", name="Message to Sam Stranger").fill("I am ill.")
        cancel.click()
        host.sees("Cancelled. A mail tells Sam Stranger")
        expect(page.locator("dt", has_text="Message")).to_be_visible()
        assert facts.booking_of(shared_server, made["attendee"]["email"])["status"] == "cancelled"


@pytest.mark.parametrize("path", ["/calendar/admin/members", "/calendar/admin/audit", "/calendar/admin/keys"])
def test_no_column_of_a_table_hides_on_a_phone(shared_server, browser, path):
    with eyes.page_of(browser, eyes.NARROW) as page:
        host = Host(page, shared_server)
        host.go(path)
        hidden = page.locator(".scroll").evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).length")
        assert page.locator(".scroll").count() > 0 and hidden == 0


def test_events_stand_at_their_hour_and_are_as_long_as_they_last(shared_server, browser):
    made = booked(shared_server, "scale@example.com", 12)
    with eyes.page_of(browser) as page:
        host = Host(page, shared_server)
        host.go(f"/calendar/bookings?view=week&date={made['start'][:10]}")
        box = page.locator(f'li:has(> a[href="/calendar/bookings/{made["id"]}"])').bounding_box()
        time = page.locator(f'a[href="/calendar/bookings/{made["id"]}"] time').inner_text()
        begins, ends = (int(part[:2]) * 60 + int(part[3:5]) for part in time.split("–"))
        hours = {mark.inner_text(): mark.bounding_box()["y"] for mark in page.locator(".hours li").all()}
        top = hours[f"{begins // 60:02}:00"] + begins % 60 / 15 * 16
        assert abs(box["y"] - top) < 10, (box, top, time)
        assert abs(box["height"] - (ends - begins) / 15 * 16) < 4, (box, time)


PAGES = ["/calendar/bookings?q=leila", "/calendar/bookings?view=week", "/calendar/bookings?view=month",
         "/calendar/bookings/new", "/calendar/bookings/new?link={link}", "/calendar/bookings/{booking}",
         "/calendar/bookings/{booking}/move", "/calendar", "/calendar/bookings?host=all",
         "/calendar/bookings?view=day", "/calendar/admin/members", "/calendar/admin/audit", "/calendar/admin/keys",
         "/settings/profile", "/settings/workspace"]


@pytest.mark.parametrize("look", [eyes.DESK, eyes.PHONE, eyes.NARROW, eyes.MIRRORED],
                         ids=lambda look: look.name)
def test_every_page_of_the_host_in_every_look(shared_server, browser, look):
    link = shared_server.rows("SELECT id FROM link WHERE slug = ?", LINK)[0]["id"]
    booking = shared_server.rows(
        "SELECT id FROM booking WHERE status = 'confirmed' ORDER BY starts DESC LIMIT 1")[0]["id"]
    found = []
    with eyes.page_of(browser, look) as page:
        page.goto(shared_server.url + "/sign-in")
        with eyes.page_of(browser) as other:
            sign_in(other, shared_server, shared_server.logins["users"][0])
            page.context.add_cookies(other.context.cookies())
        for path in PAGES:
            page.goto(shared_server.url + path.format(link=link, booking=booking))
            eyes.settle(page)
            found += eyes.faults(page, look, axe=look in {eyes.DESK, eyes.PHONE})
            if folder := os.environ.get("WORKESTRA_PICTURES"):
                eyes.shot(page, pathlib.Path(folder) / look.name, re.sub(r"\W+", "-", path))
    assert found == [], "\n".join(found)
