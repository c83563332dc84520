"""kill -9 at the crash points of everything but booking, moving and cancelling: forms, commands, other mails."""
import os
import pathlib
import signal
import subprocess

import pytest

import harness
import lib
from invariants import Facts, violations
from pages import Page
from test_backup import PASSPHRASE
from test_kill import arm, points, sound


@pytest.fixture(scope="module")
def ground(running, place):
    link = lib.make_link(running, place)
    return link, iter(lib.free_starts(running, link["slug"], days=40)[::4])


def cut_off(running, point: str, call) -> None:
    """The call ends in the death of the process; a fresh one then stands on the same data."""
    arm(running, point)
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {call()}")
    running.wait_for_crash()
    running.restart()


def fresh(caller: lib.Client) -> lib.Client:
    """The same caller on a connection to the process that lives now."""
    caller.close()
    return caller


def booked(running, link: dict, start: str, email: str) -> dict:
    reply = lib.Client(running.port).call("POST", f"/api/v1/public/links/{link['slug']}/bookings",
                                          lib.wish(start, email))
    assert reply.status == 201, reply.text
    lib.settle(running)
    return reply.json


@pytest.mark.parametrize("point", points("hold"))
def test_a_hold_cut_off_is_there_or_not_and_blocks_nobody_for_long(running, ground, point):
    link, starts = ground
    start, path = next(starts), f"/api/v1/public/links/{link['slug']}/holds"
    cut_off(running, point, lambda: lib.Client(running.port).call("POST", path, {"start": start}))
    held = running.rows("SELECT id FROM hold WHERE starts = ?", lib.seconds(start))
    assert len(held) == (1 if point.endswith("after_commit") else 0)
    again = lib.Client(running.port).call("POST", path, {"start": start})
    assert again.status == (409 if held else 201)
    running.clock.advance(minutes=11)
    assert booked(running, link, start, f"{point.replace('.', '-')}@example.com")["start"]
    sound(running)


@pytest.mark.parametrize("point", points("correct"))
def test_a_correction_cut_off_is_wholly_done_or_not_at_all(running, ground, point):
    link, starts = ground
    email, right = f"wrong-{point}@example.com", f"right-{point}@example.com"
    made = booked(running, link, next(starts), email)
    page = f"/booking/{made['token']}"
    fields = Page(lib.Client(running.port).call("GET", page).text).form(f"{page}/address").fields
    field = next(name for name in fields if "email" in name)
    cut_off(running, point, lambda: lib.Client(running.port).form(f"{page}/address", fields | {field: right}))
    [row] = running.rows("SELECT attendee_email, version FROM booking WHERE id = ?", made["id"])
    isDone = point.endswith("after_commit")
    assert (row["attendee_email"], row["version"]) == ((right, 2) if isDone else (email, 1))
    lib.settle(running, after_kill=True)
    sound(running)


@pytest.mark.parametrize("point", points("change"))
def test_bookings_that_take_over_a_new_title_do_so_once_each(running, place, point):
    """Three upcoming bookings; the process dies at the first. A second press changes the rest, tells nobody twice."""
    link = lib.make_link(running, place, title="Before")
    starts = lib.free_starts(running, link["slug"], days_ahead=30, days=3)[::3]
    made = [booked(running, link, start, f"{point}-{number}@example.com") for number, start in enumerate(starts[:3])]
    caller = place.owner.sign_in(running.port)
    client = lib.Client(running.port, key=place.owner.key)
    reply = client.call("PATCH", f"/api/v1/links/{link['id']}", {"title": "After"})
    assert reply.status == 200, reply.text
    settings = f"/settings/booking-links/{link['id']}"
    fields = Page(caller.call("GET", settings).text).form(settings).fields
    press = lambda: fresh(caller).form(f"{settings}/bookings", {"csrf": fields["csrf"]})
    cut_off(running, point, press)
    changed = running.rows("SELECT booking FROM booking_history WHERE event = 'changed' AND booking IN "
                           f"({', '.join('?' * 3)})", *(booking["id"] for booking in made))
    assert len(changed) == (1 if point.endswith("after_commit") else 0)
    assert press().status in (200, 303)
    lib.settle(running, after_kill=True)
    histories = running.rows("SELECT booking FROM booking_history WHERE event = 'changed'")
    assert all([row["booking"] for row in histories].count(booking["id"]) == 1 for booking in made)
    sound(running)


