/// A host leaves: what becomes of each link and each booking, and that nothing is lost when something cannot be done.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Handing over what a leaving host does")
struct HandOverTests {
    private func path(_ user: ID<User>) -> String { "/calendar/admin/members/\(user)/hand-over" }

    private func state(_ stage: Stage, _ user: ID<User>) async throws -> MemberState? {
        let workspace = stage.workspace
        return try await stage.database.lookUp { try AccountStore.member(user, workspace: workspace, in: $0)?.state }
    }

    @Test("links and bookings go to others or end, everybody is told, and the person is removed", arguments: Engine.all)
    func all(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let own = try await stage.makeLink("bobs", host: stage.bob)
            let kept = try await stage.makeLink("kept", host: stage.bob)
            let turns = try await stage.makeLink("turns", .roundRobin, [HostWish(stage.bob), HostWish(stage.ada)])
            let (first, second) = (
                try await stage.book(stage.at(10), on: own).id, try await stage.book(stage.at(12), on: kept).id)
            let third = try await stage.book(stage.at(14), on: turns).id
            #expect(try await stage.find(third).hosts.map(\.id) == [stage.bob])
            let mail = FakeMail()
            try await stage.mailRunner(mail).drain()
            let before = mail.sent.count
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/admin/members/\(stage.bob)").text.contains("/hand-over"))
            let rows = try await stage.rows()
            let page = await ada.get(path(stage.bob))
            #expect(page.status == 200 && page.text.contains("Leave it to its other hosts"))
            #expect(try await stage.rows() == rows)

            let done = await ada.post(path(stage.bob), [
                "link.\(own.id)": "off", "link.\(kept.id)": stage.ada.text, "link.\(turns.id)": "leave",
                "booking.\(first)": "cancel", "booking.\(second)": stage.ada.text, "booking.\(third)": "next",
                "message": "Bob has left us.", "removes": "on",
            ])
            #expect(done.status == 200 && !done.text.contains("Not done"), "\(done.text)")
            #expect(try await stage.find(first).state.status == .cancelled)
            #expect(try await stage.find(first).reason == "Bob has left us.")
            #expect(try await stage.find(second).hosts.map(\.id) == [stage.ada])
            #expect(try await stage.find(third).hosts.map(\.id) == [stage.ada])
            #expect(try await stage.find(kept).hosts.map(\.id) == [stage.ada])
            #expect(try await stage.find(turns).hosts.map(\.id) == [stage.ada])
            #expect(try await stage.find(own).rules.active == false)
            #expect(try await stage.ledger(of: stage.bob).isEmpty)
            #expect(try await state(stage, stage.bob) ?? .left == .left)
            #expect(try await !stage.free(stage.find(kept), day: 1).isEmpty)
            #expect(await ada.asked(by: nil).get("/book/bobs").status != 200)
            // Also who is no member any more: the meetings leave their calendar.
            try await stage.mailRunner(mail).drain()
            let bobs = mail.sent.dropFirst(before).filter { $0.to.address.text == "bob@nordhavn.example" }
            #expect(bobs.map { $0.invitation?.method } == ["CANCEL", "CANCEL", "CANCEL"])
        }
    }

    @Test("what cannot be done stays as it was and is said; the person stays too", arguments: Engine.all)
    func partly(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let own = try await stage.makeLink("bobs", host: stage.bob)
            let booked = try await stage.book(stage.at(10), on: own).id
            try await stage.book(stage.at(10))
            let ada = try Visitor(stage, who: "ada")
            let nothing = await ada.post(path(stage.bob), ["link.\(own.id)": "", "booking.\(booked)": ""])
            #expect(nothing.status == 200 && !nothing.text.contains("Not done"))
            #expect(try await stage.find(own).rules.active)
            #expect(try await stage.find(booked).state.version == 1)
            let done = await ada.post(path(stage.bob), [
                "link.\(own.id)": "off", "booking.\(booked)": stage.ada.text, "removes": "on",
            ])
            #expect(done.status == 200 && done.text.contains("2 things could not be done"))
            #expect(done.text.contains("Ada Lindqvist is busy or away at this time"))
            #expect(try await stage.find(booked).hosts.map(\.id) == [stage.bob])
            #expect(try await state(stage, stage.bob) == .active)
            let again = await ada.post(path(stage.bob), ["booking.\(booked)": "cancel", "removes": "on"])
            #expect(again.status == 200 && !again.text.contains("Not done"), "\(again.text)")
        }
    }

    @Test("what is wrong comes back with what was typed; people of elsewhere are not found")
    func bad() async throws {
        try await Stage.on(.sqlite) { stage in
            let own = try await stage.makeLink("bobs", host: stage.bob)
            let booked = try await stage.book(stage.at(10), on: own).id
            let ada = try Visitor(stage, who: "ada")
            let elsewhere = try await stage.neighbour()
            for (name, value) in [
                ("link.\(own.id)", "vanish"), ("booking.\(booked)", elsewhere.user.text),
                ("link.\(own.id)", stage.bob.text), ("message", String(repeating: "x", count: 1001)),
                ("message", "a\u{7}b"),
            ] {
                let answer = await ada.post(path(stage.bob), ["booking.\(booked)": "cancel"]
                    .merging([name: value]) { $1 })
                #expect(answer.status == 422, "\(name)")
                if name == "message" { #expect(answer.text.contains(value)) }
            }
            #expect(try await stage.find(booked).state.status == .confirmed)
            #expect(await ada.get(path(elsewhere.user)).status == 404)
            #expect(await ada.get("/calendar/admin/members/x/hand-over").status == 404)
            #expect(await ada.asked(by: "bob").get(path(stage.ada)).status == 403)
        }
    }

    @Test("by the API: what hangs on somebody, what becomes of it, and what is refused", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let own = try await stage.makeLink("bobs", host: stage.bob)
            let kept = try await stage.makeLink("kept", host: stage.bob)
            let (first, second) = (
                try await stage.book(stage.at(10), on: own).id, try await stage.book(stage.at(12), on: kept).id)
            let ada = try Visitor(stage, who: "ada")
            let path = "/api/v1/members/\(stage.bob)/hand-over"
            let duties = await ada.call("GET", path)
            #expect(duties.status == 200 && duties.json["links"]?.array?.count == 2, "\(duties.text)")
            #expect(duties.json["bookings"]?.array?.count == 2)
            #expect(duties.json["colleagues"]?.array?.compactMap { $0["id"]?.string } == [stage.ada.text])
            for bad: JSON in [
                ["links": [["id": "x", "deed": "off"]]],
                ["links": [["id": .string(own.id.text), "deed": "give"]]],
                ["links": [["id": .string(own.id.text), "deed": "give", "to": .string(stage.bob.text)]]],
                ["bookings": [["id": .string(first.text), "deed": "vanish"]]], ["bookings": "x"],
            ] {
                #expect(await ada.call("POST", path, bad).status == 422, "\(bad)")
            }
            let body: JSON = [
                "links": [
                    ["id": .string(own.id.text), "deed": "off"],
                    ["id": .string(kept.id.text), "deed": "give", "to": .string(stage.ada.text)],
                ],
                "bookings": [
                    ["id": .string(first.text), "deed": "cancel"],
                    ["id": .string(second.text), "deed": "give", "to": .string(stage.ada.text)],
                ],
                "message": "Bob has left us.", "removes": true,
            ]
            let done = await ada.call("POST", path, body, key: "one")
            #expect(done.status == 200, "\(done.text)")
            #expect(done.json["outcomes"]?.array?.allSatisfy { $0["done"]?.bool == true } == true, "\(done.text)")
            #expect(try await stage.find(first).reason == "Bob has left us.")
            #expect(try await stage.find(second).hosts.map(\.id) == [stage.ada])
            #expect(try await state(stage, stage.bob) ?? .left == .left)
            let rows = try await stage.rows()
            let again = await ada.call("POST", path, body, key: "one")
            #expect(again.status == 200 && again.body == done.body && again[header: "Idempotency-Replayed"] == "true")
            #expect(try await stage.rows() == rows)
            let page = await ada.asked(by: nil).get("/book/bobs")
            #expect(page.status == 410 && page.text.contains("is no longer here"))
            #expect(await ada.call("GET", path).status == 404)
            #expect(await ada.asked(by: "bob").call("GET", "/api/v1/members/\(stage.ada)/hand-over").status == 403)
        }
    }

    @Test("by the API, cut off half way: sent again it says what was done before, and does the rest",
          arguments: Engine.all)
    func again(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let own = try await stage.makeLink("bobs", host: stage.bob)
            let kept = try await stage.makeLink("kept", host: stage.bob)
            let first = try await stage.book(stage.at(10), on: own).id
            let ada = try Visitor(stage, who: "ada")
            let path = "/api/v1/members/\(stage.bob)/hand-over"
            let deeds: [JSON] = [
                ["id": .string(own.id.text), "deed": "off"], ["id": .string(kept.id.text), "deed": "off"],
            ]
            let half: JSON = [
                "links": .array([deeds[0]]), "bookings": [["id": .string(first.text), "deed": "cancel"]],
            ]
            #expect(await ada.call("POST", path, half).status == 200)
            let foreign = stage.link.id.text
            let whole: JSON = [
                "links": .array(deeds + [["id": .string(foreign), "deed": "off"]]),
                "bookings": [["id": .string(first.text), "deed": "cancel"]],
            ]
            let done = await ada.call("POST", path, whole, key: "two")
            #expect(done.status == 200, "\(done.text)")
            let outcomes = done.json["outcomes"]?.array ?? []
            let failed = outcomes.filter { $0["done"]?.bool == false }.compactMap { $0["what"]?.string }
            #expect(Set(failed) == [own.id.text, foreign, first.text] && outcomes.count == 4, "\(done.text)")
            #expect(try await stage.find(kept).rules.active == false)
            #expect(try await stage.find(stage.link).rules.active, "nobody's of them")
            let again = await ada.call("POST", path, whole, key: "two")
            #expect(again.body == done.body && again[header: "Idempotency-Replayed"] == "true")
            #expect(await ada.call("POST", path, half, key: "two").status == 422)
        }
    }
}
