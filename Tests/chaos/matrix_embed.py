"""What other websites show of ours, in the matrix of ids."""

# As in test_matrix.py.
OWN = {("GET", "/settings/booking-links/:id/embed"): ("link", None)}
OPEN = {"/book/:slug/booked": "a public name", "/packages/:file": "a file of the program"}
