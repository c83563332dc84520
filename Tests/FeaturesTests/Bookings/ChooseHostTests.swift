/// Links on which attendees choose their host: whose times are offered, who gets the booking, and what is refused.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Choice of the host")
struct ChooseHostTests {
    private func on(
        _ engine: Engine, _ change: @escaping (inout LinkRules) -> Void = { _ in },
        _ body: (Stage, Link) async throws -> Void
    ) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("turns", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)]) {
                $0.rotation.hostChoice = .allowed
                change(&$0)
            }
            try await body(stage, link)
        }
    }

    @Test("the chosen host gets the booking whoever's turn it is; the report says who chose, and replays it",
          arguments: Engine.all)
    func booked(on engine: Engine) async throws {
        try await on(engine) { stage, link in
            for hour in [9, 10] {
                let booked = try await stage.book(stage.at(hour), on: link) { $0.host = stage.bob }
                #expect(try await stage.hosts(of: booked.id) == [stage.bob])
                #expect(try await stage.find(booked.id).chosenHost == stage.bob)
                stage.clock.move(minutes: 1)
            }
            // It counts: Ada is next, by her turn.
            let usual = try await stage.book(stage.at(11), on: link)
            #expect(try await stage.hosts(of: usual.id) == [stage.ada])
            let made = try await stage.assignments(of: link)
            #expect(made.map(\.ground) == [.chosen, .chosen, .leastRecent])
            #expect(made[0].reason("Bob") == "Bob was chosen by the attendee.")
            #expect(made[2].judged.hosts.map(\.standing.counted) == [0, 2])
            let (now, zones, scope) = (stage.world.now, stage.zones, stage.scope)
            let report = try await stage.database.read(scope) { tx in
                var fields = Fields(form: FormData([]))
                return try Distribution(
                    link, DistributionAsk(&fields, hosts: link.hosts), now: now, zones: zones, scope: scope, in: tx)
            }
            #expect(report.differences.isEmpty)
            #expect(report.json(sees: nil)["assignments"]?.array?.last?["ground"] == "chosen")
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("times narrow to the host; where they are not free it is 409 with their nearest times", arguments: Engine.all)
    func narrowed(on engine: Engine) async throws {
        try await on(engine) { stage, link in
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            try await stage.book(stage.at(9), on: bobs)
            let path = "/api/v1/public/links/turns"
            let program = try Visitor(stage)
            let told = await program.call("GET", path)
            #expect(told.json["hostChoice"] == "allowed")
            #expect(told.json["hosts"]?.array?.compactMap { $0["id"]?.string } == [stage.ada.text, stage.bob.text])
            let days = "from=2030-01-07&to=2030-01-07&timezone=Europe/Berlin"
            for (host, count) in [("", 16), (stage.ada.text, 16), (stage.bob.text, 15)] {
                let slots = await program.call("GET", "\(path)/slots?\(days)&host=\(host)")
                #expect(slots.json["slots"]?["2030-01-07"]?.array?.count == count, "\(host)")
            }
            let body: [(String, JSON)] = [
                ("start", .string(stage.at(9).rfc3339())), ("timezone", "Europe/Berlin"),
                ("attendee", ["name": "Yuko", "email": "yuko@kpuh.example"]), ("host", .string(stage.bob.text)),
            ]
            let taken = await program.call("POST", "\(path)/bookings", .object(body))
            #expect(taken.status == 409 && taken.json["code"] == "slot_taken")
            #expect(taken.json["alternatives"]?.array?.first?.string.flatMap(Instant.init(rfc3339:)) == stage.at(9, 30))
            let wish: JSON = ["start": body[0].1, "host": .string(stage.bob.text)]
            #expect(await program.call("POST", "\(path)/holds", wish).status == 409)
            #expect(try await stage.ledger(of: stage.ada).isEmpty)
        }
    }

    @Test("a hold keeps the chosen host's time, and its booking needs not name them again", arguments: Engine.all)
    func held(on engine: Engine) async throws {
        try await on(engine) { stage, link in
            let held = try await HoldSlot(stage.installation)(
                start: stage.at(9), visitor: "v", link: link.id, choosing: stage.bob, scope: stage.scope)
            #expect(try await stage.ledger(of: stage.bob).map(\.kind) == [.hold])
            let booked = try await stage.book(stage.at(9), on: link) { $0.holdToken = held.token }
            #expect(try await stage.hosts(of: booked.id) == [stage.bob])
            #expect(try await stage.assignments(of: link).map(\.ground) == [.chosen])
            // Nobody is chosen by a hold that was made for anyone.
            let other = try await stage.hold(stage.at(10), on: link)
            let next = try await stage.book(stage.at(10), on: link) { $0.holdToken = other.token }
            #expect(try await stage.find(next.id).chosenHost == nil)
        }
    }

    @Test("a move keeps who was chosen, even where others may take a moved booking over", arguments: Engine.all)
    func moved(on engine: Engine) async throws {
        try await on(engine, { $0.rotation.movesReassign = true }) { stage, link in
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            try await stage.book(stage.at(11), on: bobs)
            let chosen = try await stage.book(stage.at(9), on: link) { $0.host = stage.bob }
            let refused = try await refusal {
                try await MoveBooking(stage.installation)(chosen.id, to: stage.at(11), scope: stage.scope)
            }
            #expect(refused?.code == "slot_taken")
            _ = try await MoveBooking(stage.installation)(chosen.id, to: stage.at(12), scope: stage.scope)
            #expect(try await stage.hosts(of: chosen.id) == [stage.bob])
            // Given away by its hosts, it is anybody's again.
            _ = try await ReassignBooking(stage.installation)(chosen.id, to: stage.ada, scope: stage.adas)
            _ = try await MoveBooking(stage.installation)(chosen.id, to: stage.at(11), scope: stage.scope)
            #expect(try await stage.hosts(of: chosen.id) == [stage.ada])
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("who hides behind a largest lead can be chosen all the same", arguments: Engine.all)
    func lead(on engine: Engine) async throws {
        let change: (inout LinkRules) -> Void = {
            ($0.rotation.strategy, $0.rotation.maximumLead) = (.equalDistribution, 1)
        }
        try await on(engine, change) { stage, link in
            for hour in [9, 10, 11] {
                let booked = try await stage.book(stage.at(hour), on: link) { $0.host = stage.bob }
                #expect(try await stage.hosts(of: booked.id) == [stage.bob])
            }
            #expect(try await stage.hosts(of: stage.book(stage.at(12), on: link).id) == [stage.ada])
        }
    }

    @Test("one of a pool is chosen, the other places are filled in turn", arguments: Engine.all)
    func pools(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(4)
            let link = try await stage.makePools(more) { $0.rotation.hostChoice = .allowed }
            #expect(link.choosable.map(\.id) == [stage.bob] + more)
            let booked = try await stage.book(stage.at(9), on: link) { $0.host = more[3] }
            #expect(try await stage.hosts(of: booked.id) == [stage.ada, stage.bob, more[1], more[3]])
            let made = try await stage.assignments(of: link)
            #expect(made.map(\.ground) == [.chosen, .position, .position])
            #expect(made.map(\.pool) == ["x", "y", "x"] && made.map(\.number) == [1, 2, 3])
            #expect(made[2].judged.hosts.map(\.standing.counted) == [0, 0, 1])
            // Ada comes anyway: there is nothing to choose.
            await #expect(throws: Invalid.self) { try await stage.book(stage.at(10), on: link) { $0.host = stage.ada } }
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("a series is the chosen host's, each of its meetings", arguments: Engine.all)
    func series(on engine: Engine) async throws {
        let weekly: (inout LinkRules) -> Void = { rules in
            var series = LinkSeries()
            (series.weeks, series.count, series.host) = (1, 3, .rotate)
            rules.series = series
        }
        try await on(engine, weekly) { stage, link in
            let reply = try await BookSlot(stage.installation)(
                stage.request(stage.at(9)) { request in
                    request.host = stage.bob
                    request.series = SeriesWish(count: 3)
                }, link: link.id, scope: stage.scope)
            let ids = try JSON(reading: reply.body)["occurrences"]?.array?.compactMap { $0["id"]?.string } ?? []
            #expect(ids.count == 3)
            for id in ids { #expect(try await stage.hosts(of: ID<Booking>(id).wanted("id")) == [stage.bob]) }
            #expect(try await stage.assignments(of: link).allSatisfy { $0.ground == .chosen })
        }
    }

    @Test("a choice that the link does not give, or of a host who is none, is refused in words", arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await on(engine) { stage, link in
            let eve = try await stage.neighbour().user
            let other = try await stage.people(1)[0]
            let plain = try await stage.makeLink("plain", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            let program = try Visitor(stage)
            for host in [eve.text, other.text, "nobody", "…", String(repeating: "x", count: 41), plain.id.text] {
                let body: JSON = ["start": .string(stage.at(9).rfc3339()), "host": .string(host)]
                let answer = await program.call("POST", "/api/v1/public/links/turns/holds", body)
                #expect(answer.status == 422 && answer.problemFields == ["host"], "\(host)")
            }
            let said = await program.call(
                "GET", "/api/v1/public/links/plain/slots?from=2030-01-07&to=2030-01-07&host=\(stage.ada)")
            #expect(said.status == 422 && said.text.contains("Nobody can be chosen on this link."))
            // Switched off between the page and the press: nothing is booked, and the field says why.
            let bob = stage.bob
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE member SET state = 'off' WHERE account = \(bob)")
            }
            let rows = try await stage.rows()
            await #expect(throws: Invalid.self) { try await stage.book(stage.at(9), on: link) { $0.host = stage.bob } }
            #expect(try await stage.rows() == rows)
        }
    }

    @Test("the page asks whom to meet, keeps the choice to the booking, and takes it out of an address by handle",
          arguments: Engine.all)
    func page(on engine: Engine) async throws {
        try await on(engine) { stage, _ in
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            try await stage.book(stage.at(9), on: bobs)
            let (bob, workspace) = (stage.bob, stage.workspace)
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("""
                    UPDATE account SET handle = 'bob', profile_workspace = \(workspace) WHERE id = \(bob)
                    """)
            }
            let stranger = try Visitor(stage)
            let anyone = await stranger.get("/book/turns?timezone=Europe/Berlin&utm_source=mail")
            #expect(anyone.text.contains("Whom would you like to meet?") && anyone.buttons("start").count == 16)
            for host in [bob.text, "bob"] {
                let page = await stranger.get("/book/turns?timezone=Europe/Berlin&host=\(host)")
                #expect(page.buttons("start").count == 15 && page.text.contains("value=\"\(bob)\" selected"))
                #expect(page.field("host") == bob.text)
            }
            let odd = await stranger.get("/book/turns?host=eve")
            #expect(odd.status == 200 && odd.text.contains("This host cannot be chosen. Choose one of Ada Lindqvist"))
            #expect(odd.buttons("start").count == 16)
            #expect(await stranger.get("/book/bobs?host=eve").text.contains("cannot be chosen") == false)

            let details = await stranger.hold(stage.at(10), on: "turns", ["host": "bob"])
            #expect(details.text.contains("Bob Osei") && details.field("host") == bob.text)
            #expect(try await stage.ledger(of: bob).map(\.kind) == [.booking, .hold])
            let gone = await stranger.post("/book/turns/holds", [
                "host": bob.text, "start": String(stage.at(9).seconds), "form": details.field("form") ?? "",
            ])
            #expect(gone.status == 409 && gone.text.contains("value=\"\(bob)\" selected"))
            let booked = await stranger.post("/book/turns/bookings", [
                "form": details.field("form") ?? "", "start": String(stage.at(10).seconds), "host": bob.text,
                "timezone": "Europe/Berlin", "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
            ])
            #expect(booked.status == 303)
            #expect(await stranger.get(booked.location).text.contains("Bob Osei"))
            #expect(try await stage.ledger(of: bob).map(\.kind) == [.booking, .booking])
            let straight = await stranger.get("/book/turns?start=\(stage.at(9).seconds)&host=bob")
            #expect(straight.status == 200 && straight.text.contains("That time is not free any more."))
        }
    }

    @Test("only links whose hosts take turns give a choice, one attendee at a time", arguments: Engine.all)
    func rules(on engine: Engine) async throws {
        try await on(engine) { stage, link in
            let ada = try Visitor(stage, who: "ada")
            let path = "/api/v1/links/\(link.id)"
            #expect(await ada.call("GET", path).json["hostChoice"] == "allowed")
            let bad: [JSON] = [
                ["hostChoice": "perhaps"], ["hostChoice": 1], ["hostChoice": "allowed", "kind": "collective"],
                ["hostChoice": "allowed", "capacity": 5],
            ]
            for body in bad {
                let answer = await ada.call("PATCH", path, body)
                #expect(answer.status == 422 && answer.problemFields == ["hostChoice"], "\(body.text)")
            }
            #expect(await ada.call("PATCH", path, ["hostChoice": "off"]).json["hostChoice"] == "off")
            #expect(await ada.call("PATCH", path, ["hostChoice": "allowed"]).status == 200)
            // Another kind has no use for it, and does not keep it.
            #expect(await ada.call("PATCH", path, ["kind": "collective"]).status == 200)
            #expect(await ada.call("PATCH", path, ["kind": "round_robin"]).json["hostChoice"] == "off")
            // A member cannot say so of a link of several hosts.
            let bob = try Visitor(stage, who: "bob")
            #expect(await bob.call("PATCH", path, ["hostChoice": "allowed"]).status == 403)
        }
    }
}
