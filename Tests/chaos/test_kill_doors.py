"""kill -9 while a host decides, while a wish ends by itself, and around the mail with a code."""
import pytest

import lib
from test_kill import arm, points, sound
from test_kill_more import cut_off, mails_cut_off


@pytest.fixture(scope="module")
def asking(running, place):
    """A link whose host decides, and times of it that are two weeks away and more."""
    link = lib.make_link(running, place, title="Ask first", requiresApproval=True)
    return link, iter(lib.free_starts(running, link["slug"], days_ahead=14, days=40)[::4])


def asked(running, asking, email: str) -> dict:
    link, starts = asking
    reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings",
                                          lib.wish(next(starts), email))
    assert (reply.status, reply.json["status"]) == (201, "pending_approval"), reply.text
    lib.settle(running)
    return reply.json


def stored(running, booking: dict) -> tuple[str, int]:
    [row] = running.rows("SELECT status, version FROM booking WHERE id = ?", booking["id"])
    return row["status"], row["version"]


def told(running, booking: dict) -> int:
    """The mails planned about what was decided: one to each of the two."""
    return len(running.rows("SELECT id FROM job WHERE subject = ? AND version = 2 AND kind = 'booking_mail'",
                            booking["id"]))


@pytest.mark.parametrize("point", points("decide"))
def test_a_decision_cut_off_is_wholly_done_or_not_at_all(running, place, asking, point):
    booking = asked(running, asking, f"{point}@example.com")
    path, approval = f"/api/v1/bookings/{booking['id']}/approval", {"approved": True, "reason": ""}
    call = lambda: lib.Client(running.port, key=place.owner.key).call("POST", path, approval, idempotency=point)
    cut_off(running, point, call)
    isDone = point.endswith("after_commit")
    assert stored(running, booking) == (("confirmed", 2) if isDone else ("pending_approval", 1))
    again = call()
    assert (again.status, again.json["status"], again.replayed) == (200, "confirmed", isDone), again.text
    lib.settle(running, after_kill=True)
    assert (stored(running, booking), told(running, booking)) == (("confirmed", 2), 2)
    sound(running)


@pytest.mark.parametrize("point", points("expire"))
def test_a_wish_whose_end_is_cut_off_ends_once(running, asking, point):
    booking = asked(running, asking, f"{point}@example.com")
    arm(running, point)
    running.clock.advance(hours=48)
    running.wait_for_crash()
    # Before a fresh process does it again.
    isDone = point.endswith("after_commit")
    assert stored(running, booking) == (("expired", 2) if isDone else ("pending_approval", 1))
    running.restart()
    lib.settle(running, after_kill=True)
    # Whoever died had the job on lease for a while, and it is of the past by now.
    running.clock.advance(minutes=10)
    lib.settle(running)
    assert (stored(running, booking), told(running, booking)) == (("expired", 2), 2)
    sound(running)


@pytest.mark.parametrize("point", points("code"))
def test_a_mail_with_a_code_comes_once_or_twice_and_is_the_same(running, place, point):
    link = lib.make_link(running, place, title=point, slug=point.replace(".", "-").replace("_", "-"),
                         verifiesEmail=True)
    email, path = f"{point}@example.com", f"/api/v1/public/links/{link['slug']}/email-codes"
    mails_cut_off(running, point, lambda: lib.Client(running.port).call("POST", path, {"email": email}), email)
