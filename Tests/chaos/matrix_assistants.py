"""Assistants in the matrix of ids: whoever names one for a member is that member, or an admin."""
import secrets

import lib

# As in test_matrix.py; the id is a member's, whose assistant the owner is.
OWN = {
    ("GET", "/api/v1/members/:id/assistants"): ("assisted", None),
    ("POST", "/api/v1/members/:id/assistants"): ("assisted", {"userId": "OWNER"}),
    ("DELETE", "/api/v1/members/:id/assistants/:assistant"): ("assisted", None),
}
ADMIN = {
    ("GET", "/calendar/admin/members/:id/assistants"): ("assisted", None),
    ("POST", "/calendar/admin/members/:id/assistants"): ("assisted", {"userId": "OWNER"}),
    ("POST", "/calendar/admin/members/:id/assistants/:assistant/end"): ("assisted", {}),
}
# Who is stopped is a member of one's own workspace; whether they were an assistant is told to nobody.
SHARED = {
    ("POST", "/settings/assistants/:id/end"): ("assisted", {}),
    ("POST", "/settings/assisted/:id/end"): ("assisted", {}),
}


def make(running, place) -> str:
    """A new member, whose assistant the owner of the place is."""
    email = f"{place.name.lower()}-{secrets.token_hex(6)}@example.org"
    running.command("user", "add", "--email", email, "--name", f"{place.name} assisted", "--workspace", place.id,
                    "--role", "member")
    account = running.rows("SELECT id FROM account WHERE email = ?", email)[0]["id"]
    name(running, place, place.owner.id, account)
    return account


def name(running, place, assistant: str, account: str) -> None:
    """The owner of the place says who acts for a member."""
    reply = lib.Client(running.port, key=place.owner.key).call(
        "POST", f"/api/v1/members/{account}/assistants", {"userId": assistant})
    assert reply.status == 201, reply.text


def filled(place, path: str, body) -> tuple:
    """The same with the place's owner where a path or a body names an assistant."""
    owner = place.owner.id
    body = body and {field: owner if value == "OWNER" else value for field, value in body.items()}
    return path.replace(":assistant", owner), body
