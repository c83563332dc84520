"""Questions of every kind: a host asks them in the editor, somebody answers them, and both read the answers."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import Host
from visitor import Visitor

QUESTIONS = [
    {"kind": "radio", "label": "Been here before?", "required": True, "options": ["Yes", "No"]},
    {"kind": "multi_select", "label": "Which wards?", "required": True, "options": ["East", "West", "North"],
     "hint": "As many as you like.", "onlyIf": {"question": 1, "anyOf": ["Yes"]}},
    {"kind": "select", "label": "How did you hear of us?", "options": ["A friend", "The press"]},
    {"kind": "phone", "label": "A number for the day"},
    {"kind": "email", "label": "Who else should know?"},
    {"kind": "number", "label": "How many come?", "required": True},
    {"kind": "date", "label": "Since when?"},
    {"kind": "checkbox", "label": "I have read the house rules", "required": True, "hint": "They hang at the door."},
]


def asking_link(server, slug: str) -> dict:
    made = server.api("POST", "/api/v1/links", {
        "title": "Asking", "slug": slug, "durationMinutes": [30], "questions": QUESTIONS,
        "minimumNotice": {"value": 0, "unit": "hour"}}, key=server.logins["users"][0]["apiKey"])
    assert made.status_code == 201, made.text
    return made.json()


def details(page, server, slug: str) -> Visitor:
    visitor = Visitor(page, server, slug, email=f"ada@{slug}.example").open()
    visitor.pick()
    visitor.fill()
    return visitor


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_somebody_answers_questions_of_every_kind(shared_server, browser, script):
    slug = "asking" if script else "asking-plain"
    link = asking_link(shared_server, slug)
    with eyes.page_of(browser, script=script) as page:
        visitor = details(page, shared_server, slug)
        wards = page.get_by_role("group", name=re.compile("Which wards"))
        if script:
            expect(wards).to_be_hidden()
        else:
            expect(page.get_by_text("Only if the answer to “Been here before?” is Yes:")).to_be_visible()
        _is_told_what_is_missing(visitor)
        page.get_by_role("radio", name="Yes").check()
        page.get_by_label("How did you hear of us?").select_option("The press")
        page.get_by_label("A number for the day").fill("+351 912 345 678")
        page.get_by_label("Who else should know?").fill("nobody")
        page.get_by_label("How many come?").fill("2,5")
        page.get_by_label("Since when?").fill("2026-12-03")
        page.get_by_role("checkbox", name="I have read the house rules").check()
        if script:
            expect(wards).to_be_visible()
        page.get_by_role("checkbox", name="East").check()
        page.get_by_role("checkbox", name="North").check()
        visitor.confirm()
        # One mistake, and nothing of the rest is lost.
        expect(page.get_by_label("Who else should know?")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("checkbox", name="North")).to_be_checked()
        expect(page.get_by_role("radio", name="Yes")).to_be_checked()
        page.get_by_label("Who else should know?").fill("carl@example.com")
        visitor.confirm()
        visitor.expect_confirmed()
        for words in ("East", "The press", "+351912345678", "2.5", "Thursday 3 December 2026"):
            expect(page.get_by_role("main")).to_contain_text(words)
    ids = {question["label"]: question["id"] for question in link["questions"]}
    stored = {row["question"]: row["value"] for row in shared_server.rows(
        "SELECT question, value FROM booking_answer WHERE booking IN (SELECT id FROM booking WHERE attendee_email = ?)",
        visitor.email)}
    assert stored[ids["Which wards?"]] == "East\nNorth" and stored[ids["I have read the house rules"]] == "yes"
    assert len(stored) == len(QUESTIONS)


def _is_told_what_is_missing(visitor: Visitor) -> None:
    page = visitor.page
    visitor.confirm()
    mistakes = page.locator(".mistakes a")
    expect(mistakes).to_have_count(3)
    # What is not asked is not missed.
    assert not any("wards" in words for words in mistakes.all_inner_texts())
    expect(page.get_by_role("textbox", name="Name")).to_have_value(visitor.name)


def test_what_is_not_asked_any_more_is_not_kept(shared_server, browser):
    asking_link(shared_server, "asking-turns")
    with eyes.page_of(browser) as page:
        visitor = details(page, shared_server, "asking-turns")
        page.get_by_role("radio", name="Yes").check()
        page.get_by_role("checkbox", name="East").check()
        page.get_by_role("radio", name="No").check()
        expect(page.get_by_role("checkbox", name="East")).to_be_hidden()
        page.get_by_label("How many come?").fill("2")
        page.get_by_role("checkbox", name="I have read the house rules").check()
        visitor.confirm()
        visitor.expect_confirmed()
        expect(page.get_by_role("main")).not_to_contain_text("East")


def test_the_answers_in_an_address_stand_ready(shared_server, browser):
    link = asking_link(shared_server, "asking-filled")
    ids = [question["id"] for question in link["questions"]]
    with eyes.page_of(browser) as page:
        page.goto(f"{shared_server.url}/book/asking-filled?a[{ids[0]}]=Yes&a[{ids[1]}]=West,North&a[{ids[7]}]=yes")
        eyes.settle(page)
        page.locator("button[name=start]").first.click()
        eyes.settle(page)
        expect(page.get_by_role("radio", name="Yes")).to_be_checked()
        expect(page.get_by_role("checkbox", name="West")).to_be_checked()
        expect(page.get_by_role("checkbox", name="North")).to_be_checked()
        expect(page.get_by_role("checkbox", name="East")).not_to_be_checked()
        expect(page.get_by_role("checkbox", name="I have read the house rules")).to_be_checked()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_host_asks_and_is_told_what_does_not_fit(shared_server, browser, script):
    slug = "asked" if script else "asked-plain"
    asking_link(shared_server, slug)
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server, script)
        link = host.link(slug)
        host.open(f"/settings/booking-links/{link['id']}")
        row = page.locator(".asks").nth(len(QUESTIONS))
        row.get_by_label(re.compile("^Question 9")).first.fill("Which colour?")
        expect(row.get_by_label("Answers to choose from, question 9")).to_be_hidden()
        row.get_by_label("Answer to question 9").select_option("radio")
        expect(row.get_by_label("Answers to choose from, question 9")).to_be_visible()
        row.locator("summary").click()
        row.get_by_label("Ask question 9 after an answer to").select_option("1")
        row.get_by_label("Only if it was").fill("Perhaps")
        host.press("Save")
        expect(page.get_by_text("Give the answers to choose from.").first).to_be_visible()
        expect(page.get_by_text("“Perhaps” is none of the answers to “Been here before?”.").first).to_be_visible()
        row.get_by_label("Answers to choose from, question 9").fill("Red\nBlue")
        row.get_by_label("Only if it was").fill("Yes")
        host.press("Save")
        expect(host.notice()).to_contain_text("Saved")
    stored = shared_server.rows("SELECT * FROM question WHERE link = ? AND position = 8", link["id"])[0]
    assert (stored["kind"], stored["options"]) == ("radio", "Red\nBlue")
    assert (stored["only_if_position"], stored["only_if_answers"]) == (0, "Yes")


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_questions_are_sound_in_every_look(shared_server, browser, look):
    slug = f"asking-{look.name}"
    asking_link(shared_server, slug)
    with eyes.page_of(browser, look) as page:
        page.goto(f"{shared_server.url}/book/{slug}")
        eyes.settle(page)
        page.locator("button[name=start]").first.click()
        eyes.settle(page)
        page.locator("input[type=radio][value=Yes]").check()
        eyes.inspect(page, look)
        page.locator("form#details .button.primary").click()
        eyes.settle(page)
        eyes.inspect(page, look)
