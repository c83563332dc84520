/// Lists of times out of snapshots are never staler than the last commit, whoever made it.
import Database
import Fakes
import Scheduling
import Synchronization
import Testing
import Web

@testable import Features

/// The statements a database was asked to run.
private final class Heard: Sendable {
    private let list = Mutex<[String]>([])

    var texts: [String] { list.withLock { $0 } }
    func add(_ text: String) { list.withLock { $0.append(text) } }
    func clear() { list.withLock { $0 = [] } }
}

@Suite("Snapshots of offered times")
struct OfferedSnapshotsTests {
    private static let month = "from=2030-01-07&to=2030-02-06&timezone=Europe/Berlin"

    private func slots(_ program: Visitor, _ slug: String, _ query: String = month) async -> Answer {
        await program.call("GET", "/api/v1/public/links/\(slug)/slots?\(query)")
    }

    /// A refusal says the request's id, too.
    private func told(_ answer: Answer) -> String {
        answer.status == 200 ? answer.text : "\(answer.status) \(answer.json["code"]?.string ?? "")"
    }

    /// The booking page, but for the token that each has of its own.
    private func page(_ program: Visitor, _ slug: String) async -> String {
        let answer = await program.get("/book/\(slug)")
        #expect(answer.status < 500, "\(slug): a snapshot differs from what is read anew")
        guard answer.status == 200 else { return "\(answer.status)" }
        return answer.text.replacing(/name="form" value="[^"]*"/, with: "")
    }

    /// The deeds need links of every kind that can be asked.
    private func makeLinks(_ stage: Stage) async throws {
        _ = try await stage.makeLink("own", hours: Array(repeating: [Window(opens: 720, closes: 900)], count: 7))
        _ = try await stage.makeLink("both", .collective, [HostWish(stage.ada), HostWish(stage.bob)])
        let pool = [HostWish(stage.ada, pool: "x"), HostWish(stage.bob, pool: "x")]
        _ = try await stage.makeLink("pools", .multiHost, pool) { $0.pools = [LinkPool(name: "x")] }
        _ = try await stage.makeLink("once") { $0.access.mostUses = 1 }
        _ = try await stage.group(4)
        _ = try await stage.makeLink("daily") {
            $0.rhythm.limits = [Limit(.link, per: .day, count: 1, minutes: nil)]
        }
    }

    /// The same installation with nothing remembered, on a connection of its own if there is one.
    private func other(_ stage: Stage, _ database: Database? = nil) throws -> Stage {
        var other = stage
        other.installation = Installation(
            database: database ?? stage.database, world: stage.world, keyring: stage.installation.keyring,
            address: stage.installation.address, mailFrom: stage.installation.mailFrom, checksSnapshots: true)
        return other
    }

    /// Does each write at `writer` and looks at `asked`, which was asked before and has its snapshots.
    private func perform(_ stage: Stage, asked: Stage, writer: Stage) async throws {
        let program = try Visitor(asked)
        for deed in SnapshotDeed.all {
            let before = await slots(program, deed.slug)
            _ = await page(program, deed.slug)
            #expect(told(await slots(program, deed.slug)) == told(before), "\(deed.name)")
            try await deed.act(writer)
            let shown = await page(program, deed.slug)
            #expect(shown == (await page(try Visitor(try other(stage)), deed.slug)), "\(deed.name)")
            let after = await slots(program, deed.slug)
            let fresh = await slots(try Visitor(try other(stage)), deed.slug)
            #expect(told(after) == told(fresh), "\(deed.name): \(after.status)")
            #expect((before.json["slots"] != after.json["slots"]) == deed.shows, "\(deed.name)")
        }
    }

