"""Polls from outside: thirty decisions at once, thirty answers of one person, a process that dies in between."""
import collections
import copy

import pytest

import lib
import matrix_polls
import test_kill
from invariants import Facts, violations
from matrix_one_offs import at
from polled import unlike_polls
from test_offers import findings


def owner(running, place) -> lib.Client:
    return lib.Client(running.port, key=place.owner.key)


def make(running, place, starts: list[str], idempotency: str | None = None, **more) -> lib.Reply:
    return owner(running, place).call("POST", "/api/v1/polls", matrix_polls.wish(starts, **more),
                                      idempotency=idempotency)


def token(told: dict) -> str:
    return told["url"].rsplit("/", 1)[1]


def vote(running, where: str, answers: dict, email: str | None = None, idempotency: str | None = None) -> lib.Reply:
    body = {"votes": [{"optionId": option, "answer": answer} for option, answer in answers.items()]}
    if email:
        body |= {"name": email.split("@")[0], "email": email}
    return lib.Client(running.port).call("POST", f"/api/v1/public/polls/{where}/votes", body, idempotency=idempotency)


def rows_of(running, poll: dict) -> list:
    return running.rows("SELECT kind, starts, ends FROM ledger WHERE claim = ? ORDER BY starts", poll["id"])


def decide(running, place, poll: dict, option: str, **more) -> lib.Reply:
    return owner(running, place).call("POST", f"/api/v1/polls/{poll['id']}/finalization", {"optionId": option} | more)


def end(running, place, poll: dict) -> None:
    """The meeting that came of it is cancelled, and the poll is gone."""
    booking = owner(running, place).call("GET", f"/api/v1/polls/{poll['id']}").json["bookingId"]
    if booking:
        reply = owner(running, place).call("POST", f"/api/v1/bookings/{booking}/cancellation", {"reason": "over"})
        assert reply.status == 200, reply.text
    assert owner(running, place).call("DELETE", f"/api/v1/polls/{poll['id']}").status == 204


@pytest.mark.parametrize("holds", [True, False], ids=["kept", "not kept"])
def test_of_thirty_decisions_at_once_one_is_the_meeting(running, place, holds):
    starts = [at(running, 50, hour) for hour in (1, 2, 3, 4, 5)]
    poll = make(running, place, starts, holds=holds, minutes=90 if holds else 30).json
    options = [option["id"] for option in poll["options"]]
    assert len(rows_of(running, poll)) == (1 if holds else 0)
    for number in range(3):
        assert vote(running, token(poll), dict.fromkeys(options, "yes"), f"w{number}@example.com").status == 201
    wanted = (options * 6)[:30]
    late = [f"x{number}@example.com" for number in range(5)]
    calls = [lambda option=option: decide(running, place, poll, option) for option in wanted]
    calls += [lambda email=email: vote(running, token(poll), {options[0]: "no"}, email) for email in late]
    replies = lib.together(*calls)[:30]
    won = [reply for reply in replies if reply.status == 201]
    assert len(won) == 1, [(reply.status, reply.text[:80]) for reply in replies]
    assert {reply.status for reply in replies} <= {201, 409, 503}
    assert rows_of(running, poll) == []
    [row] = running.rows("SELECT state, chosen, booking FROM poll WHERE id = ?", poll["id"])
    assert (row["state"], row["chosen"]) == ("finalized", won[0].json["chosenOptionId"])
    [booking] = running.rows("SELECT id, source FROM booking WHERE link = (SELECT link FROM poll WHERE id = ?)",
                             poll["id"])
    assert (booking["id"], booking["source"]) == (row["booking"], "poll")
    # The other times are the host's again: another one can have them.
    [taken] = [option for option in poll["options"] if option["id"] == row["chosen"]]
    free = [start for start in starts if lib.seconds(start) >= lib.seconds(taken["end"])
            or lib.seconds(start) + 1800 <= lib.seconds(taken["start"])]
    again = make(running, place, free[:1])
    assert again.status == 201, again.text
    assert findings(running) == []
    end(running, place, poll)
    end(running, place, again.json)


def test_thirty_answers_of_one_person_are_one_voter(running, place):
    poll = make(running, place, [at(running, 55, hour) for hour in (1, 2, 3)]).json
    options = [option["id"] for option in poll["options"]]
    answers = ["yes", "no", "if_need_be"]
    replies = lib.together(*[
        lambda number=number: vote(running, token(poll), {options[number % 3]: answers[number % 3]}, "one@example.com")
        for number in range(30)])
    told = [reply for reply in replies if reply.status == 201]
    assert len(told) == 1 and {reply.status for reply in replies} <= {201, 409, 503}
    own = token(told[0].json)
    replies = lib.together(*[
        lambda number=number: vote(running, own, {option: answers[(number + place) % 3]
                                                  for place, option in enumerate(options)}) for number in range(30)])
    assert {reply.status for reply in replies} <= {200, 503}
    [voter] = owner(running, place).call("GET", f"/api/v1/polls/{poll['id']}").json["voters"]
    said = {vote["optionId"]: vote["answer"] for vote in voter["votes"]}
    # Each sent one answer for each option, all in one turn: the last one is there whole.
    turns = [[answers[(number + place) % 3] for place in range(3)] for number in range(3)]
    assert [said[option] for option in options] in turns
    # One key, one voter, whatever is lost on the way.
    replies = lib.together(*[
        lambda: vote(running, token(poll), {options[0]: "yes"}, "two@example.com", idempotency="two")
        for _ in range(10)])
    assert len({reply.json["url"] for reply in replies if reply.status == 201}) == 1
    assert {reply.status for reply in replies} <= {201, 503}
    assert findings(running) == []
    end(running, place, poll)


