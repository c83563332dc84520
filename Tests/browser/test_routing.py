"""Routing forms: a host makes one and tries it, visitors are led where they belong, the host reads what they said."""
import csv
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_links import Host
from visitor import Visitor

SETTINGS = "/settings/routing-forms"


def routed_form(server, slug: str, **more) -> dict:
    """A form that leads questions about air to a link of that slug, those about water to words, others elsewhere."""
    key = server.logins["users"][0]["apiKey"]
    link = server.api("POST", "/api/v1/links", {
        "title": "Air talk", "slug": slug, "durationMinutes": [30], "minimumNotice": {"value": 0, "unit": "hour"},
        "questions": [{"kind": "textarea", "label": "What is it about?"}]}, key=key).json()
    topics = ["Air", "Water", "Jobs"]
    made = server.api("POST", "/api/v1/routing-forms", {
        "title": "Who is right for you?", "description": "Three answers, then their times.", "nameQuestion": 1,
        "questions": [
            {"kind": "text", "label": "Your name", "required": True},
            {"kind": "email", "label": "E-mail", "required": True},
            {"kind": "radio", "label": "Topic", "required": True, "options": topics},
            {"kind": "textarea", "label": "What is it about?"},
        ], "routes": [
            {"name": "Air", "action": {"kind": "link", "linkId": link["id"]}, "groups": [
                {"conditions": [{"question": 3, "operator": "equals", "values": ["Air"]}]}]},
            {"name": "Jobs", "action": {"kind": "url", "url": f"{server.url}/sign-in?jobs"}, "groups": [
                {"conditions": [{"question": 3, "operator": "equals", "values": ["Jobs"]}]}]},
        ], "fallback": {"kind": "message", "heading": "We write to you", "text": "Within a day.",
                        "buttonLabel": "Read on", "buttonUrl": f"{server.url}/sign-in"}} | more, key=key)
    assert made.status_code == 201, made.text
    return made.json() | {"link": link}


def answer(page, server, form: dict, topic: str) -> None:
    page.goto(f"{server.url}/form/{form['id']}")
    eyes.settle(page)
    page.get_by_label("Your name").fill("Ben Booker")
    page.get_by_label("E-mail").fill("ben@routed.example")
    page.get_by_role("radio", name=topic).check()
    page.get_by_label("What is it about?").fill("Sensors\nin two wards")
    page.get_by_role("button", name="Go on").click()
    eyes.settle(page)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_visitor_is_led_to_the_link_and_books_with_what_was_said(shared_server, browser, script):
    form = routed_form(shared_server, "routed" if script else "routed-plain")
    with eyes.page_of(browser, script=script) as page:
        answer(page, shared_server, form, "Air")
        expect(page.get_by_role("heading", level=1)).to_have_text("Air talk")
        visitor = Visitor(page, shared_server, form["link"]["slug"], email="ben@routed.example", name="Ben Booker")
        visitor.pick()
        expect(page.get_by_role("textbox", name="Name")).to_have_value("Ben Booker")
        expect(page.get_by_role("textbox", name="E-mail")).to_have_value("ben@routed.example")
        expect(page.get_by_label("What is it about?")).to_have_value("Sensors\nin two wards")
        visitor.confirm()
        visitor.expect_confirmed()
    [response] = shared_server.rows("SELECT * FROM form_response WHERE form = ?", form["id"])
    [booking] = shared_server.rows("SELECT * FROM booking WHERE link = ?", form["link"]["id"])
    assert response["booking"] == booking["id"] and response["route"] == "Air"
    assert booking["source"] == "routing_form"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_others_are_led_to_words_or_to_another_page(shared_server, browser, script):
    form = routed_form(shared_server, "worded" if script else "worded-plain")
    with eyes.page_of(browser, script=script) as page:
        answer(page, shared_server, form, "Water")
        expect(page.get_by_role("heading", level=1)).to_have_text("We write to you")
        expect(page.get_by_role("link", name="Read on")).to_be_visible()
        answer(page, shared_server, form, "Jobs")
        page.wait_for_url(re.compile("sign-in"))
        # The form asks for what is missing, and keeps what was typed.
        page.goto(f"{shared_server.url}/form/{form['id']}")
        eyes.settle(page)
        page.get_by_label("E-mail").fill("nobody")
        page.get_by_role("button", name="Go on").click()
        eyes.settle(page)
        expect(page.locator(".mistakes a")).to_have_count(3)
        expect(page.get_by_label("E-mail")).to_have_value("nobody")
    rows = shared_server.rows("SELECT route FROM form_response WHERE form = ?", form["id"])
    assert sorted(str(row["route"]) for row in rows) == ["Jobs", "None"]


