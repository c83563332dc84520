/// A workspace with two hosts and one link on a real database: what tests of links and bookings start from.
import Database
import Fakes
import Foundation
import Logging
import Scheduling
import Synchronization
import Web

@testable import Features

/// 2030-01-07T07:00:00Z: Monday, 08:00 in Berlin, an hour before the hosts begin to work.
let monday = Instant(1_893_999_600)

/// A clock that stands until it is told to move.
final class StageClock: Sendable {
    private let seconds = Mutex(monday.seconds)

    var clock: Clock { Clock { [self] in seconds.withLock { $0 } * 1_000 } }
    var now: Instant { Instant(seconds.withLock { $0 }) }

    func move(to instant: Instant) { seconds.withLock { $0 = instant.seconds } }
    func move(minutes: Int) { seconds.withLock { $0 += Int64(minutes) * 60 } }
}

/// Ada owns the workspace and hosts `intro`: 30 minutes, Monday to Friday 9 to 17 in Berlin, no notice, 30 days.
struct Stage: Sendable {
    var installation: Installation
    let clock: StageClock
    let workspace: ID<Workspace>
    let ada: ID<User>
    let bob: ID<User>
    let link: Link
    let question: ID<Question>

    var database: Database { installation.database }
    var world: World { installation.world }
    var zones: Zones { installation.world.zones }
    /// A stranger's.
    var scope: Scope { Scope(workspace: workspace, actor: .visitor) }

    static let zones = Zones(
        directory: ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo")

    static func on(
        _ engine: Engine, seed: UInt64 = 1, ownDatabase: Bool = false, _ body: (Stage) async throws -> Void
    ) async throws {
        if ownDatabase {
            try await withOwnDatabase(engine) { try await body(try await Stage($0, seed: seed)) }
        } else {
            try await withDatabase(engine) { try await body(try await Stage($0, seed: seed)) }
        }
    }

    init(_ database: Database, seed: UInt64 = 1, languages: [Language] = [.english, .pseudo]) async throws {
        let clock = StageClock()
        let world = World(clock: clock.clock, entropy: .seeded(seed), zones: Self.zones)
        let installation = Installation(
            database: database, world: world, keyring: try Keyring(keys: [[UInt8](repeating: 7, count: 32)]),
            address: "http://meet.example", mailFrom: "bookings@meet.example", languages: languages,
            checksSnapshots: true, doors: DoorLimits(factor: 1_000))
        self.clock = clock
        self.installation = installation
        (workspace, ada, bob) = (world.id(), world.id(), world.id())
        try await Self.people(in: workspace, ada: ada, bob: bob, database, now: monday)
        var wish = LinkWish(rules: Self.rules)
        wish.questions = [QuestionWish(kind: .textarea, label: "What is it about?", required: false)]
        link = try await SaveLink(installation).create(
            wish, host: ada, scope: Scope(workspace: workspace, actor: .user(ada)))
        question = link.questions[0].id
    }

    static var rules: LinkRules {
        var rules = LinkRules(title: "Introduction", slug: "intro")
        rules.notice = MinimumNotice(value: 0, unit: .minute)
        rules.locations = [Location(kind: .video, text: "https://video.example/ada")]
        return rules
    }

    private static func people(
        in workspace: ID<Workspace>, ada: ID<User>, bob: ID<User>, _ database: Database, now: Instant
    ) async throws {
        try await database.writeUnscoped { tx in
            try tx.run("""
                INSERT INTO workspace (id, name, zone, created_at)
                VALUES (\(workspace), 'Nordhavn', 'Europe/Berlin', \(now))
                """)
            for (user, name, role) in [(ada, "Ada Lindqvist", Role.owner), (bob, "Bob Osei", Role.member)] {
                let email = name.lowercased().split(separator: " ")[0] + "@nordhavn.example"
                let account = Account(id: user, email: String(email), name: name, zone: "Europe/Berlin")
                try AccountStore.insert(account, passwordHash: nil, now: now, in: tx)
                try AccountStore.addMember(user, role: role, workspace: workspace, now: now, in: tx)
            }
        }
    }

    /// Another workspace with a person of its own, on the same database.
    func neighbour() async throws -> (workspace: ID<Workspace>, user: ID<User>, scope: Scope) {
        let (other, eve): (ID<Workspace>, ID<User>) = (world.id(), world.id())
        let now = world.now
        try await database.writeUnscoped { tx in
            try tx.run("""
                INSERT INTO workspace (id, name, zone, created_at) VALUES (\(other), 'Elsewhere', 'UTC', \(now))
                """)
            let account = Account(id: eve, email: "eve@else.example", name: "Eve", zone: "UTC")
            try AccountStore.insert(account, passwordHash: nil, now: now, in: tx)
            try AccountStore.addMember(eve, role: .owner, workspace: other, now: now, in: tx)
        }
        return (other, eve, Scope(workspace: other, actor: .user(eve)))
    }
}

extension Stage {
    /// A link more, with other rules; hosted by Ada unless told otherwise.
    func makeLink(
        _ slug: String, host: ID<User>? = nil, hours: [[Window]]? = nil, _ change: (inout LinkRules) -> Void = { _ in }
    ) async throws -> Link {
        var rules = Self.rules
        rules.slug = slug
        change(&rules)
        var wish = LinkWish(rules: rules)
        wish.hours = hours
        return try await SaveLink(installation).create(
            wish, host: host ?? ada, scope: Scope(workspace: workspace, actor: .user(ada)))
    }

