"""What the addresses in mails can do: looking changes nothing, an ended one tells nothing, none works too late."""
import re
import urllib.parse

import pytest

import lib
from invariants import Facts, violations
from pages import Page
from test_api import problem

WHO, EMAIL = "Marguerite Unmistakable", "unmistakable@example.com"


@pytest.fixture(scope="module")
def link(running, place):
    return lib.make_link(running, place, title="A very particular meeting", minutes=30,
                         locations=[{"kind": "custom", "text": "Room of the secret door"}])


@pytest.fixture(scope="module")
def free(running, link):
    return iter(lib.free_starts(running, link["slug"], days=30)[::5])


def make(running, link: dict, start: str) -> dict:
    reply = lib.Client(running.port).call(
        "POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start, EMAIL, name=WHO))
    assert reply.status == 201, reply.text
    return reply.json


def api(running, token: str, method: str, rest: str = "", body=None, **more) -> lib.Reply:
    return lib.Client(running.port).call(method, f"/api/v1/public/bookings/{token}{rest}", body, **more)


def test_get_and_head_on_every_address_of_every_mail_change_nothing(running, place, link, free):
    """Mail scanners open everything; after a booking, a move and a cancellation, for attendee and host."""
    running.mail.clear()
    booking = make(running, link, next(free))
    lib.settle(running)
    later = next(free)
    moved = api(running, booking["token"], "POST", "/reschedule", {"start": later}).json
    lib.settle(running)
    readers = [lib.Client(running.port), place.owner.sign_in(running.port)]
    follow_all(running, moved["token"], readers)
    assert api(running, moved["token"], "POST", "/cancel", {"reason": "ill"}).status == 200
    lib.settle(running)
    follow_all(running, moved["token"], readers)
    subjects = [mail.subject for mail in running.mail.mails]
    assert len(subjects) == 6, subjects


def follow_all(running, token: str, readers: list[lib.Client]) -> None:
    addresses = {address for mail in running.mail.mails for address in [*mail.links(), *event_links(mail)]}
    assert all(address.startswith(running.url + "/") for address in addresses), addresses
    paths = {urllib.parse.urldefrag(address.removeprefix(running.url)).url for address in addresses}
    # The check would be empty if the mails named none of the pages that can change something.
    assert {f"/booking/{token}", f"/book/reschedule/{token}", f"/book/cancel/{token}"} <= paths, paths
    with lib.nothing_changes(running):
        for path in sorted(paths):
            for method in ("GET", "HEAD"):
                for headers in ({}, {"Purpose": "prefetch", "Sec-Purpose": "prefetch"}, {"User-Agent": "Mail scanner"}):
                    for reader in readers:
                        reply = reader.call(method, path, headers=headers)
                        assert reply.status < 500, (method, path, reply.status)
                        assert method == "GET" or reply.body == b""


def event_links(mail) -> list[str]:
    """Addresses in the invitation, its folded lines joined."""
    text = re.sub(r"\r?\n[ \t]", "", mail.part("text/calendar") or "").replace("\\n", "\n")
    return [found.rstrip(".,)") for found in re.findall(r"https?://[^\s\"'<>\\]+", text)]


NAMES = ['Eve" <boss@example.com>', "Eve, boss@example.com", "=?utf-8?q?Eve=0D=0ABcc:_boss@example.com?=",
         "Eve\\r\\nBcc: x", "<boss@example.com>", "Eve;CN=\"x\":mailto:boss@example.com", "BEGIN:VEVENT", "é" * 200,
         "\u05d0\u05d1 Eve", "a" * 200]


def test_no_name_adds_a_recipient_a_header_or_an_event(running, place, link, free):
    running.mail.clear()
    for number, name in enumerate(NAMES):
        path = f"/api/v1/public/links/{link['slug']}/bookings"
        reply = lib.Client(running.port).call("POST", path, lib.wish(next(free), f"eve{number}@example.com", name=name))
        assert reply.status == 201, reply.text
    lib.settle(running)
    assert len(running.mail.mails) == 2 * len(NAMES)
    people = {place.owner.email, *(f"eve{number}@example.com" for number in range(len(NAMES)))}
    for mail in running.mail.mails:
        assert mail.complaints() == [] and mail.message["Bcc"] is None and mail.message["Cc"] is None
        assert [address.addr_spec for address in mail.message["To"].addresses] == mail.recipients
        assert len(mail.recipients) == 1 and mail.recipients[0] in people
        asked = mail.event()["ATTENDEE"]
        asked = asked if isinstance(asked, list) else [asked]
        assert {str(address).removeprefix("mailto:") for address in asked} <= people


def test_a_token_that_a_move_ended_says_moved_and_nothing_more(running, link, free):
    booking = make(running, link, next(free))
    old, later = booking["token"], next(free)
    moved = api(running, old, "POST", "/reschedule", {"start": later}).json
    assert moved["token"] != old and moved["id"] == booking["id"] and moved["uid"] == booking["uid"]
    assert moved["version"] == 2 and [move["to"] for move in moved["moves"]] == [moved["start"]]
    lib.settle(running)
    with lib.nothing_changes(running):

        for method, rest, body in (("GET", "", None), ("GET", "/slots?from=2027-01-01&to=2027-01-02", None),
                                   ("POST", "/holds", {"start": later}), ("POST", "/reschedule", {"start": later}),
                                   ("POST", "/cancel", {})):
            assert problem(api(running, old, method, rest, body), 410)["code"] == "token_used"
        caller = lib.Client(running.port)
        for reply in (*(caller.call("GET", path + old) for path in ("/booking/", "/book/reschedule/", "/book/cancel/")),
                      caller.call("GET", f"/booking/{old}/meeting.ics"),
                      caller.form(f"/book/reschedule/{old}", {"start": str(lib.seconds(later))}),
                      caller.form(f"/book/cancel/{old}", {"reason": "x"})):
            assert reply.status == 410 and "moved" in Page(reply.text).words
            for secret in (WHO, "Marguerite", EMAIL, link["title"], "secret door", moved["token"], moved["id"],
                           later[11:16]):
                assert secret not in reply.text, secret
            assert reply.headers["referrer-policy"] == "no-referrer" and "no-store" in reply.headers["cache-control"]
    assert api(running, moved["token"], "GET").status == 200


def test_an_ended_token_mails_the_current_link_to_the_address_on_file_once_an_hour(running, link, free):
    booking = make(running, link, next(free))
    moved = api(running, booking["token"], "POST", "/reschedule", {"start": next(free)}).json
    lib.settle(running)
    running.mail.clear()
    for _ in range(5):
        reply = lib.Client(running.port).form(f"/booking/{booking['token']}/current-link", {})
        assert reply.status == 200 and EMAIL not in reply.text
    lib.settle(running)
    assert [mail.recipients for mail in running.mail.mails] == [[EMAIL]]
    assert f"{running.url}/booking/{moved['token']}" in running.mail.mails[0].links()


def test_a_hold_for_a_move_ends_with_it_and_blocks_nothing_afterwards(running, link, free):
    """Also when its token is sent to the link instead: the time it held is free again at once."""
    caller, path = lib.Client(running.port), f"/api/v1/public/links/{link['slug']}/bookings"
    for end in ("move", "cancel", "book elsewhere"):
        booking, held, elsewhere = make(running, link, next(free)), next(free), next(free)
        hold = api(running, booking["token"], "POST", "/holds", {"start": held})
        assert hold.status == 201 and held not in lib.free_starts(running, link["slug"], days=30)
        if end == "book elsewhere":
            body = lib.wish(elsewhere, "elsewhere@example.com", holdToken=hold.json["holdToken"])
            assert caller.call("POST", path, body).status == 201
        elif end == "move":
            assert api(running, booking["token"], "POST", "/reschedule", {"start": elsewhere}).status == 200
        else:
            assert api(running, booking["token"], "POST", "/cancel", {}).status == 200
        lib.settle(running)
        assert violations(Facts.of(running), running.clock.now()) == []
        assert held in lib.free_starts(running, link["slug"], days=30)


def test_moving_to_the_same_time_or_a_taken_one_changes_nothing(running, link, free):
    booking, other = make(running, link, next(free)), make(running, link, next(free))
    lib.settle(running)
    with lib.nothing_changes(running):
        same = problem(api(running, booking["token"], "POST", "/reschedule", {"start": booking["start"]}), 409)
        assert same["code"] == "conflict"
        taken = problem(api(running, booking["token"], "POST", "/reschedule", {"start": other["start"]}), 409)
        assert taken["code"] == "slot_taken" and taken["alternatives"]
        for start in ("2001-01-01T10:00:00Z", "soon", None, booking["start"][:14] + "07:00+01:00"):
            problem(api(running, booking["token"], "POST", "/reschedule", {"start": start}), 422, "start")
        long = {"start": next(free), "reason": "x" * 1001}
        problem(api(running, booking["token"], "POST", "/reschedule", long), 422, "reason")
        problem(api(running, booking["token"], "POST", "/cancel", {"reason": "x" * 1001}), 422, "reason")
        problem(api(running, booking["token"], "POST", "/cancel", {"why": "x"}), 422, "why")
        page = lib.Client(running.port).form(f"/book/cancel/{booking['token']}", {"reason": "y" * 1001})
        shown = Page(page.text).form(f"/book/cancel/{booking['token']}").fields
        assert page.status == 422 and shown["reason"] == "y" * 1001


def test_cancelling_twice_at_once_cancels_once(running, link, free):
    booking = make(running, link, next(free))
    lib.settle(running)
    running.mail.clear()
    token = booking["token"]
    replies = lib.together(*[lambda: lib.Client(running.port).form(f"/book/cancel/{token}", {"reason": "ill"})] * 50)
    assert {(reply.status, reply.headers["location"]) for reply in replies} == {(303, f"/booking/{token}")}
    history = running.rows("SELECT event FROM booking_history WHERE booking = ? ORDER BY version", booking["id"])
    assert [line["event"] for line in history] == ["booked", "cancelled"]
    lib.settle(running)
    assert len(running.mail.mails) == 2
    assert problem(api(running, token, "POST", "/cancel", {}), 409)["code"] == "conflict"
    assert problem(api(running, token, "POST", "/reschedule", {"start": next(free)}), 409)["code"] == "conflict"
    # Its time is free again at once.
    assert booking["start"] in lib.free_starts(running, link["slug"], days=30)


@pytest.mark.parametrize("token", ["x", "x" * 43, "A" * 5000, "%00", "%c3%a9", "..", "a'--"])
def test_an_unknown_token_is_not_found(running, token):
    caller = lib.Client(running.port)
    with lib.nothing_changes(running):
        for path in ("/booking/", "/book/reschedule/", "/book/cancel/"):
            assert caller.call("GET", path + token).status == 404
        for path in ("/book/reschedule/", "/book/cancel/"):
            assert caller.form(path + token, {"start": "1"}).status == 404
        assert problem(api(running, token, "GET"), 404)["code"] == "not_found"
        assert problem(api(running, token, "POST", "/cancel", {}), 404)["code"] == "not_found"
        assert problem(caller.call("DELETE", f"/api/v1/public/holds/{token}"), 404)["code"] == "not_found"


def test_after_the_start_nothing_can_be_moved_or_cancelled(running, link, free):
    """Last in this file: it turns the clock far ahead."""
    booking, later = make(running, link, next(free)), next(free)
    caller, token = lib.Client(running.port), booking["token"]
    move_form = Page(caller.call("GET", f"/book/reschedule/{token}?start={lib.seconds(later)}").text).form(
        f"/book/reschedule/{token}").fields
    lib.settle(running)
    running.clock.advance(seconds=lib.seconds(booking["start"]) - int(running.clock.now()) + 5)
    lib.settle(running)
    with lib.nothing_changes(running):
        start = lib.free_starts(running, link["slug"])[0]
        for rest, body in (("/reschedule", {"start": start}), ("/cancel", {}), ("/holds", {"start": start})):
            assert problem(api(running, token, "POST", rest, body), 409)["code"] == "meeting_started"
        for path in (f"/booking/{token}", f"/book/reschedule/{token}", f"/book/cancel/{token}"):
            reply = caller.call("GET", path)
            page = Page(reply.text)
            assert reply.status == 200 and "started" in page.words
            assert [form.action for form in page.forms if token in form.action] == []
            assert not [address for address in page.links if "/reschedule/" in address or "/cancel/" in address]
        for path, fields in ((f"/book/reschedule/{token}", move_form | {"start": str(lib.seconds(start))}),
                             (f"/book/cancel/{token}", {"reason": "x"}),
                             (f"/book/reschedule/{token}/holds", {"start": str(lib.seconds(start))})):
            reply = caller.form(path, fields)
            assert reply.status == 409 and "started" in Page(reply.text).words, (path, reply.status)
