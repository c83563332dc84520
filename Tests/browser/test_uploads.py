"""Files as answers: somebody sends one with the form, changes it, removes it, and both sides fetch it."""
import pytest
from playwright.sync_api import Page, expect

import eyes
from test_links import Host
from visitor import Visitor

PLAN = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nplan"}
OTHER = {"name": "other.txt", "mimeType": "text/plain", "buffer": "grüße".encode()}
PAGE = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"<svg onload=alert(1)>"}
MUCH = {"name": "much.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + b"x" * (25 << 20)}


def asking(server, slug: str, *more: dict) -> None:
    made = server.api("POST", "/api/v1/links", {
        "title": "Bring your plan", "slug": slug, "durationMinutes": [30],
        "questions": [{"kind": "file", "label": "Your plan", "required": True, "hint": "As you have it."}, *more],
        "minimumNotice": {"value": 0, "unit": "hour"}}, key=server.logins["users"][0]["apiKey"])
    assert made.status_code == 201, made.text


def is_here(page: Page, file: dict):
    return page.get_by_text(f"“{file['name']}” is here.")


def fetched(page: Page, file: dict) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name=file["name"]).click()
    assert download.value.suggested_filename == file["name"]
    assert download.value.path().read_bytes() == file["buffer"]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_somebody_sends_a_file_and_both_sides_fetch_it(shared_server, browser, script):
    slug = "files" if script else "files-plain"
    asking(shared_server, slug)
    with eyes.page_of(browser, script=script) as page:
        visitor = Visitor(page, shared_server, slug, email=f"ada@{slug}.example").open()
        visitor.pick()
        visitor.fill()
        visitor.confirm()
        expect(page.get_by_text("choose a file")).to_have_count(2)
        field = page.get_by_label("Your plan", exact=True)
        field.set_input_files(PAGE)
        visitor.confirm()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("main")).to_contain_text("Files can be PDF")
        field.set_input_files(MUCH)
        if script:
            # It is said at choosing, and the file is not sent.
            expect(page.get_by_role("alert").filter(has_text="more than 25 MB")).to_be_visible()
            expect(field).to_have_value("")
        else:
            visitor.confirm()
            expect(page.get_by_role("main")).to_contain_text("more than 25 MB")
        # The file is taken, and something else is missing: it stays.
        field.set_input_files(PLAN)
        page.get_by_label("E-mail").fill("nobody")
        visitor.confirm()
        expect(is_here(page, PLAN)).to_be_visible()
        page.get_by_label("E-mail").fill(visitor.email)
        if script:
            field.set_input_files(OTHER)
        visitor.confirm()
        visitor.expect_confirmed()
        sent = OTHER if script else PLAN
        fetched(page, sent)
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server, script)
        booking = shared_server.rows("SELECT id FROM booking WHERE attendee_email = ?", visitor.email)[0]["id"]
        host.open(f"/calendar/bookings/{booking}")
        fetched(page, sent)
        page.get_by_role("button", name="Remove the file").press("Enter")
        expect(page.get_by_text("The file is removed.")).to_be_visible()
        expect(page.get_by_text(f"“{sent['name']}” was removed.")).to_be_visible()
        expect(page.get_by_role("link", name=sent["name"])).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_file_is_removed_and_the_rest_stays(shared_server, browser, script):
    slug = "removed" if script else "removed-plain"
    asking(shared_server, slug, {"kind": "text", "label": "What is on it?", "onlyIf": {"question": 1}})
    with eyes.page_of(browser, script=script) as page:
        visitor = Visitor(page, shared_server, slug, email=f"ada@{slug}.example").open()
        visitor.pick()
        visitor.fill()
        more = page.get_by_label("What is on it?")
        if script:
            # What hangs on a file is asked once one is chosen.
            expect(more).to_be_hidden()
        page.get_by_label("Your plan", exact=True).set_input_files(PLAN)
        more.fill("A wall")
        page.get_by_label("E-mail").fill("nobody")
        visitor.confirm()
        expect(is_here(page, PLAN)).to_be_visible()
        expect(more).to_have_value("A wall")
        page.get_by_role("button", name="Remove").press("Enter")
        expect(is_here(page, PLAN)).to_have_count(0)
        expect(page.get_by_role("textbox", name="Name")).to_have_value(visitor.name)
        assert shared_server.rows("SELECT id FROM answer_file WHERE booking IS NULL AND name = 'plan.pdf'") == []
        page.get_by_label("E-mail").fill(visitor.email)
        visitor.confirm()
        expect(page.get_by_text("choose a file")).to_have_count(2)
        page.get_by_label("Your plan", exact=True).set_input_files(OTHER)
        visitor.confirm()
        visitor.expect_confirmed()
        fetched(page, OTHER)
        page.get_by_role("button", name="Remove the file").press("Enter")
        expect(page.get_by_text(f"“{OTHER['name']}” was removed.")).to_be_visible()
        assert shared_server.rows("SELECT id FROM answer_file WHERE name = ?", OTHER["name"]) == []


def test_a_file_comes_along_to_another_time(shared_server, browser):
    asking(shared_server, "other-time")
    with eyes.page_of(browser) as page:
        visitor = Visitor(page, shared_server, "other-time", email="ada@other-time.example").open()
        visitor.pick()
        visitor.fill()
        page.get_by_label("Your plan", exact=True).set_input_files(PLAN)
        page.get_by_label("E-mail").fill("nobody")
        visitor.confirm()
        page.get_by_label("E-mail").fill(visitor.email)
        page.get_by_role("button", name="Back to times").click()
        visitor.settle()
        visitor.pick(1)
        expect(is_here(page, PLAN)).to_be_visible()
        visitor.confirm()
        visitor.expect_confirmed()
        fetched(page, PLAN)


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_a_form_with_a_file_can_be_seen_and_used_by_all(shared_server, browser, look):
    slug = f"seen-{look.name}"
    asking(shared_server, slug)
    with eyes.page_of(browser, look) as page:
        visitor = Visitor(page, shared_server, slug, email=f"ada@{slug}.example")
        page.goto(f"{shared_server.url}/book/{slug}")
        visitor.settle()
        visitor.pick()
        eyes.inspect(page, look)
        field = page.locator("input[type=file]")
        field.set_input_files(PAGE)
        page.locator("#details .button.primary").click()
        eyes.inspect(page, look)
        field.set_input_files(PLAN)
        page.locator("#details .button.primary").click()
        expect(page.get_by_text("plan.pdf")).to_be_visible()
        eyes.inspect(page, look)
        # In whichever language.
        page.locator("[name='attendee.name']").fill(visitor.name)
        page.locator("[name='attendee.email']").fill(visitor.email)
        page.locator("#details .button.primary").click()
        page.wait_for_url("**/booking/*")
        removal = page.locator("form[action$='/deletion'] button")
        expect(removal).to_be_visible()
        eyes.inspect(page, look)
        removal.press("Enter")
        expect(removal).to_have_count(0)
        eyes.inspect(page, look)
