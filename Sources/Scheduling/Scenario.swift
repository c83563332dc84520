/// A question to the slot engine as JSON, for trying it out and comparing it with other engines.

import Foundation

/// What is wrong with a scenario, and where.
package struct ScenarioError: Error, Hashable, CustomStringConvertible {
    /// The field, e.g. `[3].hosts[0].weekly[1]`; begins with the file's name when it came from one.
    package var path: String
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    package var description: String { "\(path): \(message)" }
}

/// A named question. Numbers that are absent count as 0, lists as empty.
///
/// ```json
/// {"id": "x", "event": {"zone": "Europe/Berlin", "mode": "single", "durationMin": 30},
///  "now": 1773010800, "from": 1772978400, "to": 1775566800,
///  "hosts": [{"id": 1, "zone": "Europe/Berlin", "weekly": [[], [[540, 1020]], [], [], [], [], []],
///             "overrides": {"2027-03-30": []},
///             "trips": [{"from": "2027-03-08", "to": "2027-03-12", "zone": "Asia/Tokyo"}],
///             "busy": [[1773040000, 1773043600]], "own": [[1773050000, 1773053600, 900, 0]]}]}
/// ```
/// `mode` is `single`, `roundRobin` or `collective`; `weekly[0]` is Sunday; windows are minutes, instants UTC seconds,
/// and `own` rows add the seconds asked to be free before and after.
package struct Scenario: Sendable {
    package var id: String
    package var question: SlotQuestion

    /// Reads one scenario or an array of them.
    /// - Throws: ``ScenarioError``.
    package static func read(_ json: [UInt8], zones: Zones) throws -> [Scenario] {
        do {
            let isList = json.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
            let decoder = JSONDecoder()
            if !isList { return [try decoder.decode(Form.self, from: Data(json)).scenario(Place(""), zones)] }
            return try decoder.decode([Form].self, from: Data(json)).enumerated().map { number, form in
                try form.scenario(Place("[\(number)]"), zones)
            }
        } catch let error as DecodingError {
            throw ScenarioError(error)
        }
    }
}

extension ScenarioError {
    fileprivate init(_ error: DecodingError) {
        let (context, message) = switch error {
        case .keyNotFound(let key, let context): (context, "\(key.stringValue) is missing")
        case .valueNotFound(_, let context): (context, "must not be null")
        case .typeMismatch(let type, let context):
            (context, type == String.self ? "is not text" : "is not the right type")
        case .dataCorrupted(let context): (context, "is not valid: \(context.debugDescription)")
        @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "is not valid")
        }
        var path = ""
        for key in context.codingPath {
            path += key.intValue.map { "[\($0)]" } ?? (path.isEmpty ? "" : ".") + key.stringValue
        }
        self.init(path: path, message: message)
    }
}

/// Where in the JSON something stands.
private struct Place {
    private let path: String

    init(_ path: String) {
        self.path = path
    }

    func callAsFunction(_ key: String) -> Place { Place(path.isEmpty ? key : "\(path).\(key)") }

    subscript(number: Int) -> Place { Place("\(path)[\(number)]") }

    func error(_ message: String) -> ScenarioError { ScenarioError(path: path, message: message) }

    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw error(message()) }
    }

    func zone(_ name: String, _ zones: Zones) throws -> Zone {
        guard let zone = zones.zone(name) else { throw error("unknown time zone \"\(name)\"") }
        return zone
    }

    func date(_ text: String) throws -> LocalDate {
        guard let date = LocalDate(text) else { throw error("\"\(text)\" is not a date (YYYY-MM-DD)") }
        return date
    }

    /// A number of minutes up to a year; absent is 0.
    func minutes(_ number: Int?, atLeast least: Int = 0) throws -> Int {
        let number = number ?? 0
        try require(least...527_040 ~= number, "\(number) is not between \(least) and 527040 minutes")
        return number
    }

    /// An instant of the years 1…9999.
    func instant(_ seconds: Int64) throws -> Instant {
        try require(-62_135_596_800...253_402_300_799 ~= seconds, "\(seconds) is not an instant of the years 1 to 9999")
        return Instant(seconds)
    }
}

/// A scenario as it stands in the file; unknown fields (`why`, `expect`) are left alone.
private struct Form: Decodable {
    var id: Name
    var event: EventForm
    var now: Int64
    var from: Int64
    var to: Int64
    var hosts: [HostForm]

