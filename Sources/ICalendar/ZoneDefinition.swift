/// A zone that a file defines by itself (VTIMEZONE, RFC 5545 §3.6.5).
import Scheduling

struct ZoneDefinition {
    /// TZID.
    private(set) var name = ""
    /// The name of the IANA database, where a program was kind enough to tell it (`X-LIC-LOCATION`).
    private(set) var location: String?
    private var observances: [Observance] = []

    /// STANDARD or DAYLIGHT: from when on which offset holds.
    struct Observance {
        var start: EventTime?
        /// Seconds east of UTC before and from then on.
        var before: Int?
        var after: Int?
        var rule: RecurrenceRule?
        var extras: [EventTime] = []
    }

    /// Beyond these a file is out to cost time; what comes after is left out.
    private static let (mostObservances, mostExtras, lastYear) = (64, 1_000, 2_100)

    /// - Parameter lines: of the component, with the BEGIN of those within it.
    init(_ lines: [ContentLine]) {
        for line in lines {
            switch line.name {
            case "BEGIN": if observances.count <= Self.mostObservances { observances.append(Observance()) }
            case "TZID": name = line.value
            case "X-LIC-LOCATION": location = line.value
            default: if !observances.isEmpty { observances[observances.count - 1].read(line, most: Self.mostExtras) }
            }
        }
    }

    /// Written out until 2100; after that the last offset stays.
    /// - Returns: nil where nothing of it can be read.
    func zone() -> Zone? {
        var steps = ExpansionSteps(20_000)
        let onsets = observances.flatMap { $0.onsets(through: Self.lastYear, &steps) }.sorted { $0.at < $1.at }
        guard let first = onsets.first else { return nil }
        var changes: [(at: Instant, offset: Int)] = []
        for onset in onsets {
            if changes.last?.at.seconds == onset.at { changes.removeLast() }
            changes.append((Instant(onset.at), onset.after))
        }
        return Zone(name: "file:\(name)", offset: first.before, changes: changes)
    }
}

extension ZoneDefinition.Observance {
    mutating func read(_ line: ContentLine, most: Int) {
        switch line.name {
        case "DTSTART": start = EventTime(line.value.trimmed, zone: nil)
        case "TZOFFSETFROM": before = Self.offset(line.value.trimmed)
        case "TZOFFSETTO": after = Self.offset(line.value.trimmed)
        case "RRULE": rule = RecurrenceRule(line.value)
        case "RDATE":
            let times = line.value.split(separator: ",").prefix(most - extras.count)
            extras += times.compactMap { EventTime($0.trimmed, zone: nil) }
        default: break
        }
    }

    /// The instants from which on it holds: readings of the clock before it (§3.6.5: "local time", with the offset of
    /// TZOFFSETFROM).
    func onsets(through year: Int, _ steps: inout ExpansionSteps) -> [(at: Int64, before: Int, after: Int)] {
        guard let start, let before, let after else { return [] }
        var readings = [start.wall] + extras.map(\.wall)
        if let rule {
            let end = Int64(LocalDate.days(year: year, month: 1, day: 1)) * 86_400
            var until = Int64.max
            if case .until(let time) = rule.end { until = time.wall + (time.isInstant ? Int64(before) : 0) }
            var more: [Int64] = []
            RuleExpansion(rule, start: start.wall)
                .read(from: start.wall, through: min(end, until), steps: &steps, into: &more)
            readings += more
        }
        return readings.map { ($0 - Int64(before), before, after) }
    }

    /// `+0530`, `-033000`: seconds east of UTC.
    private static func offset(_ text: String) -> Int? {
        let sign = text.first == "-" ? -1 : 1
        let digits = text.drop { $0 == "-" || $0 == "+" }
        guard digits.count == 4 || digits.count == 6, let number = Int(digits), number >= 0 else { return nil }
        let (hours, minutes, seconds) = digits.count == 4
            ? (number / 100, number % 100, 0) : (number / 10_000, number / 100 % 100, number % 100)
        guard hours < 24, minutes < 60, seconds < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60 + seconds)
    }
}

extension EventTime {
    fileprivate var isInstant: Bool {
        if case .utc = self { true } else { false }
    }
}
