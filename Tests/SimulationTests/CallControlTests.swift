/// Negative controls about calls: one promise taken away at a time, and the checker says so.
import Database
import Testing

@Suite("The simulation's checker of calls", .serialized)
struct CallControlTests {
    @Test("finds a call that rings for who is busy, and one that two can take")
    func taking() async {
        await expect("who are not free", tampering: Tampering(statements: [
            """
            CREATE TRIGGER rings_for_all AFTER INSERT ON ring_host
            BEGIN INSERT OR IGNORE INTO ring_host (workspace, ring, account) SELECT h.workspace, NEW.ring, h.account
            FROM link_host h JOIN ring r ON r.link = h.link WHERE r.id = NEW.ring AND h.account < NEW.account; END
            """
        ], only: { $0.kind == .instant }))
        await expect("was taken twice", tampering: Tampering(statements: [
            """
            CREATE TRIGGER rings_on AFTER UPDATE OF booking ON ring WHEN NEW.state = 'accepted'
            BEGIN UPDATE ring SET state = 'ringing', account = NULL WHERE id = NEW.id; END
            """
        ], isUnseen: true, only: { $0.kind == .instant }))
    }

    @Test("finds a meeting that takes nobody's time, and a call that outlives its minute")
    func meetings() async {
        await expect("ledger: no row for", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_time AFTER INSERT ON ledger
            WHEN EXISTS (SELECT 1 FROM ring WHERE booking = NEW.ref)
            BEGIN DELETE FROM ledger WHERE id = NEW.id; END
            """
        ], only: { $0.kind == .instant }))
        await expect("did not ring for them", tampering: Tampering(statements: [
            """
            CREATE TRIGGER rings_for_hours AFTER INSERT ON ring
            BEGIN UPDATE ring SET expires = NEW.expires + 36000 WHERE id = NEW.id; END
            """
        ], isUnseen: true, only: { $0.kind == .instant }))
    }

    @Test("finds words that nobody is mailed")
    func words() async {
        await expect("jobs: none for ring_message", tampering: Tampering(statements: [
            """
            CREATE TRIGGER tells_nobody AFTER INSERT ON job WHEN NEW.kind = 'ring_message'
            BEGIN DELETE FROM job WHERE id = NEW.id; END
            """
        ], only: { $0.kind == .instant }))
    }
}
