"""Booking pages on other websites. Everything a visitor does is done in the frame; what the site hears is compared with
the documented messages."""
import datetime
import json
import re

import pytest
from playwright.sync_api import expect

import eyes
from frames import LISTENS, books, framed, heard, is_still, markup, opened, told, website  # noqa: F401
from harness import ROOT
from test_links import Host

MESSAGES = json.loads((ROOT / "packages" / "messages.json").read_text())


def test_a_visitor_books_in_the_frame_moves_and_cancels_beside_it(shared_server, framed, website, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        frame = opened(page, website, server, framed, origin=website.allowed)
        assert heard(page, "ready") == {"top": 0, "link": framed}
        expect(page.get_by_role("link", name="Book a time")).to_be_hidden()
        is_still(page)
        assert eyes.axe_violations(page) == []
        books(frame, "frame@example.com")
        slot = heard(page, "slot_selected")
        booking = heard(page, "booking_confirmed")
        assert slot["start"] == booking["start"] and booking["version"] == 1 and booking["status"] == "confirmed"
        # Nothing that was said names anybody.
        assert "frame@example.com" not in json.dumps(page.evaluate("told")) and set(booking) == {
            "bookingId", "status", "start", "end", "version", "link"}
        with page.context.expect_page() as beside:
            frame.get_by_role("link", name="Open your booking").click()
        own = beside.value
        own.wait_for_load_state()
        assert re.search(r"/booking/[\w-]{43}$", own.url)
        own.get_by_role("link", name=re.compile("Move|Pick another time|Change the time")).first.click()
        own.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).nth(3).click()
        own.get_by_role("button", name=re.compile("Move")).last.click()
        expect(own.get_by_text("Moved from")).to_be_visible()
        page.bring_to_front()
        page.evaluate("document.querySelector('workestra-booking').shadowRoot.querySelector('iframe').focus()")
        moved = heard(page, "rescheduled")
        assert moved["bookingId"] == booking["bookingId"] and moved["version"] > 1
        own.bring_to_front()
        own.get_by_role("link", name=re.compile("^Cancel")).first.click()
        own.get_by_role("button", name="Cancel the meeting").click()
        expect(own.get_by_text("This meeting is cancelled")).to_be_visible()
        page.bring_to_front()
        assert heard(page, "cancelled")["bookingId"] == booking["bookingId"]
        [row] = server.rows("SELECT source FROM booking WHERE id = ?", booking["bookingId"])
        assert row["source"] == "embed"


@pytest.mark.parametrize("place", ["other origin", "sandboxed", "no list"])
def test_where_the_page_may_not_be_shown_people_have_the_link(shared_server, framed, website, browser, place):
    server = shared_server
    slug = server.logins["links"][0]["slug"] if place == "no list" else framed
    with browser.new_context() as context:
        page = context.new_page()
        if place == "sandboxed":
            website.put("/listens.js", LISTENS, kind="text/javascript")
            website.put("/inside", markup(server, slug))
            website.put("/", '<iframe id="sandbox" src="/inside" sandbox="allow-scripts"></iframe>')
            page.goto(website.allowed + "/")
            inside = page.frame_locator("#sandbox")
            expect(inside.get_by_role("link", name="Book a time")).to_be_visible()
            frame = next(one for one in page.frames if one.url.endswith("/inside"))
            frame.wait_for_function("told.length > 0", timeout=60_000)
            assert frame.evaluate("told")[0][:2] == ["error", {"code": "not_framed", "link": ""}]
            assert not any("/book/" in one.url for one in page.frames)
            return
        opened(page, website, server, slug, origin=website.other if place == "other origin" else website.allowed)
        assert heard(page, "error") == {"code": "not_framed", "link": ""}
        expect(page.get_by_role("link", name="Book a time")).to_be_visible()
        assert told(page, "ready") == []


