"""Visitors' forms by keys alone: Tab from one thing to the next, Space, letters and Enter; never the mouse."""
import re

import pytest
from playwright.sync_api import Page, expect

import eyes
from conftest import HURRIED
from harness import Server
from visited import ZONE, Visited

# What has the focus. A radio button stands for its group.
ACTIVE = """() => {
  const at = document.activeElement, group = at.type === "radio" && document.getElementsByName(at.name);
  const kind = at.inputMode === "decimal" ? "number" : at.type || at.tagName.toLowerCase();
  return {kind, name: at.name || "", words: at.textContent.trim(), isEmpty: !at.value,
          isChosen: group ? [...group].some(one => one.checked) : !!at.checked}; }"""
TEXTS = {"text": "Keys Alone", "textarea": "Keys alone", "email": "keys@example.com", "tel": "+49 30 901820",
         "number": "3", "date": "05202028"}
MOST = 150


@pytest.fixture(scope="module")
def visited():
    with Server("sqlite", settings=HURRIED, like="migrated") as server:
        yield Visited(server)


def answers(page: Page, button: str) -> None:
    """Goes through a form, answers whatever is asked, and presses its button."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        at = page.evaluate(ACTIVE)
        if at["kind"] == "submit" and at["words"] == button:
            page.keyboard.press("Enter")
            return eyes.settle(page)
        # Finding a zone is not of the form.
        if not at["name"] or at["name"] in ("zone", "timezone", "search"):
            continue
        if at["kind"] in TEXTS and at["isEmpty"]:
            page.keyboard.type(TEXTS[at["kind"]])
        elif at["kind"] in ("radio", "checkbox") and not at["isChosen"]:
            page.keyboard.press("Space")
        elif at["kind"] == "select-one" and at["isEmpty"]:
            page.keyboard.press("ArrowDown")
    raise AssertionError(f"{button} is not reached by Tab")


def picks_a_time(page: Page) -> None:
    """Of a booking page, which leads to its form."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if re.fullmatch(r"\d\d:\d\d", page.evaluate(ACTIVE)["words"]):
            page.keyboard.press("Enter")
            return eyes.settle(page)
    raise AssertionError("no time is reached by Tab")


@pytest.mark.parametrize("name, button, end", [
    ("poll", "Send my answers", "Your answers"), ("one-off", "Book this time", "Confirmed"),
    ("form", "Go on", None), ("single-use", "Confirm booking", "Confirmed"),
])
def test_what_is_offered_is_taken_by_keys_alone(visited, browser, name, button, end):
    with eyes.page_of(browser, timezone=ZONE) as page:
        page.goto(visited.server.url + visited.paths[name])
        eyes.settle(page)
        if name == "single-use":
            picks_a_time(page)
        before = page.url
        answers(page, button)
        assert page.url != before
        assert page.get_by_role("alert").all_inner_texts() == []
        if end:
            expect(page.get_by_text(end).first).to_be_visible()
