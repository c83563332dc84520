"""What a screen reader is told while somebody books, meets a refusal and moves: the accessibility tree, kept as text.

A change of the pages changes these files on purpose: run with WORKESTRA_TRANSCRIPTS=write, then read the difference.
"""
import os
import pathlib
import re

from playwright.sync_api import Page

import contract
import eyes
from visitor import Visitor

FOLDER = pathlib.Path(__file__).with_name("transcripts")
WRITES = os.environ.get("WORKESTRA_TRANSCRIPTS") == "write"
LINK = "product-walkthrough"


class Transcript:
    def __init__(self, page: Page, name: str):
        self.page, self.name, self.parts = page, name, []

    def note(self, heading: str) -> None:
        tree = self.page.locator("body").aria_snapshot()
        tree = re.sub(r"(/url: \S*?)([A-Za-z0-9_-]{43,}|%[0-9A-Z]{2})\S*", r"\1…", tree)
        # What the clock says at the moment differs from run to run.
        tree = re.sub(r"(until\s+(?:- time: )?)\d\d:\d\d", r"\1…", tree)
        tree = re.sub(r"\d\d:\d\d(\s+(?:- text: )?now)", r"…\1", tree)
        self.parts.append(f"## {heading}\n{tree}\n")

    def check(self) -> None:
        path = FOLDER / f"{self.name}.txt"
        told = "\n".join(self.parts)
        if WRITES:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(told)
        assert path.read_text() == told, f"{path.name} differs; see the docstring of this file"


def test_book_and_move(own_server, browser):
    with eyes.page_of(browser, timezone="Europe/Oslo") as page:
        visitor = Visitor(page, own_server, LINK, email="ada@example.com").open()
        booking = Transcript(page, "book")
        booking.note("The month and its times")
        visitor.pick(2)
        booking.note("The details")
        visitor.fill()
        visitor.confirm()
        visitor.expect_confirmed()
        booking.note("The confirmation")
        booking.check()
        moving = Transcript(page, "move")
        page.get_by_role("link", name="Move to another time").click()
        visitor.settle()
        moving.note("Another time")
        visitor.pick(4)
        moving.note("The question")
        page.get_by_role("button", name="Move the meeting").click()
        visitor.settle()
        moving.note("Moved")
        moving.check()


def test_refusals(own_server, browser):
    with eyes.page_of(browser, timezone="Europe/Oslo") as page:
        visitor = Visitor(page, own_server, LINK, email="ada@example").open()
        refused = Transcript(page, "refusal")
        starts = contract.free_slots(own_server, LINK, timezone="Europe/Oslo")
        words = visitor.times.nth(1).inner_text()
        taken = next(start for start in starts if start[11:16] == words)
        assert contract.create_booking(own_server, LINK, taken, email="quick@example.com").status_code == 201
        visitor.pick(1)
        refused.note("Somebody was faster")
        visitor.pick(0)
        visitor.fill()
        visitor.confirm()
        refused.note("An address that is not complete")
        refused.check()
