"""Single-use links in the matrix of ids."""
import lib

# As in test_matrix.py.
OWN = {
    ("GET", "/api/v1/single-use-links/:id"): ("given", None),
    ("DELETE", "/api/v1/single-use-links/:id"): ("given", None),
    ("GET", "/calendar/single-use/:id"): ("given", None),
    ("POST", "/calendar/single-use/:id/mail"): ("given", {"mails": "0"}),
    ("POST", "/calendar/single-use/:id/withdrawal"): ("given", {}),
}
OPEN = {
    **{f"/single-use/:single{end}": "a capability"
       for end in ("", "/holds", "/holds/extension", "/times", "/details", "/bookings", "/booked")},
    **{f"/api/v1/public/single-use/:token{end}": "a capability" for end in ("", "/slots", "/bookings")},
}


def made(running, place, link: str | None = None, **more) -> dict:
    """One of that link, or of a new one, as the API tells it once."""
    link = link or lib.make_link(running, place, title=f"{place.name} given")["id"]
    reply = lib.Client(running.port, key=place.owner.key).call("POST", "/api/v1/single-use-links", {
        "linkId": link, "name": f"{place.name} contact", "email": "contact@example.com"} | more)
    assert reply.status == 201, reply.text
    return reply.json


def make(running, place) -> str:
    return made(running, place)["id"]
