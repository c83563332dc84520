/// Tests of JSON: what is written, what is read, what is refused.

import Testing
import Web

@Suite struct JSONTests {
    @Test("documents are written compactly and escaped")
    func writes() {
        let json: JSON = ["a": 1, "b": [true, nil, "x\"\\\n\u{1}é"], "c": .double(1.5), "d": .object([])]
        #expect(json.text == #"{"a":1,"b":[true,null,"x\"\\\n\u0001é"],"c":1.5,"d":{}}"#)
    }

    @Test("what is written is read back the same")
    func roundTrips() throws {
        let json: JSON = ["text": "長谷川 😀 \u{2028}", "min": .int(.min), "max": .int(.max), "list": [[], [[]]],
            "no": false]
        #expect(try JSON(reading: json.bytes) == json)
    }

    @Test("objects are equal whatever the order of their members")
    func comparesObjects() {
        #expect(["a": 1, "b": 2] as JSON == ["b": 2, "a": 1])
        #expect(["a": 1] as JSON != ["a": 2])
        #expect(JSON.int(1) != .double(1))
    }

    @Test("the grammar is read", arguments: [
        ("null", .null), (" [1 , -0.5e2, \"\\u00e9\\ud83d\\ude00\"]\n", [1, .double(-50), "é😀"]), ("0", 0), ("-0", 0),
        ("18446744073709551616", .double(0x1p64)), ("{}", .object([])),
    ] as [(String, JSON)])
    func reads(text: String, json: JSON) throws {
        #expect(try JSON(reading: Array(text.utf8)) == json)
    }

    @Test("what is not JSON is refused", arguments: [
        "", " ", "nul", "nulll", "01", "1.", ".5", "+1", "1e", "-", "[1,]", "[1 2]", "[", "{\"a\"}", "{\"a\":}",
        "{a:1}", "{\"a\":1,}",
        "\"a", "\"\\x\"", "\"\\u12\"", "\"\n\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "'a'", "NaN",
        "Infinity", "1e999",
        "[]]", "{\"a\":1,\"a\":2}", "\"\\u0000\"", "{\"\\u0000\":1}", "\u{feff}{}", "// c\n1",
    ])
    func refuses(text: String) {
        #expect(throws: JSONMistake.self) { try JSON(reading: Array(text.utf8)) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func refusesBytes() {
        #expect(throws: JSONMistake.self) { try JSON(reading: [0x22, 0xff, 0x22]) }
        #expect(throws: JSONMistake.self) { try JSON(reading: [0x22, 0xc0, 0x80, 0x22]) }
    }

    @Test("32 levels are read, 33 are not")
    func boundsDepth() throws {
        let deep = { (levels: Int) in Array((String(repeating: "[", count: levels)
            + String(repeating: "]", count: levels)).utf8) }
        _ = try JSON(reading: deep(32))
        #expect(throws: JSONMistake.self) { try JSON(reading: deep(33)) }
        #expect(throws: JSONMistake.self) { try JSON(reading: deep(100_000)) }
    }

    @Test("one mebibyte is read, a byte more is not")
    func boundsSize() throws {
        let text = { (bytes: Int) in [0x22] + [UInt8](repeating: 0x61, count: bytes - 2) + [0x22] }
        _ = try JSON(reading: text(JSON.maximumBytes))
        #expect(throws: JSONMistake.self) { try JSON(reading: text(JSON.maximumBytes + 1)) }
    }
}
