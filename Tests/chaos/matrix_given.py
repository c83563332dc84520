"""Ids of another workspace in bodies and queries, where one of one's own is wanted."""
import matrix_offers
import matrix_polls


def person(world) -> str:
    return world.theirs.owner.id


def schedule(world) -> str:
    return world.running.rows("SELECT id FROM schedule WHERE workspace = ?", world.theirs.id)[0]["id"]


def cursor(world) -> str:
    return f"1800000000-{world.ids['booking']}"


def offer(world) -> str:
    return matrix_offers.keep(world.running, world.theirs, world.ids["link"])["id"]


def polled(table: str):
    """The id of an option or a voter of the other workspace, for a poll of one's own."""
    def find(world) -> str:
        if not getattr(world, "own_poll", None):
            world.own_poll = world.make("poll", world.ours)
        return matrix_polls.of(world.running, table, world.ids["poll"])
    return find


def known(kind: str):
    """The id of what the other workspace has of that kind."""
    return lambda world: world.ids[kind]


NEW = {"title": "Mine", "durationMinutes": [30]}
DAYS = {"kind": "out_of_office", "from": "2029-02-01", "to": "2029-02-02"}
CONTACT = {"name": "A contact", "email": "contact@example.com"}
HAND_OVER = "/api/v1/members/OWNER/hand-over"
# Method, path, body, and how the id is found; `ID` is in its place, `LINK` and `OWNER` are one's own.
GIVEN = {
    "host of a new link": ("POST", "/api/v1/links", NEW | {"hosts": [{"userId": "ID"}]}, person),
    "schedule of a new link": ("POST", "/api/v1/links", NEW | {"scheduleId": "ID"}, schedule),
    "host of a changed link": ("PATCH", "/api/v1/links/LINK", {"hosts": [{"userId": "ID"}]}, person),
    "schedule of a changed link": ("PATCH", "/api/v1/links/LINK", {"scheduleId": "ID"}, schedule),
    "bookings of a link": ("GET", "/api/v1/bookings?link=ID", None, known("link")),
    "bookings of a host": ("GET", "/api/v1/bookings?host=ID", None, person),
    "busy time of a host": (
        "GET", "/api/v1/busy?host=ID&from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z", None, person),
    "bookings after one": ("GET", "/api/v1/bookings?cursor=ID", None, cursor),
    "links after one": ("GET", "/api/v1/links?cursor=ID", None, known("link")),
    "keys after one": ("GET", "/api/v1/keys?cursor=ID", None, known("key")),
    "schedules after one": ("GET", "/api/v1/schedules?cursor=ID", None, known("schedule")),
    "days away after one": ("GET", "/api/v1/time-off?cursor=ID", None, known("time_away")),
    "offers after one": ("GET", "/api/v1/links/LINK/offers?cursor=ID", None, offer),
    "person of a new schedule": (
        "POST", "/api/v1/schedules", {"name": "Mine", "timezone": "UTC", "user": "ID"}, person),
    "person of days away": ("POST", "/api/v1/time-off", DAYS | {"user": "ID"}, person),
    "who can help meanwhile": ("POST", "/api/v1/time-off", DAYS | {"redirectTo": "ID"}, person),
    "whose day out": ("GET", "/api/v1/out-today?user=ID", None, person),
    "who is out": ("POST", "/api/v1/out-today", {"user": "ID", "closes": False}, person),
    "who is out, closing the day": ("POST", "/api/v1/out-today", {"user": "ID"}, person),
    "forms after one": ("GET", "/api/v1/routing-forms?cursor=ID", None, known("form")),
    "link of a form": ("POST", "/api/v1/routing-forms", {
        "title": "Mine", "routes": [{"action": {"kind": "link", "linkId": "ID"}}]}, known("link")),
    "person of a form": ("POST", "/api/v1/routing-forms", {
        "title": "Mine", "fallback": {"kind": "member", "userId": "ID"}}, person),
    "link of a single-use link": ("POST", "/api/v1/single-use-links", CONTACT | {"linkId": "ID"}, known("link")),
    "host of a single-use link": (
        "POST", "/api/v1/single-use-links", CONTACT | {"linkId": "LINK", "hostId": "ID"}, person),
    "single-use links after one": ("GET", "/api/v1/single-use-links?cursor=ID", None, known("given")),
    "one-offs after one": ("GET", "/api/v1/one-offs?cursor=ID", None, known("one_off")),
    "sheets after one": ("GET", "/api/v1/sheets?cursor=ID", None, known("sheet")),
    "option of a poll": ("POST", "/api/v1/polls/POLL/finalization", {"optionId": "ID"}, polled("poll_option")),
    "voter of a poll": ("POST", "/api/v1/polls/POLL/finalization", {
        "optionId": "OPTION", "voterIds": ["ID"]}, polled("poll_voter")),
    "polls after one": ("GET", "/api/v1/polls?cursor=ID", None, known("poll")),
    "link handed over": ("POST", HAND_OVER, {"links": [{"id": "ID", "deed": "off"}]}, known("link")),
    "booking handed over": ("POST", HAND_OVER, {"bookings": [{"id": "ID", "deed": "cancel"}]}, known("booking")),
    "heir of a link": ("POST", HAND_OVER, {"links": [{"id": "LINK", "deed": "give", "to": "ID"}]}, person),
    "meeting of a day out": ("POST", "/api/v1/out-today", {
        "closes": False, "meetings": [{"bookingId": "ID", "deed": "cancel"}]}, known("booking")),
}


def filled(world, body, identifier: str):
    """The body with all ids in their places."""
    own = {"ID": identifier, "LINK": world.our_link["id"], "OWNER": world.ours.owner.id}
    if getattr(world, "own_poll", None):
        own["OPTION"] = matrix_polls.of(world.running, "poll_option", world.own_poll)
    if isinstance(body, dict):
        return {field: filled(world, value, identifier) for field, value in body.items()}
    if isinstance(body, list):
        return [filled(world, value, identifier) for value in body]
    return own.get(body, body) if isinstance(body, str) else body


def path(world, path: str, identifier: str) -> str:
    """The same of a path."""
    path = path.replace("=ID", f"={identifier}").replace("/LINK", f"/{world.our_link['id']}")
    path = path.replace("/POLL", f"/{getattr(world, 'own_poll', '')}")
    return path.replace("/OWNER", f"/{world.ours.owner.id}")
