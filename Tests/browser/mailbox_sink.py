"""A mail server that keeps every message as it came, and reads it with Python's email and icalendar."""
import asyncio
import email
import email.policy
import functools
import re
import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage

import icalendar
from aiosmtpd.controller import Controller

from ports import free_port


@dataclass
class Mail:
    """One delivery: the envelope, the raw bytes, when it came, and the message parsed strictly when it is asked for."""
    sender: str
    recipients: list[str]
    raw: bytes
    at: float = field(default_factory=time.monotonic)

    @functools.cached_property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    def part(self, kind: str) -> str | None:
        """The text of the first part of that type, such as text/plain."""
        for part in self.message.walk():
            if part.get_content_type() == kind:
                content = part.get_content()
                return content if isinstance(content, str) else content.decode()
        return None

    @property
    def calendar_method(self) -> str | None:
        """The METHOD in the Content-Type, by which mail programs know an invitation."""
        for part in self.message.walk():
            if part.get_content_type() == "text/calendar" and part.get_param("method"):
                return str(part.get_param("method"))
        return None

    def event(self) -> icalendar.Event:
        """The one event of the invitation; fails when the calendar or the event has a complaint."""
        calendar = icalendar.Calendar.from_ical(self.part("text/calendar"))
        events = list(calendar.walk("VEVENT"))
        assert len(events) == 1, f"{len(events)} events in one mail"
        for component in calendar.walk():
            assert not component.errors, f"{component.name}: {component.errors}"
        return events[0]

    def links(self) -> list[str]:
        """Every http address in the text and the HTML part."""
        text = (self.part("text/plain") or "") + "\n" + (self.part("text/html") or "")
        return sorted({match.rstrip(".,)") for match in re.findall(r"https?://[^\s\"'<>]+", text)})

    def complaints(self) -> list[str]:
        """What a strict reader dislikes: defects, bare line feeds, long lines, a missing header."""
        found = [f"{part.get_content_type()}: {defect!r}" for part in self.message.walk() for defect in part.defects]
        found += [f"{name}: {defect!r}" for name, value in self.message.items()
                  for defect in getattr(value, "defects", ())]
        if re.search(rb"(?<!\r)\n", self.raw):
            found.append("a bare line feed")
        if any(len(line) > 998 for line in self.raw.split(b"\r\n")):
            found.append("a line of more than 998 bytes")
        needed = ("From", "To", "Subject", "Date", "Message-ID")
        return found + [f"no {name}" for name in needed if self.message[name] is None]


class MailSink:
    """An SMTP server on a free port of loopback. `refuse` answers every recipient so, e.g. "451 4.7.1 Try later".

    `delay`: seconds to take over each message. `refuse_only`: whom alone to refuse, by a part of the address.
    `hang_at`: who is never answered, likewise.
    """

    def __init__(self):
        self.mails: list[Mail] = []
        self.refuse: str | None = None
        self.refuse_only = ""
        self.delay = 0.0
        self.hang_at: str | None = None
        self._change = threading.Condition()
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
        self._controller.start()

    async def handle_RCPT(self, server, session, envelope, address, options):
        while self.hang_at and self.hang_at in address:
            await asyncio.sleep(1)
        if self.refuse and self.refuse_only in address:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.delay:
            await asyncio.sleep(self.delay)
        with self._change:
            # aiosmtpd hands over the message with its own line ends; keep them as they came.
            self.mails.append(Mail(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.original_content)))
            self._change.notify_all()
        return "250 OK"

    def wait_for(self, count: int, limit: float = 20) -> list[Mail]:
        """The mails so far, once there are that many."""
        deadline = time.monotonic() + limit
        with self._change:
            while len(self.mails) < count:
                left = deadline - time.monotonic()
                if left <= 0 or not self._change.wait(left):
                    raise AssertionError(f"{len(self.mails)} of {count} mails: {[m.subject for m in self.mails]}")
            return list(self.mails)

    def to(self, address: str) -> list[Mail]:
        return [mail for mail in self.mails if address in mail.recipients]

    def clear(self) -> None:
        with self._change:
            self.mails.clear()

    def close(self) -> None:
        self._controller.stop()
