"""A stranger books, moves and cancels, with script and without, through a proxy; and everything that goes wrong."""
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from playwright.sync_api import expect

import contract
import eyes
import facts
from visitor import Visitor

LINK = "product-walkthrough"
ZONE = "Europe/Lisbon"
HOST_ZONE = "Europe/Oslo"


# The main journey

@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_stranger_books_moves_and_cancels(server, browser, demo, script):
    # Without script nobody knows the browser's zone, so the page speaks the host's.
    zone = ZONE if script else HOST_ZONE
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        ada = Visitor(page, server, LINK, email="ada@example.com").open()
        first = _books(ada, server, zone)
        second = _moves(ada, server, zone, first)
        _cancels(ada, server, zone, second)
    assert contract.overlaps(server) == []
    assert facts.holds(server) == []
    assert all(f" {contract.book(LINK)}" in line or "/book" in line or "/assets/" in line
               for line in server.proxy.requests), server.proxy.requests


def _books(ada: Visitor, server, zone: str) -> str:
    words = ada.pick(2)
    assert len(facts.holds(server)) == 1 and facts.bookings_of(server, ada.email) == []
    expect(ada.page.get_by_text("Held for you until")).to_be_visible()
    ada.fill()
    ada.page.get_by_role("textbox", name="What would you like to see?").fill("Air & water\u200e <b>now</b>")
    ada.confirm()
    ada.expect_confirmed()
    booking = facts.expect_stored(server, ada.email, facts.BOOKED, [])
    assert booking["zone"] == zone and booking["attendee_name"] == ada.name
    ada.expect_time(booking["starts"], booking["ends"], zone)
    assert words in ada.title.inner_text()
    assert facts.holds(server) == [], "the hold became the booking"
    facts.expect_mails(server, booking, facts.BOOKED, 0, token=ada.token)
    answer = server.rows("SELECT value FROM booking_answer WHERE booking = ?", booking["id"])
    assert [row["value"] for row in answer] == ["Air & water\u200e <b>now</b>"]
    return ada.token


def _moves(ada: Visitor, server, zone: str, first: str) -> str:
    before = facts.booking_of(server, ada.email)
    second = ada.move(4, reason="A train strike")
    assert second != first, "moving gives a new token"
    booking = facts.expect_stored(server, ada.email, facts.MOVED, [facts.BOOKED])
    assert booking["starts"] != before["starts"] and booking["uid"] == before["uid"]
    ada.expect_time(booking["starts"], booking["ends"], zone)
    expect(ada.page.get_by_text("A train strike")).to_be_visible()
    facts.expect_mails(server, booking, facts.MOVED, 2, token=second)
    return second


def _cancels(ada: Visitor, server, zone: str, token: str) -> None:
    ada.cancel(reason="The strike goes on")
    booking = facts.expect_stored(server, ada.email, facts.CANCELLED, [facts.BOOKED, facts.MOVED])
    expect(ada.title).to_have_text("This meeting is cancelled")
    expect(ada.page.locator("s")).to_contain_text(facts.said(booking["starts"], zone)[1])
    expect(ada.page.get_by_text("Cancelled", exact=True)).to_be_visible()
    expect(ada.page.get_by_role("link", name="Move to another time")).to_have_count(0)
    facts.expect_mails(server, booking, facts.CANCELLED, 4, token=token)
    assert booking["reason"] == "The strike goes on"


# Confirming once

def test_back_after_the_confirmation_shows_the_confirmation(shared_server, browser):
    with eyes.page_of(browser, timezone=ZONE) as page:
        bo = Visitor(page, shared_server, LINK, email="bo@example.com")
        token = bo.book(1)
        heading = bo.title.inner_text()
        page.go_back()
        bo.settle()
        assert bo.token == token
        expect(bo.title).to_have_text(re.compile(re.escape(heading.split("\n")[0])))
        expect(bo.confirm_button).to_have_count(0)
    assert len(facts.bookings_of(shared_server, "bo@example.com")) == 1


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_double_click_books_once(shared_server, browser, script):
    email = f"cy-{script}@example.com".lower()
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        cy = Visitor(page, shared_server, LINK, email=email).open()
        cy.pick(3)
        cy.fill()
        cy.confirm_button.dblclick(no_wait_after=True)
        # Without script the second press breaks the first one's answer off: what counts is where it ends.
        expect(page).to_have_url(re.compile("/booking/"))
        cy.expect_confirmed()
    assert len(facts.bookings_of(shared_server, email)) == 1


