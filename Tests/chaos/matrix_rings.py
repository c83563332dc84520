"""Calls in the matrix of ids: one rings for a minute, for the hosts of its link alone."""
import re

import lib

# As in test_matrix.py.
OWN = {
    # Before the other one: whoever accepts is in a meeting then, and nothing rings for them.
    ("POST", "/calendar/rings/:id/pass"): ("ring", {}),
    ("POST", "/calendar/rings/:id/acceptance"): ("ring", {}),
}
OPEN = {
    "/book/:slug/now": "a public name", "/book/:slug/rings": "a public name",
    **{f"/book/:slug/rings/:token{end}": "a capability" for end in ("", "/cancellation", "/message")},
}


def make(running, place) -> str:
    """A call on a link of the owner's alone, at whatever hour; they have no other meeting for five minutes."""
    link = lib.make_link(running, place, title=f"{place.name} now", kind="instant", durationMinutes=[5],
                         hours={day: [["00:00", "24:00"]] for day in lib.WEEK},
                         hosts=[{"userId": place.owner.id, "role": "rotating"}])
    caller = lib.Client(running.port)
    form = re.search(r'name="form" value="([^"]+)"', caller.call("GET", f"/book/{link['slug']}/now").text)[1]
    caller.form(f"/book/{link['slug']}/rings", {
        "form": form, "attendee.name": f"{place.name} caller", "attendee.email": "caller@example.com",
        "timezone": "UTC"})
    return running.rows("SELECT id FROM ring WHERE link = ?", link["id"])[0]["id"]
