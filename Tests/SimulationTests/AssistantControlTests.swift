/// Negative controls about assistants: one promise taken away at a time, and the checker says so.
import Database
import Testing

@Suite("The simulation's checker of assistants", .serialized)
struct AssistantControlTests {
    @Test("finds somebody who acts for whom nobody named them, and who acts on once they are stopped")
    func acting() async {
        await expect("acts for [", tampering: Tampering(statements: [
            """
            CREATE TRIGGER both_ways AFTER INSERT ON assistant
            BEGIN INSERT OR IGNORE INTO assistant (workspace, account, assistant, created_at)
            VALUES (NEW.workspace, NEW.assistant, NEW.account, NEW.created_at); END
            """
        ], isUnseen: true))
        await expect("who was stopped", tampering: Tampering(statements: [
            """
            CREATE TRIGGER comes_back AFTER DELETE ON assistant
            BEGIN INSERT INTO assistant (workspace, account, assistant, created_at)
            VALUES (OLD.workspace, OLD.account, OLD.assistant, OLD.created_at); END
            """
        ], isUnseen: true), seeds: 1...80)
    }

    @Test("finds rows that stay, a log that is silent, and a deed that is nobody's")
    func rows() async {
        await expect("and nobody named them", tampering: Tampering(statements: [
            """
            CREATE TRIGGER stays BEFORE DELETE ON assistant BEGIN SELECT RAISE(IGNORE); END
            """
        ]))
        await expect("assistants: the log tells", tampering: Tampering(statements: [
            "DROP TRIGGER audit_no_delete",
            """
            CREATE TRIGGER silent AFTER INSERT ON audit WHEN NEW.action = 'assistant_stopped'
            BEGIN DELETE FROM audit WHERE id = NEW.id; END
            """
        ]))
        await expect("assistants: history of", tampering: Tampering(statements: [
            "DROP TRIGGER booking_history_no_update",
            """
            CREATE TRIGGER alone AFTER INSERT ON booking_history WHEN NEW.behalf IS NOT NULL
            BEGIN UPDATE booking_history SET behalf = NULL WHERE id = NEW.id; END
            """
        ]))
        await expect("who was none of", tampering: Tampering(statements: [
            "DROP TRIGGER booking_history_no_update",
            """
            CREATE TRIGGER for_others AFTER INSERT ON booking_history WHEN NEW.behalf IS NOT NULL
            BEGIN UPDATE booking_history SET actor = 'user:usr_nobody' WHERE id = NEW.id; END
            """
        ]))
    }
}
