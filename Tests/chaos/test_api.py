"""Bad input over the API: every mistake is a problem document with a documented code, and nothing is stored."""
import json

import pytest

import lib

# Every code that may be answered; the contract of the API names them.
CODES = {"not_found", "unauthorized", "forbidden", "invalid", "slot_taken", "hold_expired", "conflict",
         "idempotency_mismatch", "rate_limited", "link_expired", "token_used", "payload_too_large", "unavailable",
         "meeting_started", "malformed", "method_not_allowed", "unsupported_media_type"}
LONG_AGO, FAR_AHEAD = "2001-01-01T10:00:00+00:00", "2090-06-01T10:00:00+00:00"


def problem(reply: lib.Reply, status: int, field: str | None = None) -> dict:
    """The reply as a problem document, its form checked; `field`: one of those it must complain about."""
    assert reply.status == status, (reply.status, reply.text[:600])
    assert reply.headers["content-type"].split(";")[0] == "application/problem+json"
    told = reply.json
    assert told["status"] == status and told["type"] and told["title"] and told["detail"], told
    assert told["code"] in CODES and told["requestId"].startswith("req_"), told
    assert told["requestId"] == reply.headers["x-request-id"]
    for error in told.get("errors", []):
        assert error.keys() == {"field", "code", "message"} and error["code"] and error["message"], error
    assert (told["code"] == "invalid") == (status == 422) or told["code"] == "idempotency_mismatch", told
    if status == 422 and told["code"] == "invalid":
        assert told["errors"], told
    if field is not None:
        assert field in [error["field"] for error in told["errors"]], told
    return told


@pytest.fixture(scope="module")
def link(running, place):
    questions = [{"kind": "text", "label": "What for?", "required": True}, {"kind": "textarea", "label": "More?"}]
    return lib.make_link(running, place, questions=questions)


@pytest.fixture
def unchanged(running):
    """Whatever the test does, no row of any table may come, go or change."""
    with lib.nothing_changes(running):
        yield


def good(running, link: dict) -> dict:
    """A body that would be booked; the wrong ones differ from it in one thing."""
    start = lib.free_starts(running, link["slug"])[0]
    return lib.wish(start, answers={link["questions"][0]["id"]: "A talk"})


def put(path: str, value):
    """One member of the body is something else; a dot leads into an object, `answers.0` to the first question."""
    def change(body: dict, link: dict):
        *way, last = path.split(".")
        for name in way:
            body = body[name]
        if way == ["answers"]:
            last = link["questions"][int(last)]["id"] if last.isdigit() else last
        body[last] = value
        return f"answers.{last}" if way == ["answers"] else path
    return change


