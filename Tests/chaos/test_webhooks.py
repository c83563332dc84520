"""Webhooks against a receiver that misbehaves: who is told, how often, and when; signatures checked with hmac alone."""
import base64
import contextlib
import hashlib
import hmac
import json
import time

import pytest

import lib
from harness import ENGINES
from web_server import Receiver

# Every pause after a failed attempt, in seconds, as the documentation has them.
PAUSES = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000]
LEAST_BLOCKED = {"http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]:{port}/",
                 "http://[::ffff:127.0.0.1]:{port}/", "http://0.0.0.0:{port}/", "http://192.168.0.1/"}


def is_signed(request: dict, secret: str) -> bool:
    """Standard Webhooks, written down a second time: HMAC-SHA256 over id.timestamp.body."""
    headers = request["headers"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{request['body']}".encode()
    wanted = "v1," + base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted, given) for given in headers["webhook-signature"].split(" "))


class Hooks:
    """A server, a place in it with a link, and a receiver on this machine."""

    def __init__(self, running, name: str, receiver: Receiver):
        self.running, self.receiver = running, receiver
        self.place = lib.make_place(running, name)
        self.link = lib.make_link(running, self.place, slug=f"{name.lower()}-talk")
        self.client = lib.Client(running.port, key=self.place.owner.key)

    def add(self, path: str, *events: str) -> dict:
        reply = self.client.call("POST", "/api/v1/webhooks", {
            "url": f"http://127.0.0.1:{self.receiver.port}{path}", "events": list(events or ["booking.created"])})
        assert reply.status == 201, reply.text
        return reply.json

    def book(self, index: int = 0) -> dict:
        start = lib.free_starts(self.running, self.link["slug"], days=5)[index]
        reply = lib.Client(self.running.port).call(
            "POST", f"/api/v1/public/links/{self.link['slug']}/bookings", lib.wish(start))
        assert reply.status == 201, reply.text
        return reply.json

    def came(self, path: str) -> list[dict]:
        return [request for request in self.receiver.requests if request["path"] == path]

    def wait_for(self, path: str, count: int, limit: float = 20) -> list[dict]:
        deadline = time.monotonic() + limit
        while len(self.came(path)) < count:
            assert time.monotonic() < deadline, f"{path}: {len(self.came(path))} of {count}"
            time.sleep(0.05)
        return self.came(path)

    def deliveries(self, webhook: dict) -> list[dict]:
        return self.client.call("GET", f"/api/v1/webhooks/{webhook['id']}/deliveries").json["data"]

    def wait_until(self, webhook: dict, attempts: int, limit: float = 25) -> dict:
        """The newest delivery of a webhook once that many attempts are written down."""
        deadline = time.monotonic() + limit
        while (delivery := self.deliveries(webhook)[0])["attempts"] < attempts:
            assert time.monotonic() < deadline, delivery
            time.sleep(0.1)
        return delivery

    def attempts(self, webhook: dict, delivery: dict) -> list[dict]:
        path = f"/api/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}"
        return self.client.call("GET", path).json["attemptList"]

    def skip_to(self, delivery: dict) -> int:
        """Turns the clock to the next attempt; how long it would have been to wait, in seconds."""
        pause = lib.seconds(delivery["nextAt"]) - int(self.running.clock.now())
        self.running.clock.advance(seconds=max(pause, 0))
        return pause


