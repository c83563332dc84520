"""Templates of links in the matrix of ids: for admins only."""
import lib

# As in test_matrix.py; a template's id is its link's.
ADMIN = {
    ("GET", "/calendar/admin/managed-links/:id"): ("template", None),
    ("POST", "/calendar/admin/managed-links/:id"): ("template", {"newMembers": "on"}),
    ("POST", "/calendar/admin/managed-links/:id/deletion"): ("template", {}),
    ("GET", "/api/v1/link-templates/:id"): ("template", None),
    ("PATCH", "/api/v1/link-templates/:id"): ("template", {"newMembers": True}),
    ("DELETE", "/api/v1/link-templates/:id"): ("template", None),
}


def make(running, place) -> str:
    link = lib.make_link(running, place, title=f"{place.name} template")
    caller = lib.Client(running.port, key=place.owner.key)
    reply = caller.call("POST", "/api/v1/link-templates", {"linkId": link["id"], "userIds": [place.owner.id]})
    assert reply.status == 201, reply.text
    return link["id"]
