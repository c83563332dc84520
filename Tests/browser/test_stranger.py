"""Somebody who was never told anything about the pages: only roles, names and the keyboard; no selectors, no mouse."""
import re

from playwright.sync_api import Locator, Page, expect

import contract
import eyes
import facts

LINK = "product-walkthrough"
MOST_STOPS = 80


class Keyboard:
    """Goes from stop to stop as a person without a mouse does."""

    def __init__(self, page: Page):
        self.page = page

    def reach(self, wanted: Locator) -> None:
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"{wanted} cannot be reached with the keyboard")

    def press(self, wanted: Locator) -> None:
        self.reach(wanted)
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state("networkidle")

    def type(self, wanted: Locator, text: str) -> None:
        self.reach(wanted)
        self.page.keyboard.type(text)


def test_a_stranger_books_with_the_keyboard_and_meets_one_refusal(shared_server, browser):
    with eyes.page_of(browser, timezone="Europe/Lisbon") as page:
        page.goto(shared_server.url + contract.book(LINK))
        page.wait_for_load_state("networkidle")
        keyboard = Keyboard(page)
        refused = _is_refused(page, keyboard, shared_server)
        chosen = _takes_another(page, keyboard, refused)
        _gives_details(page, keyboard)
        expect(page.get_by_role("heading", level=1)).to_contain_text(chosen)
        expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
        keyboard.reach(page.get_by_role("link", name="Move to another time"))
        keyboard.reach(page.get_by_role("link", name="Cancel the meeting"))
    assert facts.booking_of(shared_server, "mo@example.com")["attendee_name"] == "Mo Keys"
    assert contract.overlaps(shared_server) == []


def _is_refused(page: Page, keyboard: Keyboard, server) -> str:
    """The second time of the day is taken while the stranger looks at it."""
    keyboard.press(page.get_by_role("link", name="Skip to times"))
    time = page.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).nth(1)
    words = time.inner_text()
    starts = contract.free_slots(server, LINK, timezone="Europe/Lisbon")
    taken = next(start for start in starts if start[11:16] == words)
    assert contract.create_booking(server, LINK, taken, email="quick@example.com").status_code == 201
    keyboard.press(time)
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("has just been taken. Nearest:")
    return words


def _takes_another(page: Page, keyboard: Keyboard, refused: str) -> str:
    """One of the times that the alert names; the one that is gone is not offered again."""
    offers = page.get_by_role("alert").get_by_role("button")
    named = [re.findall(r"\d\d:\d\d", words)[0] for words in offers.all_inner_texts()]
    assert len(named) == 3
    expect(page.get_by_role("button", name=refused, exact=True)).to_have_count(0)
    keyboard.press(offers.first)
    return named[0]


def _gives_details(page: Page, keyboard: Keyboard) -> None:
    """Name and address, and Return from the last field, as forms have always been sent."""
    keyboard.type(page.get_by_role("textbox", name="Name"), "Mo Keys")
    keyboard.type(page.get_by_role("textbox", name="E-mail"), "mo@example")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("One field needs another look")
    keyboard.press(alert.get_by_role("link"))
    field = page.get_by_role("textbox", name="E-mail")
    expect(field).to_be_focused()
    expect(field).to_have_value("mo@example")
    page.keyboard.press("End")
    page.keyboard.type(".com")
    keyboard.press(page.get_by_role("button", name="Confirm booking"))
