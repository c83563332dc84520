"""kill -9 while a visitor calls, while a host accepts, and around the mail with what the visitor left."""
import concurrent.futures
import itertools
import re

import pytest

import lib
from test_kill import points, sound
from test_kill_more import cut_off, mails_cut_off


NUMBERS = itertools.count(1)


def desk(running, host: lib.Person) -> tuple[lib.Client, str]:
    """Where a host answers: the session, and what its forms carry."""
    caller = host.sign_in(running.port)
    return caller, re.search(r'name="csrf" value="([^"]+)"', caller.call("GET", "/calendar/event-types").text)[1]


class Call:
    """A visitor on a link of its own, and the host who may answer."""

    def __init__(self, running, place, name: str):
        self.running, self.host = running, place.people[-1]
        self.link = lib.make_link(running, place, kind="instant", title=name, durationMinutes=[5],
                                  hosts=[{"userId": self.host.id, "role": "rotating"}])
        self.base, self.email = f"/book/{self.link['slug']}", f"{name}@example.com"
        page = lib.Client(running.port).call("GET", f"{self.base}/now").text
        self.fields = {"form": re.search(r'name="form" value="([^"]+)"', page)[1], "attendee.name": "Caller",
                       "attendee.email": self.email, "timezone": "UTC"}
        self.at = ""

    def ring(self) -> lib.Reply:
        reply = lib.Client(self.running.port).form(f"{self.base}/rings", self.fields)
        assert reply.status == 303, reply.text
        self.at = reply.headers["location"]
        return reply

    def rows(self) -> list[dict]:
        return self.running.rows("SELECT * FROM ring WHERE link = ?", self.link["id"])

    def bookings(self) -> list[dict]:
        return self.running.rows("SELECT id, starts FROM booking WHERE attendee_email = ?", self.email)

    def accept(self) -> lib.Reply:
        return self.answer(*desk(self.running, self.host))

    def answer(self, caller: lib.Client, csrf: str) -> lib.Reply:
        fresh = lib.Client(self.running.port, cookie=caller.cookie)
        return fresh.form(f"/calendar/rings/{self.rows()[0]['id']}/acceptance", {"csrf": csrf})

    def leave(self) -> lib.Reply:
        return lib.Client(self.running.port).form(f"{self.at}/message", {"message": "Please call me back."})

    def hang_up(self) -> lib.Reply:
        return lib.Client(self.running.port).form(f"{self.at}/cancellation", {})

    def is_taken_or_not(self, replies: list[lib.Reply]) -> None:
        """What the host read is what became of it, and the visitor reads the same once it can change no more."""
        [row], bookings = self.rows(), self.bookings()
        is_taken = row["state"] == "accepted"
        assert [reply.status for reply in replies] == [303 if is_taken else 409] * len(replies)
        assert len(bookings) == is_taken and row["booking"] == (bookings[0]["id"] if is_taken else None)
        self.running.clock.advance(seconds=10)
        page = lib.Client(self.running.port).call("GET", self.at)
        assert page.status == (303 if is_taken else 200), page.text
        assert is_taken or "data-ring" not in page.text


@pytest.fixture
def call(running, place):
    running.clock.advance(minutes=10)
    return Call(running, place, f"caller-{next(NUMBERS)}")


@pytest.mark.parametrize("point", points("call"))
def test_a_call_cut_off_never_was_and_the_same_form_calls_once(running, call, point):
    cut_off(running, point, call.ring)
    assert call.rows() == []
    assert len({call.ring().headers["location"] for _ in range(2)}) == 1
    assert [row["state"] for row in call.rows()] == ["ringing"]
    sound(running)


@pytest.mark.parametrize("point", points("book"))
def test_a_call_whose_answer_is_cut_off_is_taken_once_or_rings_on(running, call, point):
    call.ring()
    cut_off(running, point, call.accept)
    isDone = point.endswith("after_commit")
    assert [row["state"] for row in call.rows()] == ["accepted" if isDone else "ringing"]
    assert len(call.bookings()) == isDone
    assert call.accept().status == 303
    [booking], [row] = call.bookings(), call.rows()
    assert (row["state"], row["booking"], row["account"]) == ("accepted", booking["id"], call.host.id)
    lib.settle(running, after_kill=True)
    sound(running)


def test_of_two_hosts_who_accept_at_once_one_meets_the_caller(running, call):
    quay = lib.make_place(running, "Quay", people=2)
    hosts = quay.people
    call.link = lib.make_link(running, quay, kind="instant", title="two of them", durationMinutes=[5], hosts=[
        {"userId": host.id, "role": "rotating"} for host in hosts])
    call.base = f"/book/{call.link['slug']}"
    call.ring()
    desks = [desk(running, host) for host in hosts]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda number: call.answer(*desks[number % 2]), range(8)))
    [row], [booking] = call.rows(), call.bookings()
    assert (row["state"], row["booking"]) == ("accepted", booking["id"])
    taker = next(host for host in hosts if host.id == row["account"])
    for number, reply in enumerate(replies):
        assert reply.status == (303 if hosts[number % 2] is taker else 409), reply.text
    lib.settle(running)
    sound(running)


@pytest.mark.parametrize("number", range(4))
def test_a_call_that_is_left_while_the_host_accepts_is_taken_or_ended(running, call, number):
    call.ring()
    seat = desk(running, call.host)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        deeds = [lambda: call.answer(*seat), call.hang_up, lambda: call.answer(*seat)]
        replies = list(pool.map(lambda place: deeds[(place + number) % 3](), range(3)))
    assert [reply.status for place, reply in enumerate(replies) if (place + number) % 3 == 1] == [303]
    call.is_taken_or_not([reply for place, reply in enumerate(replies) if (place + number) % 3 != 1])
    lib.settle(running)
    sound(running)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_call_that_is_over_while_the_host_accepts_is_taken_or_over(running, call, left):
    call.ring()
    seat = desk(running, call.host)
    running.clock.advance(seconds=60 - left)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answer = pool.submit(call.answer, *seat)
        running.clock.advance(seconds=left)
        reply = answer.result()
    # Over is a state of the clock: the row stays as it was.
    call.is_taken_or_not([reply])
    lib.settle(running)
    sound(running)


@pytest.mark.parametrize("point", points("message"))
def test_a_message_cut_off_is_not_left_and_can_be_left_again(running, call, point):
    call.ring()
    running.clock.advance(minutes=2)
    cut_off(running, point, call.leave)
    assert call.rows()[0]["message"] == ""
    assert [call.leave().status for _ in range(2)] == [303, 303]
    jobs = running.rows("SELECT id FROM job WHERE kind = 'ring_message' AND subject = ?", call.rows()[0]["id"])
    assert len(jobs) == 1 and call.rows()[0]["message"] == "Please call me back."
    lib.settle(running)
    sound(running)


@pytest.mark.parametrize("point", points("message_mail"))
def test_a_message_comes_once_or_twice_and_is_the_same(running, call, point):
    call.ring()
    running.clock.advance(minutes=2)
    mails_cut_off(running, point, call.leave, call.host.email)
    sound(running)
