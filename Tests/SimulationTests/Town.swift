/// Where every simulation begins: two workspaces that share a host, and a migrated database file to copy.
import Database
import Foundation
import Scheduling
import Web

@testable import Features

/// A clock whose hands only the simulation moves.
final class Hands: Sendable {
    private let seconds: Held<Int64>

    init(_ instant: Instant) { seconds = Held(instant.seconds) }

    var now: Instant { Instant(seconds.value) }
    var clock: Clock { Clock { [seconds] in seconds.value * 1_000 } }

    func move(seconds more: Int64) { seconds.change { $0 += more } }
}

/// One of the two tenants. Its mark stands in everything that is typed in it, and in nothing of the other's.
struct Tenant: Sendable {
    let id: ID<Workspace>
    let mark: String
    /// The owner, who may change everything in it.
    let owner: ID<User>

    var host: Scope { Scope(workspace: id, actor: .user(owner)) }
    var visitor: Scope { Scope(workspace: id, actor: .visitor) }
    var attendee: Scope { Scope(workspace: id, actor: .attendee) }
}

/// A person whose time is booked.
struct Person: Sendable {
    let id: ID<User>
    let email: String
    let zone: String
    /// Hours that their wall clock is ahead of UTC, about: good enough to guess times that are mostly offered.
    let ahead: Int

    var handle: String { String(email.prefix { $0 != "@" }) }
    var name: String { handle.capitalized }
}

/// What stands when the first step is taken. Ada owns Nordhavn, Eve owns Elsewhere, all others work in both.
struct Town: Sendable {
    let tenants: [Tenant]
    let people: [ID<User>: Person]
    let links: [LinkFacts]
    /// Rooms and devices, by their names.
    let resources: [String: ID<BookableResource>]
    let keyring: Keyring

    func members(of tenant: Int) -> [ID<User>] {
        people.keys.filter { id in id == tenants[tenant].owner || !tenants.contains { $0.owner == id } }
            .sorted { $0.text < $1.text }
    }

    static let zones = Zones(
        directory: ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo")

    /// Monday 4 January 2027, 07:00 UTC.
    static let founded = Instant(1_799_046_000)

    static func installation(
        _ database: Database, _ world: World, _ keyring: Keyring, mailFrom: String = "bookings@meet.example"
    ) -> Installation {
        Installation(
            database: database, world: world, keyring: keyring, address: "http://meet.example",
            mailFrom: mailFrom)
    }

    static func found(on database: Database) async throws -> Town {
        let world = World(clock: Hands(founded).clock, entropy: .seeded(4), zones: zones)
        let keyring = try Keyring(keys: [[UInt8](repeating: 7, count: 32)])
        let (ada, bob, eve) = (world.id(User.self), world.id(User.self), world.id(User.self))
        let (cyd, dan) = (world.id(User.self), world.id(User.self))
        let tenants = [
            Tenant(id: world.id(), mark: "north-mark", owner: ada),
            Tenant(id: world.id(), mark: "other-mark", owner: eve),
        ]
        let people = [
            Person(id: ada, email: "ada@hosts.example", zone: "Europe/Berlin", ahead: 1),
            Person(id: bob, email: "bob@hosts.example", zone: "Europe/London", ahead: 0),
            Person(id: eve, email: "eve@hosts.example", zone: "America/New_York", ahead: -5),
            Person(id: cyd, email: "cyd@hosts.example", zone: "Europe/Berlin", ahead: 1),
            Person(id: dan, email: "dan@hosts.example", zone: "Europe/Berlin", ahead: 1),
        ]
        try await settle(people, in: tenants, database)
        let installation = installation(database, world, keyring)
        let resources = try await furnish(tenants, installation)
        var links: [LinkFacts] = []
        for plan in try plans(ada: ada, bob: bob, cyd: cyd, dan: dan, eve: eve, resources) {
            links.append(try await plan.make(in: tenants[plan.tenant], installation))
        }
        if let template = links.first(where: { $0.title.hasPrefix("template") }) {
            links += try await manage([bob, cyd], by: template, in: tenants[template.tenant], installation)
        }
        return Town(
            tenants: tenants, people: Dictionary(uniqueKeysWithValues: people.map { ($0.id, $0) }), links: links,
            resources: resources, keyring: keyring)
    }

    /// These get links of their own that keep to what the template says.
    private static func manage(
        _ people: [ID<User>], by template: LinkFacts, in tenant: Tenant, _ installation: Installation
    ) async throws -> [LinkFacts] {
        let wish = TemplateWish(locked: LinkFacts.locked, people: people)
        let made = try await SaveTemplate(installation).create(template.id, wish, scope: tenant.host)
        let stored = try await installation.database.read(tenant.host) { tx in
            try made.managed.compactMap { try LinkStore.find($0.link, scope: tenant.host, in: tx) }
        }
        return stored.map { link in
            var facts = LinkFacts(link, tenant: template.tenant)
            facts.template = template.id
            return facts
        }
    }

    /// Everybody but the owners is a member of both workspaces.
    private static func settle(_ people: [Person], in tenants: [Tenant], _ database: Database) async throws {
        try await database.writeUnscoped { tx in
            for tenant in tenants {
                try tx.run("""
                    INSERT INTO workspace (id, name, zone, created_at)
                    VALUES (\(tenant.id), \(tenant.mark), 'Europe/Berlin', \(founded))
                    """)
            }
            for person in people {
                let account = Account(id: person.id, email: person.email, name: person.name, zone: person.zone)
                try AccountStore.insert(account, passwordHash: nil, now: founded, in: tx)
                let owned = tenants.filter { $0.owner == person.id }
                // Strangers may ask for them together with others, in the first workspace.
                try tx.run("""
                    UPDATE account SET handle = \(person.handle), ad_hoc_links = 1,
                        profile_workspace = \(owned.first?.id ?? tenants[0].id)
                    WHERE id = \(person.id)
                    """)
                for tenant in owned.isEmpty ? tenants : owned {
                    try AccountStore.addMember(
                        person.id, role: owned.isEmpty ? .member : .owner, workspace: tenant.id, now: founded, in: tx)
                }
            }
        }
    }
}

/// A folder in memory, where there is one, with the file that every simulation copies.
enum Ground {
    private static let folder: URL = {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let root = FileManager.default.fileExists(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        let folder = root.appending(component: "workestra-simulation-\(ProcessInfo.processInfo.processIdentifier)")
        atexit { Ground.clear() }
        return folder
    }()

    private static func clear() { try? FileManager.default.removeItem(at: folder) }

    private static let template = Task<(file: URL, town: Town), any Error> {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(component: "template.db")
        let database = try await Database.open("sqlite:\(file.path)")
        try await database.migrate()
        let town = try await Town.found(on: database)
        try await Fault.prepare(database)
        await database.close()
        return (file, town)
    }

    /// A copy of the file for one simulation, gone afterwards.
    static func with<T: Sendable>(_ body: (String, Town) async throws -> T) async throws -> T {
        let (file, town) = try await template.value
        let own = folder.appending(component: UUID().uuidString)
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: own) }
        let copy = own.appending(component: "town.db")
        try FileManager.default.copyItem(at: file, to: copy)
        return try await body("sqlite:\(copy.path)", town)
    }
}
