/// The link's door: expiry, uses and code hold on the page, in the API, and inside the booking's transaction.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkDoorTests {
    private func body(_ stage: Stage, _ start: Instant) -> JSON {
        [
            "start": .string(start.rfc3339()), "timezone": "Europe/Berlin",
            "attendee": ["name": "Yuko", "email": "yuko@kpuh.example"],
        ]
    }

    @Test("after its last moment a link is gone, for pages, slots, holds and bookings", arguments: Engine.all)
    func expires(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("short") { $0.access.expiresAt = stage.at(10) }
            let stranger = try Visitor(stage)
            #expect(await stranger.get("/book/short").status == 200)
            let booked = try await stage.book(stage.at(9), on: link)
            stage.clock.move(to: stage.at(10))
            let page = await stranger.get("/book/short")
            #expect(page.status == 410 && page.text.contains("Ask the person who sent it for a new one"))
            let path = "/api/v1/public/links/short"
            for answer in [
                await stranger.call("GET", path),
                await stranger.call("GET", "\(path)/slots?from=2030-01-08&to=2030-01-09"),
                await stranger.call("POST", "\(path)/holds", ["start": .string(stage.at(11).rfc3339())]),
                await stranger.call("POST", "\(path)/bookings", body(stage, stage.at(11))),
            ] {
                #expect(answer.status == 410 && answer.json["code"] == "link_expired")
            }
            await #expect(throws: LinkRefusal.expired) { try await stage.book(stage.at(11), on: link) }
            await #expect(throws: LinkRefusal.expired) { _ = try await stage.hold(stage.at(11), on: link) }
            // What is booked stays.
            #expect(try await stage.find(booked.id).state.status == .confirmed)
        }
    }

    @Test("of twenty bookings at once on a link for three, exactly three are made", arguments: Engine.all)
    func race(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let link = try await stage.makeLink("three") { ($0.access.mostUses, $0.duration) = (3, 15) }
            let outcomes = await withTaskGroup(of: String.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        do {
                            try await stage.book(stage.at(9, index * 15), on: link)
                            return "booked"
                        } catch let refusal as LinkRefusal {
                            return refusal.code
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { counts, outcome in counts[outcome, default: 0] += 1 }
            }
            #expect(outcomes == ["booked": 3, "link_expired": 17])
            #expect(try await stage.rows()["booking"] == 3)
        }
    }

    @Test("a cancelled booking gives its use back", arguments: Engine.all)
    func givesBack(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("once") { $0.access.mostUses = 1 }
            let first = try await stage.book(stage.at(9), on: link)
            let stranger = try Visitor(stage)
            #expect(await stranger.get("/book/once").status == 410)
            await #expect(throws: LinkRefusal.usedUp) { try await stage.book(stage.at(10), on: link) }
            // The one booking may still be moved.
            _ = try await MoveBooking(stage.installation)(first.id, to: stage.at(11), scope: stage.scope)
            _ = try await CancelBooking(stage.installation)(first.id, scope: stage.scope)
            #expect(await stranger.get("/book/once").status == 200)
            _ = try await stage.book(stage.at(10), on: link)
        }
    }

    @Test("a link with a code tells nothing without it", arguments: Engine.all)
    func code(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.makeLink("coded") { $0.access.code = "Blue door" }
            let stranger = try Visitor(stage)
            let path = "/api/v1/public/links/coded"
            for target in [path, "\(path)/slots?from=2030-01-08&to=2030-01-09"] {
                for code in [nil, "red door"] {
                    let refused = await stranger.call("GET", target, code: code)
                    #expect(refused.status == 401 && refused.json["code"] == "access_code_required")
                    #expect(!refused.text.contains("Introduction"))
                }
                #expect(await stranger.call("GET", target, code: " BLUE DOOR ").status == 200)
            }
            let start = body(stage, stage.at(11))
            #expect(await stranger.call("POST", "\(path)/bookings", start).status == 401)
            #expect(await stranger.call("POST", "\(path)/bookings", start, code: "blue door").status == 201)
            #expect(try await stage.rows()["booking"] == 1)
        }
    }
}
