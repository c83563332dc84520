"""Sign-up sheets in the matrix of ids."""
import lib
from matrix_one_offs import at

# As in test_matrix.py.
OWN = {
    ("GET", "/api/v1/sheets/:id"): ("sheet", None),
    ("DELETE", "/api/v1/sheets/:id"): ("sheet", None),
    ("GET", "/calendar/sheets/:id"): ("sheet", None),
    ("GET", "/calendar/sheets/:id/sign-ups.csv"): ("sheet", None),
    **{("POST", f"/calendar/sheets/:id/{deed}"): ("sheet", {}) for deed in ("closing", "reopening", "deletion")},
}
OPEN = {
    **{f"/sheet/:token{end}": "a capability" for end in ("", "/sign-ups")},
    **{f"/api/v1/public/sheets/:token{end}": "a capability" for end in ("", "/sign-ups")},
}
made_so_far = 0


def wish(starts: list[str], minutes: int = 30, places: int = 1, **more) -> dict:
    return {"title": "Parents' evening", "timezone": "Europe/Lisbon",
            "times": [{"start": start, "durationMinutes": minutes, "places": places} for start in starts]} | more


def make(running, place) -> str:
    global made_so_far
    made_so_far += 1
    reply = lib.Client(running.port, key=place.owner.key).call("POST", "/api/v1/sheets", wish(
        [at(running, 140 + made_so_far)], title=f"{place.name} sheet"))
    assert reply.status == 201, reply.text
    return reply.json["id"]
