"""Single-use links from outside: thirty presses at once, taking back against booking, a process that dies between."""
import pytest

import lib
import matrix_rotation
import matrix_single_use
import test_kill
from test_offers import findings


def token(one: dict) -> str:
    return one["url"].rsplit("/", 1)[1]


def book(running, one: dict, start: str, **more) -> lib.Reply:
    return lib.Client(running.port).call("POST", f"/api/v1/public/single-use/{token(one)}/bookings", {
        "start": start, "timezone": "Europe/Lisbon"} | more)


@pytest.mark.parametrize("kind", ["one_on_one", "round_robin"])
def test_of_thirty_who_press_at_once_one_has_the_meeting(running, place, kind):
    crew = {} if kind == "one_on_one" else matrix_rotation.crew(place)
    link = lib.make_link(running, place, title=f"Given {kind}", **crew)
    for same in (True, False):
        one = matrix_single_use.made(running, place, link["id"])
        starts = lib.free_starts(running, link["slug"], days_ahead=8)
        wanted = [starts[0]] * 30 if same else (starts * 30)[:30]
        replies = lib.together(*[lambda start=start: book(running, one, start) for start in wanted])
        won = [reply for reply in replies if reply.status == 201]
        assert len(won) == 1, [(reply.status, reply.text[:80]) for reply in replies]
        assert {reply.status for reply in replies} <= {201, 410, 503}
        assert {reply.json["code"] for reply in replies if reply.status == 410} == {"token_used"}
        [row] = running.rows("SELECT booking FROM single_use WHERE id = ?", one["id"])
        assert row["booking"] == won[0].json["id"]
    assert findings(running) == []


def test_taking_back_races_with_booking_and_one_of_the_two_is_first(running, place):
    link = lib.make_link(running, place, title="Given and taken")
    owner = lib.Client(running.port, key=place.owner.key)
    for _ in range(4):
        one = matrix_single_use.made(running, place, link["id"])
        start = lib.free_starts(running, link["slug"], days_ahead=8)[0]
        path = f"/api/v1/single-use-links/{one['id']}"
        gone, booked = lib.together(lambda: owner.call("DELETE", path), lambda: book(running, one, start))
        assert gone.status == 204 and booked.status in (201, 410, 503), booked.text
        told = owner.call("GET", path).json
        assert told["state"] == "withdrawn" and (told["bookingId"] is not None) == (booked.status == 201)
    assert findings(running) == []


def test_a_use_comes_back_with_the_cancellation_and_goes_to_one_again(running, place):
    link = lib.make_link(running, place, title="Given again")
    one = matrix_single_use.made(running, place, link["id"], revives=True)
    start = lib.free_starts(running, link["slug"], days_ahead=8)[0]
    first = book(running, one, start)
    assert first.status == 201 and book(running, one, start).status == 410
    stranger = lib.Client(running.port)
    assert stranger.call("POST", f"/api/v1/public/bookings/{first.json['token']}/cancel", {}).status == 200
    replies = lib.together(*[lambda: book(running, one, start)] * 10)
    assert [reply.status for reply in replies].count(201) == 1
    assert findings(running) == []


@pytest.mark.parametrize("point", test_kill.points("give"))
def test_giving_is_wholly_done_or_not_at_all(running, place, point):
    link = lib.make_link(running, place, title=f"Cut off {point.replace('.', ' ')}")
    call = lambda: lib.Client(running.port, key=place.owner.key).call("POST", "/api/v1/single-use-links", {
        "linkId": link["id"], "name": "A contact", "email": "contact@example.com"}, idempotency=point)
    lib.settle(running)
    test_kill.arm(running, point)
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {call()}")
    running.wait_for_crash()
    running.restart()
    found = running.rows("SELECT id FROM single_use WHERE link = ?", link["id"])
    assert len(found) == (1 if point.endswith("after_commit") else 0)
    again = call()
    assert again.status == 201 and again.json["url"], again.text
    assert len(running.rows("SELECT id FROM single_use WHERE link = ?", link["id"])) == 1


@pytest.mark.parametrize("point", test_kill.points("given mail"))
def test_a_mail_cut_off_comes_again(running, place, point):
    email = f"{point.replace('.', '-').replace('_', '-')}@example.com"
    one = matrix_single_use.made(running, place, None, email=email)
    owner = place.owner.sign_in(running.port)
    page = owner.call("GET", f"/calendar/single-use/{one['id']}").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    lib.settle(running)
    test_kill.arm(running, point)
    # It has another port by now.
    owner = lib.Client(running.port, cookie=owner.cookie)
    try:
        reply = owner.form(f"/calendar/single-use/{one['id']}/mail", {"csrf": csrf, "mails": "0"})
        assert reply.status == 303, reply.text
    except lib.Lost:
        pass  # the process may end before the answer has been read
    running.wait_for_crash()
    running.restart()
    lib.settle(running, after_kill=True)
    mails = running.mail.to(email)
    assert 1 <= len(mails) <= 2 and len({mail.message_id for mail in mails}) == 1
    assert all(mail.complaints() == [] for mail in mails)
