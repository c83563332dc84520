"""What mails may hold: nothing an attacker wrote reaches a header, and no address in any mail changes anything."""
import re

import pytest
import requests

import contract
import eyes
import facts
from mailbox_sink import Mail
from visitor import Visitor

LINK = "product-walkthrough"
# A link whose title is odd as well, and whose question takes several lines.
ODD = "odd"
HOST = "ingrid@nordhavn.example"
HEADERS = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type", "reply-to",
           "auto-submitted", "content-transfer-encoding", "x-auto-response-suppress", "references", "in-reply-to",
           "content-language", "list-unsubscribe"}

# Every way somebody may try to put a header, a recipient or a part of their own into a mail.
NAMES = [
    'A\r\nBcc: x@evil.example',
    '"A\r\nBcc: x@evil.example"',
    "A\nBcc: x@evil.example",
    "A\rBcc: x@evil.example",
    "A\u2028Bcc: x@evil.example",
    "A\x0bBcc: x@evil.example\x0c",
    "A\x00Bcc: x@evil.example",
    "A, x@evil.example",
    '"Boss" <x@evil.example>',
    "A <x@evil.example>, B",
    "=?utf-8?q?A=0D=0ABcc:_x@evil.example?=",
    "=?utf-8?b?QQ0KQmNjOiB4QGV2aWwuZXhhbXBsZQ==?=",
    "\u202eelpmaxe.live@x\u202c",
    "A;RSVP=TRUE:mailto:x@evil.example",
    "A\r\nBEGIN:VALARM\r\nEND:VALARM",
    'A" onmouseover="alert(1)',
    "<script>alert(1)</script>",
    "A\\nBcc: x",
    "é" * 200,
]


@pytest.fixture(scope="module")
def odd_question(shared_server) -> str:
    """Makes the link; the id of its question."""
    owner = shared_server.logins["users"][0]
    answer = shared_server.api("POST", "/api/v1/links", {
        "title": 'Talk, "x" <x@evil.example>; café', "slug": ODD, "kind": "one_on_one", "durationMinutes": [15],
        "questions": [{"kind": "textarea", "label": "Bcc: x@evil.example", "required": False}],
    }, key=owner["apiKey"])
    assert answer.status_code == 201, answer.text
    return answer.json()["questions"][0]["id"]


def by_api(server, name: str, start: str, email: str, answers: dict) -> requests.Response:
    return contract.create_booking(server, ODD, start, name=name, email=email, answers=answers)


def by_form(server, name: str, start: str, email: str, answers: dict) -> requests.Response:
    """As a browser sends it, but with what no browser's field lets through."""
    page = f"{server.local}{contract.book(ODD)}"
    at = facts.seconds(start)
    form = re.search(r'name="form" value="([^"]+)"', requests.get(page, timeout=30).text)[1]
    held = requests.post(f"{page}/holds", {"form": form, "start": at}, allow_redirects=False, timeout=30)
    assert held.status_code == 303, held.text
    form = re.search(r"form=([^&]+)", held.headers["Location"])[1]
    fields = {"form": form, "start": at, "timezone": "Europe/Oslo", "attendee.name": name, "attendee.email": email,
              **{f"answers.{question}": value for question, value in answers.items()}}
    return requests.post(f"{page}/bookings", fields, allow_redirects=False, timeout=30)


@pytest.mark.parametrize("way", [by_api, by_form], ids=["API", "form"])
def test_no_name_adds_anything_to_a_mail(shared_server, odd_question, way):
    shared_server.wait_for_jobs()
    before = len(shared_server.mail.mails)
    starts = contract.free_slots(shared_server, ODD, days=25)
    booked = 0
    for number, name in enumerate(NAMES):
        answers = {odd_question: f"{name}\r\n.\r\nBcc: x@evil.example".replace("\0", "")}
        answer = way(shared_server, name, starts[number], f"{way.__name__}-{number}@example.com".replace("_", "-"),
                     answers)
        assert answer.status_code in (201, 303, 400, 422), f"{name!r}: {answer.status_code} {answer.text[:500]}"
        booked += answer.status_code in (201, 303)
    assert booked >= 5, "some of the names are merely odd and must be booked"
    shared_server.wait_for_jobs()
    fresh = shared_server.mail.mails[before:]
    assert len(fresh) == 2 * booked
    for mail in fresh:
        _expect_nothing_added(mail, way.__name__.replace("_", "-"))
    assert facts.oracle_complaints(fresh) == []
    dead = shared_server.rows("SELECT id, reason FROM job WHERE state = 'dead'")
    assert dead == []


