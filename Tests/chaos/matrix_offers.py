"""Kept offers and hand-overs in the matrix of ids."""
import datetime

import lib
import matrix_files
import matrix_forms
import matrix_polls
import matrix_webhooks

# As in test_matrix.py.
OWN = {
    ("GET", "/api/v1/links/:id/offers"): ("link", None),
    ("POST", "/api/v1/links/:id/offers"): ("link", {
        "starts": ["2027-01-04T10:00:00Z"], "until": "2027-01-01T10:00:00Z", "timezone": "UTC"}),
    ("GET", "/api/v1/links/:id/offers/:offer"): ("link", None),
    ("DELETE", "/api/v1/links/:id/offers/:offer"): ("link", None),
    ("POST", "/settings/booking-links/:id/offers"): ("link", {"days": "3", "starts": "1800000000"}),
    ("GET", "/settings/booking-links/:id/offers/:offer"): ("link", None),
    ("POST", "/settings/booking-links/:id/offers/:offer/release"): ("link", {}),
}
ADMIN = {
    ("GET", "/api/v1/members/:id/hand-over"): ("member", None),
    ("POST", "/api/v1/members/:id/hand-over"): ("member", {"message": "a stranger"}),
}


def offered(running, place, link: str) -> dict:
    """What keeps the first free time of a link for a day."""
    [slug] = running.rows("SELECT slug FROM link WHERE id = ?", link)
    start = lib.free_starts(running, slug["slug"], days_ahead=9)[0]
    until = datetime.datetime.fromtimestamp(running.clock.now(), datetime.timezone.utc) + datetime.timedelta(days=1)
    return {"starts": [start], "until": until.strftime("%Y-%m-%dT%H:%M:%SZ"), "timezone": "UTC"}


def keep(running, place, link: str) -> dict:
    """An offer of that link, as the API tells it."""
    reply = lib.Client(running.port, key=place.owner.key).call(
        "POST", f"/api/v1/links/{link}/offers", offered(running, place, link))
    assert reply.status == 201, reply.text
    return reply.json


def fitted(running, place, method: str, path: str, body, mine: str) -> tuple:
    """Path and body of a call that works: with a delivery, an offer or a response that is there, and a free time."""
    path, body = matrix_forms.with_response(running, place, path, body, mine)
    if path.endswith("/finalization"):
        return path, matrix_polls.decision(running, mine, path)
    if path.startswith("/calendar/polls/") and path.endswith("/removal"):
        return path, {"voterId": matrix_polls.of(running, "poll_voter", mine)}
    if path.endswith(("/:voter", "/:option")):
        return matrix_polls.of_part(running, mine, path), body
    if matrix_files.FILE in path:
        return matrix_files.fetched(running, place, path), body
    if ":offer" in path:
        return path.replace(":offer", keep(running, place, mine)["id"]), body
    if method == "POST" and path.endswith("/offers"):
        wish = offered(running, place, mine)
        return path, wish if path.startswith("/api/") else body | {"starts": str(lib.seconds(wish["starts"][0]))}
    return matrix_webhooks.with_delivery(running, place, path, mine), body
