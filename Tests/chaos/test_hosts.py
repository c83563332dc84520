"""Bad input by hosts, over the API and on pages: links, keys, sign-in, cancelling; nothing stored, nothing lost."""
import pytest

import lib
from pages import Page
from test_api import problem

GOOD = {"title": "A talk", "slug": "a-talk", "durationMinutes": [30]}
# One thing wrong with a new link, and the field that is named.
LINKS = {
    "no title": ({"title": ""}, "title"), "a title of 121 characters": ({"title": "x" * 121}, "title"),
    "a title that is a list": ({"title": ["x"]}, "title"), "a title of two lines": ({"title": "a\nb"}, "title"),
    "a description of 5001 characters": ({"description": "x" * 5001}, "description"),
    "a slug with blanks": ({"slug": "a talk"}, "slug"), "a slug in capitals": ({"slug": "Talk"}, "slug"),
    "a slug of 81 characters": ({"slug": "x" * 81}, "slug"), "a slug that climbs": ({"slug": "../x"}, "slug"),
    "a slug that is a page": ({"slug": "reschedule"}, "slug"), "a slug of look-alikes": ({"slug": "t\u0430lk"}, "slug"),
    "a slug that is taken": ({"slug": "taken"}, "slug"),
    "4 minutes": ({"durationMinutes": [4]}, "durationMinutes"),
    "481 minutes": ({"durationMinutes": [481]}, "durationMinutes"),
    "no minutes": ({"durationMinutes": []}, "durationMinutes"),
    "a length twice": ({"durationMinutes": [30, 30]}, "durationMinutes"),
    "minutes in words": ({"durationMinutes": "long"}, "durationMinutes"),
    "half minutes": ({"durationMinutes": [30.5]}, "durationMinutes"),
    "a step of 4": ({"stepMinutes": 4}, "stepMinutes"), "an alignment of 61": ({"alignMinutes": 61}, "alignMinutes"),
    "an offset of 481": ({"offsetMinutes": 481}, "offsetMinutes"),
    "a pause of -1": ({"bufferBeforeMinutes": -1}, "bufferBeforeMinutes"),
    "a pause of 481": ({"bufferAfterMinutes": 481}, "bufferAfterMinutes"),
    "a pause beyond all numbers": ({"bufferAfterMinutes": 10**40}, "bufferAfterMinutes"),
    "366 days of notice": ({"minimumNotice": {"value": 366, "unit": "day"}}, "minimumNotice.value"),
    "notice in weeks": ({"minimumNotice": {"value": 1, "unit": "week"}}, "minimumNotice.unit"),
    "notice that is a number": ({"minimumNotice": 4}, "minimumNotice"),
    "a window of no kind": ({"window": {"kind": "forever"}}, "window.kind"),
    "a window of 0 days": ({"window": {"kind": "rolling_days", "days": 0}}, "window.days"),
    "a window of 731 days": ({"window": {"kind": "rolling_days", "days": 731}}, "window.days"),
    "a range backwards": ({"window": {"kind": "range", "from": "2027-02-01", "to": "2027-01-01"}}, "window.to"),
    "a range of three years": ({"window": {"kind": "range", "from": "2027-01-01", "to": "2030-01-01"}}, "window.to"),
    "a range without end": ({"window": {"kind": "range", "from": "2027-01-01"}}, "window.to"),
    "nine lengths": ({"durationMinutes": list(range(5, 14))}, "durationMinutes"),
    "travel of a day": ({"travelBeforeMinutes": 1440}, "travelBeforeMinutes"),
    "travel backwards": ({"travelAfterMinutes": -5}, "travelAfterMinutes"),
    "a rule of no kind": ({"gapRule": "average"}, "gapRule"), "a flag in words": ({"firstOfDay": "yes"}, "firstOfDay"),
    "working days for ever": ({"window": {"kind": "rolling_business_days", "days": 10**9}}, "window.days"),
    "a limit of nothing": ({"limits": [{"scope": "link", "per": "day"}]}, "limits.0.count"),
    "a limit of none": ({"limits": [{"scope": "link", "per": "day", "count": 0}]}, "limits.0.count"),
    "a limit of a team": ({"limits": [{"scope": "team", "per": "day", "count": 1}]}, "limits.0.scope"),
    "a limit in a year": ({"limits": [{"scope": "link", "per": "year", "count": 1}]}, "limits.0.per"),
    "a limit below a meeting": ({"limits": [{"scope": "host", "per": "week", "minutes": 5}]}, "limits.0.minutes"),
    "a limit twice": ({"limits": [{"scope": "link", "per": "day", "count": 1}] * 2}, "limits.1.per"),
    "no hours of attendees": ({"bookerHours": {"mon": []}}, "bookerHours"),
    "hours of no day": ({"hours": {"caturday": [["09:00", "17:00"]]}}, "hours"),
    "hours that overlap": ({"hours": {"mon": [["09:00", "12:00"], ["11:00", "17:00"]]}}, "hours"),
    "hours backwards": ({"hours": {"mon": [["17:00", "09:00"]]}}, "hours"),
    "hours of one time": ({"hours": {"mon": [["09:00"]]}}, "hours"),
    "hours beyond two days": ({"hours": {"mon": [["09:00", "48:01"]]}}, "hours"),
    "hours that are a text": ({"hours": "always"}, "hours"), "13 windows a day": (
        {"hours": {"mon": [[f"{hour:02}:00", f"{hour:02}:30"] for hour in range(13)]}}, "hours"),
    "21 questions": ({"questions": [{"label": "x"}] * 21}, "questions"),
    "a question of 301 characters": ({"questions": [{"label": "x" * 301}]}, "questions.0.label"),
    "a question of no kind": ({"questions": [{"label": "x", "kind": "magic"}]}, "questions.0.kind"),
    "a question that is half required": ({"questions": [{"label": "x", "required": "very"}]}, "questions.0.required"),
    "a choice of nothing": ({"questions": [{"label": "x", "kind": "radio"}]}, "questions.0.options"),
    "a choice of 51 answers": (
        {"questions": [{"label": "x", "kind": "select", "options": [str(n) for n in range(51)]}]},
        "questions.0.options"),
    "a question that hangs on itself": ({"questions": [{"label": "x", "onlyIf": {"question": 1}}]},
                                        "questions.0.onlyIf.question"),
    "a condition of words": ({"questions": [{"label": "x", "onlyIf": "always"}]}, "questions.0.onlyIf"),
    "questions that are an object": ({"questions": {"label": "x"}}, "questions"),
    "questions that are a text": ({"questions": "x"}, "questions"),
    "places that are a text": ({"locations": "here"}, "locations"),
    "hosts that are a text": ({"hosts": "me"}, "hosts"),
    "a place of 501 characters": ({"locations": [{"kind": "custom", "text": "x" * 501}]}, "locations.0.text"),
    "a place of no kind": ({"locations": [{"kind": "moon"}]}, "locations.0.kind"),
    "nine places": ({"locations": [{"kind": "video", "text": ""}] * 9}, "locations"),
    "no address": ({"locations": [{"kind": "video"}, {"kind": "address"}]}, "locations.1.text"),
    "calls with places": ({"kind": "instant", "capacity": 2}, "capacity"),
    "no kind of all": ({"kind": "secret"}, "kind"),
    "two hosts": ({"hosts": [{"userId": "usr_x"}, {"userId": "usr_y"}]}, "hosts.1.userId"),
    "a host that is no id": ({"hosts": [{"userId": "me"}]}, "hosts.0.userId"),
    "a schedule that is no id": ({"scheduleId": "mine"}, "scheduleId"),
    "active as a word": ({"active": "yes"}, "active"),
    "an unknown field": ({"colour": "red"}, "colour"), "an owner": ({"workspace": "ws_x"}, "workspace"),
    "a version": ({"version": 7}, "version"),
}
# Mistakes that can be typed into the editor.
OWN_MONDAY = {"hoursFrom": "own", "mon_open": "on"}
TYPED = {
    "no title": {"title": ""}, "a long title": {"title": "x" * 121}, "a long description": {"description": "x" * 5001},
    "a slug with blanks": {"slug": "a talk"}, "a slug that climbs": {"slug": "../x"}, "a taken slug": {"slug": "taken"},
    "a slug that is a page": {"slug": "reschedule"}, "no length": {"durationMinutes": ""},
    "4 minutes": {"durationMinutes": "4"}, "words for a number": {"durationMinutes": "half an hour"},
    "a number beyond all": {"bufferBeforeMinutes": "9" * 30}, "a negative pause": {"bufferAfterMinutes": "-1"},
    "a step of 4": {"stepMinutes": "4"}, "long notice": {"minimumNotice.value": "9000", "minimumNotice.unit": "hour"},
    "an unknown unit": {"minimumNotice.unit": "week"}, "no days ahead": {"window.days": ""},
    "a range backwards": {"window.kind": "range", "window.from": "2027-02-01", "window.to": "2027-01-01"},
    "a range without end": {"window.kind": "range", "window.from": "2027-02-01", "window.to": ""},
    "a long place": {"locations.0.text": "x" * 501}, "an unknown place": {"locations.0.kind": "moon"},
    "a day backwards": OWN_MONDAY | {"mon_1_from": "17:00", "mon_1_to": "09:00"},
    "an open day without times": OWN_MONDAY | {"mon_1_from": "", "mon_1_to": ""},
    "hours of words": OWN_MONDAY | {"mon_1_from": "nine", "mon_1_to": "five"},
    "hours that overlap": OWN_MONDAY | {"mon_1_from": "09:00", "mon_1_to": "17:00", "mon_2_from": "12:00",
                                        "mon_2_to": "13:00"},
    "a length in words": {"otherDurations": "30, an hour"}, "a length of an age": {"otherDurations": "9" * 30},
    "far travel": {"travelBeforeMinutes": "481"},
    "a limit of words": {"limits.0.scope": "link", "limits.0.count": "few"},
    "an unknown limit": {"limits.0.scope": "moon", "limits.0.count": "1"},
    "attendees of a wrong day": {"bookerHoursFrom": "own", "booker_mon_open": "on", "booker_mon_1_from": "17:00",
                                 "booker_mon_1_to": "09:00"},
    "a long question": {"questions.0.label": "x" * 301}, "an unknown answer": {"questions.0.kind": "magic"},
    "a choice of nothing": {"questions.0.kind": "select", "questions.0.options": ""},
}