    func scenario(_ place: Place, _ zones: Zones) throws -> Scenario {
        let from = try place("from").instant(from)
        let to = try place("to").instant(to)
        // Bounds the memory an answer takes.
        try place("to").require(to - from <= 3_660 * 86_400, "is more than ten years after from")
        let rules = try event.rules(place("event"), zones)
        try place("hosts").require(rules.mode != .single || hosts.count <= 1, "mode single takes one host")
        return Scenario(
            id: id.text,
            question: SlotQuestion(
                rules: rules,
                hosts: try hosts.enumerated().map { try $1.host(place("hosts")[$0], zones) },
                now: try place("now").instant(now), from: from, to: to))
    }
}

private struct EventForm: Decodable {
    var zone: String
    var mode: String
    var durationMin: Int
    var stepMin: Int?
    var offsetMin: Int?
    var alignMin: Int?
    var bufferBeforeMin: Int?
    var bufferAfterMin: Int?
    var minNoticeMin: Int?

    func rules(_ place: Place, _ zones: Zones) throws -> SlotRules {
        let modes: [String: HostMode] = ["single": .single, "roundRobin": .oneOf, "collective": .allOf]
        guard let mode = modes[mode] else { throw place("mode").error("is not single, roundRobin or collective") }
        return SlotRules(
            zone: try place("zone").zone(zone, zones), mode: mode,
            durationMinutes: try place("durationMin").minutes(durationMin, atLeast: 1),
            stepMinutes: try place("stepMin").minutes(stepMin),
            offsetMinutes: try place("offsetMin").minutes(offsetMin),
            alignMinutes: try place("alignMin").minutes(alignMin),
            bufferBeforeMinutes: try place("bufferBeforeMin").minutes(bufferBeforeMin),
            bufferAfterMinutes: try place("bufferAfterMin").minutes(bufferAfterMin),
            notice: .minutes(try place("minNoticeMin").minutes(minNoticeMin)))
    }
}

private struct HostForm: Decodable {
    var id: Name
    var zone: String
    var weekly: [[[Int]]]
    var overrides: [String: [[Int]]]?
    var trips: [TripForm]?
    var busy: [[Int64]]?
    var own: [[Int64]]?

    func host(_ place: Place, _ zones: Zones) throws -> Host {
        try place("weekly").require(weekly.count == 7, "needs seven lists, Sunday first")
        let weekly = try weekly.enumerated().map { try Self.windows($1, place("weekly")[$0]) }
        var dates: [LocalDate: [Window]] = [:]
        for (text, windows) in overrides ?? [:] {
            dates[try place("overrides").date(text)] = try Self.windows(windows, place("overrides")(text))
        }
        let trips = try (trips ?? []).enumerated().map { try $1.trip(place("trips")[$0], zones) }
        let foreign = try Self.busy(busy, .calendar, numbers: 2, place("busy"))
        let own = try Self.busy(own, .booking, numbers: 4, place("own"))
        return Host(
            id: id.text,
            availability: Availability(zone: try place("zone").zone(zone, zones), weekly: weekly, overrides: dates,
                                       trips: trips),
            busy: foreign + own)
    }

    private static func windows(_ pairs: [[Int]], _ place: Place) throws -> [Window] {
        try pairs.enumerated().map { number, pair in
            try place[number].require(pair.count == 2, "needs two numbers, opens and closes")
            let window = Window(opens: pair[0], closes: pair[1])
            try place[number].require(window.isValid, "needs 0 <= opens < closes <= \(Window.latestClose)")
            return window
        }
    }

    private static func busy(_ rows: [[Int64]]?, _ kind: BusyKind, numbers: Int, _ place: Place) throws -> [Busy] {
        try (rows ?? []).enumerated().map { number, row in
            let place = place[number]
            try place.require(row.count == numbers, "needs \(numbers) numbers")
            let gaps = row.dropFirst(2)
            try place.require(gaps.allSatisfy { 0...31_622_400 ~= $0 }, "has a gap that is not between 0 and 31622400")
            return Busy(starts: try place[0].instant(row[0]), ends: try place[1].instant(row[1]), kind: kind,
                        gapBefore: gaps.first ?? 0, gapAfter: gaps.last ?? 0)
        }
    }
}

private struct TripForm: Decodable {
    var from: String
    var to: String
    var zone: String

    func trip(_ place: Place, _ zones: Zones) throws -> Trip {
        Trip(from: try place("from").date(from), to: try place("to").date(to),
             zone: try place("zone").zone(zone, zones))
    }
}

/// An id written as text or as a whole number.
private struct Name: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        text = try (try? value.decode(Int64.self)).map { String($0) } ?? value.decode(String.self)
    }
}
