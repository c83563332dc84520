"""Every route with ids of another workspace, asked by everybody: the answer is that for an id that never was.

The routes are read out of the sources, so a new one with an id in its path fails here until it is sorted in below."""
import re

import pytest

import harness
import lib
import matrix_approval
import matrix_assistants
import matrix_doors
import matrix_files
import matrix_given
import matrix_offers
import matrix_one_offs
import matrix_polls
import matrix_proposals
import matrix_embed
import matrix_forms
import matrix_resources
import matrix_rings
import matrix_rotation
import matrix_seats
import matrix_series
import matrix_sheets
import matrix_single_use
import matrix_templates
import matrix_waitlist
import matrix_webhooks


def beside(name: str) -> dict:
    """What the files beside this one have of that table; each is of one part of the product."""
    parts = [part for file, part in globals().items() if file.startswith("matrix_")]
    return {route: kind for part in parts for route, kind in getattr(part, name, {}).items()}


# Routes whose id belongs to a workspace, and what it is an id of. `None` as body: nothing is sent.
OWN = {
    **{("GET", f"/api/v1/links/:id{end}"): ("link", None) for end in ("", "/explanation")},
    ("PATCH", "/api/v1/links/:id"): ("link", {"title": "Changed by a stranger"}),
    ("DELETE", "/api/v1/links/:id"): ("link", None),
    ("GET", "/api/v1/bookings/:id"): ("booking", None),
    ("POST", "/api/v1/bookings/:id/reschedule"): ("booking", {"start": "2027-01-01T10:00:00Z"}),
    ("POST", "/api/v1/bookings/:id/cancellation"): ("booking", {"reason": "a stranger"}),
    ("POST", "/api/v1/bookings/:id/no-show"): ("booking", {}),
    ("DELETE", "/api/v1/keys/:id"): ("key", None),
    ("GET", "/calendar/bookings/:id"): ("booking", None),
    ("POST", "/calendar/bookings/:id/cancellation"): ("booking", {"reason": "a stranger"}),
    ("GET", "/calendar/bookings/:id/move"): ("booking", None),
    ("POST", "/calendar/bookings/:id/move"): ("booking", {"start": "1800000000"}),
    ("POST", "/calendar/bookings/:id/reschedule"): ("booking", {"start": "1800000000"}),
    **{("POST", f"/calendar/clock-changes/:id/{what}"): ("booking", {}) for what in ("keep", "move")},
    **{("POST", f"/calendar/bookings/:id/no-show{more}"): ("booking", {}) for more in ("", "/undo")},
    ("POST", "/calendar/bookings/:id/notes"): ("booking", {"text": "a stranger"}),
    ("POST", "/calendar/bookings/:id/notes/:note/deletion"): ("booking", {}),
    ("GET", "/settings/booking-links/:id"): ("link", None),
    ("POST", "/settings/booking-links/:id"): ("link", {"title": "Changed by a stranger", "durationMinutes": "30"}),
    **{("POST", f"/settings/booking-links/:id/{what}"): ("link", {}) for what in ("bookings", "copy", "delete")},
    ("POST", "/settings/booking-links/:id/switch"): ("link", {"active": "off"}),
    ("GET", "/settings/booking-links/:id/delete"): ("link", None),
    ("POST", "/calendar/admin/keys/:id/revocation"): ("key", {}),
    ("GET", "/api/v1/schedules/:id"): ("schedule", None),
    ("PATCH", "/api/v1/schedules/:id"): ("schedule", {"name": "Changed by a stranger"}),
    ("DELETE", "/api/v1/schedules/:id"): ("schedule", None),
    ("DELETE", "/api/v1/time-off/:id"): ("time_away", None),
    ("GET", "/calendar/schedules/:id"): ("schedule", None),
    ("POST", "/calendar/schedules/:id"): ("schedule", {"name": "Changed by a stranger", "timezone": "UTC"}),
    **{("POST", f"/calendar/schedules/:id/{what}"): ("schedule", {}) for what in ("default", "deletion")},
    ("POST", "/calendar/schedules/away/:id/deletion"): ("time_away", {}),
    ("POST", "/settings/security/sessions/:id/end"): ("session", {}),
} | beside("OWN")
# The same, for admins only: a member is told 403 before any id is read.
ADMIN = {
    ("GET", "/calendar/admin/members/:id"): ("member", None),
    ("POST", "/calendar/admin/members/:id"): ("member", {"role": "viewer"}),
    **{("POST", f"/calendar/admin/members/:id/{what}"): ("member", {})
       for what in ("deactivation", "reactivation", "removal")},
    **{("POST", f"/calendar/admin/invitations/:id/{what}"): ("invitation", {}) for what in ("resend", "withdrawal")},
    ("GET", "/calendar/admin/teams/:id"): ("team", None),
    ("POST", "/calendar/admin/teams/:id"): ("team", {"name": "Changed by a stranger"}),
    ("POST", "/calendar/admin/teams/:id/deletion"): ("team", {}),
    ("PATCH", "/api/v1/teams/:id"): ("team", {"name": "Changed by a stranger"}),
    ("DELETE", "/api/v1/teams/:id"): ("team", None),
} | beside("ADMIN")
# And what every member of the workspace may read.
SHARED = {
    ("GET", "/api/v1/members/:id"): ("member", None),
    ("GET", "/api/v1/teams/:id"): ("team", None),
} | beside("SHARED")
# An id of a workspace itself: a person's own others.
PLACES = {("POST", "/settings/security/workspaces/:id/entry")}
KINDS = {route: kind for table in (OWN, ADMIN, SHARED) for route, (kind, _) in table.items()}
# Routes whose value in the path is a public name or is itself the right to what it names.
OPEN = {
    **{f"/api/v1/public/links/:slug{end}": "a public name" for end in ("", "/slots", "/holds", "/bookings")},
    **{f"/book/:slug{end}": "a public name"
       for end in ("", "/holds", "/details", "/bookings", "/code", "/holds/extension", "/times")},
    "/api/v1/public/holds/:token": "a capability", "/api/v1/public/bookings/:token": "a capability",
    "/api/v1/public/bookings/:token/slots": "a capability", "/api/v1/public/bookings/:token/holds": "a capability",
    **{f"/api/v1/public/bookings/:token/{what}": "a capability" for what in ("reschedule", "cancel")},
    **{f"/{path}": "a capability" for path in (
        "invitation/:token", "reset-password/:token", "sign-up/:token", "book/approve/:token", "booking/:token",
        "book/reschedule/:token", "book/reschedule/:token/holds", "book/cancel/:token")},
    **{f"/booking/:token/{what}": "a capability"
       for what in ("meeting.ics", "next", "address", "guests", "again", "current-link")},
    "/u/:handle": "a public name", "/og/u/:file": "a public name", "/og/book/:file": "a public name",
    "/dev/bytes/:count": "a number", "/pictures/:name": "a name nobody can guess, of a picture shown to all",
    "/assets/:file": "a file of the program", "/assets/:folder/:file": "a file of the program",
    **dict.fromkeys(["/dev/mail/:id", "/dev/mail/:id/html", "/dev/mail/:id/raw", "/dev/gallery/:page"], "for tests"),
} | beside("OPEN")
CONSTANTS = {"Self.path": "/api/v1/openapi.json"}  # Paths that the sources name by one.
ROUTE = re.compile(r'\bRoute\(\.(\w+), ("[^"]*"|[\w.]+), \.(\w+)')


