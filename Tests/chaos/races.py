"""Clients that race for slots and write down what happened; and the replay that judges their notes."""
import dataclasses
import json
import random
import threading
import time
import uuid

import lib
from invariants import Facts, spans, too_near


@dataclasses.dataclass
class Attempt:
    """One wish of one client, and what became of it: ok, fail or unknown."""
    client: int
    link: dict
    start: str
    email: str
    key: str
    style: str
    question: str
    outcome: str = "unknown"
    replies: list = dataclasses.field(default_factory=list)
    seconds: float = 0

    @property
    def body(self) -> dict:
        return lib.wish(self.start, self.email, name=f"Racer {self.email.split('@')[0]}",
                        answers={self.question: f"I am {self.email}"})

    @property
    def span(self) -> dict:
        """The slot as a row of the ledger would hold it."""
        starts = lib.seconds(self.start)
        return {"subject": self.link["hosts"][0]["userId"], "claim": self.key, "starts": starts,
                "ends": starts + 60 * self.link["durationMinutes"][0], "expires": None,
                "gap_before": 60 * self.link["bufferBeforeMinutes"], "gap_after": 60 * self.link["bufferAfterMinutes"]}


def plan(slots: list[tuple[dict, str]], *, clients: int, attempts: int, seed: int) -> list[list[Attempt]]:
    """For each client its wishes, so laid that clients meet at the same slots at the same time."""
    dice = random.Random(seed)
    order: list[tuple[dict, str]] = []
    while len(order) < clients * attempts:
        order += [slot for slot in dice.sample(slots, len(slots)) for _ in range(4)]
    plans: list[list[Attempt]] = [[] for _ in range(clients)]
    for number, (link, start) in enumerate(order[:clients * attempts]):
        style = dice.choices(["plain", "held", "doubled"], [70, 20, 10])[0]
        plans[number % clients].append(Attempt(
            number % clients, link, start, f"racer{number}@example.com", str(uuid.UUID(int=dice.getrandbits(128))),
            style, link["questions"][0]["id"]))
    return plans


def race(plans: list[list[Attempt]], ports: list[int]) -> list[Attempt]:
    """All clients at once, spread over the server processes; every wish ends as ok or fail."""
    gate = threading.Barrier(len(plans))

    def run(client: int, wishes: list[Attempt]) -> None:
        callers = [lib.Client(port) for port in ports[client % len(ports):] + ports[:client % len(ports)]]
        gate.wait()
        for attempt in wishes:
            began = time.monotonic()
            make(attempt, callers)
            attempt.seconds = time.monotonic() - began

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(plans)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    attempts = [attempt for wishes in plans for attempt in wishes]
    for attempt in attempts:
        if attempt.outcome == "unknown":
            attempt.replies.append(book(attempt, lib.Client(ports[-1])))
            attempt.outcome = judge(attempt.replies)
    return attempts


def make(attempt: Attempt, callers: list[lib.Client]) -> None:
    """One wish: at once, after a hold, or three times at the same moment with one key."""
    hold = None
    if attempt.style == "held":
        held = attempted(lambda: callers[0].call("POST", holds(attempt), {"start": attempt.start}))
        if not isinstance(held, lib.Reply) or held.status != 201:
            attempt.replies.append(held)
            attempt.outcome = judge(attempt.replies)
            return
        hold = held.json["holdToken"]
    if attempt.style == "doubled":
        again = [lib.Client(callers[index % len(callers)].port) for index in (0, 1)]
        at_once = [lambda caller=caller: book(attempt, caller) for caller in [callers[0], *again]]
        attempt.replies += lib.together(*at_once)
    else:
        attempt.replies.append(book(attempt, callers[0], hold))
    attempt.outcome = judge(attempt.replies)


def holds(attempt: Attempt) -> str:
    return f"/api/v1/public/links/{attempt.link['slug']}/holds"


def book(attempt: Attempt, caller: lib.Client, hold: str | None = None):
    body = attempt.body | ({"holdToken": hold} if hold else {})
    path = f"/api/v1/public/links/{attempt.link['slug']}/bookings"
    return attempted(lambda: caller.call("POST", path, body, idempotency=attempt.key))


