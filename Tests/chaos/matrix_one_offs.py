"""One-offs in the matrix of ids."""
import datetime

import lib

# As in test_matrix.py.
OWN = {
    ("GET", "/api/v1/one-offs/:id"): ("one_off", None),
    ("DELETE", "/api/v1/one-offs/:id"): ("one_off", None),
    ("GET", "/calendar/one-off/:id"): ("one_off", None),
    ("POST", "/calendar/one-off/:id/withdrawal"): ("one_off", {}),
}
OPEN = {
    **{f"/one-off/:token{end}": "a capability" for end in ("", "/bookings")},
    **{f"/api/v1/public/one-offs/:token{end}": "a capability" for end in ("", "/bookings")},
}
made_so_far = 0


def at(running, days: int, hour: int = 3) -> str:
    """A time of night some days from now, when no link has times."""
    now = datetime.datetime.fromtimestamp(running.clock.now(), datetime.timezone.utc)
    day = (now + datetime.timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
    return day.strftime("%Y-%m-%dT%H:%M:%SZ")


def wish(running, starts: list[str], minutes: int = 30, days: int = 5, **more) -> dict:
    return {"title": "Site visit", "timezone": "Europe/Lisbon", "expiresAt": at(running, days),
            "times": [{"start": start, "durationMinutes": minutes} for start in starts]} | more


def make(running, place) -> str:
    global made_so_far
    made_so_far += 1
    reply = lib.Client(running.port, key=place.owner.key).call("POST", "/api/v1/one-offs", wish(
        running, [at(running, 20 + made_so_far)], title=f"{place.name} visit"))
    assert reply.status == 201, reply.text
    return reply.json["id"]
