"""A change of the key, from the first day to the last: nothing in use stops working, and no secret lies open."""
import base64
import os
import re
import time

import pytest

import harness
import lib
from pages import Page


@pytest.fixture(params=harness.ENGINES)
def turning(request):
    """A server of one's own: its key file changes."""
    with lib.server(request.param) as started:
        yield started


def key_file(running) -> "harness.pathlib.Path":
    return running.folder / "key"


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def doctor(running) -> list[str]:
    return [line for line in running.command("doctor", check=False).stdout.splitlines() if " key " in line]


def wait_for(running, words: str, limit: float = 20) -> None:
    deadline = time.monotonic() + limit
    while not any(words in line for line in doctor(running)):
        assert time.monotonic() < deadline, doctor(running)
        time.sleep(0.2)


def book(running, link, start: str, key: str | None = None) -> lib.Reply:
    reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings", lib.wish(start),
                                          idempotency=key)
    assert reply.status == 201, reply.text
    return reply


def open_form(running, link, start: str) -> tuple[str, dict[str, str]]:
    """The details of a time that is held, as a browser has them open."""
    client, path = lib.Client(running.port), f"/book/{link['slug']}"
    page = Page(client.call("GET", f"{path}?timezone={lib.ZONE}&date={start[:10]}").text)
    form = page.form(f"{path}/holds")
    held = client.form(f"{path}/holds", form.fields | {"start": str(lib.seconds(start))})
    assert held.status == 303, held.text[:400]
    details = Page(client.call("GET", held.headers["location"]).text)
    found = next(form for form in details.forms if "attendee.email" in form.fields)
    return found.action, found.fields | {"attendee.name": "Ada", "attendee.email": "ada@example.com"}


def found_by_mail(running, email: str = "ada@example.com", limit: float = 30) -> list[str]:
    """The tokens in the mail that lists somebody's bookings: they come out of what is sealed."""
    running.mail.clear()
    client = lib.Client(running.port)
    page = Page(client.call("GET", "/book/find").text)
    form = next(form for form in page.forms if "email" in form.fields)
    assert client.form("/book/find", form.fields | {"email": email}).status in (200, 303)
    lib.settle(running, limit=limit)
    return mailed_tokens(running)


def mailed_tokens(running) -> list[str]:
    return sorted({token for mail in running.mail.mails for link in mail.links()
                   for token in re.findall(r"/booking/([\w-]{40,})", link)})


def test_a_key_is_changed_without_a_pause_and_the_old_one_can_go(turning):
    place = lib.make_place(turning, "Harbour")
    link = lib.make_link(turning, place)
    starts = lib.free_starts(turning, link["slug"], days=10)[::3]
    first = book(turning, link, starts[0], key="repeat-me")
    action, form = open_form(turning, link, starts[1])
    old = key_file(turning).read_text().strip()

    # The new key comes first, the old one stays; a restart reads them.
    key_file(turning).write_text(f"# new since today\n{new_key()}\n{old}\n")
    turning.restart()
    assert lib.Client(turning.port).call("GET", f"/booking/{first.json['token']}").status == 200
    again = book(turning, link, starts[0], key="repeat-me")
    assert again.replayed and again.json["token"] == first.json["token"], "a stored reply opens with the old key"
    sent = lib.Client(turning.port).form(action, form)
    assert sent.status == 303, "a form that was open during the change is still ours"

    wait_for(turning, "the former ones can be removed")
    assert not any(line.startswith("fail") for line in doctor(turning))

    # Now the old one goes.
    second = book(turning, link, starts[2])
    key_file(turning).write_text(key_file(turning).read_text().replace(old + "\n", ""))
    turning.restart()
    third = book(turning, link, starts[0], key="repeat-me")
    assert third.replayed and third.json["token"] == first.json["token"]
    tokens = found_by_mail(turning)
    assert {first.json["token"], second.json["token"]} <= set(tokens), "what was sealed anew opens with the new key"
    assert [line[:4] for line in doctor(turning)] == ["ok  ", "ok  "], doctor(turning)