@pytest.fixture(scope="module")
def host(running, place):
    """The owner, signed in; one slug is taken."""
    lib.make_link(running, place, title="Taken", slug="taken")
    return place.owner.sign_in(running.port)


@pytest.fixture(scope="module")
def key(running, place, host):
    return lib.Client(running.port, key=place.owner.key)


@pytest.mark.parametrize("name", LINKS)
def test_a_link_with_one_mistake_is_refused_new_and_changed(running, key, name):
    change, field = LINKS[name]
    known = key.call("GET", "/api/v1/links").json["data"][0]
    with lib.nothing_changes(running):
        problem(key.call("POST", "/api/v1/links", GOOD | change, idempotency=name), 422, field)
        if name not in ("a slug that is taken", "a version"):
            problem(key.call("PATCH", f"/api/v1/links/{known['id']}", change), 422, field)


def test_a_change_over_an_older_version_is_a_conflict(running, key):
    known = key.call("GET", "/api/v1/links").json["data"][0]
    with lib.nothing_changes(running):
        reply = key.call("PATCH", f"/api/v1/links/{known['id']}", {"title": "Late", "version": known["version"] + 1})
        assert problem(reply, 409)["code"] == "conflict"


@pytest.mark.parametrize("query, field", [
    ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor"),
    ("cursor=" + "x" * 101, "cursor")])
