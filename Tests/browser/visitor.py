"""What somebody does on the booking pages. Knows roles and names only: no selector, no address but the link's."""
import re

from playwright.sync_api import Locator, Page, expect

import contract
import eyes
import facts

FREE_DAY = re.compile(r", (\d+) times")
CLOCK_TIME = re.compile(r"^\d\d:\d\d$")


class Visitor:
    """A person with the link `slug` in front of a page."""

    def __init__(self, page: Page, server, slug: str, *, email: str, name: str = "Ada Visitor"):
        self.page, self.server, self.slug = page, server, slug
        self.email, self.name = email, name

    # Looking

    def open(self) -> "Visitor":
        """The month; with script the page comes again in the browser's own zone, which has to be waited for."""
        self.page.goto(self.server.url + contract.book(self.slug))
        self.settle()
        expect(self.times.first).to_be_visible()
        return self

    def settle(self) -> None:
        eyes.settle(self.page)

    @property
    def times(self) -> Locator:
        return self.page.get_by_role("button", name=CLOCK_TIME)

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def title(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    @property
    def token(self) -> str:
        """Of the booking whose page is open."""
        found = re.fullmatch(r".*/booking/([\w-]{43})", self.page.url)
        assert found, f"{self.page.url} is not a booking's page"
        return found[1]

    # Booking

    def find_room(self, index: int) -> None:
        """Late in the day little is left of it: goes on to a day with a time of that number, next month if need be."""
        if self.times.count() > index:
            return
        for _ in range(3):
            for day in self.page.get_by_role("link", name=FREE_DAY).all():
                if int(FREE_DAY.search(day.get_attribute("aria-label"))[1]) > index:
                    day.click()
                    self.settle()
                    return
            self.page.locator(".month-head").get_by_role("link").last.click()
            self.settle()

    def pick(self, index: int = 0) -> str:
        """Presses a time; gives its words."""
        self.find_room(index)
        button = self.times.nth(index)
        words = button.inner_text()
        button.click()
        self.settle()
        return words

    def fill(self, **more: str) -> None:
        self.page.get_by_role("textbox", name="Name").fill(self.name)
        self.page.get_by_role("textbox", name="E-mail").fill(self.email)
        for label, value in more.items():
            self.page.get_by_role("textbox", name=label).fill(value)

    @property
    def confirm_button(self) -> Locator:
        return self.page.get_by_role("button", name="Confirm booking")

    def confirm(self) -> None:
        self.confirm_button.click()
        self.settle()

    def book(self, index: int = 0) -> str:
        self.open()
        self.pick(index)
        self.fill()
        self.confirm()
        self.expect_confirmed()
        return self.token

    # Afterwards

    def move(self, index: int = 0, reason: str = "") -> str:
        self.page.get_by_role("link", name="Move to another time").click()
        expect(self.title).to_have_text("Move your meeting")
        self.pick(index)
        self.page.get_by_role("textbox", name="Reason").fill(reason)
        self.page.get_by_role("button", name="Move the meeting").click()
        self.settle()
        self.expect_confirmed()
        return self.token

    def cancel(self, reason: str = "") -> None:
        self.page.get_by_role("link", name="Cancel the meeting").click()
        self.page.get_by_role("textbox", name="Reason").fill(reason)
        self.page.get_by_role("button", name="Cancel the meeting").click()
        self.settle()

    def expect_confirmed(self) -> None:
        expect(self.page.get_by_text("Confirmed", exact=True)).to_be_visible()

    def expect_time(self, starts: int, ends: int, zone: str) -> None:
        """The page says this time in that zone's clock."""
        day, first = facts.said(starts, zone)
        expect(self.title).to_have_text(re.compile(fr"{day} \d{{4}},?\s*{first}–{facts.said(ends, zone)[1]}"))
