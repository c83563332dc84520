/// A link's new title and place for bookings that are made already: all upcoming ones, once, with one mail to each.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ChangeBookingsTests {
    private func save(_ stage: Stage, _ change: @escaping @Sendable (inout LinkRules) -> Void) async throws -> Link {
        try await SaveLink(stage.installation).update(
            stage.link.id, version: nil, scope: Scope(workspace: stage.workspace, actor: .user(stage.ada))
        ) { link in
            var wish = LinkWish(rules: link.rules)
            change(&wish.rules)
            return wish
        }
    }

    private func path(_ stage: Stage) -> String { "/settings/booking-links/\(stage.link.id)" }

    @Test("upcoming bookings take the new place and tell it once, however often one presses", arguments: Engine.all)
    func changes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let past = try await stage.book(stage.at(9))
            let gone = try await stage.book(stage.at(9, day: 1))
            _ = try await CancelBooking(stage.installation)(gone.id, scope: stage.scope)
            let upcoming = try await stage.book(stage.at(10, day: 1))
            stage.clock.move(to: stage.at(12))
            _ = try await save(stage) { $0.locations = [Location(kind: .address, text: "Kiosk 3")] }

            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get(path(stage)).text.contains("One upcoming booking still has the title or place"))
            #expect(await ada.post("\(path(stage))/bookings", [:]).location.hasSuffix("?told=1"))
            #expect(await ada.post("\(path(stage))/bookings", [:]).location.hasSuffix("?told=0"))

            let changed = try await stage.find(upcoming.id)
            #expect(changed.location == Location(kind: .address, text: "Kiosk 3"))
            #expect(changed.state.version == 2 && changed.state.sequence == 1)
            #expect(changed.state.starts == stage.at(10, day: 1))
            #expect(try await stage.history(upcoming.id).map(\.event) == ["booked", "changed"])
            let jobs = try await stage.jobs(upcoming.id).filter { $0.contains("changed") }
            #expect(jobs.count == 2 && jobs.allSatisfy { $0.hasPrefix("2 ") })
            #expect(try await stage.find(past.id).state.version == 1)
            #expect(try await stage.find(gone.id).location.kind == .video)
            #expect(await !ada.get(path(stage)).text.contains("Change them and tell people"))
        }
    }

    @Test("a change of rules alone offers nothing, a new title does", arguments: Engine.all)
    func offers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.book(stage.at(9))
            let ada = try Visitor(stage, who: "ada")
            _ = try await save(stage) { ($0.bufferAfter, $0.access.mostGuests) = (15, 0) }
            #expect(await !ada.get(path(stage)).text.contains("Change them and tell people"))
            _ = try await save(stage) { $0.title = "Renamed" }
            #expect(await ada.get(path(stage)).text.contains("Change them and tell people"))
        }
    }

    @Test("the place of a booking is the one that stands where its own stood; what the attendee named stays theirs",
          arguments: Engine.all)
    func places(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let two = [Location(kind: .video, text: "https://a.example"), Location(kind: .address, text: "Kiosk 3")]
            let old = try await save(stage) { $0.locations = two }
            let id = try await stage.book(stage.at(9)).id
            var booking = try await stage.find(id)
            let link = try await save(stage) {
                $0.locations = [
                    Location(kind: .video, text: "https://b.example"), Location(kind: .address, text: "Kiosk 4"),
                ]
            }
            func place(_ location: Location, _ link: Link) -> Location {
                booking.location = location
                return ChangeBookings.location(of: booking, snapshot: LinkJSON(old).snapshot, link: link)
            }
            #expect(place(two[0], link).text == "https://b.example" && place(two[1], link).text == "Kiosk 4")
            #expect(place(Location(kind: .phoneHostCalls, text: "+49 30 1"), link).text == "https://b.example")
            var choice = link
            choice.rules.locations = [Location(kind: .attendeeChoice, text: "")]
            let theirs = Location(kind: .attendeeChoice, text: "My office")
            #expect(place(theirs, choice) == theirs && place(theirs, link).kind == .video)
            #expect(place(two[1], choice).kind == .attendeeChoice)
        }
    }

    @Test("only the link's people may", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let id = try await stage.book(stage.at(9)).id
            _ = try await save(stage) { $0.title = "Renamed" }
            let bob = try Visitor(stage, who: "bob")
            #expect(await bob.post("\(path(stage))/bookings", [:]).status == 404)
            #expect(await bob.asked(by: "eve").post("\(path(stage))/bookings", [:]).status == 403)
            #expect(await bob.asked(by: "ada").post("/settings/booking-links/x/bookings", [:]).status == 404)
            #expect(try await stage.find(id).state.version == 1)
        }
    }
}
