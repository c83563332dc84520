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


def kept(server, link: dict) -> list[dict]:
    """What is held of the link's hosts for readers of its offers."""
    return server.rows("SELECT l.* FROM ledger l JOIN hold h ON h.id = l.ref WHERE h.link = ?", link["id"])


@SCRIPT
def test_times_are_kept_for_somebody_until_one_is_picked(shared_server, browser, script):
    server, title = shared_server, "Kept talk" if script else "Plainly kept"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = make(host, title)
        host.open(f"/settings/booking-links/{link['id']}/offer")
        page.get_by_role("link", name=re.compile(r", \d+ times?")).last.click()
        eyes.settle(page)
        for count in ("One time so far", "2 times so far"):
            page.get_by_role("button", name=CLOCK_TIME).first.click()
            eyes.settle(page)
            expect(page.get_by_text(count)).to_be_visible()
        page.locator("summary", has_text="Keep these times free").click()
        page.get_by_label("For whom").fill("x" * 101)
        host.press("Keep them free")
        expect(page.get_by_label("For whom")).to_have_value("x" * 101)
        expect(page.get_by_label("For whom")).to_have_attribute("aria-invalid", "true")
        page.get_by_label("For whom").fill("Anna Berg")
        if script:
            see(page)
        host.press("Keep them free")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Times kept for Anna Berg")
        if script:
            see(page)
        own, text = page.url, page.get_by_role("textbox", name="As text").input_value()
        addresses = re.findall(r"http\S+\?start=\S+", text)
        assert len(addresses) == 2 and all("&offer=" in address for address in addresses)
        host.open("/calendar/bookings")
        expect(page.get_by_role("link", name="Anna Berg").first).to_be_visible()
        if script:
            see(page)
        held = kept(server, link)
        assert len(held) == 2 and len({row["claim"] for row in held}) == 1
        day = datetime.datetime.fromtimestamp(held[0]["starts"], zoneinfo.ZoneInfo("Europe/Berlin")).date()
        host.open(f"/calendar/bookings?view=week&date={day}")
        expect(page.get_by_text("Kept for Anna Berg").first).to_be_visible()
        if script:
            eyes.inspect(page, eyes.DESK)
        with eyes.page_of(browser, script=script) as other:
            # A stranger without the token sees the time as taken.
            visitor = Visitor(other, server, link["slug"], email=f"{link['slug']}@example.com")
            other.goto(addresses[0].split("&offer=")[0])
            visitor.settle()
            expect(visitor.alert).to_contain_text("That time is not free any more.")
            other.goto(addresses[0])
            visitor.settle()
            expect(other.get_by_text("Held for you until")).to_be_visible()
            expect(other.get_by_role("button", name="Hold it longer")).to_have_count(0)
            if script:
                see(other)
            visitor.fill()
            visitor.confirm()
            visitor.expect_confirmed()
            other.goto(addresses[1])
            visitor.settle()
            expect(visitor.alert).to_contain_text("Somebody has picked one of these times already")
            if script:
                see(other)
        assert kept(server, link) == []
        page.goto(own)
        eyes.settle(page)
        expect(page.get_by_text("One of them is booked.")).to_be_visible()
        expect(page.get_by_role("link", name="The booking")).to_be_visible()
        if script:
            see(page)


@SCRIPT
def test_kept_times_are_let_go(shared_server, browser, script):
    server, title = shared_server, "Freed talk" if script else "Plainly freed"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        link = make(host, title)
        host.open(f"/settings/booking-links/{link['id']}/offer")
        page.get_by_role("button", name=CLOCK_TIME).first.click()
        eyes.settle(page)
        page.locator("summary", has_text="Keep these times free").click()
        host.press("Keep them free")
        expect(page.get_by_role("heading", level=1)).to_have_text("Kept times")
        host.press("Let these times go")
        expect(page.get_by_text("You let them go: they are free for everybody.")).to_be_visible()
        if script:
            see(page)
        assert kept(server, link) == []


@SCRIPT
def test_the_page_of_a_leaver_says_where_to_turn(shared_server, browser, script):
    server, name = shared_server, "Gone" if script else "Plaingone"
    person, slug = f"{name} Cyan", f"{name.lower()}-talk"
    server.command("user", "add", "--email", f"{name.lower()}@leave.example", "--name", person,
                   "--workspace", server.rows("SELECT id FROM workspace")[0]["id"], "--role", "member")
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        member = server.rows("SELECT id FROM account WHERE name = ?", person)[0]["id"]
        made = server.api("POST", "/api/v1/links", {
            "title": name, "slug": slug, "durationMinutes": [30], "hosts": [{"userId": member}]},
            key=server.logins["users"][0]["apiKey"])
        assert made.status_code == 201, made.text
        host.open(f"/calendar/admin/members/{member}/hand-over")
        page.get_by_label(name, exact=True).select_option("off")
        page.get_by_role("checkbox", name=re.compile("^Then remove")).check()
        host.press("Hand over")
        expect(page.get_by_text(re.compile("is removed"))).to_be_visible()
        with eyes.page_of(browser, script=script) as other:
            answer = other.goto(f"{server.url}/book/{slug}")
            assert answer.status == 410
            expect(other.get_by_role("heading", level=1)).to_have_text(f"{person} is no longer here")
            if script:
                see(other)
