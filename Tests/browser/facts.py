"""What is true after a step, read past the program: booking, ledger, history, jobs and the mails."""
import json
import pathlib
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "oracles"))

import mail_oracle  # noqa: E402

SOON = 20


@dataclass
class News:
    """One step of a booking's life as everybody should have heard of it."""
    event: str
    news: str
    status: str
    version: int
    sequence: int
    method: str


BOOKED = News("booked", "booked", "confirmed", 1, 0, "REQUEST")
MOVED = News("rescheduled", "moved", "confirmed", 2, 1, "REQUEST")
CANCELLED = News("cancelled", "cancelled", "cancelled", 3, 2, "CANCEL")


def bookings_of(server, email: str) -> list[dict]:
    return server.rows("SELECT * FROM booking WHERE attendee_email = ? ORDER BY created_at, id", email)


def booking_of(server, email: str) -> dict:
    found = bookings_of(server, email)
    assert len(found) == 1, f"{len(found)} bookings of {email}"
    return found[0]


def hosts_of(server, booking: dict) -> list[dict]:
    return server.rows("""
        SELECT account.id AS id, account.email AS email, account.zone AS zone FROM booking_host
        JOIN account ON account.id = booking_host.account WHERE booking = ?
        """, booking["id"])


def holds(server) -> list[dict]:
    """Holds that keep somebody's time right now."""
    return server.rows("SELECT * FROM ledger WHERE kind = 'hold' AND expires > ?", int(server.clock.now()))


def eventually(holds, what: str, limit: float = 10) -> None:
    deadline = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def expect_stored(server, email: str, step: News, earlier: list[News]) -> dict:
    """Asserts the booking's row, ledger, history and jobs after `step`; gives the booking."""
    booking = booking_of(server, email)
    assert booking["status"] == step.status
    assert (booking["version"], booking["sequence"]) == (step.version, step.sequence)
    _expect_ledger(server, booking, alive=step.status == "confirmed")
    _expect_history(server, booking, earlier + [step])
    _expect_jobs(server, booking, step)
    return booking


def _expect_ledger(server, booking: dict, *, alive: bool) -> None:
    rows = server.rows("SELECT * FROM ledger WHERE claim = ?", booking["id"])
    if not alive:
        assert rows == [], "a cancelled booking keeps no time"
        return
    hosts = hosts_of(server, booking)
    assert sorted(row["subject"] for row in rows) == sorted(host["id"] for host in hosts)
    for row in rows:
        assert (row["kind"], row["ref"]) == ("booking", booking["id"])
        assert (row["starts"], row["ends"], row["expires"]) == (booking["starts"], booking["ends"], None)


def _expect_history(server, booking: dict, steps: list[News]) -> None:
    rows = server.rows("SELECT * FROM booking_history WHERE booking = ? ORDER BY version", booking["id"])
    assert [(row["event"], row["status"], row["version"]) for row in rows] == [
        (step.event, step.status, step.version) for step in steps]
    assert all(row["actor"] for row in rows)
    last = rows[-1]
    if steps[-1].event == "rescheduled":
        assert last["to_starts"] == booking["starts"] and last["from_starts"] not in (None, booking["starts"])
    if steps[-1].event == "cancelled":
        assert last["from_starts"] == booking["starts"]


def _expect_jobs(server, booking: dict, step: News) -> None:
    server.wait_for_jobs(SOON)
    jobs = server.rows(
        "SELECT * FROM job WHERE subject = ? AND version = ? AND kind = 'booking_mail'", booking["id"], step.version)
    told = sorted((json.loads(job["payload"])["news"], json.loads(job["payload"])["recipient"]) for job in jobs)
    people = ["attendee"] + [host["id"] for host in hosts_of(server, booking)]
    assert told == sorted((step.news, person) for person in people)
    assert [job["state"] for job in jobs] == ["done"] * len(jobs), [(job["state"], job["reason"]) for job in jobs]


def expect_mails(server, booking: dict, step: News, before: int, *, token: str) -> None:
    """Asserts that exactly one mail went to each person since there were `before`, and what each says."""
    fresh = server.mail.wait_for(before + 2)[before:]
    host = hosts_of(server, booking)[0]
    people = [booking["attendee_email"], host["email"]]
    assert sorted(mail.recipients for mail in fresh) == sorted([person] for person in people), (
        [(mail.recipients, mail.subject) for mail in fresh])
    for mail in fresh:
        assert mail.message["To"].addresses[0].addr_spec == mail.recipients[0]
        expect_invitation(mail, booking, step)
        expect_public_links(server, mail)
        text = f"{mail.part('text/plain')}{mail.part('text/html')}{mail.part('text/calendar')}"
        if mail.recipients == [host["email"]]:
            assert token not in text, "the host is not handed the attendee's capability"
        elif step.status == "confirmed":
            assert f"{server.url}/book/reschedule/{token}" in mail.links()
            assert f"{server.url}/book/cancel/{token}" in mail.links()
    assert oracle_complaints(server.mail.mails) == []


def expect_invitation(mail, booking: dict, step: News) -> None:
    assert mail.complaints() == []
    assert mail.calendar_method == step.method
    event = mail.event()
    assert str(event["UID"]) == booking["uid"]
    assert int(event["SEQUENCE"]) == step.sequence
    assert event.decoded("DTSTART") == datetime.fromtimestamp(booking["starts"], timezone.utc)
    assert event.decoded("DTEND") == datetime.fromtimestamp(booking["ends"], timezone.utc)
    assert str(event["STATUS"]) == ("CANCELLED" if step.method == "CANCEL" else "CONFIRMED")


def expect_public_links(server, mail) -> None:
    """Every address in a mail leads to the public name, whatever the server itself is called."""
    ours = [link for link in mail.links() if "127.0.0.1" in link or "localhost" in link or urlsplit(link).netloc
            == urlsplit(server.url).netloc]
    assert ours, f"no link in “{mail.subject}”"
    for link in ours:
        assert urlsplit(link).netloc == urlsplit(server.url).netloc, link


def oracle_complaints(mails) -> list[str]:
    """What an independent reader of mails finds wrong with them, in the order they were sent."""
    read = [mail_oracle.Mail(mail.raw) for mail in mails]
    mail_oracle.check_order(read)
    return [f"{one.facts.get('subject')}: {defect}" for one in read for defect in one.defects]


def seconds(rfc3339: str) -> int:
    return int(datetime.fromisoformat(rfc3339).timestamp())


def rfc3339(at: int) -> str:
    return datetime.fromtimestamp(at, timezone.utc).isoformat().replace("+00:00", "Z")


def said(at: int, zone: str) -> tuple[str, str]:
    """The day and the time of an instant as pages say them."""
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B}", f"{local:%H:%M}"


def snapshot(server) -> dict[str, list]:
    """Every row of every table, to see that something changes nothing."""
    names = server.rows(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'" if server.engine == "postgres"
        else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {name: sorted(repr(row) for row in server.rows(f'SELECT * FROM "{name}"'))
            for name in sorted(row["name"] for row in names)}


def differences(before: dict[str, list], after: dict[str, list]) -> list[str]:
    return [f"{name}: {sorted(set(after[name]) ^ set(before[name]))}" for name in before
            if before[name] != after[name]]
