"""Files as answers in the table of the matrix."""

OWN = {("GET", "/calendar/bookings/:id/files/:question"): ("booking", None)}
OPEN = {"/api/v1/public/links/:slug/uploads": "a public name", "/booking/:token/files/:question": "a capability"}
