/// Counters and durations of this process, in the text form that Prometheus reads (exposition format 0.0.4).
import Synchronization

/// What is counted, with the labels it has. A closed set: a label never holds a name, an address or an id.
enum MetricFamily: String, CaseIterable, Sendable {
    case requests = "http_request_duration_seconds"
    case bookings = "booking_attempts_total"
    case backstop = "ledger_backstop_total"
    case commits = "db_commit_seconds"
    case limited = "rate_limited_total"
    case authentication = "auth_failures_total"
    case deliveries = "webhook_delivery_total"
    case egress = "egress_blocked_total"

    var labels: [String] {
        switch self {
        case .requests: ["route", "status"]
        case .bookings: ["result"]
        case .backstop, .commits: []
        case .limited: ["rule"]
        case .authentication: ["kind"]
        case .deliveries: ["result"]
        case .egress: ["reason"]
        }
    }

    var isHistogram: Bool { self == .requests || self == .commits }

    var help: String {
        switch self {
        case .requests: "Time to answer, by route pattern."
        case .bookings: "Tries to book, by how they ended."
        case .backstop: "Overlaps that only the database's last rule stopped; must stay 0."
        case .commits: "Time of a write from its call to the end of its commit."
        case .limited: "Requests refused by a rate limit."
        case .authentication: "Wrong passwords, sessions and keys."
        case .deliveries: "Attempts to deliver a webhook, by how they ended."
        case .egress: "Calls to outside addresses that were not made, by reason."
        }
    }
}

/// A value that is read when somebody asks.
struct Gauge: Sendable, Hashable {
    let name: String
    let help: String
    let value: Double
}

/// The counts since the start.
final class Metrics: Sendable {
    /// Most label values of one family; what comes later is counted as `other`.
    static let mostSeries = 1_500
    /// Upper bounds in seconds.
    static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Series {
        var count = 0
        var sum = 0.0
        /// How many were at most each bound, without those of smaller bounds.
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
    }

    private let families: Mutex<[MetricFamily: [[String]: Series]]>

    init() {
        // A counter that has no labels is there from the start: an absent one cannot be watched.
        var empty: [MetricFamily: [[String]: Series]] = [:]
        for family in MetricFamily.allCases where family.labels.isEmpty { empty[family] = [[String](): Series()] }
        families = Mutex(empty)
    }

    func count(_ family: MetricFamily, _ labels: String...) {
        change(family, labels) { $0.count += 1 }
    }

    func observe(_ family: MetricFamily, seconds: Double, _ labels: String...) {
        change(family, labels) { series in
            series.count += 1
            series.sum += seconds
            if let bucket = Self.bounds.firstIndex(where: { seconds <= $0 }) { series.buckets[bucket] += 1 }
        }
    }

    /// How often something was counted; for tests.
    func value(_ family: MetricFamily, _ labels: String...) -> Int {
        families.withLock { $0[family]?[labels]?.count ?? 0 }
    }

    private func change(_ family: MetricFamily, _ labels: [String], _ body: (inout Series) -> Void) {
        precondition(labels.count == family.labels.count, "a metric is counted with all its labels")
        families.withLock { families in
            var all = families[family] ?? [:]
            let isRoom = all[labels] != nil || all.count < Self.mostSeries
            body(&all[isRoom ? labels : labels.map { _ in "other" }, default: Series()])
            families[family] = all
        }
    }

    /// The whole text, gauges after counters.
    func text(_ gauges: [Gauge]) -> String {
        let all = families.withLock { $0 }
        var lines: [String] = []
        for family in MetricFamily.allCases {
            lines.append("# HELP \(family.rawValue) \(family.help)")
            lines.append("# TYPE \(family.rawValue) \(family.isHistogram ? "histogram" : "counter")")
            let series = (all[family] ?? [:]).sorted { $0.key.lexicographicallyPrecedes($1.key) }
            for (labels, series) in series { lines += Self.lines(family, labels, series) }
        }
        for gauge in gauges {
            lines += ["# HELP \(gauge.name) \(gauge.help)", "# TYPE \(gauge.name) gauge"]
            lines.append("\(gauge.name) \(Self.number(gauge.value))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ family: MetricFamily, _ values: [String], _ series: Series) -> [String] {
        let labels = zip(family.labels, values).map { "\($0)=\"\(escaped($1))\"" }
        guard family.isHistogram else { return ["\(family.rawValue)\(braced(labels)) \(series.count)"] }
        var (lines, sum): ([String], Int) = ([], 0)
        for (bound, count) in zip(bounds, series.buckets) {
            sum += count
            lines.append("\(family.rawValue)_bucket\(braced(labels + ["le=\"\(number(bound))\""])) \(sum)")
        }
        lines.append("\(family.rawValue)_bucket\(braced(labels + ["le=\"+Inf\""])) \(series.count)")
        lines.append("\(family.rawValue)_sum\(braced(labels)) \(number(series.sum))")
        lines.append("\(family.rawValue)_count\(braced(labels)) \(series.count)")
        return lines
    }

    private static func braced(_ labels: [String]) -> String {
        labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }
}
