/// Times that cannot be had: each refusal names its reason and the nearest free times, and leaves nothing behind.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookSlotRefusalTests {
    /// Refuses, and checks that not a row has changed.
    private func refused(
        _ stage: Stage, _ start: Instant, on link: Link? = nil, _ change: (inout BookingRequest) -> Void = { _ in }
    ) async throws -> BookingRefusal {
        let rows = try await stage.rows()
        let refusal = try await refusal { try await stage.book(start, on: link, change) }
        #expect(try await stage.rows() == rows)
        return try refusal.wanted("a refusal")
    }

    @Test("a time that was never offered is invalid, with the engine's reason beside the start", arguments: Engine.all)
    func notOffered(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let cases: [(Instant, Reason)] = [
                (stage.at(8), .outsideHours), (stage.at(17), .outsideHours), (stage.at(16, 45), .outsideHours),
                (stage.at(10, 7), .notOnGrid), (stage.at(10, day: 5), .outsideHours), (stage.at(10, day: -3), .tooSoon),
                (stage.at(10, day: 35), .tooFar), (stage.at(10).adding(seconds: 1), .notOnGrid),
            ]
            for (start, reason) in cases {
                let refusal = try await refused(stage, start)
                #expect(refusal.status == 422 && refusal.code == "invalid", "\(start)")
                #expect(refusal.fields.map(\.field) == ["start"], "\(start)")
                #expect(refusal.fields.map(\.code) == [reason.rawValue], "\(start)")
            }
        }
    }

    @Test("a taken time is slot_taken with the five nearest free times, in order", arguments: Engine.all)
    func taken(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(11))
            let refusal = try await refused(stage, stage.at(11))
            #expect(refusal.status == 409 && refusal.code == "slot_taken")
            let nearest = [stage.at(10), stage.at(10, 30), stage.at(11, 30), stage.at(12)]
            #expect(refusal.alternatives.count == 5)
            #expect(refusal.alternatives == refusal.alternatives.sorted())
            #expect(nearest.allSatisfy(refusal.alternatives.contains))
            let member = try refusal.members.first { $0.0 == "alternatives" }.wanted("alternatives").1
            let berlin = try stage.zones.zone("Europe/Berlin").wanted("Berlin")
            #expect(member[0]?.string == refusal.alternatives[0].rfc3339(in: berlin))
            // Each of them can be had.
            for (index, start) in refusal.alternatives.enumerated() where index < 2 { try await stage.book(start) }
        }
    }

    @Test("somebody else's hold takes the time until it ends", arguments: Engine.all)
    func held(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.hold(stage.at(10), visitor: "somebody")
            #expect(try await refused(stage, stage.at(10)).code == "slot_taken")
            stage.clock.move(minutes: Hold.minutes)
            try await stage.book(stage.at(10))
        }
    }

    @Test("an expired hold whose time is gone is hold_expired with alternatives", arguments: Engine.all)
    func holdExpired(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let held = try await stage.hold(stage.at(10))
            stage.clock.move(minutes: Hold.minutes)
            try await stage.book(stage.at(10))
            let refusal = try await refused(stage, stage.at(10)) { $0.holdToken = held.token }
            #expect(refusal.code == "hold_expired" && refusal.status == 409 && refusal.alternatives.count == 5)
            let unknown = try await refused(stage, stage.at(10)) { $0.holdToken = "never-was" }
            #expect(unknown.code == "hold_expired")
        }
    }

    @Test("a hold that ran out while its time came too near is hold_expired", arguments: Engine.all)
    func tooNearMeanwhile(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("soon") { $0.notice = MinimumNotice(value: 60, unit: .minute) }
            let held = try await stage.hold(stage.at(9), on: link)
            stage.clock.move(minutes: Hold.minutes + 1)
            let refusal = try await refused(stage, stage.at(9), on: link) { $0.holdToken = held.token }
            #expect(refusal.code == "hold_expired")
        }
    }

    @Test("notice counts to the second, in minutes, hours and days", arguments: Engine.all)
    func notice(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for (slug, value, unit, first) in [
                ("m", 90, MinimumNotice.Unit.minute, stage.at(9, 30)), ("h", 4, .hour, stage.at(12)),
                ("d", 1, .day, stage.at(9, day: 1)),
            ] {
                let link = try await stage.makeLink(slug) { $0.notice = MinimumNotice(value: value, unit: unit) }
                let before = unit == .day ? stage.at(16, 30) : first.adding(minutes: -30)
                let refusal = try await refused(stage, before, on: link)
                #expect(refusal.fields.map(\.code) == ["too_soon"], "\(slug)")
                #expect(try await stage.free(link, day: unit == .day ? 1 : 0).first == first, "\(slug)")
                let held = try await stage.hold(first, on: link)
                try await HoldSlot(stage.installation).release(held.hold.id, scope: stage.scope)
            }
        }
    }

    @Test("between two bookings the larger of both gaps must be free", arguments: Engine.all)
    func gaps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            // The first asks for 15 minutes after it, the second for 10 or 30 before it.
            let first = try await stage.makeLink("first") { $0.bufferAfter = 15 }
            let near = try await stage.makeLink("near") { ($0.bufferBefore, $0.step) = (10, 5) }
            let far = try await stage.makeLink("far") { ($0.bufferBefore, $0.step) = (30, 5) }
            try await stage.book(stage.at(10), on: first)
            for (link, tooNear, free) in [
                (near, stage.at(10, 40), stage.at(10, 45)), (far, stage.at(10, 55), stage.at(11)),
            ] {
                #expect(try await refused(stage, tooNear, on: link).code == "slot_taken", "\(link.rules.slug)")
                let listed = try await stage.free(link)
                #expect(!listed.contains(tooNear) && listed.contains(free), "\(link.rules.slug)")
            }
            try await stage.book(stage.at(10, 45), on: near)
            #expect(try await stage.ledger().map(\.gapBefore) == [0, 600])
            #expect(try await stage.ledger().map(\.gapAfter) == [900, 0])
        }
    }

    @Test("a link that is off or gone books nothing", arguments: Engine.all)
    func closed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let off = try await stage.makeLink("off") { $0.active = false }
            await #expect(throws: LinkRefusal.inactive) { try await stage.book(stage.at(10), on: off) }
            var gone = off
            gone.id = stage.world.id()
            await #expect(throws: LinkRefusal.notFound) { try await stage.book(stage.at(10), on: gone) }
            await #expect(throws: LinkRefusal.inactive) { try await stage.hold(stage.at(10), on: off) }
            #expect(try await stage.rows()["booking"] == 0)
        }
    }

    @Test("a link of another workspace cannot be booked through this one", arguments: Engine.all)
    func otherWorkspace(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let elsewhere = try await stage.neighbour()
            await #expect(throws: LinkRefusal.notFound) {
                try await BookSlot(stage.installation)(
                    stage.request(stage.at(10)), link: stage.link.id, scope: elsewhere.scope)
            }
        }
    }

    @Test("the refusal speaks the reader's zone and clock")
    func words() throws {
        let tokyo = try Stage.zones.zone("Asia/Tokyo").wanted("Tokyo")
        let refusal = BookingRefusal.slotTaken(start: monday, zone: .utc, alternatives: [monday.adding(hours: 2)])
        #expect(refusal.message.contains("Monday 7 January, 09:00"))
        #expect(refusal.words(in: tokyo, clock: .twentyFour).contains("18:00"))
        #expect(BookingRefusal.slotTaken(start: monday, zone: .utc,
            alternatives: []).message.contains("Pick another day"))
    }

    @Test("each refusal has the status and code that clients know")
    func codes() {
        let all: [(BookingRefusal, Int, String)] = [
            (.slotTaken(start: monday, zone: .utc, alternatives: []), 409, "slot_taken"),
            (.holdExpired(zone: .utc, alternatives: []), 409, "hold_expired"),
            (.notOffered(.tooSoon, zone: .utc, alternatives: []), 422, "invalid"),
            (.unknownToken, 404, "not_found"), (.tokenUsed, 410, "token_used"),
            (.meetingStarted, 409, "meeting_started"), (.over(.cancelled), 409, "conflict"),
            (.over(.completed), 409, "conflict"), (.unchanged, 409, "conflict"), (.changedMeanwhile, 409, "conflict"),
        ]
        for (refusal, status, code) in all {
            #expect(refusal.status == status && refusal.code == code)
            #expect(!refusal.message.isEmpty)
        }
    }
}
