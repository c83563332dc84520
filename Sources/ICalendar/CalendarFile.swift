/// A calendar file as another program wrote it: its events, with the zones it defines by itself.
import Scheduling

/// ```swift
/// let file = CalendarFile(bytes, zones: zones)
/// for series in file.series { series.occurrences(overlapping: year, in: berlin, steps: &steps) }
/// ```
/// Nothing in a file makes reading fail: what cannot be read is left out and counted. Reading takes time and room in
/// proportion to the file, so that its size is the caller's to bound.
package struct CalendarFile: Sendable {
    /// Whether it is a calendar at all, and not a page of a sign-in form or the like.
    package private(set) var isCalendar = false
    /// In capitals, e.g. `REPLY`; nil where the file is not a message.
    package private(set) var method: String?
    package private(set) var events: [EventComponent] = []
    /// Events that were left out since they have no start that can be read.
    package private(set) var unreadable = 0

    /// - Parameter zones: for the TZIDs of the database; those that the file defines are used where it has none.
    package init(_ bytes: [UInt8], zones: Zones) {
        var found = Components()
        for line in ContentLineReader(bytes) { found.take(line) }
        isCalendar = found.isCalendar
        method = found.method
        let names = ZoneNames(zones: zones, definitions: found.zones)
        for lines in found.events {
            if let event = EventComponent(lines, zone: names.zone) { events.append(event) } else { unreadable += 1 }
        }
    }

    /// The events by series, in the order in which the file first names them.
    package var series: [EventSeries] {
        var places: [String: Int] = [:], groups: [[EventComponent]] = []
        for event in events {
            // Without a UID nothing tells two events apart but that they are two.
            if !event.uid.isEmpty, let place = places[event.uid] {
                groups[place].append(event)
            } else {
                places[event.uid] = groups.count
                groups.append([event])
            }
        }
        return groups.map(EventSeries.init)
    }
}

/// The lines of each component that matters, while a file is read.
private struct Components {
    var isCalendar = false
    var method: String?
    var events: [[ContentLine]] = []
    var zones: [ZoneDefinition] = []
    /// The components that have begun and not ended, the outermost first.
    private var open: [String] = []
    private var lines: [ContentLine] = []

    /// Real files are three deep; deeper ones are read as if they were not.
    private static let deepest = 16

    mutating func take(_ line: ContentLine) {
        switch line.name {
        case "BEGIN": begin(line.value.trimmed.uppercased())
        case "END": end(line.value.trimmed.uppercased())
        case "METHOD" where open == ["VCALENDAR"]: method = line.value.trimmed.uppercased()
        default: if open.last == "VEVENT" ? EventComponent.names.contains(line.name) : isOfZone { lines.append(line) }
        }
    }

    private var isOfZone: Bool { open.count >= 2 && open[1] == "VTIMEZONE" }

    private mutating func begin(_ name: String) {
        if name == "VCALENDAR" { isCalendar = true }
        if name == "VEVENT" || name == "VTIMEZONE" { lines = [] }
        if isOfZone { lines.append(ContentLine("BEGIN", raw: name)) }
        if open.count < Self.deepest { open.append(name) }
    }

    private mutating func end(_ name: String) {
        // A component that was never ended ends with the one around it.
        guard let place = open.lastIndex(of: name) else { return }
        switch name {
        case "VEVENT": events.append(lines)
        case "VTIMEZONE": zones.append(ZoneDefinition(lines))
        default: break
        }
        open.removeSubrange(place...)
        if name == "VEVENT" || name == "VTIMEZONE" { lines = [] }
    }
}
