"""A link against bots: a browser does its sum unseen; without script a code is asked for; spam is turned away."""
import re

import pytest
from playwright.sync_api import expect

import eyes
import facts
from visitor import Visitor


def guarded_link(server, slug: str) -> None:
    made = server.api("POST", "/api/v1/links", {
        "title": "Guarded", "slug": slug, "durationMinutes": [30], "botDefence": "proof_of_work",
        "minimumNotice": {"value": 0, "unit": "hour"}}, key=server.logins["users"][0]["apiKey"])
    assert made.status_code == 201, made.text


def sign_in(page, server) -> None:
    user = server.logins["users"][0]
    page.goto(f"{server.url}/sign-in")
    page.locator("input[name=email]").fill(user["email"])
    page.locator("input[name=password]").fill(user["password"])
    page.locator("main button").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_a_browser_works_the_sum_out_while_somebody_types(shared_server, browser):
    guarded_link(shared_server, "guarded")
    with eyes.page_of(browser) as page:
        visitor = Visitor(page, shared_server, "guarded", email="sam@guarded.example").open()
        visitor.pick()
        visitor.fill()
        # Pressed at once, it waits for the sum by itself.
        visitor.confirm_button.click()
        page.wait_for_url(re.compile("/booking/"))
        visitor.expect_confirmed()
    assert len(shared_server.rows("SELECT seed FROM spent_proof")) == 1


def test_without_script_a_code_is_asked_for_instead(shared_server, browser):
    guarded_link(shared_server, "guarded-2")
    with eyes.page_of(browser, script=False) as page:
        visitor = Visitor(page, shared_server, "guarded-2", email="sam@guarded-2.example").open()
        visitor.pick()
        visitor.fill()
        visitor.confirm()
        expect(page.get_by_label("Code from the mail")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_host_turns_spam_away_and_takes_it_back(shared_server, browser, script):
    email = f"spam@bot{int(script)}.example"
    with eyes.page_of(browser, script=script) as page:
        Visitor(page, shared_server, "product-walkthrough", email=email).book()
    booking = facts.booking_of(shared_server, email)
    with eyes.page_of(browser, script=script) as page:
        sign_in(page, shared_server)
        page.goto(f"{shared_server.url}/calendar/bookings/{booking['id']}")
        page.get_by_role("link", name="Spam").click()
        expect(page.get_by_text("One upcoming meeting is cancelled.").first).to_be_visible()
        page.get_by_role("button", name="Cancel and block").click()
        expect(page.get_by_text("One meeting is cancelled, and nobody is told but its hosts.")).to_be_visible()
        assert facts.booking_of(shared_server, email)["status"] == "cancelled"
        with eyes.page_of(browser, script=script) as strange:
            visitor = Visitor(strange, shared_server, "product-walkthrough", email=email).open()
            visitor.pick()
            visitor.fill()
            visitor.confirm()
            expect(strange.get_by_text("Your wish has arrived")).to_be_visible()
        page.get_by_role("button", name=f"Unblock {email}").click()
        expect(page.get_by_text("Unblocked.")).to_be_visible()


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_pages_are_sound_in_every_look(shared_server, browser, look):
    email = f"look@{look.name}.example"
    with eyes.page_of(browser) as page:
        Visitor(page, shared_server, "product-walkthrough", email=email).book()
    booking = facts.booking_of(shared_server, email)
    with eyes.page_of(browser, look) as page:
        sign_in(page, shared_server)
        page.goto(f"{shared_server.url}/calendar/bookings/{booking['id']}/spam")
        eyes.settle(page)
        eyes.inspect(page, look)
        page.locator("form[action$='/spam'] button").click()
        page.wait_for_url(lambda url: "cancelled=" in url)
        eyes.settle(page)
        eyes.inspect(page, look)
