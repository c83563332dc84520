"""Booking, a poll and a page on another website in Firefox and in WebKit: what people do most, in engines of their own.

What is looked at closely stands in the journeys in Chromium; here it counts that a press, a field, a frame and the
script of ours do the same everywhere.
"""
import datetime
import re

import pytest

import engines
import facts
from conftest import HURRIED
from frames import LISTENS, markup
from harness import Server
from website import Website

ENGINES = ["firefox", "webkit"]
LINK = "product-walkthrough"
ZONE = "Europe/Berlin"
# WebKit speaks American English here: 9:30 AM.
TIME = r"^\d\d?:\d\d(\s[AP]M)?$"
FRAME = "return document.querySelector('workestra-booking').shadowRoot.querySelector('iframe')"


@pytest.fixture(scope="module")
def here():
    """A server under this machine's own name: only Chromium can be told another."""
    with Server("sqlite", settings=HURRIED, like="furnished") as started:
        yield started


@pytest.fixture(scope="module", params=ENGINES)
def opened(request):
    with engines.opened(request.param, timezone=ZONE) as browser:
        yield request.param, browser


@pytest.fixture
def engine(opened):
    _, browser = opened
    browser.forget()
    return browser


@pytest.fixture
def email(opened, request) -> str:
    """Somebody of this test and engine alone."""
    return f"{opened[0]}-{request.node.originalname.split('_')[-1]}@example.com"


def test_a_stranger_books_moves_and_cancels(engine, here, email):
    # WebKit speaks American English here, whose clock is another.
    engine.goto(f"{here.url}/book/{LINK}?clock=24")
    # The page speaks the browser's own zone, which only its script can know.
    engine.arrives("timezone=Europe%2FBerlin")
    engine.press("button", TIME, 2)
    engine.sees("Held for you until")
    engine.fill("^Name", "Ada Visitor")
    engine.fill("^E-mail", email)
    engine.press("button", "^Confirm booking$")
    engine.arrives(r"/booking/[\w-]{43}(\?|$)")
    engine.sees("^Confirmed$")
    booking = facts.booking_of(here, email)
    assert (booking["status"], booking["zone"]) == ("confirmed", ZONE)
    engine.sees(facts.said(booking["starts"], ZONE)[1], "heading")

    engine.press("link", "^Move to another time$")
    engine.sees("^Move your meeting$", "heading")
    engine.press("button", TIME, 4)
    engine.fill("^Reason", "A train strike")
    engine.press("button", "^Move the meeting$")
    engine.sees("A train strike")
    moved = facts.booking_of(here, email)
    assert moved["version"] == 2 and moved["starts"] != booking["starts"]
    engine.sees(facts.said(moved["starts"], ZONE)[1], "heading")

    engine.press("link", "^Cancel the meeting$")
    engine.press("button", "^Cancel the meeting$")
    engine.sees("^This meeting is cancelled$", "heading")
    assert facts.booking_of(here, email)["status"] == "cancelled"
    assert facts.holds(here) == []


def poll(server) -> str:
    """A poll of two times some weeks ahead; its open address."""
    now = datetime.datetime.fromtimestamp(server.clock.now(), datetime.UTC)
    times = [(now + datetime.timedelta(days=50 + number)).strftime("%Y-%m-%dT03:00:00Z") for number in range(2)]
    made = server.api("POST", "/api/v1/polls", {
        "title": "Harbour board", "timezone": "Europe/Oslo",
        "times": [{"start": start, "durationMinutes": 30} for start in times]}, key=server.logins["users"][0]["apiKey"])
    assert made.status_code == 201, made.text
    return made.json()["url"]


ANSWERS = """return [...document.querySelectorAll('[role=radiogroup]')]
    .map((group) => group.querySelector('input:checked')?.value)"""


