/// Calls on instant links: whom they ring for, who gets them, and what is left when nobody answers.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Calls")
struct RingTests {
    private func on(_ engine: Engine, _ body: (Stage, Link, Visitor) async throws -> Void) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("now", .instant, [HostWish(stage.ada), HostWish(stage.bob)])
            stage.clock.move(to: stage.at(9))
            try await body(stage, link, try Visitor(stage))
        }
    }

    /// Calls as a browser does; the address of the page to wait on.
    private func call(_ visitor: Visitor, _ more: [String: String] = [:]) async -> Answer {
        let form = await visitor.get("/book/now/now").field("form") ?? ""
        return await visitor.post("/book/now/rings", [
            "form": form, "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example", "timezone": "Asia/Tokyo",
        ].merging(more) { $1 })
    }

    private func ringing(_ stage: Stage, _ user: ID<User>) async throws -> [Ring] {
        let (scope, now) = (stage.scope, stage.world.now)
        return try await stage.database.read(scope) { try RingStore.ringing(user, now: now, scope: scope, in: $0) }
    }

    @Test("the first who accepts meets the visitor now; the other reads who it was",
          arguments: Engine.all)
    func accepted(on engine: Engine) async throws {
        try await on(engine) { stage, link, visitor in
            let page = await visitor.get("/book/now?timezone=Europe/Berlin")
            #expect(page.text.contains("Talk now") && page.buttons("start").count > 10)
            let called = await call(visitor)
            #expect(called.status == 303)
            let waiting = await visitor.get(called.location)
            #expect(waiting.text.contains("2 people hear it ring") && waiting.text.contains("http-equiv=\"refresh\""))
            let ada = try Visitor(stage, who: "ada")
            let bob = ada.asked(by: "bob")
            let ring = try #require(try await ringing(stage, stage.bob).first)
            for host in [ada, bob] {
                #expect(await host.get("/calendar").text.contains("Accept Yuko"))
                #expect(await host.get("/calendar/rings").text.contains("/calendar/rings/\(ring.id)/acceptance"))
            }
            let accepted = await bob.post("/calendar/rings/\(ring.id)/acceptance", [:])
            #expect(accepted.status == 303 && accepted.location.hasPrefix("/calendar/bookings/bk_"))
            // Pressed twice it is the same meeting; for others it is gone.
            #expect(await bob.post("/calendar/rings/\(ring.id)/acceptance", [:]).location == accepted.location)
            let late = await ada.post("/calendar/rings/\(ring.id)/acceptance", [:])
            #expect(late.status == 409 && late.text.contains("Taken by Bob Osei."))
            #expect(await !ada.get("/calendar").text.contains("Accept Yuko"))
            let id = try ID<Booking>(String(accepted.location.dropFirst("/calendar/bookings/".count))).wanted("id")
            let booking = try await stage.find(id)
            #expect(booking.hosts.map(\.id) == [stage.bob] && booking.state.status == .confirmed)
            #expect(booking.state.starts == stage.at(9) && booking.state.ends == stage.at(9, 30))
            #expect(try await stage.ledger(of: stage.bob).map(\.ref) == [id.text])
            #expect(try await stage.assignments(of: link).map(\.ground) == [.accepted])
            let met = await visitor.get(called.location)
            #expect(met.status == 303 && met.location.hasPrefix("/booking/"))
            #expect(await visitor.get(met.location).text.contains("Bob Osei"))
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("of ten presses one gets it, and one booking is made", arguments: Engine.all)
    func atOnce(on engine: Engine) async throws {
        try await on(engine) { stage, _, visitor in
            _ = await call(visitor)
            let id = try #require(try await ringing(stage, stage.ada).first).id
            let (answer, scope, hosts) = (AnswerRing(stage.installation), stage.adas, [stage.ada, stage.bob])
            let made = await withTaskGroup(of: ID<Booking>?.self) { group in
                for number in 0..<10 {
                    let host = hosts[number % 2]
                    group.addTask { try? await answer.accept(id, by: host, scope: scope) }
                }
                return await group.reduce(into: Set<ID<Booking>>()) { found, one in
                    if let one { found.insert(one) }
                }
            }
            #expect(made.count == 1)
            #expect(try await stage.ledger(of: stage.ada).count + stage.ledger(of: stage.bob).count == 1)
        }
    }

    @Test("outside of all hours nothing rings; in their last minutes, and once it rings, hosts answer as they like",
          arguments: Engine.all)
    func hours(on engine: Engine) async throws {
        try await on(engine) { stage, _, visitor in
            stage.clock.move(to: stage.at(8, 59))
            let page = await visitor.get("/book/now")
            #expect(!page.text.contains("Talk now") && page.text.contains("Nobody can talk right now."))
            #expect(await visitor.get("/book/now/now").text.contains("Write a message"))
            let early = await call(visitor)
            #expect(await visitor.get(early.location).text.contains("Nobody is free right now"))
            #expect(try await ringing(stage, stage.ada).isEmpty)

            stage.clock.move(to: stage.at(16, 59).adding(seconds: 50))
            #expect(await visitor.get("/book/now").text.contains("Talk now"))
            _ = await call(visitor)
            stage.clock.move(to: stage.at(17).adding(seconds: 10))
            let ring = try #require(try await ringing(stage, stage.ada).first)
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.post("/calendar/rings/\(ring.id)/acceptance", [:]).status == 303)
            #expect(try await stage.ledger(of: stage.ada).map(\.starts) == [stage.at(17)])
        }
    }

    @Test("who is busy or away is not rung for, and cannot take a call once they are", arguments: Engine.all)
    func busy(on engine: Engine) async throws {
        try await on(engine) { stage, _, visitor in
            stage.clock.move(to: stage.at(9, 10))
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            stage.clock.move(to: stage.at(8))
            try await stage.book(stage.at(9), on: bobs)
            stage.clock.move(to: stage.at(9, 10))
            let called = await call(visitor)
            #expect(await visitor.get(called.location).text.contains("One person hears it ring."))
            #expect(try await ringing(stage, stage.bob).isEmpty)
            let ring = try #require(try await ringing(stage, stage.ada).first)
            let bob = try Visitor(stage, who: "bob")
            #expect(await bob.post("/calendar/rings/\(ring.id)/acceptance", [:]).status == 404)
            try await stage.book(stage.at(9, 30), on: stage.link)
            let ada = try Visitor(stage, who: "ada")
            let refused = await ada.post("/calendar/rings/\(ring.id)/acceptance", [:])
            #expect(refused.status == 409 && refused.text.contains("You are busy at this time"))
            // It rings on, as nobody took it.
            #expect(try await ringing(stage, stage.ada).map(\.id) == [ring.id])
            // And where nobody is free, nothing rings at all.
            let other = await call(visitor)
            #expect(await visitor.get(other.location).text.contains("Nobody is free right now"))
        }
    }

    @Test("after a minute, or when all pass, there are times and a message; it reaches each host once",
          arguments: Engine.all)
    func missed(on engine: Engine) async throws {
        try await on(engine) { stage, _, visitor in
            let called = await call(visitor)
            stage.clock.move(to: stage.at(9).adding(seconds: 60 + Ring.grace))
            #expect(try await ringing(stage, stage.ada).isEmpty)
            let over = await visitor.get(called.location)
            #expect(over.text.contains("Nobody could answer") && !over.text.contains("http-equiv=\"refresh\""))
            #expect(over.text.contains("Pick a time"))
            for text in ["", String(repeating: "x", count: 2_001)] {
                #expect(await visitor.post("\(called.location)/message", ["message": text]).status == 422)
            }
            for _ in 0..<2 {
                let sent = await visitor.post("\(called.location)/message", ["message": "Please call back."])
                #expect(sent.status == 303)
            }
            #expect(await visitor.get(called.location).text.contains("Your message is on its way."))
            let mail = FakeMail()
            let send = SendRingMessage(stage.installation, mail: mail)
            try await JobRunner(
                database: stage.database, work: [SendRingMessage.kind: { try await send($0) }], world: stage.world,
                logger: Logger(label: "test")).drain()
            #expect(mail.sent.count == 2 && mail.sent.allSatisfy { $0.text.contains("Please call back.") })
            #expect(Set(mail.sent.map { "\($0.to.address)" }) == ["ada@nordhavn.example", "bob@nordhavn.example"])

            let second = await call(visitor)
            let ring = try #require(try await ringing(stage, stage.ada).first)
            for who in ["ada", "bob"] {
                #expect(await visitor.asked(by: who).post("/calendar/rings/\(ring.id)/pass", [:]).status == 303)
            }
            #expect(await visitor.get(second.location).text.contains("Nobody could answer"))
        }
    }

    @Test("a visitor who leaves rings no more; a form that is sent twice is one call", arguments: Engine.all)
    func left(on engine: Engine) async throws {
        try await on(engine) { stage, _, visitor in
            let form = await visitor.get("/book/now/now").field("form") ?? ""
            let first = await call(visitor, ["form": form]), again = await call(visitor, ["form": form])
            #expect(first.location == again.location)
            let ring = try #require(try await ringing(stage, stage.ada).first)
            #expect(try await ringing(stage, stage.ada).count == 1)
            #expect(await visitor.post("\(first.location)/cancellation", [:]).status == 303)
            #expect(try await ringing(stage, stage.ada).isEmpty)
            let ada = try Visitor(stage, who: "ada")
            let late = await ada.post("/calendar/rings/\(ring.id)/acceptance", [:])
            #expect(late.status == 409 && late.text.contains("Nobody is calling any more"))
            #expect(try await stage.ledger(of: stage.ada).isEmpty)
            // Kept for a day, to the second.
            let (now, scope) = (stage.world.now, stage.scope)
            for (age, isKept) in [(Ring.kept - 1, true), (Ring.kept, false)] {
                try await stage.database.writeUnscoped { try RingStore.prune(now: now.adding(seconds: age), in: $0) }
                let found = try await stage.database.read(scope) {
                    try RingStore.find(ring.id, scope: scope, in: $0)
                }
                #expect((found != nil) == isKept)
            }
        }
    }

    @Test("mistakes stay beside their fields; other links and other people's calls are not there",
          arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await on(engine) { stage, _, visitor in
            let wrong = await call(visitor, ["attendee.email": "no address"])
            #expect(wrong.status == 422 && wrong.field("attendee.name") == "Yuko")
            #expect(await visitor.get("/book/intro/now").location == "/book/intro")
            #expect(await visitor.get("/book/now/rings/unknown").status == 404)
            let called = await call(visitor)
            let token = called.location.split(separator: "/").last ?? ""
            #expect(await visitor.get("/book/intro/rings/\(token)").status == 404)
            let ada = try Visitor(stage, who: "ada")
            for id in ["x", "rng_06ik8n3kt1s9na525cgmratkuk"] {
                for what in ["acceptance", "pass"] {
                    #expect(await ada.post("/calendar/rings/\(id)/\(what)", [:]).status == 404)
                }
            }
            // Twenty at once is enough.
            for _ in 1..<Ring.most { #expect(await call(visitor).status == 303) }
            let crowded = await call(visitor)
            #expect(crowded.status == 429 && crowded.text.contains("Many people are calling just now."))
            let bad = await ada.call("POST", "/api/v1/links", [
                "title": "Now", "kind": "instant", "capacity": 2, "durationMinutes": [15],
            ])
            #expect(bad.status == 422 && bad.problemFields == ["capacity"])
        }
    }

    @Test("an open page is told when it rings, and no more pages than a person has", .timeLimit(.minutes(10)),
          arguments: Engine.all)
    func stream(on engine: Engine) async throws {
        try await on(engine) { stage, _, visitor in
            let board = RingBoard(stage.installation)
            var streams: [AsyncStream<[UInt8]>] = []
            for _ in 0..<RingBoard.mostOfOne { streams.append(try board.listen(stage.ada)) }
            #expect(throws: Common.self) { try board.listen(stage.ada) }
            _ = await call(visitor)
            var told: [String] = []
            // Between them are signs of life.
            for await part in streams[0] where !part.isEmpty && part.first != UInt8(ascii: ":") {
                told.append(String(decoding: part, as: UTF8.self))
                if told.count == 2 { break }
            }
            #expect(told == ["retry: 3000\n\n", "event: rings\ndata: look\n\n"])
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/rings/stream").location == "/calendar/rings")
        }
    }
}
