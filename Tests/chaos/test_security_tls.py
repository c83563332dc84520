"""S-31: the program calls nobody whose certificate is not good. What is served wrongly is made by openssl."""
import socket
import ssl
import struct
import subprocess
import threading

import pytest

import certificates
import harness
import lib
from test_webhooks import Hooks
from web_server import Receiver

BAD = [kind for kind in certificates.KINDS if kind != "good"]
# What a careful client of another make says of each.
COMPLAINTS = {"self-signed": "self-signed certificate", "stranger": "unable to get local issuer certificate",
              "expired": "certificate has expired", "elsewhere": "Hostname mismatch", "old": "protocol"}


def careful(port: int, authority: str) -> bytes:
    context = ssl.create_default_context(cafile=authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return asked(port, context)


def careless(port: int) -> bytes:
    """A client that trusts everybody and speaks whatever is spoken."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    certificates.speak_old(context)
    return asked(port, context)


def asked(port: int, context: ssl.SSLContext) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        with context.wrap_socket(raw, server_hostname="localhost") as safe:
            safe.sendall(b"GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return safe.recv(100)


@pytest.mark.parametrize("kind", certificates.KINDS)
def test_each_certificate_is_wrong_in_its_one_way(kind):
    """The control: all of them serve whoever does not look, and another careful client refuses the same ones."""
    with Receiver("127.0.0.1", tls=kind) as receiver:
        assert b"200" in careless(receiver.port)
        if kind == "good":
            assert b"200" in careful(receiver.port, receiver.authority)
        else:
            with pytest.raises(ssl.SSLError, match=f"(?i){COMPLAINTS[kind]}"):
                careful(receiver.port, receiver.authority)


def test_no_webhook_goes_to_a_certificate_that_is_not_good():
    """On one engine: nothing here asks the database. That a good one is called is a test of its own, in Swift."""
    with lib.server("sqlite") as running:
        receivers = {kind: Receiver("127.0.0.1", tls=kind) for kind in BAD}
        hooks = Hooks(running, "Tls", next(iter(receivers.values())))
        try:
            made = {}
            for kind, receiver in receivers.items():
                made[kind] = hooks.client.call("POST", "/api/v1/webhooks", {
                    "url": f"https://localhost:{receiver.port}/ok", "events": ["booking.created"]}).json
                hooks.client.call("POST", f"/api/v1/webhooks/{made[kind]['id']}/test")
            for kind, webhook in made.items():
                delivery = hooks.wait_until(webhook, 1)
                assert "certificate" in hooks.attempts(webhook, delivery)[0]["problem"], kind
                assert receivers[kind].requests == [] and sum(receivers[kind].connections.values()) >= 1, kind
        finally:
            for receiver in receivers.values():
                receiver.close()


class Doorman:
    """As much of a PostgreSQL server as greets: TLS if asked for, then a refusal. `greeted` counts whoever came in."""

    def __init__(self, kind: str):
        self.context, self.authority = certificates.server(kind)
        self.greeted, self.listener = 0, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            with caller:
                try:
                    caller.settimeout(5)
                    caller.recv(8)  # the question for TLS
                    caller.sendall(b"S")
                    with self.context.wrap_socket(caller, server_side=True) as safe:
                        if safe.recv(1_000):
                            self.greeted += 1
                            said = b"SFATAL\0C28000\0Mnobody of that name\0\0"
                            safe.sendall(b"E" + struct.pack("!I", len(said) + 4) + said)
                except OSError:
                    pass


@pytest.mark.parametrize("kind", certificates.KINDS)
def test_a_database_whose_certificate_is_not_good_is_told_nothing(tmp_path, kind):
    """`sslmode=verify-full`, as docs/hosting.md has it for a database on another machine."""
    door = Doorman(kind)
    address = f"postgres://w:secret@localhost:{door.port}/w?sslmode=verify-full&sslrootcert={door.authority}"
    environment = {"DATABASE_URL": address, "WORKESTRA_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"}
    try:
        told = subprocess.run([harness.BINARY, "migrate", "--check"], env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=30)
    finally:
        door.listener.close()
    assert told.returncode != 0
    assert door.greeted == (1 if kind == "good" else 0), told.stderr
    words = {"good": "nobody of that name", "elsewhere": "does not match host name"}.get(kind, "SSL")
    assert words in told.stderr, told.stderr
