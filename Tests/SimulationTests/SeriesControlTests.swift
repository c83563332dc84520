/// Negative controls about series: one promise taken away at a time, and the checker says so.
import Database
import Testing

@Suite("The simulation's checker of series", .serialized)
struct SeriesControlTests {
    @Test("finds a meeting that is not of the series, one that is lost, and one that was changed uncounted")
    func rows() async {
        await expect("other bookings than were answered", tampering: Tampering(statements: [
            """
            CREATE TRIGGER loses_place AFTER INSERT ON series_booking WHEN NEW.place = 2
            BEGIN DELETE FROM series_booking WHERE booking = NEW.booking; END
            """
        ], only: { $0.series != nil }))
        await expect("has version", tampering: Tampering(statements: [
            """
            CREATE TRIGGER counts_no_change AFTER UPDATE OF version ON series
            BEGIN UPDATE series SET version = OLD.version + 2 WHERE id = NEW.id; END
            """
        ], only: { $0.series != nil }))
    }

    @Test("finds meetings that a part leaves out")
    func parts() async {
        await expect("were cancelled, of", tampering: Tampering(statements: [
            """
            CREATE TRIGGER forgets_last AFTER INSERT ON series_booking WHEN NEW.place > 0
            BEGIN DELETE FROM series_booking WHERE series = NEW.series AND place = NEW.place - 1 AND place > 0; END
            """
        ], isUnseen: true, only: { $0.series != nil }))
        await expect("were moved, of", tampering: Tampering(statements: [
            """
            CREATE TRIGGER forgets_first AFTER INSERT ON series_booking WHEN NEW.place > 0
            BEGIN DELETE FROM series_booking WHERE series = NEW.series AND place = NEW.place - 1 AND place > 0; END
            """
        ], isUnseen: true, only: { $0.series != nil }))
        await expect("ledger: no row for", tampering: Tampering(statements: [
            """
            CREATE TRIGGER frees_series AFTER INSERT ON series_booking WHEN NEW.place = 1
            BEGIN DELETE FROM ledger WHERE ref IN (
                SELECT booking FROM series_booking WHERE series = NEW.series AND place = 0); END
            """
        ], only: { $0.series != nil }))
    }

    @Test("finds people who are not told of several meetings, or under one name with others")
    func mails() async {
        await expect("jobs: none for series_mail", tampering: Tampering(statements: [
            """
            CREATE TRIGGER plans_nothing AFTER INSERT ON job WHEN NEW.kind = 'series_mail' AND NEW.version = 2
            BEGIN DELETE FROM job WHERE id = NEW.id; END
            """
        ], only: { $0.series != nil }))
        await expect("of several was skipped: changed since", tampering: Tampering(statements: [
            """
            CREATE TRIGGER tells_nobody AFTER INSERT ON job WHEN NEW.kind = 'series_mail'
            BEGIN
            UPDATE job SET state = 'skipped', reason = 'changed since', ended_at = NEW.run_at WHERE id = NEW.id;
            END
            """
        ], only: { $0.series != nil }))
        await expect("meetings, and was skipped", tampering: Tampering(statements: [
            """
            CREATE TRIGGER tells_of_others AFTER INSERT ON job WHEN NEW.kind = 'series_mail'
            BEGIN UPDATE job SET payload = replace(NEW.payload, ',1,', ',7,') WHERE id = NEW.id; END
            """
        ], only: { $0.series != nil }))
        await expect("to nobody", tampering: Tampering(statements: [
            """
            CREATE TRIGGER tells_somebody AFTER INSERT ON job WHEN NEW.kind = 'series_mail'
            BEGIN UPDATE job SET payload = replace(NEW.payload, '"attendee"', '"guest.0"') WHERE id = NEW.id; END
            """
        ], only: { $0.series != nil }))
    }
}
