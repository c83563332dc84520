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
            let all = BookingFilter(.upcoming, now: monday)
            func changed(_ change: (inout BookingFilter) -> Void) -> BookingFilter {
                var filter = all
                change(&filter)
                return filter
            }
            let filters = [
                all, changed { $0.host = stage.bob }, changed { $0.host = stage.ada }, changed { $0.statuses = [] },
                changed { $0.terms = [SearchTerm(prefix: "nobody")] }, changed { $0.from = stage.at(11, 30) },
                changed { ($0.host, $0.to) = (stage.ada, stage.at(10)) }, BookingFilter(.cancelled, now: monday),
            ]
            func counts(_ filters: [BookingFilter], _ most: Int) async throws -> [Int] {
                try await stage.database.read(scope) { tx in
                    try BookingListStore.counts(filters, atMost: most, scope: scope, in: tx)
                }
            }
            #expect(try await counts(filters, 10) == [5, 0, 5, 0, 0, 2, 1, 0])
            #expect(try await counts(filters, 3) == [3, 0, 3, 0, 0, 2, 1, 0])
            #expect(try await counts([], 3) == [])
            #expect(try await counts([filters[3]], 3) == [0])
        }
    }

    @Test("a host's row repeats when the booking ends, from the first version on and after a move",
          arguments: Engine.all)
    func repeated(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10)).id
            _ = try await MoveBooking(stage.installation)(booked, to: stage.at(12), scope: stage.scope)
            try await stage.book(stage.at(14))
            let scope = stage.scope
            let ends = try await stage.database.read(scope) { tx in
                try tx.all("""
                    SELECT h.ends FROM booking_host h JOIN booking b ON b.id = h.booking AND b.ends = h.ends
                    WHERE h.workspace = \(scope.workspace) ORDER BY h.ends
                    """) { row in try row["ends"] as Instant }
            }
            #expect(ends == [stage.at(12, 30), stage.at(14, 30)])
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
