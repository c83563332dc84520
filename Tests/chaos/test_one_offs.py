"""One-offs from outside: thirty picks at once, placeholders against bookings, a process that dies in between."""
import pytest

import lib
import matrix_one_offs
import test_kill
from test_offers import findings


def make(running, place, starts: list[str], idempotency: str | None = None, **more) -> lib.Reply:
    return lib.Client(running.port, key=place.owner.key).call(
        "POST", "/api/v1/one-offs", matrix_one_offs.wish(running, starts, **more), idempotency=idempotency)


def pick(running, one: dict, start: str, email: str) -> lib.Reply:
    return lib.Client(running.port).call(
        "POST", f"/api/v1/public/one-offs/{one['url'].rsplit('/', 1)[1]}/bookings", lib.wish(start, email))


def rows_of(running, one: dict) -> list:
    return running.rows("SELECT kind, starts, ends FROM ledger WHERE claim = ? ORDER BY starts", one["id"])


@pytest.mark.parametrize("reserves", [True, False], ids=["kept", "not kept"])
def test_of_thirty_who_pick_at_once_one_has_the_meeting_and_the_rest_is_free(running, place, reserves):
    starts = [matrix_one_offs.at(running, 9, hour) for hour in (1, 2, 3, 4, 5)]
    made = make(running, place, starts, reserves=reserves, minutes=90 if reserves else 30)
    assert made.status == 201, made.text
    one = made.json
    # Of ninety minutes each they overlap: what is kept is their union.
    kept = rows_of(running, one)
    assert len(kept) == (1 if reserves else 0) and all(row["kind"] == "placeholder" for row in kept)
    wanted = (starts * 6)[:30]
    replies = lib.together(*[lambda start=start, number=number: pick(running, one, start, f"p{number}@example.com")
                             for number, start in enumerate(wanted)])
    won = [reply for reply in replies if reply.status == 201]
    assert len(won) == 1, [(reply.status, reply.text[:80]) for reply in replies]
    assert {reply.status for reply in replies} <= {201, 410, 503}
    assert {reply.json["code"] for reply in replies if reply.status == 410} == {"token_used"}
    assert rows_of(running, one) == []
    [row] = running.rows("SELECT state, booking FROM one_off WHERE id = ?", one["id"])
    assert (row["state"], row["booking"]) == ("taken", won[0].json["id"])
    assert won[0].json["source"] == "one_off"
    # The other times are the host's again: another one can have them.
    again = make(running, place, [start for start in starts if lib.seconds(start) >= lib.seconds(won[0].json["end"])
                                  or lib.seconds(start) + 1800 <= lib.seconds(won[0].json["start"])][:1])
    assert again.status == 201, again.text
    lib.Client(running.port, key=place.owner.key).call("DELETE", f"/api/v1/one-offs/{again.json['id']}")
    lib.Client(running.port).call("POST", f"/api/v1/public/bookings/{won[0].json['token']}/cancel", {})
    assert findings(running) == []


def test_what_is_kept_is_nobody_elses_and_what_is_not_dies_with_a_booking(running, place):
    link = lib.make_link(running, place, title="Beside a one-off")
    start = lib.free_starts(running, link["slug"], days_ahead=8)[0]
    stranger = lambda: lib.Client(running.port).call(
        "POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start, "stranger@example.com"))
    kept = make(running, place, [start], reserves=True).json
    assert stranger().status == 409
    assert lib.Client(running.port, key=place.owner.key).call("DELETE", f"/api/v1/one-offs/{kept['id']}").status == 204
    assert rows_of(running, kept) == [] and pick(running, kept, start, "late@example.com").status == 410

    free = make(running, place, [start, matrix_one_offs.at(running, 12)]).json
    booked, picked = lib.together(stranger, lambda: pick(running, free, start, "reader@example.com"))
    assert sorted([booked.status, picked.status]) in ([201, 409], [201, 503]), (booked.text, picked.text)
    if booked.status == 201:
        told = lib.Client(running.port).call("GET", f"/api/v1/public/one-offs/{free['url'].rsplit('/', 1)[1]}").json
        assert [time["free"] for time in told["times"]] == [False, True]
        assert make(running, place, [start]).status == 409
    assert findings(running) == []


def test_it_ends_at_its_minute_and_its_time_is_free(running, place):
    one = make(running, place, [matrix_one_offs.at(running, 15)], reserves=True, days=1).json
    assert len(rows_of(running, one)) == 1
    running.clock.advance(days=2)
    lib.settle(running)
    assert running.rows("SELECT state FROM one_off WHERE id = ?", one["id"])[0]["state"] == "lapsed"
    assert rows_of(running, one) == []
    assert findings(running) == []


@pytest.mark.parametrize("point", test_kill.points("pick"))
def test_making_one_is_wholly_done_or_not_at_all(running, place, point):
    start = matrix_one_offs.at(running, 30 + len(point))
    call = lambda: make(running, place, [start], idempotency=point, reserves=True)
    before = len(running.rows("SELECT id FROM one_off"))
    lib.settle(running)
    test_kill.arm(running, point)
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {call()}")
    running.wait_for_crash()
    running.restart()
    assert len(running.rows("SELECT id FROM one_off")) == before + point.endswith("after_commit")
    again = call()
    assert again.status == 201 and again.json["url"], again.text
    assert len(running.rows("SELECT id FROM one_off")) == before + 1
    lib.Client(running.port, key=place.owner.key).call("DELETE", f"/api/v1/one-offs/{again.json['id']}")