def routes() -> set[tuple[str, str, str]]:
    """Method, path and policy of every route in the sources."""
    found, calls = set(), 0
    for file in sorted((harness.ROOT / "Sources").rglob("*.swift")):
        code = "\n".join(line for line in file.read_text().splitlines() if not line.strip().startswith("//"))
        calls += len(re.findall(r"\bRoute\(\.", code))
        for method, path, policy in ROUTE.findall(code):
            found.add((method.upper(), path.strip('"') if path.startswith('"') else CONSTANTS[path], policy))
    assert len(found) == calls, f"{calls} routes in the sources, {len(found)} could be read"
    return found


TABLE = sorted(routes())


def unsorted(table) -> list[str]:
    return [f"{method} {path}" for method, path, _ in table
            if ":" in path and (method, path) not in KINDS and (method, path) not in PLACES and path not in OPEN]


def test_every_route_with_an_id_is_sorted_in():
    assert unsorted(TABLE) == []
    known = {(method, path) for method, path, _ in TABLE}
    assert KINDS.keys() | PLACES <= known and OPEN.keys() <= {path for _, path in known}
    # A route of a workspace must never be sorted in as open.
    assert [path for _, path, policy in TABLE if path in OPEN and policy in ("api", "signedIn")] == []


def test_a_new_route_with_an_id_fails_the_check_above():
    assert unsorted([*TABLE, ("GET", "/api/v1/contacts/:id", "api")]) == ["GET /api/v1/contacts/:id"]
    assert len(TABLE) > 40


