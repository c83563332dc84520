"""Attacks on one installation, each with its bad input; docs/security-tests.md says what each of them tries."""
import gzip
import json
import re
import time

import pytest

import harness
import lib
from pages import Page
from test_api import problem


@pytest.fixture(scope="module")
def link(running, place):
    return lib.make_link(running, place, title="Security talk")


@pytest.fixture(scope="module")
def free(running, link):
    return iter(lib.free_starts(running, link["slug"], days=20)[::3])


@pytest.fixture(scope="module")
def session(running, place):
    return place.owner.sign_in(running.port)


def booking_path(link) -> str:
    return f"/api/v1/public/links/{link['slug']}/bookings"


# S-05: who somebody is comes from the session alone.

def forged_identities(session) -> list[dict[str, str]]:
    name, value = session.cookie.split("=", 1)
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJvd25lciIsInJvbGUiOiJvd25lciJ9."
    confused = "eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2Rldi9udWxsIn0.eyJzdWIiOiJvd25lciJ9.c2ln"
    return [
        {"Cookie": f"{name}={value[:-1]}{'A' if value[-1] != 'A' else 'B'}"}, {"Cookie": f"{name}="},
        {"Cookie": f"{name}={unsigned}"}, {"Cookie": f"{name}={confused}"}, {"Cookie": f"{name}={value}x"},
        {"Cookie": f"{name}={value.upper()}"}, {"Cookie": f"user=owner; role=owner; {name}=../../{value}"},
        {"X-User": "owner", "X-Forwarded-User": "owner", "Remote-User": "owner"},
        {"Authorization": f"Bearer {unsigned}"}, {"Authorization": f"Bearer {value}"},
        {"Authorization": "Basic b3duZXI6b3duZXI="}, {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
    ]


def test_nobody_becomes_somebody_by_saying_so(running, place, session):
    assert session.call("GET", "/calendar").status == 200, "the control: the real cookie does open it"
    for number, headers in enumerate(forged_identities(session)):
        client = lib.Client(running.port)
        page, api = client.call("GET", "/calendar", headers=headers), client.call("GET", "/api/v1/links",
            headers=headers)
        assert page.status == 303 and page.headers["location"].startswith("/sign-in"), (number, page.status)
        problem(api, 401)


def test_a_form_about_oneself_changes_nobody_else_and_no_role(running, place, session):
    other = running.command("user", "add", "--email", "other@example.org", "--name", "Other", "--workspace", place.id)
    assert other.returncode == 0
    page = Page(session.call("GET", "/settings/profile").text)
    form = next(form for form in page.forms if "name" in form.fields)
    before = running.rows("SELECT account, role FROM member ORDER BY account")
    extra = {"id": running.rows("SELECT id FROM account WHERE email = ?", "other@example.org")[0]["id"],
             "account": "usr_x", "role": "viewer", "email": "taken@example.org", "workspace": "ws_x", "active": "0"}
    reply = session.form(form.action, form.fields | extra)
    assert reply.status in (303, 422), reply.status
    assert running.rows("SELECT account, role FROM member ORDER BY account") == before
    assert running.rows("SELECT name FROM account WHERE email = ?", "other@example.org") == [{"name": "Other"}]
    assert running.rows("SELECT id FROM account WHERE email = ?", "taken@example.org") == []


# S-04: a body sets what its schema names and nothing else.

STRANGE = {"workspace": "ws_x", "workspaceId": "ws_x", "workspace_id": "ws_x", "id": "bk_x", "uid": "mine@evil.example",
           "status": "cancelled", "role": "owner", "price": 0, "paid": True, "host_id": "usr_x", "hostId": "usr_x",
           "createdAt": "2001-01-01T00:00:00Z", "created_at": 1, "version": 99, "sequence": 99, "source": "host",
           "__proto__": {"admin": True}, "constructor": {"prototype": {"admin": True}}}


def test_no_member_that_is_not_offered_is_stored(running, place, link, free):
    start = next(free)
    key = lib.Client(running.port, key=place.owner.key)
    for name, value in STRANGE.items():
        with lib.nothing_changes(running):
            told = lib.Client(running.port).call("POST", booking_path(link), lib.wish(start) | {name: value})
            problem(told, 422)
        with lib.nothing_changes(running):
            body = {"title": "Strange", "kind": "one_on_one", "durationMinutes": [30]}
            if name not in ("version",):
                problem(key.call("POST", "/api/v1/links", body | {name: value}), 422)
    assert lib.Client(running.port).call("POST", booking_path(link), lib.wish(start)).status == 201


def writes(place) -> dict[str, tuple[str, dict]]:
    """The other calls of the API that take a body: good ones, to which something strange is added."""
    day = {"from": "2027-06-01", "to": "2027-06-01"}
    return {"POST /api/v1/schedules": {"name": "Strange", "timezone": "UTC"},
            "POST /api/v1/time-off": {"kind": "out_of_office"} | day, "PATCH /api/v1/me": {"name": place.owner.name},
            "POST /api/v1/keys": {"name": "strange", "scopes": ["links.read"]},
            "POST /api/v1/teams": {"name": "Strange"},
            "POST /api/v1/webhooks": {"url": "http://127.0.0.1:9/strange", "events": ["booking.no_show"]}}


def test_no_other_call_takes_more_than_it_offers(running, place, link):
    key = lib.Client(running.port, key=place.owner.key)
    for name, body in writes(place).items():
        method, path = name.split(" ")
        with lib.nothing_changes(running):
            for strange in STRANGE:
                if strange not in body:
                    reply = key.call(method, path, body | {strange: STRANGE[strange]})
                    assert strange in {error["field"].split(".")[0] for error in problem(reply, 422)["errors"]}, (
                        name, strange, reply.text)
        assert key.call(method, path, body).status in (200, 201), f"{name}: the control, without anything strange"


# S-10, S-11: a secret is good for its own purpose.

def test_a_secret_opens_its_own_door_and_no_other(running, place, link, free, session):
    start = next(free)
    hold = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/holds", {"start": next(free)})
    booking = lib.Client(running.port).call("POST", booking_path(link), lib.wish(start)).json
    secrets = {"booking": booking["token"], "hold": hold.json.get("token") or hold.json.get("holdToken"),
               "session": session.cookie.split("=", 1)[1], "key": place.owner.key, "id": booking["id"]}
    doors = {"booking": ["/booking/{}", "/book/cancel/{}", "/book/reschedule/{}", "/api/v1/public/bookings/{}",
                         "/booking/{}/meeting.ics"],
             "guest": ["/booking/guest/{}"],
             "hold": ["/api/v1/public/holds/{}"], "none": ["/invitation/{}", "/reset-password/{}", "/sign-up/{}"]}
    assert all(secrets.values()) and len(secrets["booking"]) >= 43
    with lib.nothing_changes(running):
        for secret, text in secrets.items():
            for purpose, addresses in doors.items():
                for address in addresses:
                    method = "DELETE" if purpose == "hold" else "GET"
                    if secret == purpose:
                        continue
                    reply = lib.Client(running.port).call(method, address.format(text))
                    assert reply.status in (404, 410), (secret, address, reply.status)
                    assert "Ada Visitor" not in reply.text, (secret, address)
    assert lib.Client(running.port).call("GET", f"/booking/{secrets['booking']}").status == 200


# S-13: a public page shows what its token shows, whatever the address adds.

def test_no_parameter_shows_more_of_a_booking(running, link, free):
    first = lib.Client(running.port).call("POST", booking_path(link), lib.wish(next(free), "one@example.com")).json
    lib.Client(running.port).call("POST", booking_path(link), lib.wish(next(free), "two@example.com",
        name="Second Person"))
    client, api = lib.Client(running.port), f"/api/v1/public/bookings/{first['token']}"
    plain = client.call("GET", api).json
    assert "two@example.com" not in json.dumps(plain) and "Second Person" not in json.dumps(plain)
    for more in ("?email=two@example.com", "?viewer=host", "?cancelledBy=host", "?uid=x", "?seats=all", "?expand=hosts",
                 "?role=owner", "?include=attendees&fields=*"):
        reply = client.call("GET", api + more)
        assert reply.status in (200, 400, 422), (more, reply.status)
        assert reply.status != 200 or reply.json == plain, more
    uid = running.rows("SELECT uid FROM booking WHERE attendee_email = ?", "one@example.com")[0]["uid"]
    for guess in (first["id"], uid, first["token"][:-1], first["token"] + "A", first["token"].swapcase()):
        assert client.call("GET", f"/booking/{guess}").status == 404, guess
    page = client.call("GET", f"/book/{link['slug']}").text
    assert "one@example.com" not in page and "two@example.com" not in page and "Second Person" not in page


# S-18: other sites' scripts read nothing with a person's session.

def test_no_origin_is_let_in_with_credentials(running, place, link, session):
    for origin in ("https://evil.example", "null", running.url, "http://localhost", running.url + ".evil.example"):
        for client, path in ((session, "/calendar"), (lib.Client(running.port, key=place.owner.key), "/api/v1/links"),
                             (lib.Client(running.port), f"/api/v1/public/links/{link['slug']}")):
            for method in ("GET", "OPTIONS"):
                headers = client.call(method, path, headers={
                    "Origin": origin, "Access-Control-Request-Method": "POST"}).headers
                assert "access-control-allow-credentials" not in headers, (origin, path)
                allowed = headers.get("access-control-allow-origin")
                assert allowed in (None, "*") and not (allowed and path != f"/api/v1/public/links/{link['slug']}")


# S-19: a way on leads to a page of ours.

ELSEWHERE = [shape.format(scheme=scheme) for scheme in ("", "https:", "HTTP:", "javascript:") for shape in (
    "{scheme}//evil.example", "{scheme}//evil.example/calendar", "{scheme}///evil.example", "{scheme}/\\evil.example",
    "{scheme}\\\\evil.example", "{scheme}//user@evil.example", "{scheme}//evil.example:443", "{scheme}/\t/evil.example",
    "{scheme}//evil。example", "{scheme}/%09/evil.example")] + [
    "javascript:alert(1)", "data:text/html,x", "/calendar\r\nLocation: //evil.example", " //evil.example",
    "\t//evil.example",
    "//\u0000evil.example", "/./..//evil.example", "/.//evil.example", "/calendar/..//evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example", "\\/evil.example", "//[::1]", "//2130706433", "///", "/@evil.example", "?next=//evil.example",
    "#//evil.example", "evil.example", ".evil.example", "mailto:a@evil.example", "/sign-out"]


def test_no_address_to_go_on_to_leads_elsewhere(running, session):
    """The sign-in page hands on what it will lead to; whoever is signed in already is led there at once."""
    from urllib.parse import quote, urljoin, urlsplit
    assert len(ELSEWHERE) >= 60
    for address in ELSEWHERE:
        path = f"/sign-in?next={quote(address, safe='')}"
        reply = session.call("GET", path)
        assert reply.status in (303, 400), (address, reply.status)
        place = reply.headers.get("location", "/")
        # As a browser reads it: tabs and line breaks fall out, backslashes are slashes.
        seen = urlsplit(urljoin(running.url, place.replace("\\", "/").replace("\t", "").strip()))
        assert f"{seen.scheme}://{seen.netloc}" == running.url and seen.path != "/sign-out", (address, place)
        asked = lib.Client(running.port).call("GET", path)
        given = [form.fields.get("next", "") for form in Page(asked.text).forms if "password" in form.fields]
        assert all(not one or (one.startswith("/") and not one.startswith(("//", "/\\"))) for one in given), address
    assert session.call("GET", "/sign-in?next=%2Fcalendar%2Fbookings").headers["location"] == "/calendar/bookings"


# S-47: what is private is stored by nobody on the way, and never answered with "as before".

def test_what_is_private_is_never_stored(running, place, link, free, session):
    booking = lib.Client(running.port).call("POST", booking_path(link), lib.wish(next(free))).json
    token, key, nobody = booking["token"], lib.Client(running.port, key=place.owner.key), lib.Client(running.port)
    private = {session: ["/calendar", "/calendar/bookings", f"/calendar/bookings/{booking['id']}", "/settings/profile",
                         "/calendar/bookings.csv"],
               nobody: [f"/booking/{token}", f"/book/cancel/{token}", f"/book/reschedule/{token}",
                        f"/booking/{token}/meeting.ics", f"/api/v1/public/bookings/{token}"],
               key: ["/api/v1/links", "/api/v1/bookings", "/api/v1/me"]}
    before = {"If-None-Match": "*", "If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"}
    for client, paths in private.items():
        for path in paths:
            for reply in (client.call("GET", path), client.call("GET", path, headers=before)):
                assert reply.status == 200 and reply.body, (path, reply.status)
                assert reply.headers["cache-control"] == "no-store", path
                assert not {"etag", "last-modified", "expires", "age"} & reply.headers.keys(), path
    css = re.search(r'href="(/assets/[^"]+\.css)"', session.call("GET", "/calendar").text)[1]
    assert "immutable" in nobody.call("GET", css).headers["cache-control"], "the control: what is everybody's is kept"


# S-48: the headers of every kind of answer.

def test_every_kind_of_answer_has_its_headers(running, link, session):
    css = re.search(r'href="(/assets/[^"]+\.css)"', session.call("GET", "/calendar").text)[1]
    asked = [("GET", "/sign-in", 200), ("GET", f"/book/{link['slug']}", 200), ("GET", css, 200), ("GET", "/nothing",
        404),
             ("GET", "/api/v1/nothing", 404), ("PUT", "/sign-in", 405), ("GET", "/%zz", 404), ("GET", "/livez", 200),
             ("GET", "/readyz", 200), ("GET", "/calendar", 303), ("GET", "/api/v1/links", 401),
             ("GET", "/booking/" + "x" * 43, 404), ("HEAD", "/sign-in", 200), ("GET", "/api/v1/openapi.json", 200)]
    for method, path, status in asked:
        reply = lib.Client(running.port).call(method, path)
        head = reply.headers
        assert reply.status == status, (path, reply.status)
        assert head["x-content-type-options"] == "nosniff" and head["x-request-id"].startswith("req_"), path
        assert "default-src 'none'" in head["content-security-policy"], path
        assert "frame-ancestors 'none'" in head["content-security-policy"], path
        assert head["referrer-policy"] in ("same-origin", "no-referrer") and head["permissions-policy"], path
        assert head["cross-origin-resource-policy"] == "same-origin", path
        assert "server" not in head and "x-powered-by" not in head, path
    large = lib.Client(running.port).call("POST", "/sign-in", b"x" * (2 << 20), headers={
        "Content-Type": "application/x-www-form-urlencoded"})
    assert large.status == 413 and large.headers["x-content-type-options"] == "nosniff"


# S-53: the public address alone is in links, whoever asks and however.

def test_links_come_from_the_settings_and_never_from_a_header(running, link, free):
    running.mail.clear()
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher",
              "X-Forwarded-Server": "evil.example", "Forwarded": "host=evil.example;proto=https",
              "X-Original-URL": "//evil.example/", "X-Rewrite-URL": "/evil", "Referer": "https://evil.example/"}
    reply = lib.Client(running.port).call("POST", booking_path(link), lib.wish(next(free)), headers=forged)
    assert reply.status == 201 and "evil.example" not in reply.text
    page = lib.Client(running.port).call("GET", f"/book/{link['slug']}", headers=forged)
    assert page.status == 200 and "evil.example" not in page.text
    moved = lib.Client(running.port).call("GET", "/calendar", headers=forged)
    assert moved.status == 303 and moved.headers["location"].startswith("/sign-in")
    lib.settle(running)
    mails = running.mail.wait_for(2)
    addresses = [address for mail in mails for address in mail.links()]
    assert addresses and not any(b"evil.example" in mail.raw for mail in mails)
    # Outside addresses are calendar services the attendee may choose; everything else is ours.
    assert any(address.startswith(running.url + "/") for address in addresses)