def test_it_closes_at_its_deadline_and_its_host_is_told(running, place):
    poll = make(running, place, [at(running, 60)], holds=True, deadline=at(running, 3)).json
    running.clock.advance(days=4)
    assert vote(running, token(poll), {poll["options"][0]["id"]: "yes"}, "late@example.com").status == 410
    lib.settle(running)
    assert running.rows("SELECT state FROM poll WHERE id = ?", poll["id"])[0]["state"] == "closed"
    assert len(rows_of(running, poll)) == 1, "kept until its host decides"
    assert findings(running) == []
    end(running, place, poll)
    assert rows_of(running, poll) == []


@pytest.mark.parametrize("point", test_kill.points("poll", "vote"))
def test_making_one_and_answering_are_wholly_done_or_not_at_all(running, place, point):
    start = at(running, 62 + len(point))
    poll = make(running, place, [at(running, 61)]).json
    option = poll["options"][0]["id"]
    if point.startswith("polling"):
        table, call = "poll", lambda: make(running, place, [start], idempotency=point, holds=True,
                                           invited=["asked@example.com"])
    else:
        table, call = "poll_voter", lambda: vote(running, token(poll), {option: "yes"}, "me@example.com", point)
    count = lambda: len(running.rows(f"SELECT id FROM {table}"))
    before = count()
    lib.settle(running)
    test_kill.arm(running, point)
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {call()}")
    running.wait_for_crash()
    running.restart()
    assert count() == before + point.endswith("after_commit")
    again = call()
    assert again.status == 201 and again.json["url"], again.text
    assert count() == before + 1
    lib.settle(running, after_kill=True)
    end(running, place, poll)
    if table == "poll":
        end(running, place, again.json)


@pytest.mark.parametrize("point", test_kill.points("poll mail"))
def test_a_mail_cut_off_comes_once_or_twice(running, place, point):
    email = f"{point.split('.')[1].replace('_', '-')}@example.com"
    poll = make(running, place, [at(running, 95 + len(point))]).json
    lib.settle(running)
    test_kill.arm(running, point)
    try:
        vote(running, token(poll), {poll["options"][0]["id"]: "yes"}, email)
    except lib.Lost:
        pass  # the mail may go out, and the process end, before the answer has been read
    running.wait_for_crash()
    running.restart()
    lib.settle(running, after_kill=True)
    mails = collections.Counter(mail.message_id for mail in running.mail.mails if email in mail.recipients)
    assert len(mails) == 1 and max(mails.values()) <= 2, mails
    end(running, place, poll)


WRONG = {
    "keeps nothing": lambda facts, poll: facts.tables.update(
        ledger=[row for row in facts["ledger"] if row["claim"] != poll["id"]]),
    "decided and kept": lambda facts, poll: poll.update(state="finalized", booking="bk_x", chosen="opt_x"),
    "an answer of nobody": lambda facts, poll: facts["poll_voter"].clear(),
    "an answer elsewhere": lambda facts, poll: [vote.update(poll="pol_x") for vote in facts["poll_vote"]],
    "somebody twice": lambda facts, poll: facts["poll_voter"].append(facts["poll_voter"][0] | {"id": "vtr_x"}),
    "two meetings": lambda facts, poll: facts["booking"].extend(
        [facts["booking"][0] | {"id": f"bk_{number}", "link": poll["link"], "source": "poll"} for number in (1, 2)]),
}


def test_the_checker_sees_what_must_not_be(running, place):
    poll = make(running, place, [at(running, 70)], holds=True).json
    assert vote(running, token(poll), {poll["options"][0]["id"]: "yes"}, "seen@example.com").status == 201
    gone = make(running, place, [at(running, 71)]).json
    vote(running, token(gone), {gone["options"][0]["id"]: "yes"}, "gone@example.com")
    assert decide(running, place, gone, gone["options"][0]["id"]).status == 201
    lib.settle(running)
    facts = Facts.of(running)
    assert violations(facts, running.clock.now()) == []
    for name, spoil in WRONG.items():
        other = copy.deepcopy(facts)
        [row] = [row for row in other["poll"] if row["id"] == poll["id"]]
        spoil(other, row)
        assert unlike_polls(other), name
    end(running, place, gone)
    end(running, place, poll)
