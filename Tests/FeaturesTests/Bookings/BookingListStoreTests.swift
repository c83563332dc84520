/// The list of bookings in the database: states merged in order, hosts along their own index, counts with an end.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookingListStoreTests {
    private func list(_ stage: Stage, _ filter: BookingFilter) async throws -> [ID<Booking>] {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in
            try BookingListStore.list(filter, scope: scope, in: tx).map(\.id)
        }
    }

    @Test("a host's row follows the booking through every move and state", arguments: Engine.all)
    func followed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let one = try await stage.book(stage.at(10)).id
            let two = try await stage.book(stage.at(11)).id
            _ = try await MoveBooking(stage.installation)(one, to: stage.at(12), scope: stage.scope)
            var filter = BookingFilter(.upcoming, now: monday)
            filter.host = stage.ada
            #expect(try await list(stage, filter) == [two, one])
            _ = try await CancelBooking(stage.installation)(two, scope: stage.scope)
            #expect(try await list(stage, filter) == [one])
            var cancelled = BookingFilter(.cancelled, now: monday)
            cancelled.host = stage.ada
            #expect(try await list(stage, cancelled) == [two])
        }
    }

    @Test("several states come in one order, along host, link or workspace alike", arguments: Engine.all)
    func merged(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            var made: [ID<Booking>] = []
            for hour in 9...14 { made.append(try await stage.book(stage.at(hour)).id) }
            for index in [1, 4] { _ = try await CancelBooking(stage.installation)(made[index], scope: stage.scope) }
            stage.clock.move(to: stage.at(13))
            _ = try await MarkNoShow(stage.installation)(made[2], scope: stage.scope)
            var filter = BookingFilter()
            filter.statuses = [.cancelled, .confirmed, .noShow]
            for (host, link) in [(nil, nil), (stage.ada, nil), (nil, stage.link.id), (stage.ada, stage.link.id)]
                as [(ID<User>?, ID<Link>?)] {
                (filter.host, filter.link) = (host, link)
                filter.limit = 50
                #expect(try await list(stage, filter) == made)
                filter.limit = 3
                #expect(try await list(stage, filter) == Array(made.prefix(3)))
            }
        }
    }

    @Test("counts stop where they are told to, and see what the list sees", arguments: Engine.all)
    func counts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for hour in 9...13 { try await stage.book(stage.at(hour)) }
            let scope = stage.scope
            var filter = BookingFilter(.upcoming, now: monday)
            func count(_ most: Int) async throws -> Int {
                let wanted = filter
                return try await stage.database.read(scope) { tx in
                    try BookingListStore.count(wanted, atMost: most, scope: scope, in: tx)
                }
            }
            #expect(try await count(10) == 5)
            #expect(try await count(3) == 3)
            filter.host = stage.bob
            #expect(try await count(10) == 0)
            filter.host = nil
            filter.terms = [SearchTerm(prefix: "nobody")]
            #expect(try await count(10) == 0)
        }
    }

    @Test("the buckets part the bookings: a running one is upcoming until it ends", arguments: Engine.all)
    func buckets(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10)).id
            for (minute, upcoming) in [(0, true), (29, true), (30, false)] {
                let now = stage.at(10, minute)
                let isUpcoming = try await list(stage, BookingFilter(.upcoming, now: now)) == [booked]
                let isPast = try await list(stage, BookingFilter(.past, now: now)) == [booked]
                #expect(isUpcoming == upcoming && isPast == !upcoming, "\(minute)")
            }
        }
    }

    @Test("titles and choices of links are the workspace's own", arguments: Engine.all)
    func links(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bobs = try await stage.makeLink("bobs", host: stage.bob) { $0.title = "Another" }
            let (ours, theirs) = (stage.scope, try await stage.neighbour().scope)
            try await stage.database.read(ours) { tx in
                let all = try BookingListStore.choices(of: nil, scope: ours, in: tx)
                let own = try BookingListStore.choices(of: [stage.bob], scope: ours, in: tx)
                #expect(all.map(\.title) == ["Another", "Introduction"] && own.map(\.id) == [bobs.id])
                #expect(try BookingListStore.titles(of: [bobs.id], scope: ours, in: tx) == [bobs.id: "Another"])
                #expect(try BookingListStore.titles(of: [bobs.id], scope: theirs, in: tx).isEmpty)
            }
        }
    }
}
