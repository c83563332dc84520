"""Series in the matrix of ids: the id is that of one of their bookings."""
import itertools

import lib

# As in test_matrix.py.
OWN = {
    ("GET", "/calendar/bookings/:id/series"): ("series", None),
    ("POST", "/calendar/bookings/:id/series/cancellation"): ("series", {"part": "all"}),
    ("POST", "/calendar/bookings/:id/series/reschedule"): ("series", {"part": "all", "start": "1830000000"}),
    ("GET", "/api/v1/bookings/:id/series"): ("series", None),
    ("POST", "/api/v1/bookings/:id/series/cancellation"): ("series", {"part": "later"}),
    ("POST", "/api/v1/bookings/:id/series/reschedule"): ("series", {"part": "all", "start": "2028-01-01T10:00:00Z"}),
}
OPEN = {
    "/api/v1/public/links/:slug/occurrences": "a public name",
    **{f"/api/v1/public/bookings/:token/series{end}": "a capability" for end in ("", "/cancel", "/reschedule")},
    **{f"/booking/:token/series{end}": "a capability" for end in ("", "/cancellation", "/reschedule")},
}

# Where another host, or another meeting, may be in the way.
BUSY = ("/reassignment", "/series/reschedule")

_numbers = itertools.count(1)


def make(running, place) -> str:
    """A series of two in the place; the id of its first booking."""
    number = next(_numbers)
    link = lib.make_link(running, place, title=f"{place.name} course", recurring={"everyWeeks": 1, "count": 2})
    start = lib.free_starts(running, link["slug"], days=6)[0]
    reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(
        start, f"{place.name.lower()}-series{number}@example.com", name=f"{place.name} guest")
        | {"recurrence": {"count": 2}})
    assert reply.status == 201, reply.text
    return reply.json["id"]
