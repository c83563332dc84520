/// A million conversions beside Python's zoneinfo over the same files.

import Foundation
import Testing

@testable import Scheduling

@Suite struct ZoneOracleTests {
    @Test("A million conversions in all zones agree with Python's zoneinfo")
    func million() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "zone-oracle-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", here.appending(path: "zone_oracle.py").path, zones.directory, file.path]
        python.environment = ProcessInfo.processInfo.environment.merging(["TEST_SEED": "\(seed())"]) { $1 }
        try python.run()
        python.waitUntilExit()
        try #require(python.terminationStatus == 0, "python3 zone_oracle.py failed")

        var tally = Tally()
        let bytes = try Data(contentsOf: file)
        bytes.withUnsafeBytes { raw in
            var records = Records(bytes: raw)
            while !records.isAtEnd { tally.check(&records) }
        }
        print("zones: \(tally.zones), checks: \(tally.checks), wrong: \(tally.wrong)")
        #expect(tally.zones > 500)
        #expect(tally.checks >= 1_000_000)
        #expect(tally.wrong == 0, "\(tally.examples.joined(separator: "\n"))")
    }
}

/// How many checks were made and failed.
private struct Tally {
    var zones = 0
    var checks = 0
    var wrong = 0
    var examples: [String] = []

    /// Reads one zone's records and compares them.
    mutating func check(_ records: inout Records) {
        let name = records.text(Int(records.number(UInt16.self)))
        zones += 1
        let instants = records.numbers(Int64.self)
        let offsets = records.numbers(Int32.self, count: instants.count)
        let abbreviations = instants.map { _ in records.text(Int(records.number(UInt8.self))) }
        let walls = records.numbers(Int64.self)
        let firstPasses = records.numbers(Int32.self, count: walls.count)
        guard let zone = SchedulingTests.zones.zone(name) else {
            note(false, "\(name) cannot be read")
            return
        }
        for (number, seconds) in instants.enumerated() {
            let instant = Instant(seconds)
            let agrees = zone.offset(at: instant) == Int(offsets[number])
                && zone.abbreviation(at: instant) == abbreviations[number]
            note(agrees, "\(name) at \(instant): Python says \(offsets[number]) \(abbreviations[number])")
        }
        for (number, wall) in walls.enumerated() {
            let found = zone.instant(of: LocalTime(secondsSince1970: wall))
            note(found.seconds == wall - Int64(firstPasses[number]),
                 "\(name) reading \(Instant(wall)): Python says \(firstPasses[number])")
        }
    }

    private mutating func note(_ agrees: Bool, _ example: @autoclosure () -> String) {
        checks += 1
        guard !agrees else { return }
        wrong += 1
        if examples.count < 10 { examples.append(example()) }
    }
}

/// A cursor over the oracle's little-endian file.
private struct Records {
    let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { place == bytes.count }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number {
        defer { place += MemoryLayout<Number>.size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
    }

    mutating func numbers<Number: FixedWidthInteger>(_: Number.Type, count: Int? = nil) -> [Number] {
        let count = count ?? Int(number(UInt32.self))
        return (0..<count).map { _ in number(Number.self) }
    }

    mutating func text(_ count: Int) -> String {
        defer { place += count }
        return String(decoding: bytes[place..<place + count], as: UTF8.self)
    }
}
