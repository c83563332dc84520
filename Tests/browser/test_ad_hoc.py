"""Two colleagues allow it in their profiles; a stranger books both at once, moves, and finds nobody who does not."""
import re

import pytest
from playwright.sync_api import expect

import eyes
from test_rotation import hosts_of
from visitor import Visitor

BOX = "Visitors may book me together with colleagues"


def allows(browser, server, who: int, handle: str, script: bool, look: bool) -> str:
    """As one of the demo's people; gives their name."""
    user = server.logins["users"][who]
    with eyes.page_of(browser, script=script) as page:
        page.goto(f"{server.url}/sign-in")
        page.get_by_label("E-mail").fill(user["email"])
        page.get_by_label("Password").fill(user["password"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        eyes.settle(page)
        page.goto(f"{server.url}/settings/profile")
        name = page.get_by_label("Your name").input_value()
        page.get_by_label("Handle").fill(handle)
        page.get_by_label(BOX).check()
        page.get_by_role("button", name="Save", exact=True).click()
        eyes.settle(page)
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(page.get_by_label(BOX)).to_be_checked()
        if look:
            eyes.inspect(page, eyes.DESK)
        return name


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_two_colleagues_are_booked_at_once(shared_server, browser, script):
    server, end = shared_server, "" if script else "-plain"
    handles = [f"first{end}", f"second{end}"]
    email = f"ad-hoc{end}@example.com"
    with eyes.page_of(browser, script=script) as page:
        page.goto(f"{server.url}/book/{handles[0]}+{handles[1]}")
        expect(page.get_by_text("There is no such link")).to_be_visible()
    names = [allows(browser, server, who, handle, script, look=script and who == 0)
             for who, handle in enumerate(handles)]
    before = len(server.rows("SELECT id FROM link"))
    with eyes.page_of(browser, script=script) as page:
        visitor = Visitor(page, server, "+".join(handles), email=email)
        visitor.open()
        expect(page.locator("main")).to_contain_text(f"With {names[0]}, {names[1]}")
        if script:
            eyes.inspect(page, eyes.DESK)
        assert len(server.rows("SELECT id FROM link")) == before
        visitor.book(0)
        assert set(hosts_of(server, email)) == set(names)
        # The same two people are one link, whatever they are called by now.
        assert len(server.rows("SELECT id FROM link")) == before + script
        visitor.move(1)
        assert set(hosts_of(server, email)) == set(names)
        # In another order it is the same page.
        page.goto(f"{server.url}/book/{handles[1]}+{handles[0]}")
        expect(page).to_have_url(re.compile(re.escape(f"/book/{handles[0]}+{handles[1]}")))
