"""The harness itself: every check it offers is seen to fail once on something bad."""
import http.server
import smtplib
import threading

import pytest
import requests

import eyes
from conftest import HOST
from mailbox_sink import Mail, MailSink
from proxy import Proxy

GOOD = b"""<!doctype html><html lang="en" dir="ltr"><title>Good</title>
<main><h1>Good</h1><p>Some words.</p><a href="/x" style="display:block;min-height:44px">On</a></main></html>"""
BAD = b"""<!doctype html><html><title>Bad</title><div style="width:3000px"><img src="/x.png">
<button style="height:12px;width:12px;padding:0;border:0"></button></div></html>"""


@pytest.fixture
def pages():
    """A stub of two pages; the one under /host answers with the name it was asked by."""
    class Stub(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            host = self.headers["Host"].encode() + b" for " + (self.headers["X-Forwarded-For"] or "").encode()
            body = {"/bad": BAD, "/host": host}.get(self.path, GOOD)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    stub = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=stub.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{stub.server_port}"
    stub.shutdown()


def test_a_good_page_passes_in_every_look(browser, pages):
    for look in eyes.LOOKS:
        with eyes.page_of(browser, look) as page:
            page.goto(pages + "/good")
            if look.locale == eyes.MIRRORED.locale:
                with pytest.raises(AssertionError, match="not mirrored"):
                    eyes.inspect(page, look)
            else:
                eyes.inspect(page, look)


def test_a_bad_page_is_caught_by_every_check(browser, pages):
    with eyes.page_of(browser, eyes.NARROW) as page:
        page.goto(pages + "/bad")
        found = " ".join(eyes.axe_violations(page))
        assert "image-alt" in found and "button-name" in found and "html-has-lang" in found
        assert eyes.sideways_scroll(page) > 0
        assert len(eyes.small_targets(page)) == 1


def test_an_error_in_the_console_fails_the_page(browser, pages):
    with pytest.raises(AssertionError, match="boom"):
        with eyes.page_of(browser) as page:
            page.goto(pages)
            page.evaluate("setTimeout(() => { throw new Error('boom') }, 0)")
            page.wait_for_timeout(100)


def test_a_page_without_script_runs_none(browser, pages):
    with eyes.page_of(browser, script=False) as page:
        page.goto(pages)
        assert page.get_by_role("link", name="On").is_visible()


def test_the_proxy_answers_under_another_host_name(browser, pages):
    proxy = Proxy(int(pages.rsplit(":", 1)[1]))
    try:
        with eyes.page_of(browser) as page:
            page.goto(f"http://{HOST}:{proxy.port}/host")
            assert page.inner_text("body") == f"{HOST}:{proxy.port} for 203.0.113.7"
        assert requests.get(f"http://127.0.0.1:{proxy.port}/bad", timeout=5).content == BAD
        assert "GET /bad HTTP/1.1" in proxy.requests
    finally:
        proxy.close()


MESSAGE = (
    "From: Host <bookings@example.org>\r\nTo: ada@example.com\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    "Date: Mon, 01 Dec 2026 09:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nMove it: http://book.localtest/book/reschedule/abc.\r\n"
    "--b\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u@example.org\r\n"
    "DTSTAMP:20261201T090000Z\r\nDTSTART:20261202T090000Z\r\nSUMMARY:Meet\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    "--b--\r\n").encode()


def test_the_mail_sink_keeps_and_reads_a_message():
    sink = MailSink()
    try:
        with smtplib.SMTP("127.0.0.1", sink.port) as client:
            client.sendmail("bookings@example.org", ["ada@example.com"], MESSAGE)
        mail = sink.wait_for(1)[0]
        assert mail.complaints() == []
        assert mail.subject == "Grüße" and mail.message_id == "<1@example.org>"
        assert mail.calendar_method == "REQUEST" and mail.event()["UID"] == "u@example.org"
        assert mail.links() == ["http://book.localtest/book/reschedule/abc"]
        assert sink.to("ada@example.com") == [mail] and sink.to("eve@example.com") == []
        sink.refuse = "451 4.7.1 Try later"
        with smtplib.SMTP("127.0.0.1", sink.port) as client, pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("bookings@example.org", ["ada@example.com"], MESSAGE)
    finally:
        sink.close()


def test_a_broken_message_is_complained_about():
    assert "a bare line feed" in Mail("a", ["b"], MESSAGE.replace(b"Move it", b"Move\nit")).complaints()
    assert "no Date" in Mail("a", ["b"], MESSAGE.replace(b"Date:", b"X-Date:")).complaints()
    with pytest.raises(AssertionError):
        Mail("a", ["b"], MESSAGE.replace(b"DTSTART:20261202T090000Z", b"DTSTART:tomorrow")).event()
    with pytest.raises(AssertionError, match="0 of 1"):
        sink = MailSink()
        try:
            sink.wait_for(1, limit=0.1)
        finally:
            sink.close()
