"""Decisions in the matrix of ids: of a booking that waits for nobody they are refused, by its own people too."""

# As in test_matrix.py.
OWN = {
    ("POST", "/calendar/bookings/:id/approval"): ("booking", {"decision": "approve"}),
    ("POST", "/api/v1/bookings/:id/approval"): ("booking", {"approved": True}),
}
WAITING = {path for _, path in OWN}
