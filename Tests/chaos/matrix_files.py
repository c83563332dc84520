"""Files as answers in the table of the matrix."""
import lib
import sending

FILE = "/files/:question"
OWN = {
    ("GET", f"/calendar/bookings/:id{FILE}"): ("booking", None),
    ("POST", f"/calendar/bookings/:id{FILE}/deletion"): ("booking", {}),
}
OPEN = {
    "/api/v1/public/links/:slug/uploads": "a public name",
    **{f"/booking/:token{FILE}{end}": "a capability" for end in ("", "/deletion")},
}


def fetched(running, place, path: str) -> str:
    """The address of a file of a booking, made for it, or of its deletion: those of the table have none."""
    link = sending.asking(running, place)
    token = sending.send(running, link).json["uploadToken"]
    booked = sending.book(running, link, lib.free_starts(running, link["slug"], days_ahead=23)[-1], token)
    assert booked.status == 201, booked.text
    return f"/calendar/bookings/{booked.json['id']}/files/{sending.question(link)}{path.partition(FILE)[2]}"
