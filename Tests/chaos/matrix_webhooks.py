"""Webhooks in the matrix of ids: which routes name one, and how one is made."""
import lib

# For admins only, as in test_matrix.py; a delivery is asked for under the webhook it belongs to.
ADMIN = {
    ("GET", "/settings/webhooks/:id"): ("webhook", None),
    ("POST", "/settings/webhooks/:id"): (
        "webhook", {"url": "http://127.0.0.1/changed", "events": "booking.no_show", "active": "on"}),
    ("POST", "/settings/webhooks/:id/deletion"): ("webhook", {}),
    ("POST", "/settings/webhooks/:id/rotation"): ("webhook", {}),
    ("POST", "/settings/webhooks/:id/test"): ("webhook", {}),
    ("GET", "/settings/webhooks/:id/deliveries/:delivery"): ("webhook", None),
    ("POST", "/settings/webhooks/:id/deliveries/:delivery/resend"): ("webhook", {}),
    ("GET", "/api/v1/webhooks/:id"): ("webhook", None),
    ("PATCH", "/api/v1/webhooks/:id"): ("webhook", {"description": "Changed by a stranger"}),
    ("DELETE", "/api/v1/webhooks/:id"): ("webhook", None),
    ("POST", "/api/v1/webhooks/:id/rotation"): ("webhook", {}),
    ("POST", "/api/v1/webhooks/:id/test"): ("webhook", {}),
    ("GET", "/api/v1/webhooks/:id/deliveries"): ("webhook", None),
    ("GET", "/api/v1/webhooks/:id/deliveries/:delivery"): ("webhook", None),
    ("POST", "/api/v1/webhooks/:id/deliveries/:delivery/resend"): ("webhook", {}),
}


def make(running, place: lib.Place) -> str:
    """Told only of no-shows, which these tests never make: nothing is called while they wait for jobs to end."""
    caller = lib.Client(running.port, key=place.owner.key)
    return caller.call("POST", "/api/v1/webhooks", {
        "url": "http://127.0.0.1/backwater", "description": f"{place.name} hook", "events": ["booking.no_show"],
    }).json["id"]


def with_delivery(running, place: lib.Place, path: str, webhook: str) -> str:
    """The path with a real delivery of that webhook in it; a test is tried once, whatever this machine answers."""
    if ":delivery" not in path:
        return path
    caller = lib.Client(running.port, key=place.owner.key)
    return path.replace(":delivery", caller.call("POST", f"/api/v1/webhooks/{webhook}/test").json["id"])
