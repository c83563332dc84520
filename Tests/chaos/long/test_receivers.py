"""R-18 at its full size: fifty receivers of webhooks, of which one misbehaves in every way there is."""
import json
import socketserver
import threading
import time

import pytest

import crowds
import harness
import lib
from results import record
from test_webhooks import PAUSES, Hooks
from web_server import Receiver, reply

# Five workspaces with ten good receivers each, one of which gives its place to a bad one.
PLACES, EACH, BOOKINGS, PAUSE = 5, 10, 25, 0.3
# Path by what is bad about it; the server that leaves during the handshake listens elsewhere.
BAD = {"500": "/status/500", "429": "/later", "301": "/moved", "hangs": "/hang", "drips": "/drip", "gigabyte": "/big",
       "leaves in TLS": None, "leaves in its answer": "/cut", "third time": "/third"}
SLOW = {"hangs", "drips"}


class Fickle(Receiver):
    """Says 429 as long as it is asked at /later."""

    def answer(self, connection, path, seen):
        if path == "/later":
            return reply(connection, 429, b"later", "Retry-After: 7\r\n")
        return super().answer(connection, path, seen)


class Leaves(socketserver.BaseRequestHandler):
    """Begins to say hello in TLS and is gone."""

    def handle(self):
        self.request.recv(65_536)
        self.request.sendall(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03")


class Fifty:
    """The places, their good receivers, and the bad ones, each switched off until its turn."""

    def __init__(self, running, receiver: Receiver, leaving: int):
        self.running, self.receiver = running, receiver
        self.places = [Hooks(running, f"Fifty{number}", receiver) for number in range(PLACES)]
        self.starts = [lib.free_starts(running, hooks.link["slug"], days=55)[::2] for hooks in self.places]
        self.good = [[f"/ok/{number}/{index}" for index in range(EACH - (number == 0))] for number in range(PLACES)]
        for hooks, paths in zip(self.places, self.good):
            for path in paths:
                hooks.add(path)
        self.bad = {name: self._bad(path, leaving) for name, path in BAD.items()}

    def _bad(self, path: str | None, leaving: int) -> dict:
        url = f"http://127.0.0.1:{self.receiver.port}{path}" if path else f"https://127.0.0.1:{leaving}/"
        made = self.places[0].client.call("POST", "/api/v1/webhooks", {
            "url": url, "events": ["booking.created"]}).json
        return self.switch(made, False)

    def switch(self, webhook: dict, active: bool) -> dict:
        changed = self.places[0].client.call("PATCH", f"/api/v1/webhooks/{webhook['id']}", {"active": active})
        assert changed.status == 200 and changed.json["active"] is active, changed.text
        return webhook

    def book(self, number: int) -> str:
        slug, start = self.places[number].link["slug"], self.starts[number].pop(0)
        made = lib.Client(self.running.port).call("POST", f"/api/v1/public/links/{slug}/bookings", lib.wish(start))
        assert made.status == 201, made.text
        return made.json["id"]

    def waits(self) -> list[float]:
        """How long after the answer each good receiver knew of each of some bookings, sorted; each once."""
        first, told, wanted = len(self.receiver.requests), {}, 0
        for turn in range(BOOKINGS):
            told[self.book(turn % PLACES)] = time.monotonic()
            wanted += len(self.good[turn % PLACES])
            time.sleep(PAUSE)
        deadline = time.monotonic() + 30
        while len(came := self._came(first)) < wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        keys = [(request["path"], json.loads(request["body"])["data"]["id"]) for request in came]
        assert len(keys) == wanted == len(set(keys)), (len(keys), len(set(keys)), wanted)
        return sorted(max(0, request["at"] - told[id]) for request, (_, id) in zip(came, keys))

    def _came(self, first: int) -> list[dict]:
        return [request for request in self.receiver.requests[first:] if request["path"].startswith("/ok/")]


def p95(values: list[float]) -> float:
    return values[len(values) * 95 // 100]


class Highest:
    """The most memory a process had, looked at ten times a second."""

    def __init__(self, pid: int):
        self.pid, self.mb, self.over = pid, crowds.resident_mb(pid), threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def _look(self):
        while not self.over.wait(0.1):
            self.mb = max(self.mb, crowds.resident_mb(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def schedules(fifty: Fifty) -> tuple[int, float]:
    """One booking for all the bad ones: tries come when they were planned, and are planned as they are documented."""
    hooks, running = fifty.places[0], fifty.running
    third = fifty.bad["third time"]
    hooks.client.call("PATCH", f"/api/v1/webhooks/{third['id']}", {"url": third["url"] + "?anew"})
    for webhook in fifty.bad.values():
        fifty.switch(webhook, True)
    fifty.book(0)
    # Those that take fifteen seconds come last, so that they are not what the others are judged late by.
    waiting = {name: fifty.bad[name] for name in sorted(fifty.bad, key=lambda name: name in SLOW)}
    planned: dict[str, int] = {}
    tries, latest, slack = 0, 0.0, 0
    for attempt in range(1, len(PAUSES) + 2):
        for name, webhook in list(waiting.items()):
            delivery = hooks.wait_until(webhook, attempt, limit=60)
            made_of = hooks.attempts(webhook, delivery)
            last = made_of[attempt - 1]
            made, tries = lib.seconds(last["at"]), tries + 1
            if name in planned:
                assert made >= planned[name], f"{name}: try {attempt} came {planned[name] - made} s too early"
                latest = max(latest, made - planned[name] - slack)
            if delivery["state"] != "waiting" and len(made_of) == attempt:
                # An answer of a gigabyte is an answer.
                assert attempt == {"third time": 3, "gigabyte": 1}.get(name, len(PAUSES) + 1), (name, delivery)
                waiting.pop(name)
                continue
            # The first pause is so short that the next try may have come while others were looked at.
            planned[name] = lib.seconds(made_of[attempt]["at"] if len(made_of) > attempt else delivery["nextAt"])
            pause, wanted = planned[name] - made - last["milliseconds"] / 1000, PAUSES[attempt - 1]
            least, most = (max(factor * wanted, 7 if name == "429" else 0) for factor in (0.9, 1.1))
            assert least - 2 <= pause <= most + 2, (name, attempt, pause, wanted)
            if name in SLOW and attempt == 3:
                fifty.switch(waiting.pop(name), False)
        # All that wait for the same number become due in this one step.
        if waiting:
            due = max(planned[name] for name in waiting)
            slack = due - min(planned[name] for name in waiting)
            running.clock.advance(seconds=max(0, due - int(running.clock.now())))
    return tries, latest


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_one_bad_receiver_of_fifty_is_felt_by_nobody_else(engine):
    leaving = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Leaves)
    leaving.daemon_threads = True
    threading.Thread(target=leaving.serve_forever, daemon=True).start()
    with Fickle("127.0.0.1") as receiver, lib.server(engine) as running:
        fifty = Fifty(running, receiver, leaving.server_address[1])
        pid = running.process.child.pid
        fifty.waits()
        waits, slowest, most = fifty.waits(), {}, {}
        usual, half = p95(waits), waits[len(waits) // 2]
        for name, webhook in fifty.bad.items():
            fifty.switch(webhook, True)
            before = crowds.resident_mb(pid)
            with Highest(pid) as highest:
                slowest[name] = p95(fifty.waits())
            most[name] = highest.mb - before
            fifty.switch(webhook, False)
        print(f"receivers on {engine}: usually p50 {half:.3f} p95 {usual:.3f} s, beside a bad one "
              f"{ {name: round(value, 3) for name, value in slowest.items()} }, memory "
              f"{ {name: round(value, 1) for name, value in most.items()} } MB")
        assert max(slowest.values()) <= usual + 1
        assert max(most.values()) < 5
        tries, latest = schedules(fifty)
        assert latest <= 5, latest
        record("R-18", engine=engine, seed=0, rounds=len(BAD), lost=0, doubled=0, usual_p95_ms=round(1000 * usual),
               worst_p95_ms=round(1000 * max(slowest.values())), more_mb=round(max(most.values()), 1), tries=tries,
               latest_s=round(latest, 1))
    leaving.shutdown()
    leaving.server_close()
