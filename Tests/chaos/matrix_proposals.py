"""What hosts do after a booking, in the matrix of ids: asking for another time, offering times, handing over."""

# As in test_matrix.py.
OWN = {
    ("POST", "/calendar/bookings/:id/confirmation"): ("booking", {}),
    ("GET", "/calendar/bookings/:id/proposal"): ("booking", None),
    ("POST", "/calendar/bookings/:id/proposal"): ("booking", {"more": "1"}),
    ("POST", "/calendar/bookings/:id/proposal/times"): ("booking", {"start": "1800000000"}),
    ("POST", "/calendar/bookings/:id/proposal/withdrawal"): ("booking", {}),
    ("GET", "/calendar/bookings/:id/rebook"): ("booking", None),
    ("POST", "/calendar/bookings/:id/rebook"): ("booking", {"until": "kept"}),
    ("POST", "/api/v1/bookings/:id/proposal"): ("booking", {}),
    ("GET", "/settings/booking-links/:id/offer"): ("link", None),
    ("POST", "/settings/booking-links/:id/offer/times"): ("link", {"start": "1893999600"}),
    ("DELETE", "/api/v1/bookings/:id/proposal"): ("booking", None),
}
ADMIN = {
    ("GET", "/calendar/admin/members/:id/hand-over"): ("member", None),
    ("POST", "/calendar/admin/members/:id/hand-over"): ("member", {"message": "a stranger"}),
}
OPEN = {"/booking/:token/proposal": "a capability", "/api/v1/public/bookings/:token/proposal": "a capability"}
