/// The API's bookings for keys: lists with filters and cursors, and what a key may see and do.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookingAPITests {
    private func ids(_ answer: Answer) -> [String] { answer.json["data"]?.array?.compactMap { $0["id"]?.string } ?? [] }

    @Test("lists filter by state, time, host and link, and page by cursor", arguments: Engine.all)
    func lists(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            let one = try await stage.book(stage.at(10)).id.text
            let two = try await stage.book(stage.at(11)).id.text
            let three = try await stage.book(stage.at(12), on: bobs).id.text
            _ = try await CancelBooking(stage.installation)(ID(two).wanted("id"), scope: stage.scope)
            func list(_ query: String) async -> [String] { ids(await program.call("GET", "/api/v1/bookings?\(query)")) }

            #expect(await list("") == [one, two, three])
            #expect(await list("status=cancelled") == [two])
            #expect(await list("host=\(stage.bob)") == [three])
            #expect(await list("link=\(bobs.id)") == [three])
            #expect(await list("from=2030-01-07T10:30:00%2B01:00&to=2030-01-07T11:30:00%2B01:00") == [two])
            var (seen, cursor): ([String], String?) = ([], "")
            while let place = cursor {
                let page = await program.call("GET",
                    "/api/v1/bookings?limit=2" + (place.isEmpty ? "" : "&cursor=\(place)"))
                seen += ids(page)
                cursor = page.json["nextCursor"]?.string
            }
            #expect(seen == [one, two, three])
            for (query, field) in [
                ("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor"), ("status=sung", "status"),
                ("from=today", "from"), ("host=x", "host"), ("link=x", "link"),
            ] {
                let wrong = await program.call("GET", "/api/v1/bookings?\(query)")
                #expect(wrong.status == 422 && wrong.problemFields == [field], "\(query)")
            }
        }
    }

    @Test("a member's key sees and moves only bookings on their own links", arguments: Engine.all)
    func own(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let bob = ada.asked(by: "bob")
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            let hers = try await stage.book(stage.at(10)).id
            let his = try await stage.book(stage.at(10), on: bobs).id
            #expect(ids(await bob.call("GET", "/api/v1/bookings")) == [his.text])
            #expect(await bob.call("GET", "/api/v1/bookings?host=\(stage.ada)").status == 403)
            #expect(await bob.call("GET", "/api/v1/bookings/\(hers)").status == 404)
            let start: JSON = ["start": .string(stage.at(14).rfc3339())]
            #expect(await bob.call("POST", "/api/v1/bookings/\(hers)/reschedule", start).status == 404)
            #expect(await bob.call("POST", "/api/v1/bookings/\(hers)/cancellation").status == 404)
            #expect(await ada.call("GET", "/api/v1/bookings/\(his)").status == 200)
            #expect(try await stage.find(hers).state.version == 1)
        }
    }

    @Test("moving and cancelling work by id, name the key in the history, and never tell the attendee's token",
          arguments: Engine.all)
    func acts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let booked = try await stage.book(stage.at(10))
            let base = "/api/v1/bookings/\(booked.id)"
            let start: JSON = ["start": .string(stage.at(14).rfc3339()), "reason": "Ill."]
            let moved = await program.call("POST", "\(base)/reschedule", start, key: "k")
            #expect(moved.status == 200 && moved.json["token"] == nil && moved.json["version"] == 2)
            #expect(moved.json["moves"]?[0]?["by"] == "key" && !moved.text.contains("key-ada"))
            let again = await program.call("POST", "\(base)/reschedule", start, key: "k")
            #expect(again.json["token"] == nil && again[header: "Idempotency-Replayed"] == "true")
            let cancelled = await program.call("POST", "\(base)/cancellation")
            #expect(cancelled.status == 200 && cancelled.json["status"] == "cancelled")
            #expect(await program.call("POST", "\(base)/cancellation").status == 409)
            #expect(try await stage.history(booked.id).last?.actor == "key:key-ada:\(stage.ada)")
            for (path, status) in [("x", 404), (stage.world.id(Booking.self).text, 404)] {
                #expect(await program.call("GET", "/api/v1/bookings/\(path)").status == status, "\(path)")
            }
        }
    }

    @Test("without a key it is 401, with one that only reads 403, and a cookie is no key", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let nobody = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let answer = await nobody.call("GET", "/api/v1/bookings")
            #expect(answer.status == 401 && answer.json["code"] == "unauthorized")
            let reader = nobody.asked(by: "eve")
            let refused = await reader.call("POST", "/api/v1/bookings/\(booked.id)/cancellation")
            #expect(refused.status == 403 && refused.json["code"] == "forbidden")
            #expect(try await stage.find(booked.id).state.status == .confirmed)
        }
    }

    @Test("lists are searched, and a no-show is marked once its meeting has begun", arguments: Engine.all)
    func searchAndNoShow(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let one = try await stage.book(stage.at(10)) { $0.attendee.name = "Jörg Müller" }.id
            try await stage.book(stage.at(11))
            #expect(ids(await program.call("GET", "/api/v1/bookings?q=muller%20jo")) == [one.text])
            let long = await program.call("GET", "/api/v1/bookings?q=" + String(repeating: "x", count: 201))
            #expect(long.status == 422 && long.problemFields == ["q"])
            let path = "/api/v1/bookings/\(one)/no-show"
            let early = await program.call("POST", path)
            #expect(early.status == 409 && early.json["code"]?.string == "conflict")
            stage.clock.move(to: stage.at(10, 5))
            #expect(await program.call("POST", path, ["x": 1]).status == 422)
            let marked = await program.call("POST", path, key: "k")
            #expect(marked.status == 200 && marked.json["status"]?.string == "no_show")
            let again = await program.call("POST", path, key: "k")
            #expect(again.body == marked.body && again[header: "Idempotency-Replayed"] == "true")
            #expect(await program.asked(by: "bob").call("POST", path).status == 404)
        }
    }

    @Test("busy time is spans without what they are, of people one may see", arguments: Engine.all)
    func busy(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            for (hour, minute) in [(10, 0), (10, 30), (12, 0)] { try await stage.book(stage.at(hour, minute)) }
            let range = "from=2030-01-07T00:00:00Z&to=2030-01-08T00:00:00Z"
            let told = await program.call("GET", "/api/v1/busy?\(range)")
            let spans = told.json["busy"]?.array?.map { "\($0["start"]?.string ?? "") \($0["end"]?.string ?? "")" }
            #expect(spans == [
                "2030-01-07T09:00:00Z 2030-01-07T10:00:00Z", "2030-01-07T11:00:00Z 2030-01-07T11:30:00Z",
            ])
            let bob = program.asked(by: "bob")
            #expect(await bob.call("GET", "/api/v1/busy?\(range)").json["busy"]?.array?.isEmpty == true)
            #expect(await bob.call("GET", "/api/v1/busy?host=\(stage.ada)&\(range)").status == 403)
            let stranger = try await stage.neighbour().user
            #expect(await program.call("GET", "/api/v1/busy?host=\(stranger)&\(range)").status == 404)
            for (query, field) in [
                ("", "from"), ("from=x&to=2030-01-08T00:00:00Z", "from"), ("host=x&\(range)", "host"),
                ("from=2030-01-08T00:00:00Z&to=2030-01-07T00:00:00Z", "to"),
                ("from=2030-01-01T00:00:00Z&to=2031-01-07T00:00:00Z", "to"),
            ] {
                let wrong = await program.call("GET", "/api/v1/busy?\(query)")
                #expect(wrong.status == 422 && wrong.problemFields.contains(field), "\(query)")
            }
        }
    }
}
