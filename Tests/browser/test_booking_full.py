"""The booking page in full: guests, places, codes, prefilled addresses, corrections, near misses and found bookings."""
import pathlib
import re
import sqlite3

import pytest
import requests
from playwright.sync_api import expect

import contract
import eyes
import facts
from visitor import Visitor

LINK = "product-walkthrough"
ZONE = "Europe/Lisbon"
PICTURES = pathlib.Path("/tmp/pictures/booking-full")
SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


def change(server, sql: str, *values) -> None:
    """Sets the link's rules past the editor, which has tests of its own; on SQLite."""
    with sqlite3.connect(server.store.path, timeout=10) as connection:
        connection.execute(sql, values)


def link_id(server) -> str:
    return server.rows("SELECT id FROM link WHERE slug = ?", LINK)[0]["id"]


def looked_at(page, name: str, look=eyes.DESK) -> None:
    """Nothing is broken on the page as it stands, and a picture of it is kept."""
    eyes.inspect(page, look)
    eyes.shot(page, PICTURES, f"{name}-{look.name}")


@SCRIPTS
def test_the_place_is_chosen_and_a_call_needs_a_number(own_server, browser, script):
    link = link_id(own_server)
    workspace = own_server.rows("SELECT workspace FROM link WHERE id = ?", link)[0]["workspace"]
    for position, kind in enumerate(["phone_host_calls", "attendee_choice"], start=1):
        change(own_server, "INSERT INTO link_location (workspace, link, position, kind, text) VALUES (?, ?, ?, ?, '')",
               workspace, link, position, kind)
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        bo = Visitor(page, own_server, LINK, email="bo@example.com").open()
        expect(page.get_by_text("3 places to choose from")).to_be_visible()
        bo.pick(1)
        bo.fill()
        if script:
            looked_at(page, "places")
        page.get_by_role("radio", name="Phone, we call you").check()
        bo.confirm()
        expect(page.get_by_role("radio", name="Phone, we call you")).to_be_checked()
        page.get_by_role("textbox", name="Phone").fill("+351 912 345 678")
        bo.confirm()
        bo.expect_confirmed()
        expect(page.get_by_text("+351912345678")).to_be_visible()
    booking = facts.booking_of(own_server, "bo@example.com")
    assert (booking["location_kind"], booking["attendee_phone"]) == ("phone_host_calls", "+351912345678")


@SCRIPTS
def test_a_mistyped_address_is_corrected_from_the_confirmation(server, browser, demo, script):
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        cy = Visitor(page, server, LINK, email="wrong@example.com")
        old = cy.book(2)
        if script:
            looked_at(page, "confirmed")
        page.get_by_text("Correct the e-mail address").click()
        page.get_by_role("textbox", name="E-mail").fill("nonsense")
        page.get_by_role("button", name="Send to this address").click()
        cy.settle()
        expect(page.get_by_role("textbox", name="E-mail")).to_have_value("nonsense")
        if script:
            looked_at(page, "correct-refused")
        page.get_by_role("textbox", name="E-mail").fill("right@example.com")
        page.get_by_role("button", name="Send to this address").click()
        cy.settle()
        cy.expect_confirmed()
        new = cy.token
        assert new != old
        assert page.goto(f"{server.url}/booking/{old}").status == 410
    server.wait_for_jobs()
    recall = server.mail.to("wrong@example.com")[-1]
    assert recall.complaints() == [] and recall.links() == []
    assert any(new in link for link in server.mail.to("right@example.com")[-1].links())


