/// The mails about accounts: what they say, in text and HTML, and that no name can break them.
import Capabilities
import Scheduling
import Testing
import Web

@testable import Features

struct AccountMailsTests {
    private let url = "http://meet.example/invitation/abc"

    private var all: [AccountLetter] {
        [
            .invitation(workspace: "Nordhavn", inviter: "Ingrid", role: "Member", days: 7, url: url),
            .passwordReset(url: url), .passwordChanged(url: url), .signUp(url: url), .signUpKnown(url: url),
        ]
    }

    @Test("text and HTML say the same, with the way on in both")
    func bothParts() {
        for letter in all {
            for sentence in letter.sentences + [letter.heading, letter.note, letter.foot, url] {
                #expect(letter.text.contains(sentence) && letter.html.text.contains(sentence), "\(sentence)")
            }
            #expect(letter.html.text.contains("<html lang=\"en\" dir=\"ltr\">"))
        }
    }

    @Test("a mail can be built and sent, from us, with one id for every attempt")
    func outgoing() throws {
        for letter in all {
            let mail = try letter.outgoing(
                to: "jonas@example.com", name: "", from: "bookings@meet.example", id: "invitation.inv_1.1",
                date: Instant(1_796_029_200))
            _ = try MIMEMessage(mail)
            #expect(mail.messageID == "<invitation.inv_1.1@meet.example>" && mail.replyTo == nil)
            #expect(mail.from.address.text == "bookings@meet.example")
        }
    }

    @Test("a name with markup, line breaks or header words is text")
    func hostile() throws {
        let name = "<b>Eve</b>\r\nBcc: all@example.com \"x\" &amp;"
        let letter = AccountLetter.invitation(workspace: name, inviter: name, role: "Member", days: 7, url: url)
        #expect(!letter.html.text.contains("<b>Eve"))
        #expect(!letter.subject.contains("\n") && !letter.subject.contains("\r"))
        let mail = try letter.outgoing(
            to: "jonas@example.com", name: name, from: "bookings@meet.example", id: "x", date: Instant(1_796_029_200))
        let raw = String(decoding: try MIMEMessage(mail).bytes, as: UTF8.self)
        #expect(!raw.split(separator: "\r\n").contains { $0.hasPrefix("Bcc:") })
    }
}