def test_an_old_key_that_goes_too_early_is_told_and_comes_back(turning):
    place = lib.make_place(turning, "Harbour")
    link = lib.make_link(turning, place)
    book(turning, link, lib.free_starts(turning, link["slug"])[0])
    old = key_file(turning).read_text()
    turning.process.stop()
    key_file(turning).write_text(new_key() + "\n")
    told = doctor(turning)
    assert any(line.startswith("warn") and "open with no key of the file" in line for line in told), told
    key_file(turning).write_text(new_key() + "\n" + old)
    told = doctor(turning)
    assert any("need a former key: keep it" in line for line in told), told


def dump(running) -> bytes:
    """Every byte of the database: what whoever steals a copy of it has."""
    if running.engine == "sqlite":
        parts = [path.read_bytes() for path in running.folder.glob("workestra.sqlite*")]
        return b"".join(parts)
    tables = running.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    rows = [running.rows(f'SELECT * FROM "{table["name"]}"') for table in tables]
    cells = [cell for table in rows for row in table for cell in row.values()]
    return b"\n".join(bytes(cell) if isinstance(cell, (bytes, memoryview)) else str(cell).encode() for cell in cells)


def test_no_secret_can_be_read_in_the_database(turning):
    place = lib.make_place(turning, "Harbour")
    link = lib.make_link(turning, place)
    starts = lib.free_starts(turning, link["slug"], days=5)[::4]
    made = [book(turning, link, start, key=f"key-{start}").json for start in starts[:4]]
    hold = lib.Client(turning.port).call("POST", f"/api/v1/public/links/{link['slug']}/holds", {"start": starts[5]})
    session = place.owner.sign_in(turning.port).cookie.split("=", 1)[1]
    lib.settle(turning)
    secrets = {"key": place.owner.key, "password": place.owner.password, "session": session,
               **{f"token {number}": booking["token"] for number, booking in enumerate(made)}}
    if hold.status == 201:
        secrets["hold"] = next(value for name, value in hold.json.items() if "token" in name.lower())
    everything = dump(turning)
    # The check can fail: what is stored in words is found.
    assert b"ada@example.com" in everything and link["slug"].encode() in everything
    assert [name for name, secret in secrets.items() if secret.encode() in everything] == []
    sealed = key_file(turning).read_text().strip()
    assert sealed.encode() not in everything and base64.b64decode(sealed) not in everything


def test_sealed_tokens_swapped_between_rows_open_nowhere(turning):
    place = lib.make_place(turning, "Harbour")
    link = lib.make_link(turning, place)
    starts = lib.free_starts(turning, link["slug"], days=5)[::4]
    one, two = (book(turning, link, start).json["token"] for start in starts[:2])
    assert set(found_by_mail(turning)) >= {one, two}
    lib.settle(turning)
    swap = """UPDATE booking_token SET token_sealed = (SELECT other.token_sealed FROM booking_token other
              WHERE other.id <> booking_token.id LIMIT 1)"""
    turning.process.stop()
    with lib.connection(turning) as store:
        store.execute(swap)
    turning.start()
    turning.clock.advance(seconds=3700)
    tokens = set(found_by_mail_or_nothing(turning))
    assert not tokens & {one, two}, "nobody is mailed the token of another booking"


def found_by_mail_or_nothing(running) -> list[str]:
    try:
        return found_by_mail(running, limit=3)
    except AssertionError:
        # The mail is given up: what it needs cannot be opened. That is the point; nothing may have been sent.
        return mailed_tokens(running)


def test_a_key_that_was_written_wrong_stops_the_start_in_a_sentence(turning):
    turning.process.stop()
    for text in ("", "# nothing but a comment\n", "short\n", "!!!!\n", base64.b64encode(b"x" * 31).decode() + "\n"):
        key_file(turning).write_text(text)
        told = turning.command("demo", check=False)
        assert told.returncode == 1 and "Fatal" not in told.stderr, (text, told.stderr)
        assert len(told.stderr.strip().splitlines()[-1]) < 200
