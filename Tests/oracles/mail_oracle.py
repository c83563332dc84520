#!/usr/bin/env python3
"""Reads raw mails as a mail program would and complains about anything it would stumble over.

    mail_oracle.py [--summary] FILE...     or one mail on standard input

Independent of the product: Python's email (policy "default") and the icalendar package. Exits 1 with a sentence per
defect, 0 with one JSON line per mail. Mails about one meeting, given in the order they were sent, must keep their UID
and may only raise SEQUENCE.
"""

import datetime
import email
import email.header
import email.policy
import html.parser
import json
import re
import sys

import icalendar

INVITED = ["text/plain", "text/html", "text/calendar"]
ONE_LINE = ["from", "to", "subject", "message-id", "date", "auto-submitted", "mime-version", "content-type"]
NEVER = ["cc", "bcc", "sender", "return-path", "resent-to"]


class Page(html.parser.HTMLParser):
    """The HTML as a browser sees it: what could act, and where it leads."""

    def __init__(self, text):
        super().__init__()
        self.links, self.complaints = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "iframe", "object", "embed", "form", "base", "img", "link"):
            self.complaints.append(f"the HTML holds <{tag}>")
        for name, value in attributes:
            if name.startswith("on"):
                self.complaints.append(f"the HTML holds a handler: {name}")
            if name in ("href", "src", "action"):
                self.links.add(value)
                if not re.match(r"(https?|mailto|tel):", value or ""):
                    self.complaints.append(f"the HTML leads to {value}")


