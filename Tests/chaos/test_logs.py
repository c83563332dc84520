"""What a server tells about itself: logs as JSON and metrics, without a word about anybody."""
import json
import re
import time

import pytest

import harness
import lib
from ports import free_port

TRACE = "0af7651916cd43dd8448eb211c80319c"
MARKS = {"name": "Markname Quuxley", "email": "markmail@quux.example", "phone": "+4915551234567",
         "answer": "markanswer-4711", "reason": "markreason-4712", "password": "markpassword-4713",
         "key": "wks_live_markkey4714", "query": "markquery-4715", "path": "markpath-4716"}


@pytest.fixture(scope="module", params=harness.ENGINES)
def told(request):
    port = free_port()
    settings = {"WORKESTRA_LOG": "debug", "WORKESTRA_LOG_FORMAT": "json", "WORKESTRA_METRICS_PORT": str(port)}
    with lib.server(request.param, settings=settings) as server:
        server.metrics_port = port
        yield server


def lines(server) -> list[dict]:
    text = server.process.log.read_text(errors="replace")
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def metrics(server) -> str:
    reply = lib.Client(server.metrics_port).call("GET", "/metrics")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return reply.text


def value(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    assert found, f"{name} is not among\n{text}"
    return float(found[1])


def drive(server) -> list[str]:
    """Books, cancels and fails in every way, with marks in all that a person can type. Gives the secrets it met."""
    place = lib.make_place(server, "Harbour")
    link = lib.make_link(server, place, questions=[{"kind": "text", "label": "Why?", "required": True}])
    client, path = lib.Client(server.port), f"/api/v1/public/links/{link['slug']}/bookings"
    start = lib.free_starts(server, link["slug"])[0]
    attendee = {"name": MARKS["name"], "email": MARKS["email"], "phone": MARKS["phone"]}
    wish = {"start": start, "timezone": lib.ZONE, "attendee": attendee,
            "answers": {link["questions"][0]["id"]: MARKS["answer"]}}
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    made = client.call("POST", path, wish, headers=headers)
    assert made.status == 201, made.text
    assert made.headers["traceparent"].startswith(f"00-{TRACE}-")
    token = made.json["token"]
    assert client.call("POST", path, wish).status == 409
    nobody = {"attendee": {"name": MARKS["name"], "email": MARKS["query"]}}
    assert client.call("POST", path, wish | nobody).status == 422
    assert client.call("GET", f"/book/{MARKS['path']}?q={MARKS['query']}").status == 404
    assert client.call("GET", f"/booking/{token}").status == 200
    assert client.call("POST", f"/api/v1/public/bookings/{token}/cancel", {"reason": MARKS["reason"]}).status == 200
    assert client.form("/sign-in", {"email": MARKS["email"], "password": MARKS["password"]}).status == 422
    assert lib.Client(server.port, key=MARKS["key"]).call("GET", "/api/v1/links").status == 401
    place.owner.sign_in(server.port)
    lib.settle(server)
    break_once(server, client, path, wish)
    return [token, place.owner.key, place.owner.password, place.owner.email]


def break_once(server, client, path: str, wish: dict) -> None:
    """An error that nobody foresaw: a table is away for a moment."""
    with lib.connection(server) as store:
        store.execute("ALTER TABLE booking_answer RENAME TO booking_answer_gone")
        broken = client.call("POST", path, wish)
        store.execute("ALTER TABLE booking_answer_gone RENAME TO booking_answer")
    assert broken.status == 500, broken.text


def test_logs_and_metrics_say_nothing_about_anybody(told):
    secrets = drive(told)
    time.sleep(0.2)
    log, numbers = told.process.log.read_text(errors="replace"), metrics(told)
    for place in (log, numbers):
        assert [mark for mark in [*MARKS.values(), *secrets] if mark in place] == []
    # The check can fail: what is logged on purpose is found in the same text.
    assert TRACE in log and "/api/v1/public/links/:slug/bookings" in log

    requests = [line for line in lines(told) if line["msg"] == "request"]
    booked = next(line for line in requests if line.get("trace_id") == TRACE)
    assert booked["route"] == "/api/v1/public/links/:slug/bookings" and booked["status"] == 201
    assert isinstance(booked["ms"], int) and booked["request_id"].startswith("req_")
    assert any("workspace" in line for line in requests)
    unexpected = [line for line in lines(told) if line["msg"] == "unexpected error"]
    assert len(unexpected) == 1 and unexpected[0]["level"] == "error"

    booking = 'booking_attempts_total{result="%s"}'
    assert value(numbers, booking % "booked") == 1 and value(numbers, booking % "taken") == 1
    assert value(numbers, booking % "refused") == 1 and value(numbers, booking % "failed") == 1
    assert value(numbers, 'auth_failures_total{kind="password"}') == 1
    assert value(numbers, 'auth_failures_total{kind="key"}') == 1
    assert value(numbers, "ledger_backstop_total") == 0
    assert value(numbers, "jobs_ready") == 0 and value(numbers, "jobs_dead_total") == 0
    assert value(numbers, "job_lag_seconds") == 0 and value(numbers, "restored_mode") == 0
    assert value(numbers, "db_commit_seconds_count") > 10
    assert value(numbers, "disk_free_bytes") > 1e6 and value(numbers, "process_resident_memory_bytes") > 1e6


def test_the_backstop_is_counted_when_the_lock_is_passed_by(told):
    """The negative control: a row that the engine cannot see makes the rule of the database fire."""
    place = lib.make_place(told, "Backstop")
    link = lib.make_link(told, place)
    start = lib.free_starts(told, link["slug"])[0]
    with lib.connection(told) as store:
        hide(store, told.engine, place.owner.id, lib.seconds(start))
        reply = lib.Client(told.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start))
    assert reply.status == 503, reply.text
    assert value(metrics(told), "ledger_backstop_total") >= 1


def hide(store, engine: str, subject: str, start: int) -> None:
    """Every new claim of the subject is joined by a stranger's, which comes first."""
    row = (f"INSERT INTO ledger (id, subject, workspace, kind, ref, claim, starts, ends) VALUES "
           f"('lg_x', '{subject}', 'x', 'booking', 'x', 'stranger', {start}, {start + 1800})")
    if engine == "sqlite":
        store.execute(f"CREATE TRIGGER a_stranger BEFORE INSERT ON ledger WHEN NEW.subject = '{subject}' "
                      f"AND NEW.claim <> 'stranger' BEGIN {row}; END")
    else:
        store.execute(f"CREATE FUNCTION a_stranger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                      f"IF NEW.subject = '{subject}' AND NEW.claim <> 'stranger' THEN {row}; END IF; "
                      f"RETURN NEW; END $$")
        store.execute("CREATE TRIGGER a_stranger BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION a_stranger()")


def test_metrics_are_on_their_own_port_only(told):
    assert lib.Client(told.port).call("GET", "/metrics").status == 404
    assert len(metrics(told).splitlines()) < 3000
