/// What the confirms are measured on: a workspace with hosts, each with an ordinary link of half-hour meetings.
import Database
import Features
import Foundation
import Scheduling
import Synchronization
import Web

final class Stand: Sendable {
    static let warmUps = 50

    let trace: Trace?
    private let installation: Installation
    private let scope: Scope
    private let links: [ID<Link>]
    /// The free starts of each link that nobody has asked for yet, the last one first.
    private let free: Mutex<[[Instant]]>

    /// Makes the workspace in an empty database.
    static func prepare(_ url: String, hosts: Int) async throws {
        let installation = try await open(url)
        try await installation.database.migrate()
        let (world, workspace) = (installation.world, installation.world.id() as ID<Workspace>)
        let (now, people) = (world.now, (0..<hosts).map { _ in world.id() as ID<User> })
        try await installation.database.writeUnscoped { tx in
            try tx.run("""
                INSERT INTO workspace (id, name, zone, created_at)
                VALUES (\(workspace), 'Nordhavn', 'Europe/Berlin', \(now))
                """)
            for (number, person) in people.enumerated() {
                let account = Account(
                    id: person, email: "host\(number)@nordhavn.example", name: "Host \(number)", zone: "Europe/Berlin")
                try AccountStore.insert(account, passwordHash: nil, now: now, in: tx)
                try AccountStore.addMember(person, role: .member, workspace: workspace, now: now, in: tx)
            }
        }
        for (number, person) in people.enumerated() {
            var rules = LinkRules(title: "Introduction", slug: "intro-\(number)")
            rules.notice = MinimumNotice(value: 0, unit: .minute)
            rules.window = .rollingDays(730)
            rules.locations = [Location(kind: .video, text: "https://video.example/host")]
            var nothing = Fields(json: .object([]))
            let wish = try LinkReading.read(&nothing, over: rules, entropy: world.entropy)
            _ = try await SaveLink(installation).create(
                wish, host: person, scope: Scope(workspace: workspace, actor: .user(person)))
        }
        await installation.database.close()
    }

    /// Opens a prepared database and reads enough free times for `count` confirms of any clients.
    init(_ url: String, hosts: Int, count: Int, trace: Trace?) async throws {
        let installation = try await Self.open(url, trace)
        let workspace: ID<Workspace>? = try await installation.database.lookUp { tx in
            try tx.one("SELECT id FROM workspace") { try $0["id"] }
        }
        guard let workspace else { throw Unprepared() }
        let scope = Scope(workspace: workspace, actor: .visitor)
        let (now, zones) = (installation.world.now, installation.world.zones)
        let found = try await installation.database.read(scope) { tx in
            try LinkStore.all(limit: hosts, scope: scope, in: tx).map { link in
                let (from, to) = (now.adding(days: 1), now.adding(days: 729))
                let times = try OfferedTimes(
                    link: link, from: from, to: to, now: now, zones: zones, scope: scope, in: tx)
                return (link.id, times.question(from: from, to: to).slots().map(\.start).reversed() as [Instant])
            }
        }
        guard found.count == hosts, found.allSatisfy({ $0.1.count > count / hosts + Self.warmUps + 32 }) else {
            throw Unprepared()
        }
        (self.installation, self.scope, self.trace) = (installation, scope, trace)
        links = found.map(\.0)
        free = Mutex(found.map { Array($0.1) })
    }

    /// Books the next free time of one of the hosts.
    func confirm(host number: Int) async throws {
        let host = number % links.count
        let start = free.withLock { $0[host].popLast() }
        guard let start else { throw Unprepared() }
        let guest = "guest\(start.seconds / 1_800 % 997)"
        let attendee = Attendee(
            name: "Yuko Hasegawa", email: "\(guest)@example.com", zone: "Asia/Tokyo", language: "en")
        let request = BookingRequest(start: start, attendee: attendee, answers: [])
        _ = try await BookSlot(installation)(request, link: links[host], scope: scope)
    }

    func close() async { await installation.database.close() }

    private static func open(_ url: String, _ trace: Trace? = nil) async throws -> Installation {
        var options = DatabaseOptions()
        options.exclusive = true
        if let trace { options.hear = { text, values in trace.heard(text, values) } }
        let zones = Zones.standard(environment: ProcessInfo.processInfo.environment, dataFolder: "")
        return Installation(
            database: try await Database.open(url, options),
            world: World(clock: .system, entropy: .system, zones: zones),
            keyring: try Keyring(keys: [[UInt8](repeating: 7, count: 32)]), address: "http://meet.example",
            mailFrom: "bookings@meet.example")
    }
}

/// Not a database that `prepare` has made, or too small a one.
struct Unprepared: Error {}