def test_a_list_asked_for_wrongly_is_refused(running, key, query, field):
    for path in ("links", "bookings", "keys"):
        problem(key.call("GET", f"/api/v1/{path}?{query}"), 422, field)


@pytest.mark.parametrize("query, field", [
    ("status=maybe", "status"), ("from=soon", "from"), ("to=2027-01-01", "to"), ("link=x", "link"),
    ("host=lnk_x", "host")])
def test_a_wrong_filter_of_bookings_is_refused(running, key, query, field):
    problem(key.call("GET", f"/api/v1/bookings?{query}"), 422, field)


@pytest.mark.parametrize("body, status, field", [
    ({}, 422, "name"), ({"name": "x" * 121}, 422, "name"), ({"name": 1}, 422, "name"),
    ({"name": "x", "scopes": "all"}, 422, "scopes"), ({"name": "x", "scopes": ["everything"]}, 422, "scopes"),
    ({"name": "x", "scopes": []}, 422, "scopes"),
    ({"name": "x", "expiresAt": "2001-01-01T00:00:00Z"}, 422, "expiresAt"),
    ({"name": "x", "expiresAt": "soon"}, 422, "expiresAt"), ({"name": "x", "owner": "usr_x"}, 422, "owner"),
])
def test_a_key_with_one_mistake_is_refused(running, key, body, status, field):
    with lib.nothing_changes(running):
        problem(key.call("POST", "/api/v1/keys", body), status, field)


