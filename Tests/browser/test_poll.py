"""A poll from the empty list to the meeting: options picked, answers changed, one decided, the next too late."""
import datetime
import re

import pytest
from playwright.sync_api import expect

import eyes
import facts
from test_links import LIST, Host

ADDRESS = re.compile(r"/poll/[\w-]{43}$")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_host_asks_several_people_and_makes_a_meeting_of_what_they_say(shared_server, browser, script):
    server, name = shared_server, "Harbour board" if script else "Plain harbour board"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server, script)
        address = _makes(host, name, 42 if script else 64, ["asked@example.com"])
        own = page.url
        with eyes.page_of(browser, script=script) as one, eyes.page_of(browser, script=script) as late:
            late.goto(address)
            eyes.settle(late)
            _reads(one, address, name, script)
            _answers(one, ["Yes", "No"], "Óscar Etxeberria", f"oscar-{script}@example.com")
            expect(one.get_by_text("Your answers are kept.")).to_be_visible()
            _changes(one, script)
            _invited(server, browser, name, script)

            page.goto(own)
            _compares(host)
            _decides(host)
            _answers(late, ["Yes"], "Late", f"late-{script}@example.com")
            expect(late.get_by_role("alert")).to_contain_text("This poll is decided")
            expect(late.get_by_role("heading", level=1)).to_contain_text("05:30–07:00")
            expect(late.locator("main")).not_to_contain_text("Pier 3")
            _comes(one, script)
            if script:
                eyes.inspect(late, eyes.DESK)
        page.get_by_role("link", name="Open the booking").click()
        eyes.settle(page)
        expect(page.locator("main")).to_contain_text(name)
        booking = facts.booking_of(server, f"oscar-{script}@example.com")
        assert booking["source"] == "poll"


def test_days_are_asked_about_and_a_poll_is_deleted(shared_server, browser):
    with eyes.page_of(browser) as page:
        host = Host(page, shared_server, True)
        host.open("/calendar/polls/new?kind=days")
        host.field("Title").fill("Excursion")
        for days in (70, 71):
            while page.locator(f"[name=options][value='{_day(host, days)}']").count() == 0:
                host.press("Month after")
            _tick(page, _day(host, days))
        expect(page.get_by_text("Picked:")).to_be_visible()
        for look in (eyes.DESK, eyes.PHONE, eyes.NARROW, eyes.DARK):
            page.set_viewport_size({"width": look.width, "height": look.height})
            eyes.inspect(page, look)
        page.set_viewport_size({"width": eyes.DESK.width, "height": eyes.DESK.height})
        # Gone back and forth, it is all there.
        host.press("Month after")
        expect(host.field("Title")).to_have_value("Excursion")
        assert page.locator("[name=options]:checked").count() == 2
        host.press("Make the poll")
        address = page.get_by_text(ADDRESS).inner_text()
        for look in (eyes.NARROW, eyes.MIRRORED):
            with eyes.page_of(browser, look, timezone="Pacific/Auckland") as other:
                other.goto(address)
                eyes.settle(other)
                eyes.inspect(other, look)
                # Asked for again in the reader's own zone; the dates are the same in each.
                assert "timezone=Pacific" in other.url and other.get_by_role("radiogroup").count() == 2
        page.get_by_text("Delete", exact=True).click()
        host.press("Delete the poll")
        expect(page).to_have_url(re.compile("/calendar/polls$"))
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")


def _day(host: Host, days: int) -> str:
    now = datetime.datetime.fromtimestamp(host.server.clock.now(), datetime.timezone.utc)
    return (now + datetime.timedelta(days=days)).date().isoformat()


def _makes(host: Host, name: str, days: int, invited: list[str]) -> str:
    """Picks three times, takes one off again, and makes it after a mistake; gives its open address."""
    page = host.page
    host.open(LIST)
    page.get_by_role("link", name="Polls").click()
    page.get_by_role("link", name="New poll").first.click()
    eyes.settle(page)
    host.field("Where").fill("Pier 3")
    host.field("Day").fill(_day(host, days))
    host.press("Show this day")
    _picks(host)
    for at, minutes in (("04:30", "30"), ("05:30", "90"), ("21:00", "45")):
        if not host.field("Start").is_visible():
            page.get_by_text("Another time of this day").click()
        host.field("Start").fill(at)
        host.field("Length in minutes").fill(minutes)
        host.press("Add this time")
    assert page.locator("[name=options]:checked").count() == 3
    if host.script:
        eyes.inspect(page, eyes.DESK)
    page.get_by_role("checkbox", name=re.compile("21:00")).uncheck()
    expect(host.field("Where")).to_have_value("Pier 3")
    host.press("Make the poll")
    expect(host.field("Title")).to_have_attribute("aria-invalid", "true")
    assert page.locator("[name=options]:checked").count() == 2
    host.field("Title").fill(name)
    host.field("Who is asked").fill("\n".join(invited))
    page.get_by_label("Those who answer can propose more").check()
    page.get_by_label("Keep these times from others").check()
    host.press("Make the poll")
    address = page.get_by_text(ADDRESS).inner_text()
    if host.script:
        eyes.inspect(page, eyes.DESK)
    return address


def _tick(page, value: str) -> None:
    """The words are what is pressed; the box is out of sight."""
    page.locator("label.pick").filter(has=page.locator(f"[value='{value}']")).click()


def _picks(host: Host) -> None:
    """Free times by pressing them, a week later too, and none of them after all."""
    page = host.page
    free = page.locator("label.pick")
    if free.count() == 0:
        # Tests share a host; nobody is free on a day off.
        return
    free.first.click()
    host.press("The same times a week later")
    picked = page.locator("[name=options]:checked")
    assert picked.count() == 2
    free.first.click()
    page.locator("label.chip input").uncheck()
    assert picked.count() == 0


