"""The visitor's own calendar beside the times, and the menu of languages."""
import datetime

import pytest
from playwright.sync_api import expect

import eyes
import facts

LINK = "product-walkthrough"
LOOKS = [eyes.DESK, eyes.PHONE]


def calendar(*events: tuple[datetime.datetime, int], more: str = "") -> bytes:
    """An .ics file with one event for each start and length in minutes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for number, (start, minutes) in enumerate(events):
        at = start.astimezone(datetime.UTC)
        lines += ["BEGIN:VEVENT", f"UID:{number}", f"DTSTART:{at:%Y%m%dT%H%M%SZ}", f"DURATION:PT{minutes}M",
                  "SUMMARY:Dentist", *([more] if more else []), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def chosen(page, content: bytes) -> None:
    page.locator("[data-own] input").set_input_files({
        "name": "own.ics", "mimeType": "text/calendar", "buffer": content})


def starts(page, *, busy: bool = False) -> list[int]:
    marked = ":has(.own-busy)" if busy else ""
    return [int(value) for value in page.locator(f"#pick button.time{marked}").evaluate_all(
        "buttons => buttons.map(one => one.value)")]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_times_at_which_one_is_busy_are_marked_and_nothing_is_sent(shared_server, browser, look):
    with eyes.page_of(browser, look) as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        times = starts(page)
        assert len(times) > 4 and starts(page, busy=True) == []
        at = datetime.datetime.fromtimestamp(times[2], datetime.UTC)
        sent = []
        page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
        chosen(page, calendar((at, 1)))
        expect(page.get_by_role("status").filter(has_text="you are busy")).to_be_visible()
        minutes = int(page.locator("[data-own]").get_attribute("data-minutes"))
        assert starts(page, busy=True) == [one for one in times if one <= times[2] < one + 60 * minutes] != []
        eyes.inspect(page, look)
        # It stays for the next page of this tab, and is gone when taken off.
        page.reload()
        eyes.settle(page)
        assert times[2] in starts(page, busy=True)
        page.get_by_role("button", name="Take it off").click()
        assert starts(page, busy=True) == [] and sent == []
        page.reload()
        eyes.settle(page)
        assert starts(page, busy=True) == []


def test_a_file_that_is_none_says_so_and_a_dropped_one_is_read(shared_server, browser):
    with eyes.page_of(browser) as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        chosen(page, b"%PDF-1.7 nothing of a calendar")
        expect(page.get_by_text("This is no calendar file that can be read.")).to_be_visible()
        at = datetime.datetime.fromtimestamp(starts(page)[0], datetime.UTC)
        page.evaluate("""(text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], 'own.ics'));
            document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        }""", calendar((at, 30)).decode())
        expect(page.locator(".own-busy").first).to_be_visible()
        # What is too large says that, and what was there stays.
        page.evaluate("""() => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(20_000_001)], 'own.ics'));
            document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        }""")
        expect(page.get_by_text("This file is too large.")).to_be_visible()
        expect(page.locator(".own-busy").first).to_be_visible()
        # What was left out is not passed over in silence.
        chosen(page, calendar((at, 30), more="RRULE:FREQ=HOURLY"))
        expect(page.get_by_text("not all of the file could be read")).to_be_visible()
        expect(page.locator(".own-busy").first).to_be_visible()
        # A free day, and what is called off, take no time.
        for more in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED"):
            chosen(page, calendar((at, 30), more=more))
            expect(page.locator(".own-busy")).to_have_count(0)


# Rule, dates called off, and the days of May 2027 on which it is then; the zone is nine hours behind Berlin.
RULES = {
    "twice a week": ("FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270601T000000Z", "20270513T100000", [4, 6, 11, 18, 20, 25, 27]),
    "every other day, five times": ("FREQ=DAILY;INTERVAL=2;COUNT=5", "", [4, 6, 8, 10, 12]),
    "the last Tuesday": ("FREQ=MONTHLY;BYDAY=-1TU", "", [25]),
    "the second day from the end": ("FREQ=MONTHLY;BYMONTHDAY=-2", "", [30]),
    "each year": ("FREQ=YEARLY", "", [4]),
    "the last Monday or Tuesday": ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "", [31]),
    "a part that is not known": ("FREQ=MONTHLY;BYDAY=MO,TU;BYHOUR=3", "", [4]),
}


def reader(page) -> str:
    """Where the page's reader of calendars lies."""
    return page.evaluate("performance.getEntriesByType('resource').map(one => one.name)"
                         ".find(one => one.endsWith('/own.js'))").replace("/own.js", "/own-read.js")


