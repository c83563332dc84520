/// Tests of the HTML literal: nothing that is text can become markup.

import Testing
import Web

@Suite struct HTMLTests {
    @Test("text in a page is escaped", arguments: [
        ("<script>", "&lt;script&gt;"), ("a & b", "a &amp; b"), ("\"", "&quot;"), ("'", "&#39;"), ("Ünï 長", "Ünï 長"),
    ])
    func escapesText(text: String, expected: String) {
        let html: HTML = "<p>\(text)</p>"
        #expect(html.text == "<p>\(expected)</p>")
    }

    @Test("a quotation mark with a combining mark cannot leave an attribute")
    func escapesByByte() {
        // Swift sees one Character here, and comparing Characters would miss the quotation mark.
        let text = "\"\u{301} onmouseover=alert(1) x='\u{301}<\u{338}>\u{338}&\u{301}"
        #expect(text.first != "\"")
        let html: HTML = "<a title=\"\(text)\">"
        #expect(html.text.unicodeScalars.filter { $0 == "\"" }.count == 2)
        #expect(html.text.unicodeScalars.filter { $0 == "<" }.count == 1)
        #expect(html.text.unicodeScalars.filter { $0 == ">" }.count == 1)
        #expect(!html.text.unicodeScalars.contains("'"))
    }

    @Test("every scalar of the first planes passes through or becomes a reference")
    func keepsEveryScalar() {
        for value in (1 as UInt32)...0x2ffff {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = HTML(text: String(Character(scalar))).bytes
            if ["&", "<", ">", "\"", "'"].contains(scalar) {
                #expect(bytes.first == UInt8(ascii: "&") && bytes.last == UInt8(ascii: ";"))
            } else if bytes != Array(String(Character(scalar)).utf8) {
                Issue.record("U+\(String(value, radix: 16)) changed")
            }
        }
    }

    @Test("values of every kind go in: numbers, pieces, absent pieces, lists, alternatives")
    func composes() {
        let absent: HTML? = nil
        let piece: HTML = "<b>x</b>"
        let html: HTML = """
            \(7)\(piece)\(absent)\(each: ["a", "<"], { "<i>\($0)</i>" })\(if: true, then: "yes", else: "no")\
            \(if: false, then: "yes", else: "no")\(if: false, then: "never")
            """
        #expect(html.text == "7<b>x</b><i>a</i><i>&lt;</i>yesno")
    }

    @Test("a branch that is not taken is not made")
    func isLazy() {
        var made = 0
        func piece() -> HTML {
            made += 1
            return "x"
        }
        let html: HTML = "\(if: false, then: piece())\(if: true, then: piece(), else: piece())"
        #expect(html.text == "x")
        #expect(made == 1)
    }
}
