"""The forms of hours, links and days away as pictures and boxes: nothing overlaps, shrinks or scrolls sideways."""
import os
import pathlib

import pytest
from playwright.sync_api import expect

import eyes

SCHEDULES = "/calendar/schedules"
# Every pair of things in a row of times that cover each other, and every box of a time that is too narrow to read.
CROWDED = """() => [...document.querySelectorAll('.weekday')].flatMap(day => {
  const things = [...day.querySelectorAll('.input.clock, .next-day, .more > summary')]
    .map(e => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
  const covers = (a, b) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return things.flatMap(([e, box], i) => [
    ...(e.matches('.input') && box.width < 64 ? [`${e.name} is ${box.width} px wide`] : []),
    ...things.slice(i + 1).filter(([, other]) => covers(box, other))
      .map(([o]) => `${e.className} covers ${o.className}`),
  ]);
})"""
# What reaches beyond the edge of the window.
WIDE = """() => [...document.querySelectorAll('main *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
}).slice(-5).map(e => `${e.tagName} ${e.className} ${e.id}`)"""
WIDTHS = [320, 360, 414, 640, 768, 1024, 1280, 1440]


class Desk:
    def __init__(self, page, server):
        self.page, self.server = page, server
        login = next(user for user in server.logins["users"] if user["role"] == "owner")
        page.goto(f"{server.url}/sign-in")
        page.locator("[name=email]").fill(login["email"])
        page.locator("[name=password]").fill(login["password"])
        page.locator("main form button").first.click()
        eyes.settle(page)

    def open(self, path: str) -> None:
        self.page.goto(self.server.url + path)
        eyes.settle(self.page)

    def picture(self, name: str) -> None:
        if folder := os.environ.get("WORKESTRA_PICTURES"):
            eyes.shot(self.page, pathlib.Path(folder), name)

    def press_plus(self) -> None:
        """The “+” of every day that has one in sight, wherever the week begins."""
        for more in self.page.locator(".weekday .more > summary:visible").all():
            more.click()

    def own_schedule(self) -> str:
        return self.server.rows("SELECT id FROM schedule WHERE link IS NULL ORDER BY id")[0]["id"]


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_a_second_span_of_a_day_has_its_place(shared_server, browser, look):
    with eyes.page_of(browser, look) as page:
        desk = Desk(page, shared_server)
        for path in (f"{SCHEDULES}/new", "/settings/booking-links/new"):
            desk.open(path)
            if "booking-links" in path:
                page.locator("[name=hoursFrom]").select_option("own")
            assert page.evaluate(CROWDED) == []
            desk.press_plus()
            assert page.locator(".weekday [name$=_2_from]:visible").count() == 5
            assert page.evaluate(CROWDED) == []
            desk.picture(f"plus-{path.split('/')[2]}-{look.name}")
            eyes.inspect(page, look)


def test_the_measure_sees_what_is_crowded(shared_server, browser):
    with eyes.page_of(browser) as page:
        desk = Desk(page, shared_server)
        desk.open(f"{SCHEDULES}/new")
        assert page.evaluate(CROWDED) == []
        page.evaluate("document.querySelector('.weekday .more > summary').style.marginInlineStart = '-2rem'")
        page.evaluate("document.querySelector('[name=tue_1_from]').style.inlineSize = '1.5rem'")
        assert len(page.evaluate(CROWDED)) == 2


@pytest.mark.parametrize("locale", ["en-GB", "en-XB"])
def test_no_form_scrolls_sideways_at_any_width(shared_server, browser, locale):
    with eyes.page_of(browser, eyes.Look("any", 1280, 800, locale=locale)) as page:
        desk = Desk(page, shared_server)
        for path in (f"{SCHEDULES}/new", "/settings/booking-links/new", f"{SCHEDULES}/away", f"{SCHEDULES}/holidays"):
            desk.open(path)
            page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                scroll = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert scroll <= 0, f"{path} at {width} px scrolls by {scroll}: {page.evaluate(WIDE)}"


def test_what_a_choice_makes_void_is_out_of_sight(shared_server, browser):
    with eyes.page_of(browser) as page:
        desk = Desk(page, shared_server)
        desk.open("/settings/booking-links/new")
        monday = page.locator("[name=mon_1_from]")
        expect(monday).to_be_hidden()
        page.locator("[name=hoursFrom]").select_option("own")
        expect(monday).to_be_visible()
        expect(page.locator("[name='window.from']")).to_be_hidden()
        page.locator("[name='window.kind']").select_option("range")
        expect(page.locator("[name='window.from']")).to_be_visible()
        expect(page.locator("[name='window.days']")).to_be_hidden()
        code = page.locator("[name=accessCode]")
        expect(code).to_be_hidden()
        page.get_by_role("navigation", name="Sections of this link").get_by_role("link", name="Who can book").click()
        expect(code).to_be_visible()
        code.fill("abc")
        page.get_by_role("button", name="Make the link").click()
        eyes.settle(page)
        expect(code).to_be_visible()
        expect(code).to_have_value("abc")
        expect(monday).to_be_visible()


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_pages_of_links_and_days_look_right(shared_server, browser, look):
    with eyes.page_of(browser, look) as page:
        desk = Desk(page, shared_server)
        link = shared_server.rows("SELECT id FROM link ORDER BY id")[0]["id"]
        pages = {
            "links": "/calendar/event-types", "link": f"/settings/booking-links/{link}",
            "new": "/settings/booking-links/new",
            "schedule": f"{SCHEDULES}/{desk.own_schedule()}", "away": f"{SCHEDULES}/away",
            "holidays": f"{SCHEDULES}/holidays",
        }
        for name, path in pages.items():
            desk.open(path)
            if name == "holidays":
                page.locator("[name=country]").select_option("NO")
                page.locator("button[name=then]").click()
                eyes.settle(page)
            desk.picture(f"{name}-{look.name}")
            eyes.inspect(page, look)
