"""Every page in every look: rules of accessibility, sideways scroll, fingers, right to left, stillness, no complaints.

With WORKESTRA_SHOTS=FOLDER the pictures of all of it are kept there.
"""
import http.server
import os
import pathlib
import re
import sqlite3
import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

import asked
import contract
import eyes
import facts
from conftest import HURRIED
from harness import Server
from shots import sign_in
from web_server import Receiver

LINK = "product-walkthrough"
SHOTS = os.environ.get("WORKESTRA_SHOTS")
# How each look is checked: with axe (a second a page) or for its layout only.
WITH_AXE = {eyes.DESK, eyes.PHONE}
ASKED = {eyes.MIRRORED, eyes.MIRRORED_PHONE}
CALM = 0.05


class House:
    """A development server with bookings in every state, and a signed-in session's cookies."""

    def __init__(self, server: Server, browser, receiver: Receiver):
        self.server, self.receiver = server, receiver
        self.logins = server.furnish()
        self.webhook = self.make_webhook()
        self.starts = iter(contract.free_slots(server, LINK, days=25)[3::2])
        self.live = self.book("live@example.com")["token"]
        self.moved = self.book("moved@example.com")["token"]
        self.api("POST", f"/api/v1/public/bookings/{self.moved}/reschedule", {"start": next(self.starts)})
        self.cancelled = self.book("cancelled@example.com")["token"]
        self.api("POST", f"/api/v1/public/bookings/{self.cancelled}/cancel", {"reason": "A train strike"})
        self.booking = facts.booking_of(server, "live@example.com")["id"]
        self.asked, self.asking, self.decision = asked.ask(self)
        self.link = server.rows("SELECT id FROM link WHERE slug = ?", LINK)[0]["id"]
        self.schedule = server.rows("SELECT schedule FROM link WHERE slug = ?", LINK)[0]["schedule"]
        self.failed = server.rows(
            "SELECT id FROM webhook_delivery WHERE event = 'booking.cancelled'")[0]["id"]
        self.accepted = server.rows("SELECT id FROM webhook_delivery WHERE event = 'booking.created'")[0]["id"]
        # As after a government moved Berlin's clock: the meeting was agreed an hour earlier than the clock shows now.
        self.shift_a_clock()
        self.member = server.rows("SELECT account FROM member ORDER BY role LIMIT 1")[0]["account"]
        server.wait_for_jobs()
        self.mail = server.rows("SELECT id FROM local_mail ORDER BY created_at LIMIT 1")[0]["id"]
        with eyes.page_of(browser) as page:
            sign_in(page, server, self.logins["users"][0])
            self.cookies = page.context.cookies()

    def shift_a_clock(self) -> None:
        row = self.server.rows("SELECT workspace, anchor_local FROM booking WHERE id = ?", self.booking)[0]
        date, time = row["anchor_local"].split("T")
        agreed = f"{date}T{int(time[:2]) - 1:02}{time[2:]}"
        with sqlite3.connect(self.server.store.path, timeout=30) as connection:
            connection.execute("UPDATE booking SET anchor_local = ? WHERE id = ?", (agreed, self.booking))
            connection.execute("INSERT INTO clock_change (workspace, booking, noted_at) VALUES (?, ?, 1)",
                               (row["workspace"], self.booking))
        connection.close()

    def make_webhook(self) -> str:
        """One that is told of every booking, and one that answers 500 to cancellations; the first's id."""
        key, ids = self.logins["users"][0]["apiKey"], []
        for path, event in (("/ok", "booking.created"), ("/status/500", "booking.cancelled")):
            answer = self.server.api("POST", "/api/v1/webhooks", {
                "url": f"http://127.0.0.1:{self.receiver.port}{path}", "events": [event],
                "description": "Tells the customer register"}, key=key)
            assert answer.status_code == 201, answer.text
            ids.append(answer.json()["id"])
        self.failing = ids[1]
        return ids[0]

    def book(self, email: str, start: str | None = None) -> dict:
        answer = contract.create_booking(self.server, LINK, start or next(self.starts), email=email)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def api(self, method: str, path: str, body: dict) -> dict:
        answer = self.server.api(method, path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def own_words(self) -> set[str]:
        """What people typed, which no translation touches."""
        columns = ["workspace.name", "account.name", "account.email", "link.title", "link.slug", "link.description",
                   "link_location.text", "question.label", "booking.attendee_name", "booking.attendee_email",
                   "booking.reason", "booking.location", "booking_answer.value", "schedule.zone", "schedule.name",
                   "booking.zone", "api_key.name", "api_key.tail", "webhook.url", "webhook.description",
                   "webhook_delivery.id", "webhook_delivery.event", "webhook_delivery.body", "webhook_attempt.reply",
                   "effect.note"]
        words = {"Workestra", self.server.url, self.server.url.removeprefix("http://"), "/book/"}
        for table, column in (name.split(".") for name in columns):
            words |= {str(row["word"]) for row in self.server.rows(f"SELECT DISTINCT {column} AS word FROM {table}")}
        cities = {zone.rsplit("/", 1)[-1].replace("_", " ") for zone in words if re.fullmatch(r"\w+/[\w/]+", zone)}
        initials = {"".join(part[0] for part in (name.split()[0], name.split()[-1])).upper()
                    for name in words if name.strip()}
        calendars = {"Google", "Outlook", "Office 365", "Yahoo"}
        words |= {"127.0.0.1", "booking.created", "booking.rescheduled", "booking.reassigned",
                  "booking.cancelled", "booking.no_show", "booking.pending", "booking.confirmed", "booking.declined",
                  "booking.proposed", "booking.proposal_refused"}
        return words | cities | initials | calendars | {
            "Berlin", "Europe/Berlin", "New York", "UTC", "Chrome", "Linux"}


@pytest.fixture(scope="module")
def house(browser):
    more = {"SMTP_URL": "", "WORKESTRA_EGRESS_ALLOW": "127.0.0.0/8"}
    with Receiver("127.0.0.1") as receiver:
        with Server("sqlite", environment="development", settings=HURRIED | more) as server:
            yield House(server, browser, receiver)


# Pages: how to come to each. A page that is only an address needs no more than that.

def details(page: Page, house: House) -> None:
    """The form of a time that is held."""
    page.goto(f"{house.server.url}{contract.book(LINK)}?timezone=Europe/Berlin")
    page.locator("button.time").last.click()
    page.wait_for_url("**/details*")


def details_wrong(page: Page, house: House) -> None:
    details(page, house)
    page.locator("[name='attendee.email']").fill("ada@example")
    page.locator("#details button.primary").click()
    page.locator(".field-error").first.wait_for()


def details_gone(page: Page, house: House) -> None:
    """The hold is let go and the time booked by somebody else, then the form is sent."""
    details(page, house)
    start = int(re.search(r"start=(\d+)", page.url)[1])
    # A second page of the same visitor takes another time: the first time is free for anybody.
    form = page.locator("[name=form]").first.get_attribute("value")
    other = facts.seconds(contract.free_slots(house.server, LINK, days=25)[-1])
    page.request.post(f"{house.server.url}{contract.book(LINK)}/holds", form={"form": form, "start": str(other)})
    house.book("quick@example.com", facts.rfc3339(start))
    page.locator("[name='attendee.name']").fill("Ada")
    page.locator("[name='attendee.email']").fill("ada@example.com")
    page.locator("#details button.primary").click()
    page.locator("[role=alert]").wait_for()


def confirm_move(page: Page, house: House) -> None:
    page.goto(house.server.url + contract.reschedule(house.live))
    page.locator("button.time").last.click()
    page.wait_for_url("**start=*")


def keys_wrong(page: Page, house: House) -> None:
    page.goto(house.server.url + "/calendar/admin/keys")
    page.locator("main form").last.locator("button.primary").click()
    page.locator(".field-error").first.wait_for()


def webhook_wrong(page: Page, house: House) -> None:
    page.goto(house.server.url + "/settings/webhooks/new")
    page.locator("[name=url]").fill("https://user:secret@example.org/")
    page.locator("main button.primary").click()
    page.locator(".field-error").first.wait_for()


def schedule_looked_at(page: Page, house: House) -> None:
    page.goto(f"{house.server.url}/calendar/schedules/{house.schedule}")
    page.locator("[name=mon_1_to]").fill("18:00")
    page.locator("[name='overrides.0.date']").fill("2035-02-03")
    page.locator("[name='overrides.0.times']").fill("22:00–26:00")
    page.locator("[value=look]").first.click()
    page.locator("#changes").wait_for()


def holidays_shown(page: Page, house: House) -> None:
    page.goto(f"{house.server.url}/calendar/schedules/holidays")
    page.locator("[name=country]").select_option("DE")
    page.locator("[value=show]").click()
    page.locator(".holidays").first.wait_for()


def sign_in_wrong(page: Page, house: House) -> None:
    page.context.clear_cookies()
    page.goto(house.server.url + contract.SIGN_IN)
    page.locator("[name=email]").fill("nobody@example.com")
    page.locator("[name=password]").fill("nothing at all")
    page.locator("main button.primary").click()
    page.locator("[role=alert]").wait_for()


def at(path: str):
    """The page at an address with the house's own tokens and ids in it."""
    def go(page: Page, house: House) -> None:
        page.goto(house.server.url + path.format(**vars(house)))
    return go


PUBLIC = {
    "booking": at(contract.book(LINK)),
    "booking in twelve hours": at(contract.book(LINK) + "?clock=12&timezone=America/New_York"),
    "zone chooser": at(contract.book(LINK) + "?zone=pick"),
    "nothing free": at(contract.book(LINK) + "?month=2031-01"),
    "details": details,
    "details with mistakes": details_wrong,
    "details of a time that is gone": details_gone,
    "confirmation": at("/booking/{live}"),
    "move": at("/book/reschedule/{live}"),
    "confirm the move": confirm_move,
    "cancel": at("/book/cancel/{live}"),
    "cancelled": at("/booking/{cancelled}"),
    "token of before a move": at("/booking/{moved}"),
    "a time that was asked for": at("/booking/{asked}"),
    "a host's answer": at("/book/approve/{decision}"),
    "not found": at("/book/nothing-here"),
    "sign in with a mistake": sign_in_wrong,
    "forgot password": at("/forgot-password"),
    "reset that is over": at("/reset-password/nothing"),
    "invitation that is over": at("/invitation/nothing"),
    "sign up where nobody can": at("/sign-up"),
}
APP = {
    "overview": at(contract.CALENDAR),
    "menu": at(contract.CALENDAR + "#nav"),
    "bookings": at("/calendar/bookings"),
    "past bookings": at("/calendar/bookings?show=past"),
    "cancelled bookings": at("/calendar/bookings?show=cancelled"),
    "one booking": at("/calendar/bookings/{booking}"),
    "one booking that waits": at("/calendar/bookings/{asking}"),
    "bookings that wait": at("/calendar/bookings?show=pending"),
    "giving a booking away": at("/calendar/bookings/{booking}/reassignment"),
    "proposing times": at("/calendar/bookings/{booking}/proposal"), "out today": at("/calendar/out-today"),
    "another time": at("/calendar/bookings/{booking}/rebook"), "offer": at("/settings/booking-links/{link}/offer"),
    "handing over": at("/calendar/admin/members/{member}/hand-over"),
    "links": at(contract.EVENT_TYPES), "waitlist": at("/settings/booking-links/{link}/waitlist"),
    "link editor": at("/settings/booking-links/{link}"),
    "new link": at("/settings/booking-links/new"),
    "troubleshooter": at("/calendar/troubleshooter?link={link}"),
    "schedules": at("/calendar/schedules"),
    "schedule": at("/calendar/schedules/{schedule}"),
    "schedule, looked at first": schedule_looked_at,
    "new schedule": at("/calendar/schedules/new"),
    "time away": at("/calendar/schedules/away"),
    "time away, holidays": holidays_shown,
    "keys": at("/calendar/admin/keys"),
    "keys with a mistake": keys_wrong,
    "members": at("/calendar/admin/members"),
    "one member": at("/calendar/admin/members/{member}"), "theirs": at("/calendar/admin/members/{member}/assistants"),
    "teams": at("/calendar/admin/teams"),
    "new team": at("/calendar/admin/teams/new"), "managed links": at("/calendar/admin/managed-links"),
    "webhooks": at("/settings/webhooks"),
    "new webhook": at("/settings/webhooks/new"),
    "new webhook with mistakes": webhook_wrong,
    "a webhook": at("/settings/webhooks/{webhook}"),
    "a webhook that fails": at("/settings/webhooks/{failing}"),
    "a delivery": at("/settings/webhooks/{webhook}/deliveries/{accepted}"),
    "a delivery that failed": at("/settings/webhooks/{failing}/deliveries/{failed}"),
    "outside hosts": at("/settings/outside-hosts"),
    "clock changes": at("/calendar/clock-changes"),
    "log": at("/calendar/admin/audit"),
    "workspace": at("/settings/workspace"),
    "security": at("/settings/security"), "assistants": at("/settings/assistants"),
    "set-up, hours": at("/setup/hours"),
    "set-up, link": at("/setup/link"),
    "set-up, done": at("/setup/done"),
}
# For developers of one machine; its words are not translated.
MAILBOX = {
    "mailbox": at(contract.DEVELOPMENT_MAIL),
    "one mail": at(contract.DEVELOPMENT_MAIL + "/{mail}"),
}


@contextmanager
def looking(browser, house: House, look: eyes.Look, *, signed_in: bool):
    with eyes.page_of(browser, look) as page:
        if signed_in:
            page.context.add_cookies(house.cookies)
        yield page


def look_at(page: Page, look: eyes.Look, name: str, own_words: set[str] | None) -> list[str]:
    """All that is wrong with the page that is open."""
    eyes.settle(page)
    if SHOTS:
        title = name.replace(" ", "-").replace(",", "")
        eyes.shot(page, pathlib.Path(SHOTS), f"{title}-{look.name}")
        if look == eyes.DESK:
            with eyes.in_the_dark(page):
                eyes.shot(page, pathlib.Path(SHOTS), f"{title}-{eyes.DARK.name}")
    found = eyes.faults(page, look, axe=look in WITH_AXE)
    if look in ASKED and own_words is not None:
        found += [f"not translated: {text!r}" for text in eyes.untranslated(page, own_words)]
    return [f"{name}: {fault}" for fault in found]


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
@pytest.mark.parametrize("part", ["public", "app"])
def test_every_page(house, browser, look, part):
    pages = PUBLIC if part == "public" else APP
    own_words = house.own_words() if look in ASKED else None
    found: list[str] = []
    with looking(browser, house, look, signed_in=part == "app") as page:
        for name, go in pages.items():
            go(page, house)
            found += look_at(page, look, name, own_words)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("look", [eyes.DESK, eyes.PHONE, eyes.NARROW], ids=lambda look: look.name)
def test_the_mailbox(house, browser, look):
    found: list[str] = []
    with eyes.page_of(browser, look) as page:
        for name, go in MAILBOX.items():
            go(page, house)
            found += look_at(page, look, name, None)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_first_screen_of_the_set_up(bare_server, browser, look):
    with eyes.page_of(browser, look) as page:
        page.goto(f"{bare_server.url}{contract.SETUP}?token={bare_server.setup_token()}")
        words = {"Workestra"}
        found = look_at(page, look, "set-up, owner", words)
        page.locator("main button.primary").click()
        page.locator(".field-error").first.wait_for()
        found += look_at(page, look, "set-up, owner with mistakes", words)
        page.goto(bare_server.url + contract.SETUP)
        found += look_at(page, look, "set-up, wrong token", words)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("look", [eyes.DESK, eyes.PHONE], ids=lambda look: look.name)
def test_the_booking_page_does_not_jump(house, browser, look):
    """Neither when it is loaded nor when it comes again in the browser's own zone."""
    with eyes.page_of(browser, look, timezone="Asia/Kathmandu") as page:
        for path in (contract.book(LINK), contract.book(LINK) + "?timezone=Asia/Kathmandu"):
            page.goto(house.server.url + path)
            eyes.settle(page)
            assert "timezone=Asia" in page.url
            assert eyes.layout_shift(page) < CALM


# The checks themselves, seen to fail.

JUMPY = b"""<!doctype html><html lang="en"><title>x</title><body><p>Above</p><h1 style="height: 300px">Below</h1>
<script>setTimeout(() => { document.querySelector('p').style.height = '400px' }, 100)</script></body></html>"""
PLAIN = """<!doctype html><html lang="en-XB" dir="rtl"><title>\u27e6\u0162\u00ef\u0163\u013c\u00e9\u27e7</title>
<p>\u27e6\u00c5\u27e7 Ada</p><p>Left over</p><button aria-label="Close">x</button></html>""".encode()
PIERCED = b"""<!doctype html><html lang="en"><title>x</title><p style="color: red">x</p></html>"""


@pytest.fixture
def stub():
    """Pages by their address; /pierced breaks its own policy."""
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = {"/jumpy": JUMPY, "/plain": PLAIN}.get(self.path, PIERCED)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if self.path == "/pierced":
                self.send_header("Content-Security-Policy", "default-src 'self'")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


def test_a_page_that_jumps_is_caught(browser, stub):
    with eyes.page_of(browser) as page:
        page.goto(stub + "/jumpy")
        page.wait_for_timeout(300)
        assert eyes.layout_shift(page) > CALM


def test_words_that_are_not_translated_are_caught(browser, stub):
    with eyes.page_of(browser) as page:
        page.goto(stub + "/plain")
        assert eyes.untranslated(page, {"Ada"}) == ["Left over", "Close"]
        assert len(eyes.untranslated(page, set())) == 3


def test_a_page_that_breaks_its_policy_is_caught(browser, stub):
    with pytest.raises(AssertionError, match="Content Security Policy"):
        with eyes.page_of(browser) as page:
            page.goto(stub + "/pierced")
