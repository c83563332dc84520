/// Limits, travel, booking windows and hours by the attendee's clock, from the form or the API to the booking.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkRhythmTests {
    /// The same rules typed into the form and sent to the API; the link of the API.
    private func make(_ stage: Stage, form: [String: String], json: [(String, JSON)]) async throws -> Link {
        let ada = try Visitor(stage, who: "ada")
        let usual = [
            "title": "Talk", "slug": "by-form", "durationMinutes": "30", "minimumNotice.value": "0",
            "minimumNotice.unit": "minute", "locations.0.kind": "custom", "active": "on",
            "attendeeMay.reschedule": "on", "attendeeMay.cancel": "on",
        ]
        let saved = await ada.post("/settings/booking-links", usual.merging(form) { $1 })
        #expect(saved.status == 303, "\(saved.text)")
        let body: [(String, JSON)] = [
            ("title", "Talk"), ("slug", "by-api"), ("durationMinutes", [30]),
            ("minimumNotice", ["value": 0, "unit": "minute"]),
        ]
        let made = await ada.call("POST", "/api/v1/links", .object(body + json))
        #expect(made.status == 201, "\(made.text)")
        for (name, value) in json { #expect(made.json[name] == value, "\(name)") }
        let scope = stage.scope
        let links = try await stage.database.read(scope) { tx in
            (
                try LinkStore.find(slug: "by-form", scope: scope, in: tx),
                try LinkStore.find(slug: "by-api", scope: scope, in: tx)
            )
        }
        let (typed, sent) = (try links.0.wanted("by form"), try links.1.wanted("by API"))
        #expect(typed.rules.rhythm == sent.rules.rhythm && typed.rules.window == sent.rules.window)
        return sent
    }

    private func limit(
        _ scope: String, _ per: String, _ count: Int
    ) -> (form: [String: String], json: [(String, JSON)]) {
        (
            ["limits.0.scope": scope, "limits.0.per": per, "limits.0.count": String(count)],
            [("limits", [["scope": .string(scope), "per": .string(per), "count": JSON(count)]])]
        )
    }

    @Test("a link's limit closes the day for lists, holds and bookings, and a cancelled booking gives its place back",
          arguments: Engine.all)
    func ofLink(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (form, json) = limit("link", "day", 2)
            let link = try await make(stage, form: form, json: json)
            let first = try await stage.book(stage.at(9), on: link)
            let held = try await stage.hold(stage.at(10), on: link)
            #expect(try await stage.free(link).isEmpty)
            #expect(try await stage.free(link, day: 1).count == 16)
            let refused = try await refusal { try await stage.book(stage.at(11), on: link) }
            #expect(refused?.status == 409 && refused?.code == "slot_taken")
            #expect(refused?.message.hasPrefix("No more meetings fit around that day. The nearest") == true)
            #expect(refused?.alternatives.first == stage.at(9, day: 1))
            #expect(try await refusal { try await stage.hold(stage.at(11), visitor: "w", on: link) } == refused)
            // Whoever has the hold still gets the place.
            try await stage.book(stage.at(10), on: link) { $0.holdToken = held.token }
            _ = try await CancelBooking(stage.installation)(first.id, scope: stage.scope)
            try await stage.book(stage.at(11), on: link)
        }
    }

    @Test("a host's limit counts the bookings of all links of the host", arguments: Engine.all)
    func ofHost(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (form, json) = limit("host", "week", 2)
            let link = try await make(stage, form: form, json: json)
            try await stage.book(stage.at(9))
            #expect(!(try await stage.free(link, day: 4).isEmpty))
            try await stage.book(stage.at(9, day: 3))
            #expect(try await stage.free(link, day: 4).isEmpty)
            #expect(try await stage.free(day: 4).count == 16)
            #expect(!(try await stage.free(link, day: 7).isEmpty))
            let refused = try await refusal { try await stage.book(stage.at(9, day: 4), on: link) }
            #expect(refused.map { if case .limitReached(.limitHost, _, _) = $0 { true } else { false } } == true)
        }
    }

    @Test("an attendee's limit is for one address, however it is written, until the meeting has begun",
          arguments: Engine.all)
    func ofAttendee(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (form, json) = limit("attendee", "open", 1)
            let link = try await make(stage, form: form, json: json)
            let first = try await stage.book(stage.at(9), on: link)
            let refused = try await refusal {
                try await stage.book(stage.at(10), on: link) { $0.attendee.email = "Yuko@KPUH.example" }
            }
            #expect(refused?.code == "limit_reached" && refused?.status == 409 && refused?.alternatives == [])
            #expect(refused?.message.hasPrefix("You have as many bookings here") == true)
            try await stage.book(stage.at(10), on: link) { $0.attendee.email = "other@kpuh.example" }
            try await stage.book(stage.at(10, 30))
            // Their own booking is no obstacle to moving it.
            _ = try await MoveBooking(stage.installation)(first.id, to: stage.at(11), scope: stage.scope)
            stage.clock.move(to: stage.at(11, 15))
            try await stage.book(stage.at(12), on: link)
        }
    }

    @Test("the page of details says why, beside everything that was typed", arguments: Engine.all)
    func page(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (form, json) = limit("attendee", "day", 1)
            let link = try await make(stage, form: form, json: json)
            try await stage.book(stage.at(9), on: link)
            let stranger = try Visitor(stage)
            let details = await stranger.hold(stage.at(10), on: "by-api")
            let typed = [
                "form": details.field("form") ?? "", "start": String(stage.at(10).seconds), "timezone": "Europe/Berlin",
                "attendee.name": "Yuko Hasegawa", "attendee.email": "yuko@kpuh.example",
            ]
            let refused = await stranger.post("/book/by-api/bookings", typed)
            #expect(refused.status == 409 && refused.text.contains("You have as many bookings around that day"))
            #expect(refused.field("attendee.name") == "Yuko Hasegawa")
            #expect(refused.buttons("start").contains(String(stage.at(9, day: 1).seconds)))
        }
    }

    @Test("of many at once exactly as many come in as a limit lets", arguments: Engine.all,
          ["link", "host", "attendee"])
    func race(on engine: Engine, scope: String) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let limits = [Limit(try LimitScope(rawValue: scope).wanted("scope"), per: .day, count: 3)]
            let links = [
                try await stage.makeLink("one") { ($0.rhythm.limits, $0.duration) = (limits, 15) },
                try await stage.makeLink("two") { ($0.rhythm.limits, $0.duration) = (limits, 15) },
            ]
            let outcomes = await withTaskGroup(of: String.self) { group in
                for index in 0..<16 {
                    let link = scope == "host" ? links[index % 2] : links[0]
                    group.addTask {
                        do {
                            try await stage.book(stage.at(9, index * 15), on: link)
                            return "booked"
                        } catch let refusal as BookingRefusal {
                            return refusal.code
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["booked": 3, scope == "attendee" ? "limit_reached" : "slot_taken": 13])
        }
    }

    @Test("holds at once, and moves at once, keep a link's limit", arguments: Engine.all)
    func raceOfHolds(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let link = try await stage.makeLink("one") {
                ($0.rhythm.limits, $0.duration) = ([Limit(.link, per: .day, count: 2)], 15)
            }
            let booked = [
                try await stage.book(stage.at(9, day: 1), on: link).id,
                try await stage.book(stage.at(9, day: 2), on: link).id,
            ]
            let kept = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        (try? await stage.hold(stage.at(9, index * 15), visitor: "v\(index)", on: link)) != nil
                    }
                }
                for (index, id) in booked.enumerated() {
                    group.addTask {
                        let move = MoveBooking(stage.installation)
                        return (try? await move(id, to: stage.at(14, index * 15), scope: stage.scope)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(kept == 2)
        }
    }
}
