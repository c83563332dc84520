"""Texts that want to be code, in every field a person can write: shown as text everywhere, run nowhere.

They go past the forms straight into the database, so that nothing but escaping stands between them and the page; what
forms refuse, other tests try. Chromium then opens every page that shows any of them.
"""
import re
import sqlite3
import urllib.parse

import pytest

import contract
import eyes
from conftest import HURRIED
from harness import Server
from payloads import PAYLOADS, packed
from shots import sign_in

# Every text a person writes, with the room the schema gives it.
FIELDS = {
    "link.title": 120, "link.description": 5000, "link.confirmation": 2000, "link.event_title": 200, "link.colour": 20,
    "link_location.text": 500, "question.label": 300, "booking.attendee_name": 200, "booking.location": 500,
    "booking.reason": 500, "booking.attendee_phone": 40, "booking_answer.label": 300, "booking_answer.value": 5000,
    "booking_note.text": 2000, "booking_history.reason": 500, "account.profile_text": 500, "team.name": 120,
    "api_key.name": 120, "schedule.name": 120, "session.user_agent": 200, "time_away.reason": 200,
    "audit.target_name": 200,
    "audit.user_agent": 200, "invitation.email": 254,
}
COPIES = 9
WATCH = """
window.hits = [];
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => window.hits.push(name);
document.addEventListener('securitypolicyviolation',
    event => window.hits.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
# What a payload that got through leaves behind, though nobody has pressed it yet.
LEFT = """() => [...document.querySelectorAll('*')].flatMap(element => [...element.attributes]
    .filter(one => one.name.startsWith('on') || /^\\s*(javascript|vbscript|data:text)/i.test(one.value)
        && ['href', 'src', 'action', 'formaction', 'data', 'srcdoc'].includes(one.name))
    .map(one => `${element.tagName} ${one.name}=${one.value}`))
    .concat([...document.querySelectorAll(
        'script:not([src]), base, iframe:not(.mail[sandbox]), object, embed, meta[http-equiv]')]
    .map(element => element.outerHTML.slice(0, 80)))"""


class Watched:
    """A page that tells what should never be: dialogs, breaches of the policy, requests elsewhere, live attributes."""

    def __init__(self, page, own: str):
        self.page, self.found = page, []
        page.add_init_script(WATCH)
        page.on("dialog", lambda dialog: (self.found.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.route(lambda address: not address.startswith((own, "data:")),
                   lambda route: (self.found.append(f"request {route.request.url}"), route.abort()))

    def open(self, address: str) -> list[str]:
        """What was found on it."""
        self.page.goto(address)
        if "/book/" in address:
            # A page in a guessed zone asks for itself again in the browser's own.
            self.page.wait_for_function(eyes.STILL)
            self.page.wait_for_load_state()
        found = self.found + self.page.evaluate("window.hits") + self.page.evaluate(LEFT)
        self.found = []
        return found


@pytest.fixture(scope="module")
def full():
    """A server whose every text is a payload, with a row for each part of them."""
    with Server("sqlite", environment="development", settings=HURRIED | {"SMTP_URL": ""}) as server:
        logins = server.furnish()
        key = logins["users"][0]["apiKey"]
        server.slugs, server.tokens = [], []
        for number in range(COPIES):
            made = server.api("POST", "/api/v1/links", {
                "title": f"Link {number}", "slug": f"payload-{number}", "kind": "one_on_one", "durationMinutes": [30],
                "questions": [{"kind": "text", "label": "Why?", "required": True}]}, key=key)
            assert made.status_code == 201, made.text
            link = made.json()
            server.slugs.append(link["slug"])
            start = contract.free_slots(server, link["slug"])[number]
            booked = contract.create_booking(server, link["slug"], start, email=f"p{number}@example.com",
                                             answers={link["questions"][0]["id"]: "because"})
            assert booked.status_code == 201, booked.text
            server.tokens.append(booked.json()["token"])
            assert server.api("POST", "/api/v1/teams", {"name": f"Team {number}", "slug": f"team-{number}"},
                              key=key).status_code in (201, 422)
            assert server.api("POST", "/api/v1/keys", {"name": f"Key {number}"}, key=key).status_code in (201, 422)
        server.wait_for_jobs()
        server.logins = logins
        write_everywhere(server)
        for token, part in zip(server.tokens[-5:], packed(400)):
            # Mails are written now, with the payloads in them.
            gone = server.api("POST", f"/api/v1/public/bookings/{token}/cancel", {"reason": part})
            assert gone.status_code in (200, 422), gone.text
        server.wait_for_jobs()
        yield server


def columns(server) -> dict[str, set[str]]:
    return {row["name"]: {column["name"] for column in server.rows(f"PRAGMA table_info({row['name']})")}
            for row in server.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}


def write(server, statements: list[tuple[str, tuple]]) -> None:
    connection = sqlite3.connect(server.store.path, timeout=30)
    # Histories refuse changes; lengths are the business of the tests of the forms.
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for sql, values in statements:
        connection.execute(sql, values)
    for _, sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.close()


def write_everywhere(server) -> None:
    known, statements = columns(server), []
    for field, room in FIELDS.items():
        table, column = field.split(".")
        assert column in known[table], f"there is no {field} any more"
        parts = packed(room)
        for number, row in enumerate(server.rows(f"SELECT rowid AS number FROM {table} ORDER BY rowid DESC")):
            statements.append((f"UPDATE {table} SET {column} = ? WHERE rowid = ?",
                               (parts[number % len(parts)], row["number"])))
    write(server, statements)


def pages(server) -> list[str]:
    """Addresses for whoever is signed in, with one of everything that was made."""
    ids = {name: [row["id"] for row in server.rows(f"SELECT id FROM {name} ORDER BY id DESC LIMIT {COPIES}")]
           for name in ("link", "booking", "team", "schedule")}
    people = [row["account"] for row in server.rows("SELECT account FROM member LIMIT 3")]
    return (["/calendar", "/calendar/bookings", "/calendar/bookings?show=cancelled", "/calendar/bookings?view=week",
             "/calendar/bookings?view=month", "/calendar/event-types", "/calendar/schedules",
             "/calendar/schedules/away",
             "/calendar/admin/members", "/calendar/admin/teams", "/calendar/admin/keys", "/calendar/admin/audit",
             "/settings/profile", "/settings/security", "/settings/workspace", "/calendar/bookings/new",
             "/settings/assistants", "/settings/booking-links/new"]
            + [f"/settings/booking-links/{one}" for one in ids["link"]]
            + [f"/calendar/bookings/{one}" for one in ids["booking"]]
            + [f"/calendar/admin/teams/{one}" for one in ids["team"][:5]]
            + [f"/calendar/schedules/{one}" for one in ids["schedule"][:5]]
            + [f"/calendar/admin/members/{one}" for one in people])


def strangers_pages(server) -> list[str]:
    mails = [row["id"] for row in server.rows("SELECT id FROM local_mail ORDER BY created_at DESC LIMIT 8")]
    return ([f"/book/{slug}" for slug in server.slugs] + [f"/booking/{token}" for token in server.tokens]
            + [f"/book/cancel/{token}" for token in server.tokens]
            + [f"/book/reschedule/{token}" for token in server.tokens[:4]]
            + [f"/dev/mail/{one}" for one in mails] + [f"/dev/mail/{one}/html" for one in mails])


def test_there_are_enough_of_them():
    assert len(PAYLOADS) >= 100 and len(set(PAYLOADS)) == len(PAYLOADS)
    assert all(text in " ".join(packed(5000)) for text in PAYLOADS)


def test_every_text_is_shown_as_text(full, browser):
    trouble, opened, shown = {}, 0, ""
    with eyes.page_of(browser) as page:
        watched = Watched(page, full.url)
        for path in strangers_pages(full):
            if found := watched.open(full.url + path):
                trouble[path] = found
            opened += 1
        sign_in(page, full, full.logins["users"][0])
        for path in pages(full):
            if found := watched.open(full.url + path):
                trouble[path] = found
            assert page.locator("main").count() == 1, path
            shown += page.locator("main").inner_text()
            opened += 1
    assert trouble == {}, {path: found[:3] for path, found in list(trouble.items())[:5]}
    assert opened > 80
    # They are there to be read: not left out, not cut short.
    squeezed = re.sub(r"\s+", " ", shown)
    missing = [text for text in PAYLOADS if re.sub(r"\s+", " ", text).strip() not in squeezed]
    assert len(missing) < len(PAYLOADS) / 10, missing
    print(f"{opened} pages, {len(PAYLOADS)} payloads in {len(FIELDS)} fields, none ran")


def test_names_of_people_and_workspaces_are_text(full, browser):
    parts, found = packed(200), {}
    with eyes.page_of(browser) as page:
        watched = Watched(page, full.url)
        sign_in(page, full, full.logins["users"][0])
        for part in parts:
            write(full, [("UPDATE workspace SET name = ?", (part,)), ("UPDATE account SET name = ?", (part,))])
            for path in ("/calendar", "/calendar/admin/members", f"/booking/{full.tokens[0]}"):
                if trouble := watched.open(full.url + path):
                    found[path] = trouble
    assert found == {}


def test_an_address_that_carries_them_is_answered_with_text(full, browser):
    found = {}
    with eyes.page_of(browser) as page:
        watched = Watched(page, full.url)
        for part in packed(600):
            text = urllib.parse.quote(part, safe="")
            for path in (f"/book/{full.slugs[0]}?attendee.name={text}&timezone={text}&date={text}",
            f"/book/{text[:200]}",
                         f"/sign-in?next={text}", f"/book/find?email={text}", f"/nothing/{text[:200]}?q={text}"):
                if trouble := watched.open(full.url + path):
                    found[path] = trouble
    assert found == {}


@pytest.mark.parametrize("body", ["<p>{}</p>", "<p title=\"{}\">x</p>"])
def test_a_page_that_does_not_escape_is_caught(full, browser, body):
    """The control: the same payloads, put onto a page as they are, under a policy like ours and without it."""
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'"
    texts = PAYLOADS[15:20] + PAYLOADS[40:51] if "title" in body else PAYLOADS[:16]
    for headers in ({"content-security-policy": policy}, {}):
        # Not a page of `eyes`: that one fails on the first complaint of the console.
        context = browser.new_context()
        watched, caught = Watched(context.new_page(), full.url), 0
        for text in texts:
            html = "<!doctype html><title>x</title><main>" + body.replace("{}", text) + "</main>"
            watched.page.route("**/control", lambda route: route.fulfill(
                body=html, headers={"content-type": "text/html; charset=utf-8"} | headers))
            caught += bool(watched.open(full.url + "/control"))
            watched.page.unroute("**/control")
        context.close()
        assert caught >= len(texts) / 4, (body, headers, caught)