def test_a_key_can_do_what_it_says_and_never_makes_a_stronger_one(running, key):
    made = key.call("POST", "/api/v1/keys", {"name": "reader", "scopes": ["me.read", "links.read", "keys.write"]})
    assert made.status == 201
    reader = lib.Client(running.port, key=made.json["key"])
    with lib.nothing_changes(running):
        assert reader.call("GET", "/api/v1/links").status == 200
        assert problem(reader.call("GET", "/api/v1/bookings"), 403)["code"] == "forbidden"
        assert problem(reader.call("POST", "/api/v1/links", GOOD), 403)["code"] == "forbidden"
        assert reader.call("POST", "/api/v1/keys", {"name": "x", "scopes": ["bookings.write"]}).status == 403
    assert key.call("DELETE", f"/api/v1/keys/{made.json['id']}").status == 204
    assert problem(reader.call("GET", "/api/v1/links"), 401)


@pytest.mark.parametrize("name", TYPED)
def test_a_mistake_in_the_editor_keeps_everything_that_was_typed(running, host, name):
    form = Page(host.call("GET", "/settings/booking-links/new").text).form("/settings/booking-links")
    fields = form.fields | {"title": "A <b>talk</b>", "slug": "a-talk", "description": "one\ntwo",
                            "bufferAfterMinutes": "7", "questions.0.label": 'Why "me"?', "tue_1_from": "08:15"}
    fields |= TYPED[name]
    with lib.nothing_changes(running):
        reply = host.form("/settings/booking-links", fields)
    assert reply.status == 422, reply.text[:500]
    page = Page(reply.text)
    assert page.wrong & set(TYPED[name]), (page.wrong, TYPED[name])
    shown = page.form("/settings/booking-links").fields
    # A list shows one of its own choices, whatever was sent.
    lists = {field for field in TYPED[name] if name.startswith("an unknown")}
    assert {field: value for field, value in fields.items()
            if field not in lists and flat(shown.get(field, "")) != flat(value)} == {}
    assert "<b>talk" not in reply.text


def flat(text: str) -> str:
    return text.replace("\r", "").replace("\n", "").strip()


