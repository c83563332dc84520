"""Files as answers in the table of the matrix."""
import lib
import sending

OWN = {("GET", "/calendar/bookings/:id/files/:question"): ("booking", None)}
OPEN = {"/api/v1/public/links/:slug/uploads": "a public name", "/booking/:token/files/:question": "a capability"}


def fetched(running, place) -> str:
    """The address of a file of a booking, made for it: those of the table have none."""
    link = sending.asking(running, place)
    token = sending.send(running, link).json["uploadToken"]
    booked = sending.book(running, link, lib.free_starts(running, link["slug"], days_ahead=23)[-1], token)
    assert booked.status == 201, booked.text
    return f"/calendar/bookings/{booked.json['id']}/files/{sending.question(link)}"