@pytest.mark.parametrize("point", points("link"))
def test_a_link_cut_off_is_there_or_not(running, place, point):
    caller, body = lib.Client(running.port, key=place.owner.key), {"title": f"At {point}", "durationMinutes": [30]}
    call = lambda: fresh(caller).call("POST", "/api/v1/links", body, idempotency=point)
    cut_off(running, point, call)
    count = lambda: len(running.rows("SELECT id FROM link WHERE title = ?", body["title"]))
    assert count() == (1 if point.endswith("after_commit") else 0)
    assert call().status == 201 and count() == 1


@pytest.mark.parametrize("point", points("name", "stop"))
def test_an_assistant_cut_off_is_named_or_stopped_or_not_and_the_log_says_so(running, place, point):
    email = f"{point}@example.org"
    running.command("user", "add", "--email", email, "--name", point, "--workspace", place.id, "--role", "member")
    helper = running.rows("SELECT id FROM account WHERE email = ?", email)[0]["id"]
    caller, path = place.owner.sign_in(running.port), "/settings/assistants"
    fields = Page(caller.call("GET", path).text).form(path).fields
    name = lambda: fresh(caller).form(path, fields | {"userId": helper})
    stop = lambda: fresh(caller).form(f"{path}/{helper}/end", {"csrf": fields["csrf"]})
    kinds = {"assistant_named": name, "assistant_stopped": stop}
    if point in points("stop"):
        assert name().status == 303
    kind = "assistant_stopped" if point in points("stop") else "assistant_named"

    def stands() -> tuple[int, int]:
        """How often the helper is an assistant, and how often the log tells of the deed."""
        told = [row["target_name"] for row in running.rows("SELECT target_name FROM audit WHERE action = ?", kind)]
        return (len(running.rows("SELECT account FROM assistant WHERE assistant = ?", helper)),
                sum(words.startswith(point) for words in told))

    before = stands()
    cut_off(running, point, kinds[kind])
    done = (0, 1) if point in points("stop") else (1, 1)
    assert stands() == (done if point.endswith("after_commit") else before)
    # Pressed again it is done once, and told once.
    for _ in range(2):
        assert kinds[kind]().status == 303 and stands() == done
    sound(running)


def mails_cut_off(running, point: str, call, subject: str) -> None:
    """The process dies around the mail; it comes once, or twice with one Message-ID."""
    running.mail.clear()
    arm(running, point)
    try:
        call()
    except lib.Lost:
        pass  # the mail may go out, and the process end, before the answer has been read
    running.wait_for_crash()
    running.restart()
    lib.settle(running, after_kill=True)
    ids = [mail.message_id for mail in running.mail.mails if subject in mail.recipients]
    assert len(set(ids)) == 1 and len(ids) == (2 if point.endswith("after_send") else 1)


@pytest.mark.parametrize("point", points("find"))
def test_a_mail_with_found_bookings_comes_once_or_twice_and_is_the_same(running, ground, point):
    link, starts = ground
    email = f"{point}@example.com"
    booked(running, link, next(starts), email)
    caller = lib.Client(running.port)
    fields = Page(caller.call("GET", "/book/find").text).form("/book/find").fields
    mails_cut_off(running, point, lambda: fresh(caller).form("/book/find", fields | {"email": email}), email)