BOOKINGS = {
    "a name of 201 characters": put("attendee.name", "x" * 201),
    "no name": put("attendee.name", ""),
    "a name of blanks": put("attendee.name", " \u00a0 "),
    "a name with a line break": put("attendee.name", "A\r\nBcc: x@example.com"),
    "a name that turns the text around": put("attendee.name", "A\u202etxt.exe"),
    "a name that is a number": put("attendee.name", 7),
    "a name that is a list": put("attendee.name", ["A"]),
    "a name of few letters and many bytes": put("attendee.name", "a" + "\u0301" * 2000),
    "an address of 255 characters": put("attendee.email", "a" * 243 + "@example.com"),
    "an address without @": put("attendee.email", "ada.example.com"),
    "an address with a header": put("attendee.email", "ada@example.com\nBcc: x@example.com"),
    "two addresses": put("attendee.email", "a@example.com, b@example.com"),
    "an address in angles": put("attendee.email", "Ada <ada@example.com>"),
    "no address": put("attendee.email", None),
    "a phone of 41 characters": put("attendee.phone", "+" + "1" * 40),
    "a phone of words": put("attendee.phone", "call me"),
    "a language of 36 characters": put("attendee.locale", "x" * 36),
    "an attendee that is a text": put("attendee", "Ada"),
    "an attendee that is a list": put("attendee", []),
    "an unknown field": put("hosts", ["usr_x"]),
    "an unknown field inside": put("attendee.id", "usr_x"),
    "a status": put("status", "confirmed"),
    "a price": put("price", {"amount": 0, "currency": "EUR"}),
    "a workspace": put("workspace", "ws_x"),
    "no answer to what is required": put("answers.0", ""),
    "a required answer left out": lambda body, link: body.update(answers={}) or f"answers.{link['questions'][0]['id']}",
    "an answer of 5001 characters": put("answers.0", "x" * 5001),
    "a line break in a one-line answer": put("answers.0", "one\ntwo"),
    "an answer that is a number": put("answers.0", 5),
    "an answer that is an object": put("answers.1", {"a": 1}),
    "an answer to no question": put("answers.qst_none", "x"),
    "answers that are a list": lambda body, link: body.update(answers=["x"]) or f"answers.{link['questions'][0]['id']}",
    "a time long ago": put("start", LONG_AGO),
    "a time beyond the window": put("start", FAR_AHEAD),
    "a time off the grid": lambda body, link: body.update(start=body["start"][:14] + "07:00+01:00") or "start",
    "a time one second off": lambda body, link: body.update(start=body["start"][:17] + "01+01:00") or "start",
    "a time in the night": lambda body, link: body.update(start=body["start"][:11] + "03:00:00+01:00") or "start",
    "a time without a zone": lambda body, link: body.update(start=body["start"][:19]) or "start",
    "a time of words": put("start", "tomorrow at ten"),
    "a time in the year 9999": put("start", "9999-12-31T23:59:59Z"),
    "a time before 1970": put("start", "1901-01-01T00:00:00Z"),
    "the 31st of February": put("start", "2027-02-31T10:00:00Z"),
    "the 25th hour": put("start", "2027-03-01T25:00:00Z"),
    "a time that is a number": put("start", 1_900_000_000),
    "no time": put("start", None),
    "an unknown zone": put("timezone", "Mars/Olympus"),
    "a zone that is a path": put("timezone", "../../../etc/passwd"),
    "a zone that is a folder": put("timezone", "Europe"),
    "a zone of 65 characters": put("timezone", "x" * 65),
    "no zone": put("timezone", ""),
    "a zone that is a number": put("timezone", 1),
    "a length that is not offered": put("duration", 45),
    "a length of words": put("duration", "half an hour"),
    "a length of 30.5": put("duration", 30.5),
    "a length beyond all numbers": put("duration", 10**30),
    "a hold token of 101 characters": put("holdToken", "x" * 101),
    "a hold token that is an object": put("holdToken", {}),
    "an unknown source": put("source", "telepathy"),
    "a name of marks on marks": put("attendee.name", "e" + "\u0301" * 200),
    "a guest who is no address": lambda body, link: body.update(guests=["guest"]) or "guests",
    "six guests": lambda body, link: body.update(guests=[f"g{n}@example.com" for n in range(6)]) or "guests",
    "guests that are a text": put("guests", "guest@example.com"),
    "campaign values too long": lambda body, link: body.update(utm={"utm_source": "x" * 256}) or "utm.utm_source",
    "campaign values that are numbers": lambda body, link: body.update(utm={"utm_source": 1}) or "utm.utm_source",
    "21 campaign values": lambda body, link: body.update(utm={f"utm_{n}": "x" for n in range(21)}) or "utm",
    "a campaign that is a list": put("utm", []),
    "a campaign that is a text": put("utm", "x"),
}


@pytest.mark.parametrize("name", BOOKINGS)
def test_a_booking_with_one_mistake_is_refused_beside_its_field(running, link, unchanged, name):
    body = good(running, link)
    field = BOOKINGS[name](body, link)
    path = f"/api/v1/public/links/{link['slug']}/bookings"
    problem(lib.Client(running.port).call("POST", path, body, idempotency=name), 422, field)


def test_all_mistakes_are_named_at_once(running, link, unchanged):
    body = {"start": "soon", "timezone": "Mars/Olympus", "attendee": {"name": "", "email": "x"}, "extra": 1}
    reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", body)
    named = {error["field"] for error in problem(reply, 422)["errors"]}
    answer = f"answers.{link['questions'][0]['id']}"
    assert named == {"start", "timezone", "attendee.name", "attendee.email", answer, "extra"}


