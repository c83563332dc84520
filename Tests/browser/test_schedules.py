"""A host says when they can be booked: hours, dates that differ, a look before saving, days away, holidays."""
import datetime
import re

import pytest
from playwright.sync_api import expect

import contract
import eyes
from shots import sign_in

LINK = "product-walkthrough"
SCHEDULES = "/calendar/schedules"


class Host:
    """The owner of the demo workspace, signed in."""

    def __init__(self, page, server, script: bool):
        self.page, self.server, self.script = page, server, script
        sign_in(page, server, server.logins["users"][0])

    def open(self, path: str) -> None:
        self.page.goto(self.server.url + path)
        self.look()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        eyes.settle(self.page)
        self.look()

    def field(self, label: str):
        return self.page.get_by_label(label, exact=True)

    def look(self) -> None:
        """No page on the way breaks a rule of accessibility."""
        if self.script:
            assert eyes.axe_violations(self.page) == []

    def free(self, day: datetime.date) -> list[str]:
        """Starts of the link on a day, as strangers get them: `09:00`."""
        return [start[11:16] for start in contract.free_slots(self.server, LINK, days=29) if start[:10] == str(day)]

    def weekday(self, number: int, weeks: int) -> datetime.date:
        """A day some weeks ahead; 0 is Monday."""
        today = datetime.datetime.fromtimestamp(self.server.clock.now(), datetime.timezone.utc).date()
        return today + datetime.timedelta(days=(number - today.weekday()) % 7 + 7 * weeks)


@pytest.mark.parametrize("script", [True, False], ids=["script", "bare"])
def test_a_host_says_when_they_can_be_booked(own_server, browser, script):
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, own_server, script)
        _looks_before_saving(host)
        _closes_a_date(host)
        _goes_away(host)
        _travels(host)
        _keeps_holidays(host)


def _open_schedule(host: Host) -> None:
    host.open(SCHEDULES)
    used = host.page.locator("li.schedule-row", has_text="Followed by").first
    used.get_by_role("link").first.click()
    eyes.settle(host.page)


def _looks_before_saving(host: Host) -> None:
    page, monday = host.page, host.weekday(0, 2)
    before = host.free(monday)
    _open_schedule(host)
    host.field("Monday from, times 1").fill("20:00")
    host.field("Monday to, times 1").fill("02:00")
    host.press("Save")
    expect(page.locator("#f-mon_1_to-error")).to_contain_text("The end is not after 20:00")
    host.field("Monday to, times 1, ends on the next day").check()
    host.press("See what changes")
    changes = page.get_by_role("region", name="Nothing is saved yet").or_(page.locator("#changes"))
    expect(changes).to_contain_text(re.compile("times? appear"))
    expect(changes).to_contain_text(re.compile("In the days that can be booked, .* times? vanish.* times? appear"))
    expect(host.field("Monday from, times 1")).to_have_value("20:00")
    expect(host.field("Monday to, times 1, ends on the next day")).to_be_checked()
    assert host.free(monday) == before != []
    host.press("Save")
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert host.free(monday)[0] == "20:00"


def _closes_a_date(host: Host) -> None:
    page, tuesday = host.page, host.weekday(1, 2)
    assert host.free(tuesday) != []
    _open_schedule(host)
    host.field("Date 1").fill(str(tuesday))
    host.field("Times on date 1").fill("10:00-9:00")
    host.press("Save")
    expect(page.locator("#f-overrides\\.0\\.times-error")).to_contain_text("is not after")
    host.field("Times on date 1").fill("")
    host.press("Save")
    assert host.free(tuesday) == []
    host.field("Remove date 1").check()
    host.press("Save")
    assert host.free(tuesday) != []


def _goes_away(host: Host) -> None:
    page, wednesday = host.page, host.weekday(2, 2)
    start = next(one for one in contract.free_slots(host.server, LINK, days=29) if one[:10] == str(wednesday))
    assert contract.create_booking(host.server, LINK, start).status_code == 201
    host.open(SCHEDULES)
    page.get_by_role("link", name="Time away").click()
    host.field("First day").fill(str(wednesday))
    host.field("Last day").fill(str(wednesday - datetime.timedelta(days=1)))
    host.field("Reason optional").fill("Dentist")
    host.press("Add these days")
    expect(page.locator("#f-to-error")).to_contain_text("before the first")
    expect(host.field("Reason optional")).to_have_value("Dentist")
    host.field("Last day").fill(str(wednesday))
    host.press("Add these days")
    expect(page.get_by_role("heading", name="One booking falls on these days.")).to_be_visible()
    assert host.free(wednesday) == []
    page.get_by_role("button", name=re.compile("^Remove ")).click()
    eyes.settle(page)
    assert host.free(wednesday) != []


def _travels(host: Host) -> None:
    page, thursday = host.page, host.weekday(3, 2)
    page.locator(".segments label", has_text="Trip").click()
    expect(host.field("Who can help meanwhile")).to_be_hidden()
    host.field("First day").fill(str(thursday))
    host.field("Last day").fill(str(thursday))
    host.field("Time zone of the trip").select_option("Asia/Tokyo")
    before = host.free(thursday)
    host.press("Add these days")
    expect(page.get_by_role("status")).to_contain_text("Asia/Tokyo")
    assert host.free(thursday) != before


def _keeps_holidays(host: Host) -> None:
    page, friday = host.page, host.weekday(4, 2)
    page.get_by_role("link", name="Choose holidays").click()
    eyes.settle(page)
    assert any(start > "12:00" for start in host.free(friday))
    host.field("Country").select_option("DE")
    host.press("Show days")
    host.field("Region").select_option("BY")
    host.field("Half days optional").fill(f"{friday:%m-%d}")
    host.press("Save holidays")
    expect(page.get_by_role("status")).to_contain_text("holidays are closed")
    expect(page.get_by_text("Tag der Deutschen Einheit").first).to_be_visible()
    expect(host.field("Region")).to_have_value("BY")
    free = host.free(friday)
    assert free != [] and max(free) < "12:00"
