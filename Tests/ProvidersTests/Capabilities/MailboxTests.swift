/// Names in headers: what is kept of them, and that they cannot become more than a name.
import Testing

import Capabilities

struct MailboxTests {
    @Test("a name that could trick is refused", arguments: [
        "A\r\nBcc: x", "A\nB", "A\u{0}B", "A\tB", "A  B", " A", "A ", "\u{202E}evil", "A\u{2066}B", "A\u{2028}B",
        String(repeating: "a", count: 121), String(repeating: "a", count: 10_000),
    ])
    func refused(name: String) throws {
        let address = try #require(EmailAddress("sam@example.com"))
        #expect(throws: MailDefect.name) { try Mailbox(name: name, address: address) }

        let cleaned = Mailbox(cleaning: name, address: address).name
        #expect(try Mailbox(name: cleaned, address: address).name == cleaned)
    }

    @Test("ordinary names stay as they are", arguments: [
        "", "Sam", "Sam O'Neil", "Ingrid Aasland-Okonkwo", "\"Bob\" <b>", "محمد", "דנה", "山田太郎", "👩‍🚀 Zoë", "A, B; C",
    ])
    func kept(name: String) throws {
        let address = try #require(EmailAddress("sam@example.com"))
        #expect(try Mailbox(name: name, address: address).name == name)
        #expect(Mailbox(cleaning: name, address: address).name == name)
    }

    @Test("cleaning keeps the words")
    func cleaning() {
        #expect(Mailbox.cleaned("  A\r\nBcc: x\t ") == "A Bcc: x")
        #expect(Mailbox.cleaned("gro.\u{202E}elpmaxe") == "gro.elpmaxe")
        #expect(Mailbox.cleaned(String(repeating: "a", count: 10_000)).count == 120)
        #expect(Mailbox.cleaned("e" + String(repeating: "\u{301}", count: 10_000)).unicodeScalars.count <= 480)
    }
}
