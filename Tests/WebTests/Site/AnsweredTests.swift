/// What the program learns about requests, and what it may forbid.
import Logging
import Synchronization
import Testing
@testable import Web

struct AnsweredTests {
    private final class Seen: Sendable {
        let all = Mutex<[Site.Answered]>([])
        let isLow = Atomic(false)
    }

    private func site(_ seen: Seen, limit: Int = 100) throws -> Site {
        let routes = [
            Route(.get, "/book/:slug", .open) { _ in .text("month") },
            Route(.post, "/book/:slug", .open) { _ in .text("booked") },
        ]
        var settings = Site.Settings(publicURL: try #require(WebURL("https://book.example.org")))
        settings.limits.anonymousWrites = limit
        return Site(
            settings: settings, routes: routes, milliseconds: { 0 },
            watch: Site.Watch(
                answered: { answered in seen.all.withLock { $0.append(answered) } },
                refuses: { _ in seen.isLow.load(ordering: .relaxed) ? Common.unavailable(retryAfter: 9) : nil }),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("each request is told by its pattern and status, probes and files are not")
    func told() async throws {
        let seen = Seen()
        let site = try site(seen, limit: 1)
        for target in ["/book/ada@example.com", "/nothing", "/livez"] {
            _ = await site.answer(RawRequest("GET", target))
        }
        _ = await site.answer(RawRequest("POST", "/book/intro"))
        _ = await site.answer(RawRequest("POST", "/book/intro"))
        #expect(seen.all.withLock { $0 } == [
            Site.Answered(method: "GET", route: "/book/:slug", status: 200, milliseconds: 0),
            Site.Answered(method: "GET", route: "none", status: 404, milliseconds: 0),
            Site.Answered(method: "POST", route: "/book/:slug", status: 200, milliseconds: 0),
            Site.Answered(method: "POST", route: "/book/:slug", status: 429, milliseconds: 0, rule: "writes"),
        ])
    }

    @Test("what is forbidden for a while is refused, reading goes on")
    func refused() async throws {
        let seen = Seen()
        let site = try site(seen)
        seen.isLow.store(true, ordering: .relaxed)
        #expect(await site.answer(RawRequest("GET", "/book/intro")).status == 200)
        let refused = await site.answer(RawRequest("POST", "/book/intro"))
        #expect(refused.status == 503 && refused[header: "Retry-After"] == "9")
        seen.isLow.store(false, ordering: .relaxed)
        #expect(await site.answer(RawRequest("POST", "/book/intro")).status == 200)
    }
}
