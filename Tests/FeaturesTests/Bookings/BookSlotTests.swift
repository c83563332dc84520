/// Booking a slot: what is written when it works, and what a repeated request gets.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookSlotTests {
    @Test("a booking writes itself, the host's time, its history, one token and two mails", arguments: Engine.all)
    func writes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let start = stage.at(10)
            let booked = try await stage.book(start) { request in
                request.answers = [Answered(question: stage.question, label: "What is it about?", value: "Sensors.")]
                request.utm = ["utm_source": "mail"]
                request.source = .api
            }

            let booking = try await stage.find(booked.id)
            #expect(booking.state == .booked(starts: start, ends: start.adding(minutes: 30)))
            #expect(booking.attendee == stage.attendee() && booking.hosts.map(\.id) == [stage.ada])
            #expect(booking.answers.map(\.value) == ["Sensors."] && booking.utm == ["utm_source": "mail"])
            #expect(booking.source == .api && booking.location == stage.link.rules.firstLocation)
            #expect(booking.anchorZone == "Europe/Berlin" && booking.anchorLocal == "2030-01-07T10:00")
            #expect(booking.uid.hasSuffix("@meet.example") && booking.createdAt == monday)

            let rows = try await stage.ledger()
            #expect(rows.map(\.kind) == [.booking] && rows.map(\.claim) == [booked.id.text])
            let row = try rows.first.wanted("row")
            #expect(row.starts == start && row.ends == start.adding(minutes: 30) && row.expires == nil)
            #expect(try await stage.history(booked.id) == [
                BookingRecord(version: 1, event: "booked", actor: "visitor", from: nil, to: start, reason: "",
                    at: monday),
            ])
            #expect(try await stage.jobs(booked.id) == ["1 booked ready", "1 booked ready"])
            let found = try await LookUps(database: stage.database).bookingToken(booked.token)
            #expect(found?.booking == booked.id && found?.retired == false && booked.reply.status == 201)
        }
    }

    @Test("the secret token is stored only sealed and hashed", arguments: Engine.all)
    func secrets(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10)) { $0.key = RequestKey(text: "k", request: "r") }
            let stored: [[UInt8]] = try await stage.database.lookUp { tx in
                try tx.all("SELECT token_sealed AS bytes FROM booking_token") { try $0["bytes"] as [UInt8] }
                    + tx.all("SELECT reply AS bytes FROM idempotency") { try $0["bytes"] as [UInt8] }
            }
            #expect(stored.count == 2)
            let token = Array(booked.token.utf8)
            #expect(stored.allSatisfy { bytes in !bytes.indices.contains { bytes[$0...].starts(with: token) } })
            let (scope, keyring) = (stage.scope, stage.installation.keyring)
            let opened = try await stage.database.read(scope) { tx in
                try BookingTokenStore.current(of: booked.id, keyring: keyring, scope: scope, in: tx)
            }
            #expect(opened == booked.token)
        }
    }

    @Test("the same key again gets the first reply and books nothing", arguments: Engine.all)
    func replay(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let key = RequestKey(text: "key-1", request: "the body")
            let first = try await stage.book(stage.at(10)) { $0.key = key }
            let rows = try await stage.rows()
            stage.clock.move(minutes: 60)

            let again = try await stage.book(stage.at(10)) { $0.key = key }
            #expect(again.reply.replayed && !first.reply.replayed)
            #expect(again.reply.body == first.reply.body && again.reply.status == 201)
            #expect(try await stage.rows() == rows)
        }
    }

    @Test("a key used for another request is refused, on another link it is another key", arguments: Engine.all)
    func mismatch(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let other = try await stage.makeLink("other")
            try await stage.book(stage.at(10)) { $0.key = RequestKey(text: "key-1", request: "one") }
            let rows = try await stage.rows()

            await #expect(throws: IdempotencyMismatch.self) {
                try await stage.book(stage.at(11)) { $0.key = RequestKey(text: "key-1", request: "two") }
            }
            #expect(try await stage.rows() == rows)
            try await stage.book(stage.at(11), on: other) { $0.key = RequestKey(text: "key-1", request: "two") }
        }
    }

    @Test("a refused request leaves its key free for the corrected one", arguments: Engine.all)
    func refusedKey(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let refused = try await refusal {
                try await stage.book(stage.at(7)) { $0.key = RequestKey(text: "key-1", request: "form") }
            }
            #expect(refused?.code == "invalid")
            let booked = try await stage.book(stage.at(9)) { $0.key = RequestKey(text: "key-1", request: "form") }
            #expect(!booked.reply.replayed)
        }
    }

    @Test("one's own hold is taken over and gone afterwards", arguments: Engine.all)
    func takesHoldOver(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let held = try await stage.hold(stage.at(10))
            #expect(try await stage.ledger().map(\.kind) == [.hold])
            try await stage.book(stage.at(10)) { $0.holdToken = held.token }
            #expect(try await stage.ledger().map(\.kind) == [.booking])
            #expect(try await stage.rows()["hold"] == 0)
        }
    }

    @Test("a hold for one time does not stand in the way of booking another", arguments: Engine.all)
    func bookedElsewhere(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let held = try await stage.hold(stage.at(10))
            let booked = try await stage.book(stage.at(10, 30)) { $0.holdToken = held.token }
            #expect(try await stage.ledger().map(\.claim) == [booked.id.text])
        }
    }

    @Test("an expired hold books if the time is still free", arguments: Engine.all)
    func expiredButFree(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let held = try await stage.hold(stage.at(10))
            stage.clock.move(minutes: Hold.minutes)
            let booked = try await stage.book(stage.at(10)) { $0.holdToken = held.token }
            #expect(try await stage.ledger().map(\.claim) == [booked.id.text])
        }
    }

    @Test("the rules it was booked under are kept with it", arguments: Engine.all)
    func snapshot(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(10))
            let rules: String? = try await stage.database.lookUp { tx in
                try tx.one("SELECT rules FROM booking") { try $0["rules"] }
            }
            let json = try JSON(reading: Array(try rules.wanted("rules").utf8))
            #expect(json["slug"]?.string == "intro" && json["durationMinutes"]?[0]?.int == 30)
            #expect(json["version"]?.int == 1)
        }
    }
}