def _expect_nothing_added(mail, way: str) -> None:
    (recipient,) = mail.recipients
    assert recipient == HOST or re.fullmatch(rf"{way}-\d+@example\.com", recipient)
    assert {name.lower() for name in mail.message.keys()} <= HEADERS, list(mail.message.keys())
    for name in ("From", "To", "Reply-To"):
        header = mail.message[name]
        for address in header.addresses if header else ():
            assert "evil" not in address.addr_spec
    event = mail.event()
    assert len(event.subcomponents) == 0
    attendees = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]
    assert not any("evil" in str(attendee) for attendee in attendees)
    markup = mail.part("text/html")
    assert "<script" not in markup and "onmouseover=\"" not in markup


def test_no_address_in_a_mail_changes_anything(server, browser, demo):
    """Mail programs and their guards open every link, by HEAD and by GET, before a person does."""
    with eyes.page_of(browser) as page:
        ada = Visitor(page, server, LINK, email="ada@example.com")
        old = ada.book(0)
        ada.move(3)
        page.goto(f"{server.url}/booking/{old}")
        with page.expect_navigation():
            page.get_by_role("button", name="Mail me the current link").click()
        server.wait_for_jobs()
        bob = Visitor(page, server, LINK, email="bob@example.com")
        bob.book(5)
        bob.cancel()
    server.wait_for_jobs()
    links = sorted({link for mail in server.mail.mails for link in mail.links() + _in_calendar(mail)
                    if link.startswith(server.url)})
    assert len(links) >= 9, links
    before = facts.snapshot(server)
    for link in links:
        assert link.startswith(server.url + "/"), link
        for method in ("HEAD", "GET", "HEAD"):
            # The name is the proxy's; this machine knows it by its address only.
            address = f"http://127.0.0.1:{server.proxy.port}{link.removeprefix(server.url)}"
            host = {"Host": server.url.removeprefix("http://")}
            answer = requests.request(method, address, headers=host, timeout=30)
            assert answer.status_code in (200, 410), f"{method} {link}: {answer.status_code}"
    assert facts.differences(before, facts.snapshot(server)) == []


def _in_calendar(mail) -> list[str]:
    text = (mail.part("text/calendar") or "").replace("\r\n ", "")
    return re.findall(r"https?://[^\s\"'<>\\]+", text)


def test_the_snapshot_sees_a_change(shared_server):
    before = facts.snapshot(shared_server)
    start = contract.free_slots(shared_server, LINK, days=25)[-1]
    assert contract.create_booking(shared_server, LINK, start, email="seen@example.com").status_code == 201
    changed = " ".join(facts.differences(before, facts.snapshot(shared_server)))
    for table in ("booking:", "ledger:", "booking_history:", "job:"):
        assert table in changed


def test_the_checks_see_what_is_wrong(shared_server):
    """A header too many, another time, a step that did not happen: each is noticed."""
    start = contract.free_slots(shared_server, LINK, days=25)[-3]
    assert contract.create_booking(shared_server, LINK, start, email="zoe@example.com").status_code == 201
    booking = facts.expect_stored(shared_server, "zoe@example.com", facts.BOOKED, [])
    with pytest.raises(AssertionError):
        facts.expect_stored(shared_server, "zoe@example.com", facts.MOVED, [facts.BOOKED])
    mail = shared_server.mail.to("zoe@example.com")[0]
    assert facts.oracle_complaints([mail]) == []
    with_bcc = mail.raw.replace(b"\r\nSubject:", b"\r\nBcc: x@evil.example\r\nSubject:")
    added = Mail(mail.sender, mail.recipients, with_bcc)
    assert any("bcc" in complaint for complaint in facts.oracle_complaints([added]))
    with pytest.raises(AssertionError):
        _expect_nothing_added(added, "zoe")
    facts.expect_invitation(mail, booking, facts.BOOKED)
    for changed in ({"starts": booking["starts"] + 60}, {"uid": "other@example.com"}):
        with pytest.raises(AssertionError):
            facts.expect_invitation(mail, booking | changed, facts.BOOKED)
    with pytest.raises(AssertionError):
        facts.expect_invitation(mail, booking, facts.MOVED)
