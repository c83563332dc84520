/// Which texts are email addresses, and what a person is told about the others.
import Testing

import Capabilities

struct EmailAddressTests {
    @Test("addresses people have", arguments: [
        ("sam@example.com", "sam@example.com"), ("  Sam.O'Neil+tag@Example.COM\n", "Sam.O'Neil+tag@example.com"),
        ("a@b.co", "a@b.co"), ("x_y-z@sub.domain.example.museum", "x_y-z@sub.domain.example.museum"),
        ("sam@例え.jp", "sam@xn--r8jz45g.jp"), ("sam@BÜCHER.example", "sam@xn--bcher-kva.example"),
        ("sam@bu\u{308}cher.example", "sam@xn--bcher-kva.example"), ("sam@правда.рф", "sam@xn--80aafi6cg.xn--p1ai"),
        ("用户@例え.jp", "用户@xn--r8jz45g.jp"), ("sam@xn--bcher-kva.example", "sam@xn--bcher-kva.example"),
        ("1@2.io", "1@2.io"),
    ])
    func accepted(text: String, wire: String) throws {
        #expect(try EmailAddress(checking: text).wire == wire)
    }

    @Test("RFC 3492's own samples", arguments: [
        ("ليهمابتكلموشعربي؟", "xn--egbpdaj6bu4bxfgehfvwxn"), ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
        ("なぜみんな日本語を話してくれないのか", "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
        ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"), ("パフィーdeルンバ", "xn--de-jg4avhby1noc0d"),
    ])
    func punycode(label: String, ascii: String) {
        #expect(Punycode.ascii(label: label) == ascii)
    }

    @Test("others, with the reason", arguments: [
        ("", AddressProblem.empty), ("   ", .empty), ("sam", .noAt), ("sam lee", .space),
        ("sam@lee@example.com", .severalAt),
        ("@example.com", .nothingBefore), ("sam@", .nothingAfter), ("sam@example", .noEnding),
        ("sam@example.", .noEnding),
        ("sam@1.2.3.4", .noEnding), ("sam@example.c", .noEnding), ("sam@-example.com", .domain),
        ("sam@example-.com", .domain), ("sam@.com", .dots), ("sam@a..com", .dots), (".sam@a.com", .dots),
        ("sam.@a.com", .dots), ("sa..m@a.com", .dots), ("sa m@a.com", .space), ("sam@a b.com", .space),
        ("sam\r\nBcc: x@a.com", .space), ("\"sam\"@a.com", .character("\"")), ("<sam@a.com>", .character("<")),
        ("sam@[1.2.3.4]", .character("[")), ("sam@a_b.com", .character("_")), ("sam@a.com,x", .character(",")),
        ("s\u{0}am@a.com", .character("\u{0}")), ("s\u{202E}am@a.com", .character("\u{202E}")),
        ("sam@a\u{200B}.com", .character("\u{200B}")), ("s😀am@a.com", .character("😀")),
    ])
    func refused(text: String, problem: AddressProblem) {
        #expect(throws: problem) { try EmailAddress(checking: text) }
    }

    @Test("lengths end at 64 before the @, 63 for a label and 254 in all")
    func lengths() {
        let label = String(repeating: "a", count: 63)
        #expect(EmailAddress(String(repeating: "a", count: 64) + "@a.com") != nil)
        #expect(EmailAddress(String(repeating: "a", count: 65) + "@a.com") == nil)
        #expect(EmailAddress("a@\(label).com") != nil && EmailAddress("a@\(label)a.com") == nil)
        #expect(EmailAddress("a@" + Array(repeating: label, count: 4).joined(separator: ".") + ".com") == nil)
        #expect(EmailAddress(String(repeating: "a", count: 100_000)) == nil)
        #expect(EmailAddress("a@" + String(repeating: "é", count: 63) + ".com") == nil)
    }

    @Test("the sentence for a missing ending is the one of the form")
    func sentence() {
        #expect(AddressProblem.noEnding.message == "The part after @ is not complete. Add the ending, such as .com.")
        #expect(AddressProblem.character("\u{202E}").message.contains("invisible"))
    }

    @Test("this installation's own address may live on a bare host")
    func own() throws {
        #expect(try EmailAddress.own("bookings@localhost").wire == "bookings@localhost")
        #expect(throws: AddressProblem.noEnding) { try EmailAddress(checking: "bookings@localhost") }
        #expect(throws: AddressProblem.space) { try EmailAddress.own("book ings@localhost") }
    }

    @Test("addresses are compared without case")
    func folding() {
        #expect(EmailAddress("Sam@Example.com")?.folded == EmailAddress("sam@example.COM")?.folded)
    }
}
