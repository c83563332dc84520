"""Every page and mail that visitors meet, in words longer than ours: nothing left in English, cut off or overlapping.

The pseudo language accents every letter, so what stays plain was never looked up; its words are stretched here as those
of other languages are. German and Arabic are looked at as they are.
"""
import re
import time

import pytest
import requests

import eyes
from conftest import HURRIED
from harness import Server
from visited import SITE, Visited

DESK = eyes.Look("desk", 1280, 800)
WIDTHS = (1280, 320)
LOCALES = {"pseudo": "en-XB", "German": "de-DE", "Arabic": "ar-EG"}
# Pages whose form is also looked at when it was sent with nothing in it.
FORMS = {"details", "details of a course", "form", "poll", "one-off", "sheet", "single-use, details", "find",
         "waitlist", "talk now", "talk now, it rings"}
# Names of places and of programs, which are what they are in every language; and addresses.
KNOWN = {"Pseudo", "Europe/Berlin", "Berlin", "Workestra", "example.com", "example.org", "Google", "Outlook",
         "Office 365", "Yahoo", "UTC", SITE}
# Asked by a poll, and has not told a language yet: written to in English.
STRANGER = "invited@example.com"
PLAIN = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|[\w-]+\.ics")


@pytest.fixture(scope="module")
def visited():
    with Server("sqlite", settings=HURRIED, like="migrated") as server:
        yield Visited(server, language="en-XB")