JSON_TYPE = {"Content-Type": "application/json"}
# Bodies that are no JSON of ours: bytes, headers, and the status that is right.
BODIES = {
    "no JSON": (b"{not json", JSON_TYPE, 400),
    "nothing": (b"", JSON_TYPE, 400),
    "half of an object": (b'{"start": "2027-', JSON_TYPE, 400),
    "two documents": (b"{} {}", JSON_TYPE, 400),
    "a name twice": (b'{"start": "a", "start": "b"}', JSON_TYPE, 400),
    "a name twice, once escaped": (b'{"start": "a", "st\\u0061rt": "b"}', JSON_TYPE, 400),
    "U+0000": (b'{"attendee": {"name": "a\\u0000b"}}', JSON_TYPE, 400),
    "a raw control character": (b'{"start": "a\x01"}', JSON_TYPE, 400),
    "half a surrogate": (b'{"start": "\\ud800"}', JSON_TYPE, 400),
    "no UTF-8": (b'{"start": "\xff\xfe"}', JSON_TYPE, 400),
    "an overlong sign": (b'{"start": "\xc0\xaf"}', JSON_TYPE, 400),
    "10,000 levels": (b"[" * 10_000 + b"]" * 10_000, JSON_TYPE, 400),
    "a number beyond all": (b'{"duration": 1e999}', JSON_TYPE, 400),
    "NaN": (b'{"duration": NaN}', JSON_TYPE, 400),
    "a list": (b"[]", JSON_TYPE, 422),
    "a text": (b'"x"', JSON_TYPE, 422),
    "null": (b"null", JSON_TYPE, 422),
    "a form": (b"start=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "plain text": (b"{}", {"Content-Type": "text/plain"}, 415),
    "no type at all": (b"{}", {}, 415),
    "XML": (b"<x/>", {"Content-Type": "application/xml"}, 415),
    "one byte more than 1 MB": (b" " * 1_048_577, JSON_TYPE, 413),
    "a key of 256 characters": (b"{}", JSON_TYPE | {"Idempotency-Key": "k" * 256}, 422),
    "a key with an umlaut": (b"{}", JSON_TYPE | {"Idempotency-Key": "\xfc"}, 422),
}


# A hold takes no key: a repeated one replaces the first.
READ = [(route, name) for name in BODIES for route in ("bookings", "holds", "/api/v1/links")
        if route != "holds" or "key" not in name]


@pytest.mark.parametrize("route, name", READ)
def test_a_body_that_cannot_be_read_is_refused(running, place, link, unchanged, route, name):
    body, headers, status = BODIES[name]
    path = route if route.startswith("/") else f"/api/v1/public/links/{link['slug']}/{route}"
    key = place.owner.key if route.startswith("/") else None
    problem(lib.Client(running.port, key=key).call("POST", path, body, headers=headers), status)


QUERIES = {
    "no days": ("", "from"), "no last day": ("from={day}", "to"), "a day of words": ("from=soon&to={day}", "from"),
    "the 30th of February": ("from=2027-02-30&to={day}", "from"),
    "93 days": ("from=2027-01-01&to=2027-04-03", "to"), "backwards": ("from=2027-01-02&to=2027-01-01", "to"),
    "ten years": ("from=2027-01-01&to=2036-12-31", "to"),
    "an unknown zone": ("from={day}&to={day}&timezone=Mars/Olympus", "timezone"),
    "a zone that is a path": ("from={day}&to={day}&timezone=../../etc/passwd", "timezone"),
    "another length": ("from={day}&to={day}&duration=45", "duration"),
    "a length of words": ("from={day}&to={day}&duration=long", "duration"),
    "the end of all years": ("from=9999-12-31&to=9999-12-31", None),
    "the year 0": ("from=0000-01-01&to=0000-01-02", None),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_wrong_question_for_slots_is_refused(running, link, unchanged, name):
    query, field = QUERIES[name]
    day = lib.free_starts(running, link["slug"])[0][:10]
    reply = lib.Client(running.port).call("GET", f"/api/v1/public/links/{link['slug']}/slots?{query.format(day=day)}")
    if field is None:
        assert reply.status in (200, 422) and not (reply.status == 200 and reply.json["slots"]), reply.text
    else:
        problem(reply, 422, field)


@pytest.mark.parametrize("query", ["%00", "from=%", "from=%ff", "&" * 600 + "a=b&" * 600])
def test_a_query_that_cannot_be_read_is_refused(running, link, unchanged, query):
    reply = lib.Client(running.port).call("GET", f"/api/v1/public/links/{link['slug']}/slots?{query}")
    assert reply.status in (400, 422), reply.text
    problem(reply, reply.status)


SLUGS = ["none", "..", "%2e%2e", "a" * 81, "a" * 3000, "UPPER", "a%20b", "%c3%a9", "%00", "a'--"]


@pytest.mark.parametrize("slug", SLUGS)
def test_an_unknown_slug_is_not_found_everywhere(running, link, unchanged, slug):
    caller = lib.Client(running.port)
    for method, rest in (("GET", ""), ("GET", "/slots?from=2027-01-01&to=2027-01-01"), ("POST", "/holds"),
                         ("POST", "/bookings")):
        body = good(running, link) if method == "POST" else None
        reply = caller.call(method, f"/api/v1/public/links/{slug}{rest}", body)
        assert problem(reply, 404)["code"] == "not_found"
    assert caller.call("GET", f"/book/{slug}").status == 404


HOLDS = {name: BOOKINGS[name] for name in BOOKINGS if "time" in name and "length" not in name} | {
    "a length that is not offered": put("duration", 45), "an unknown field": put("visitor", "x")}


@pytest.mark.parametrize("name", HOLDS)
def test_a_hold_with_one_mistake_is_refused(running, link, unchanged, name):
    body = {"start": good(running, link)["start"]}
    field = HOLDS[name](body, link)
    problem(lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/holds", body), 422, field)


@pytest.mark.parametrize("method, path, status", [
    ("PUT", "/api/v1/links", 405), ("DELETE", "/api/v1/links", 405), ("POST", "/api/v1/me", 405),
    ("PROPFIND", "/api/v1/me", 405),
    ("GET", "/api/v1/nothing", 404), ("GET", "/api/v1/", 404), ("GET", "/api/v1/me", 401),
    ("POST", "/api/v1/keys", 401),
])
def test_a_wrong_address_or_method_is_a_problem_document(running, unchanged, method, path, status):
    problem(lib.Client(running.port).call(method, path, {} if method == "POST" else None), status)


@pytest.mark.parametrize("key", ["", "wks_live_", "wks_live_" + "x" * 43, "x", "wks_live_" + "x" * 5000])
def test_a_wrong_key_is_unauthorized(running, unchanged, key):
    reply = lib.Client(running.port).call("GET", "/api/v1/me", headers={"Authorization": f"Bearer {key}"})
    assert problem(reply, 401)["code"] == "unauthorized"


def test_the_checks_of_this_file_can_fail(running, link):
    """A sound booking is not refused, and is seen by the check that nothing was stored."""
    path = f"/api/v1/public/links/{link['slug']}/bookings"
    with pytest.raises(AssertionError, match="booking_history"):
        with lib.nothing_changes(running):
            reply = lib.Client(running.port).call("POST", path, good(running, link))
    assert reply.status == 201
    with pytest.raises(AssertionError):
        problem(reply, 422)
    told = {"type": "about:blank", "title": "t", "status": 409, "detail": "d", "requestId": "req_1"}
    headers = {"content-type": "application/problem+json", "x-request-id": "req_1"}
    sound = json.dumps(told | {"code": "conflict"}).encode()
    problem(lib.Reply(409, headers, sound), 409)
    for spoilt in ({"code": "unheard_of"}, {"code": "invalid"}, {"code": "conflict", "requestId": "req_2"}, {}):
        with pytest.raises((AssertionError, KeyError)):
            problem(lib.Reply(409, headers, json.dumps(told | spoilt).encode()), 409)
    with pytest.raises(AssertionError):
        problem(lib.Reply(409, headers | {"content-type": "text/html"}, sound), 409)
