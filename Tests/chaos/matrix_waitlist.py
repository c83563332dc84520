"""Waitlists in the matrix of ids."""
import datetime

import lib

# As in test_matrix.py.
OWN = {
    ("GET", "/api/v1/links/:id/waitlist"): ("link", None),
    ("DELETE", "/api/v1/waitlist/:id"): ("waiting", None),
    ("GET", "/settings/booking-links/:id/waitlist"): ("link", None),
    ("POST", "/calendar/waitlist/:id/removal"): ("waiting", {}),
    ("POST", "/calendar/waitlist/:id/offer"): ("waiting", {}),
}
OPEN = {
    "/book/:slug/waitlist": "a public name", "/api/v1/public/links/:slug/waitlist": "a public name",
    "/book/waitlist/:token": "a capability",
    **{f"/book/waitlist/:token/{what}": "a capability" for what in ("taking", "refusal", "leaving")},
}
# Nothing is free that could be offered.
IN_VAIN = ("/waitlist/:id/offer",)


def date(start: str) -> str:
    """The day of a start, where the places of the tests are."""
    return datetime.datetime.fromisoformat(start).date().isoformat()


def join(running, link: dict, start: str, email: str, *, name: str = "Waiting", **more) -> lib.Reply:
    """Somebody waits for any time of the day of that start."""
    attendee = {"name": name, "email": email}
    return lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/waitlist", {
        "day": date(start), "timezone": lib.ZONE, "attendee": attendee} | more)


def make(running, place) -> str:
    """Somebody who waits for a full day of a link of its own, and their id."""
    link = lib.make_link(running, place, title=f"{place.name} waitlist", waitlist=True,
                         limits=[{"scope": "link", "per": "day", "count": 1}])
    start = lib.free_starts(running, link["slug"], days_ahead=20)[0]
    reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(
        start, f"{place.name.lower()}@example.com", name=f"{place.name} guest"))
    assert reply.status == 201, reply.text
    reply = join(running, link, start, f"{place.name.lower()}-waits@example.com", name=f"{place.name} waits")
    assert reply.status == 202, reply.text
    return running.rows("SELECT id FROM waitlist_entry WHERE link = ?", link["id"])[0]["id"]
