"""Webhooks in the matrix of ids: which routes name one, and how one is made."""
import lib

# For admins only, as in test_matrix.py; a delivery is asked for under the webhook it belongs to.
ADMIN = {
    ("GET", "/settings/webhooks/:id"): ("webhook", None),
    ("POST", "/settings/webhooks/:id"): ("webhook", {"url": "https://changed.example/", "events": "booking.created"}),
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
    """Off: this machine's closed ports must not be called while the tests wait for jobs to end."""
    caller = lib.Client(running.port, key=place.owner.key)
    return caller.call("POST", "/api/v1/webhooks", {
        "url": "http://127.0.0.1/backwater", "description": f"{place.name} hook", "active": False,
        "events": ["booking.created"]}).json["id"]
