"""Files as answers that are kept in a bucket: for those who send and fetch them nothing is different."""
import contextlib

import pytest
from playwright.sync_api import expect

import eyes
import harness
import s3_server
from test_links import Host
from test_uploads import OTHER, PLAN, asking, fetched, is_here
from visitor import Visitor


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_file_goes_to_the_bucket_and_comes_back_and_another_goes_with_its_row(browser, script):
    store = s3_server.Store()
    with contextlib.closing(store), harness.Server(
            "sqlite", settings=store.settings(), like="furnished") as server:
        asking(server, "files")
        with eyes.page_of(browser, script=script) as page:
            visitor = Visitor(page, server, "files", email="ada@bucket.example").open()
            visitor.pick()
            visitor.fill()
            page.get_by_label("Your plan", exact=True).set_input_files(OTHER)
            page.get_by_label("E-mail").fill("nobody")
            visitor.confirm()
            expect(is_here(page, OTHER)).to_be_visible()
            assert len(store.objects()) == 1
            page.get_by_role("button", name="Remove").press("Enter")
            expect(is_here(page, OTHER)).to_have_count(0)
            server.wait_for_jobs(limit=60)
            assert store.objects() == {}

            # While the store refuses, that is said beside the field.
            store.order({"fault": ["503"] * 3})
            page.get_by_label("E-mail").fill(visitor.email)
            page.get_by_label("Your plan", exact=True).set_input_files(PLAN)
            visitor.confirm()
            expect(page.get_by_role("main")).to_contain_text("Files cannot be taken right now")
            page.get_by_label("Your plan", exact=True).set_input_files(PLAN)
            visitor.confirm()
            visitor.expect_confirmed()
            fetched(page, PLAN)
            assert [entry["bytes"] for entry in store.objects().values()] == [len(PLAN["buffer"])]
        with eyes.page_of(browser, script=script) as page:
            host = Host(page, server, script)
            booking = server.rows("SELECT id FROM booking WHERE attendee_email = ?", visitor.email)[0]["id"]
            host.open(f"/calendar/bookings/{booking}")
            fetched(page, PLAN)