def attempted(call):
    try:
        return call()
    except lib.Lost as lost:
        return lost


def judge(replies: list) -> str:
    """A later clear answer with the same key decides about an earlier lost one."""
    statuses = [reply.status for reply in replies if isinstance(reply, lib.Reply)]
    return "unknown" if not statuses else "ok" if 201 in statuses else "fail"


def complaints(attempts: list[Attempt], facts: Facts) -> list[str]:
    """I2 and R-08 on the notes: whoever was told yes has it, whoever was told no left nothing, nobody was refused a
    slot that is still free."""
    found = []
    stored = {booking["attendee_email"]: booking for booking in facts["booking"]}
    answers = {answer["booking"]: answer["value"] for answer in facts["booking_answer"]}
    accepted = spans(facts)
    for attempt in attempts:
        booking = stored.pop(attempt.email, None)
        found += [f"{attempt.email}: {reply.status} {reply.text[:300]}" for reply in attempt.replies
                  if isinstance(reply, lib.Reply) and reply.status >= 500]
        if attempt.outcome == "ok":
            found += unlike_reply(attempt, booking, answers)
        else:
            found += unlike_refusal(attempt, booking, accepted)
    return found + [f"{email} is stored and nobody asked for it" for email in stored]


def unlike_reply(attempt: Attempt, booking: dict | None, answers: dict[str, str]) -> list[str]:
    told = [reply for reply in attempt.replies if isinstance(reply, lib.Reply)]
    bodies = {reply.body for reply in told}
    if len(bodies) != 1 or any(reply.status != 201 for reply in told):
        return [f"{attempt.email}: unlike replies to one key: {[(reply.status, reply.text[:80]) for reply in told]}"]
    if sum(not reply.replayed for reply in told) != (1 if len(told) == len(attempt.replies) else 0):
        return [f"{attempt.email}: {sum(reply.replayed for reply in told)} of {len(told)} replies say they are replays"]
    told = told[0].json
    if booking is None or booking["id"] != told["id"]:
        return [f"{attempt.email} was told yes and has no booking"]
    span, found = attempt.span, []
    times = (booking["starts"], booking["ends"]), (lib.seconds(told["start"]), lib.seconds(told["end"]))
    if any(time != (span["starts"], span["ends"]) for time in times):
        found.append(f"{attempt.email} asked for {attempt.start} and has another time")
    stored = (answers.get(booking["id"]), booking["attendee_name"])
    if stored != (f"I am {attempt.email}", attempt.body["attendee"]["name"]):
        found.append(f"{attempt.email}: name or answer is not what was sent")
    return found


def unlike_refusal(attempt: Attempt, booking: dict | None, accepted: list[dict]) -> list[str]:
    found = [f"{attempt.email} was told no and has a booking"] if booking else []
    for reply in attempt.replies:
        if not isinstance(reply, lib.Reply):
            continue
        problem = reply.json
        if (reply.status, problem.get("code")) != (409, "slot_taken"):
            found.append(f"{attempt.email}: refused with {reply.status} {problem}")
        elif not problem.get("alternatives"):
            found.append(f"{attempt.email}: refused without other times, though other days are free")
        elif attempt.start in problem["alternatives"]:
            found.append(f"{attempt.email}: the taken time itself is offered instead")
    mine = attempt.span
    if not any(too_near(mine, span) for span in accepted if span["subject"] == mine["subject"]):
        found.append(f"{attempt.email}: {attempt.start} was refused and is still free")
    return found


def figures(attempts: list[Attempt], took: float) -> str:
    times = sorted(attempt.seconds for attempt in attempts)
    counts = {name: sum(attempt.outcome == name for attempt in attempts) for name in ("ok", "fail", "unknown")}
    return json.dumps(counts | {"took": round(took, 1), "p50": round(times[len(times) // 2], 3),
                                "p99": round(times[len(times) * 99 // 100], 3), "worst": round(times[-1], 3)})
