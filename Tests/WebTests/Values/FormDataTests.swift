/// Tests of urlencoded forms and queries.

import Testing
import Web

@Suite struct FormDataTests {
    @Test("names and values are decoded in order")
    func reads() throws {
        let form = try FormData(reading: "a=1&b=x+y%20z&a=2&empty=&bare&%C3%BC=%26")
        #expect(form["a"] == "1")
        #expect(form.all("a") == ["1", "2"])
        #expect(form["b"] == "x y z")
        #expect(form["empty"] == "")
        #expect(form["bare"] == "")
        #expect(form["ü"] == "&")
        #expect(form["missing"] == nil)
    }

    @Test("broken escapes, other bytes and U+0000 are refused",
        arguments: ["a=%", "a=%1", "a=%zz", "a=%ff", "a=%00", "%00=a"])
    func refuses(text: String) {
        #expect(throws: Common.self) { try FormData(reading: text) }
    }

    @Test("five hundred fields are read, one more is not")
    func isBounded() throws {
        let form = { (count: Int) in Array(repeating: "a=1", count: count).joined(separator: "&") }
        #expect(try FormData(reading: form(500)).fields.count == 500)
        #expect(throws: Common.self) { try FormData(reading: form(501)) }
    }
}
