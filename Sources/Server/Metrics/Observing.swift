/// What the site and the database tell, put into counters; and what is read when somebody asks for the metrics.
import Capabilities
import Database
import Features
import Foundation
import Scheduling
import ServiceLifecycle
import Web

extension Metrics {
    /// Counts a request that was answered.
    func count(_ request: Site.Answered) {
        observe(.requests, seconds: Double(request.milliseconds) / 1_000, request.route, String(request.status))
        if let rule = request.rule { count(.limited, rule) }
        let isSignIn = request.route == "/sign-in" && request.method == "POST"
        if isSignIn, request.status == 401 || request.status == 422 {
            count(.authentication, "password")
        } else if request.status == 401 {
            count(.authentication, request.route.hasPrefix("/api/") ? "key" : "session")
        }
        if request.method == "POST", Self.bookingRoutes.contains(request.route) {
            count(.bookings, Self.bookingResult(request.status))
        }
    }

    private static let bookingRoutes: Set<String> = [
        "/book/:slug/bookings", "/api/v1/public/links/:slug/bookings", "/api/v1/bookings",
    ]

    private static func bookingResult(_ status: Int) -> String {
        switch status {
        case 200..<400: "booked"
        case 409: "taken"
        case 429: "limited"
        case 400..<500: "refused"
        default: "failed"
        }
    }

    /// Counts an attempt to deliver a webhook.
    func count(_ result: DeliverWebhook.Result) { count(.deliveries, result.rawValue) }

    /// Counts a call that was not made.
    func count(_ problem: EgressProblem) { count(.egress, problem.rawValue) }

    /// Counts what the database tells about a write.
    func count(_ event: DatabaseEvent) {
        switch event {
        case .committed(let duration):
            let parts = duration.components
            observe(.commits, seconds: Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
        case .overlapStopped: count(.backstop)
        case .full, .read, .syncFailed: break
        }
    }
}

/// `/metrics` on a port of its own, which no proxy shows to the world.
struct MetricsPage: Sendable {
    let metrics: Metrics
    let installation: Installation
    let settings: Settings

    var route: Route {
        Route(.get, "/metrics", .open, limit: .none) { _ in
            let type = "text/plain; version=0.0.4; charset=utf-8"
            return Answer.text(metrics.text(await gauges())).header("Content-Type", type)
        }
    }

    /// A database that does not answer must not hide the rest.
    func gauges() async -> [Gauge] {
        var gauges = [Gauge(name: "database_up", help: "1 when the database answered just now.", value: 1)]
        let now = installation.world.now
        do {
            let figures = try await installation.database.lookUp { try $0.jobFigures(now: now) }
            gauges += [
                Gauge(name: "jobs_ready", help: "Jobs that wait or are tried again.", value: Double(figures.ready)),
                Gauge(
                    name: "job_lag_seconds", help: "How long the oldest due job has waited.",
                    value: Double(figures.lagSeconds)),
                Gauge(name: "jobs_dead_total", help: "Jobs that were given up.", value: Double(figures.dead)),
                Gauge(name: "holds_active", help: "Times that visitors keep.", value: Double(figures.holds)),
                Gauge(
                    name: "restored_mode", help: "1 while a restored installation waits to be confirmed.",
                    value: figures.isRestored ? 1 : 0),
            ]
        } catch {
            gauges[0] = Gauge(name: gauges[0].name, help: gauges[0].help, value: 0)
        }
        if let disk = Disk(at: settings.dataFolder) {
            gauges.append(Gauge(
                name: "disk_free_bytes", help: "Free space of the data folder.", value: Double(disk.freeBytes)))
        }
        if let wal = Self.walBytes(settings.databaseURL) {
            gauges.append(Gauge(name: "db_wal_bytes", help: "Size of SQLite's write-ahead log.", value: Double(wal)))
        }
        if let resident = Self.residentBytes() {
            gauges.append(Gauge(
                name: "process_resident_memory_bytes", help: "Memory of this process.", value: Double(resident)))
        }
        return gauges
    }

    private static func walBytes(_ url: String) -> Int? {
        guard url.hasPrefix("sqlite:") else { return nil }
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.dropFirst(7) + "-wal")
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// Linux tells pages in the second field of statm.
    private static func residentBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }
}