@SCRIPTS
def test_a_near_miss_is_asked_about_once_and_never_blocks(shared_server, browser, script):
    name = f"sam{script}".lower()
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        sam = Visitor(page, shared_server, LINK, email=f"{name}@gmial.com").open()
        sam.pick(3 if script else 4)
        sam.fill()
        page.get_by_role("textbox", name="What would you like to see?").fill("Kept")
        sam.confirm()
        expect(sam.alert).to_contain_text("Did you mean gmail.com?")
        if script:
            looked_at(page, "near-miss")
        expect(page.get_by_role("textbox", name="What would you like to see?")).to_have_value("Kept")
        if script:
            page.get_by_role("button", name=f"Use {name}@gmail.com").click()
            sam.settle()
            expect(page.get_by_role("textbox", name="E-mail")).to_have_value(f"{name}@gmail.com")
            looked_at(page, "near-miss-filled")
        sam.confirm()
        sam.expect_confirmed()
    facts.booking_of(shared_server, f"{name}@gmail.com" if script else f"{name}@gmial.com")


@SCRIPTS
def test_a_prefilled_address_leads_to_a_filled_form(shared_server, browser, script):
    email = f"pre-{script}@example.com".lower()
    start = contract.free_slots(shared_server, LINK)[9 if script else 11].replace("+", "%2B")
    query = f"name=Pre%20Filled&email={email}&utm_source=spring&guests=mo@example.org&timezone=Europe/Lisbon"
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        visitor = Visitor(page, shared_server, LINK, email=email)
        page.goto(f"{shared_server.url}{contract.book(LINK)}?{query}&start={start}")
        visitor.settle()
        expect(page.get_by_role("textbox", name="Name")).to_have_value("Pre Filled")
        expect(page.get_by_role("textbox", name="Guests")).to_have_value("mo@example.org")
        page.get_by_role("button", name="Back to times").click()
        visitor.settle()
        visitor.pick(0)
        expect(page.get_by_role("textbox", name="E-mail")).to_have_value(email)
        visitor.confirm()
        visitor.expect_confirmed()
    assert facts.booking_of(shared_server, email)["utm"] == '{"utm_source":"spring"}'


@SCRIPTS
def test_a_coded_page_opens_to_the_code(own_server, browser, script):
    change(own_server, "UPDATE link SET access_code = 'sesame' WHERE id = ?", link_id(own_server))
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        di = Visitor(page, own_server, LINK, email="di@example.com")
        page.goto(own_server.url + contract.book(LINK))
        di.settle()
        expect(di.title).to_have_text("Access code")
        page.get_by_role("textbox", name="Code").fill("nonsense")
        page.get_by_role("button", name="Show the times").click()
        di.settle()
        expect(page.get_by_role("textbox", name="Code")).to_have_value("nonsense")
        if script:
            looked_at(page, "code")
        page.get_by_role("textbox", name="Code").fill("Sesame")
        page.get_by_role("button", name="Show the times").click()
        di.settle()
        expect(di.times.first).to_be_visible()
        di.pick(1)
        di.fill()
        di.confirm()
        di.expect_confirmed()
    assert page.context is not None


@SCRIPTS
def test_a_link_leads_on_to_the_hosts_own_page(own_server, browser, script):
    goal = f"{own_server.url}/llms.txt"
    change(own_server, "UPDATE link SET redirect = ?, redirect_details = 1 WHERE id = ?", goal, link_id(own_server))
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        ed = Visitor(page, own_server, LINK, email="ed@example.com").open()
        ed.pick(1)
        ed.fill()
        ed.confirm_button.click()
        page.wait_for_url(re.compile(r"/llms\.txt\?booking=bk_"))
        assert "email=ed%40example.com" in page.url


@SCRIPTS
def test_bookings_are_found_by_mail(server, browser, demo, script):
    start = contract.free_slots(server, LINK)[5]
    token = contract.create_booking(server, LINK, start, email="finn@example.com").json()["token"]
    with eyes.page_of(browser, script=script) as page:
        said = []
        for email in ("finn@example.com", "nobody@example.com"):
            page.goto(f"{server.url}/book/find")
            if script:
                looked_at(page, "find")
            page.get_by_role("textbox", name="E-mail").fill(email)
            page.get_by_role("button", name="Mail me my bookings").click()
            expect(page.get_by_role("status")).to_be_visible()
            said.append(page.get_by_role("main").inner_text().replace(email, "the address"))
        assert said[0] == said[1]
    server.wait_for_jobs()
    assert server.mail.to("nobody@example.com") == []
    mail = server.mail.to("finn@example.com")[-1]
    assert f"{server.url}/booking/{token}" in mail.links() and mail.complaints() == []


