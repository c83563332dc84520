/// Negative controls about bookers, codes, templates and pages of several: one promise taken away at a time.
import Database
import Testing

@Suite("The simulation's checker of doors and pages", .serialized)
struct DoorControlTests {
    @Test("finds a booker who is another, hears nothing, or has no right")
    func bookers() async {
        await expect("was booked by somebody else", tampering: Tampering(statements: [
            """
            CREATE TRIGGER other_booker AFTER INSERT ON booking WHEN NEW.booker_email IS NOT NULL
            BEGIN UPDATE booking SET booker_email = attendee_email WHERE id = NEW.id; END
            """
        ]))
        await expect("|booker", tampering: Tampering(statements: [
            """
            CREATE TRIGGER deaf_booker AFTER INSERT ON job WHEN NEW.dedupe_key LIKE 'booking_mail|%|booker'
            BEGIN DELETE FROM job WHERE id = NEW.id; END
            """
        ]))
        await expect("of the booker, of which 0 live", tampering: Tampering(statements: [
            """
            CREATE TRIGGER no_right AFTER INSERT ON booking_token WHEN NEW.participant = 'booker'
            BEGIN UPDATE booking_token SET retired_at = NEW.created_at WHERE id = NEW.id; END
            """
        ]))
    }

    @Test("finds a mail with another's right, or to another's address")
    func mails() async {
        await expect("to booker: for booker", tampering: Tampering(statements: [
            """
            CREATE TRIGGER swaps_readers AFTER INSERT ON job
            WHEN NEW.kind = 'booking_mail' AND NEW.dedupe_key LIKE '%|booker'
            BEGIN UPDATE booking SET booker_email = 'else@north-mark.example' WHERE id = NEW.subject; END
            """
        ], isUnseen: true))
    }

    @Test("finds a code that opens nothing, one that opens for ever, and one in another's mailbox")
    func codes() async {
        await expect("is none, not proven", tampering: Tampering(statements: [
            """
            CREATE TRIGGER tried AFTER INSERT ON email_code
            BEGIN UPDATE email_code SET tries = 5 WHERE id = NEW.id; END
            """
        ], only: \.proves))
        await expect("codes: emc_", tampering: Tampering(statements: [
            """
            CREATE TRIGGER for_days AFTER INSERT ON email_code
            BEGIN UPDATE email_code SET expires_at = expires_at + 100000 WHERE id = NEW.id; END
            """
        ], only: \.proves))
        await expect("went to else@", tampering: Tampering(statements: [
            """
            CREATE TRIGGER elsewhere AFTER UPDATE OF state ON job WHEN NEW.kind = 'email_code' AND NEW.state = 'leased'
            BEGIN UPDATE email_code SET sent_to = 'else@north-mark.example' WHERE id = NEW.subject; END
            """
        ], only: \.proves))
    }

    @Test("finds links that do not follow their template, and locked parts that were changed")
    func managed() async {
        await expect("its template", tampering: Tampering(statements: [
            """
            CREATE TRIGGER follows_not AFTER UPDATE OF title ON link
            WHEN NEW.id IN (SELECT link FROM managed_link) AND NEW.title <> OLD.title
            BEGIN UPDATE link SET title = OLD.title WHERE id = NEW.id; END
            """
        ], only: { $0.template != nil || $0.title.hasPrefix("template") }))
        await expect("was locked, as", tampering: Tampering(statements: [
            "UPDATE link_template SET locked = ''"
        ], only: { $0.template != nil || $0.title.hasPrefix("template") }))
    }

    @Test("finds a page of several that is not known for theirs, so that there would be two")
    func together() async {
        await expect("is one that somebody made", tampering: Tampering(statements: [
            """
            CREATE TRIGGER forgets AFTER UPDATE OF ad_hoc ON link
            BEGIN UPDATE link SET ad_hoc = ad_hoc || '+' || id WHERE id = NEW.id; END
            """
        ]))
    }
}
