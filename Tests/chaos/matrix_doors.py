"""The doors of public pages in the matrix of ids: teams as strangers see them, codes, and who is blocked."""
import re

import lib

# As in test_matrix.py.
OWN = {
    ("GET", "/calendar/bookings/:id/spam"): ("booking", None),
    ("POST", "/calendar/bookings/:id/spam"): ("booking", {"who": "address"}),
    ("POST", "/calendar/blocked/:id/removal"): ("block", {}),
}
OPEN = {
    "/team/:slug": "a public name", "/api/v1/public/teams/:slug": "a public name",
    "/api/v1/public/links/:slug/email-codes": "a public name",
    **{f"/booking/guest/:token{end}": "a capability" for end in ("", "/decline")},
}


def make_block(running, place, booking: str) -> str:
    """The owner turns away whoever made the booking; the id of that."""
    owner = place.owner.sign_in(running.port)
    csrf = re.search(r'name="csrf" value="([^"]+)"', owner.call("GET", "/calendar/event-types").text)[1]
    assert owner.form(f"/calendar/bookings/{booking}/spam", {"who": "address", "csrf": csrf}).status == 303
    return running.rows("SELECT id FROM block WHERE workspace = ? ORDER BY created_at DESC, id DESC", place.id)[0]["id"]
