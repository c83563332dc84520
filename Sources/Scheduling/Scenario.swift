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
/// `mode` is `single`, `roundRobin`, `collective` or `multiHost`; `weekly[0]` is Sunday; windows are minutes, instants
/// UTC seconds, and `own` rows add the seconds asked to be free before and after. `docs/scenarios.md` has the rest.
package struct Scenario: Sendable {
    package var id: String
    package var question: SlotQuestion
    /// The lengths to answer for beside the rules' own.
    package var durations: [Int]
    /// The starts to be explained.
    package var explained: [Instant]

    /// Reads one scenario or an array of them.
    /// - Throws: ``ScenarioError``.
    package static func read(_ json: [UInt8], zones: Zones) throws -> [Scenario] {
        do {
            let isList = json.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
            let decoder = JSONDecoder()
            let data = Data(json)
            if !isList { return [try decoder.decode(ScenarioForm.self, from: data).scenario(ScenarioPlace(""), zones)] }
            return try decoder.decode([ScenarioForm].self, from: data).enumerated().map { number, form in
                try form.scenario(ScenarioPlace("[\(number)]"), zones)
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
struct ScenarioPlace {
    private let path: String

    init(_ path: String) {
        self.path = path
    }

    func callAsFunction(_ key: String) -> ScenarioPlace { ScenarioPlace(path.isEmpty ? key : "\(path).\(key)") }

    subscript(number: Int) -> ScenarioPlace { ScenarioPlace("\(path)[\(number)]") }

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

    /// A whole number within bounds; absent is the least.
    func number(_ number: Int?, _ bounds: ClosedRange<Int>) throws -> Int {
        let number = number ?? bounds.lowerBound
        try require(bounds ~= number, "\(number) is not between \(bounds.lowerBound) and \(bounds.upperBound)")
        return number
    }

    /// An instant of the years 1…9999.
    func instant(_ seconds: Int64) throws -> Instant {
        try require(-62_135_596_800...253_402_300_799 ~= seconds, "\(seconds) is not an instant of the years 1 to 9999")
        return Instant(seconds)
    }

    /// One of the raw values of a closed set.
    func word<Word: RawRepresentable & CaseIterable>(_ text: String, _ type: Word.Type) throws -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: text) else {
            throw error("is not one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// Each element of a list with its place; a list of bounded length keeps an answer from taking for ever.
    func each<Element, Made>(
        _ list: [Element]?, most: Int = 1_000_000, _ make: (Element, ScenarioPlace) throws -> Made
    ) throws -> [Made] {
        let list = list ?? []
        try require(list.count <= most, "has more than \(most) entries")
        return try list.enumerated().map { try make($1, self[$0]) }
    }
}
