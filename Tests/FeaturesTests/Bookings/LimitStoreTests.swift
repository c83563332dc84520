/// What counts against limits: bookings that took time and living holds, of the right link, host and attendee.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

struct LimitStoreTests {
    private func ask(_ stage: Stage, ignoring: [String] = []) -> LimitStore.Ask {
        LimitStore.Ask(from: stage.at(0), to: stage.at(24), now: stage.world.now, ignoring: ignoring)
    }

    private func starts(
        _ stage: Stage, ignoring: [String] = [], scope: Scope? = nil
    ) async throws -> (link: [Instant], host: [Instant], attendee: [Instant]) {
        let (ask, scope) = (ask(stage, ignoring: ignoring), scope ?? stage.scope)
        let (link, ada) = (stage.link.id, stage.ada.text)
        return try await stage.database.read(scope) { tx in
            (
                try LimitStore.ofLink(link, ask, scope: scope, in: tx).map(\.start).sorted(),
                try LimitStore.ofHosts([ada], link: link, ask, scope: scope, in: tx)[ada, default: []].map(\.start)
                    .sorted(),
                try LimitStore.ofAttendee("YUKO@kpuh.example", link: link, ask, scope: scope, in: tx).map(\.start)
                    .sorted()
            )
        }
    }

    @Test("bookings count for link, host and attendee; those of another link for the host alone", arguments: Engine.all)
    func scopes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let other = try await stage.makeLink("other")
            try await stage.book(stage.at(9))
            try await stage.book(stage.at(10)) { $0.attendee.email = "somebody@else.example" }
            try await stage.book(stage.at(11), on: other)
            try await stage.book(stage.at(9, day: 1))
            let counted = try await starts(stage)
            #expect(counted.link == [stage.at(9), stage.at(10)])
            #expect(counted.host == [stage.at(9), stage.at(10), stage.at(11)])
            #expect(counted.attendee == [stage.at(9)])
            let (ask, scope, link, ada) = (ask(stage), stage.scope, stage.link.id, stage.ada.text)
            let own = try await stage.database.read(scope) { tx in
                try LimitStore.ofHosts([ada], link: link, ask, scope: scope, in: tx)[ada]?.count(where: \.isOfLink)
            }
            #expect(own == 2)
            let elsewhere = try await stage.neighbour()
            let seen = try await starts(stage, scope: elsewhere.scope)
            #expect(seen.link.isEmpty && seen.host.isEmpty && seen.attendee.isEmpty)
        }
    }

    @Test("a cancelled booking counts no more, a past one does", arguments: Engine.all)
    func states(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let first = try await stage.book(stage.at(9))
            let second = try await stage.book(stage.at(10))
            _ = try await CancelBooking(stage.installation)(second.id, scope: stage.scope)
            #expect(try await starts(stage).link == [stage.at(9)])
            stage.clock.move(to: stage.at(12))
            #expect(try await starts(stage).host == [stage.at(9)])
            #expect(try await starts(stage, ignoring: [first.id.text]).link.isEmpty)
        }
    }

    @Test("a hold counts while it lives, but not for whoever has it", arguments: Engine.all)
    func holds(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let held = try await stage.hold(stage.at(9))
            #expect(try await starts(stage).link == [stage.at(9)])
            #expect(try await starts(stage).host == [stage.at(9)])
            let own = try await starts(stage, ignoring: [held.hold.id.text])
            #expect(own.link.isEmpty && own.host.isEmpty)
            stage.clock.move(minutes: Hold.minutes)
            #expect(try await starts(stage).link.isEmpty)
            #expect(try await starts(stage).host.isEmpty)
        }
    }
}
