"""What changes when the public address is https, and a mail that leads home whoever asked for it."""
import pytest

import harness
import lib


@pytest.fixture(scope="module")
def secure():
    """On one engine: nothing here asks the database."""
    settings = {"WORKESTRA_URL": "https://meet.example.org", "WORKESTRA_RATE_FACTOR": "100000"}
    with harness.Server("sqlite", settings=settings) as running:
        yield running


@pytest.fixture(scope="module")
def owner(secure):
    return lib.make_place(secure, "Secure", keys=0).owner


# S-15, S-48

def test_a_session_is_for_https_and_for_this_host_alone(secure, owner):
    sent = {"email": owner.email, "password": owner.password}
    planted = "workestra_session=" + "x" * 43 + "; __Host-workestra_session=" + "y" * 43
    reply = lib.Client(secure.port, cookie=planted).form("/sign-in", sent)
    assert reply.status == 303
    name, _, rest = reply.headers["set-cookie"].partition("=")
    value, *attributes = rest.split("; ")
    assert name.startswith("__Host-") and len(value) == 43 and value not in planted
    assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(attributes)
    assert not [one for one in attributes if one.lower().startswith("domain")]
    # Under any other name it is nothing: a page without https cannot plant it.
    bare = name.removeprefix("__Host-")
    assert lib.Client(secure.port, cookie=f"{bare}={value}").call("GET", "/calendar").status == 303
    assert lib.Client(secure.port).call("GET", f"/calendar?{bare}={value}").status == 303
    assert lib.Client(secure.port, cookie=f"{name}={value}").call("GET", "/calendar").status == 200
    for path in ("/sign-in", "/nothing", "/api/v1/nothing", "/livez"):
        head = lib.Client(secure.port).call("GET", path).headers
        assert head["strict-transport-security"].startswith("max-age=31536000"), path
        assert head["cross-origin-opener-policy"] == "same-origin", path


# S-53

def test_the_mail_for_a_forgotten_password_leads_home_whoever_asked(secure, owner):
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http",
              "Forwarded": "host=evil.example;proto=http", "X-Original-URL": "//evil.example/"}
    secure.mail.clear()
    reply = lib.Client(secure.port).form("/forgot-password", {"email": owner.email}, headers=forged)
    assert reply.status == 200 and "evil.example" not in reply.text
    mail = secure.mail.wait_for(1)[0]
    assert b"evil.example" not in mail.raw
    assert any(link.startswith("https://meet.example.org/reset-password/") for link in mail.links()), mail.links()
