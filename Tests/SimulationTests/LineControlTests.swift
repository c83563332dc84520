/// Negative controls about waitlists: one promise taken away at a time, and the checker says so.
import Database
import Testing

@Suite("The simulation's checker of waitlists", .serialized)
struct LineControlTests {
    @Test("finds who is served out of their turn, and who waits though something is free")
    func order() async {
        await expect(" before wle_", tampering: Tampering(statements: [
            """
            CREATE TRIGGER last_is_first AFTER INSERT ON waitlist_entry
            BEGIN UPDATE waitlist_entry SET created_at = 9000000000 - NEW.created_at WHERE id = NEW.id; END
            """
        ], only: \.mayWait))
        await expect("waits, and something is free", tampering: Tampering(statements: [
            """
            CREATE TRIGGER offers_nothing AFTER UPDATE OF state ON waitlist_entry WHEN NEW.state = 'offered'
            BEGIN UPDATE waitlist_entry SET state = 'waiting', hold = NULL, version = OLD.version WHERE id = NEW.id;
            DELETE FROM ledger WHERE kind = 'hold' AND ref = NEW.hold; DELETE FROM hold WHERE id = NEW.hold; END
            """
        ], isUnseen: true, only: { $0.mayWait && !$0.hasSeats }))
    }

    @Test("finds a place that is offered and kept for nobody, or given to others")
    func places() async {
        await expect("is offered what is not kept", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_offers AFTER UPDATE OF state ON waitlist_entry WHEN NEW.state = 'offered'
            BEGIN UPDATE hold SET expires = NEW.offered_until - 1 WHERE id = NEW.hold; END
            """
        ], only: \.mayWait))
        await expect("blocks nothing", tampering: Tampering(statements: [
            """
            CREATE TRIGGER keeps_no_time AFTER UPDATE OF state ON waitlist_entry WHEN NEW.state = 'offered'
            BEGIN DELETE FROM ledger WHERE kind = 'hold' AND ref = NEW.hold; END
            """
        ], only: { $0.mayWait && !$0.hasSeats }))
        await expect("is in no session", tampering: Tampering(statements: [
            """
            CREATE TRIGGER keeps_no_seat AFTER UPDATE OF state ON waitlist_entry WHEN NEW.state = 'offered'
            BEGIN UPDATE hold SET session = NULL WHERE id = NEW.hold; END
            """
        ], isUnseen: true, only: { $0.mayWait && $0.hasSeats }))
    }

    @Test("finds an offer that outlives its time, and a line that nobody looks at")
    func ends() async {
        await expect("a look made wle_", tampering: Tampering(statements: [
            """
            CREATE TRIGGER waits_on AFTER UPDATE OF state ON waitlist_entry WHEN NEW.state = 'lapsed'
            BEGIN UPDATE waitlist_entry SET state = 'left' WHERE id = NEW.id; END
            """
        ], only: \.mayWait))
        await expect("no look at lnk_", tampering: Tampering(statements: [
            """
            CREATE TRIGGER looks_never AFTER INSERT ON job WHEN NEW.kind = 'waitlist_look'
            BEGIN DELETE FROM job WHERE id = NEW.id; END
            """
        ], only: \.mayWait))
    }

    @Test("finds somebody who is told nothing, or what is no longer so")
    func mails() async {
        await expect("jobs: none for waitlist_mail", tampering: Tampering(statements: [
            """
            CREATE TRIGGER tells_nobody AFTER INSERT ON job WHEN NEW.kind = 'waitlist_mail' AND NEW.version = 2
            BEGIN DELETE FROM job WHERE id = NEW.id; END
            """
        ], only: \.mayWait))
        await expect("jobs: nothing asked for waitlist_mail", tampering: Tampering(statements: [
            """
            CREATE TRIGGER tells_twice AFTER INSERT ON job
            WHEN NEW.kind = 'waitlist_mail' AND NEW.dedupe_key NOT LIKE '%|more'
            BEGIN
            INSERT INTO job (id, kind, workspace, subject, version, payload, dedupe_key, state, max_attempts, run_at,
                created_at)
            VALUES (substr(NEW.id, 1, length(NEW.id) - 1) || CASE WHEN NEW.id LIKE '%0' THEN '1' ELSE '0' END, NEW.kind,
                NEW.workspace, NEW.subject, NEW.version, NEW.payload, NEW.dedupe_key || '|more', NEW.state,
                NEW.max_attempts, NEW.run_at, NEW.created_at);
            END
            """
        ], only: \.mayWait))
        await expect(" by now", tampering: Tampering(statements: [
            """
            CREATE TRIGGER always_new AFTER UPDATE OF version ON waitlist_entry
            BEGIN UPDATE job SET version = NEW.version WHERE subject = NEW.id AND state IN ('ready', 'leased'); END
            """
        ], isUnseen: true, only: \.mayWait))
    }
}
