"""What hosts do with a day or with everything: times put into a mail, a day they are out, a colleague who leaves."""
import datetime
import re
import zoneinfo

import pytest
from playwright.sync_api import expect

import eyes
import facts
from test_approval import see
from test_links import LIST, Host
from test_rotation import _makes as make_turns
from visitor import CLOCK_TIME, Visitor

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def make(host: Host, title: str) -> dict:
    host.open(LIST)
    host.page.get_by_role("link", name="New link").first.click()
    host.field("Title").fill(title)
    host.field("Shortest notice").fill("0")
    host.press("Make the link")
    expect(host.notice()).to_contain_text("The link is there")
    return host.link(title.lower().replace(" ", "-"))


@SCRIPT
def test_times_are_put_into_a_mail_and_lead_to_the_form(shared_server, browser, script):
    server, title = shared_server, "Offered talk" if script else "Plainly offered"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = make(host, title)
        host.open(LIST)
        host.more(title, "Offer times")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Offer times of")
        for count in ("One time so far", "2 times so far"):
            page.get_by_role("button", name=CLOCK_TIME).first.click()
            eyes.settle(page)
            expect(page.get_by_text(count)).to_be_visible()
        text = page.get_by_role("textbox", name="As text").input_value()
        if script:
            see(page)
    addresses = re.findall(r"http\S+\?start=\S+", text)
    assert len(addresses) == 2 and title in text
    with eyes.page_of(browser, script=script) as page:
        visitor = Visitor(page, server, link["slug"], email=f"{link['slug']}@example.com")
        page.goto(addresses[0])
        visitor.settle()
        visitor.fill()
        visitor.confirm()
        visitor.expect_confirmed()
        # The same address once more: gone, with the nearest times.
        page.goto(addresses[0])
        visitor.settle()
        expect(visitor.alert).to_contain_text("That time is not free any more.")
        expect(visitor.alert.get_by_role("button").first).to_be_visible()


@SCRIPT
def test_a_day_out_in_one_form(shared_server, browser, script):
    server, title = shared_server, "Today talk" if script else "Plain today"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = make(host, title)
        emails = [f"{link['slug']}-{number}@example.com" for number in (1, 2)]
        for email in emails:
            with eyes.page_of(browser, script=script) as other:
                visitor = Visitor(other, server, link["slug"], email=email)
                visitor.open()
                other.get_by_role("link", name=re.compile(r", \d+ times?")).last.click()
                visitor.settle()
                visitor.pick(0)
                visitor.fill()
                visitor.confirm()
                visitor.expect_confirmed()
        first, second = (facts.booking_of(server, email) for email in emails)
        day = datetime.datetime.fromtimestamp(first["starts"], zoneinfo.ZoneInfo("Europe/Berlin")).date()
        host.open("/calendar/schedules/away")
        page.get_by_role("link", name="I’m out today").click()
        eyes.settle(page)
        host.open(f"/calendar/out-today?day={day}")
        for select in page.locator("select[name^='deed.']").all():
            select.select_option("keep")
        page.locator(f"[name='deed.{first['id']}']").select_option("ask")
        page.locator(f"[name='deed.{second['id']}']").select_option("cancel")
        page.locator(f"[name='message.{second['id']}']").fill("x" * 1001)
        page.get_by_role("checkbox", name=re.compile("^Nobody can book me")).uncheck()
        host.press("Do all of this")
        expect(page.locator(f"[name='message.{second['id']}']")).to_have_value("x" * 1001)
        expect(page.locator(f"[name='deed.{first['id']}']")).to_have_value("ask")
        expect(page.get_by_role("checkbox", name=re.compile("^Nobody can book me"))).not_to_be_checked()
        page.locator(f"[name='message.{second['id']}']").fill("I am ill.")
        if script:
            see(page)
        host.press("Do all of this")
        expect(page.get_by_text("Asked for another time; it stays until they choose.")).to_be_visible()
        expect(page.get_by_text("Cancelled. A mail tells them.")).to_be_visible()
        expect(page.get_by_text("The day stays open for bookings.")).to_be_visible()
        if script:
            see(page)
    assert [facts.booking_of(server, email)["status"] for email in emails] == ["confirmed", "cancelled"]
    assert [row["state"] for row in server.rows(
        "SELECT state FROM proposal WHERE booking = ?", first["id"])] == ["open"]


@SCRIPT
def test_a_colleague_leaves(shared_server, browser, script):
    server, name = shared_server, "Leavers" if script else "Plain leavers"
    slug = name.lower().replace(" ", "-")
    team = [f"{name.split()[0]} {given}" for given in ("Aino", "Bela")]
    for person in team:
        server.command("user", "add", "--email", f"{person.lower().replace(' ', '.')}@leave.example", "--name", person,
                       "--workspace", server.rows("SELECT id FROM workspace")[0]["id"], "--role", "member")
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = make_turns(host, name, slug, team)
        email = f"{slug}@example.com"
        with eyes.page_of(browser, script=script) as other:
            Visitor(other, server, slug, email=email).book()
        leaving = facts.hosts_of(server, facts.booking_of(server, email))[0]
        host.open(f"/calendar/admin/members/{leaving['id']}")
        page.get_by_role("link", name="Hand over").click()
        eyes.settle(page)
        expect(page.get_by_label(name, exact=True)).to_have_value("leave")
        page.get_by_role("checkbox", name=re.compile("^Then remove")).check()
        if script:
            see(page)
        host.press("Hand over")
        expect(page.get_by_text(re.compile("is removed"))).to_be_visible()
        if script:
            see(page)
    heir = facts.hosts_of(server, facts.booking_of(server, email))[0]
    assert heir["id"] != leaving["id"]
    assert [row["account"] for row in server.rows(
        "SELECT account FROM link_host WHERE link = ?", link["id"])] == [heir["id"]]
