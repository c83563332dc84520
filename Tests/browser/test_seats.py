"""A group from the editor to its last seat: strangers share a time, the host sees one row and acts on all of them."""
import re

import pytest
from playwright.sync_api import expect

import contract
import eyes
from test_links import LIST, Host
from visitor import Visitor


class Member(Visitor):
    """A visitor of a group, whose times say how many places are left."""

    @property
    def times(self):
        return self.page.get_by_role("button", name=re.compile(r"^\d\d:\d\d\s+\d+ places? left$"))


def sessions(server, slug: str) -> list[dict]:
    return server.rows("SELECT s.* FROM seat_session s JOIN link l ON l.id = s.link WHERE l.slug = ? "
                       "AND s.closed_at IS NULL ORDER BY s.starts", slug)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_group_from_the_editor_to_the_last_seat(shared_server, browser, script):
    server, name = shared_server, "Pottery" if script else "Plain pottery"
    slug = name.lower().replace(" ", "-")
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        _makes(host, name, slug)
        token = _fill_a_session(server, browser, slug, script)
        session = sessions(server, slug)[0]
        assert (session["seats_taken"], session["capacity"]) == (3, 3)
        _sees_one_row(host, name)
        _moves_everybody(host, slug)
        _cancels_for_everybody(host, slug)
        # Bo's address ended with the move; the newest mail has another one.
        assert server.api("GET", f"/api/v1/public/bookings/{token}").status_code == 410
        assert contract.overlaps(server) == []


def _makes(host: Host, name: str, slug: str) -> None:
    host.open(LIST)
    host.page.get_by_role("link", name="New link").first.click()
    host.field("Title").fill(name)
    host.field("Shortest notice").fill("0")
    host.page.locator("details.fold summary", has_text="Places").click()
    host.field("Places at each time").fill("0")
    host.press("Make the link")
    expect(host.field("Places at each time")).to_have_attribute("aria-invalid", "true")
    host.field("Places at each time").fill("3")
    host.page.get_by_role("checkbox", name=re.compile("^Show the first names")).check()
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")
    link = host.link(slug)
    assert (link["capacity"], link["shows_seats"], link["shows_names"]) == (3, 1, 1)
    expect(host.field("Places at each time")).to_have_value("3")
    if host.script:
        eyes.inspect(host.page, eyes.DESK)


def _fill_a_session(server, browser, slug: str, script: bool) -> str:
    """Ana comes with a guest, Bo on a phone takes the last place, Cleo reads that there is none."""
    with eyes.page_of(browser, script=script) as page:
        ana = Member(page, server, slug, email=f"ana.{slug}@example.com", name="Ana Berg").open()
        expect(page.get_by_text("In a group of up to 3")).to_be_visible()
        expect(ana.times.first).to_contain_text("3 places left")
        if script:
            eyes.inspect(page, eyes.DESK)
        ana.pick(0)
        expect(page.get_by_text("3 of 3 places left")).to_be_visible()
        ana.fill()
        page.get_by_text("Bring guests").click()
        page.get_by_role("textbox", name="Guests").fill(f"kim.{slug}@example.com")
        ana.confirm()
        ana.expect_confirmed()
        expect(page.locator("main")).to_contain_text("1 of 3 places left")
    start = sessions(server, slug)[0]["starts"]
    look = eyes.PHONE
    with eyes.page_of(browser, look, script=script) as page:
        bo = Member(page, server, slug, email=f"bo.{slug}@example.com", name="Bo Dahl").open()
        expect(page.locator(f"button[value='{start}']")).to_contain_text("1 place left")
        if script:
            eyes.inspect(page, look)
        page.locator(f"button[value='{start}']").click()
        bo.settle()
        expect(page.locator("main")).to_contain_text("Already coming: Ana")
        assert "Berg" not in page.locator("main").inner_text()
        if script:
            eyes.inspect(page, look)
        bo.fill()
        bo.confirm()
        bo.expect_confirmed()
        token = bo.token
        if script:
            eyes.inspect(page, look)
    with eyes.page_of(browser, script=script) as page:
        Member(page, server, slug, email=f"cleo.{slug}@example.com").open()
        expect(page.locator(f"button[value='{start}']")).to_have_count(0)
    return token


