/// A whole site in process for the tests of this folder and its neighbours: a clock that can be moved, and a browser.
import Capabilities
import Database
import Fakes
import Features
import Logging
import Scheduling
import Synchronization
import Testing
import Web

/// Monday 30 November 2026, 09:00 UTC.
let testStart = Instant(1_796_029_200)

/// An installation on a test database, with a clock of the test's own.
final class TestSite: Sendable {
    let installation: Installation
    let passwords = Passwords()
    let files = FakeFiles()
    private let site: Mutex<Site?> = Mutex(nil)

    let signUp: SignUpMode

    init(_ database: Database, signUp: SignUpMode = .closed) throws {
        self.signUp = signUp
        let clock = Hands()
        hands = clock
        let world = World(
            clock: Clock { clock.now.seconds * 1_000 }, entropy: .seeded(2_026),
            zones: Zones.standard(environment: [:], dataFolder: ""))
        installation = Installation(
            database: database, world: world, keyring: try Keyring(keys: [[UInt8](repeating: 9, count: 32)]),
            address: "http://meet.example", mailFrom: "bookings@meet.example")
    }

    private let hands: Hands

    var now: Instant { hands.now }

    func wait(seconds: Int64) { hands.move(seconds) }

    var operate: Operate {
        Operate(database: installation.database, world: installation.world, passwords: passwords)
    }

    /// The routes under test, behind everything the site does to a request.
    func open() throws -> Site {
        if let site = site.withLock({ $0 }) { return site }
        let routes = AccountRoutes(installation, passwords: passwords).routes
            + AccountAPI(installation).routes + KeyRoutes(installation).routes
            + ProfileRoutes(installation, files: files).routes + ProfileAPI(installation).routes
            + ResetRoutes(installation, passwords: passwords).routes
            + SecurityRoutes(installation, passwords: passwords).routes
            + MemberRoutes(installation).routes + InvitationRoutes(installation, passwords: passwords).routes
            + TeamRoutes(installation).routes + TeamAPI(installation).routes
            + PublicTeamRoutes(installation).routes + AuditRoutes(installation).routes
            + WorkspaceRoutes(installation).routes
            + SignUpRoutes(installation, passwords: passwords, mode: signUp).routes
            + SetupRoutes(installation, passwords: passwords).routes + DashboardRoutes(installation).routes
        let authenticate = Authenticate(installation)
        var settings = Site.Settings(publicURL: try #require(WebURL(installation.address)))
        settings.limits = Site.Limits(key: 10_000, writes: 10_000, anonymousWrites: 10_000)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let made = Site(
            settings: settings, routes: routes, authenticate: { try await authenticate($0) }, logger: logger)
        site.withLock { $0 = made }
        return made
    }

    /// A workspace with one person, by the operator's own commands.
    @discardableResult
    func addPerson(
        _ email: String = "ingrid@example.com", role: Role = .owner, workspace: String = "Nordhavn",
        password: String = "three calm rivers", name: String = "Ingrid Aasland"
    ) async throws -> Member {
        let names = try await operate.workspaces().map(\.name)
        if !names.contains(workspace) { _ = try await operate.addWorkspace(name: workspace) }
        return try await operate.addUser(
            email: email, name: name, role: role, workspace: workspace, password: password).member
    }
}

extension TestSite {
    /// A browser in which that person has just signed in.
    func browser(of email: String, password: String = "three calm rivers") async throws -> Browser {
        let browser = Browser(try open())
        await browser.post("/sign-in", [("email", email), ("password", password)])
        await browser.get("/calendar")
        return browser
    }

    /// The rows of the log, the newest first, without those of the operator who made workspace and people.
    func log(of workspace: ID<Workspace>) async throws -> [AuditRow] {
        let scope = Scope(workspace: workspace, actor: .system)
        return try await installation.database.read(scope) { tx in
            try AuditStore.rows(AuditFilter(), scope: scope, in: tx).filter { row in
                row.actor != "system" || ![.workspaceMade, .joined].contains(row.action)
            }
        }
    }