def test_somebody_answers_a_poll_and_changes_it(engine, here, email):
    engine.goto(poll(here))
    engine.sees("^Harbour board$", "heading")
    engine.press("radio", "^Yes$", 0)
    engine.press("radio", "^No$", 1)
    engine.fill("^Name", "Óscar Etxeberria")
    engine.fill("^E-mail", email)
    engine.press("button", "^Send my answers$")
    engine.sees("Your answers are kept")
    assert engine.run(ANSWERS) == ["yes", "no"]

    engine.press("radio", "^If need be$", 0)
    engine.press("radio", "^Yes$", 1)
    engine.press("button", "^Send my answers$")
    engine.sees("^0 yes, 1 if need be, 0 no$")
    assert engine.run(ANSWERS) == ["if_need_be", "yes"]
    votes = here.rows("SELECT v.answer FROM poll_vote v JOIN poll_voter p ON p.id = v.voter JOIN poll_option o "
                      "ON o.id = v.option WHERE p.email = ? ORDER BY o.starts", email)
    assert [vote["answer"] for vote in votes] == ["if_need_be", "yes"]


@pytest.fixture(scope="module")
def website(here):
    """A site of another name and port that may show the link `framed`."""
    with Website() as site:
        made = here.api("POST", "/api/v1/links", {
            "title": "Framed talk", "slug": "framed", "durationMinutes": [30], "allowedOrigins": [site.allowed],
            "minimumNotice": {"value": 0, "unit": "minute"}}, key=here.logins["users"][0]["apiKey"])
        assert made.status_code == 201, made.text
        site.put("/listens.js", LISTENS, kind="text/javascript")
        site.put("/", markup(here, "framed"))
        yield site


HEIGHT = f"const frame = (() => {{ {FRAME} }})(); "
FITS = "return document.documentElement.scrollHeight <= innerHeight && innerHeight"
HEARD = "const one = window.told.find((one) => one[0] === arguments[0]); return one && one[1]"


def fits(engine) -> int:
    """The height of the frame once it is that of its page, both seen from within and from the site."""
    engine.outside()

    def is_still() -> int:
        engine.outside()
        box = engine.run(f"{HEIGHT} return frame.className === '' && Math.round(frame.getBoundingClientRect().height)")
        engine.inside(FRAME)
        return engine.run(FITS) == box and box
    return engines.until(is_still, "the frame is not as tall as its page")


def test_a_frame_of_another_site_follows_its_page_and_books(engine, here, website, email):
    engine.goto(website.allowed + "/")
    assert engine.waits_for(HEARD, "ready") == {"top": 0, "link": "framed"}
    month = fits(engine)
    engine.press("button", TIME, 1)
    engine.sees("Held for you until")
    # The form is of another height than the month.
    engines.until(lambda: fits(engine) != month, "the frame does not follow its page")
    engine.fill("^Name", "Ada Visitor")
    engine.fill("^E-mail", email)
    engine.press("button", "^Confirm booking$")
    engine.sees("^Confirmed$")
    engine.outside()
    slot, told = engine.waits_for(HEARD, "slot_selected"), engine.waits_for(HEARD, "booking_confirmed")
    booking = facts.booking_of(here, email)
    assert (told["bookingId"], told["status"], told["start"]) == (booking["id"], "confirmed", slot["start"])
    assert facts.seconds(told["start"]) == booking["starts"] and booking["source"] == "embed"
    assert "example.com" not in repr(engine.run("return window.told"))

    # The booking's own page is never framed: it opens beside, and the site hears of what is done there.
    engine.inside(FRAME)
    window, known = engine.driver.ask("GetWindowHandle", {}), engine.windows()
    engine.press("link", "^Open your booking")
    engine.beside(known)
    assert re.search(r"/booking/[\w-]{43}$", engine.arrives("/booking/"))
    engine.press("link", "^Cancel the meeting$")
    engine.press("button", "^Cancel the meeting$")
    engine.sees("^This meeting is cancelled$", "heading")
    engine.back_to(window)
    assert engine.waits_for(HEARD, "cancelled")["bookingId"] == booking["id"]


def test_a_site_that_is_not_on_the_list_shows_the_link(engine, here, website):
    engine.goto(website.other + "/")
    assert engine.waits_for(HEARD, "error") == {"code": "not_framed", "link": ""}
    engine.sees("^Book a time$", "link")
