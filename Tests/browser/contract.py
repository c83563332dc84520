"""The addresses and calls that journeys use: only what outside programs may rely on."""
import datetime

SETUP = "/setup"
SIGN_IN = "/sign-in"
CALENDAR = "/calendar"
EVENT_TYPES = "/calendar/event-types"
DEVELOPMENT_MAIL = "/dev/mail"


def book(slug: str) -> str:
    return f"/book/{slug}"


def reschedule(token: str) -> str:
    return f"/book/reschedule/{token}"


def cancel(token: str) -> str:
    return f"/book/cancel/{token}"


def booking_link(link_id: str) -> str:
    return f"/settings/booking-links/{link_id}"


def free_slots(server, slug: str, *, days: int = 30, timezone: str = "Europe/Berlin", **query) -> list[str]:
    """The starts of the link's free slots, in order."""
    today = datetime.datetime.fromtimestamp(server.clock.now(), datetime.timezone.utc).date()
    span = {"from": today, "to": today + datetime.timedelta(days=days), "timezone": timezone, **query}
    text = "&".join(f"{name}={value}" for name, value in span.items())
    answer = server.api("GET", f"/api/v1/public/links/{slug}/slots?{text}")
    assert answer.status_code == 200, answer.text
    return [slot["start"] for day in sorted(answer.json()["slots"].items()) for slot in day[1]]


def booking_body(start: str, *, name: str = "Ada Visitor", email: str = "ada@example.com",
                 timezone: str = "Europe/Berlin", answers: dict | None = None, **more) -> dict:
    return {"start": start, "timezone": timezone, "attendee": {"name": name, "email": email},
            "answers": answers or {}, **more}


def create_booking(server, slug: str, start: str, *, idempotency: str | None = None, **more):
    """Books over the API as a stranger; the answer as it came."""
    return server.api("POST", f"/api/v1/public/links/{slug}/bookings", booking_body(start, **more),
                      idempotency=idempotency)


def overlaps(server) -> list[dict]:
    """Pairs of claims that hold the same subject's time: must always be empty."""
    return server.rows("""
        SELECT a.subject AS subject, a.claim AS one, b.claim AS other, a.starts AS starts
        FROM ledger a JOIN ledger b ON a.subject = b.subject AND a.claim < b.claim
            AND a.starts < b.ends AND b.starts < a.ends
        """)
