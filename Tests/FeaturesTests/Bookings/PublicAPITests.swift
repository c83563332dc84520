/// The API for strangers: link, slots, holds and bookings, with the codes that programs decide by.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct PublicAPITests {
    private func wish(_ start: Instant, _ change: [String: JSON] = [:]) -> JSON {
        let members: [String: JSON] = [
            "start": .string(start.rfc3339()), "timezone": "Asia/Tokyo",
            "attendee": ["name": "Yuko", "email": "yuko@kpuh.example"],
        ]
        return .object(members.merging(change) { $1 }.map { ($0.key, $0.value) })
    }

    private func slots(_ answer: Answer) -> [String] {
        (answer.json["slots"]?.members ?? []).flatMap { $0.1.array ?? [] }.compactMap { $0["start"]?.string }
    }

    @Test("a link tells what a booker may know; unknown and inactive ones are not found", arguments: Engine.all)
    func link(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            _ = try await stage.makeLink("off") { $0.active = false }
            let answer = await program.call("GET", "/api/v1/public/links/intro")
            #expect(answer.status == 200 && answer.json["zone"] == "Europe/Berlin" && answer.json["durations"] == [30])
            for secret in [stage.ada.text, "ada@nordhavn.example", stage.link.id.text, stage.link.schedule.text] {
                #expect(!answer.text.contains(secret))
            }
            for slug in ["off", "nobody", "A"] {
                let missing = await program.call("GET", "/api/v1/public/links/\(slug)")
                #expect(missing.status == 404 && missing.json["code"] == "not_found", "\(slug)")
                #expect(missing[header: "Content-Type"]?.hasPrefix("application/problem+json") == true)
            }
        }
    }

    @Test("slots are dated in the asked zone, the last day included, and only dates that have any",
          arguments: Engine.all)
    func dates(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            let path = "/api/v1/public/links/intro/slots"
            let week = await program.call("GET", "\(path)?from=2030-01-07&to=2030-01-13&timezone=Asia/Tokyo")
            #expect(week.status == 200 && week.json["timezone"] == "Asia/Tokyo")
            #expect(week.json["generatedAt"] == "2030-01-07T07:00:00Z" && week.json["freshAsOf"]?.string != nil)
            let days = (week.json["slots"]?.members ?? []).map(\.0)
            // 16:00 and 16:30 on Friday in Berlin are Saturday in Tokyo.
            #expect(days == ["07", "08", "09", "10", "11", "12"].map { "2030-01-\($0)" })
            #expect(slots(week).allSatisfy { $0.hasSuffix("+09:00") } && slots(week).count == 80)
            #expect(slots(week).first == "2030-01-07T17:00:00+09:00")

            let host = await program.call("GET", "\(path)?from=2030-01-07&to=2030-01-07")
            #expect(host.json["timezone"] == "Europe/Berlin" && slots(host).count == 16)
            // The union over the days is the whole range, in every zone.
            for zone in ["Pacific/Auckland", "America/St_Johns", "Asia/Kathmandu"] {
                let whole = await program.call("GET", "\(path)?from=2030-01-06&to=2030-01-12&timezone=\(zone)")
                var parts: [String] = []
                for day in 6...12 {
                    let date = "2030-01-" + (day < 10 ? "0\(day)" : "\(day)")
                    parts += slots(await program.call("GET", "\(path)?from=\(date)&to=\(date)&timezone=\(zone)"))
                }
                #expect(slots(whole) == parts && !parts.isEmpty, "\(zone)")
            }
        }
    }

    @Test("a slot that runs past midnight belongs to the day it starts on", arguments: Engine.all)
    func midnight(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let nights = (0..<7).map { _ in [Window(opens: 1_410, closes: 1_500)] }
            _ = try await stage.makeLink("night", hours: nights) { $0.duration = 60 }
            let program = try Visitor(stage)
            let day = await program.call("GET", "/api/v1/public/links/night/slots?from=2030-01-08&to=2030-01-08")
            #expect(slots(day) == ["2030-01-08T23:30:00+01:00"])
        }
    }

    @Test("an ask that makes no sense is 422 with each wrong field", arguments: Engine.all)
    func wrongAsk(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            for (query, fields) in [
                ("", ["from", "to"]), ("from=x&to=2030-01-01", ["from"]), ("from=2030-01-02&to=2030-01-01", ["to"]),
                ("from=2030-01-01&to=2030-04-03", ["to"]), ("from=2030-01-01&to=2030-01-01&timezone=Mars/X",
                ["timezone"]),
                ("from=2030-01-01&to=2030-01-01&duration=45", ["duration"]),
                ("from=2030-01-01&to=2030-01-01&duration=x", ["duration"]),
            ] {
                let answer = await program.call("GET", "/api/v1/public/links/intro/slots?\(query)")
                #expect(answer.status == 422 && answer.json["code"] == "invalid", "\(query)")
                #expect(answer.problemFields == fields, "\(query)")
            }
            let most = await program.call("GET", "/api/v1/public/links/intro/slots?from=2030-01-01&to=2030-04-02")
            #expect(most.status == 200)
        }
    }

    @Test("a hold is 201 with its end, its own time stays free for it, and releasing it is 204", arguments: Engine.all)
    func holds(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            let held = await program.call("POST", "/api/v1/public/links/intro/holds",
                ["start": .string(stage.at(10).rfc3339())])
            #expect(held.status == 201 && held.json["expiresAt"] == "2030-01-07T07:10:00Z")
            let token = try held.json["holdToken"]?.string.wanted("token") ?? ""
            let path = "/api/v1/public/links/intro/slots?from=2030-01-07&to=2030-01-07&timezone=UTC"
            let start = "2030-01-07T09:00:00+00:00"
            #expect(!slots(await program.call("GET", path)).contains(start))
            #expect(slots(await program.call("GET", "\(path)&holdToken=\(token)")).contains(start))
            #expect(!slots(await program.call("GET", "\(path)&holdToken=x")).contains(start))
            let taken = await program.call("POST", "/api/v1/public/links/intro/holds",
                ["start": .string(stage.at(10).rfc3339())])
            #expect(taken.status == 409 && taken.json["code"] == "slot_taken"
                && taken.json["alternatives"]?.array?.count == 5)
            #expect(await program.call("DELETE", "/api/v1/public/holds/\(token)").status == 204)
            #expect(await program.call("DELETE", "/api/v1/public/holds/\(token)").status == 404)
            #expect(slots(await program.call("GET", path)).contains(start))
        }
    }

    @Test("every listed slot can be booked, and one by one they vanish from the list", arguments: Engine.all)
    func listAndBook(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.makeLink("half") { ($0.duration, $0.step, $0.bufferAfter) = (60, 30, 15) }
            let program = try Visitor(stage)
            let path = "/api/v1/public/links/half/slots?from=2030-01-07&to=2030-01-07"
            var booked = 0
            while let start = slots(await program.call("GET", path)).last {
                let answer = await program.call("POST", "/api/v1/public/links/half/bookings", [
                    "start": .string(start), "timezone": "UTC", "attendee": ["name": "A", "email": "a@b.example"],
                ])
                #expect(answer.status == 201, "\(start) \(answer.text)")
                guard answer.status == 201 else { return }
                booked += 1
            }
            #expect(booked > 3)
        }
    }

    @Test("a booking is 201 with its token; the same key replays it and says so", arguments: Engine.all)
    func books(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            let path = "/api/v1/public/links/intro/bookings"
            let body = wish(stage.at(10), ["source": "agent", "utm": ["utm_source": "x"], "duration": 30])
            let first = await program.call("POST", path, body, key: "k-1")
            #expect(first.status == 201 && first.json["status"] == "confirmed" && first.json["source"] == "agent")
            #expect(first.json["start"] == "2030-01-07T18:00:00+09:00" && first[header: "Idempotency-Replayed"] == nil)
            let again = await program.call("POST", path, body, key: "k-1")
            #expect(again.status == 201 && again.body == first.body && again[header: "Idempotency-Replayed"] == "true")
            let other = await program.call("POST", path, wish(stage.at(11)), key: "k-1")
            #expect(other.status == 422 && other.json["code"] == "idempotency_mismatch")
            let taken = await program.call("POST", path, body)
            #expect(taken.status == 409 && taken.json["code"] == "slot_taken" && taken.json["requestId"]?.string != nil)
            #expect(taken.json["alternatives"]?[0]?.string?.hasSuffix("+01:00") == true)
            let long = await program.call("POST", path, body, key: String(repeating: "k", count: 256))
            #expect(long.status == 422 && long.problemFields == ["Idempotency-Key"])
            #expect(try await stage.rows()["booking"] == 1)
        }
    }

    @Test("what is wrong in a body is named field by field, and nothing is stored", arguments: Engine.all)
    func wrongBody(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            let rows = try await stage.rows()
            for (change, fields) in [
                (["attendee": ["name": "", "email": "x"]] as [String: JSON], ["attendee.name", "attendee.email"]),
                (["attendee": [:]], ["attendee.name", "attendee.email"]), (["start": "soon"], ["start"]),
                (["start": .string(stage.at(7).rfc3339())], ["start"]), (["duration": 45], ["duration"]),
                (["source": "moon"], ["source"]), (["source": "host"], ["source"]),
                (["guests": ["nonsense"]], ["guests"]),
                (["nonsense": true], ["nonsense"]), (["timezone": "Mars/X"], ["timezone"]),
            ] {
                let answer = await program.call("POST", "/api/v1/public/links/intro/bookings", wish(stage.at(10),
                    change))
                #expect(answer.status == 422 && answer.json["code"] == "invalid", "\(fields)")
                #expect(answer.problemFields == fields, "\(fields)")
            }
            let array = await program.call("POST", "/api/v1/public/links/intro/bookings", [1])
            #expect(array.status == 422)
            #expect(try await stage.rows() == rows)
        }
    }
}