def test_the_document_of_the_api_lists_these_routes(running):
    reply = lib.Client(running.port).call("GET", "/api/v1/openapi.json")
    assert reply.status == 200
    told = {(method.upper(), re.sub(r"{\w+}", "{}", path)) for path, item in reply.json["paths"].items()
            for method in item if method in ("get", "post", "put", "patch", "delete")}
    written = {(method, re.sub(r":\w+", "{}", path)) for method, path, _ in TABLE
               if path.startswith("/api/") and path != CONSTANTS["Self.path"]}
    assert told - {("GET", CONSTANTS["Self.path"])} == written


class World:
    """Two workspaces; everything of the second carries its name, Backwater."""

    def __init__(self, running):
        self.running = running
        self.made = 0
        self.ours = lib.make_place(running, "Anchor", people=3, keys=2)
        self.theirs = lib.make_place(running, "Backwater", people=1)
        owner, member, _ = self.ours.people
        self.callers = {
            "owner's key": lib.Client(running.port, key=owner.key),
            "member's key": lib.Client(running.port, key=member.key),
            "owner's session": owner.sign_in(running.port),
            "member's session": member.sign_in(running.port),
            "nobody": lib.Client(running.port),
        }
        self.csrf = {name: self._csrf(caller) for name, caller in self.callers.items()}
        self.link = lib.make_link(running, self.theirs, title="Backwater link")
        self.our_link = lib.make_link(running, self.ours, **matrix_rotation.crew(self.ours))
        self.ids = {kind: self.make(kind, self.theirs) for kind in sorted(set(KINDS.values()))}
        lib.settle(running)

    def _csrf(self, caller: lib.Client) -> str:
        page = caller.call("GET", "/calendar/event-types").text if caller.cookie else ""
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        return found[1] if found else ""

    def make(self, kind: str, place: lib.Place) -> str:
        """A fresh thing of that kind in the place, and its id."""
        if kind == "link":
            return lib.make_link(self.running, place, title=f"{place.name} thing", **matrix_rotation.crew(place))["id"]
        if kind == "session":
            place.owner.sign_in(self.running.port)
            return self.running.rows("SELECT id FROM session WHERE account = ? ORDER BY created_at DESC, id DESC",
                                     place.owner.id)[0]["id"]
        if kind == "member":
            self.made, email = self.made + 1, f"{place.name.lower()}-more{self.made + 1}@example.org"
            self.running.command("user", "add", "--email", email, "--name", f"{place.name} more", "--workspace",
                                 place.id, "--role", "member")
            return self.running.rows("SELECT id FROM account WHERE email = ?", email)[0]["id"]
        if kind in ("team", "key"):
            return lib.Client(self.running.port, key=place.owner.key).call(
                "POST", f"/api/v1/{kind}s", {"name": f"{place.name} {kind}"}).json["id"]
        if kind == "block":
            return matrix_doors.make_block(self.running, place, self.make("booking", place))
        own = {"assisted": matrix_assistants, "form": matrix_forms, "given": matrix_single_use, "group": matrix_seats,
               "one_off": matrix_one_offs, "poll": matrix_polls, "resource": matrix_resources, "ring": matrix_rings,
               "series": matrix_series, "sheet": matrix_sheets,
               "template": matrix_templates, "waiting": matrix_waitlist, "webhook": matrix_webhooks}
        if kind in own:
            return own[kind].make(self.running, place)
        if kind == "invitation":
            self.made, owner = self.made + 1, place.owner.sign_in(self.running.port)
            csrf = re.search(r'name="csrf" value="([^"]+)"', owner.call("GET", "/calendar/event-types").text)[1]
            email = f"{place.name.lower()}-invited{self.made}@example.org"
            owner.form("/calendar/admin/invitations", {"email": email, "role": "member", "csrf": csrf})
            return self.running.rows("SELECT id FROM invitation WHERE email = ?", email)[0]["id"]
        if kind in ("schedule", "time_away"):
            away = {"kind": "out_of_office", "from": "2029-01-01", "to": "2029-01-02", "reason": f"{place.name} days"}
            path, body = {"schedule": ("/api/v1/schedules", {"name": f"{place.name} hours", "timezone": "UTC"}),
                          "time_away": ("/api/v1/time-off", away)}[kind]
            return lib.Client(self.running.port, key=place.owner.key).call("POST", path, body).json["id"]
        slug = (self.link if place is self.theirs else self.our_link)["slug"]
        start, self.made = lib.free_starts(self.running, slug, days=6)[0], self.made + 1
        reply = lib.Client(self.running.port).call("POST", f"/api/v1/public/links/{slug}/bookings", lib.wish(
            start, f"{place.name.lower()}{self.made}@example.com", name=f"{place.name} guest"))
        return reply.json["id"]

    def ask(self, who: str, method: str, path: str, body) -> lib.Reply:
        """As that caller, with all that its kind needs to get through: JSON, or a form with its CSRF token."""
        caller = self.callers[who]
        path, body = matrix_assistants.filled(self.ours, path, body)
        for name, prefix in {":note": "note", ":delivery": "dlv", ":offer": "off", ":response": "frs"}.items():
            path = path.replace(name, f"{prefix}_0000000005o010000000000000")
        isPlain = path.startswith("/api/") or body is None
        return caller.call(method, path, body) if isPlain else caller.form(path, body | {"csrf": self.csrf[who]})


