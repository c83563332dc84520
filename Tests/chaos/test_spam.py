"""S-35: a script wants a host's whole month. It keeps two times, books little, and one press clears it away unseen."""
import collections
import re

import pytest

import lib

# More than any limit lets through, few enough to be quick.
WISHES = 24


@pytest.fixture(scope="module", params=lib.harness.ENGINES)
def strict(request):
    """A server with the limits that everybody meets, and the same without them."""
    with lib.server(request.param, settings={"WORKESTRA_RATE_FACTOR": "1"}) as limited:
        yield limited


def living_holds(running, link: dict) -> int:
    return running.rows("SELECT count(*) AS n FROM hold WHERE link = ? AND expires > ?", link["id"],
                        int(running.clock.now()))[0]["n"]


def grab(running, link: dict) -> list[int]:
    """A client without a browser asks for one time after the other."""
    bot = lib.Client(running.port)
    starts = lib.free_starts(running, link["slug"], days=20)[::2][:WISHES]
    assert len(starts) == WISHES
    return [bot.call("POST", f"/api/v1/public/links/{link['slug']}/holds", {"start": start}).status
            for start in starts]


def test_a_script_keeps_two_times_and_no_more(strict):
    place = lib.make_place(strict, "Harbour")
    link = lib.make_link(strict, place)
    answers = collections.Counter(grab(strict, link))
    assert answers[201] >= 2 and answers[429] > 0 and set(answers) == {201, 429}, answers
    assert living_holds(strict, link) == 2


def test_without_the_limits_it_would_close_the_month(running, place):
    """The control: the same script against a server whose limits are out of the way."""
    link = lib.make_link(running, place)
    assert set(grab(running, link)) == {201}
    assert living_holds(running, link) == WISHES


def test_one_press_clears_what_it_booked_without_a_word(running, place):
    link = lib.make_link(running, place)
    path = f"/api/v1/public/links/{link['slug']}/bookings"
    every = lib.free_starts(running, link["slug"], days=20)
    starts = every[::2][:12]
    bot = lib.Client(running.port)
    booked = [bot.call("POST", path, lib.wish(start, f"bot{number}@flood.example")).json["id"]
              for number, start in enumerate(starts)]
    honest = bot.call("POST", path, lib.wish(every[-1], "sam@example.org"))
    lib.settle(running)
    owner = place.owner.sign_in(running.port)
    page = owner.call("GET", f"/calendar/bookings/{booked[0]}/spam").text
    assert "12 upcoming meetings are cancelled" in page and "One upcoming meeting is cancelled" in page
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    pressed = owner.form(f"/calendar/bookings/{booked[0]}/spam", {"who": "domain", "csrf": csrf})
    assert (pressed.status, pressed.headers["location"]) == (303, "/calendar/blocked?cancelled=12")
    lib.settle(running)

    states = collections.Counter(row["status"] for row in running.rows(
        "SELECT status FROM booking WHERE link = ?", link["id"]))
    assert states == {"cancelled": 12, "confirmed": 1}
    assert lib.free_starts(running, link["slug"], days=20)[:24] == every[:24]
    # Of the second version, that of the cancellation, mails go to the hosts alone.
    told = running.rows("SELECT payload FROM job WHERE kind = 'booking_mail' AND version = 2")
    assert len(told) == 12 and all("usr_" in row["payload"] for row in told), told
    again = bot.call("POST", path, lib.wish(starts[0], "bot99@mx.flood.example"))
    assert again.status == 201 and again.json["status"] == "confirmed"
    assert running.rows("SELECT count(*) AS n FROM booking WHERE link = ?", link["id"])[0]["n"] == 13
    assert bot.call("GET", f"/api/v1/public/bookings/{honest.json['token']}").json["status"] == "confirmed"