def test_one_form_sent_twice_at_once_books_once(shared_server, browser):
    """Past the script: the very same request, ten at a time."""
    with eyes.page_of(browser, timezone=ZONE) as page:
        di = Visitor(page, shared_server, LINK, email="di@example.com").open()
        di.pick(5)
        di.fill()
        fields = dict(page.evaluate("[...new FormData(document.getElementById('details'))]"))
        address = f"{shared_server.local}/book/{LINK}/bookings"
        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(
                lambda _: requests.post(address, data=fields, allow_redirects=False, timeout=30), range(10)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(facts.bookings_of(shared_server, "di@example.com")) == 1


# Somebody was quicker

def test_two_tabs_for_one_time(shared_server, browser):
    with eyes.page_of(browser, timezone=ZONE) as one, eyes.page_of(browser, timezone=ZONE) as other:
        eva = Visitor(one, shared_server, LINK, email="eva@example.com").open()
        fay = Visitor(other, shared_server, LINK, email="fay@example.com").open()
        eva.find_room(6)
        fay.find_room(6)
        taken = eva.pick(6)
        assert fay.pick(6) == taken
        expect(fay.alert).to_contain_text("has just been taken. Nearest:")
        expect(fay.alert).to_be_focused()
        assert taken not in fay.times.all_inner_texts(), "a time that is held is not offered"
        eva.fill()
        eva.confirm()
        eva.expect_confirmed()
        fay.pick(6)
        fay.fill()
        fay.confirm()
        fay.expect_confirmed()
    one, other = (facts.booking_of(shared_server, f"{name}@example.com") for name in ("eva", "fay"))
    assert one["starts"] != other["starts"]
    assert contract.overlaps(shared_server) == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_hold_ran_out_and_somebody_took_the_time(own_server, browser, script):
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        gil = Visitor(page, own_server, LINK, email="gil@example.com", name="Gil “Quote” Ø").open()
        gil.pick(2)
        gil.fill()
        page.get_by_role("textbox", name="What would you like to see?").fill("Everything <i>")
        start = int(page.evaluate("document.querySelector('[name=start]').value") if script else
                    re.search(r"start=(\d+)", page.url)[1])
        own_server.clock.advance(minutes=11)
        quick = contract.create_booking(own_server, LINK, facts.rfc3339(start), email="quick@example.com")
        assert quick.status_code == 201, quick.text
        gil.confirm()
        expect(gil.alert).to_contain_text("has just been taken. Nearest:")
        expect(gil.alert).to_be_focused()
        expect(page.get_by_role("textbox", name="Name")).to_have_value("Gil “Quote” Ø")
        expect(page.get_by_role("textbox", name="E-mail")).to_have_value("gil@example.com")
        expect(page.get_by_role("textbox", name="What would you like to see?")).to_have_value("Everything <i>")
        assert facts.bookings_of(own_server, "gil@example.com") == []
        offers = gil.alert.get_by_role("button", name=re.compile("^Book "))
        expect(offers).to_have_count(3)
        words = offers.first.inner_text()
        offers.first.click()
        gil.settle()
        gil.expect_confirmed()
    booking = facts.booking_of(own_server, "gil@example.com")
    assert booking["starts"] != start
    *day, time = words.removeprefix("Book ").rsplit(", ", 1)
    gil_zone = ZONE if script else HOST_ZONE
    said = facts.said(booking["starts"], gil_zone)
    assert time == said[1] and day in ([], [said[0]])
    assert contract.overlaps(own_server) == []


def test_a_hold_that_ran_out_still_books_a_free_time(own_server, browser):
    with eyes.page_of(browser, timezone=ZONE) as page:
        hal = Visitor(page, own_server, LINK, email="hal@example.com").open()
        hal.pick(2)
        hal.fill()
        own_server.clock.advance(minutes=11)
        assert facts.holds(own_server) == []
        page.reload()
        expect(page.get_by_text("Held for you until")).to_have_count(0)
        hal.fill()
        hal.confirm()
        hal.expect_confirmed()
    assert facts.booking_of(own_server, "hal@example.com")["status"] == "confirmed"


def test_a_time_that_is_past_when_it_is_confirmed(own_server, browser):
    with eyes.page_of(browser, timezone=ZONE) as page:
        ida = Visitor(page, own_server, LINK, email="ida@example.com").open()
        ida.pick(0)
        ida.fill()
        own_server.clock.advance(days=3)
        ida.confirm()
        expect(ida.alert).to_be_focused()
        expect(page.get_by_role("textbox", name="Name")).to_have_value(ida.name)
    assert facts.bookings_of(own_server, "ida@example.com") == []


# Mistakes

def test_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(shared_server, browser):
    with eyes.page_of(browser, timezone=ZONE) as page:
        jo = Visitor(page, shared_server, LINK, email="jo@example", name="J" * 201).open()
        jo.pick(0)
        jo.fill()
        page.get_by_role("textbox", name="What would you like to see?").fill("Kept")
        jo.confirm()
        for label in ("Name", "E-mail"):
            field = page.get_by_role("textbox", name=label)
            expect(field).to_have_attribute("aria-invalid", "true")
            told = page.locator(f"[id='{field.get_attribute('aria-describedby').split()[-1]}']")
            assert len(told.inner_text()) > 10
        expect(page.get_by_role("textbox", name="Name")).to_have_value("J" * 201)
        expect(page.get_by_role("textbox", name="E-mail")).to_have_value("jo@example")
        expect(page.get_by_role("textbox", name="What would you like to see?")).to_have_value("Kept")
        assert facts.bookings_of(shared_server, "jo@example") == []
        jo.name, jo.email = "Jo", "jo@example.com"
        jo.fill()
        jo.confirm()
        jo.expect_confirmed()


# Tokens and time

def test_an_old_address_tells_nothing_and_mails_the_current_one(shared_server, browser):
    with eyes.page_of(browser, timezone=ZONE) as page:
        kim = Visitor(page, shared_server, LINK, email="kim@example.com", name="Kim Secretive")
        old = kim.book(4)
        new = kim.move(2)
        shared_server.wait_for_jobs()
        for path in (f"/booking/{old}", contract.reschedule(old), contract.cancel(old)):
            answer = page.goto(shared_server.url + path)
            assert answer.status == 410
            expect(kim.title).to_have_text("This meeting was moved")
            words = page.content()
            for secret in ("Kim", "kim@example.com", "Product walkthrough", "Ingrid", new):
                assert secret not in words, f"{path} tells {secret}"
        page.get_by_role("button", name="Mail me the current link").click()
        expect(page.get_by_role("status")).to_contain_text("on its way")
        shared_server.wait_for_jobs()
        mail = shared_server.mail.to("kim@example.com")[-1]
        assert mail.recipients == ["kim@example.com"] and mail.complaints() == []
        assert f"{shared_server.url}/booking/{new}" in mail.links()
        page.goto(f"{shared_server.url}/booking/{new}")
        kim.expect_confirmed()


def test_after_the_start_the_page_only_reads(own_server, browser):
    with eyes.page_of(browser, timezone=ZONE) as page:
        lea = Visitor(page, own_server, LINK, email="lea@example.com")
        token = lea.book(0)
        page.goto(own_server.url + contract.cancel(token))
        own_server.clock.advance(days=5)
        page.get_by_role("button", name="Cancel the meeting").click()
        expect(lea.alert).to_contain_text("The meeting has started")
        for path in (f"/booking/{token}", contract.reschedule(token), contract.cancel(token)):
            page.goto(own_server.url + path)
            expect(page.get_by_text("The meeting has started")).to_be_visible()
            expect(page.get_by_role("link", name="Move to another time")).to_have_count(0)
            expect(page.get_by_role("link", name="Cancel the meeting")).to_have_count(0)
            expect(page.get_by_role("button")).to_have_count(0)
    assert facts.booking_of(own_server, "lea@example.com")["status"] == "confirmed"
