/// A slots call: what it asks for, and its answer in bytes.
import Database
import Scheduling
import Web

/// `?from=&to=&timezone=&duration=` of a slots call; whose times are asked for is found out by the caller.
package struct SlotsAsk: Sendable {
    /// Most days of one call, both ends included.
    package static let mostDays = 92

    let from: LocalDate
    let to: LocalDate
    let zone: Zone?
    let minutes: Int?
    /// Whom of those who take turns the attendee wants to meet.
    var host: ID<User>?

    package init(_ query: Query, link: Link, zones: Zones) throws {
        var fields = Fields(form: query)
        let first = fields.date("from")
        let last = fields.date("to")
        let name = fields.optionalText("timezone", atMost: 64)
        zone = name.flatMap(zones.zone)
        if let name, zone == nil {
            fields.fail("timezone", "invalid", BookingReading.unknownZone(name))
        }
        minutes = PublicAPI.duration(&fields, link: link)
        if let first, let last, !(0..<Self.mostDays).contains(last.daysSince1970 - first.daysSince1970) {
            fields.fail("to", "out_of_range", plain("Ask for 1 to \(Self.mostDays) days, the first before the last."))
        }
        try fields.finish()
        (from, to) = (first ?? LocalDate(daysSince1970: 0), last ?? LocalDate(daysSince1970: 0))
    }

    /// The answer out of a snapshot; nil when it does not reach that far.
    /// - Parameter claims: one's own hold is not busy.
    func body(_ snapshot: OfferedSnapshot, ignoring claims: [String] = [], now: Instant) -> [UInt8]? {
        let range = range(in: zone ?? snapshot.zone, minutes ?? snapshot.link.rules.duration)
        guard snapshot.covers(until: range.reach, now: now) else { return nil }
        var times = snapshot.times(ignoring: claims, booker: Booker(zone: range.zone), now: now)
        times.chosen = self.host
        return body(times, range)
    }

    /// - Parameter booking: the booking to be moved: its length, its own time counting as free.
    package func body(
        _ link: Link, ignoring claims: [String] = [], moving booking: Booking? = nil, now: Instant, zones: Zones,
        scope: Scope, in tx: Transaction
    ) throws -> [UInt8] {
        let host = try ScheduleStore.find(link.schedule, scope: scope, in: tx).flatMap { zones.zone($0.zone) }
        let minutes = booking.map { Int(($0.state.ends - $0.state.starts) / 60) } ?? minutes ?? link.rules.duration
        let range = range(in: zone ?? host ?? .utc, minutes)
        if let booking, let sheet = try SheetMove.choice(for: booking, now: now, scope: scope, in: tx) {
            let slots = sheet.times.filter { range.start <= $0.start }
                .map { Slot(start: $0.start, end: $0.ends, eligible: 1) }
            return SlotsBody(slots, before: range.end, zone: range.zone, now: now).bytes
        }
        let booker = Booker(email: booking?.attendee.email, zone: range.zone)
        var times = try OfferedTimes(
            link: link, moving: booking, from: range.start, to: range.end, ignoring: claims, booker: booker, now: now,
            zones: zones, scope: scope, in: tx)
        times.chosen = self.host
        return body(times, range)
    }

    /// The dates in the zone they are asked in.
    private struct Range {
        let zone: Zone
        let minutes: Int
        let start: Instant
        let end: Instant
        /// A slot belongs to the day it starts on, so the last one may end after midnight.
        var reach: Instant { end.adding(minutes: minutes) }
    }

    private func range(in zone: Zone, _ minutes: Int) -> Range {
        Range(
            zone: zone, minutes: minutes, start: zone.instant(of: from), end: zone.instant(of: to.adding(days: 1)))
    }

    private func body(_ times: OfferedTimes, _ range: Range) -> [UInt8] {
        let question = times.question(from: range.start, to: range.reach, duration: range.minutes)
        return SlotsBody(
            question.slots(), before: range.end, zone: range.zone, now: times.now,
            tellsSeats: times.link.hasSeats && times.link.rules.seats.showsSeats).bytes
    }
}

/// The JSON of some slots by their days, written without a value for each of them: there may be thousands.
struct SlotsBody {
    private(set) var bytes: [UInt8] = []

    /// - Parameter tellsSeats: whether each slot says how many seats are left.
    init(_ slots: [Slot], before end: Instant, zone: Zone, now: Instant, tellsSeats: Bool = false) {
        let head: JSON = [
            "timezone": .string(zone.name), "generatedAt": .string(now.rfc3339()),
            "freshAsOf": .string(now.rfc3339()),
        ]
        bytes.reserveCapacity(300 + slots.count * (Self.line.count + 2))
        bytes += head.bytes.dropLast()
        bytes += #","slots":{"#.utf8
        var (line, starts, ends) = (Self.line, InstantWriter(zone), InstantWriter(zone))
        var day: LocalDate?
        for slot in slots where slot.start < end {
            var text = line.mutableSpan
            starts.write(slot.start, over: &text, at: Self.startPlace)
            ends.write(slot.end, over: &text, at: Self.endPlace)
            if starts.date == day {
                bytes.append(UInt8(ascii: ","))
            } else {
                bytes += (day == nil ? "\"" : "],\"").utf8
                bytes += line[Self.startPlace..<Self.startPlace + 10]
                bytes += "\":[".utf8
                day = starts.date
            }
            bytes.append(contentsOf: line)
            if slot.isBeside { bytes += Self.besideEnd }
            if tellsSeats, let left = slot.seatsLeft { bytes += ",\"seatsLeft\":\(left)".utf8 }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes += (day == nil ? "}}" : "]}}").utf8
    }

    private static let line = Array(
        #"{"start":"0000-00-00T00:00:00+00:00","end":"0000-00-00T00:00:00+00:00""#.utf8)
    private static let startPlace = 10
    private static let endPlace = 44
    private static let besideEnd = Array(#","beside":true"#.utf8)
}