def _compares(host: Host) -> None:
    """The host's table on a desk, its list on a phone."""
    page = host.page
    table, entry = page.get_by_role("table"), page.locator(".said-narrow > li").first
    expect(table).to_contain_text("Óscar Etxeberria")
    expect(entry).to_be_hidden()
    if not host.script:
        return
    for look in (eyes.DESK, eyes.PHONE, eyes.NARROW, eyes.DARK):
        page.set_viewport_size({"width": look.width, "height": look.height})
        eyes.inspect(page, look)
    page.set_viewport_size({"width": eyes.NARROW.width, "height": eyes.NARROW.height})
    expect(table).to_be_hidden()
    expect(entry).to_contain_text("05:30–07:00")
    expect(entry).to_contain_text("Óscar Etxeberria")
    page.set_viewport_size({"width": eyes.DESK.width, "height": eyes.DESK.height})


def _comes(page, script: bool) -> None:
    """Whoever comes is told where, and finds their answers folded away."""
    page.reload()
    eyes.settle(page)
    expect(page.get_by_text("You are invited.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Pier 3")
    page.get_by_text("Your answers", exact=True).click()
    expect(page.locator(".said-by")).to_contain_text("05:30–07:00")
    if script:
        eyes.inspect(page, eyes.DESK)


def _reads(page, address: str, name: str, script: bool) -> None:
    page.goto(address)
    eyes.settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("radiogroup")).to_have_count(2)
    # Another zone, with and without script.
    page.get_by_role("link", name=re.compile("now$")).click()
    page.get_by_label("Your time zone").fill("Tokyo")
    page.get_by_role("button", name="Show times").click()
    eyes.settle(page)
    # Berlin's 05:30, seven or eight hours on.
    expect(page.get_by_role("list").filter(has=page.get_by_role("radiogroup"))).to_contain_text(
        re.compile("1[23]:30–1[45]:00"))
    # One day, its times below.
    assert page.locator(".vote-day").count() == 1
    page.goto(address)
    eyes.settle(page)
    page.get_by_role("button", name="Send my answers").click()
    eyes.settle(page)
    expect(page.get_by_role("alert")).to_contain_text("need another look")
    if script:
        eyes.inspect(page, eyes.DESK)


def _answers(page, answers: list[str], name: str, email: str | None = None) -> None:
    for group, answer in zip(page.get_by_role("radiogroup").all(), answers):
        # The words are what is pressed; the round mark is out of sight.
        group.get_by_text(answer, exact=True).click()
    page.get_by_role("textbox", name="Name").fill(name)
    if email:
        page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_role("button", name="Send my answers").click()
    eyes.settle(page)


def _changes(page, script: bool) -> None:
    """At one's own address what was said stands there, can be changed, and more can be proposed."""
    groups = page.get_by_role("radiogroup")
    expect(groups.nth(1).get_by_role("radio", name="No", exact=True)).to_be_checked()
    _answers(page, ["If need be", "Yes"], "Óscar Etxeberria")
    expect(groups.nth(1).get_by_role("radio", name="Yes")).to_be_checked()
    expect(page.locator("main")).to_contain_text("1 yes, 0 if need be, 0 no")
    page.locator(".who > summary").nth(1).click()
    expect(page.locator(".who").nth(1).locator("dl")).to_contain_text("Óscar Etxeberria")
    page.get_by_text("Propose another time").click()
    # The name of a weekday has the word too.
    page.get_by_role("textbox", name="Day", exact=True).fill("2020-01-01")
    page.get_by_label("Start").fill("10:00")
    page.get_by_role("button", name="Propose", exact=True).click()
    eyes.settle(page)
    expect(page.get_by_text("Pick a day from today to a year from now.").first).to_be_visible()
    if script:
        eyes.inspect(page, eyes.DESK)


def _invited(server, browser, name: str, script: bool) -> None:
    """Whoever was invited has an address of their own in the mail, and reads it on a phone."""
    mails = []
    facts.eventually(lambda: mails.extend(
        mail for mail in server.mail.mails
        if mail.recipients == ["asked@example.com"] and name in mail.message["Subject"]) or mails, "the mail")
    assert mails[0].complaints() == []
    text = mails[0].message.get_body(("plain",)).get_content()
    address = re.search(r"https?://\S+/poll/[\w-]{43}", text)[0]
    for look in (eyes.PHONE, eyes.NARROW, eyes.DARK, eyes.MIRRORED_PHONE) if script else (eyes.PHONE,):
        with eyes.page_of(browser, look, script=script) as page:
            page.goto(address)
            eyes.settle(page)
            if script:
                eyes.inspect(page, look)
            assert page.locator("[name=email]").count() == 0


def _decides(host: Host) -> None:
    page = host.page
    row = page.get_by_role("row").filter(has_text="05:30–07:00")
    row.get_by_role("link", name="Choose").click()
    eyes.settle(page)
    # Who could come is ticked, who has said nothing is not.
    expect(page.get_by_role("checkbox", name=re.compile("Óscar"))).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("asked@"))).not_to_be_checked()
    if host.script:
        eyes.inspect(page, eyes.DESK)
    # There is a way back.
    page.get_by_role("link", name="Choose another").click()
    eyes.settle(page)
    expect(page.get_by_role("button", name="Book the meeting")).to_have_count(0)
    row.get_by_role("link", name="Choose").click()
    eyes.settle(page)
    host.press("Book the meeting")
    expect(page.get_by_text(re.compile("Decided: .*05:30–07:00"))).to_be_visible()
    expect(page.get_by_text("One person comes.")).to_be_visible()
