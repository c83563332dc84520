/// Negative controls about proposals: one promise taken away at a time, and the checker says so.
import Database
import Testing

@Suite("The simulation's checker of proposals", .serialized)
struct ProposalControlTests {
    @Test("finds a proposed time that is given to others, and one that is kept for nobody")
    func times() async {
        await expect("overlap: ", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_times AFTER UPDATE OF state ON job
            BEGIN DELETE FROM ledger WHERE kind = 'hold' AND ref LIKE 'prp_%'; END
            """,
            "DROP TRIGGER ledger_no_overlap_insert", "DROP TRIGGER ledger_no_overlap_update",
        ], isUnseen: true, only: \.isPlain))
        await expect("times of 0", tampering: Tampering(statements: [
            """
            CREATE TRIGGER keeps_times AFTER DELETE ON ledger WHEN OLD.kind = 'hold' AND OLD.ref LIKE 'prp_%'
            BEGIN
            INSERT INTO ledger (id, subject, workspace, kind, ref, claim, starts, ends, gap_before, gap_after, expires)
            VALUES (OLD.id, OLD.subject, OLD.workspace, OLD.kind, OLD.ref, OLD.claim, OLD.starts, OLD.ends,
                OLD.gap_before, OLD.gap_after, OLD.expires);
            END
            """
        ]))
    }

    @Test("finds one that outlives its answer, and is told after it")
    func ends() async {
        let open = Tampering(statements: [
            """
            CREATE TRIGGER stays_open AFTER UPDATE OF state ON proposal WHEN NEW.state IN ('ended', 'refused')
            BEGIN UPDATE proposal SET state = 'open', answered_at = NULL WHERE id = NEW.id; END
            """
        ])
        await expect(" is open, not ", tampering: open)
        var unseen = open
        unseen.isUnseen = true
        await expect("of one that is", tampering: unseen)
    }

    @Test("finds somebody who is not asked, or not answered")
    func mails() async {
        await expect("was skipped: answered, or over", tampering: Tampering(statements: [
            """
            CREATE TRIGGER asks_nobody AFTER INSERT ON job WHEN NEW.kind = 'proposal_mail'
            BEGIN
            UPDATE job SET state = 'skipped', reason = 'answered, or over', ended_at = NEW.run_at WHERE id = NEW.id;
            END
            """
        ]))
        await expect("jobs: none for proposal_mail", tampering: Tampering(statements: [
            """
            CREATE TRIGGER tells_nobody AFTER INSERT ON job
            WHEN NEW.kind = 'proposal_mail' AND NEW.dedupe_key LIKE '%|none_suits|%'
            BEGIN DELETE FROM job WHERE id = NEW.id; END
            """
        ]))
    }
}