# S-26: what is typed is a value, never a part of a question to the database.

INJECTIONS = ["'", "''", "' OR '1'='1", "'; DROP TABLE booking; --", "\" OR 1=1 --", "%", "_", "%' --", "\\", "\\'",
              "1; SELECT pg_sleep(30)", "' || (SELECT pg_sleep(30)) || '",
              "') UNION SELECT password_hash FROM account --",
              "$1", "?1", ":name", "{{7*7}}", "${7*7}", "../../etc/passwd", "\u0000", "\ud800".encode("utf-8",
              "replace").decode(),
              "a" * 5000, "\u202e", "NULL", "1e309", "-1", "[]", "{}", "<svg/onload=alert(1)>"]


def test_no_value_is_read_as_a_statement(running, place, link, session):
    from urllib.parse import quote
    key = lib.Client(running.port, key=place.owner.key)
    with lib.nothing_changes(running):
        for text in INJECTIONS:
            value, began = quote(text, safe=""), time.monotonic()
            for client, path in (
                    (session, f"/calendar/bookings?q={value}"), (session, f"/calendar/bookings?cursor={value}"),
                    (session, f"/calendar/bookings?host={value}&source={value}&from={value}"),
                    (session, f"/calendar/bookings?show={value}&sort={value}&order={value}"),
                    (key, f"/api/v1/bookings?status={value}&cursor={value}"), (key, f"/api/v1/bookings?limit={value}"),
                    (key, f"/api/v1/links/{value}"), (lib.Client(running.port), f"/book/{value}"),
                    (lib.Client(running.port), f"/booking/{value}"), (lib.Client(running.port), f"/u/{value}"),
                    (lib.Client(running.port), f"/api/v1/public/links/{link['slug']}/slots?from={value}&to={value}")):
                reply = client.call("GET", path)
                assert reply.status < 500, (path, reply.status)
            # A statement that was run would have slept for longer.
            assert time.monotonic() - began < 25, f"{text} took its time"


