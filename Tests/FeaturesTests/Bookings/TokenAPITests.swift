/// The API behind a booking's token: look, slots, hold, move, cancel, and what becomes of an ended token.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct TokenAPITests {
    @Test("reading tells the booking without its token; its own time is among its slots", arguments: Engine.all)
    func reads(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let base = "/api/v1/public/bookings/\(booked.token)"
            let read = await program.call("GET", base)
            #expect(read.status == 200 && read.json["id"] == .string(booked.id.text) && read.json["token"] == nil)
            #expect(!read.text.contains(booked.token))
            let slots = await program.call("GET", "\(base)/slots?from=2030-01-07&to=2030-01-07&timezone=Europe/Berlin")
            #expect(slots.text.contains("2030-01-07T10:00:00+01:00"))
            let open = await program.call("GET", "/api/v1/public/links/intro/slots?from=2030-01-07&to=2030-01-07")
            #expect(!open.text.contains("\"start\":\"2030-01-07T10:00:00+01:00\""))
        }
    }

    @Test("hold, move with a key, move again with the key: one move, one new token, the old one 410",
          arguments: Engine.all)
    func moves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let base = "/api/v1/public/bookings/\(booked.token)"
            let start: JSON = ["start": .string(stage.at(14).rfc3339())]
            #expect(await program.call("POST", "\(base)/holds", start).status == 201)
            #expect(try await stage.ledger().count == 2)
            let moved = await program.call("POST", "\(base)/reschedule", start, key: "m-1")
            #expect(moved.status == 200 && moved.json["version"] == 2)
            let token = moved.json["token"]?.string ?? ""
            #expect(token.utf8.count == 43 && token != booked.token)
            #expect(moved.json["moves"]?[0]?["by"] == "attendee" && moved.json["uid"] == booked.json["uid"])
            let again = await program.call("POST", "\(base)/reschedule", start, key: "m-1")
            #expect(again.status == 200 && again.body == moved.body && again[header: "Idempotency-Replayed"] == "true")
            for (method, path) in [
                ("GET", base), ("GET", "\(base)/slots?from=2030-01-07&to=2030-01-07"), ("POST", "\(base)/holds"),
                ("POST", "\(base)/reschedule"), ("POST", "\(base)/cancel"),
            ] {
                let answer = await program.call(method, path, method == "POST" ? start : nil)
                #expect(answer.status == 410 && answer.json["code"] == "token_used", "\(method) \(path)")
            }
            #expect(try await stage.ledger().map(\.starts) == [stage.at(14)])
        }
    }

    @Test("cancelling needs no body, knows a reason, and twice is a conflict", arguments: Engine.all)
    func cancels(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let base = "/api/v1/public/bookings/\(booked.token)"
            #expect(await program.call("POST", "\(base)/cancel", ["reason": 5]).status == 422)
            #expect(await program.call("POST", "\(base)/cancel", ["because": "x"]).problemFields == ["because"])
            let cancelled = await program.call("POST", "\(base)/cancel", ["reason": "Ill."])
            #expect(cancelled.status == 200 && cancelled.json["status"] == "cancelled"
                && cancelled.json["reason"] == "Ill.")
            let again = await program.call("POST", "\(base)/cancel")
            #expect(again.status == 409 && again.json["code"] == "conflict")
            let second = try await stage.book(stage.at(11))
            #expect(await program.call("POST", "/api/v1/public/bookings/\(second.token)/cancel").status == 200)
            let hold = await program.call("POST", "\(base)/holds", ["start": .string(stage.at(14).rfc3339())])
            #expect(hold.status == 409 && hold.json["code"] == "conflict")
        }
    }

    @Test("once it has started, moving and cancelling are meeting_started", arguments: Engine.all)
    func started(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            let base = "/api/v1/public/bookings/\(try await stage.book(stage.at(10)).token)"
            stage.clock.move(to: stage.at(10))
            let start: JSON = ["start": .string(stage.at(14).rfc3339())]
            for (path, body) in [("holds", start), ("reschedule", start), ("cancel", [:] as JSON)] {
                let answer = await program.call("POST", "\(base)/\(path)", body)
                #expect(answer.status == 409 && answer.json["code"] == "meeting_started", "\(path)")
            }
            #expect(await program.call("GET", base).json["status"] == "confirmed")
        }
    }

    @Test("unknown tokens are 404 with a problem document", arguments: Engine.all)
    func unknown(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            for path in ["x", "x/slots?from=2030-01-07&to=2030-01-07"] {
                let answer = await program.call("GET", "/api/v1/public/bookings/\(path)")
                #expect(answer.status == 404 && answer.json["code"] == "not_found", "\(path)")
            }
            let move = await program.call("POST", "/api/v1/public/bookings/x/reschedule", ["start": "x"], key: "k")
            #expect(move.status == 404)
        }
    }
}
