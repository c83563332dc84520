/// Giving a booking to another host: by name or in turn, in one transaction, with mails to all.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Giving a booking to another host")
struct ReassignBookingTests {
    private func pair(_ stage: Stage) async throws -> (Link, ID<Booking>) {
        let link = try await stage.makeLink("turns", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
        return (link, try await stage.book(stage.at(9), on: link).id)
    }

    @Test("it goes to whose turn it is, with its time, its ledger row and its count", arguments: Engine.all)
    func next(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, id) = try await pair(stage)
            let before = try await stage.find(id)
            let reply = try await ReassignBooking(stage.installation)(
                id, to: nil, reason: "Ill", scope: stage.adas)
            #expect(reply.status == 200)
            let after = try await stage.find(id)
            #expect(after.hosts.map(\.id) == [stage.bob] && after.state.starts == before.state.starts)
            #expect(after.state.version == 2 && after.state.sequence == 1 && after.uid == before.uid)
            #expect(try await stage.ledger(of: stage.ada).isEmpty)
            #expect(try await stage.ledger(of: stage.bob).count == 1)
            let made = try await stage.assignments(of: link)
            #expect(made.map(\.host) == [stage.ada, stage.bob] && made.map(\.counts) == [false, true])
            #expect(made.map(\.ground) == [.position, .onlyOne])
            #expect(try await stage.history(id).map(\.event) == ["booked", "reassigned"])
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("attendee, new and former host are told, the former with a cancellation", arguments: Engine.all)
    func mails(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, id) = try await pair(stage)
            let mail = FakeMail()
            try await stage.mailRunner(mail).drain()
            let before = mail.sent.count
            stage.clock.move(minutes: 1)
            _ = try await ReassignBooking(stage.installation)(id, to: stage.bob, reason: "Ill", scope: stage.adas)
            try await stage.mailRunner(mail).drain()
            let sent = Dictionary(grouping: mail.sent.dropFirst(before), by: \.to.address.text)
            #expect(Set(sent.keys) == ["yuko@kpuh.example", "ada@nordhavn.example", "bob@nordhavn.example"])
            #expect(sent.values.allSatisfy { $0.count == 1 })
            let attendee = try (sent["yuko@kpuh.example"]?.first).wanted("attendee's")
            #expect(attendee.text.contains("You meet Bob Osei now") && attendee.text.contains("Ill"))
            #expect(attendee.invitation?.method == "REQUEST")
            #expect(attendee.invitation?.text.contains("SEQUENCE:1") == true)
            let former = try (sent["ada@nordhavn.example"]?.first).wanted("former host's")
            #expect(former.invitation?.method == "CANCEL" && former.text.contains("Bob Osei takes this meeting over"))
            let heir = try (sent["bob@nordhavn.example"]?.first).wanted("new host's")
            #expect(heir.text.contains("is yours now") && heir.invitation?.method == "REQUEST")
        }
    }

    @Test("a host who is named takes it outside their hours, but not when busy or away", arguments: Engine.all)
    func named(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (scope, now) = (stage.adas, stage.world.now)
            let (link, id) = try await pair(stage)
            let short = Schedule(
                id: stage.world.id(), name: "Short", zone: "Europe/Berlin",
                weekly: Array(repeating: [Window(opens: 900, closes: 960)], count: 7))
            let bob = stage.bob
            try await stage.database.write(scope) { tx in
                try ScheduleStore.insert(short, account: bob, scope: scope, now: now, in: tx)
            }
            let nobody = try await reassignRefusal {
                try await ReassignBooking(stage.installation)(id, to: nil, scope: scope)
            }
            #expect(nobody == .nobodyFree)
            _ = try await ReassignBooking(stage.installation)(id, to: bob, scope: scope)
            #expect(try await stage.assignments(of: link).last?.ground == .pinned)
            // Back to Ada, who has taken another meeting at that time.
            try await stage.book(stage.at(9), on: stage.link)
            let busy = try await reassignRefusal {
                try await ReassignBooking(stage.installation)(id, to: stage.ada, scope: scope)
            }
            #expect(busy == .notFree("Ada Lindqvist"))
            #expect(try await stage.hosts(of: id) == [bob])
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("people of elsewhere, its own host and a meeting that has begun are refused", arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, id) = try await pair(stage)
            let elsewhere = try await stage.neighbour()
            let other = try await stage.people(1)[0]
            let reassign = ReassignBooking(stage.installation)
            for host in [elsewhere.user, other, stage.world.id()] {
                await #expect(throws: Invalid.self) { _ = try await reassign(id, to: host, scope: stage.adas) }
            }
            #expect(try await reassignRefusal { try await reassign(id, to: stage.ada, scope: stage.adas) } == .same)
            await #expect(throws: BookingRefusal.unknownToken) {
                _ = try await reassign(id, to: nil, scope: elsewhere.scope)
            }
            stage.clock.move(to: stage.at(9, 1))
            await #expect(throws: BookingRefusal.meetingStarted) {
                _ = try await reassign(id, to: stage.bob, scope: stage.adas)
            }
            #expect(try await stage.hosts(of: id) == [stage.ada])
        }
    }

    @Test("a link of one host is given to a colleague by name, and moves with them from then on",
          arguments: Engine.all)
    func oneHost(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let id = try await stage.book(stage.at(9)).id
            await #expect(throws: Invalid.self) {
                _ = try await ReassignBooking(stage.installation)(id, to: nil, scope: stage.adas)
            }
            _ = try await ReassignBooking(stage.installation)(id, to: stage.bob, scope: stage.adas)
            // Ada's time is hers again; Bob's move asks Bob.
            try await stage.book(stage.at(10))
            _ = try await MoveBooking(stage.installation)(id, to: stage.at(10), scope: stage.adas)
            #expect(try await stage.hosts(of: id) == [stage.bob])
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("the page lists who is free, and a host gives their own away", arguments: Engine.all)
    func page(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, id) = try await pair(stage)
            let ada = try Visitor(stage, who: "ada"), bob = ada.asked(by: "bob")
            let path = "/calendar/bookings/\(id)/reassignment"
            #expect(await ada.get("/calendar/bookings/\(id)").text.contains(path))
            #expect(await ada.get("/calendar/bookings/\(id)").text.contains("comes first in the list"))
            let page = await ada.get(path)
            #expect(page.status == 200 && page.text.contains("Bob Osei") && page.text.contains("free"))
            #expect(await bob.get(path).status == 404)
            #expect(await bob.post(path, ["host": "next"]).status == 404)
            for host in ["", "usr_1", "next\u{0}", stage.world.id(User.self).text] {
                let refused = await ada.post(path, ["host": host, "reason": "kept words"])
                #expect([400, 403, 422].contains(refused.status), "\(host): \(refused.status)")
                if refused.status == 422 { #expect(refused.text.contains("kept words")) }
            }
            let long = await ada.post(path, ["host": "next", "reason": String(repeating: "x", count: 1001)])
            #expect(long.status == 422)
            let done = await ada.post(path, ["host": "next", "reason": "Ill"])
            #expect(done.status == 303)
            #expect(try await stage.hosts(of: id) == [stage.bob])
            // Bob gives it back, and sees it no more.
            #expect(await bob.post(path, ["host": stage.ada.text]).location == "/calendar/bookings")
            #expect(await bob.get("/calendar/bookings/\(id)").status == 404)
        }
    }

    @Test("the API gives it to the next or to a named host, once for each key", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, id) = try await pair(stage)
            let ada = try Visitor(stage, who: "ada")
            let path = "/api/v1/bookings/\(id)/reassignment"
            let bad: [JSON] = [
                ["host": 7], ["host": "usr_1"], ["host": .string(stage.world.id(User.self).text)], ["user": "x"],
                ["reason": .string(String(repeating: "x", count: 1001))], ["host": ["a"]],
            ]
            for body in bad { #expect(await ada.call("POST", path, body).status == 422) }
            let reply = await ada.call("POST", path, ["host": .string(stage.bob.text)])
            #expect(reply.status == 200)
            let json = try JSON(reading: reply.body)
            #expect(json["hosts"]?.array?.first?["name"]?.string == "Bob Osei" && json["token"] == nil)
            #expect(await ada.call("POST", path, ["host": .string(stage.bob.text)]).status == 409)
            #expect(await ada.asked(by: "eve").call("POST", path, [:]).status == 403)
        }
    }
}
