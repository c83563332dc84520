"""Links of several hosts in the matrix of ids: their reports, and bookings given to another host."""

# As in test_matrix.py.
OWN = {
    ("GET", "/calendar/bookings/:id/reassignment"): ("booking", None),
    ("POST", "/calendar/bookings/:id/reassignment"): ("booking", {"host": "next"}),
    ("POST", "/api/v1/bookings/:id/reassignment"): ("booking", {}),
    ("GET", "/settings/booking-links/:id/distribution"): ("link", None),
    ("GET", "/api/v1/links/:id/distribution"): ("link", None),
}
