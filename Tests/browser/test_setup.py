"""A fresh machine: from the console's address to a page that others can book, in at most four screens."""
import re

import pytest
from playwright.sync_api import expect

import contract
import eyes
import facts
from visitor import Visitor

PASSWORD = "correct horse battery staple"
STEP = re.compile(r"Step (\d) of (\d)")


class Owner:
    """Whoever has the console."""

    def __init__(self, page, server):
        self.page, self.server = page, server
        self.screens: list[str] = []

    def field(self, label: str):
        return self.page.get_by_label(label, exact=True)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()
        eyes.settle(self.page)

    def see(self, title: str) -> None:
        """A screen; counted when it is a new one."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        if title not in self.screens:
            self.screens.append(title)

    def expect_mistake(self, label: str, words: str) -> None:
        """The mistake stands beside its field and is tied to it."""
        field = self.field(label)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(re.escape(words)))


def test_from_the_console_to_a_bookable_page(bare_server_of, browser):
    server = bare_server_of
    with eyes.page_of(browser, timezone="Europe/Berlin") as page:
        owner = Owner(page, server)
        _founds(owner)
        _gives_hours(owner)
        address = _opens_a_link(owner)
        assert len(owner.screens) <= 4, owner.screens
    _is_booked(server, browser, address)
    with eyes.page_of(browser) as page:
        _signs_in_and_out(Owner(page, server))


def _founds(owner: Owner) -> None:
    owner.page.goto(f"{owner.server.url}{contract.SETUP}?token={owner.server.setup_token()}")
    owner.see("Set up Workestra")
    owner.field("Your name").fill("Åsa Brandt")
    owner.field("E-mail").fill("asa@example")
    owner.field("Password").fill("short")
    owner.press("Make the workspace")
    owner.see("Set up Workestra")
    owner.expect_mistake("E-mail", "after @")
    owner.expect_mistake("Password", "8 characters")
    owner.expect_mistake("Name of the workspace", "missing")
    expect(owner.field("Your name")).to_have_value("Åsa Brandt")
    expect(owner.field("E-mail")).to_have_value("asa@example")
    expect(owner.field("Password")).to_have_value("")
    assert owner.server.rows("SELECT * FROM account") == [] == owner.server.rows("SELECT * FROM workspace")
    owner.field("E-mail").fill("asa@example.com")
    owner.field("Password").fill(PASSWORD)
    owner.field("Name of the workspace").fill("Brandt & Söhne")
    owner.press("Make the workspace")
    assert [row["email"] for row in owner.server.rows("SELECT email FROM account")] == ["asa@example.com"]


def _gives_hours(owner: Owner) -> None:
    owner.see("When can you be booked?")
    expect(owner.field("Your time zone")).to_have_value("Europe/Berlin")
    owner.field("Monday to, times 1").fill("08:00")
    owner.page.get_by_role("checkbox", name="Friday").uncheck()
    owner.press("Save hours and go on")
    owner.expect_mistake("Monday to, times 1", "The end is not after 09:00")
    expect(owner.page.get_by_role("checkbox", name="Friday")).not_to_be_checked()
    owner.field("Monday to, times 1").fill("12:30")
    owner.press("Save hours and go on")
    windows = owner.server.rows("SELECT weekday, opens, closes FROM schedule_window ORDER BY weekday")
    assert [(row["weekday"], row["opens"], row["closes"]) for row in windows] == [
        (1, 540, 750), (2, 540, 1020), (3, 540, 1020), (4, 540, 1020)]


def _opens_a_link(owner: Owner) -> str:
    owner.see("Your first booking link")
    owner.field("Title").fill("First talk")
    owner.field("Length in minutes").fill("4")
    owner.field("Address").fill("No Good")
    owner.press("Open the link")
    owner.expect_mistake("Length in minutes", "5")
    owner.expect_mistake("Address", "a–z")
    expect(owner.field("Title")).to_have_value("First talk")
    expect(owner.field("Address")).to_have_value("No Good")
    owner.field("Length in minutes").fill("45")
    owner.field("Address").fill("first-talk")
    owner.press("Open the link")
    owner.see("You can be booked")
    address = f"{owner.server.url}{contract.book('first-talk')}"
    expect(owner.page.get_by_role("link", name=address)).to_be_visible()
    return address


def _is_booked(server, browser, address: str) -> None:
    assert address == server.url + contract.book("first-talk")
    with eyes.page_of(browser, timezone="Europe/Berlin") as page:
        ben = Visitor(page, server, "first-talk", email="ben@example.com")
        ben.book(0)
    booking = facts.booking_of(server, "ben@example.com")
    assert booking["ends"] - booking["starts"] == 45 * 60 and booking["anchor_zone"] == "Europe/Berlin"
    server.wait_for_jobs()
    assert sorted(mail.recipients[0] for mail in server.mail.wait_for(2)) == ["asa@example.com", "ben@example.com"]


def _signs_in_and_out(owner: Owner) -> None:
    page, url = owner.page, owner.server.url
    page.goto(url + contract.CALENDAR)
    page.wait_for_url("**/sign-in*")
    owner.field("E-mail").fill("asa@example.com")
    owner.field("Password").fill("wrong horse")
    owner.press("Sign in")
    expect(page.get_by_role("alert")).to_contain_text("tries")
    expect(owner.field("E-mail")).to_have_value("asa@example.com")
    expect(owner.field("Password")).to_have_value("")
    owner.field("Password").fill(PASSWORD)
    owner.press("Sign in")
    assert page.url == url + contract.CALENDAR
    expect(page.get_by_role("link", name="Ada Visitor")).to_be_visible()
    cookies = page.context.cookies()
    assert {cookie["name"] for cookie in cookies} == {"workestra_session", "workestra_device"}
    assert all(cookie["httpOnly"] for cookie in cookies)
    owner.press("Sign out")
    page.wait_for_url("**/sign-in")
    page.goto(url + contract.CALENDAR)
    page.wait_for_url("**/sign-in*")
    page.goto(f"{url}{contract.SETUP}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Already set up")


@pytest.mark.parametrize("token", ["", "?token=", "?token=" + "A" * 43, "?token=%00%ff"])
def test_a_wrong_token_opens_nothing(bare_server, browser, token):
    with eyes.page_of(browser) as page:
        answer = page.goto(bare_server.url + contract.SETUP + token)
        assert answer.status in (400, 403)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("textbox")).to_have_count(0)
    assert bare_server.rows("SELECT * FROM account") == []


def test_the_set_up_works_without_script(bare_server, browser):
    with eyes.page_of(browser, script=False) as page:
        owner = Owner(page, bare_server)
        page.goto(f"{bare_server.url}{contract.SETUP}?token={bare_server.setup_token()}")
        owner.field("Your name").fill("Bo")
        owner.field("E-mail").fill("bo@example.com")
        owner.field("Password").fill(PASSWORD)
        owner.field("Name of the workspace").fill("Bo")
        owner.press("Make the workspace")
        owner.field("Your time zone").select_option("Asia/Tokyo")
        owner.press("Save hours and go on")
        owner.press("Open the link")
        owner.see("You can be booked")
        page.get_by_role("link", name="Open it as a booker").click()
        expect(page.get_by_role("button", name="09:00", exact=True)).to_be_visible()