def _sees_one_row(host: Host, name: str) -> None:
    host.open("/calendar/bookings")
    row = host.page.get_by_role("listitem").filter(has=host.page.get_by_role("link", name=name, exact=True)).first
    expect(row).to_contain_text("3 of 3 places taken")
    row.locator("summary").click()
    expect(row.get_by_role("link", name="Ana Berg")).to_be_visible()
    expect(row.get_by_role("link", name="Bo Dahl")).to_be_visible()
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    row.get_by_role("link", name=name, exact=True).click()
    eyes.settle(host.page)
    expect(host.page.locator("main")).to_contain_text("and one guest")
    if host.script:
        eyes.inspect(host.page, eyes.DESK)


def _moves_everybody(host: Host, slug: str) -> None:
    before = sessions(host.server, slug)[0]
    host.page.get_by_role("link", name="Move everybody to another time").click()
    eyes.settle(host.page)
    free = host.page.locator("button.time")
    free.last.click()
    eyes.settle(host.page)
    expect(host.page.locator("main")).to_contain_text("All 2 people get a new invitation at once")
    if host.script:
        eyes.inspect(host.page, eyes.DESK)
    host.page.get_by_label("Message to everybody").fill("The kiln is warm later.")
    host.press("Move everybody")
    expect(host.notice()).to_contain_text("Moved.")
    after = sessions(host.server, slug)[0]
    assert after["id"] == before["id"] and after["starts"] != before["starts"]


def _cancels_for_everybody(host: Host, slug: str) -> None:
    session = sessions(host.server, slug)[0]
    host.open(f"/calendar/sessions/{session['id']}")
    host.page.get_by_text("Cancel it, with a message").click()
    host.page.get_by_label("Message to everybody").fill("The kiln broke.")
    host.press("Cancel for everybody")
    expect(host.page.locator("main")).to_contain_text("Nobody comes")
    rows = host.server.rows("SELECT status, reason FROM booking WHERE session = ?", session["id"])
    assert {(row["status"], row["reason"]) for row in rows} == {("cancelled", "The kiln broke.")}
    assert host.server.rows("SELECT 1 AS one FROM ledger WHERE ref = ?", session["id"]) == []


@pytest.mark.parametrize("look", [eyes.NARROW, eyes.MIRRORED, eyes.MIRRORED_PHONE], ids=lambda look: look.name)
def test_group_pages_in_every_look(shared_server, browser, look):
    """The pages a stranger meets, on the narrowest phone and mirrored."""
    server = shared_server
    slug = f"looks-{look.name}"
    with eyes.page_of(browser) as page:
        host = Host(page, server, True)
        host.open(LIST)
        host.page.get_by_role("link", name="New link").first.click()
        host.field("Title").fill(slug)
        host.field("Shortest notice").fill("0")
        host.page.locator("details.fold summary", has_text="Places").click()
        host.field("Places at each time").fill("8")
        host.page.get_by_role("checkbox", name=re.compile("^Show the first names")).check()
        host.press("Make the link")
        expect(host.notice()).to_contain_text("The link is there")
    start = contract.free_slots(server, slug)[0]
    assert contract.create_booking(server, slug, start, name="Ana Berg").status_code == 201
    with eyes.page_of(browser, look) as page:
        page.goto(f"{server.url}/book/{slug}")
        eyes.settle(page)
        eyes.inspect(page, look)
        page.locator("button.time").first.click()
        eyes.settle(page)
        eyes.inspect(page, look)
    session = sessions(server, slug)[0]["id"]
    with eyes.page_of(browser, look) as page:
        host = Host(page, server, True)
        for path in (f"/calendar/sessions/{session}", f"/calendar/sessions/{session}/move", "/calendar/bookings",
                     "/calendar/bookings?view=week&date=2027-05-03", "/calendar"):
            host.open(path)
            eyes.inspect(page, look)
