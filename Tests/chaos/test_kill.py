"""kill -9 at every named crash point: nothing is lost, nothing happens twice, a mail comes at most once more."""
import collections
import os
import re

import pytest

import harness
import lib
from invariants import Facts, violations
from kills import kill_at_random

# What is going on when the process dies. Every crash point of the sources must be named here.
POINTS = {
    "booking.before_commit": "book", "booking.after_commit": "book",
    "moving.before_commit": "move", "moving.after_commit": "move",
    "cancelling.before_commit": "cancel", "cancelling.after_commit": "cancel",
    "holding.before_commit": "hold", "holding.after_commit": "hold",
    "correcting.before_commit": "correct", "correcting.after_commit": "correct",
    "changing.before_commit": "change", "changing.after_commit": "change",
    "link.before_commit": "link", "link.after_commit": "link",
    "mail.before_send": "mail", "mail.after_send": "mail", "job.after_claim": "mail", "job.before_end": "mail",
    "job.after_end": "mail",
    "found_mail.before_send": "find", "found_mail.after_send": "find",
    "account_mail.before_send": "invite", "account_mail.after_send": "invite",
    "migrating.before_commit": "migrate", "migrating.after_commit": "migrate",
    "backup.before_rename": "backup", "backup.after_rename": "backup",
    "restoring.before_key": "restore", "restoring.before_rows": "restore", "loading.before_commit": "restore",
    "restoring.after_commit": "restore", "copying.after_commit": "copy",
    # In test_rotation.py.
    "reassigning.before_commit": "reassign", "reassigning.after_commit": "reassign",
    # In test_proposals.py.
    "proposing.before_commit": "propose", "proposing.after_commit": "propose", "refusing.before_commit": "refuse",
    # In test_waitlist.py.
    "waiting.before_commit": "wait", "waiting.after_commit": "wait",
    "offering.before_commit": "offer", "offering.after_commit": "offer", "leaving.before_commit": "leave",
    "waitlist_mail.before_send": "waitlist mail", "waitlist_mail.after_send": "waitlist mail",
    # In test_offers.py.
    "keeping.before_commit": "keep", "keeping.after_commit": "keep", "letting_go.before_commit": "let go",
    # In test_one_offs.py and test_sheets.py.
    "picking.before_commit": "pick", "picking.after_commit": "pick",
    # In test_polls.py.
    "polling.before_commit": "poll", "polling.after_commit": "poll",
    "voting.before_commit": "vote", "voting.after_commit": "vote",
    "poll_mail.before_send": "poll mail", "poll_mail.after_send": "poll mail",
    # In test_given.py.
    "giving.before_commit": "give", "giving.after_commit": "give",
    "single_use_mail.before_send": "given mail", "single_use_mail.after_send": "given mail",
    # In test_kill_more.py, too.
    "naming.before_commit": "name", "naming.after_commit": "name", "stopping.before_commit": "stop",
    # In test_kill_doors.py.
    "deciding.before_commit": "decide", "deciding.after_commit": "decide",
    "expiring.before_commit": "expire", "expiring.after_commit": "expire",
    "code_mail.before_send": "code", "code_mail.after_send": "code",
    # In test_rings.py.
    "ringing.before_commit": "call", "ring_message.before_commit": "message",
    "ring_message.before_send": "message_mail", "ring_message.after_send": "message_mail",
    # In test_seats.py.
    "session.before_commit": "session",
    # In test_webhooks.py.
    "webhook.before_send": "webhook", "webhook.after_send": "webhook",
    # In test_files.py.
    "picture.before_commit": "picture", "picture.after_commit": "picture",
    # In test_uploads.py.
    "upload.before_commit": "upload", "upload.after_commit": "upload",
}


def points(*kinds: str) -> list[str]:
    return [point for point, what in POINTS.items() if what in kinds]


CALLS = points("book", "move", "cancel")


class Story:
    """One booking and the calls that lead through its life, each with a key of its own."""

    def __init__(self, running, link: dict, start: str, later: str, name: str):
        self.running, self.link, self.start, self.later, self.name = running, link, start, later, name
        self.email = f"{name}@example.com"
        self.token = ""

    def book(self) -> lib.Reply:
        return self._call(f"links/{self.link['slug']}/bookings", lib.wish(self.start, self.email), "book")

    def move(self) -> lib.Reply:
        return self._call(f"bookings/{self.token}/reschedule", {"start": self.later, "reason": "a train"}, "move")

    def cancel(self) -> lib.Reply:
        return self._call(f"bookings/{self.token}/cancel", {"reason": "ill"}, "cancel")

    def _call(self, path: str, body: dict, step: str) -> lib.Reply:
        return lib.Client(self.running.port).call(
            "POST", f"/api/v1/public/{path}", body, idempotency=f"{self.name}/{step}")

    def prepare(self, step: str) -> None:
        """Everything before the step that will be cut off, its mails included."""
        if step != "book":
            self.token = self.book().json["token"]
        lib.settle(self.running)

    def done(self, step: str) -> bool:
        """Whether the database holds what the step does."""
        rows = self.running.rows("SELECT status, starts, version FROM booking WHERE attendee_email = ?", self.email)
        assert len(rows) <= 1, f"{len(rows)} bookings of {self.email}"
        return {"book": lambda: bool(rows), "move": lambda: rows[0]["starts"] == lib.seconds(self.later),
                "cancel": lambda: rows[0]["status"] == "cancelled"}[step]()


