"""What a guest's own address opens, in the matrix of ids."""

# As in test_matrix.py.
OPEN = {f"/booking/guest/:token{end}": "a capability" for end in ("", "/decline")}
