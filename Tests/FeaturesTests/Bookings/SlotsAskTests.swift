/// The bytes of a slots answer are those its JSON value would be written as.
import Scheduling
import Testing
import Web

@testable import Features

struct SlotsAskTests {
    private static let zones = Stage.zones

    /// As it was written before there were bytes.
    private func json(_ slots: [Slot], before end: Instant, zone: Zone, now: Instant) -> JSON {
        var days: [(String, [JSON])] = []
        for slot in slots where slot.start < end {
            let date = zone.local(at: slot.start).date.description
            if days.last?.0 != date { days.append((date, [])) }
            days[days.count - 1].1.append(JSON(present: [
                ("start", .string(slot.start.rfc3339(in: zone))), ("end", .string(slot.end.rfc3339(in: zone))),
                ("beside", slot.isBeside ? true : nil),
            ]))
        }
        return [
            "timezone": .string(zone.name), "generatedAt": .string(now.rfc3339()), "freshAsOf": .string(now.rfc3339()),
            "slots": .object(days.map { ($0.0, .array($0.1)) }),
        ]
    }

    @Test("bytes and value are the same, across midnights and changes of the clock", arguments: [
        "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
    ])
    func bytes(zone name: String) throws {
        let zone = try #require(Self.zones.zone(name))
        for first in [Int64(1_893_999_600), 1_901_145_600, 1_916_870_400] {
            var slots: [Slot] = []
            for number in 0..<400 {
                let start = Instant(first + Int64(number) * 2_700)
                var slot = Slot(start: start, end: start.adding(minutes: 30), eligible: 1)
                slot.isBeside = number % 7 == 0
                slots.append(slot)
            }
            let end = Instant(first + 300 * 2_700)
            let body = SlotsBody(slots, before: end, zone: zone, now: Instant(first))
            #expect(body.bytes == json(slots, before: end, zone: zone, now: Instant(first)).bytes, "\(first)")
        }
    }

    @Test("no slots are an empty object")
    func none() {
        let body = SlotsBody([], before: monday, zone: .utc, now: monday)
        #expect(body.bytes == json([], before: monday, zone: .utc, now: monday).bytes)
    }
}
