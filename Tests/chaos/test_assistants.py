"""An assistant asked by every route with ids: what is the assisted person's to change is theirs, too, until they are
stopped; accounts, keys and assistants of others never are."""
import pytest

import lib
import matrix_approval
import matrix_assistants
import matrix_offers
import matrix_seats
import matrix_series
import matrix_waitlist
from test_matrix import OWN, World, never_was, same

# What belongs to somebody's account, and not to their calendar.
CLOSED = {"assisted", "key", "session"}
# For admins, whoever made it.
ADMINS = {"webhook", "template", "resource"}


class Office(World):
    """The member of the first workspace is the assistant of all others there, who host what is made."""

    def __init__(self, running):
        super().__init__(running)
        self.owner, self.assistant, self.other = self.ours.people
        self.begin()

    def begin(self):
        for person in (self.owner, self.other):
            matrix_assistants.name(self.running, self.ours, self.assistant.id, person.id)

    def stop(self):
        for person in (self.owner, self.other):
            reply = lib.Client(self.running.port, key=self.owner.key).call(
                "DELETE", f"/api/v1/members/{person.id}/assistants/{self.assistant.id}")
            assert reply.status == 204, reply.text


@pytest.fixture(scope="module")
def office(running):
    return Office(running)


def asked(running, office, route) -> tuple[lib.Reply, str]:
    """The assistant's answer about a new thing of the owner's, and its id."""
    (method, path), (kind, body) = route, OWN[route]
    made = office.make(kind, office.ours)
    lib.settle(running)
    if path.endswith("/reschedule"):
        slug = matrix_seats.slug(running, made, office.our_link)
        body = body | {"start": lib.free_starts(running, slug, days_ahead=9)[5]}
    if route == ("POST", "/settings/booking-links/:id"):
        body = {"title": ""}
    if path.startswith("/calendar/schedules/away"):
        # The page of days away is about one person, and says whose.
        body = {"of": office.owner.id}
    path, body = matrix_offers.fitted(running, office.ours, method, path, body, made)
    who = "member's key" if path.startswith("/api/") else "member's session"
    return office.ask(who, method, path.replace(":id", made), body), made


ROUTES = {route: kind for route, (kind, _) in OWN.items() if kind not in ADMINS}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: " ".join(route))
def test_an_assistant_does_what_the_assisted_person_may(running, office, route):
    reply, made = asked(running, office, route)
    method, path = route
    if ROUTES[route] in CLOSED or path.startswith("/calendar/rings/"):
        assert reply.status == 404, reply.text[:300]
        return
    # A meeting that has not begun knows no no-show, the other host may be busy, a link needs a title.
    refused = "/no-show" in path or path in matrix_approval.WAITING or path.endswith(matrix_waitlist.IN_VAIN)
    wanted = (409,) if refused else (200, 201, 202, 204, 303) + (409,) * path.endswith(matrix_series.BUSY)
    wanted = (422,) if route == ("POST", "/settings/booking-links/:id") else wanted
    assert reply.status in wanted, (reply.status, reply.text[:500])
    lib.settle(running)


def test_an_assistant_is_stopped_with_the_next_request(running, office):
    kinds = {kind: office.make(kind, office.ours) for kind in ("link", "booking", "schedule", "group")}
    lib.settle(running)
    paths = [path.replace(":id", kinds[kind]) for (method, path), (kind, _) in OWN.items()
             if method == "GET" and kind in kinds and path.startswith("/api/") and "distribution" not in path]
    caller = office.callers["member's key"]
    assert paths and {caller.call("GET", path).status for path in paths} <= {200, 404}
    link = f"/api/v1/links/{kinds['link']}"
    assert caller.call("GET", link).status == 200
    office.stop()
    try:
        with lib.nothing_changes(running):
            for path in paths:
                assert caller.call("GET", path).status == 404, path
            told = caller.call("PATCH", link, {"title": "Too late"})
            control = caller.call("PATCH", f"/api/v1/links/{never_was(kinds['link'])}", {"title": "Too late"})
            assert told.status == 404 and same(told, kinds["link"]) == same(control, never_was(kinds["link"]))
    finally:
        office.begin()


def test_keys_profile_and_workspace_stay_closed(running, office):
    caller, session = office.callers["member's key"], office.callers["member's session"]
    keys = {row["id"] for row in caller.call("GET", "/api/v1/keys").json["data"]}
    owners = {row["id"] for row in running.rows("SELECT id FROM api_key WHERE account = ?", office.owner.id)}
    assert keys and owners and not keys & owners
    assert caller.call("GET", "/api/v1/me").json["id"] == office.assistant.id
    for path in ("/settings/workspace", "/settings/webhooks", "/calendar/admin/members", "/calendar/admin/audit"):
        assert session.call("GET", path).status == 403, path
    assert caller.call("GET", "/api/v1/webhooks").status == 403
