/// What becomes of errors, and what is written down about requests.

import Logging
import Scheduling

extension Site {
    /// A refusal as page or problem. What is neither a refusal nor known to `translate` is a bug: logged, and answered
    /// without details.
    func refuse(_ error: any Error, _ visit: Visit) -> Answer {
        if let framed = error as? Frame.Refused {
            return Language.$current.withValue(framed.language) {
                Frame.$current.withValue(framed.frame) { refuse(framed.error, visit) }.framed(by: framed.ancestors)
            }
        }
        let refusal: any Refusal
        if let own = error as? any Refusal {
            refusal = own
        } else if let known = translate(error) {
            refusal = known
        } else {
            refusal = error is CancellationError ? Common.unavailable(retryAfter: 1) : Common.unexpected
            logger.error("unexpected error", metadata: [
                "request_id": "\(visit.id)", "route": "\(visit.pattern)", "error": "\(type(of: error))",
                "description": "\(String(describing: error).prefix(500))",
            ].merging(visit.traceID) { $1 })
        }
        return visit.wantsProblem ? .problem(refusal, requestID: visit.id) : .page(refusal, requestID: visit.id)
    }

    /// One line per request: the pattern and never the path (it may hold a token or a name), no address, no person.
    func log(_ visit: Visit, _ status: Int, milliseconds: Int64) {
        guard visit.route?.limit != RateLimit.none else { return }
        let method = Method(rawValue: visit.raw.method)?.rawValue ?? "other"
        var metadata: Logger.Metadata = [
            "request_id": "\(visit.id)", "method": "\(method)", "route": "\(visit.pattern)", "status": "\(status)",
            "ms": "\(milliseconds)",
        ]
        if let principal = visit.principal { metadata["workspace"] = "\(principal.workspace)" }
        metadata.merge(visit.traceID) { $1 }
        watch.answered(Answered(
            method: method, route: visit.pattern, status: status, milliseconds: milliseconds, rule: visit.rule))
        logger.info("request", metadata: metadata)
    }

    /// `req_` and 80 random bits.
    func requestID() -> String {
        let digits = entropy.bytes(10).flatMap { [hexDigits[Int($0 >> 4)], hexDigits[Int($0 & 15)]] }
        return "req_" + String(decoding: digits, as: UTF8.self).lowercased()
    }

    /// Milliseconds of a clock that never jumps.
    package static let steadyMilliseconds: @Sendable () -> Int64 = {
        let start = ContinuousClock.now
        return {
            let elapsed = start.duration(to: .now).components
            return elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
        }
    }()
}

/// What becomes known about a request on its way.
struct Visit: Sendable {
    let id: String
    let raw: RawRequest
    let target: Target
    /// Nil if it cannot be read.
    let query: Query?
    var route: Route?
    var principal: Principal?
    var limitHeaders: [(String, String)] = []
    /// The rate limit that refused it.
    var rule: String?

    var trace: Trace? { Trace(raw.headers["traceparent"]) }

    var traceID: Logger.Metadata { trace.map { ["trace_id": "\($0.id)"] } ?? [:] }

    /// The pattern of the route, for the log.
    var pattern: String { route?.path ?? "none" }

    /// Whether a refusal is a problem document rather than a page.
    var wantsProblem: Bool {
        target.path.hasPrefix("/api/")
            || (raw.headers["accept"].map { $0.contains("json") && !$0.contains("text/html") } ?? false)
    }
}
