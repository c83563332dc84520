"""Polls in the matrix of ids."""
import lib
from matrix_one_offs import at

# As in test_matrix.py.
DECISION = {"optionId": "opt_0000000005o010000000000000"}
OWN = {
    ("GET", "/api/v1/polls/:id"): ("poll", None),
    ("DELETE", "/api/v1/polls/:id"): ("poll", None),
    ("POST", "/api/v1/polls/:id/finalization"): ("poll", DECISION),
    **{("DELETE", f"/api/v1/polls/:id/{part}"): ("poll", None) for part in ("options/:option", "voters/:voter")},
    ("POST", "/api/v1/polls/:id/closing"): ("poll", None),
    ("POST", "/api/v1/polls/:id/reopening"): ("poll", {}),
    ("GET", "/calendar/polls/:id"): ("poll", None),
    ("POST", "/calendar/polls/:id/finalization"): ("poll", DECISION),
    **{("POST", f"/calendar/polls/:id/{deed}"): ("poll", {})
       for deed in ("closing", "reopening", "deletion", "removal")},
}
OPEN = {
    **{f"/poll/:token{end}": "a capability" for end in ("", "/votes", "/options")},
    **{f"/api/v1/public/polls/:token{end}": "a capability" for end in ("", "/votes", "/options")},
}
made_so_far = 0


def wish(starts: list[str], minutes: int = 30, **more) -> dict:
    return {"title": "Steering group", "timezone": "Europe/Lisbon",
            "times": [{"start": start, "durationMinutes": minutes} for start in starts]} | more


def make(running, place) -> str:
    global made_so_far
    made_so_far += 1
    reply = lib.Client(running.port, key=place.owner.key).call("POST", "/api/v1/polls", wish(
        [at(running, days + made_so_far) for days in (80, 180)], title=f"{place.name} poll",
        invited=[f"{place.name}-asked@example.com"]))
    assert reply.status == 201, reply.text
    return reply.json["id"]


def of(running, table: str, poll: str) -> str:
    """The id of an option or a voter of the poll."""
    return running.rows(f"SELECT id FROM {table} WHERE poll = ?", poll)[0]["id"]


def decision(running, poll: str, path: str) -> dict:
    """What makes its option a meeting with who was asked, as JSON or as a form."""
    voter = of(running, "poll_voter", poll)
    return {"optionId": of(running, "poll_option", poll), "voterIds": [voter] if path.startswith("/api/") else voter}


def of_part(running, poll: str, path: str) -> str:
    """The path with the poll's voter, or with one of its two options."""
    return path.replace(":voter", of(running, "poll_voter", poll)).replace(":option", of(running, "poll_option", poll))
