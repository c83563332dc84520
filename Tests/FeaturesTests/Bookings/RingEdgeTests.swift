/// Calls at their edges: links with a code or one use, the last second, viewers, rooms, and pages told meanwhile.
import Database
import Fakes
import Foundation
import Scheduling
import Synchronization
import Testing
import Web

@testable import Features

@Suite("Calls at their edges")
struct RingEdgeTests {
    private func on(
        _ engine: Engine, _ change: (inout LinkRules) -> Void = { _ in },
        _ body: (Stage, Link, Visitor) async throws -> Void
    ) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink(
                "now", .instant, [HostWish(stage.ada), HostWish(stage.bob)], change)
            stage.clock.move(to: stage.at(9))
            try await body(stage, link, try Visitor(stage))
        }
    }

    private func call(_ visitor: Visitor, pass: String = "", more: [String: String] = [:]) async -> Answer {
        let form = await visitor.get("/book/now/now?pass=\(pass)").field("form") ?? ""
        return await visitor.post("/book/now/rings", [
            "form": form, "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example", "timezone": "Asia/Tokyo",
            "pass": pass,
        ].merging(more) { $1 })
    }

    private func ringing(_ stage: Stage, _ user: ID<User>) async throws -> [Ring] {
        let (scope, now) = (stage.scope, stage.world.now)
        return try await stage.database.read(scope) { try RingStore.ringing(user, now: now, scope: scope, in: $0) }
    }

    private func accept(_ stage: Stage) async throws -> Answer {
        let ring = try #require(try await ringing(stage, stage.ada).first)
        return await (try Visitor(stage, who: "ada")).post("/calendar/rings/\(ring.id)/acceptance", [:])
    }

    @Test("whoever called on a link with a code waits, hangs up, writes and meets by the address of the call alone",
          arguments: Engine.all)
    func code(on engine: Engine) async throws {
        try await on(engine, { $0.access.code = "kelp" }) { stage, _, visitor in
            #expect(await visitor.get("/book/now/now").text.contains("Access code"))
            let entered = await visitor.post("/book/now/code", ["code": "kelp"])
            let pass = String(entered.location.split(separator: "=").last ?? "")
            let first = await call(visitor, pass: pass)
            let address = String(first.location.prefix { $0 != "?" })
            #expect(await visitor.get(address).text.contains("2 people hear it ring"))
            let ended = await visitor.post("\(address)/cancellation", ["pass": pass])
            let over = await visitor.get(ended.location)
            #expect(ended.status == 303 && over.text.contains("The call has ended"))
            // What leads on needs no code again.
            #expect(over.text.contains("pass=\(pass)"))
            #expect(await visitor.post("\(address)/message", ["message": "Call back."]).status == 303)
            let second = await call(visitor, pass: pass)
            let taken = try await accept(stage)
            #expect(taken.status == 303)
            #expect(await visitor.get(second.location).location.hasPrefix("/booking/"))
            #expect(await visitor.get("/book/now/rings/unknown").status == 404)
        }
    }

    @Test("the last use of a link is met, and a link that ends meanwhile says what became of the call",
          arguments: Engine.all)
    func lastUse(on engine: Engine) async throws {
        try await on(engine, { $0.access.mostUses = 1 }) { stage, _, visitor in
            let first = await call(visitor)
            stage.clock.move(to: stage.at(9).adding(seconds: 1))
            let second = await call(visitor)
            let taken = try await accept(stage)
            #expect(taken.status == 303)
            #expect(await visitor.get(first.location).location.hasPrefix("/booking/"))
            // The other one can be ended and leave a message.
            #expect(await visitor.get(second.location).status == 200)
            #expect(await visitor.post("\(second.location)/cancellation", [:]).status == 303)
            #expect(await visitor.post("\(second.location)/message", ["message": "Call back."]).status == 303)
            #expect(await visitor.get("/book/now/now").status == 410)
        }
        let expiry = monday.adding(minutes: 61)
        try await on(engine, { $0.access.expiresAt = expiry }) { stage, _, visitor in
            let called = await call(visitor)
            stage.clock.move(minutes: 2)
            let over = await visitor.get(called.location)
            #expect(over.status == 200 && over.text.contains("Nobody could answer"))
        }
    }

    @Test("a host who waited for the lock until the minute was over does not get the call; the page waits longer",
          arguments: Engine.all)
    func lastSecond(on engine: Engine) async throws {
        try await on(engine) { stage, link, visitor in
            let called = await call(visitor)
            let ring = try #require(try await ringing(stage, stage.ada).first)
            stage.clock.move(to: stage.at(9).adding(seconds: 59))
            let (isIn, isDone) = (Flag(), Flag())
            let (installation, scope) = (stage.installation, stage.scope)
            let other = Task {
                try await installation.write(locking: link.id, scope: scope) { tx in
                    _ = try LinkStore.locked(link.id, scope: scope, in: tx)
                    isIn.raise()
                    while !isDone.isRaised { usleep(1_000) }
                }
            }
            while !isIn.isRaised { try await Task.sleep(for: .milliseconds(1)) }
            let taking = Task { [ada = stage.ada, adas = stage.adas] in
                try await AnswerRing(installation).accept(ring.id, by: ada, scope: adas)
            }
            try await Task.sleep(for: .milliseconds(300))
            stage.clock.move(minutes: 1)
            isDone.raise()
            try await other.value
            await #expect(throws: RingRefusal.over) { try await taking.value }
            #expect(try await stage.ledger(of: stage.ada).isEmpty)
            // Somebody may have taken it in the last second: the page looks a little longer than that.
            stage.clock.move(to: stage.at(9).adding(seconds: 63))
            #expect(await visitor.get(called.location).text.contains("data-ring"))
            stage.clock.move(to: stage.at(9).adding(seconds: 65))
            #expect(await visitor.get(called.location).text.contains("Nobody could answer"))
        }
    }

    @Test("what was typed comes along, sealed", arguments: Engine.all)
    func kept(on engine: Engine) async throws {
        try await on(engine) { stage, _, visitor in
            let called = await call(visitor)
            _ = await visitor.post("\(called.location)/cancellation", [:])
            let over = await visitor.get(called.location).text
            #expect(!over.lowercased().contains("yuko"))
            let links = over.matches(of: /href="(\/book\/now[^"]*kept=[^"]+)"/).map { String($0.output.1) }
            #expect(links.count == 2)
            let form = await visitor.get(links.first { $0.hasPrefix("/book/now/now") } ?? "/")
            #expect(form.field("attendee.email") == "yuko@kpuh.example" && form.field("attendee.name") == "Yuko")
        }
    }

    @Test("viewers hear no call and see no buttons", arguments: Engine.all)
    func viewers(on engine: Engine) async throws {
        try await on(engine) { stage, _, visitor in
            let (bob, workspace) = (stage.bob, stage.workspace)
            let called = await call(visitor)
            // A viewer from now on; the call rings for them still.
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE member SET role = 'viewer' WHERE workspace = \(workspace) AND account = \(bob)")
            }
            let eve = try Visitor(stage, who: "eve")
            #expect(await !eve.get("/calendar/rings").text.contains("Accept Yuko"))
            #expect(await !eve.get("/calendar").text.contains("Accept Yuko"))
            _ = await visitor.post("\(called.location)/cancellation", [:])
            let again = await call(visitor)
            #expect(await visitor.get(again.location).text.contains("One person hears it ring."))
            #expect(try await ringing(stage, stage.bob).isEmpty)
        }
    }

    @Test("a call with guests gets a room for all of them", arguments: Engine.all)
    func rooms(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let small = try await stage.makeRoom("Fjord", seats: 2)
            let large = try await stage.makeRoom("Aula", seats: 8)
            _ = try await stage.makeLink("now", .instant, [HostWish(stage.ada)]) {
                $0.needs = [LinkNeed([small.id, large.id])]
                $0.access.mostGuests = 3
            }
            stage.clock.move(to: stage.at(9))
            let guests = ["a", "b", "c"].map { "\($0)@kpuh.example" }.joined(separator: "\n")
            let called = await call(try Visitor(stage), more: ["guests": guests])
            #expect(called.status == 303)
            let accepted = try await accept(stage)
            let id = try ID<Booking>(String(accepted.location.dropFirst("/calendar/bookings/".count))).wanted("id")
            #expect(try await stage.find(id).resources.map(\.name) == ["Aula"])
        }
    }

    @Test("pages hear that the program is to stop, and end, while the database is away", .timeLimit(.minutes(10)))
    func away() async throws {
        struct Away: Error {}
        let account: ID<User> = ID(milliseconds: 1, random: [UInt8](repeating: 1, count: 10))
        let isAway = Flag()
        let board = RingBoard(pause: .milliseconds(20)) { _ in
            if isAway.isRaised { throw Away() }
            isAway.raise()
            return [account: "one"]
        }
        var (signs, looks) = (0, 0)
        let stream = try board.listen(account)
        for await part in stream {
            let text = String(decoding: part, as: UTF8.self)
            if text.hasPrefix(":") { signs += 1 }
            if text.hasPrefix("event") { looks += 1 }
        }
        // It came to the end of its life, and what was told stayed told.
        #expect(signs > 0 && looks == 1)
    }

    @Test("a thousand calls of others hide nobody's", arguments: Engine.all)
    func many(on engine: Engine) async throws {
        try await on(engine) { stage, link, visitor in
            let (scope, now, world, bob) = (stage.scope, stage.world.now, stage.world, stage.bob)
            let wish = RingWish(attendee: stage.attendee(), location: link.rules.firstLocation)
            try await stage.database.write(scope) { tx in
                for number in 0...1_000 {
                    let ring = Ring(
                        id: world.id(), link: link.id, wish: wish, state: .ringing, createdAt: now,
                        expires: now.adding(seconds: Ring.seconds), hosts: [bob: false])
                    try RingStore.insert(ring, tokenHash: sha256(Array("\(number)".utf8)), scope: scope, in: tx)
                }
                // Ids are in the order of their time.
                let last = Ring(
                    id: ID(milliseconds: 4_000_000_000_000, random: [UInt8](repeating: 1, count: 10)), link: link.id,
                    wish: wish, state: .ringing, createdAt: now,
                    expires: now.adding(seconds: Ring.seconds), hosts: [stage.ada: false])
                try RingStore.insert(last, tokenHash: sha256(Array("last".utf8)), scope: scope, in: tx)
            }
            let told = try await LookUps(database: stage.database).ringing([stage.ada, bob], now: now)
            #expect(told[stage.ada] != nil && told[bob] != nil)
        }
    }
}

/// Raised once, from whatever thread.
private final class Flag: Sendable {
    private let value = Mutex(false)
    var isRaised: Bool { value.withLock { $0 } }
    func raise() { value.withLock { $0 = true } }
}