@pytest.mark.parametrize("point", points("invite"))
def test_an_invitation_cut_off_comes_once_or_twice_and_is_the_same(running, place, point):
    caller, email = place.owner.sign_in(running.port), f"{point}@example.org"
    fields = Page(caller.call("GET", "/calendar/admin/members").text).form("/calendar/admin/invitations").fields
    call = lambda: fresh(caller).form("/calendar/admin/invitations", fields | {"email": email, "role": "member"})
    mails_cut_off(running, point, call, email)


def run(environment: dict, *arguments: str, crash_at: str | None = None) -> subprocess.CompletedProcess:
    crash = {"WORKESTRA_CRASH_AT": crash_at} if crash_at else {}
    told = subprocess.run([harness.BINARY, *arguments], env=environment | PASSPHRASE | crash, capture_output=True,
                          stdin=subprocess.DEVNULL, text=True, timeout=60)
    assert told.returncode == (-signal.SIGKILL if crash_at else 0), (arguments, told.returncode, told.stderr)
    return told


@pytest.fixture
def elsewhere(running):
    """Another place of the same engine, still empty."""
    with_room = harness.Server(running.engine, settings={"WORKESTRA_RATE_FACTOR": "100000"} | PASSPHRASE)
    yield with_room
    with_room.close()


@pytest.mark.parametrize("point", points("migrate"))
def test_a_migration_cut_off_can_be_begun_again(elsewhere, point):
    for _ in range(3):
        crashed = subprocess.run([harness.BINARY, "serve", "--port", str(elsewhere.port)],
                                 env=elsewhere.environment | {"WORKESTRA_CRASH_AT": point}, capture_output=True,
                                 stdin=subprocess.DEVNULL, timeout=60)
        assert crashed.returncode in (-signal.SIGKILL,), crashed.stderr
        steps = elsewhere.rows("SELECT number FROM schema_migration") if point.endswith("after_commit") else []
        if len(steps) == 3:
            break
    elsewhere.start()
    lib.make_place(elsewhere, "Fresh")
    assert lib.Client(elsewhere.port).ready()


@pytest.mark.parametrize("point", points("backup"))
def test_a_backup_cut_off_is_whole_or_no_backup(running, elsewhere, tmp_path, point):
    file = tmp_path / "saved.tar"
    run(running.environment, "backup", str(file), crash_at=point)
    assert file.exists() == point.endswith("after_rename")
    if not file.exists():
        run(running.environment, "backup", str(file))
    run(elsewhere.environment, "restore", str(file))


@pytest.mark.parametrize("point", points("restore"))
def test_a_restore_cut_off_can_be_begun_again_or_is_done(running, place, elsewhere, tmp_path, point):
    file = tmp_path / "saved.tar"
    lib.settle(running)
    run(running.environment, "backup", str(file))
    run(elsewhere.environment, "restore", str(file), crash_at=point)
    if not point.endswith("after_commit"):
        run(elsewhere.environment, "restore", str(file))
    bookings = [server.rows("SELECT count(*) AS n FROM booking")[0]["n"] for server in (running, elsewhere)]
    assert bookings[0] == bookings[1]
    elsewhere.clock.shift = running.clock.shift
    elsewhere.clock.advance()
    elsewhere.start()
    assert violations(Facts.of(elsewhere), elsewhere.clock.now()) == [] and not elsewhere.mail.mails


@pytest.mark.parametrize("point", points("copy"))
def test_a_copy_cut_off_leaves_its_source_as_it_was(running, place, elsewhere, point):
    lib.settle(running)
    running.process.stop()
    try:
        before = lib.picture(running)
        run(running.environment, "copy", running.store.url, elsewhere.store.url, crash_at=point)
        assert lib.picture(running) == before
        key = pathlib.Path(running.folder / "key")
        (elsewhere.folder / "key").write_bytes(key.read_bytes())
        os.chmod(elsewhere.folder / "key", 0o600)
        left = [path for path in pathlib.Path(running.folder).glob("copy-*.partial")]
        assert len(left) <= 1
        for path in left:
            path.unlink()
    finally:
        running.start()
    sound(running)
