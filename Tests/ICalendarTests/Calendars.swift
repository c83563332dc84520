/// Calendar files of the tests in few words.
import Foundation
import Testing

@testable import ICalendar
@testable import Scheduling

/// The machine's own, or those that `bin/test` names.
let zones = Zones(directory: ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo")

/// What is asked of a file: its times within some years, in the zone of a calendar.
struct Asked {
    var from = "2026-01-01T00:00:00Z"
    var until = "2028-01-01T00:00:00Z"
    var zone = "Europe/Berlin"
    var steps = 100_000
}

/// A file of one component each.
func calendar(_ events: String..., zones: String = "") -> [UInt8] {
    let body = events.map { "BEGIN:VEVENT\r\n\($0)\r\nEND:VEVENT\r\n" }.joined()
    return Array("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\(zones)\(body)END:VCALENDAR\r\n".utf8)
}

/// When its events are, ascending: `2026-03-02 09:00–10:00` in the calendar's zone.
func times(_ file: [UInt8], _ asked: Asked = Asked()) throws -> [String] {
    let zone = try #require(zones.zone(asked.zone))
    let window = try Span(
        start: #require(Instant(rfc3339: asked.from)), end: #require(Instant(rfc3339: asked.until)))
    var expansion = Expansion(within: window, of: zone, steps: asked.steps)
    let found = CalendarFile(file, zones: zones).series.flatMap { expansion.occurrences(of: $0) }
    return found.sorted { $0.starts < $1.starts }.map { one in
        let (start, end) = (zone.local(at: one.starts), zone.local(at: one.ends))
        let last = start.date == end.date ? end.clock : "\(end.date) \(end.clock)"
        return "\(start.date) \(start.clock)–\(last)"
    }
}

extension LocalTime {
    /// `09:05`, with seconds only where there are some.
    fileprivate var clock: String {
        let parts = [hour, minute] + (second == 0 ? [] : [second])
        return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
