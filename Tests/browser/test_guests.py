"""Guests: they come along by mail, and each may say no for themselves, by an address of their own."""
import pathlib

import pytest
from playwright.sync_api import expect

import eyes
from visitor import Visitor

LINK = "product-walkthrough"
ZONE = "Europe/Lisbon"
PICTURES = pathlib.Path("/tmp/pictures/guests")


def looked_at(page, name: str) -> None:
    """Nothing is broken on the page as it stands, and a picture of it is kept."""
    eyes.inspect(page, eyes.DESK)
    eyes.shot(page, PICTURES, name)


def guests_of(server, email: str) -> list[str]:
    return [row["email"] for row in server.rows("""
        SELECT g.email AS email FROM booking_guest g JOIN booking b ON b.id = g.booking
        WHERE b.attendee_email = ? ORDER BY g.position
        """, email)]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_guests_come_along_and_each_gets_a_mail(server, browser, demo, script):
    email = f"host-{script}@example.com".lower()
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        ada = Visitor(page, server, LINK, email=email).open()
        ada.pick(1)
        ada.fill()
        page.get_by_text("Bring guests").click()
        page.get_by_role("textbox", name="Guests").fill("mo@example.org, nonsense")
        ada.confirm()
        expect(page.get_by_role("textbox", name="Guests")).to_have_value("mo@example.org, nonsense")
        expect(page.get_by_text("is no e-mail address").first).to_be_visible()
        if script:
            looked_at(page, "guests-refused")
        page.get_by_role("textbox", name="Guests").fill(f"mo@example.org\nal@example.org; {email}")
        ada.confirm()
        ada.expect_confirmed()
        expect(page.locator("dl").get_by_text("mo@example.org")).to_be_visible()
        token = ada.token
    assert guests_of(server, email) == ["mo@example.org", "al@example.org"]
    server.wait_for_jobs()
    for guest in ("mo@example.org", "al@example.org"):
        mails = server.mail.to(guest)
        assert len(mails) == 1 and mails[0].complaints() == [], mails
        assert not any(token in link for link in mails[0].links())
    declined(server, browser, script, "al@example.org")
    assert guests_of(server, email) == ["mo@example.org"]
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        page.goto(f"{server.url}/booking/{token}")
        ada = Visitor(page, server, LINK, email=email)
        ada.cancel("No need")
    server.wait_for_jobs()
    # Who said no heard of that, and of nothing more.
    assert len(server.mail.to("mo@example.org")) == 3 and len(server.mail.to("al@example.org")) == 2


def declined(server, browser, script: bool, guest: str) -> None:
    """A guest opens the address in their mail and says that they will not come."""
    address = next(link for link in server.mail.to(guest)[0].links() if "/booking/guest/" in link)
    with eyes.page_of(browser, script=script, timezone=ZONE) as page:
        page.goto(address)
        expect(page.locator("dl").get_by_text(guest)).to_be_visible()
        if script:
            looked_at(page, "guest")
        page.get_by_role("button", name="I will not come").click()
        expect(page.get_by_role("heading", name="You are no longer a guest")).to_be_visible()
        if script:
            looked_at(page, "guest-declined")
    server.wait_for_jobs()
