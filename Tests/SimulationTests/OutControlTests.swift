/// Negative controls about hosts who are out or leave: one promise taken away at a time, and the checker says so.
import Database
import Testing

@Suite("The simulation's checker of those who are out or leave", .serialized)
struct OutControlTests {
    @Test("finds a day that is not closed, and people met on it")
    func days() async {
        await expect("is not closed", tampering: Tampering(statements: [
            """
            CREATE TRIGGER never_away AFTER INSERT ON time_away
            BEGIN DELETE FROM time_away WHERE id = NEW.id; END
            """
        ]))
        await expect(" is out from ", tampering: Tampering(statements: [
            """
            CREATE TRIGGER soon_back AFTER UPDATE OF state ON job
            BEGIN DELETE FROM time_away; END
            """
        ], isUnseen: true))
    }

    @Test("finds meetings of the day that nobody dealt with, and links that stay with who left")
    func duties() async {
        await expect("out today: ", tampering: Tampering(statements: [
            """
            CREATE TRIGGER not_on_the_day AFTER INSERT ON booking_host WHEN NEW.starts % 7 = 0
            BEGIN UPDATE booking_host SET status = 'declined' WHERE booking = NEW.booking; END
            """
        ], isUnseen: true))
        await expect("hand-over: ", tampering: Tampering(statements: [
            """
            CREATE TRIGGER stays_on AFTER UPDATE OF active ON link WHEN NEW.active = 0
            BEGIN UPDATE link SET active = 1 WHERE id = NEW.id; END
            """
        ], isUnseen: true))
    }
}