@contextlib.contextmanager
def staged(engine: str, name: str):
    with Receiver("127.0.0.1") as receiver, lib.server(engine, settings={"WORKESTRA_LOG": "info"}) as running:
        yield Hooks(running, name, receiver)
        assert lib.unclean(running.process.log.read_text(errors="replace")) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_what_happens_to_a_booking_is_told_signed_and_once(engine):
    with staged(engine, "Told") as hooks:
        webhook = hooks.add("/ok", "booking.created", "booking.rescheduled", "booking.cancelled")
        booking = hooks.book()
        hooks.wait_for("/ok", 1)
        other = lib.free_starts(hooks.running, hooks.link["slug"], days=5)[7]
        client = lib.Client(hooks.running.port)
        moved = client.call("POST", f"/api/v1/public/bookings/{booking['token']}/reschedule", {"start": other}).json
        client.call("POST", f"/api/v1/public/bookings/{moved['token']}/cancel", {"reason": "rain"})
        requests = hooks.wait_for("/ok", 3)
        lib.settle(hooks.running)
        assert len(hooks.came("/ok")) == 3
        bodies = [json.loads(request["body"]) for request in requests]
        assert [body["type"] for body in bodies] == ["booking.created", "booking.rescheduled", "booking.cancelled"]
        assert {body["data"]["id"] for body in bodies} == {booking["id"]}
        assert [body["data"]["version"] for body in bodies] == [1, 2, 3]
        assert all(is_signed(request, webhook["secret"]) for request in requests)
        # The negative control: another secret, another byte.
        assert not is_signed(requests[0], "whsec_" + base64.b64encode(b"x" * 32).decode())
        assert not is_signed(requests[0] | {"body": requests[0]["body"] + " "}, webhook["secret"])
        assert len({request["headers"]["webhook-id"] for request in requests}) == 3
        told = hooks.running.rows("SELECT news FROM effect WHERE kind = 'webhook' ORDER BY version")
        assert [row["news"] for row in told] == [body["type"] for body in bodies]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_receiver_that_misbehaves_gets_it_again_on_the_schedule_and_holds_nobody_up(engine):
    """All at once, so that one hanging server would be felt by the others."""
    with staged(engine, "Again") as hooks:
        answers = {"/status/500": 500, "/moved": 301, "/big": None, "/closes": None, "/cut": None, "/slow-down": 429,
                   "/third": 503}
        hanging = [hooks.add("/hang"), hooks.add("/drip")]
        others = {path: hooks.add(path) for path in answers}
        good = hooks.add("/ok")
        hooks.book()
        began = time.monotonic()
        hooks.wait_for("/ok", 1)
        for path, webhook in others.items():
            delivery = hooks.wait_until(webhook, 1)
            attempt = hooks.attempts(webhook, delivery)[0]
            # A gigabyte is not read to its end, and what was read of it was an answer.
            assert attempt["status"] == (200 if path == "/big" else answers[path]), (path, attempt)
            assert len(attempt["reply"]) <= 1_000
        assert hooks.deliveries(good)[0]["state"] == "accepted"
        print(f"all others were served {time.monotonic() - began:.1f} s after the booking")
        # What hangs is still hanging: it held nobody up.
        assert [hooks.deliveries(webhook)[0]["attempts"] for webhook in hanging] == [0, 0]
        # Fifteen seconds each, at the same time; one engine is enough for waiting.
        for webhook in hanging if engine == "sqlite" else []:
            delivery = hooks.wait_until(webhook, 1)
            attempt = hooks.attempts(webhook, delivery)[0]
            assert attempt["status"] is None and "in time" in attempt["problem"], attempt
        assert hooks.came("/ok")[0]["path"] == "/ok" and len(hooks.came("/ok")) == 1

        # 429 said seven seconds, more than the first pause; 503 goes by the schedule and is taken the third time.
        limited = hooks.wait_until(others["/slow-down"], 1)
        if limited["state"] == "waiting":
            made = lib.seconds(hooks.attempts(others["/slow-down"], limited)[0]["at"])
            assert lib.seconds(limited["nextAt"]) - made >= 7
        delivery = hooks.wait_until(others["/third"], 1)
        for attempt in (1, 2):
            if delivery["nextAt"]:
                hooks.skip_to(delivery)
            delivery = hooks.wait_until(others["/third"], attempt + 1)
        assert delivery["state"] == "accepted"
        requests = hooks.came("/third")
        assert len(requests) == 3 and len({request["headers"]["webhook-id"] for request in requests}) == 1
        assert all(is_signed(request, others["/third"]["secret"]) for request in requests)


