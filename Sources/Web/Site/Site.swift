/// The whole way of a request: route, policy, limits, forgery, answer, refusal, headers, log.

import Logging
import Scheduling
import Synchronization

/// All routes of the program behind one function, with or without a network.
///
/// ```swift
/// let site = Site(settings: settings, routes: routes, authenticate: accounts.principal, logger: logger)
/// let answer = await site.answer(RawRequest("GET", "/book/intro"))       // a test
/// try await site.server(host: "127.0.0.1", port: 8080).run()             // the program
/// ```
package final class Site: Sendable {
    let settings: Settings
    let logger: Logger
    let table: RouteTable
    let authenticate: Authenticator
    let translate: @Sendable (any Error) -> (any Refusal)?
    let entropy: Entropy
    let milliseconds: @Sendable () -> Int64
    let limiter: RateLimiter
    let watch: Watch
    /// How many requests are worked on now.
    let atWork = Atomic(0)
    private let readiness: Readiness

    /// - Parameters:
    ///   - authenticate: who a session cookie or a key belongs to.
    ///   - translate: failures of the world as refusals, such as a busy database as 503; nil for those it does not
    ///     know.
    ///   - ready: why the program cannot serve right now, or nil; asked by `/readyz`.
    ///   - milliseconds: a clock that never jumps, for limits and durations.
    ///   - watch: who counts the requests, and who may refuse changes for a while.
    package init(
        settings: Settings, routes: [Route], authenticate: @escaping Authenticator = { _ in nil },
        translate: @escaping @Sendable (any Error) -> (any Refusal)? = { _ in nil },
        ready: @escaping @Sendable () async -> String? = { nil }, entropy: Entropy = .system,
        milliseconds: @escaping @Sendable () -> Int64 = Site.steadyMilliseconds, watch: Watch = Watch(),
        logger: Logger
    ) {
        self.settings = settings
        self.authenticate = authenticate
        self.translate = translate
        self.entropy = entropy
        self.milliseconds = milliseconds
        self.watch = watch
        self.logger = logger
        limiter = RateLimiter(milliseconds: milliseconds)
        readiness = Readiness(ask: ready)
        table = RouteTable(routes + Assets.shared.routes + PackageFiles.shared.routes + readiness.routes)
    }

    /// Every route with its policy, the site's own included.
    package var routes: [Route] { table.routes }

    /// From now on `/readyz` says no, so that no new visitors are sent here.
    package func stop() {
        readiness.stop()
    }

    /// Whether it was told to.
    var isStopping: Bool { readiness.hasStopped }

    /// Answers a request. Never throws: whatever goes wrong is an answer too.
    package func answer(_ raw: RawRequest) async -> Answer {
        let started = milliseconds()
        let target = Target(raw.target)
        let query = try? Query(reading: target.rawQuery)
        let spoken = SpokenLanguages(raw, target, query, settings)
        let start = Visit(id: requestID(), raw: raw, target: target, query: query)
        return await Language.$current.withValue(spoken.language) {
            await Language.$choices.withValue(spoken.choices) {
                await Trace.$current.withValue(start.trace) {
                    var answer = await answer(start, started: started)
                    for cookie in spoken.cookies {
                        answer.append("Set-Cookie", cookie.header(secure: settings.isSecure))
                    }
                    return answer
                }
            }
        }
    }

    private func answer(_ start: Visit, started: Int64) async -> Answer {
        var visit = start
        var answer: Answer
        do {
            answer = try await respond(&visit)
        } catch {
            visit.rule = (error as? Limited)?.verdict.rule
            answer = refuse(error, visit)
        }
        for (name, value) in visit.limitHeaders { answer.add(name, value) }
        answer.add("X-Request-Id", visit.id)
        if let trace = visit.trace { answer.add("traceparent", trace.header(span: entropy.bytes(8))) }
        answer.protect(visit.route?.policy, secure: settings.isSecure)
        log(visit, answer.status, milliseconds: milliseconds() - started)
        return visit.raw.method == "HEAD" ? answer.withoutBody : answer
    }
}