def test_back_keeps_the_answers(shared_server, browser):
    form = routed_form(shared_server, "back")
    with eyes.page_of(browser) as page:
        answer(page, shared_server, form, "Air")
        page.go_back()
        eyes.settle(page)
        expect(page.get_by_label("Your name")).to_have_value("Ben Booker")
        expect(page.get_by_role("radio", name="Air")).to_be_checked()
        expect(page.get_by_label("What is it about?")).to_have_value("Sensors\nin two wards")
        page.get_by_role("radio", name="Water").check()
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("link", name="Change your answers").click()
        expect(page.get_by_role("radio", name="Water")).to_be_checked()
        # Whoever sits down next finds nothing of it.
        page.goto(f"{shared_server.url}/form/{form['id']}")
        eyes.settle(page)
        expect(page.get_by_label("Your name")).to_have_value("")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_host_makes_a_form_and_tries_it(shared_server, browser, script):
    name = "Scripted form" if script else "Plain form"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server, script)
        host.open("/calendar/routing-forms")
        page.get_by_role("link", name="New form").first.click()
        host.press("Make the form")
        expect(page.locator(".mistakes")).to_contain_text("Title is missing")
        host.field("Title").fill(name)
        host.field("Question 1").fill("How many?")
        host.field("Answer to question 1").select_option("number")
        host.press("Make the form")
        expect(host.notice()).to_contain_text("The form is there")
        page.get_by_role("link", name="Routes", exact=True).click()
        _routes(host)
        page.get_by_role("link", name="Try it", exact=True).first.click()
        _tries(host)


def _routes(host: Host) -> None:
    page = host.page
    host.field("Name of route 1").fill("Large")
    host.field("Condition 1: the answer to").select_option(label="How many?")
    host.field("Comparison 1").select_option("greater")
    host.field("Answer 1, one to a line").fill("")
    page.locator("[name='routes.0.action.kind']").select_option("link")
    if host.script:
        expect(page.locator("[name='routes.0.action.url']")).to_be_hidden()
    page.locator("[name='routes.0.action.linkId']").select_option(index=1)
    host.press("Save")
    expect(page.get_by_text("Say with which answer it is compared.").first).to_be_visible()
    expect(host.field("Name of route 1")).to_have_value("Large")
    host.field("Answer 1, one to a line").fill("10")
    host.press("Save")
    expect(host.notice()).to_contain_text("Saved")
    expect(page.get_by_role("group", name="Route 2", exact=True)).to_be_visible()


def _tries(host: Host) -> None:
    page = host.page
    host.field("How many?").fill("12")
    host.press("Try it")
    expect(page.get_by_text("These answers take the route “Large”.")).to_be_visible()
    host.field("How many?").fill("3")
    host.field("Name of the sample").fill("A few")
    host.press("Keep as a sample")
    page.get_by_role("link", name="A few").click()
    eyes.settle(page)
    expect(page.get_by_text("No route takes these answers")).to_be_visible()
    expect(page.get_by_text("the answers do not fit")).to_be_visible()
    host.press("Drop A few")
    expect(page.get_by_role("link", name="A few")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_host_reads_responses_and_leads_one_elsewhere(shared_server, browser, script):
    form = routed_form(shared_server, "read" if script else "read-plain")
    with eyes.page_of(browser, script=script) as page:
        answer(page, shared_server, form, "Water")
        host = Host(page, shared_server, script)
        host.open(f"{SETTINGS}/{form['id']}/responses")
        expect(page.get_by_role("main")).to_contain_text("Sensors")
        page.get_by_text("Lead them elsewhere").click()
        page.get_by_label("Another link").select_option(form["link"]["id"])
        host.press("Make the address")
        address = page.locator("bdi.address").inner_text()
        assert f"/book/{form['link']['slug']}?response=" in address and "&name=Ben" in address
        with page.expect_download() as file:
            page.get_by_role("link", name="All as a file (CSV)").click()
        rows = list(csv.reader(file.value.path().open(newline="")))
        assert (rows[0][4], rows[1][4]) == ("led to", form["link"]["id"])
        assert rows[0][5:] == ["Your name", "E-mail", "Topic", "What is it about?"]
        assert rows[1][5:] == ["Ben Booker", "ben@routed.example", "Water", "Sensors, in two wards"]
        page.goto(address)
        eyes.settle(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Air talk")


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_pages_of_a_form_are_sound_in_every_look(shared_server, browser, look):
    form = routed_form(shared_server, f"form-{look.name}")
    with eyes.page_of(browser, look) as page:
        page.goto(f"{shared_server.url}/form/{form['id']}")
        eyes.settle(page)
        eyes.inspect(page, look)
        page.locator("main form .button.primary").click()
        eyes.settle(page)
        eyes.inspect(page, look)
        page.locator("input[type=text]").first.fill("Ben")
        page.locator("input[type=email]").fill("ben@look.example")
        page.locator("input[value=Water]").check()
        page.locator("main form .button.primary").click()
        eyes.settle(page)
        eyes.inspect(page, look)
        host = Host(page, shared_server, True)
        for path in ("/calendar/routing-forms", *(f"{SETTINGS}/{form['id']}{part}" for part in (
                "", "/routes", "/test", "/responses"))):
            host.open(path)
            eyes.inspect(page, look)
