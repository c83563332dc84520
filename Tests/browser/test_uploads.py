"""Files as answers: somebody sends one with the form, changes it, and both sides fetch it."""
import pytest
from playwright.sync_api import expect

import eyes
from test_links import Host
from visitor import Visitor

PLAN = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nplan"}
OTHER = {"name": "other.txt", "mimeType": "text/plain", "buffer": "grüße".encode()}
PAGE = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"<svg onload=alert(1)>"}


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_somebody_sends_a_file_and_both_sides_fetch_it(shared_server, browser, script):
    slug = "files" if script else "files-plain"
    made = shared_server.api("POST", "/api/v1/links", {
        "title": "Bring your plan", "slug": slug, "durationMinutes": [30],
        "questions": [{"kind": "file", "label": "Your plan", "required": True, "hint": "As you have it."}],
        "minimumNotice": {"value": 0, "unit": "hour"}}, key=shared_server.logins["users"][0]["apiKey"])
    assert made.status_code == 201, made.text
    with eyes.page_of(browser, script=script) as page:
        visitor = Visitor(page, shared_server, slug, email=f"ada@{slug}.example").open()
        visitor.pick()
        visitor.fill()
        visitor.confirm()
        expect(page.get_by_text("choose a file")).to_have_count(2)
        field = page.get_by_label("Your plan")
        field.set_input_files(PAGE)
        visitor.confirm()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("main")).to_contain_text("Files can be PDF")
        # The file is taken, and something else is missing: it stays.
        field.set_input_files(PLAN)
        page.get_by_label("E-mail").fill("nobody")
        visitor.confirm()
        expect(page.get_by_text("“plan.pdf” is here.")).to_be_visible()
        page.get_by_label("E-mail").fill(visitor.email)
        if script:
            field.set_input_files(OTHER)
        visitor.confirm()
        visitor.expect_confirmed()
        sent = OTHER if script else PLAN
        with page.expect_download() as fetched:
            page.get_by_role("link", name=sent["name"]).click()
        assert fetched.value.suggested_filename == sent["name"]
        assert fetched.value.path().read_bytes() == sent["buffer"]
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, shared_server, script)
        booking = shared_server.rows("SELECT id FROM booking WHERE attendee_email = ?", visitor.email)[0]["id"]
        host.open(f"/calendar/bookings/{booking}")
        with page.expect_download() as fetched:
            page.get_by_role("link", name=sent["name"]).click()
        assert fetched.value.path().read_bytes() == sent["buffer"]