    /// Berlin wall time of a day: 0 is the Monday.
    func at(_ hour: Int, _ minute: Int = 0, day: Int = 0) -> Instant {
        monday.adding(days: day).adding(minutes: (hour - 8) * 60 + minute)
    }

    func attendee(_ name: String = "Yuko Hasegawa") -> Attendee {
        Attendee(name: name, email: "yuko@kpuh.example", zone: "Asia/Tokyo", language: "en")
    }

    func request(_ start: Instant, _ change: (inout BookingRequest) -> Void = { _ in }) -> BookingRequest {
        var request = BookingRequest(start: start, attendee: attendee())
        change(&request)
        return request
    }

    @discardableResult
    func book(
        _ start: Instant, on link: Link? = nil, _ change: (inout BookingRequest) -> Void = { _ in }
    ) async throws -> Booked {
        let reply = try await BookSlot(installation)(request(start, change), link: (link ?? self.link).id, scope: scope)
        return try Booked(reply)
    }

    func hold(_ start: Instant, visitor: String = "v", on link: Link? = nil) async throws -> (hold: Hold,
        token: String) {
        try await HoldSlot(installation)(
            start: start, visitor: visitor, link: (link ?? self.link).id, scope: scope)
    }

    func find(_ id: ID<Booking>) async throws -> Booking {
        let scope = scope
        let found = try await database.read(scope) { tx in try BookingStore.find(id, scope: scope, in: tx) }
        return try found.wanted("booking \(id)")
    }

    func history(_ id: ID<Booking>) async throws -> [BookingRecord] {
        let scope = scope
        return try await database.read(scope) { tx in try BookingStore.history(of: id, scope: scope, in: tx) }
    }

    /// All that makes a host busy this week and the next, in order.
    func ledger(of host: ID<User>? = nil) async throws -> [LedgerRow] {
        let (subject, now, scope) = ((host ?? ada).text, world.now, scope)
        return try await database.read(scope) { tx in
            try tx.ledger(of: [subject], from: monday.adding(days: -1), to: monday.adding(days: 14), now: now)
        }
    }

    /// The free starts of a link on a day, as the public page lists them.
    func free(_ link: Link? = nil, day: Int = 0, ignoring claims: [String] = []) async throws -> [Instant] {
        let (link, now, scope, zones) = (link ?? self.link, world.now, scope, zones)
        let (from, to) = (at(0, day: day), at(24, day: day))
        return try await database.read(scope) { tx in
            try OfferedTimes(
                link: link, from: from, to: to, ignoring: claims, now: now, zones: zones, scope: scope, in: tx
            ).question(from: from, to: to).slots().map(\.start)
        }
    }

    /// How many rows each table holds: what a refusal must leave as it was.
    func rows() async throws -> [String: Int] {
        try await database.lookUp { tx in
            let tables: [(String, SQL)] = [
                ("booking", "booking"), ("booking_host", "booking_host"), ("booking_answer", "booking_answer"),
                ("booking_history", "booking_history"), ("booking_token", "booking_token"), ("hold", "hold"),
                ("ledger", "ledger"), ("job", "job"), ("idempotency", "idempotency"),
                ("booking_note", "booking_note"),
            ]
            return try tables.reduce(into: [:]) { counts, table in
                counts[table.0] = try tx.one("SELECT count(*) AS n FROM \(table.1)") { try $0["n"] as Int }
            }
        }
    }

    /// State, news and recipient of each job of a booking, by version.
    func jobs(_ id: ID<Booking>) async throws -> [String] {
        try await database.lookUp { tx in
            try tx.all("SELECT version, payload, state FROM job WHERE subject = \(id) ORDER BY version, dedupe_key") {
                row in
                let payload = try JSON(reading: Array((try row["payload"] as String).utf8))
                return "\(try row["version"] as Int) \(payload["news"]?.string ?? "") \(try row["state"] as String)"
            }
        }
    }
}

/// What the call that books tells.
struct Booked: Sendable {
    let reply: Reply
    let json: JSON
    let id: ID<Booking>
    let token: String

    init(_ reply: Reply) throws {
        self.reply = reply
        json = try JSON(reading: reply.body)
        id = try (json["id"]?.string).flatMap(ID<Booking>.init).wanted("id")
        token = json["token"]?.string ?? ""
    }
}

/// A value that a test cannot go on without.
struct Missing: Error {
    let what: String
}

extension Optional {
    func wanted(_ what: String) throws -> Wrapped {
        guard let self else { throw Missing(what: what) }
        return self
    }
}

/// The refusal that `body` throws; nil when it throws none.
func refusal<T>(_ body: () async throws -> T) async throws -> BookingRefusal? {
    do {
        _ = try await body()
        return nil
    } catch let refusal as BookingRefusal {
        return refusal
    }
}

extension Stage {
    /// Sends the mails about bookings, and nothing else.
    func mailRunner(_ mail: FakeMail) -> JobRunner {
        let send = SendBookingMail(installation, mail: mail)
        return JobRunner(
            database: database, work: [BookingJobs.kind: { try await send($0) }], world: world,
            logger: Logger(label: "test"))
    }
}
