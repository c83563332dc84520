/// Typed ids.

import Testing

@testable import Scheduling

private enum Thing: Identified {
    static let idPrefix = "th"
}

@Suite struct IDTests {
    @Test("An id is the prefix and a UUIDv7 in base32hex")
    func form() {
        // 019096b4-3d80-7abc-8def-0123456789ab, spelt by Python's base64.b32hexencode
        let id = ID<Thing>(milliseconds: 0x0190_96B4_3D80,
                           random: [0xFA, 0xBC, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB])
        #expect(id.text == "th_0689dd1tg1tbp3ff04hkaps9lc")
        #expect(ID<Thing>(id.text) == id)
    }

    @Test("Version and variant are set whatever the random bytes")
    func extremes() {
        let zeros = ID<Thing>(milliseconds: 0, random: Array(repeating: 0, count: 10))
        #expect(zeros.text == "th_0000000001o010000000000000")
        let ones = ID<Thing>(milliseconds: 1 << 48 - 1, random: Array(repeating: 255, count: 10))
        #expect(ones.text == "th_vvvvvvvvvtvvvfvvvvvvvvvvvs")
    }

    @Test("Ids sort by time")
    func order() {
        var random = Seeded(seed())
        var last = ID<Thing>(milliseconds: 0, random: Array(repeating: 255, count: 10))
        for time in 1...2_000 {
            let bytes = (0..<10).map { _ in UInt8(random.number(0...255)) }
            let id = ID<Thing>(milliseconds: Int64(time), random: bytes)
            #expect(last < id)
            #expect(ID<Thing>(id.text) == id)
            last = id
        }
    }

    @Test("Only the exact form is read")
    func refuses() {
        let id = ID<Thing>(milliseconds: 1_773_010_800_000, random: Array(1...10)).text
        for wrong in [
            "", "th_", String(id.dropLast()), id + "0", id.uppercased(), "bk" + id.dropFirst(2), " " + id,
            id.replacing(at: 5, with: "w"), id.replacing(at: 5, with: "é"),
            id.replacing(at: 28, with: "1"),      // padding bits that are not 0
            id.replacing(at: 12, with: "0"),      // version 0
        ] {
            #expect(ID<Thing>(wrong) == nil, "\(wrong)")
        }
        #expect(ID<User>(id) == nil)
    }
}

extension String {
    fileprivate func replacing(at place: Int, with character: String) -> String {
        prefix(place) + character + dropFirst(place + 1)
    }
}
