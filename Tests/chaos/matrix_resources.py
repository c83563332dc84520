"""Rooms and devices in the matrix of ids: admins change them, every member may read them."""
import itertools

import lib

# As in test_matrix.py.
ADMIN = {
    ("GET", "/calendar/admin/resources/:id"): ("resource", None),
    ("POST", "/calendar/admin/resources/:id"): ("resource", {"name": "Changed by a stranger"}),
    ("POST", "/calendar/admin/resources/:id/deletion"): ("resource", {}),
    ("PATCH", "/api/v1/resources/:id"): ("resource", {"place": "Changed by a stranger"}),
    ("DELETE", "/api/v1/resources/:id"): ("resource", None),
}
SHARED = {("GET", "/api/v1/resources/:id"): ("resource", None)}

_numbers = itertools.count(1)


def make(running, place) -> str:
    caller = lib.Client(running.port, key=place.owner.key)
    return caller.call("POST", "/api/v1/resources", {"name": f"{place.name} room {next(_numbers)}"}).json["id"]
