"""A link that asks for a code: somebody books with it, with and without script, and sees what is wrong."""
import re

import pytest
from playwright.sync_api import expect

import eyes
import facts
from visitor import Visitor

CODE = re.compile(r"^\d{6}$", re.MULTILINE)


def proved_link(server, slug: str) -> None:
    key = server.logins["users"][0]["apiKey"]
    made = server.api("POST", "/api/v1/links", {
        "title": "Proved", "slug": slug, "durationMinutes": [30], "verifiesEmail": True,
        "minimumNotice": {"value": 0, "unit": "hour"}}, key=key)
    assert made.status_code == 201, made.text


def code_of(server, email: str) -> str:
    mails = []
    facts.eventually(lambda: mails.extend(
        mail for mail in server.mail.mails if mail.recipients == [email]) or mails, "a mail with the code")
    return CODE.search(mails[-1].part("text/plain").replace("\r", ""))[0]


def asked(page, server, slug: str, email: str) -> Visitor:
    """A visitor who is asked for the code."""
    visitor = Visitor(page, server, slug, email=email, name="Sam Okafor").open()
    visitor.pick()
    visitor.fill()
    visitor.confirm()
    return visitor


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_somebody_books_with_the_code_from_the_mail(shared_server, browser, script):
    slug = "proved" if script else "proved-2"
    email = f"sam@{slug}.example"
    proved_link(shared_server, slug)
    with eyes.page_of(browser, script=script) as page:
        visitor = asked(page, shared_server, slug, email)
        expect(page.get_by_text("A code is on its way to")).to_be_visible()
        expect(page.get_by_role("textbox", name="Name")).to_have_value("Sam Okafor")
        field = page.get_by_label("Code from the mail")
        code = code_of(shared_server, email)
        field.fill("000000" if code != "000000" else "111111")
        visitor.confirm()
        expect(field).to_have_attribute("aria-invalid", "true")
        field.fill(code)
        visitor.confirm()
        visitor.expect_confirmed()


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_page_that_asks_is_sound_in_every_look(shared_server, browser, look):
    slug = f"look-{look.name}"
    proved_link(shared_server, slug)
    with eyes.page_of(browser, look) as page:
        page.goto(f"{shared_server.url}/book/{slug}")
        eyes.settle(page)
        page.locator("button[name=start]").first.click()
        eyes.settle(page)
        page.locator("input[name='attendee.name']").fill("Sam Okafor")
        page.locator("input[name='attendee.email']").fill(f"sam@{slug}.example")
        page.locator("form#details .button.primary").click()
        eyes.settle(page)
        expect(page.locator("input[name=emailCode]")).to_be_visible()
        eyes.inspect(page, look)
