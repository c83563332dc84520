"""A person sets a webhook up, tests it, reads what was answered, and sends again; without script and with mistakes."""
import base64
import hashlib
import hmac
import json
import re

import pytest

import contract
import eyes
from conftest import HOST, HURRIED
from harness import ENGINES, Server
from shots import sign_in
from web_server import Receiver

HOME = "/settings/webhooks"


@pytest.fixture
def receiver():
    with Receiver("127.0.0.1") as started:
        yield started


@pytest.fixture(params=ENGINES)
def allowed(request):
    """A server whose operator allows webhooks to this machine."""
    settings = HURRIED | {"WORKESTRA_EGRESS_ALLOW": "127.0.0.0/8"}
    with Server(request.param, host=HOST, settings=settings) as started:
        started.furnish()
        yield started


def shown_secret(page) -> str:
    return page.locator(".banner code").inner_text()


def signed(request: dict, secret: str) -> bool:
    headers = request["headers"]
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{request['body']}".encode()
    code = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), message, hashlib.sha256).digest()
    return "v1," + base64.b64encode(code).decode() in headers["webhook-signature"].split(" ")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_nothing_to_a_delivery_that_was_sent_again(allowed, browser, receiver, script):
    with eyes.page_of(browser, script=script) as page:
        sign_in(page, allowed, allowed.logins["users"][0])
        page.goto(allowed.url + "/calendar")
        page.locator("nav a", has_text="Webhooks").click()
        page.get_by_text("No webhooks yet").wait_for()
        page.get_by_role("link", name="New webhook").click()

        # A mistake comes back beside its field with the rest as it was typed and ticked.
        page.get_by_label("Address").fill("https://me:secret@example.org/")
        page.get_by_label("Description").fill("The CRM")
        page.get_by_label("An attendee did not come").uncheck()
        page.get_by_role("button", name="Make the webhook").click()
        page.locator("#f-url-error").wait_for()
        assert page.get_by_label("Description").input_value() == "The CRM"
        assert page.get_by_label("A meeting was booked").is_checked()
        assert not page.get_by_label("An attendee did not come").is_checked()

        page.get_by_label("Address").fill(f"http://127.0.0.1:{receiver.port}/third")
        page.get_by_role("button", name="Make the webhook").click()
        secret = shown_secret(page)
        assert secret.startswith("whsec_")
        page.get_by_role("link", name="I have stored it").click()
        assert "whsec_" not in page.content()

        page.get_by_role("button", name="Send a test").click()
        page.get_by_text("A test is on its way").wait_for()
        allowed.wait_for_jobs()
        page.reload()
        page.locator("td .state", has_text="Failed").wait_for()
        page.locator(".row-link", has_text="A meeting was booked").click()
        page.get_by_text("Answered 503").wait_for()
        for _ in range(2):
            # Nothing on the page tells the second answer from the first, so the navigation itself is awaited.
            with page.expect_navigation():
                page.get_by_role("button", name="Send it again").click()
            allowed.wait_for_jobs()
            page.reload()
        page.get_by_text("Answered 200").wait_for()
        assert page.get_by_text("third time lucky").count() == 3
        assert len(receiver.requests) == 3 and all(signed(request, secret) for request in receiver.requests)
        assert json.loads(receiver.requests[0]["body"])["test"] is True

        # A second secret; both sign for a day.
        page.goto(re.sub(r"/deliveries/.*", "", page.url))
        page.locator("summary", has_text="New secret").click()
        page.get_by_role("button", name="Make a new secret").click()
        second = shown_secret(page)
        page.get_by_role("link", name="I have stored it").click()
        page.get_by_role("button", name="Send a test").click()
        page.get_by_text("A test is on its way").wait_for()
        allowed.wait_for_jobs()
        assert signed(receiver.requests[-1], secret) and signed(receiver.requests[-1], second)

        # Every host that was contacted, and then it goes.
        page.goto(allowed.url + "/settings/outside-hosts")
        page.locator("tr", has_text="Is told what happens").locator("time").wait_for()
        page.goto(allowed.url + HOME)
        page.locator(".row-link").click()
        page.locator("summary", has_text="Delete the webhook").click()
        page.get_by_role("button", name=re.compile("^Delete “")).click()
        page.get_by_text("No webhooks yet").wait_for()


def test_a_booking_tells_its_host_who_was_told(allowed, browser, receiver):
    key = allowed.logins["users"][0]["apiKey"]
    made = allowed.api("POST", "/api/v1/webhooks", {
        "url": f"http://127.0.0.1:{receiver.port}/ok", "events": ["booking.created"]}, key=key)
    assert made.status_code == 201, made.text
    slot = contract.free_slots(allowed, "product-walkthrough", days=25)[5]
    booking = contract.create_booking(allowed, "product-walkthrough", slot, email="told@example.com").json()
    allowed.wait_for_jobs()
    with eyes.page_of(browser) as page:
        sign_in(page, allowed, allowed.logins["users"][0])
        page.goto(f"{allowed.url}/calendar/bookings/{booking['id']}")
        told = page.locator("section[aria-labelledby=told]")
        assert "Webhook at 127.0.0.1: it is booked" in told.inner_text()
        assert "Mail to" in told.inner_text() and "127.0.0.1 200" in told.inner_text()