@pytest.fixture(scope="module")
def ground(running, place):
    """A link and a row of free times that the stories take one after the other."""
    link = lib.make_link(running, place, bufferAfterMinutes=15)
    return link, iter(lib.free_starts(running, link["slug"], days=30)[::4])


@pytest.fixture
def story(running, ground, request):
    link, starts = ground
    return Story(running, link, next(starts), next(starts), request.getfixturevalue("point"))


def arm(running, point: str) -> None:
    """A fresh process that will die at the point."""
    running.crash_at = point
    running.restart()


def mails_of(running, email: str) -> collections.Counter:
    """How often each mail about the person's booking came, by Message-ID."""
    booking = running.rows("SELECT id FROM booking WHERE attendee_email = ?", email)[0]["id"]
    mails = [mail for mail in running.mail.mails if booking.replace("_", "-") in mail.message_id]
    assert all(mail.complaints() == [] for mail in mails)
    return collections.Counter(mail.message_id for mail in mails)


def expected_mails(running, email: str) -> int:
    """One for each change and person, but those that a later change overtook."""
    booking = running.rows("SELECT id FROM booking WHERE attendee_email = ?", email)[0]["id"]
    ended = "state = 'done' OR reason = 'accepted before'"
    return len(running.rows(f"SELECT id FROM job WHERE subject = ? AND ({ended})", booking))


def sound(running) -> None:
    assert violations(Facts.of(running), running.clock.now()) == []
    if running.engine == "sqlite":
        assert running.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert lib.Client(running.port).ready()


def test_every_crash_point_of_the_sources_has_its_case():
    pattern = re.compile(r'CrashPoint\.reach\("([^"]+)"')
    named = {name for file in (harness.ROOT / "Sources").rglob("*.swift") if file.name != "CrashPoint.swift"
             for name in pattern.findall(file.read_text())}
    assert named == POINTS.keys()


@pytest.mark.parametrize("point", CALLS)
def test_a_call_cut_off_at_a_crash_point_is_wholly_done_or_not_at_all(running, story, point):
    step = POINTS[point]
    story.prepare(step)
    call = getattr(story, step)
    arm(running, point)
    with pytest.raises(lib.Lost):
        pytest.fail(f"answered: {call()}")
    running.wait_for_crash()
    running.restart()

    committed = point.endswith("after_commit")
    assert story.done(step) is committed
    again = call()
    assert again.status == (201 if step == "book" else 200), again.text
    assert again.replayed is committed
    third = call()
    assert (third.status, third.body, third.replayed) == (again.status, again.body, True)
    assert story.done(step)

    lib.settle(running, after_kill=True)
    sound(running)
    mails = mails_of(running, story.email)
    assert len(mails) == expected_mails(running, story.email) == (2 if step == "book" else 4)
    assert max(mails.values()) <= 2, mails
    tell(running, point, mails)


@pytest.mark.parametrize("point", points("mail"))
def test_a_mail_cut_off_comes_once_or_twice_and_is_the_same(running, story, point):
    story.prepare("book")
    arm(running, point)
    try:
        story.book()
    except lib.Lost:
        pass  # the mail may go out, and the process end, before the answer has been read
    running.wait_for_crash()
    running.restart()
    assert story.book().replayed

    lib.settle(running, after_kill=True)
    sound(running)
    mails = mails_of(running, story.email)
    assert len(mails) == expected_mails(running, story.email) == 2
    # Two mails may be in the air when the process dies, and each of them may come once more, but no further.
    assert max(mails.values()) <= 2, mails
    # Later than that the server's yes is noted, and a mail that was taken is not sent again.
    if point == "mail.after_send":
        assert max(mails.values()) == 2, "the crash came after a sending, so that mail must come again"
    tell(running, point, mails)


def test_kills_at_random_lose_nothing_that_was_answered():
    """R-11, small; the long one is in the folder of long tests."""
    seed = int(os.environ.get("WORKESTRA_TEST_SEED", "20261126"))
    for engine in harness.ENGINES:
        with lib.server(engine) as running:
            figures = kill_at_random(running, rounds=10, clients=20, seed=seed, longest=0.6)
        print(f"kills at random on {engine}: seed {seed}, {figures}")


LOSE = {
    "sqlite": ["CREATE TRIGGER lose AFTER INSERT ON job WHEN NEW.dedupe_key LIKE '%|attendee' "
               "BEGIN DELETE FROM job WHERE id = NEW.id; END"],
    "postgres": ["CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS "
                 "'BEGIN DELETE FROM job WHERE id = NEW.id; RETURN NULL; END'",
                 "CREATE TRIGGER lose AFTER INSERT ON job FOR EACH ROW WHEN (NEW.dedupe_key LIKE '%|attendee') "
                 "EXECUTE FUNCTION lose()"],
}


def test_a_lost_job_is_noticed(running, ground):
    """The negative control, last in this file: the same server, but every job for an attendee is lost."""
    link, starts = ground
    with lib.connection(running) as store:
        for statement in LOSE[running.engine]:
            store.execute(statement)
    story = Story(running, link, next(starts), next(starts), "lost")
    assert story.book().status == 201
    lib.settle(running)
    with pytest.raises(AssertionError, match="jobs: none for"):
        sound(running)
    assert len(mails_of(running, story.email)) == 1


def tell(running, point: str, mails: collections.Counter) -> None:
    print(f"kill at {point} on {running.engine}: {len(mails)} mails, {sum(mails.values()) - len(mails)} came twice")
