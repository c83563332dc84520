/// Negative controls about kept offers: one promise taken away at a time, and the checker says so.
import Database
import Testing

@Suite("The simulation's checker of kept offers", .serialized)
struct KeptControlTests {
    @Test("finds a kept time that others get")
    func others() async {
        await expect("and off_", tampering: Tampering(statements: [
            """
            CREATE TRIGGER keeps_nothing AFTER INSERT ON idempotency
            BEGIN DELETE FROM ledger WHERE kind = 'hold' AND claim LIKE 'off_%'; END
            """
        ], isUnseen: true, only: { $0.isPlain && $0.tenant == 0 }))
        await expect("blocks less than it did", tampering: Tampering(statements: [
            """
            CREATE TRIGGER soon_free AFTER INSERT ON ledger WHEN NEW.kind = 'hold' AND NEW.claim LIKE 'off_%'
            BEGIN UPDATE ledger SET expires = NEW.expires - 800 WHERE id = NEW.id; END
            """
        ]))
    }

    @Test("finds a second booking from one offer, and what it keeps after the first")
    func twice() async {
        await expect("came of off_", tampering: Tampering(statements: [
            """
            CREATE TRIGGER stays_open AFTER UPDATE OF state ON kept_offer WHEN NEW.state = 'taken'
            BEGIN UPDATE kept_offer SET state = 'open', booking = NULL, ended_at = NULL WHERE id = NEW.id; END
            """
        ], isUnseen: true))
        await expect("is kept for off_", tampering: Tampering(statements: [
            """
            CREATE TRIGGER keeps_on BEFORE DELETE ON hold WHEN OLD.offer IS NOT NULL
            BEGIN SELECT RAISE(IGNORE); END
            """
        ]))
    }

    @Test("finds an offer that is another's, one that nobody ends, and a closed link of which times are kept")
    func ends() async {
        await expect("is another than was answered", tampering: Tampering(statements: [
            """
            CREATE TRIGGER others_offer AFTER INSERT ON kept_offer
            BEGIN UPDATE kept_offer SET expires = NEW.expires + 60 WHERE id = NEW.id; END
            """
        ]))
        await expect("jobs: none for kept_offer_lapse", tampering: Tampering(statements: [
            """
            CREATE TRIGGER no_end AFTER INSERT ON job WHEN NEW.kind = 'kept_offer_lapse'
            BEGIN DELETE FROM job WHERE id = NEW.id; END
            """
        ]))
        await expect("nobody looks at what is kept", tampering: Tampering(statements: [
            """
            CREATE TRIGGER no_look AFTER INSERT ON job WHEN NEW.kind = 'kept_offer_look'
            BEGIN DELETE FROM job WHERE id = NEW.id; END
            """
        ], only: { $0.mostUses != nil && $0.isPlain }))
    }
}