def test_a_site_with_a_strict_policy_needs_the_two_words_and_no_more(shared_server, framed, website, browser):
    server = shared_server
    policy = f"default-src 'none'; script-src 'self' {server.url}; frame-src {server.url}"
    with eyes.page_of(browser) as page:
        frame = opened(page, website, server, framed, policy=policy)
        heard(page, "ready")
        is_still(page)
        expect(frame.get_by_role("heading", level=1)).to_have_text("Framed talk")


def test_without_cookies_and_storage_everything_works(shared_server, framed, website, browser):
    """As browsers do it for frames of other sites: whatever keeps something throws."""
    server = shared_server
    with eyes.page_of(browser) as page:
        page.context.add_init_script("""
            if (window !== parent) for (const name of ['sessionStorage', 'localStorage']) {
              Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
            }""")
        frame = opened(page, website, server, framed)
        heard(page, "ready")
        books(frame, "no-cookies@example.com", 2)
        heard(page, "booking_confirmed")
        assert page.context.cookies() == []


def test_two_on_one_page_speak_each_for_itself(shared_server, framed, website, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        opened(page, website, server, framed, count=2)
        page.wait_for_function("told.filter((one) => one[0] === 'ready').length === 2", timeout=60_000)
        assert {one[2] for one in page.evaluate("told")} == {"b0", "b1"}
        second = page.locator("workestra-booking").nth(1).locator("iframe").content_frame
        second.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).nth(1).click()
        heard(page, "slot_selected")
        assert [one[2] for one in page.evaluate("told") if one[0] == "slot_selected"] == ["b1"]


@pytest.mark.parametrize("look", [eyes.DESK, eyes.PHONE, eyes.NARROW], ids=lambda look: look.name)
def test_there_is_one_scrollbar_and_nothing_is_cut(shared_server, framed, website, browser, look):
    server = shared_server
    with eyes.page_of(browser, look) as page:
        frame = opened(page, website, server, framed)
        heard(page, "ready")
        is_still(page)
        inner = page.locator("workestra-booking iframe").content_frame.locator(":root")
        sizes = "(root) => [root.scrollHeight, root.clientHeight, root.scrollWidth, root.clientWidth, innerWidth]"
        for step in ("month", "details"):
            tall, seen, wide, room, width = inner.evaluate(sizes)
            assert tall <= seen and wide <= room and room == width, f"{step}: {(tall, seen, wide, room, width)}"
            box = page.locator("workestra-booking iframe").bounding_box()
            assert box["width"] <= look.width and box["height"] == seen
            assert page.evaluate("document.documentElement.scrollWidth") <= look.width
            if step == "month":
                frame.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).nth(4).click()
                expect(frame.get_by_role("textbox", name="Name")).to_be_visible()
                is_still(page)
        # Cut by the site's own wish, it scrolls inside.
        opened(page, website, server, framed, 'max-height="300"')
        heard(page, "ready")
        page.wait_for_function("""() => document.querySelector('workestra-booking').shadowRoot
            .querySelector('iframe').getBoundingClientRect().height === 300""")
        page.locator("workestra-booking iframe").content_frame.locator(":root:not(.still)").wait_for()


