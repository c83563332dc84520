/// Links in the database: read back as written, listed newest first, seen by their own workspace only.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

struct LinkStoreTests {
    private func find(_ stage: Stage, _ id: ID<Link>, scope: Scope? = nil) async throws -> Link? {
        let scope = scope ?? stage.scope
        return try await stage.database.read(scope) { tx in try LinkStore.find(id, scope: scope, in: tx) }
    }

    @Test("every rule is read back as it was written", arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let from = LocalDate(daysSince1970: 22_000), to = LocalDate(daysSince1970: 22_100)
            let link = try await stage.makeLink("all") { rules in
                rules.title = "O'Brien \"x\" 長谷川 🦊"
                rules.description = "Two\nlines"
                (rules.duration, rules.step, rules.align, rules.offset) = (480, 5, 60, 480)
                (rules.bufferBefore, rules.bufferAfter) = (480, 0)
                rules.notice = MinimumNotice(value: 365, unit: .day)
                rules.window = .range(from: from, to: to)
                rules.locations = [
                    Location(kind: .phoneAttendeeCalls, text: "+49 30 1"), Location(kind: .attendeeChoice, text: ""),
                ]
                rules.access.expiresAt = Instant(2_000_000_000)
                rules.access.code = "blue door"
                rules.changes.moveNotice = 90
                rules.look.redirect = "https://ada.example/thanks"
                rules.active = false
            }
            #expect(try await find(stage, link.id) == link)
            #expect(try await find(stage, stage.link.id) == stage.link)
        }
    }

    @Test("lists go newest first, page by page, and by host", arguments: Engine.all)
    func lists(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            var made = [stage.link.id]
            for index in 1...4 {
                stage.clock.move(minutes: 1)
                made.append(try await stage.makeLink("l\(index)", host: index == 2 ? stage.bob : stage.ada).id)
            }
            let (scope, bob, wanted) = (stage.scope, stage.bob, Array(made.reversed()))
            try await stage.database.read(scope) { tx in
                let all = try LinkStore.all(scope: scope, in: tx).map(\.id)
                #expect(all == wanted)
                let first = try LinkStore.all(limit: 2, scope: scope, in: tx).map(\.id)
                #expect(try first + LinkStore.all(limit: 9, after: first[1], scope: scope, in: tx).map(\.id) == wanted)
                #expect(try LinkStore.all(host: bob, scope: scope, in: tx).map(\.id) == [wanted[2]])
            }
        }
    }

    @Test("the parts of many links are told apart, in their order, and schedules know who follows them",
          arguments: Engine.all)
    func parts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let places = [Location(kind: .custom, text: "b"), Location(kind: .custom, text: "a")]
            let first = try await stage.makeLink("first") { ($0.title, $0.locations) = ("First", places) }
            let second = try await stage.makeLink("second", host: stage.bob) { rules in
                (rules.title, rules.locations) = ("Second", [Location(kind: .address, text: "c")])
            }
            let (scope, intro) = (stage.scope, stage.link)
            let others = try await stage.neighbour().scope
            try await stage.database.read(scope) { tx in
                let found = try LinkStore.all(scope: scope, in: tx)
                #expect(Set(found) == [intro, first, second])
                let titles = try LinkStore.titlesBySchedule(scope: scope, in: tx)
                #expect(titles[intro.schedule] == ["Introduction", "First"] && titles[second.schedule] == ["Second"])
            }
            try await stage.database.read(others) { tx in
                let titles = try LinkStore.titlesBySchedule(scope: others, in: tx)
                #expect(titles[intro.schedule] == nil)
            }
        }
    }

    @Test("another workspace finds, lists and changes nothing of it, and sees only that the slug is taken",
          arguments: Engine.all)
    func scoped(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, ada) = (stage.link, stage.ada)
            let scope = try await stage.neighbour().scope
            #expect(try await find(stage, link.id, scope: scope) == nil)
            try await stage.database.write(scope) { tx in
                let found = try LinkStore.find(slug: "intro", scope: scope, in: tx)
                #expect(found == nil)
                #expect(try LinkStore.all(scope: scope, in: tx).isEmpty)
                #expect(try !LinkStore.update(link, scope: scope, now: monday, in: tx))
                #expect(try LinkStore.host(ada, scope: scope, in: tx) == nil)
                #expect(try SlugStore.isTaken("intro", except: nil, now: monday, in: tx))
            }
            #expect(try await find(stage, link.id) == link)
        }
    }

    @Test("a person who was switched off is no host for new links", arguments: Engine.all)
    func switchedOff(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (bob, scope, off) = (stage.bob, stage.scope, false)
            _ = try await stage.database.writeUnscoped { tx in
                try tx.run("UPDATE account SET active = \(off) WHERE id = \(bob)")
            }
            try await stage.database.read(scope) { tx in
                let host = try LinkStore.host(bob, scope: scope, in: tx)
                #expect(host == nil)
            }
        }
    }
}