def test_three_days_of_failures_and_then_it_is_over():
    """On one engine: the clock is turned ten times, which takes half a minute. The rules run on both in Swift."""
    with staged("sqlite", "Over") as hooks:
        webhook = hooks.add("/status/500")
        hooks.book()
        waited = []
        for attempt in range(1, 11):
            delivery = hooks.wait_until(webhook, attempt)
            if delivery["state"] == "waiting":
                made = lib.seconds(hooks.attempts(webhook, delivery)[-1]["at"])
                waited.append(lib.seconds(delivery["nextAt"]) - made)
                hooks.skip_to(delivery)
        assert delivery["state"] == "failed" and len(hooks.came("/status/500")) == 10
        for pause, wanted in zip(waited, PAUSES, strict=True):
            assert 0.9 * wanted - 2 <= pause <= 1.1 * wanted + 2, (waited, PAUSES)
        # A person may still send it again, once for each press.
        hooks.client.call("POST", f"/api/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}/resend")
        assert hooks.wait_until(webhook, 11)["state"] == "failed"


@pytest.mark.parametrize("engine", ENGINES)
def test_one_that_is_gone_is_switched_off_and_its_owner_is_told(engine):
    with staged(engine, "Gone") as hooks:
        webhook = hooks.add("/status/410")
        hooks.book()
        hooks.wait_for("/status/410", 1)
        lib.settle(hooks.running)
        told = hooks.client.call("GET", f"/api/v1/webhooks/{webhook['id']}").json
        assert told["active"] is False and told["offReason"] == "gone"
        hooks.book(3)
        lib.settle(hooks.running)
        assert len(hooks.came("/status/410")) == 1
        subjects = [mail.subject for mail in hooks.running.mail.to("gone0@example.org")]
        assert "The webhook to 127.0.0.1 is off" in subjects, subjects


@pytest.mark.parametrize("point", ["webhook.before_send", "webhook.after_send"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_crash_around_the_call_loses_nothing_and_keeps_the_id(engine, point):
    with staged(engine, "Crash") as hooks:
        hooks.add("/ok")
        hooks.running.crash_at = point
        hooks.running.restart()
        hooks.client, booking = lib.Client(hooks.running.port, key=hooks.place.owner.key), hooks.book()
        hooks.running.wait_for_crash()
        hooks.running.restart()
        lib.settle(hooks.running, after_kill=True)
        requests = hooks.came("/ok")
        assert len(requests) == (1 if point == "webhook.before_send" else 2)
        assert len({request["headers"]["webhook-id"] for request in requests}) == 1
        assert hooks.running.rows("SELECT subject FROM effect WHERE kind = 'webhook'") == [{"subject": booking["id"]}]


def test_nothing_at_home_is_called_unless_the_operator_allows_it():
    """Without the list even a webhook that is in the database already is not called: the look-up decides, each time."""
    with staged("sqlite", "Home") as hooks:
        webhook, port = hooks.add("/ok"), hooks.receiver.port
        other = hooks.add("/closed")
        hooks.running.environment["WORKESTRA_EGRESS_ALLOW"] = ""
        hooks.running.restart()
        hooks.client = lib.Client(hooks.running.port, key=hooks.place.owner.key)
        hooks.book()
        delivery = hooks.wait_until(webhook, 1)
        words = hooks.attempts(webhook, delivery)[0]["problem"]
        assert "not called" in words and hooks.attempts(other, hooks.wait_until(other, 1))[0]["problem"] == words
        for address in sorted(LEAST_BLOCKED) + [f"https://localhost.:{port}/", f"https://0x7f.1:{port}/",
                                                f"https://2130706433:{port}/", f"https://127.0.0.1:{port}/"]:
            reply = hooks.client.call("POST", "/api/v1/webhooks", {
                "url": address.format(port=port), "events": ["booking.created"]})
            assert reply.status == 422 and reply.json["errors"][0]["field"] == "url", (address, reply.text)
        assert hooks.receiver.connections == {"127.0.0.1": 0}