    @Test("each write that changes a list of times is seen by the next question", arguments: Engine.all)
    func everyWrite(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await makeLinks(stage)
            try await perform(stage, asked: stage, writer: stage)
            #expect(stage.installation.snapshots.count > 0)
        }
    }

    @Test("so is each write of another process on the same database", arguments: Engine.all)
    func otherProcess(on engine: Engine) async throws {
        try await withDatabaseURL(engine, .fresh) { url in
            var options = DatabaseOptions()
            options.isTest = true
            let (first, second) = (try await Database.open(url, options), try await Database.open(url, options))
            let stage = try await Stage(first)
            try await makeLinks(stage)
            try await perform(stage, asked: stage, writer: try other(stage, second))
            await second.close()
            await first.close()
        }
    }

    @Test("nothing is read on SQLite when nothing was written, and one statement on PostgreSQL", arguments: Engine.all)
    func statements(on engine: Engine) async throws {
        let heard = Heard()
        try await withDatabaseURL(engine, .fresh) { url in
            var options = DatabaseOptions()
            options.isTest = true
            options.hear = { text, _ in heard.add(text) }
            let database = try await Database.open(url, options)
            var stage = try await Stage(database)
            stage.installation = Installation(
                database: database, world: stage.world, keyring: stage.installation.keyring,
                address: stage.installation.address, mailFrom: stage.installation.mailFrom)
            let program = try Visitor(stage)
            let first = await slots(program, "intro")
            heard.clear()
            let second = await slots(program, "intro")
            #expect(first.status == 200 && second.body == first.body)
            #expect(heard.texts.count == (engine == .sqlite ? 0 : 1), "\(heard.texts)")

            // Nor does the page read who is busy when.
            #expect(await program.get("/book/intro").status == 200)
            #expect(!heard.texts.contains { $0.contains("FROM ledger") })

            // What changes nothing about the times costs one statement, once.
            let work = stage
            try await database.writeUnscoped { try AccountStore.set(zone: "UTC", of: work.workspace, in: $0) }
            heard.clear()
            for _ in 0..<2 { #expect(await slots(program, "intro").body == first.body) }
            #expect(heard.texts.count == (engine == .sqlite ? 1 : 2), "\(heard.texts)")

            // Of two hosts only the one who was booked is read again.
            let both = try await stage.makeLink("both", .collective, [HostWish(stage.ada), HostWish(stage.bob)])
            _ = await slots(program, "both")
            try await stage.book(stage.at(10))
            heard.clear()
            let listed = await slots(program, "both").json["slots"]?["2030-01-07"]?.array?.count
            #expect(listed == 15 && both.hosts.count == 2)
            #expect(heard.texts.filter { $0.contains("FROM ledger") }.count == 1)
            await database.close()
        }
    }

    @Test("what lies farther ahead than a snapshot is read for the question", arguments: Engine.all)
    func farAhead(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.makeLink("year") { $0.window = .rollingDays(365) }
            let program = try Visitor(stage)
            let near = await slots(program, "year")
            let far = await slots(program, "year", "from=2030-06-03&to=2030-06-07&timezone=Europe/Berlin")
            #expect(near.status == 200 && far.json["slots"]?.members?.count == 5)
            try await stage.book(stage.at(9, day: 147), on: try await stage.makeLink("again") {
                $0.window = .rollingDays(365)
            })
            let after = await slots(program, "year", "from=2030-06-03&to=2030-06-07&timezone=Europe/Berlin")
            #expect(after.json["slots"]?["2030-06-03"]?.array?.count == 15)
        }
    }

    @Test("a snapshot grows old with the days and is read again in time", arguments: Engine.all)
    func days(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            for day in 0..<8 {
                let answer = await slots(program, "intro", "from=2030-01-07&to=2030-03-01")
                let last = answer.json["slots"]?.members?.last?.0
                let fresh = await slots(try Visitor(try other(stage)), "intro", "from=2030-01-07&to=2030-03-01")
                #expect(answer.status == 200 && answer.body == fresh.body, "day \(day)")
                #expect(try last.wanted("day") >= "2030-02-04", "day \(day)")
                stage.clock.move(minutes: 1_440)
            }
        }
    }

    @Test("those that nobody asks for make room, and what is wrong is loud", arguments: [Engine.sqlite])
    func bounded(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let snapshots = OfferedSnapshots(checksItself: true, mostEntries: 3)
            for number in 0..<5 {
                let link = try await stage.makeLink("link-\(number)")
                _ = try await snapshots.find(slug: link.rules.slug, now: stage.world.now, stage.installation)
                _ = try await snapshots.find(slug: "link-0", now: stage.world.now, stage.installation)
            }
            #expect(snapshots.count == 3)

            let found = try await snapshots.find(slug: "link-0", now: stage.world.now, stage.installation)
            try await snapshots.check([1, 2], from: found, stage.installation) { _, _ in [1, 2] }
            await #expect(throws: OfferedSnapshots.Differs.self) {
                try await snapshots.check([1, 2], from: found, stage.installation) { _, _ in [1, 3] }
            }
            // What has changed meanwhile is no mistake of the snapshot.
            let (link, scope) = (found.link, stage.scope)
            let host = link.hosts[0].id.text
            try await stage.database.write(scope) { tx in try tx.countUp([host]) }
            try await snapshots.check([1, 2], from: found, stage.installation) { _, _ in [1, 3] }
        }
    }

    @Test("a stamp rises with the link and with each of its hosts, and is of that slug alone", arguments: Engine.all)
    func stamps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let both = try await stage.makeLink("both", .collective, [HostWish(stage.ada), HostWish(stage.bob)])
            let scope = stage.scope
            func stamp(_ slug: String = "both") async throws -> SnapshotStore.Stamp? {
                try await stage.database.read(scope) { tx in
                    try SnapshotStore.stamp(of: both.id, slug: slug, scope: scope, in: tx)
                }
            }
            var last = try await stamp().wanted("stamp")
            for host in [stage.ada, stage.bob] {
                try await stage.database.write(scope) { tx in try tx.countUp([host.text]) }
                let next = try await stamp().wanted("stamp")
                #expect(next.link == last.link && next.hosts == last.hosts + 1)
                last = next
            }
            try await stage.change(both) { $0.rules.duration = 45 }
            #expect(try await stamp()?.link == last.link + 1)
            for slug in ["intro", "nobody"] { #expect(try await stamp(slug) == nil) }
        }
    }
}