def test_saving_the_editor_unchanged_changes_nothing_but_the_version(running, place, host):
    """What the form does not ask for must survive it: here what was set over the API."""
    link = lib.make_link(running, place, slug="kept", alignMinutes=15, offsetMinutes=5, bufferBeforeMinutes=3,
                         questions=[{"kind": "textarea", "label": "More?", "required": True}])
    path = f"/settings/booking-links/{link['id']}"
    form = Page(host.call("GET", path).text).form(path)
    assert host.form(path, form.fields).status == 303
    after = lib.Client(running.port, key=place.owner.key).call("GET", f"/api/v1/links/{link['id']}").json
    assert {name: (link[name], after[name]) for name in link if link[name] != after[name]} == {
        "version": (link["version"], link["version"] + 1)}


def test_two_editors_at_once_the_second_is_told(running, place, host):
    link = lib.make_link(running, place, slug="shared")
    path = f"/settings/booking-links/{link['id']}"
    one, other = (Page(host.call("GET", path).text).form(path).fields for _ in range(2))
    assert host.form(path, one | {"title": "First"}).status == 303
    with lib.nothing_changes(running):
        late = host.form(path, other | {"title": "Second"})
    assert late.status == 409
    assert Page(late.text).form(path).fields["title"] == "Second" and Page(late.text).alerts


@pytest.mark.parametrize("csrf", [None, "", "x", "x" * 43])
def test_a_form_without_its_secret_changes_nothing(running, place, host, csrf):
    link = lib.Client(running.port, key=place.owner.key).call("GET", "/api/v1/links").json["data"][0]
    with lib.nothing_changes(running):
        for path in ("/settings/booking-links", f"/settings/booking-links/{link['id']}", "/calendar/admin/keys",
                     "/sign-out"):
            fields = {"title": "Forged", "name": "Forged", "durationMinutes": "30"}
            assert host.form(path, fields | ({} if csrf is None else {"csrf": csrf})).status == 403


@pytest.mark.parametrize("email, password", [
    ("harbour0@example.org", "wrong"), ("nobody@example.org", "wrong"), ("", ""), ("x" * 10_000, "x"),
    ("a@b.c", "x" * 10_000)])
def test_a_sign_in_that_does_not_match_says_so_and_keeps_the_address(running, host, email, password):
    with lib.nothing_changes(running):
        reply = lib.Client(running.port).form("/sign-in", {"email": email, "password": password})
    assert reply.status in (422, 429, 413) and "set-cookie" not in reply.headers
    if reply.status == 422:
        page = Page(reply.text)
        assert page.alerts or page.wrong
        shown = page.form("/sign-in").fields
        assert shown["email"] == email and shown["password"] == ""


def test_a_host_who_cancels_twice_or_at_length_is_answered_calmly(running, place, host):
    link = lib.make_link(running, place, slug="cancelled")
    start = lib.free_starts(running, link["slug"])[0]
    path = f"/api/v1/public/links/{link['slug']}/bookings"
    booking = lib.Client(running.port).call("POST", path, lib.wish(start)).json
    address = f"/calendar/bookings/{booking['id']}"
    form = Page(host.call("GET", address).text).form(f"{address}/cancellation").fields
    with lib.nothing_changes(running):
        long = host.form(f"{address}/cancellation", form | {"reason": "y" * 1001})
    assert long.status == 422
    assert Page(long.text).form(f"{address}/cancellation").fields["reason"] == "y" * 1001
    replies = [host.form(f"{address}/cancellation", form | {"reason": "ill"}) for _ in range(2)]
    there = f"{address}?done=cancelled"
    assert [(reply.status, reply.headers["location"]) for reply in replies] == [(303, there)] * 2
    history = running.rows("SELECT event FROM booking_history WHERE booking = ? ORDER BY version", booking["id"])
    assert [line["event"] for line in history] == ["booked", "cancelled"]
