/// Metrics: the text that Prometheus reads, with labels from closed sets only.
import Capabilities
import Database
import Features
import Testing
import Web

@testable import Server

struct MetricsTests {
    private func lines(_ metrics: Metrics, _ gauges: [Gauge] = []) -> [String] {
        metrics.text(gauges).split(separator: "\n").map(String.init)
    }

    @Test("counters without labels are there from the start, at 0")
    func fromTheStart() {
        let lines = lines(Metrics())
        #expect(lines.contains("ledger_backstop_total 0") && lines.contains("db_commit_seconds_count 0"))
        #expect(lines.contains("# TYPE http_request_duration_seconds histogram"))
        #expect(!lines.contains { $0.hasPrefix("http_request_duration_seconds_count") })
    }

    @Test("a duration counts in its bucket and all larger ones")
    func histogram() {
        let metrics = Metrics()
        for milliseconds in [5, 6, 700, 60_000] {
            metrics.count(Site.Answered(
                method: "GET", route: "/book/:slug", status: 200, milliseconds: Int64(milliseconds)))
        }
        let name = "http_request_duration_seconds", labels = "route=\"/book/:slug\",status=\"200\""
        let lines = lines(metrics)
        for (bound, count) in [("0.005", 1), ("0.01", 2), ("0.5", 2), ("1", 3), ("10", 3), ("+Inf", 4)] {
            #expect(lines.contains("\(name)_bucket{\(labels),le=\"\(bound)\"} \(count)"), "\(bound)")
        }
        #expect(lines.contains("\(name)_count{\(labels)} 4") && lines.contains("\(name)_sum{\(labels)} 60.711"))
    }

    @Test("deliveries are counted by how they ended, calls that were not made by the reason")
    func outside() {
        let metrics = Metrics()
        for result in DeliverWebhook.Result.allCases { metrics.count(result) }
        metrics.count(DeliverWebhook.Result.accepted)
        metrics.count(EgressProblem.privateHost)
        let lines = lines(metrics)
        #expect(lines.contains("webhook_delivery_total{result=\"accepted\"} 2"))
        #expect(lines.contains("webhook_delivery_total{result=\"recorded\"} 1"))
        #expect(lines.contains("egress_blocked_total{reason=\"private_host\"} 1"))
    }

    @Test("tries to book are counted by how they ended, failures to sign in by what was wrong")
    func results() {
        let metrics = Metrics()
        for status in [201, 200, 409, 422, 429, 503] {
            metrics.count(Site.Answered(
                method: "POST", route: "/api/v1/public/links/:slug/bookings", status: status, milliseconds: 1))
        }
        #expect(metrics.value(.bookings, "booked") == 2 && metrics.value(.bookings, "taken") == 1)
        #expect(metrics.value(.bookings, "refused") == 1 && metrics.value(.bookings, "limited") == 1)
        #expect(metrics.value(.bookings, "failed") == 1)
        for (method, route) in [("POST", "/sign-in"), ("GET", "/api/v1/links"), ("POST", "/links")] {
            metrics.count(Site.Answered(method: method, route: route, status: 401, milliseconds: 1))
        }
        metrics.count(Site.Answered(method: "GET", route: "/sign-in", status: 200, milliseconds: 1))
        #expect(["password", "key", "session"].allSatisfy { metrics.value(.authentication, $0) == 1 })
        metrics.count(Site.Answered(method: "GET", route: "/", status: 429, milliseconds: 1, rule: "writes"))
        #expect(metrics.value(.limited, "writes") == 1)
    }

    @Test("what the database tells is counted")
    func database() {
        let metrics = Metrics()
        metrics.count(.committed(.milliseconds(30)))
        metrics.count(.overlapStopped)
        metrics.count(.full)
        #expect(metrics.value(.commits) == 1 && metrics.value(.backstop) == 1)
        #expect(lines(metrics).contains("db_commit_seconds_bucket{le=\"0.05\"} 1"))
    }

    @Test("more labels than are allowed are one, and the signs of a label are escaped")
    func bounded() {
        let metrics = Metrics()
        for index in 0..<(Metrics.mostSeries + 10) { metrics.count(.limited, "rule \(index)") }
        #expect(metrics.value(.limited, "other") == 10)
        #expect(lines(metrics).count < Metrics.mostSeries + 50)
        let odd = Metrics()
        odd.count(.limited, "a\"b\\c\nd")
        #expect(lines(odd).contains(#"rate_limited_total{rule="a\"b\\c\nd"} 1"#))
    }

    @Test("gauges stand at the end, whole numbers without a point")
    func gauges() {
        let lines = lines(Metrics(), [
            Gauge(name: "jobs_ready", help: "Jobs.", value: 3), Gauge(name: "share", help: "A share.", value: 0.5),
        ])
        #expect(lines.suffix(6) == [
            "# HELP jobs_ready Jobs.", "# TYPE jobs_ready gauge", "jobs_ready 3",
            "# HELP share A share.", "# TYPE share gauge", "share 0.5",
        ])
    }
}
