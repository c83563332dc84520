/// Many instants of one zone as RFC 3339 text, at the cost of six digits for all but the first of each date.

/// Writes each instant over the one before, at one place of a line of text.
///
/// ```swift
/// var line = Array("start 0000-00-00T00:00:00+00:00".utf8)
/// var writer = InstantWriter(berlin)
/// for slot in slots {
///     var text = line.mutableSpan
///     writer.write(slot.start, over: &text, at: 6)
/// }
/// ```
/// The text is that of ``Instant/rfc3339(in:)``.
package struct InstantWriter: Sendable {
    private let zone: Zone
    /// The instants whose text has the date and the offset of the last one.
    private var alike = Int64.max..<Int64.max
    private var midnight: Int64 = 0
    /// The date of the last text.
    package private(set) var date = LocalDate(daysSince1970: 0)

    package init(_ zone: Zone) { self.zone = zone }

    /// - Parameters:
    ///   - line: the same as last time, for only what differs is written.
    ///   - place: where the 25 bytes begin; always the same.
    package mutating func write(_ instant: Instant, over line: inout MutableSpan<UInt8>, at place: Int) {
        guard alike.contains(instant.seconds) else {
            look(at: instant)
            for (offset, sign) in instant.rfc3339(in: zone).utf8.enumerated() { line[place + offset] = sign }
            return
        }
        let second = Int(instant.seconds &- midnight)
        let (hour, minute) = (second / 3_600, second / 60 % 60)
        line.setTwoDigits(hour, at: place + 11)
        line.setTwoDigits(minute, at: place + 14)
        line.setTwoDigits(second % 60, at: place + 17)
    }

    private mutating func look(at instant: Instant) {
        let period = zone.period(at: instant)
        // Whole minutes, as the text says them.
        let offset = Int64(period.offset / 60) * 60
        let wall = LocalTime(secondsSince1970: instant.seconds + offset)
        date = wall.date
        midnight = instant.seconds - Int64(wall.secondOfDay)
        let (from, until) = (period.from?.seconds ?? .min, period.until?.seconds ?? .max)
        alike = max(midnight, from)..<min(midnight + 86_400, until)
    }
}

extension MutableSpan<UInt8> {
    @inline(__always)
    fileprivate mutating func setTwoDigits(_ number: Int, at place: Int) {
        self[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 10)
        self[place + 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10)
    }
}
