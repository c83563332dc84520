/// Negative controls: with one promise of the core taken away, a few seeds are enough for the checker to say so.
import Database
import Testing

@Suite("The simulation's checker", .serialized)
struct ControlTests {
    @Test("finds people booked twice once the ledger has lost its rule and somebody looks without a lock")
    func overlap() async {
        await expect("overlap: ", tampering: Tampering(
            statements: ["DROP TRIGGER ledger_no_overlap_insert", "DROP TRIGGER ledger_no_overlap_update"],
            isCareless: true))
    }

    @Test("sees the ledger's rule stop the same careless booking")
    func ruleHolds() async {
        await expect("two claims overlap in the ledger", never: "overlap: ", tampering: Tampering(isCareless: true))
    }

    @Test("finds mails planned twice once two jobs may have one key")
    func dedupe() async {
        await expect("twice within an hour", tampering: Tampering(statements: [
            """
            CREATE TRIGGER no_dedupe BEFORE INSERT ON job
            BEGIN UPDATE job SET dedupe_key = dedupe_key || '|' || id WHERE dedupe_key = NEW.dedupe_key; END
            """
        ]))
    }

    @Test("finds a late worker's word taken once every lease has one token")
    func fencing() async {
        await expect("after the lease was taken", tampering: Tampering(isUnfenced: true))
    }

    @Test("finds mails about what is no longer so once a mail does not see the booking's version")
    func version() async {
        await expect("tells booked of a booking cancelled", tampering: Tampering(statements: [
            """
            CREATE TRIGGER no_version AFTER UPDATE OF version ON booking
            BEGIN UPDATE job SET version = NEW.version WHERE subject = NEW.id AND state IN ('ready', 'leased'); END
            """
        ]))
    }

    @Test("finds a lost row, a lost hold and a link booked too often")
    func losses() async {
        await expect("ledger: no row for", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_rows AFTER INSERT ON ledger WHEN NEW.kind = 'booking' AND NEW.starts % 7 = 0
            BEGIN DELETE FROM ledger WHERE id = NEW.id; END
            """
        ]))
        await expect("blocks nothing", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_holds AFTER INSERT ON ledger WHEN NEW.kind = 'hold'
            BEGIN DELETE FROM ledger WHERE id = NEW.id; END
            """
        ]))
        await expect("one more than the", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_count AFTER INSERT ON booking
            BEGIN UPDATE link SET most_uses = most_uses + 1 WHERE id = NEW.link; END
            """
        ]))
    }

    @Test("finds a request answered twice once replies are not kept")
    func replies() async {
        await expect("was answered before", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_replies AFTER UPDATE ON idempotency
            BEGIN DELETE FROM idempotency WHERE key = NEW.key; END
            """
        ]))
    }

    /// Some of the seeds fail, and for that reason.
    private func expect(
        _ words: String, never others: String? = nil, tampering: Tampering, seeds: ClosedRange<UInt64> = 1...12
    ) async {
        let failures = await Crowd.run(Array(seeds), tampering: tampering).failures.map { "\($0)" }
        let found = failures.count { $0.contains(words) }
        print("simulation: \"\(words)\" in \(found) of \(seeds.count) seeds")
        #expect(found > 0, "\(failures.first ?? "nothing was found")")
        if let others { #expect(!failures.contains { $0.contains(others) }) }
    }
}
