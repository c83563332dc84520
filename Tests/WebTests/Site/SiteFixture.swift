/// A small site for the tests: one route of every policy, two people and two keys.

import Logging
import Scheduling
import Synchronization
@testable import Web

extension Principal {
    private static let ours = ID<Workspace>(milliseconds: 1, random: [UInt8](repeating: 1, count: 10))
    private static let ingrid = ID<User>(milliseconds: 1, random: [UInt8](repeating: 2, count: 10))

    static func person(_ permissions: Permission..., csrf: String = "csrf-token") -> Principal {
        Principal(kind: .session, workspace: ours, workspaceName: "Nordhavn Instruments", user: ingrid,
                  name: "Ingrid Aasland-Okonkwo", permissions: Set(permissions), sessionID: "session-1", csrf: csrf)
    }

    static func key(_ id: String, _ permissions: Permission...) -> Principal {
        Principal(kind: .key(id), workspace: ours, workspaceName: "Nordhavn Instruments", user: ingrid,
                  name: "Ingrid Aasland-Okonkwo", permissions: Set(permissions))
    }
}

/// Time that stands still until it is moved.
final class StillTime: Sendable {
    private let value = Atomic<Int64>(0)
    var now: Int64 { value.load(ordering: .relaxed) }
    func move(seconds: Int64) { value.add(seconds * 1000, ordering: .relaxed) }
}

/// Lines of the log, kept.
final class Lines: Sendable {
    private let lines = Mutex<[(String, Logger.Metadata)]>([])
    func add(_ message: String, _ metadata: Logger.Metadata) { lines.withLock { $0.append((message, metadata)) } }
    var all: [(String, Logger.Metadata)] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Keeper(lines: self) } }

    private struct Keeper: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.add(event.message.description, metadata.merging(event.metadata ?? [:]) { $1 })
        }
    }
}

struct TakenRefusal: Refusal {
    var status: Int { 409 }
    var code: String { "slot_taken" }
    var message: String { "Somebody took 10:30 a moment ago." }
    var members: [(String, JSON)] { [("alternatives", ["2026-12-03T11:00:00Z"])] }
}

struct WorldIsBusy: Error {}
struct SecretError: Error { let detail = "password=hunter2" }

struct SiteFixture {
    let time = StillTime()
    let lines = Lines()
    let site: Site

    init(url: String = "https://book.example.org", isDevelopment: Bool = false, proxies: [String] = [],
         limits: Site.Limits = Site.Limits(key: 1000, writes: 1000, anonymousWrites: 1000), more: [Route] = []) {
        let settings = Site.Settings(publicURL: WebURL(url) ?? SiteFixture.fallback, isDevelopment: isDevelopment,
                                     trustedProxies: proxies.compactMap(Network.init), limits: limits)
        site = Site(settings: settings, routes: SiteFixture.routes + more, authenticate: SiteFixture.authenticate,
                    translate: { $0 is WorldIsBusy ? Common.unavailable(retryAfter: 2) : nil },
                    milliseconds: { [time] in time.now }, logger: lines.logger)
    }

    private static var fallback: WebURL {
        guard let url = WebURL("https://wrong.invalid") else { preconditionFailure("a URL") }
        return url
    }

    static let read = Permission("links.read")
    static let write = Permission("links.write")

    static let routes: [Route] = [
        Route(.get, "/", .open) { _ in .page("<p>home</p>") },
        Route(.get, "/book/:slug", .open) { .page("<p>\(try $0.parameter("slug")) \($0.query["q"] ?? "")</p>") },
        Route(.post, "/book/:slug", .open) { .page("<p>\(try $0.form()["name"] ?? "")</p>", status: 201) },
        Route(.get, "/book/cancel/:token", .token) { _ in .page("<p>cancel</p>") },
        Route(.post, "/book/cancel/:token", .token) { _ in .page("<p>cancelled</p>") },
        Route(.get, "/calendar", .signedIn(nil)) { .page("<p>\(try $0.signedIn().name)</p>") },
        Route(.get, "/calendar/admin", .signedIn(write)) { _ in .page("<p>admin</p>") },
        Route(.post, "/calendar/links", .signedIn(nil)) { _ in .redirect("/calendar") },
        Route(.get, "/api/v1/links", .api(read)) { _ in .json(["data": []]) },
        Route(.post, "/api/v1/links", .api(write)) { .json(try $0.json(), status: 201) },
        Route(.get, "/api/v1/public/slots", .open) { _ in .json(["slots": .object([])]) },
        Route(.post, "/api/v1/public/holds", .open, bodyLimit: 100) { .json(try $0.json(), status: 201) },
        Route(.get, "/api/v1/taken", .open) { _ in throw TakenRefusal() },
        Route(.get, "/taken", .open) { _ in throw TakenRefusal() },
        Route(.get, "/api/v1/invalid", .open) { _ in throw Invalid("attendee.email", "Not complete.") },
        Route(.get, "/api/v1/broken", .open) { _ in throw SecretError() },
        Route(.get, "/broken", .open) { _ in throw SecretError() },
        Route(.get, "/busy", .open) { _ in throw WorldIsBusy() },
        Route(.post, "/sign-in", .open) { _ in
            Answer.redirect("/calendar").setting(cookie: Cookie("session", "abc", maxAge: 60))
        },
        Route(.get, "/dev/mail", .loopback) { _ in .text("mail") },
        Route(.get, "/language", .open) { .text("\($0.language.code) \(plain("Monday"))") },
        Route(.get, "/large", .open) { _ in .text(String(repeating: "a line of text\n", count: 2000)) },
        Route(.get, "/calendar/large", .signedIn(nil)) { _ in .text(String(repeating: "a line of text\n",
            count: 2000)) },
        Route(.get, "/remote", .open) { .text($0.remote) },
    ]

    static let authenticate: Authenticator = { request in
        switch (request.cookie("session"), request.bearer) {
        case ("ingrid"?, _): .person()
        case ("owner"?, _): .person(read, write)
        case (_, "reader"?): .key("key-1", read)
        case (_, "writer"?): .key("key-2", read, write)
        default: nil
        }
    }

    func get(_ target: String, headers: Headers = [:], peer: String = "127.0.0.1") async -> Answer {
        await site.answer(RawRequest("GET", target, headers: headers, peer: peer))
    }

    /// A form of our own page.
    func post(_ target: String, _ form: String = "", headers: [(String, String)] = [],
        peer: String = "127.0.0.1") async -> Answer {
        let all = [("Content-Type", "application/x-www-form-urlencoded")] + headers
        return await site.answer(RawRequest("POST", target, headers: Headers(all), body: Array(form.utf8), peer: peer))
    }
}

extension Answer {
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { try? JSON(reading: body) }
    func all(_ name: String) -> [String] { headers.filter { $0.0.lowercased() == name.lowercased() }.map(\.1) }
}