def test_a_thousand_heights_are_one_change_for_each_picture(shared_server, framed, website, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        frame = opened(page, website, server, framed)
        heard(page, "ready")
        is_still(page)
        page.evaluate("""() => {
            window.changes = 0;
            const frame = document.querySelector('workestra-booking').shadowRoot.querySelector('iframe');
            new MutationObserver((list) => { changes += list.length; }).observe(frame, { attributes: true });
            window.pictures = 0;
            const count = () => { pictures += 1; requestAnimationFrame(count); };
            requestAnimationFrame(count);
        }""")
        frame.locator(":root").evaluate("""(root, origin) => {
            for (let height = 500; height < 1500; height += 1) parent.postMessage(
                { workestra: 1, type: 'height', link: 'x', data: { height } }, origin);
        }""", website.allowed)
        page.wait_for_function("""() => document.querySelector('workestra-booking').shadowRoot
            .querySelector('iframe').getBoundingClientRect().height === 1499""")
        changes, pictures = page.evaluate("[changes, pictures]")
        assert changes <= pictures and changes < 200, (changes, pictures)
        # Without end in sight it stops growing.
        frame.locator(":root").evaluate("""(root, origin) => parent.postMessage(
            { workestra: 1, type: 'height', link: 'x', data: { height: 999999 } }, origin)""", website.allowed)
        page.wait_for_function("""() => document.querySelector('workestra-booking').shadowRoot
            .querySelector('iframe').getBoundingClientRect().height === 6000""")


def test_messages_count_only_from_the_frame_and_its_origin(shared_server, framed, website, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        frame = opened(page, website, server, framed)
        heard(page, "ready")
        is_still(page)
        before = len(page.evaluate("told"))
        # From the site's own window, and from a frame of somebody else's.
        forged = [one["message"] for one in MESSAGES["told"] if one["read"]]
        page.evaluate("(list) => { for (const one of list) postMessage(one, '*'); }", forged)
        website.put("/forger", "<script>onmessage = (event) => parent.postMessage(event.data, '*')</script>")
        page.evaluate("""(address) => new Promise((done) => {
            const other = document.createElement('iframe');
            other.src = address; other.id = 'forger'; other.onload = done; document.body.append(other);
        })""", website.other + "/forger")
        page.evaluate("""(list) => {
            for (const one of list) document.getElementById('forger').contentWindow.postMessage(one, '*'); }""", forged)
        # Of the right frame only what is a message: all others come to nothing, the huge one too.
        wrong = [one["message"] for one in MESSAGES["told"] if not one["read"]] + [
            {"workestra": 1, "type": "error", "link": "intro", "data": {"code": "x" * 100_000}}]
        say = "(root, [list, origin]) => { for (const one of list) parent.postMessage(one, origin); }"
        frame.locator(":root").evaluate(say, [wrong, website.allowed])
        last = {"workestra": 1, "type": "error", "link": "intro", "data": {"code": "last"}}
        frame.locator(":root").evaluate(say, [[last], website.allowed])
        page.wait_for_function("told.some((one) => one[1].code === 'last')")
        assert len(page.evaluate("told")) == before + 1
        # And each message of the frame comes to what the documents say; `height` and `close` are no events.
        frame.locator(":root").evaluate(say, [forged, website.allowed])
        names = [one["type"] for one in forged if one["type"] not in ("height", "close", "ready")]
        page.wait_for_function("(count) => told.length >= count", arg=before + 1 + len(names))
        assert [one[0] for one in page.evaluate("told")[before + 1:]] == names


def test_a_page_obeys_the_site_it_was_checked_for_and_speaks_to_nobody_else(shared_server, framed, website, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        frame = opened(page, website, server, framed)
        heard(page, "ready")
        is_still(page)
        send = """(message) => document.querySelector('workestra-booking').shadowRoot.querySelector('iframe')
            .contentWindow.postMessage(message, '*')"""
        for order in MESSAGES["orders"]:
            page.evaluate(send, order["message"])
            for name, value in order["effect"].items():
                root = frame.locator(":root")
                if name == "still":
                    expect(root).to_have_class(re.compile("still") if value else re.compile("^((?!still).)*$"))
                elif value is None:
                    expect(root).not_to_have_attribute("data-theme", re.compile("."))
                else:
                    expect(root).to_have_attribute("data-theme", value)
        # From itself it takes no orders.
        frame.locator(":root").evaluate("""() => postMessage(
            { workestra: 1, type: 'theme', data: { theme: 'dark' } }, '*')""")
        page.wait_for_timeout(300)
        expect(frame.locator(":root")).not_to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("layout", ["popup", "button"])
def test_a_pop_up_keeps_the_focus_and_ends_with_escape(shared_server, framed, website, browser, layout):
    server = shared_server
    with eyes.page_of(browser) as page:
        opened(page, website, server, framed, f'layout="{layout}"')
        link = page.get_by_role("link", name="Book a time")
        expect(link).to_be_visible()
        assert page.locator("workestra-booking iframe").count() == 0
        link.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        heard(page, "ready")
        frame = page.locator("workestra-booking iframe").content_frame
        expect(frame.get_by_role("heading", level=1)).to_have_text("Framed talk")
        assert eyes.axe_violations(page) == []
        # One scrollbar: the page behind stands still, the dialog cuts nothing.
        assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
        for _ in range(60):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.textContent.trim() !== 'After it'")
        # Escape in the frame, and in the dialog.
        frame.locator("body").press("Escape")
        expect(dialog).to_be_hidden()
        assert page.evaluate("getComputedStyle(document.documentElement).overflow") != "hidden"
        link.click()
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Close").focus()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert page.evaluate("document.activeElement.textContent.trim()") == "Book a time"
        # A press that means a new tab is left to the browser.
        with page.context.expect_page() as beside:
            link.click(modifiers=["ControlOrMeta"])
        assert f"/book/{framed}" in beside.value.url
        expect(dialog).to_be_hidden()


def test_what_is_known_and_where_somebody_came_from_reaches_the_booking(shared_server, framed, website, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        website.put("/listens.js", LISTENS, kind="text/javascript")
        website.put("/", markup(server, framed, 'theme="dark" prefill="name=Grace&amp;email=grace%40example.com"'))
        page.goto(website.allowed + "/?utm_source=newsletter&secret=1")
        heard(page, "ready")
        frame = page.locator("workestra-booking iframe").content_frame
        expect(frame.locator(":root")).to_have_attribute("data-theme", "dark")
        assert "secret" not in page.locator("workestra-booking iframe").get_attribute("src")
        frame.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).nth(5).click()
        expect(frame.get_by_role("textbox", name="Name")).to_have_value("Grace")
        frame.get_by_role("button", name="Confirm booking", exact=True).last.click()
        booking = heard(page, "booking_confirmed")
        [row] = server.rows("SELECT utm FROM booking WHERE id = ?", booking["bookingId"])
        assert "newsletter" in row["utm"]


def test_a_time_that_somebody_else_took_is_told_to_the_site(shared_server, framed, website, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        frame = opened(page, website, server, framed)
        heard(page, "ready")
        button = frame.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).nth(6)
        start = button.get_attribute("value")
        taken = server.api("POST", f"/api/v1/public/links/{framed}/holds", {
            "start": datetime.datetime.fromtimestamp(int(start), datetime.UTC).isoformat()})
        assert taken.status_code == 201, taken.text
        button.click()
        assert heard(page, "error") == {"code": "slot_taken", "link": framed}
        expect(frame.get_by_role("alert")).to_be_visible()


def test_the_host_names_the_site_copies_the_snippet_and_sees_the_page(shared_server, website, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        host = Host(page, server, True)
        slug = server.logins["links"][0]["slug"]
        [link] = server.rows("SELECT id FROM link WHERE slug = ?", slug)
        host.open(f"/settings/booking-links/{link['id']}/embed")
        expect(page.get_by_text("No website may show this page yet")).to_be_visible()
        expect(page.locator("workestra-booking iframe").content_frame.get_by_role("heading", level=1)).to_be_visible()
        assert eyes.axe_violations(page) == []
        page.get_by_role("link", name="Name your websites").click()
        field = page.get_by_label(re.compile("^Websites that may show this page"))
        field.fill(f"{website.allowed}/contact")
        host.press("Save")
        expect(page.get_by_text(f"Write {website.allowed}.").first).to_be_visible()
        field.fill(website.allowed)
        host.press("Save")
        host.open(f"/settings/booking-links/{link['id']}/embed")
        expect(page.get_by_role("listitem").filter(has_text=website.allowed)).to_be_visible()
        snippet = page.locator("pre").nth(1).inner_text()
        website.put("/", f"<!doctype html><html lang='en'><title>x</title><body>{snippet}</body></html>")
        page.goto(website.allowed + "/")
        inside = page.locator("workestra-booking iframe").content_frame
        expect(inside.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).first).to_be_visible()
        # Back to a link of the demo that nobody shows.
        key = server.logins["users"][0]["apiKey"]
        assert server.api("PATCH", f"/api/v1/links/{link['id']}", {"allowedOrigins": []}, key=key).status_code == 200


@pytest.mark.parametrize("layout", ["popup", "button"])
def test_a_pop_up_of_a_page_that_is_none_is_a_link(shared_server, framed, website, browser, layout):
    """The likeliest mistake is a slash at the beginning: whoever presses it gets there, and the site goes on."""
    # Whoever builds the site reads in the console what is wrong.
    said = pytest.raises(AssertionError, match="is no page. Write it like book/intro")
    with said, eyes.page_of(browser) as page:
        website.put("/", f"""<!doctype html><html lang="en"><title>Shop</title><body>
            <workestra-booking page="/book/{framed}" layout="{layout}">
            <a href="{shared_server.url}/book/{framed}">Book a time</a></workestra-booking>
            <script src="{shared_server.url}/embed.js"></script></body></html>""")
        page.goto(website.allowed + "/")
        page.get_by_role("link", name="Book a time").click()
        page.wait_for_url(f"{shared_server.url}/book/{framed}*")
        expect(page.get_by_role("heading", level=1)).to_have_text("Framed talk")


def test_what_is_changed_later_is_as_if_it_had_always_been_so(shared_server, framed, website, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        opened(page, website, server, framed, 'layout="popup" theme="dark"')
        page.get_by_role("link", name="Book a time").click()
        heard(page, "ready")
        change = "([name, value]) => { document.querySelector('workestra-booking').setAttribute(name, value); }"
        # Shown in place from now on: the pop-up is gone, and nothing is left of it.
        page.evaluate(change, ["layout", "inline"])
        heard(page, "ready", 2)
        expect(page.get_by_role("dialog")).to_have_count(0)
        element = page.locator("workestra-booking")
        expect(element.locator("iframe")).to_be_visible()
        is_still(page)
        root = element.locator("iframe").content_frame.locator(":root")
        expect(root).to_have_attribute("data-theme", "dark")
        element.evaluate("(one) => one.removeAttribute('theme')")
        expect(root).not_to_have_attribute("data-theme", "dark")
        page.evaluate(change, ["label", "Meet Ada"])
        expect(element.locator("iframe")).to_have_attribute("title", "Meet Ada")
        page.evaluate(change, ["max-height", "250"])
        page.wait_for_function("""() => document.querySelector('workestra-booking').shadowRoot
            .querySelector('iframe').getBoundingClientRect().height === 250""")
        # Taken out and put back, it begins anew, as often as one likes.
        for count in (3, 4):
            element.evaluate("(one) => { const place = one.parentNode; one.remove(); place.prepend(one); }")
            heard(page, "ready", count)
            expect(element.locator("iframe")).to_have_count(1)
            expect(element.locator("iframe")).to_be_visible()


def test_whoever_has_come_to_the_link_goes_on_in_the_frame(shared_server, framed, website, browser):
    with eyes.page_of(browser) as page:
        website.put("/", f"""<!doctype html><html lang="en"><title>Shop</title><body>
            <workestra-booking page="book/{framed}"><a href="/">Book a time</a></workestra-booking></body></html>""")
        page.goto(website.allowed + "/")
        page.get_by_role("link", name="Book a time").focus()
        page.add_script_tag(url=f"{shared_server.url}/embed.js")
        page.wait_for_function("document.activeElement.shadowRoot?.activeElement?.tagName === 'IFRAME'",
                               timeout=60_000)