def test_the_last_minutes_of_a_hold_offer_to_keep_it(own_server, browser):
    with eyes.page_of(browser, script=False, timezone=ZONE) as page:
        gus = Visitor(page, own_server, LINK, email="gus@example.com").open()
        gus.pick(1)
        gus.fill()
        own_server.clock.advance(minutes=9)
        page.get_by_role("button", name="Hold it longer").click()
        gus.settle()
        expect(page.get_by_role("textbox", name="E-mail")).to_have_value("gus@example.com")
        own_server.clock.advance(minutes=5)
        assert len(facts.holds(own_server)) == 1
        gus.confirm()
        gus.expect_confirmed()


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_details_and_the_confirmation_in_every_look(shared_server, browser, look):
    email = f"look-{look.name}@example.com"
    with eyes.page_of(browser, look, timezone=ZONE) as page:
        page.goto(shared_server.url + contract.book(LINK) + "?email=" + email + "&guests=mo@example.org")
        eyes.settle(page)
        looked_at(page, "month", look)
        here = page.url
        page.goto(shared_server.url + contract.book(LINK) + "?timezone=Atlantis")
        looked_at(page, "zones", look)
        page.goto(here)
        page.locator("button.time").first.click()
        eyes.settle(page)
        looked_at(page, "details", look)
        assert eyes.layout_shift(page) == 0
        page.locator("[name='attendee.name']").fill("Ada Visitor")
        page.locator("#details .button.primary").click()
        page.wait_for_url("**/booking/*")
        eyes.settle(page)
        looked_at(page, "booked", look)


def test_a_zone_is_found_by_its_city(shared_server, browser):
    with eyes.page_of(browser, script=False) as page:
        page.goto(shared_server.url + contract.book(LINK))
        page.get_by_role("link", name=re.compile("Oslo, .* now")).click()
        field = page.get_by_role("combobox", name="Your time zone")
        field.fill("atlantis")
        page.get_by_role("button", name="Show times").click()
        expect(page.get_by_text("There is no time zone “atlantis”")).to_be_visible()
        expect(field).to_have_value("atlantis")
        field.fill("new york")
        page.get_by_role("button", name="Show times").click()
        expect(page.get_by_role("link", name=re.compile("New York, .* now"))).to_be_visible()


def test_an_agent_reads_the_page_as_markdown(shared_server):
    address = f"{shared_server.local}{contract.book(LINK)}"
    answer = requests.get(address, headers={"Accept": "text/markdown"}, timeout=20)
    assert answer.headers["Content-Type"].startswith("text/markdown") and answer.text.startswith("# ")
    assert requests.get(f"{shared_server.local}/llms.txt", timeout=20).text.count(LINK) == 0


# What first-time visitors stumbled over

WIDTHS = [320, 360, 414, 600, 704, 767, 900, 1024, 1088, 1100, 1111, 1160, 1280, 1440]


def test_no_page_of_a_booker_scrolls_sideways_at_any_width(own_server, browser):
    made = contract.create_booking(own_server, LINK, contract.free_slots(own_server, LINK, days=25)[-1],
                                   email="wide@example.com").json()
    day = contract.free_slots(own_server, LINK, days=25)[-1][:10]
    start = contract.free_slots(own_server, LINK)[5].replace("+", "%2B")
    base, token = contract.book(LINK), made["token"]
    paths = [base, f"{base}?day={day}", f"{base}?day={day}&clock=12", f"{base}?day={day}&zone=pick",
             f"{base}?day={day}&was=Europe/Lisbon&timezone=Tok", f"{base}?start={start}", f"/booking/{token}",
             f"/book/reschedule/{token}", f"/book/cancel/{token}", "/book/find"]
    for locale in ["en-GB", "en-XB"]:
        with eyes.page_of(browser, eyes.Look(locale, 1280, 800, locale=locale), timezone=ZONE) as page:
            for path in paths:
                page.goto(own_server.url + path)
                eyes.settle(page)
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (locale, width, path)


