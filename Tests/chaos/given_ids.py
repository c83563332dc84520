"""Ids of another workspace in bodies and queries, for test_matrix.py."""
import matrix_single_use


def given(world) -> dict[str, tuple]:
    """Ids of the other workspace in bodies and queries: method, path, body with `ID` in place of it, and the id."""
    person, schedule = world.theirs.owner.id, world.running.rows(
        "SELECT id FROM schedule WHERE workspace = ?", world.theirs.id)[0]["id"]
    ours, theirs, new = world.our_link["id"], world.ids, {"title": "Mine", "durationMinutes": [30]}
    cursor = f"1800000000-{theirs['booking']}"
    days = {"kind": "out_of_office", "from": "2029-02-01", "to": "2029-02-02"}
    return matrix_single_use.given(ours, theirs, person) | {
        "host of a new link": ("POST", "/api/v1/links", new | {"hosts": [{"userId": "ID"}]}, person),
        "schedule of a new link": ("POST", "/api/v1/links", new | {"scheduleId": "ID"}, schedule),
        "host of a changed link": ("PATCH", f"/api/v1/links/{ours}", {"hosts": [{"userId": "ID"}]}, person),
        "schedule of a changed link": ("PATCH", f"/api/v1/links/{ours}", {"scheduleId": "ID"}, schedule),
        "bookings of a link": ("GET", "/api/v1/bookings?link=ID", None, theirs["link"]),
        "bookings of a host": ("GET", "/api/v1/bookings?host=ID", None, person),
        "busy time of a host": ("GET", "/api/v1/busy?host=ID&from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z", None,
                                person),
        "bookings after one": ("GET", "/api/v1/bookings?cursor=ID", None, cursor),
        "links after one": ("GET", "/api/v1/links?cursor=ID", None, theirs["link"]),
        "keys after one": ("GET", "/api/v1/keys?cursor=ID", None, theirs["key"]),
        "schedules after one": ("GET", "/api/v1/schedules?cursor=ID", None, theirs["schedule"]),
        "days away after one": ("GET", "/api/v1/time-off?cursor=ID", None, theirs["time_away"]),
        "person of a new schedule": (
            "POST", "/api/v1/schedules", {"name": "Mine", "timezone": "UTC", "user": "ID"}, person),
        "person of days away": ("POST", "/api/v1/time-off", days | {"user": "ID"}, person),
        "who can help meanwhile": ("POST", "/api/v1/time-off", days | {"redirectTo": "ID"}, person),
    }


GIVEN = [*matrix_single_use.GIVEN, "host of a new link", "schedule of a new link", "host of a changed link",
         "schedule of a changed link", "bookings of a link", "bookings of a host", "busy time of a host",
         "bookings after one", "links after one", "keys after one", "schedules after one", "days away after one",
         "person of a new schedule", "person of days away", "who can help meanwhile"]
