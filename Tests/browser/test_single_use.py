"""A single-use link from the list of links to the booking, mailed by a button, used up, and given back."""
import re

import pytest
from playwright.sync_api import expect

import contract
import eyes
from test_links import LIST, Host
from visitor import Visitor

ADDRESS = re.compile(r"/single-use/[\w-]{43}$")


class Contact(Visitor):
    """Somebody with an address of their own."""

    def open(self) -> "Contact":
        self.page.goto(self.slug)
        self.settle()
        expect(self.times.first).to_be_visible()
        return self

    def fill(self, **more: str) -> None:
        """Nothing: who they are is known."""


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_one_person_books_once(shared_server, browser, script):
    server, name = shared_server, "Given talk" if script else "Plain given talk"
    email = f"{name.lower().replace(' ', '-')}@example.com"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        _makes_link(host, name)
        address = _gives(host, name, email)
        with eyes.page_of(browser, script=script) as other:
            contact = Contact(other, server, address, email=email)
            contact.open()
            expect(contact.title).to_have_text(name)
            if script:
                eyes.inspect(other, eyes.DESK)
            contact.pick(0)
            expect(other.get_by_text(email)).to_be_visible()
            expect(other.get_by_role("textbox", name="E-mail")).to_be_hidden()
            if script:
                eyes.inspect(other, eyes.DESK)
            contact.confirm()
            contact.expect_confirmed()
            expect(other.get_by_text("Correct the e-mail address")).to_have_count(0)
            booked = other.url
            other.goto(address)
            expect(contact.title).to_have_text("This address is used")
            eyes.settle(other)
            if script:
                eyes.inspect(other, eyes.DESK)
            # The host looks at it, and it is given back with the cancellation.
            page.reload()
            expect(page.get_by_text("One meeting was booked")).to_be_visible()
            other.goto(booked)
            contact.cancel()
            contact.open()
            contact.pick(1)
            other.locator("summary", has_text="Somebody else comes").click()
            other.get_by_role("textbox", name="Name").fill("Carl Else")
            other.get_by_role("textbox", name="E-mail").fill(f"carl-{email}")
            contact.confirm()
            expect(other.get_by_text("Waiting for the host")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Somebody asks for a time")).to_be_visible()
        [row] = server.rows("SELECT b.status, b.source FROM booking b JOIN single_use s ON s.booking = b.id"
                            " WHERE s.email = ?", email)
        assert (row["status"], row["source"]) == ("pending_approval", "single_use")


def _makes_link(host: Host, name: str) -> None:
    host.open(LIST)
    host.page.get_by_role("link", name="New link").first.click()
    host.field("Title").fill(name)
    host.field("Shortest notice").fill("0")
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")


def _gives(host: Host, name: str, email: str) -> str:
    """Makes one, after a mistake, and has it mailed; gives its address."""
    page = host.page
    host.open(LIST)
    page.get_by_role("link", name="Single-use links").click()
    page.get_by_role("link", name="New single-use link").first.click()
    page.get_by_role("link", name=name, exact=True).click()
    host.field("Name").fill("Anna Berg")
    host.field("E-mail").fill("nobody")
    host.press("Make the address")
    expect(host.field("E-mail")).to_have_attribute("aria-invalid", "true")
    expect(host.field("Name")).to_have_value("Anna Berg")
    host.field("E-mail").fill(email)
    page.get_by_role("checkbox", name="Usable again after a cancellation").check()
    if host.script:
        eyes.inspect(page, eyes.DESK)
    host.press("Make the address")
    address = page.get_by_text(ADDRESS).inner_text()
    host.press("Mail it to Anna Berg")
    expect(page.get_by_text("A mail is on its way")).to_be_visible()
    if host.script:
        eyes.inspect(page, eyes.DESK)
        page.get_by_role("link", name="Single-use links").first.click()
        expect(page.get_by_role("link", name="Anna Berg").first).to_be_visible()
        eyes.inspect(page, eyes.DESK)
        page.go_back()
    return address
