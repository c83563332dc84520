"""A time that a host is asked for, made through the API, and the address in the host's mail."""
import re

import contract
import facts


def ask(house) -> tuple[str, str, str]:
    """The attendee's token, the id of the booking, and the token that the host's mail carries."""
    server, key = house.server, house.logins["users"][0]["apiKey"]
    made = server.api("POST", "/api/v1/links", {"title": "Board seat", "slug": "board-seat", "requiresApproval": True,
                                                "window": {"kind": "rolling_days", "days": 60}}, key=key)
    assert made.status_code == 201, made.text
    start = contract.free_slots(server, "board-seat", days=25)[-3]
    answer = contract.create_booking(server, "board-seat", start, email="asked@example.com")
    assert answer.status_code == 201, answer.text
    server.wait_for_jobs()
    texts = [row["body_text"] for row in server.rows("SELECT body_text FROM local_mail")]
    tokens = [found[1] for found in (re.search(r"/book/approve/([\w-]{43})", text) for text in texts) if found]
    assert len(tokens) == 1, texts
    return answer.json()["token"], facts.booking_of(server, "asked@example.com")["id"], tokens[0]