@SCRIPTS
def test_choosing_a_zone_keeps_the_day_and_the_place_on_the_page(own_server, browser, script):
    day = contract.free_slots(own_server, LINK, timezone=ZONE, days=12)[-1][:10]
    with eyes.page_of(browser, eyes.PHONE, script=script, timezone=ZONE) as page:
        page.goto(f"{own_server.url}{contract.book(LINK)}?day={day}&timezone={ZONE}")
        heading = page.locator("#day").inner_text()
        page.get_by_role("link", name="Lisbon").click()
        field = page.get_by_role("combobox", name="Your time zone")
        expect(field).to_be_focused()
        field.press("Escape")
        if script:
            expect(page.get_by_role("link", name="Lisbon, ")).to_be_visible()
        page.goto(f"{own_server.url}{contract.book(LINK)}?day={day}&timezone={ZONE}&zone=pick#f-timezone")
        field.fill("To")
        page.get_by_role("button", name="Show times").click()
        expect(field).to_be_focused()
        expect(page.get_by_text("Now it is Europe/Lisbon")).to_be_visible()
        assert page.locator("#day").inner_text() == heading
        page.get_by_role("link", name="Tokyo").click()
        zone = page.get_by_role("link", name="Tokyo, ")
        expect(zone).to_be_focused()
        expect(zone).to_be_in_viewport()
        assert f"day={day}" in page.url


@SCRIPTS
def test_back_to_times_gives_the_time_back_and_loses_nothing(own_server, browser, script):
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        visitor = Visitor(page, own_server, LINK, email="back@example.com").open()
        offered = visitor.times.all_inner_texts()
        visitor.pick(0)
        visitor.fill()
        page.get_by_text("Bring guests").click()
        page.get_by_role("textbox", name="Guests").fill("mo@example.org")
        page.get_by_role("button", name="Back to times").click()
        visitor.settle()
        assert visitor.times.all_inner_texts() == offered
        assert "example" not in page.url.replace(own_server.url, "")
        visitor.pick(1)
        expect(page.get_by_role("textbox", name="Name")).to_have_value(visitor.name)
        expect(page.get_by_role("textbox", name="Guests")).to_have_value("mo@example.org")
        visitor.confirm()
        visitor.expect_confirmed()
        visitor.cancel()
        page.get_by_role("link", name="Book another time").click()
        visitor.settle()
        visitor.pick(0)
        expect(page.get_by_role("textbox", name="E-mail")).to_have_value("back@example.com")


@SCRIPTS
def test_the_browsers_own_back_leaves_ones_own_time_to_be_picked(own_server, browser, script):
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        visitor = Visitor(page, own_server, LINK, email="alt-left@example.com").open()
        offered = visitor.times.all_inner_texts()
        taken = visitor.pick(0)
        assert len(facts.holds(own_server)) == 1
        page.go_back()
        visitor.settle()
        assert visitor.times.all_inner_texts() == offered
        if script:
            facts.eventually(lambda: facts.holds(own_server) == [], "the time is free again for everybody")
            page.reload()
            visitor.settle()
            assert visitor.times.all_inner_texts() == offered, "and shown on every page that is asked for anew"
        assert visitor.pick(0) == taken
        expect(page.get_by_text("Held for you until")).to_be_visible()
        assert len(facts.holds(own_server)) == 1
        visitor.fill()
        visitor.confirm()
        visitor.expect_confirmed()
    assert len(facts.bookings_of(own_server, visitor.email)) == 1


@SCRIPTS
def test_an_empty_form_leads_the_focus_to_what_is_wrong(own_server, browser, script):
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        visitor = Visitor(page, own_server, LINK, email="x@example.com").open()
        visitor.pick(0)
        visitor.confirm()
        expect(visitor.alert).to_be_focused()
        expect(visitor.alert).to_contain_text("Name is missing")
