/// What the tests of this target share: zone data, short ways to write examples, random numbers.

import Foundation
import Testing

@testable import Scheduling

/// This folder, symbolic links resolved.
let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()

/// The zone data under test: `WORKESTRA_ZONEINFO`, else the repository's `data/zoneinfo`, else the system's.
let zones = Zones.standard(
    environment: ProcessInfo.processInfo.environment,
    dataFolder: here.deletingLastPathComponent().deletingLastPathComponent().appending(path: "data").path)

func zone(_ name: String) throws -> Zone {
    try #require(zones.zone(name), "no zone \(name) in \(zones.directory)")
}

func instant(_ text: String) throws -> Instant {
    try #require(Instant(rfc3339: text), "\(text) is not RFC 3339")
}

func date(_ text: String) throws -> LocalDate {
    try #require(LocalDate(text), "\(text) is not a date")
}

/// A wall-clock reading such as `2026-03-08 02:30`.
func reading(_ text: String) throws -> LocalTime {
    let clock = text.suffix(5).split(separator: ":").compactMap { Int($0) }
    return LocalTime(date: try date(String(text.prefix(10))), secondOfDay: clock[0] * 3_600 + clock[1] * 60)
}

/// Every day the same windows, in minutes.
func daily(_ zone: Zone, _ windows: (Int, Int)...) -> Availability {
    let day = windows.map { Window(opens: $0.0, closes: $0.1) }
    return Availability(zone: zone, weekly: Array(repeating: day, count: 7))
}

/// Wall-clock starts (`09:00`) of slots, in a zone.
func clocks(_ slots: [Slot], in zone: Zone = .utc) -> [String] {
    slots.map { String($0.start.rfc3339(in: zone).dropFirst(11).prefix(5)) }
}

/// SplitMix64, so that a printed seed repeats a run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }
}

/// How many random scenarios a property is tried on: `usual` in each run, as many as `SCENARIO_FUZZ` asks for in a long
/// one.
func scenarios(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["SCENARIO_FUZZ"].flatMap { Int($0) } ?? usual
}

/// The seed of a property test: a new one in each run, printed; `TEST_SEED` repeats one.
func seed(_ test: String = #function) -> UInt64 {
    let seed = ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 32)
    print("seed of \(test): TEST_SEED=\(seed)")
    return seed
}
