/// Mails that are about no single meeting: escaped, readable as text, and told once.
import Capabilities
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct NoteLetterTests {
    @Test("what people typed is escaped in the HTML and stands whole in the text")
    func escaped() throws {
        let letter = NoteLetter(
            subject: "A <b>", words: ["One & two"],
            links: [.init(label: "<i>", note: "\"x\"", url: try WebURL("https://a.example/1").wanted("url"))],
            foot: "F")
        #expect(letter.html.text.contains("A &lt;b&gt;") && letter.html.text.contains("One &amp; two"))
        #expect(!letter.html.text.contains("<i>") && letter.html.text.contains("href=\"https://a.example/1\""))
        #expect(letter.text == "One & two\n\n<i>\n\"x\"\nhttps://a.example/1\n\n-- \nF\n")
    }

    @Test("the mail of found bookings and the recall read back as they were built")
    func readable() throws {
        let item = FoundBookingsMail.Item(
            title: "Walk\r\nBcc: x", host: "Ada", workspaceName: "Nordhavn", starts: Instant(1_796_293_800),
            ends: Instant(1_796_295_600),
            zone: .utc, url: "https://a.example/booking/1")
        let found = try FoundBookingsMail.outgoing(
            to: "sam@example.org", [item], occasion: "job_1", now: Instant(1_795_446_000),
            mailFrom: "bookings@meet.example")
        let recall = try RecallMail.outgoing(
            to: "sam@example.org", bookingID: "bk_1", version: 2, uid: "u@x", sequence: 1,
            starts: Instant(1_796_293_800), ends: Instant(1_796_295_600), workspaceName: "Nordhavn",
            now: Instant(1_795_446_000), mailFrom: "bookings@meet.example")
        _ = try MailOracle.read([try MIMEMessage(found).bytes, try MIMEMessage(recall).bytes])
        #expect(found.text.contains("Walk Bcc: x") && found.subject == "Your upcoming meeting")
        #expect(throws: AddressProblem.self) {
            try FoundBookingsMail.outgoing(
                to: "nonsense", [], occasion: "j", now: Instant(0), mailFrom: "bookings@meet.example")
        }
    }
}