@pytest.fixture(scope="module")
def world(running):
    return World(running)


def never_was(identifier: str) -> str:
    """Another id of the same form, that belongs to nobody."""
    other = "a" if identifier[-8] != "a" else "b"
    return identifier[:-8] + other + identifier[-7:]


def same(reply: lib.Reply, identifier: str) -> tuple:
    """The reply without what differs from request to request, and without the id that was asked for."""
    text = re.sub(r"req_[0-9a-z]+", "req", reply.text).replace(identifier, "ID")
    headers = {name: value.replace(identifier, "ID") for name, value in reply.headers.items()
               if name not in ("x-request-id", "date") and not name.startswith("ratelimit-")}
    return reply.status, headers, text


@pytest.mark.parametrize("route", KINDS, ids=lambda route: " ".join(route))
def test_an_id_of_another_workspace_is_an_id_that_never_was(running, world, route):
    (method, path), (kind, body) = route, (OWN | ADMIN | SHARED)[route]
    theirs, other = world.ids[kind], never_was(world.ids[kind])
    with lib.nothing_changes(running):
        for who in world.callers:
            told = world.ask(who, method, path.replace(":id", theirs), body)
            control = world.ask(who, method, path.replace(":id", other), body)
            assert same(told, theirs) == same(control, other), who
            assert "Backwater" not in told.text, who
            gets_in = who.endswith("key" if path.startswith("/api/") else "session")
            is_let_in = 403 if route in ADMIN and who.startswith("member") else 404
            assert told.status in ((is_let_in,) if gets_in else (401, 303)), (who, told.status, told.text[:300])


@pytest.mark.parametrize("route", OWN, ids=lambda route: " ".join(route))
def test_a_member_does_not_see_what_is_another_members(running, world, route):
    (method, path), (kind, body) = route, OWN[route]
    who = "member's key" if path.startswith("/api/") else "member's session"
    owners = world.make(kind, world.ours)
    lib.settle(running)
    with lib.nothing_changes(running):
        told, control = (world.ask(who, method, path.replace(":id", own), body) for own in (owners, never_was(owners)))
        assert told.status == 404 and same(told, owners) == same(control, never_was(owners))


@pytest.mark.parametrize("route", KINDS, ids=lambda route: " ".join(route))
def test_the_same_call_on_what_is_ones_own_works(running, world, route):
    """The control of the two above: it is the id that is refused there, and not something else."""
    (method, path), mine = route, world.make(KINDS[route], world.ours)
    body = (OWN | ADMIN | SHARED)[route][1]
    if path.endswith("/reschedule"):
        slug = matrix_seats.slug(running, mine, world.our_link)
        body = body | {"start": lib.free_starts(running, slug, days_ahead=9)[5]}
    if route == ("POST", "/settings/booking-links/:id"):
        body = form_of_link()
    path, body = matrix_offers.fitted(running, world.ours, *route, body, mine)
    who = "owner's key" if path.startswith("/api/") else "owner's session"
    reply = world.ask(who, method, path.replace(":id", mine), body)
    # A meeting that has not begun knows no no-show, and the other host may be busy: the booking's own refusals.
    refused = "/no-show" in path or path in matrix_approval.WAITING or route[1].endswith(matrix_waitlist.IN_VAIN)
    expected = (409,) if refused else (200, 201, 202, 204, 303, *(409,) * path.endswith(matrix_series.BUSY))
    assert reply.status in expected, (reply.status, reply.text[:500])


