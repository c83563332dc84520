/// TZif files, sound and broken.

import Foundation
import Testing

@testable import Scheduling

@Suite struct ZoneFileTests {
    private func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: zones.directory).appending(path: name)))
    }

    @Test("A file may be cut off nowhere before the end of its footer")
    func truncated() throws {
        let whole = try bytes("Europe/Berlin")
        #expect(ZoneTable(tzif: whole) != nil)
        for count in 0..<whole.count {
            #expect(ZoneTable(tzif: Array(whole[..<count])) == nil, "\(count) bytes")
        }
    }

    @Test("Files of version 1, files with leap seconds and other files are refused")
    func refused() throws {
        let whole = try bytes("Europe/Berlin")
        var old = whole
        old[4] = 0
        #expect(ZoneTable(tzif: old) == nil)
        #expect(ZoneTable(tzif: Array("TZif".utf8)) == nil)
        #expect(ZoneTable(tzif: []) == nil)
        #expect(ZoneTable(tzif: made(leaps: 1)) == nil)
        #expect(ZoneTable(tzif: made()) != nil)
    }

    @Test("What contradicts RFC 9636 is refused")
    func contradictions() {
        #expect(ZoneTable(tzif: made(times: [5, 5])) == nil, "transitions must ascend")
        #expect(ZoneTable(tzif: made(times: [.max])) == nil, "beyond what can be added to")
        #expect(ZoneTable(tzif: made(times: [5], place: 1)) == nil, "no such kind")
        #expect(ZoneTable(tzif: made(offset: 93_600)) == nil, "larger than 25:59:59")
        #expect(ZoneTable(tzif: made(abbreviation: 4)) == nil, "no such abbreviation")
        #expect(ZoneTable(tzif: made(footer: "AAA")) == nil, "not a rule")
        #expect(ZoneTable(tzif: made(times: [-1 << 59, 5])) != nil, "older files begin with the Big Bang")
    }

    @Test("Random damage never crashes the reader or what it returns")
    func damaged() throws {
        var random = Seeded(seed())
        let sources = try ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca"].map(bytes)
        let edges: [Int64] = [-1 << 60, -1 << 40, -1, 0, 1 << 31, 1 << 40, 1 << 60]
        var accepted = 0
        for _ in 0..<4_000 {
            guard let table = ZoneTable(tzif: damage(random.pick(sources), &random)) else { continue }
            accepted += 1
            let zone = Zone(name: "Damaged", table: table)
            for seconds in edges + [Int64(random.number(-5_000_000_000...20_000_000_000))] {
                #expect(abs(Int64(zone.offset(at: Instant(seconds)))) < ZoneTable.largestOffset)
                _ = zone.abbreviation(at: Instant(seconds))
                _ = zone.instant(of: LocalTime(secondsSince1970: seconds))
                zone.forEachSpan(reading: seconds, seconds + 3_600) { #expect($0.start < $0.end) }
            }
        }
        #expect(accepted > 100, "some damage must get past the checks, or nothing was tested")
    }

    private func damage(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<random.number(1...4) {
            let place = random.number(0...bytes.count - 1)
            switch random.number(0...5) {
            case 0: bytes.removeLast(min(random.number(1...40), bytes.count - 1))
            case 1: bytes.insert(UInt8(random.number(0...255)), at: place)
            case 2: bytes[min(20 + random.number(0...23), bytes.count - 1)] = UInt8(random.number(0...255))
            case 3: bytes[max(0, bytes.count - random.number(1...31))] = UInt8(random.number(32...126))
            default: bytes[place] = UInt8(random.number(0...255))
            }
        }
        return bytes
    }

    /// A small file with one kind `AAA`.
    private func made(
        leaps: UInt32 = 0, times: [Int64] = [], place: UInt8 = 0, offset: Int32 = 0, abbreviation: UInt8 = 0,
        footer: String = "AAA0"
    ) -> [UInt8] {
        func number(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
        let head = Array("TZif2".utf8) + Array(repeating: 0, count: 15)
        var file = head + Array(repeating: 0, count: 24)
        file += head + number(UInt32(0)) + number(UInt32(0)) + number(leaps)
        file += number(UInt32(times.count)) + number(UInt32(1)) + number(UInt32(4))
        file += times.flatMap { number($0) } + times.map { _ in place }
        file += number(offset) + [0, abbreviation] + Array("AAA\0".utf8)
        file += Array(repeating: 0, count: Int(leaps) * 12)
        return file + Array("\n\(footer)\n".utf8)
    }
}