@pytest.mark.parametrize("name", RULES)
def test_series_are_read_as_calendars_mean_them(shared_server, browser, name):
    rule, out, days = RULES[name]
    text = "\r\n".join(filter(None, [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:series", "DTSTART;TZID=America/Los_Angeles:20270504T100000",
        "DTEND;TZID=America/Los_Angeles:20270504T113000", f"RRULE:{rule}",
        out and f"EXDATE;TZID=America/Los_Angeles:{out}", "BEGIN:VALARM", "DURATION:PT5M", "END:VALARM",
        "END:VEVENT", "END:VCALENDAR", ""]))
    with eyes.page_of(browser) as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        spans = page.evaluate("async ([file, text, now]) => (await import(file)).busy(text, now).spans",
                              [reader(page), text, shared_server.clock.now() * 1000])
    found = [(datetime.datetime.fromtimestamp(60 * begins, datetime.UTC), ends - begins) for begins, ends in spans]
    may = [(start, length) for start, length in found if (start.year, start.month) == (2027, 5)]
    assert [start.day for start, _ in may] == days
    assert all((start.hour, length) == (17, 90) for start, length in may)


def test_a_zone_that_browsers_do_not_know_is_left_out_and_a_longer_name_is_read(shared_server, browser):
    def event(zone):
        return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", f"DTSTART;TZID={zone}:20270504T100000",
                            f"DTEND;TZID={zone}:20270504T103000", "END:VEVENT", "END:VCALENDAR", ""])

    with eyes.page_of(browser) as page:
        # In a frame without storage the file counts for this page.
        page.add_init_script("Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('none'); }})")
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        at = datetime.datetime.fromtimestamp(starts(page)[0], datetime.UTC)
        chosen(page, calendar((at, 30)))
        expect(page.locator(".own-busy").first).to_be_visible()
        found = page.evaluate("async ([file, texts, now]) => { const { busy } = await import(file);"
                              " return texts.map(text => busy(text, now).spans); }",
                              [reader(page), [event("W. Europe Standard Time"), event("/example.org/x/Europe/Berlin")],
                               shared_server.clock.now() * 1000])
    eight = int(datetime.datetime(2027, 5, 4, 8, tzinfo=datetime.UTC).timestamp()) // 60
    assert found == [[], [[eight, eight + 30]]]


def test_a_long_calendar_is_read_beside_the_page_and_the_last_one_counts(shared_server, browser):
    with eyes.page_of(browser) as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        workers = []
        page.on("worker", lambda worker: workers.append(worker.url))
        times = [datetime.datetime.fromtimestamp(one, datetime.UTC) for one in starts(page)]
        long = "BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:19900506T100000\r\nDURATION:PT24H\r\n" \
            "RRULE:FREQ=DAILY\r\nEND:VEVENT\r\n" * 5_000
        chosen(page, f"BEGIN:VCALENDAR\r\n{long}END:VCALENDAR\r\n".encode())
        chosen(page, calendar((times[0], 1)))
        expect(page.locator(".own-busy").first).to_be_visible()
        while page.workers:
            page.wait_for_timeout(200)
        page.wait_for_timeout(500)
        assert starts(page, busy=True) != starts(page)
        assert len(workers) == 2 and all(one.endswith("/own-worker.js") for one in workers)


def test_a_language_in_an_address_is_no_choice(shared_server, browser):
    with eyes.page_of(browser) as page:
        page.goto(f"{shared_server.url}/book/{LINK}?lang=de")
        expect(page.locator("html")).to_have_attribute("lang", "de")
        page.goto(f"{shared_server.url}/book/find")
        expect(page.locator("html")).to_have_attribute("lang", "de")
        # Gone with the browser.
        assert [(one["name"], one["expires"]) for one in page.context.cookies()] == [("visit-language", -1)]
        page.locator("details.menu summary").click()
        page.locator("details.menu").get_by_role("link", name="Français").click()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        page.goto(f"{shared_server.url}/book/{LINK}")
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        [kept] = page.context.cookies()
        assert kept["name"] == "language" and kept["expires"] > 0


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_language_is_chosen_from_the_menu_and_kept_until_the_mail(shared_server, browser, script):
    email = f"menu{'' if script else '-plain'}@example.com"
    with eyes.page_of(browser, eyes.PHONE, script=script) as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        menu = page.locator("details.menu")
        menu.locator("summary").click()
        assert menu.get_by_role("link").count() == 11
        if script:
            eyes.inspect(page, eyes.PHONE)
        menu.get_by_role("link", name="Deutsch").click()
        expect(page.locator("html")).to_have_attribute("lang", "de")
        page.locator("button[name=start]").first.click()
        expect(page.locator("html")).to_have_attribute("lang", "de")
        page.locator("[name='attendee.name']").fill("Ada Visitor")
        page.locator("[name='attendee.email']").fill(email)
        page.locator("[name^='answers.']").first.fill("Luft")
        page.locator("form#details .button.primary").click()
        page.wait_for_url("**/booking/*")
        expect(page.locator("html")).to_have_attribute("lang", "de")
    assert facts.booking_of(shared_server, email)["language"] == "de"
