"""Sign-up sheets from outside: thirty at the last place, all or nothing, placeholders, a process that dies."""
import pytest

import lib
import matrix_sheets
import test_kill
from matrix_one_offs import at
from test_offers import findings


def make(running, place, starts: list[str], idempotency: str | None = None, **more) -> lib.Reply:
    return lib.Client(running.port, key=place.owner.key).call(
        "POST", "/api/v1/sheets", matrix_sheets.wish(starts, **more), idempotency=idempotency)


def sign_up(running, sheet: dict, starts: list[str], email: str, idempotency: str | None = None) -> lib.Reply:
    body = {"starts": starts, "timezone": "Europe/Lisbon", "attendee": {"name": "Somebody", "email": email}}
    return lib.Client(running.port).call(
        "POST", f"/api/v1/public/sheets/{sheet['url'].rsplit('/', 1)[1]}/sign-ups", body, idempotency=idempotency)


def cancel(running, reply: lib.Reply) -> None:
    for one in reply.json["signUps"]:
        assert lib.Client(running.port).call(
            "POST", f"/api/v1/public/bookings/{one['token']}/cancel", {}).status == 200


def kinds(running, sheet: dict) -> list[str]:
    """What the ledger says of the sheet's times, in their order."""
    starts = [lib.seconds(time["start"]) for time in sheet["times"]]
    rows = running.rows("SELECT kind, starts FROM ledger WHERE subject = ? ORDER BY starts", sheet["hostId"])
    return [row["kind"] for row in rows if row["starts"] in starts]


@pytest.mark.parametrize("places", [1, 4], ids=["of one", "of four"])
@pytest.mark.parametrize("reserves", [True, False], ids=["kept", "not kept"])
def test_of_thirty_at_the_last_place_one_has_it_and_the_rest_are_told(running, place, reserves, places):
    sheet = make(running, place, [at(running, 9, 1)], places=places, reserves=reserves).json
    assert kinds(running, sheet) == (["placeholder"] if reserves else [])
    start = sheet["times"][0]["start"]
    before = [sign_up(running, sheet, [start], f"early{number}@example.com") for number in range(places - 1)]
    assert all(reply.status == 201 for reply in before), [reply.text for reply in before]
    replies = lib.together(*[lambda number=number: sign_up(running, sheet, [start], f"p{number}@example.com")
                             for number in range(30)])
    won = [reply for reply in replies if reply.status == 201]
    assert len(won) == 1, [(reply.status, reply.text[:80]) for reply in replies]
    assert {reply.status for reply in replies} <= {201, 409, 503}
    assert {reply.json["code"] for reply in replies if reply.status == 409} == {"slot_taken"}
    assert won[0].json["signUps"][0]["source"] == "sheet"
    assert kinds(running, sheet) == ["session" if places > 1 else "booking"]
    assert findings(running) == []
    for reply in [*before, *won]:
        cancel(running, reply)
    assert kinds(running, sheet) == (["placeholder"] if reserves else [])
    assert lib.Client(running.port, key=place.owner.key).call("DELETE", f"/api/v1/sheets/{sheet['id']}").status == 204
    assert findings(running) == []


def test_of_several_times_all_are_taken_or_none_and_one_address_has_no_more_than_it_may(running, place):
    starts = [at(running, 10, hour) for hour in (1, 2, 3, 4)]
    sheet = make(running, place, starts, reserves=True, perAddress=3).json
    starts = [time["start"] for time in sheet["times"]]
    pairs = [starts[:2], starts[1:3], starts[2:], [starts[0], starts[3]]] * 3
    replies = lib.together(*[lambda pair=pair, number=number: sign_up(running, sheet, pair, f"q{number}@example.com")
                             for number, pair in enumerate(pairs)])
    won = [reply for reply in replies if reply.status == 201]
    taken = [one["start"] for reply in won for one in reply.json["signUps"]]
    assert len(taken) == len(set(taken)) == 2 * len(won) and won, [reply.text[:80] for reply in replies]
    [count] = running.rows("SELECT count(*) AS n FROM booking WHERE source = 'sheet' AND status = 'confirmed'")
    assert count["n"] == len(taken)
    for reply in won:
        cancel(running, reply)
    # One address, many at once: three and no more.
    own = lib.together(*[lambda start=start: sign_up(running, sheet, [start], "own@example.com") for start in starts])
    got = [reply for reply in own if reply.status == 201]
    assert len(got) <= 3 and {reply.status for reply in own} <= {201, 409, 503}
    assert kinds(running, sheet).count("placeholder") == 4 - len(got)
    assert findings(running) == []
    for reply in got:
        cancel(running, reply)
    lib.Client(running.port, key=place.owner.key).call("DELETE", f"/api/v1/sheets/{sheet['id']}")


def test_moves_closing_and_other_bookings_leave_the_ledger_sound(running, place):
    starts = [at(running, 11, hour) for hour in (1, 2, 3)]
    sheet = make(running, place, starts, reserves=True, places=2).json
    starts = [time["start"] for time in sheet["times"]]
    tokens = [sign_up(running, sheet, [start], f"m{number}@example.com").json["signUps"][0]["token"]
              for number, start in enumerate(starts[:2])]
    client = lib.Client(running.port)
    # Each their own connection: one takes one call at a time.
    moves = lib.together(*[lambda token=token: lib.Client(running.port).call(
        "POST", f"/api/v1/public/bookings/{token}/reschedule", {"start": starts[2]}) for token in tokens])
    assert {reply.status for reply in moves} <= {200, 503}, [reply.text for reply in moves]
    assert findings(running) == []
    moved = [reply for reply in moves if reply.status == 200]
    assert kinds(running, sheet).count("placeholder") == (2 if len(moved) == 2 else 1)
    for reply in moved:
        assert client.call("POST", f"/api/v1/public/bookings/{reply.json['token']}/cancel", {}).status == 200
    assert findings(running) == []
    running.clock.advance(days=12)
    lib.settle(running)
    assert running.rows("SELECT state FROM one_off WHERE id = ?", sheet["id"])[0]["state"] == "lapsed"
    assert "placeholder" not in kinds(running, sheet)
    assert findings(running) == []


@pytest.mark.parametrize("point", test_kill.points("pick"))
def test_signing_up_is_wholly_done_or_not_at_all(running, place, point):
    made = make(running, place, [at(running, 40 + len(point), hour) for hour in (1, 2)], reserves=True, perAddress=2)
    sheet = made.json
    starts = [time["start"] for time in sheet["times"]]
    call = lambda: sign_up(running, sheet, starts, "kill@example.com", idempotency=f"sheet-{point}")
    count = lambda: running.rows("SELECT count(*) AS n FROM booking WHERE source = 'sheet' AND attendee_email = ?",
                                 "kill@example.com")[0]["n"]
    before = count()
    lib.settle(running)
    test_kill.arm(running, point)
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {call()}")
    running.wait_for_crash()
    running.restart()
    assert count() == before + (2 if point.endswith("after_commit") else 0)
    again = call()
    assert again.status == 201 and len(again.json["signUps"]) == 2, again.text
    assert count() == before + 2
    assert findings(running) == []
    cancel(running, again)
    lib.Client(running.port, key=place.owner.key).call("DELETE", f"/api/v1/sheets/{sheet['id']}")