class Mail:
    def __init__(self, raw):
        self.defects = []
        self.facts = {}
        self.raw = raw
        self.message = email.message_from_bytes(raw, policy=email.policy.default)
        self.check_bytes()
        self.check_headers()
        self.check_tree()

    def complain(self, words):
        self.defects.append(words)

    def check_bytes(self):
        if b"\n" in self.raw.replace(b"\r\n", b"") or b"\r" in self.raw.replace(b"\r\n", b""):
            self.complain("a line ends with a bare CR or LF")
        lines = self.raw.split(b"\r\n")
        if any(len(line) > 998 for line in lines):
            self.complain("a line is longer than 998 octets")
        if any(line.startswith(b".") for line in lines):
            self.complain("a line begins with a dot")
        head, _, body = self.raw.partition(b"\r\n\r\n")
        if any(byte > 127 for byte in body):
            self.complain("the body is not 7 bit")
        for line in head.split(b"\r\n"):
            if not line.strip():
                self.complain("a header line is blank")
            if len(line) > 78 and b" " in line.strip()[:-1] and b"?=" in line:
                self.complain(f"an encoded header line is longer than 78 octets: {line!r}")

    def check_headers(self):
        message = self.message
        for name in ONE_LINE:
            count = len(message.get_all(name, []))
            if count != 1:
                self.complain(f"{name} stands {count} times")
        for name in NEVER:
            if name in message:
                self.complain(f"{name} must not be there")
        for name, value in message.items():
            for defect in value.defects:
                self.complain(f"{name}: {defect!r}")
            if re.search(r"[\r\n\x00-\x08\x0b-\x1f\x7f]", str(value)):
                self.complain(f"{name} holds a control character")
        for name in ["from", "to", "reply-to"]:
            if name in message and len(message[name].addresses) != 1:
                self.complain(f"{name} does not hold exactly one address")
        if message["auto-submitted"] not in (None, "auto-generated"):
            self.complain("Auto-Submitted is not auto-generated")
        if not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", message.get("message-id", "")):
            self.complain("Message-ID is not <left@right>")
        date = message["date"].datetime if message["date"] else None
        if date is None:
            self.complain("Date cannot be read")
        self.facts.update(
            sender=self.address("from"), sender_name=self.name("from"), to=self.address("to"), to_name=self.name("to"),
            reply_to=self.address("reply-to"), subject=message.get("subject"), message_id=message.get("message-id"),
            date=date.timestamp() if date else None, headers=[name.lower() for name in message.keys()],
        )

    def address(self, name):
        header = self.message[name]
        return header.addresses[0].addr_spec if header and header.addresses else None

    def name(self, name):
        """The display name. Python's new parser leaves a space between two encoded words, RFC 2047 (6.2) does not."""
        header = self.message[name]
        if not header or not header.addresses:
            return None
        raw = next(value for key, value in self.message.raw_items() if key.lower() == name)
        phrase = re.sub(r"\s*<[^<>]*>\s*$", "", raw)
        if not phrase.startswith("=?"):
            return header.addresses[0].display_name
        return str(email.header.make_header(email.header.decode_header(phrase)))

    def check_tree(self):
        for part in self.message.walk():
            for defect in part.defects:
                self.complain(f"{part.get_content_type()}: {defect!r}")
        tree = self.tree(self.message)
        alternative = self.message
        if self.message.get_content_type() == "multipart/mixed":
            parts = list(self.message.iter_parts())
            if tree != ["multipart/mixed", ["multipart/alternative", *INVITED], "application/ics"]:
                self.complain(f"the tree of parts is {tree}")
                return
            alternative, attachment = parts
            if attachment.get_filename() != "invite.ics" or not attachment.is_attachment():
                self.complain("invite.ics is not an attachment")
        elif tree not in (["multipart/alternative", *INVITED], ["multipart/alternative", *INVITED[:2]]):
            self.complain(f"the tree of parts is {tree}")
            return
        parts = {part.get_content_type(): part for part in alternative.iter_parts()}
        text, markup = parts["text/plain"].get_content(), parts["text/html"].get_content()
        if not text.strip() or not markup.strip():
            self.complain("the text or the HTML is empty")
        page = Page(markup)
        for words in page.complaints:
            self.complain(words)
        self.facts.update(text=text, html=markup, links=sorted(page.links))
        if "text/calendar" in parts:
            self.check_calendar(parts["text/calendar"])
            if self.message.get_content_type() == "multipart/mixed":
                if attachment.get_content() != parts["text/calendar"].get_payload(decode=True):
                    self.complain("invite.ics differs from the calendar part")

    def tree(self, part):
        if part.is_multipart():
            return [part.get_content_type(), *[self.tree(child) for child in part.iter_parts()]]
        return part.get_content_type()

    def check_calendar(self, part):
        if part.get("content-disposition"):
            self.complain("the calendar part has a Content-Disposition: programs hide it")
        raw = part.get_payload(decode=True)
        if any(len(line) > 75 for line in raw.split(b"\r\n")):
            self.complain("a calendar line is longer than 75 octets")
        if b"\n" in raw.replace(b"\r\n", b"") or not raw.endswith(b"\r\n"):
            self.complain("a calendar line does not end with CRLF")
        calendar = icalendar.Calendar.from_ical(raw)
        if len(calendar.events) != 1 or len(calendar.subcomponents) != 1:
            self.complain("there is not exactly one VEVENT")
            return
        event = calendar.events[0]
        for component in (calendar, event):
            for name, error in component.errors:
                self.complain(f"{name}: {error}")
        self.check_event(calendar, event, part["content-type"].params.get("method"))

    def check_event(self, calendar, event, header_method):
        method = str(calendar.get("METHOD"))
        if method != header_method:
            self.complain(f"METHOD is {method}, the header says {header_method}")
        for name in ["VERSION", "PRODID"]:
            if name not in calendar:
                self.complain(f"{name} is missing")
        for name in ["UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "ORGANIZER", "STATUS"]:
            if name not in event or isinstance(event[name], list):
                self.complain(f"{name} does not stand exactly once")
                return
        start, end = event.decoded("DTSTART"), event.decoded("DTEND")
        if start.utcoffset() != datetime.timedelta(0) or end.utcoffset() != datetime.timedelta(0) or start >= end:
            self.complain("the times are not UTC or not in order")
        organizer = event["ORGANIZER"]
        if organizer.lower() != f"mailto:{self.facts['sender']}".lower():
            self.complain(f"ORGANIZER is {organizer}, From is {self.facts['sender']}")
        attendees = event.get("ATTENDEE", [])
        attendees = attendees if isinstance(attendees, list) else [attendees]
        self.check_people(method, attendees)
        if (method == "CANCEL") != (event["STATUS"] == "CANCELLED"):
            self.complain(f"METHOD {method} with STATUS {event['STATUS']}")
        self.facts["event"] = dict(
            method=method, uid=str(event["UID"]), sequence=int(event["SEQUENCE"]), status=str(event["STATUS"]),
            stamp=event.decoded("DTSTAMP").timestamp(), starts=start.timestamp(), ends=end.timestamp(),
            summary=str(event["SUMMARY"]), description=str(event.get("DESCRIPTION", "")),
            location=str(event.get("LOCATION", "")), url=str(event.get("URL", "")),
            organizer=str(organizer)[7:], organizer_name=str(organizer.params.get("CN", "")),
            attendees=[dict(address=str(one)[7:], name=str(one.params.get("CN", "")), rsvp=one.params.get("RSVP"),
                            partstat=one.params.get("PARTSTAT"), role=one.params.get("ROLE")) for one in attendees],
        )

    def check_people(self, method, attendees):
        addresses = [str(one).lower() for one in attendees]
        if len(set(addresses)) != len(addresses):
            self.complain("somebody is invited twice")
        if any(not re.fullmatch(r"mailto:[^@<>\s]+@[^@<>\s]+", one) for one in addresses):
            self.complain(f"ATTENDEE is not a bare mailto: address: {addresses}")
        if method == "PUBLISH":
            return
        if f"mailto:{self.facts['to']}".lower() not in addresses:
            self.complain(f"the recipient {self.facts['to']} is not among the attendees {addresses}")


def check_order(mails):
    """SEQUENCE never falls, DTSTAMP never falls, and a changed time has a higher SEQUENCE."""
    last = {}
    for mail in mails:
        event = mail.facts.get("event")
        if not event:
            continue
        key = (event["uid"], mail.facts["to"])
        before = last.get(key)
        if before:
            if event["sequence"] < before["sequence"] or event["stamp"] < before["stamp"]:
                mail.complain("SEQUENCE or DTSTAMP fell: programs would ignore this mail")
            moved = (event["starts"], event["ends"]) != (before["starts"], before["ends"])
            if (moved or event["method"] != before["method"]) and event["sequence"] == before["sequence"]:
                mail.complain("the meeting changed and SEQUENCE did not rise")
        last[key] = event


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--summary"]
    raws = [open(name, "rb").read() for name in arguments] or [sys.stdin.buffer.read()]
    mails = [Mail(raw) for raw in raws]
    check_order(mails)
    broken = False
    for number, mail in enumerate(mails):
        name = arguments[number] if arguments else "standard input"
        for defect in mail.defects:
            broken = True
            print(f"{name}: {defect}", file=sys.stderr)
        print(json.dumps(mail.facts))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