def form_of_link() -> dict[str, str]:
    return {"title": "Own", "slug": "", "durationMinutes": "30", "bufferBeforeMinutes": "0", "bufferAfterMinutes": "0",
            "minimumNotice.value": "0", "minimumNotice.unit": "minute", "window.kind": "rolling_days",
            "window.days": "60", "hoursFrom": "schedule", "locations.0.kind": "custom",
            "locations.0.text": "", "active": "on"}


@pytest.mark.parametrize("who", ["owner's key", "member's key"])
@pytest.mark.parametrize("name", matrix_given.GIVEN)
def test_an_id_of_another_workspace_in_body_or_query_is_one_that_never_was(running, world, name, who):
    method, path, body, find = matrix_given.GIVEN[name]
    theirs = find(world)
    with lib.nothing_changes(running):
        def ask(identifier):
            sent = matrix_given.filled(world, body, identifier)
            return same(world.ask(who, method, matrix_given.path(world, path, identifier), sent), identifier)

        told = ask(theirs)
        assert told == ask(never_was(theirs))
        assert told[0] in (200, 403, 404, 422) and "Backwater" not in told[2]


def test_a_question_or_hold_of_another_workspace_stays_where_it_is(running, world):
    caller = lib.Client(running.port)
    theirs = lib.make_link(running, world.theirs, questions=[{"kind": "text", "label": "Backwater question"}])
    start = lib.free_starts(running, theirs["slug"], days_ahead=9)[0]
    hold = caller.call("POST", f"/api/v1/public/links/{theirs['slug']}/holds", {"start": start}).json["holdToken"]
    rows = "SELECT * FROM question WHERE link = ?", theirs["id"]
    before, held = running.rows(*rows), running.rows("SELECT * FROM hold")
    changed = world.callers["owner's key"].call("PATCH", f"/api/v1/links/{world.our_link['id']}", {
        "questions": [{"id": theirs["questions"][0]["id"], "kind": "text", "label": "Taken over"}]})
    assert changed.status == 200 and changed.json["questions"][0]["id"] != theirs["questions"][0]["id"]
    ours = lib.free_starts(running, world.our_link["slug"], days_ahead=9)[0]
    body = lib.wish(ours, "x@example.com", holdToken=hold)
    assert caller.call("POST", f"/api/v1/public/links/{world.our_link['slug']}/bookings", body).status in (201, 409)
    assert (running.rows(*rows), running.rows("SELECT * FROM hold")) == (before, held)
    # The same key for the same call in another workspace is another key.
    for slug in (theirs["slug"], world.our_link["slug"]):
        start = lib.free_starts(running, slug, days_ahead=9)[8]
        reply = caller.call("POST", f"/api/v1/public/links/{slug}/bookings", lib.wish(start), idempotency="one key")
        assert (reply.status, reply.replayed) == (201, False)


@pytest.mark.parametrize("route", [route for route in TABLE if route[2] in ("api", "signedIn")],
                         ids=lambda route: f"{route[0]} {route[1]}")
def test_nobody_gets_in_and_no_list_shows_the_other_workspace(running, world, route):
    method, path, policy = route
    path = path.replace(":id", world.ids.get(KINDS.get((method, path)), world.theirs.id)) if ":" in path else path
    with lib.nothing_changes(running):
        for headers in ({}, {"Authorization": "Bearer x"}, {"Cookie": "workestra_session=" + "x" * 43}):
            reply = lib.Client(running.port).call(method, path, None if method == "GET" else {}, headers=headers)
            assert reply.status in ((401,) if policy == "api" else (303, 401, 403)), (reply.status, reply.text[:200])
            assert reply.status != 303 or reply.headers["location"].startswith("/sign-in")
        # A key says nothing to pages, and a session says nothing to the API.
        wrong = "owner's session" if policy == "api" else "owner's key"
        assert world.callers[wrong].call(method, path, None if method == "GET" else {}).status in (401, 303, 403)
    if method == "GET":
        right = "owner's key" if policy == "api" else "owner's session"
        assert "Backwater" not in world.callers[right].call("GET", path).text


def test_the_other_workspace_does_see_its_own(running, world):
    """The control of the marker: whoever belongs there finds it everywhere."""
    caller = lib.Client(running.port, key=world.theirs.owner.key)
    for path in ("/api/v1/links", "/api/v1/bookings", "/api/v1/keys", "/api/v1/me"):
        assert "Backwater" in caller.call("GET", path).text, path
