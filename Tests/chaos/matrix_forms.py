"""Routing forms in the matrix of ids: whoever makes links makes forms, admins change everybody's."""
import lib

# As in test_matrix.py.
OWN = {
    ("GET", "/api/v1/routing-forms/:id"): ("form", None),
    ("PATCH", "/api/v1/routing-forms/:id"): ("form", {"title": "Changed by a stranger"}),
    ("DELETE", "/api/v1/routing-forms/:id"): ("form", None),
    ("GET", "/api/v1/routing-forms/:id/responses"): ("form", None),
    ("GET", "/settings/routing-forms/:id"): ("form", None),
    ("POST", "/settings/routing-forms/:id"): ("form", {"title": "Changed by a stranger"}),
    **{("GET", f"/settings/routing-forms/:id/{what}"): ("form", None)
       for what in ("routes", "test", "responses", "responses.csv", "embed")},
    ("POST", "/settings/routing-forms/:id/routes"): ("form", {
        "fallback.kind": "message", "fallback.heading": "Changed by a stranger"}),
    ("POST", "/settings/routing-forms/:id/test"): ("form", {}),
    ("POST", "/settings/routing-forms/:id/samples"): ("form", {"drop": "0"}),
    ("POST", "/settings/routing-forms/:id/deletion"): ("form", {}),
    ("POST", "/settings/routing-forms/:id/responses/:response/route"): ("form", {
        "linkId": "lnk_0000000005o010000000000000"}),
}
OPEN = {
    **{f"/form/:id{end}": "a public name" for end in ("", "/responses", "/sent/:response")},
    **{f"/api/v1/public/routing-forms/:id{end}": "a public name" for end in ("", "/responses")},
}

def make(running, place, **more) -> str:
    caller = lib.Client(running.port, key=place.owner.key)
    return caller.call("POST", "/api/v1/routing-forms", {"title": f"{place.name} form"} | more).json["id"]


def with_response(running, place, path: str, body, form: str) -> tuple:
    """Path and body of a call that leads a response elsewhere."""
    if ":response" not in path:
        return path, body
    reply = lib.Client(running.port).call("POST", f"/api/v1/public/routing-forms/{form}/responses", {"answers": {}})
    return path.replace(":response", reply.json["id"]), {"linkId": lib.make_link(running, place)["id"]}
