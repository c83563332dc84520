/// Negative controls about sessions of seats: one promise taken away at a time, and the checker says so.
import Database
import Testing

@Suite("The simulation's checker of seats", .serialized)
struct SeatControlTests {
    @Test("finds more people than a session has seats, and seats that do not add up")
    func capacity() async {
        await expect("takes 1 of 0", tampering: Tampering(statements: [
            """
            CREATE TRIGGER one_more AFTER INSERT ON seat_session
            BEGIN UPDATE seat_session SET capacity = capacity + 1 WHERE id = NEW.id; END
            """
        ], isUnseen: true, only: \.hasSeats))
        await expect("more than there were seats for", tampering: Tampering(statements: [
            """
            CREATE TRIGGER two_more AFTER INSERT ON seat_session
            BEGIN UPDATE seat_session SET capacity = capacity + 2 WHERE id = NEW.id; END
            """
        ], isUnseen: true, only: \.hasSeats))
        await expect("taken of", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_seats AFTER UPDATE OF seats_taken ON seat_session
            WHEN NEW.seats_taken < OLD.seats_taken AND NEW.seats_taken > 0
            BEGIN UPDATE seat_session SET seats_taken = OLD.seats_taken WHERE id = NEW.id; END
            """
        ], only: \.hasSeats))
        await expect("said to be left of", tampering: Tampering(statements: [
            """
            CREATE TRIGGER keeps_seats AFTER UPDATE OF seats_taken ON seat_session
            WHEN NEW.seats_taken < OLD.seats_taken AND NEW.seats_taken > 0
            BEGIN UPDATE seat_session SET seats_taken = OLD.seats_taken WHERE id = NEW.id; END
            """
        ], isUnseen: true, only: \.hasSeats))
    }

    @Test("finds people of one session at two times, with two hosts, or apart")
    func together() async {
        await expect("at another time", tampering: Tampering(statements: [
            """
            CREATE TRIGGER stays_behind AFTER UPDATE OF starts ON seat_session
            BEGIN UPDATE seat_session SET ends = ends + 60 WHERE id = NEW.id; END
            """
        ], only: \.hasSeats))
        await expect("with other hosts", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_host AFTER INSERT ON booking_host
            WHEN NEW.position = 1 AND EXISTS (SELECT 1 FROM booking WHERE id = NEW.booking AND session IS NOT NULL)
            BEGIN DELETE FROM booking_host WHERE booking = NEW.booking AND account = NEW.account; END
            """
        ], only: \.hasSeats))
        await expect("starts then", tampering: Tampering(statements: [
            """
            CREATE TRIGGER nobody_joins BEFORE INSERT ON seat_session
            BEGIN UPDATE seat_session SET seats_taken = 0, closed_at = NEW.created_at
            WHERE link = NEW.link AND starts = NEW.starts AND closed_at IS NULL; END
            """,
            """
            CREATE TRIGGER looks_empty AFTER INSERT ON seat_session
            BEGIN UPDATE seat_session SET seats_taken = 0 WHERE id = NEW.id; END
            """
        ], only: \.hasSeats))
    }

    @Test("finds a session whose time is free, and one that takes time when nobody comes any more")
    func time() async {
        await expect("session: no row for", tampering: Tampering(statements: [
            """
            CREATE TRIGGER frees_sessions AFTER INSERT ON ledger WHEN NEW.kind = 'session'
            BEGIN DELETE FROM ledger WHERE id = NEW.id; END
            """
        ], only: \.hasSeats))
        await expect("session: a row too many", tampering: Tampering(statements: [
            """
            CREATE TRIGGER keeps_sessions AFTER UPDATE OF closed_at ON seat_session
            BEGIN
            INSERT INTO ledger (id, workspace, subject, kind, ref, claim, starts, ends, gap_before, gap_after)
            SELECT 'led_' || h.session || h.position, h.workspace, h.account, 'session', h.session, h.session,
                NEW.starts, NEW.ends, 0, 0
            FROM seat_session_host h WHERE h.session = NEW.id;
            END
            """
        ], only: \.hasSeats))
        await expect("is closed", tampering: Tampering(statements: [
            """
            CREATE TRIGGER closes_held AFTER INSERT ON hold
            BEGIN UPDATE seat_session SET closed_at = NEW.created_at WHERE seats_taken = 0; END
            """
        ], only: \.hasSeats))
    }

    @Test("finds hosts who are not told, told of an old state, or told without a higher sequence")
    func mails() async {
        await expect("of several was skipped: changed since", tampering: Tampering(statements: [
            """
            CREATE TRIGGER tells_nobody AFTER INSERT ON job WHEN NEW.kind = 'session_mail'
            BEGIN
            UPDATE job SET state = 'skipped', reason = 'changed since', ended_at = NEW.run_at WHERE id = NEW.id;
            END
            """
        ], only: \.hasSeats))
        await expect("says two things to", tampering: Tampering(statements: [
            """
            CREATE TRIGGER same_sequence AFTER UPDATE OF sequence ON seat_session
            BEGIN UPDATE seat_session SET sequence = 1 WHERE id = NEW.id; END
            """
        ], isUnseen: true, only: \.hasSeats))
        await expect("jobs: none for session_mail", tampering: Tampering(statements: [
            """
            CREATE TRIGGER plans_nothing AFTER INSERT ON job WHEN NEW.kind = 'session_mail' AND NEW.version = 3
            BEGIN DELETE FROM job WHERE id = NEW.id; END
            """
        ], only: \.hasSeats))
    }

    @Test("finds a turn that is not passed on by whoever leaves others behind")
    func turns() async {
        await expect("turns of ", tampering: Tampering(statements: [
            """
            CREATE TRIGGER passes_nothing AFTER UPDATE OF booking ON assignment
            BEGIN UPDATE assignment SET booking = OLD.booking WHERE id = NEW.id; END
            """
        ], only: \.hasSeats))
    }
}
