"""Somebody books for somebody else: with the form, with both addresses, and what the host reads of it."""
import pytest
from playwright.sync_api import expect

import eyes
from test_links import Host
from visitor import Visitor


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_booking_for_somebody_else(shared_server, browser, script):
    server, email = shared_server, f"attends-{'s' if script else 'n'}@example.com"
    with eyes.page_of(browser, script=script) as page:
        visitor = Visitor(page, server, "product-walkthrough", email=email, name="Yuko Attends")
        visitor.open()
        visitor.pick(0)
        visitor.fill()
        page.locator("summary", has_text="I book for someone else").click()
        page.get_by_label("Who you are").fill("Mia Books")
        page.get_by_label("Where mails reach you").fill("nobody")
        if script:
            eyes.inspect(page, eyes.DESK)
        visitor.confirm_button.click()
        visitor.settle()
        expect(page.get_by_label("Where mails reach you")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("Who you are")).to_have_value("Mia Books")
        page.get_by_label("Where mails reach you").fill("mia@example.com")
        visitor.confirm_button.click()
        visitor.settle()
        expect(page.locator("main")).to_contain_text("Booked by")
        expect(page.locator("main")).to_contain_text("Mia Books")
        if script:
            eyes.inspect(page, eyes.DESK)
        own = visitor.token
    booking = server.rows("SELECT * FROM booking WHERE attendee_email = ?", email)[0]
    assert (booking["booker_name"], booking["booker_email"]) == ("Mia Books", "mia@example.com")
    holders = server.rows("SELECT participant FROM booking_token WHERE booking = ? ORDER BY 1", booking["id"])
    assert [row["participant"] for row in holders] == ["attendee", "booker"] and len(own) == 43
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        host.open(f"/calendar/bookings/{booking['id']}")
        expect(page.locator("main")).to_contain_text("mia@example.com")