# What is in disguise grows as much as words do on their way from English: short ones the most (IBM, 2012).
STRETCH = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.parentElement.closest('script, style, [data-short]')) continue;
    node.data = node.data.replace(/\\u27e6([^\\u27e6\\u27e7]*)\\u27e7/g, (whole, words) => {
      const share = words.length < 4 ? 0 : words.length <= 10 ? 1 : words.length <= 20 ? 0.6 : 0.35;
      const more = '\\u00f6\\u00f1\\u00e9 '.repeat(30).slice(0, Math.round(words.length * share)).trim();
      return more ? `\\u27e6${words} ${more}\\u27e7` : whole;
    });
  }
}"""

# Texts that reach out of their box, or lie on each other. What is hidden on purpose, and what scrolls, is left alone.
CRAMPED = """() => {
  const found = [], shown = (e) => {
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' && style.clipPath === 'none'
      && !e.closest('.hidden, .sr-only, [hidden], details:not([open]) > :not(summary)');
  };
  const says = (text) => text.trim().replace(/\\s+/g, ' ').slice(0, 50);
  const texts = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest('script, style, option, textarea') || !shown(parent)) continue;
    let hidden = false, scrolls = false, floats = false;
    for (let e = parent; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      // A bar that stays in sight lies on what scrolls below it, with a ground of its own.
      floats ||= style.position === 'sticky' && style.backgroundColor !== 'rgba(0, 0, 0, 0)';
      hidden ||= !shown(e) && style.display !== 'contents' && e !== document.body;
      scrolls ||= /auto|scroll/.test(style.overflowX) && e !== document.documentElement && e !== document.body;
    }
    if (hidden) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    texts.push({ node, boxes, floats, words: says(node.data) });
    if (scrolls) continue;
    const reach = boxes.reduce((all, box) => ({
      left: Math.min(all.left, box.left), right: Math.max(all.right, box.right),
      top: Math.min(all.top, box.top), bottom: Math.max(all.bottom, box.bottom) }), boxes[0] ?? { left: 0, right: 0 });
    if (reach.left < -1 || reach.right > document.documentElement.clientWidth + 1)
      found.push(`out of the page: ${says(node.data)}`);
    for (let e = parent; e && e !== document.body; e = e.parentElement) {
      const style = getComputedStyle(e), box = e.getBoundingClientRect();
      const name = `${e.tagName.toLowerCase()}.${e.className}`;
      const cuts = /hidden|clip/.test(style.overflowX) || style.textOverflow === 'ellipsis';
      const isBox = cuts || parseFloat(style.borderInlineStartWidth) > 0
        || style.backgroundColor !== 'rgba(0, 0, 0, 0)';
      if (!isBox || style.display === 'inline' || style.display === 'contents') continue;
      if (reach.left < box.left - 1 || reach.right > box.right + 1 || cuts && e.scrollWidth > e.clientWidth + 1)
        found.push(`${cuts ? 'cut off in' : 'wider than'} ${name}: ${says(node.data)}`);
      if (reach.bottom > box.bottom + 3 || reach.top < box.top - 3)
        found.push(`higher than ${name}: ${says(node.data)}`);
    }
  }
  for (let one = 0; one < texts.length; one += 1) for (let other = one + 1; other < texts.length; other += 1) {
    if (texts[one].floats !== texts[other].floats) continue;
    const lies = texts[one].boxes.some((a) => texts[other].boxes.some((b) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.4 * Math.min(a.height, b.height)));
    if (lies) found.push(`“${texts[one].words}” lies on “${texts[other].words}”`);
  }
  return [...new Set(found)];
}"""

# Sends the form that asks most, as it stands.
SEND = """() => {
  const asked = (form) => form.querySelectorAll('input:not([type=hidden]), textarea, select').length;
  const [form] = [...document.querySelectorAll('form[method=post]')].sort((a, b) => asked(b) - asked(a));
  form.noValidate = true;
  form.requestSubmit([...form.querySelectorAll('button:not([aria-hidden]):not([formaction])')].at(-1));
}"""


def cramped(page, *, stretched: bool) -> list[str]:
    found = []
    if stretched:
        page.evaluate(STRETCH)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width} px: {fault}" for fault in page.evaluate(CRAMPED)]
        if scroll := eyes.sideways_scroll(page):
            found.append(f"{width} px: scrolls sideways by {scroll} px")
    page.set_viewport_size({"width": DESK.width, "height": DESK.height})
    return found


def plain(texts: list[str]) -> list[str]:
    """Those that have words of no disguise, apart from names and addresses."""
    left = []
    for text in texts:
        rest = PLAIN.sub(" ", text)
        for known in sorted(KNOWN, key=len, reverse=True):
            rest = rest.replace(known, " ")
        if re.search(r"[A-Za-z]{2,}", rest):
            left.append(text)
    return left


def faults(page, language: str) -> list[str]:
    found = [f"in English: {text!r}" for text in plain(page.evaluate(eyes.TEXTS))] if language == "pseudo" else []
    return found + cramped(page, stretched=language == "pseudo")


@pytest.mark.parametrize("language", LOCALES)
def test_pages_are_whole_in_other_words(visited, browser, language):
    look, found = eyes.Look(language, DESK.width, DESK.height, locale=LOCALES[language]), []
    with eyes.page_of(browser, look, timezone="Europe/Berlin") as page:
        for name, path in visited.paths.items():
            page.goto(visited.server.url + path)
            eyes.settle(page)
            assert LOCALES[language].startswith(page.locator("html").get_attribute("lang")), page.url
            found += [f"{name}: {fault}" for fault in faults(page, language)]
            if name in FORMS:
                page.goto(visited.server.url + path)
                eyes.settle(page)
                page.evaluate(SEND)
                page.wait_for_load_state()
                eyes.settle(page)
                found += [f"{name}, sent empty: {fault}" for fault in faults(page, language)]
    assert found == [], "\n".join(found)


def test_nothing_moves_while_a_page_comes(visited, browser):
    """On a phone to which the script comes long after the page."""
    def comes_late(route) -> None:
        time.sleep(0.15)
        route.continue_()

    found = []
    with eyes.page_of(browser, eyes.PHONE, timezone="Europe/Berlin") as page:
        page.route("**/*.js", comes_late)
        for name, path in visited.paths.items():
            page.goto(visited.server.url + path)
            eyes.settle(page)
            if shift := eyes.layout_shift(page):
                found.append(f"{name}: {shift:.4f}")
    assert found == [], "\n".join(found)


def deeds(visited: Visited) -> None:
    """What else is told by mail: whatever hosts and attendees do, and what comes with time."""
    call, server = visited.call, visited.server
    public, times = "/api/v1/public", iter(visited.starts("choice", first=25)[::4])

    def booked(slug: str, who: str, start: str | None = None, **more) -> dict:
        return visited.book(slug, start or next(times), f"{who}@example.com", **more)

    call("POST", f"/api/v1/bookings/{visited.pending['id']}/approval", {"approved": True}, key=True)
    no = booked("board", "declined")
    call("POST", f"/api/v1/bookings/{no['id']}/approval", {"approved": False, "reason": "Δεν γίνεται."}, key=True)
    booked("board", "unanswered")
    live = f"/api/v1/bookings/{visited.live['id']}"
    call("POST", f"{live}/reschedule", {"start": next(times), "reason": "Απεργία"}, key=True)
    call("POST", f"{live}/cancellation", {"reason": "Απεργία"}, key=True)
    given = booked("choice", "given")
    call("POST", f"/api/v1/bookings/{given['id']}/reassignment", {}, key=True)
    for who in ("taken", "refused"):
        asked = booked("choice", who)
        start = next(times)
        call("POST", f"/api/v1/bookings/{asked['id']}/proposal", {"starts": [start]}, key=True)
        call("POST", f"{public}/bookings/{asked['token']}/proposal",
             {"start": start} if who == "taken" else {"declined": True, "reason": "Ποτέ."})
    for who, day, deed, body in (
            ("longer", 25, "reschedule", {"part": "all", "start": visited.starts("course", first=26)[9]}),
            ("shorter", 27, "cancel", {"part": "all"})):
        series = booked("course", who, visited.starts("course", first=day)[7], recurrence={"count": 3})
        call("POST", f"{public}/bookings/{series['token']}/series/{deed}", body)
    seat = booked("group", "many", visited.starts("group", first=27)[3])
    session = f"/api/v1/sessions/{seat['session']}"
    call("POST", f"{session}/reschedule", {"start": visited.starts("group", first=28)[3]}, key=True)
    call("POST", f"{session}/cancellation", {"reason": "Απεργία"}, key=True)
    options = call("GET", f"/api/v1/polls/{visited.poll['id']}", key=True)["options"]
    call("POST", f"/api/v1/polls/{visited.poll['id']}/finalization", {"optionId": options[0]["id"]}, key=True)
    call("POST", f"{public}/one-offs{visited.paths['one-off'].removeprefix('/one-off')}/bookings", {
        "start": visited.at(30), "timezone": "Europe/Berlin", "attendee": {
            "name": "Ζωή", "email": "picked@example.com"}})
    visited.link("coded", "Κωδικός", verifiesEmail=True)
    call("POST", f"{public}/links/coded/email-codes", {"email": "coded@example.com"})
    for path, fields in (("/book/find", {"email": "moved@example.com"}), ("/forgot-password", {
            "email": "host0@example.org"}),
            (f"{visited.paths['talk now, it rings']}/message", {"message": "Πάρτε με."})):
        answer = requests.post(server.local + path, data=fields, allow_redirects=False, timeout=60, headers={
            "Accept-Language": "en-XB"})
        assert answer.status_code in (200, 303), f"{path}: {answer.status_code} {answer.text}"
    server.wait_for_jobs(60)
    # What was not answered ends, and whoever was offered a place has let it go.
    for _ in range(3):
        server.clock.advance(days=2)
        server.wait_for_jobs(60)


def test_mails_are_whole_in_other_words(visited, browser):
    deeds(visited)
    # One of each: what differs between two is what people wrote, numbers and days.
    kinds = {re.sub(r"[^\u0100-\u024f\u1e00-\u1eff ]|\u27e6[^ ]*day[^ ]*", "", mail.subject): mail
             for mail in visited.server.mail.mails if mail.recipients != [STRANGER]}
    found = []
    with eyes.page_of(browser, DESK) as page:
        for mail in kinds.values():
            said = plain([mail.subject, *(mail.part("text/plain") or "").splitlines()])
            page.set_content(mail.part("text/html"))
            said += plain(page.evaluate(eyes.TEXTS))
            found += [f"{mail.subject}: in English: {text!r}" for text in said]
            found += [f"{mail.subject}: {fault}" for fault in cramped(page, stretched=True)]
    assert found == [], "\n".join(found)
    assert len(kinds) > 30, sorted(kinds)


CRAMPED_PAGE = """<!doctype html><html lang="en"><title>x</title><body style="margin: 0">
  <p style="inline-size: 4rem; overflow: hidden; white-space: nowrap">\u27e6\u00dfort words\u27e7 that are cut</p>
  <button style="inline-size: 3rem; white-space: nowrap">\u27e6Bre\u00efter\u27e7</button>
  <p style="position: absolute; inset-block-start: 9rem; margin: 0">Under</p>
  <p style="position: absolute; inset-block-start: 9rem; margin: 0">Above</p>
  <p style="white-space: nowrap">\u27e6A sentence which is wider than the page of a phone can be\u27e7</p>"""


def test_what_is_cramped_or_plain_is_caught(browser):
    with eyes.page_of(browser, DESK) as page:
        page.set_content(CRAMPED_PAGE)
        assert "Under" in plain(page.evaluate(eyes.TEXTS))
        assert plain(["Berlin", "ada@example.com", "\u27e6\u00e9\u27e7"]) == []
        found = "\n".join(cramped(page, stretched=True))
    for fault in ("cut off in p.", "wider than button.", "“Under” lies on “Above”",
                  "320 px: out of the page: \u27e6A sent", "320 px: scrolls sideways"):
        assert fault in found, f"{fault} is not in\n{found}"
