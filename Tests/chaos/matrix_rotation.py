"""Links of several hosts in the matrix of ids: their reports, and bookings given to another host."""

# As in test_matrix.py.
OWN = {
    ("GET", "/calendar/bookings/:id/reassignment"): ("booking", None),
    ("POST", "/calendar/bookings/:id/reassignment"): ("booking", {"host": "next"}),
    ("POST", "/api/v1/bookings/:id/reassignment"): ("booking", {}),
    ("GET", "/settings/booking-links/:id/distribution"): ("link", None),
    ("GET", "/api/v1/links/:id/distribution"): ("link", None),
}


def crew(place) -> dict:
    """What makes a link of the place one whose hosts take turns: its owner, and those who have no key."""
    hosts = [{"userId": person.id} for person in place.people if person is place.owner or person.key is None]
    return {"kind": "round_robin", "hosts": hosts, "rotation": {"movesReassign": True}}