def test_deep_and_doubled_json_is_refused(running, link):
    kind = {"Content-Type": "application/json"}
    client = lib.Client(running.port)
    with lib.nothing_changes(running):
        for body in (b"[" * 33 + b"]" * 33, b"[" * 100_000, b'{"a":' * 10_000, b'{"start":1,"start":2}',
                     b'{"start":"\\ud800"}', b'{"start": 1e999}', b"\xef\xbb\xbf{}", b'{"a":' + b"9" * 100_000 + b"}"):
            reply = client.call("POST", booking_path(link), body, headers=kind)
            assert reply.status in (400, 413, 422), (body[:40], reply.status)


# S-29: what one request can ask for has a bound.

def test_one_request_asks_for_no_more_than_its_share(running, place, link, session):
    client, kind = lib.Client(running.port), {"Content-Type": "application/json"}
    with lib.nothing_changes(running):
        answers = {f"q{number}": "x" for number in range(10_000)}
        assert client.call("POST", booking_path(link), lib.wish("2027-06-01T10:00:00Z", answers=answers)).status == 422
        assert client.call("POST", booking_path(link), b"x" * (10 << 20), headers=kind).status == 413
        # A body is as long as it is: nothing is unpacked.
        bomb = gzip.compress(b" " * (50 << 20))
        packed = client.call("POST", booking_path(link), bomb, headers=kind | {"Content-Encoding": "gzip"})
        assert packed.status in (400, 415), packed.status
        fields = "&".join(f"f{number}=x" for number in range(50_000)).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert client.call("POST", "/sign-in", fields, headers=form).status in (400, 413, 422)
        slots = f"/api/v1/public/links/{link['slug']}/slots?from=2027-05-03&to=2037-05-03&timezone=UTC"
        problem(client.call("GET", slots), 422)
        key = lib.Client(running.port, key=place.owner.key)
        for limit in ("0", "-1", "201", "1000000000", "99999999999999999999"):
            problem(key.call("GET", f"/api/v1/bookings?limit={limit}"), 422, "limit")
        words = "+".join(f"w{number}" for number in range(500))
        assert session.call("GET", f"/calendar/bookings?q={words}").status in (200, 400, 422)
    assert client.call("GET", f"/book/{link['slug']}").status == 200


