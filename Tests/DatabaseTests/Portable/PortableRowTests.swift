/// The lines a database is carried in: every value comes back as it was, and nothing else is read.
import Testing

@testable import Database

@Suite("A portable row")
struct PortableRowTests {
    @Test("every kind of value comes back as it was")
    func roundTrip() throws {
        let values: [Value] = [
            .null, .integer(.min), .integer(.max), .integer(0), .real(1), .real(-0.1), .real(1e300), .text(""),
            .text("“ä” \"\\ \u{1}\n\t🦊"), .bytes([]), .bytes([0, 127, 255]), .text("null"), .text("]"),
        ]
        let line = PortableRow.line(values)
        #expect(line.last == 10 && line.dropLast().allSatisfy { $0 != 10 })
        #expect(try PortableRow.values(line.dropLast()) == values)
        #expect(try PortableRow.values(Array("[]".utf8)) == [])
    }

    @Test("true and false are 1 and 0 on both engines")
    func flags() {
        #expect(PortableRow.line([.bool(true), .bool(false)]) == PortableRow.line([.integer(1), .integer(0)]))
    }

    @Test(
        "what nobody wrote is refused",
        arguments: [
            "", "[", "[1", "[1,]", "[,1]", "[1]x", "[true]", "[\"a]", "[\"\\x\"]", "[\"\\u0100\"]", "[{\"b\":\"0\"}]",
            "[{\"b\":\"zz\"}]", "[{\"c\":\"00\"}]", "[nul]", "[1 ]", "[nan]", "[inf]", "[\"\\\"]", "{}",
        ])
    func refused(line: String) {
        #expect(throws: DatabaseError.self) { try PortableRow.values(Array(line.utf8)) }
    }
}