    /// Does the account mails that are planned; what was sent, the oldest first.
    func mails() async throws -> [OutgoingMail] {
        let provider = FakeMail()
        let send = SendAccountMail(installation, mail: provider)
        let runner = JobRunner(
            database: installation.database, work: [AccountJobs.kind: { try await send($0) }],
            world: installation.world, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await runner.drain()
        return provider.sent
    }
}

/// A clock's hands.
private final class Hands: Sendable {
    private let time = Mutex(testStart)

    var now: Instant { time.withLock { $0 } }

    func move(_ seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// What a person's browser does: keeps cookies, follows nothing by itself, sends forms with their hidden fields.
final class Browser {
    private let site: Site
    private let peer: String
    private(set) var cookies: [String: String] = [:]
    private(set) var page = ""
    /// The `csrf` of the app's page last seen: a refusal on the way has none.
    private var csrf: String?

    init(_ site: Site, peer: String = "192.0.2.7") {
        self.site = site
        self.peer = peer
    }

    func adopt(_ other: Browser) { cookies = other.cookies }

    /// Takes a cookie over, as a thief of one would.
    func adopt(_ other: Browser, cookie name: String) { cookies[name] = other.cookies[name] }

    @discardableResult
    func get(_ target: String) async -> Answer {
        await send("GET", target)
    }

    /// Sends a form; the `csrf` of the page last seen goes along, as it would.
    @discardableResult
    func post(_ target: String, _ fields: [(String, String)], csrf: Bool = true) async -> Answer {
        let token = csrf ? self.csrf.map { [("csrf", $0)] } ?? [] : []
        let pairs = (token + fields).map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }
        return await send("POST", target, body: Array(pairs.joined(separator: "&").utf8))
    }

    /// Sends a file as a browser does, with the `csrf` of the page last seen.
    @discardableResult
    func upload(_ target: String, _ field: String, _ bytes: [UInt8], fileName: String = "me.png") async -> Answer {
        let head = """
            --edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\(hidden("csrf") ?? "")\r\n--edge\r\n\
            Content-Disposition: form-data; name="\(field)"; filename="\(fileName)"\r\n\
            Content-Type: application/octet-stream\r\n\r\n
            """
        return await send("POST", target, body: Array(head.utf8) + bytes + Array("\r\n--edge--\r\n".utf8),
                          type: "multipart/form-data; boundary=edge")
    }

    /// The value of a hidden field of the page last seen.
    func hidden(_ name: String) -> String? {
        guard let start = page.firstRange(of: "name=\"\(name)\" value=\"")?.upperBound else { return nil }
        return String(page[start...].prefix { $0 != "\"" })
    }

    /// Whether a mistake stands beside that field on the page last seen.
    func isWrong(_ field: String) -> Bool { page.contains("id=\"f-\(field)-error\"") }

    private func send(
        _ method: String, _ target: String, body: [UInt8] = [], type: String = "application/x-www-form-urlencoded"
    ) async -> Answer {
        var headers = [("Host", "meet.example")]
        if !cookies.isEmpty {
            headers.append(("Cookie", cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")))
        }
        if method == "POST" {
            headers += [("Content-Type", type), ("Sec-Fetch-Site", "same-origin")]
        }
        let answer = await site.answer(
            RawRequest(method, target, headers: Headers(headers), body: body, peer: peer))
        for cookie in answer.cookies { cookies[cookie.name] = cookie.maxAge == 0 ? nil : cookie.value }
        page = String(decoding: answer.body, as: UTF8.self)
        csrf = hidden("csrf") ?? csrf
        return answer
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// A program with a key.
struct Program {
    let site: Site
    let key: String?

    func call(
        _ method: String, _ target: String, _ body: JSON? = nil, headers: [(String, String)] = []
    ) async throws -> (status: Int, json: JSON, answer: Answer) {
        var all = headers
        if let key { all.append(("Authorization", "Bearer \(key)")) }
        if body != nil { all.append(("Content-Type", "application/json")) }
        let answer = await site.answer(
            RawRequest(method, target, headers: Headers(all), body: body?.bytes ?? [], peer: "192.0.2.9"))
        return (answer.status, answer.body.isEmpty ? .null : try JSON(reading: answer.body), answer)
    }
}
