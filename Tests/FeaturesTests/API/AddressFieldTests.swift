/// That a form takes the addresses people have and says what is wrong with the others.
import Testing
import Web

@testable import Features

@Suite("Address fields")
struct AddressFieldTests {
    private func read(_ text: String) -> (address: String, errors: [FieldError]) {
        var fields = Fields(form: FormData([("email", text)]))
        let address = fields.email("email")
        return (address, fields.errors)
    }

    @Test("Addresses people have are taken", arguments: [
        "ada@example.org", "ada.lovelace+cal@sub.example.co.uk", "o'brien@example.org", "用户@例子.公司", "a@b.de",
    ])
    func takes(text: String) {
        let read = read(text)
        #expect(!read.address.isEmpty)
        #expect(read.errors.isEmpty)
    }

    @Test("Others are refused beside the field, in a sentence", arguments: [
        "ada", "@example.org", "ada@", "ada@example", "a@b@c.org", "a b@example.org", ".a@example.org",
        "a..b@example.org", "a@-b.org", "a@b..org", "\"a b\"@example.org", "a@exa_mple.org",
        "a\r\nBcc: x@example.org", "a@[127.0.0.1]", "a,b@example.org", "<a@example.org>", "a@1.2.3.44",
    ])
    func refuses(text: String) {
        let read = read(text)
        #expect(read.address.isEmpty)
        #expect(read.errors.map(\.field) == ["email"])
        #expect(read.errors.first?.message.hasSuffix(".") ?? false)
    }

    @Test("A missing address is asked for")
    func missing() {
        #expect(read("").errors.map(\.code) == ["missing"])
    }
}
