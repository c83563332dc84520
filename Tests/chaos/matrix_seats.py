"""Sessions of seats in the matrix of ids."""
import lib

# As in test_matrix.py.
OWN = {
    ("GET", "/api/v1/sessions/:id"): ("group", None),
    ("POST", "/api/v1/sessions/:id/cancellation"): ("group", {"reason": "a stranger"}),
    ("POST", "/api/v1/sessions/:id/reschedule"): ("group", {"start": "2027-01-01T10:00:00Z"}),
    ("GET", "/calendar/sessions/:id"): ("group", None),
    ("POST", "/calendar/sessions/:id/cancellation"): ("group", {"reason": "a stranger"}),
    ("GET", "/calendar/sessions/:id/move"): ("group", None),
    ("POST", "/calendar/sessions/:id/move"): ("group", {"start": "1800000000"}),
    ("POST", "/calendar/sessions/:id/reschedule"): ("group", {"start": "1800000000"}),
}


def make(running, place) -> str:
    """A fresh session in the place, of a link of its own, and its id."""
    link = lib.make_link(running, place, title=f"{place.name} group", kind="group", capacity=3)
    start = lib.free_starts(running, link["slug"], days=6)[0]
    reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(
        start, f"{place.name.lower()}@example.com", name=f"{place.name} guest"))
    return reply.json["session"]


def slug(running, session: str, otherwise: dict) -> str:
    """Of the link a session belongs to; of another link for an id of something else."""
    rows = running.rows("SELECT l.slug FROM seat_session s JOIN link l ON l.id = s.link WHERE s.id = ?", session)
    return (rows[0] if rows else otherwise)["slug"]
