"""Kept offers from outside: readers who race, strangers who get nothing, and a process that dies in between."""
import pytest

import lib
import matrix_offers
import matrix_rotation
import test_kill
from invariants import Facts, violations


def findings(running) -> list[str]:
    lib.settle(running)
    return violations(Facts.of(running), running.clock.now())


def keep(running, place, link: dict, count: int, days_ahead: int = 8, idempotency: str | None = None) -> lib.Reply:
    wish = matrix_offers.offered(running, place, link["id"])
    wish["starts"] = lib.free_starts(running, link["slug"], days_ahead=days_ahead)[:count]
    return lib.Client(running.port, key=place.owner.key).call(
        "POST", f"/api/v1/links/{link['id']}/offers", wish, idempotency=idempotency)


def take(running, link: dict, time: dict, email: str) -> lib.Reply:
    return lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(
        time["start"], email, holdToken=time["holdToken"]))


@pytest.mark.parametrize("kind", ["one_on_one", "round_robin"])
def test_of_many_readers_who_pick_at_once_one_has_the_meeting(running, place, kind):
    crew = {} if kind == "one_on_one" else matrix_rotation.crew(place)
    link = lib.make_link(running, place, title=f"Raced {kind}", **crew)
    for round_ in range(3):
        made = keep(running, place, link, 5)
        assert made.status == 201, made.text
        offer = made.json
        readers = [(time, f"{kind}-{round_}-{number}@example.com") for number, time in enumerate(offer["times"] * 2)]
        replies = lib.together(*[lambda time=time, email=email: take(running, link, time, email)
                                 for time, email in readers])
        won = [reply for reply in replies if reply.status == 201]
        assert len(won) == 1, [(reply.status, reply.text[:80]) for reply in replies]
        assert {reply.status for reply in replies} <= {201, 409, 503}
        [row] = running.rows("SELECT state, booking FROM kept_offer WHERE id = ?", offer["id"])
        assert (row["state"], row["booking"]) == ("taken", won[0].json["id"])
        assert running.rows("SELECT id FROM hold WHERE offer = ?", offer["id"]) == []
    assert findings(running) == []


def test_strangers_get_no_kept_time_and_letting_go_races_with_a_reader(running, place):
    link = lib.make_link(running, place, title="Let go")
    owner = lib.Client(running.port, key=place.owner.key)
    for round_ in range(4):
        [time], offer = (made := keep(running, place, link, 1).json)["times"], made["id"]
        plain = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(
            time["start"], f"stranger{round_}@example.com"))
        assert plain.status == 409
        path = f"/api/v1/links/{link['id']}/offers/{offer}"
        gone, taken = lib.together(lambda: owner.call("DELETE", path),
                                   lambda: take(running, link, time, f"reader{round_}@example.com"))
        assert gone.status == 204 and taken.status in (201, 503)
        state = owner.call("GET", path).json["state"]
        assert state in ("released", "taken")
    assert findings(running) == []


@pytest.mark.parametrize("point", test_kill.points("keep", "let go"))
def test_keeping_and_letting_go_are_wholly_done_or_not_at_all(running, place, point):
    link = lib.make_link(running, place, title=f"Cut off {point.replace('.', ' ')}")
    wish = matrix_offers.offered(running, place, link["id"])
    path = f"/api/v1/links/{link['id']}/offers"
    call = lambda: lib.Client(running.port, key=place.owner.key).call("POST", path, wish, idempotency=point)
    if point.startswith("letting"):
        offer = call().json["id"]
        call = lambda: lib.Client(running.port, key=place.owner.key).call("DELETE", f"{path}/{offer}")
    lib.settle(running)
    test_kill.arm(running, point)
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {call()}")
    running.wait_for_crash()
    running.restart()
    states = [row["state"] for row in running.rows("SELECT state FROM kept_offer WHERE link = ?", link["id"])]
    assert states == {"keeping.before_commit": [], "keeping.after_commit": ["open"],
                      "letting_go.before_commit": ["open"]}[point]
    again = call()
    assert again.status == (204 if point.startswith("letting") else 201), again.text
    assert len(running.rows("SELECT id FROM kept_offer WHERE link = ?", link["id"])) == 1
    lib.settle(running, after_kill=True)
    assert violations(Facts.of(running), running.clock.now()) == []