# S-57: an error tells its number and nothing of the inside.

INSIDE = re.compile(r"link_location|SELECT|SQL|sqlite|postgres|\.swift|/Sources|no such table", re.I)


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_an_error_nobody_foresaw_shows_a_number_and_nothing_else(engine):
    with lib.server(engine) as running:
        link = lib.make_link(running, lib.make_place(running, "Broken"))
        with lib.connection(running) as store:
            store.execute("ALTER TABLE link_location RENAME TO link_location_gone")
        replies = [lib.Client(running.port).call("GET", f"/book/{link['slug']}"),
                   lib.Client(running.port).call("GET", f"/api/v1/public/links/{link['slug']}")]
        time.sleep(0.2)
        log = running.process.log.read_text(errors="replace")
        for reply in replies:
            number = reply.headers["x-request-id"]
            assert reply.status == 500 and number in reply.text
            assert number in log, "the number leads from the page to the log"
            assert not INSIDE.search(reply.text), reply.text
        assert INSIDE.search(log), "the control: the log does name what the pages keep back"


# S-49: what a first start leaves is closed to others.

def test_a_first_start_leaves_nothing_open_to_others(tmp_path):
    with harness.Server("sqlite", environment="production") as running:
        running.folder.chmod(0o755)
        running.restart()
        files = [path for path in running.folder.rglob("*") if path.is_file()]
        open_to_others = [path.name for path in files if path.stat().st_mode & 0o077
                          and path.name not in ("server.log", "clock")]
        assert open_to_others == []
        assert len((running.folder / "key").read_text().strip()) == 44, "256 bits in base64"
        client = lib.Client(running.port)
        for path in ("/dev/mail", "/dev/gallery", "/debug", "/metrics"):
            assert client.call("GET", path).status == 404, path
        former, token = re.findall(r"/setup\?token=([\w-]+)", running.process.log.read_text(errors="replace"))
        for guess in ("", "setup", token[:-1], token.swapcase(), former):
            assert "<form" not in client.call("GET", f"/setup?token={guess}").text, guess
        asked = client.call("GET", f"/setup?token={token}")
        assert asked.status == 200 and "<form" in asked.text, "the control: what the console printed last opens it"
        assert client.form("/sign-up", {"email": "me@example.com"}).status in (403, 404)
        for email in ("admin", "admin@example.org", "owner@example.org"):
            for password in ("", "admin", "password", "workestra"):
                assert client.form("/sign-in", {"email": email, "password": password}).status in (422, 429)
