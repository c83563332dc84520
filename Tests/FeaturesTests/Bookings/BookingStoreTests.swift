/// Bookings in the database: what lists show, in which order, and how their pages follow each other.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookingStoreTests {
    private func list(_ stage: Stage, _ change: (inout BookingFilter) -> Void) async throws -> [ID<Booking>] {
        var filter = BookingFilter()
        change(&filter)
        let (wanted, scope) = (filter, stage.scope)
        return try await stage.database.read(scope) { tx in try BookingListStore.list(wanted, scope: scope,
            in: tx).map(\.id) }
    }

    @Test("a stored booking is read back as it was written", arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let odd = "O'Brien \"x\"; DROP TABLE booking; -- 長谷川 🦊 e\u{301}"
            let booked = try await stage.book(stage.at(10)) { request in
                request.attendee = Attendee(
                    name: odd, email: "a@b.example", phone: "+351912345678", zone: "Asia/Kathmandu", language: "pt")
                request.answers = [Answered(question: stage.question, label: odd, value: odd + "\nsecond line")]
                request.utm = ["utm_source": odd, "utm_campaign": "b"]
            }
            let found = try await stage.find(booked.id)
            #expect(found.attendee.name == odd && found.attendee.phone == "+351912345678")
            #expect(found.attendee.zone == "Asia/Kathmandu" && found.attendee.language == "pt")
            #expect(found.answers == [Answered(question: stage.question, label: odd, value: odd + "\nsecond line")])
            #expect(found.utm == ["utm_source": odd, "utm_campaign": "b"])
            #expect(found.isUpcoming && found.source == .page)
        }
    }

    @Test("filters by host, link, state and time, each alone and together", arguments: Engine.all)
    func filters(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            let first = try await stage.book(stage.at(10)).id
            let second = try await stage.book(stage.at(11)).id
            let third = try await stage.book(stage.at(10), on: bobs).id
            _ = try await CancelBooking(stage.installation)(second, scope: stage.scope)

            #expect(Set(try await list(stage) { _ in }) == [first, second, third])
            #expect(try await list(stage) { $0.host = stage.bob } == [third])
            #expect(Set(try await list(stage) { $0.link = stage.link.id }) == [first, second])
            #expect(try await list(stage) { $0.statuses = [.cancelled, .declined] } == [second])
            #expect(try await list(stage) { $0.statuses = [] }.isEmpty)
            // A booking counts while it lasts: it ends after `from` and starts before `to`.
            #expect(Set(try await list(stage) { $0.from = stage.at(10, 29) }) == [first, second, third])
            #expect(try await list(stage) { $0.from = stage.at(10, 30) } == [second])
            #expect(try await list(stage) { $0.to = stage.at(10) }.isEmpty)
            #expect(Set(try await list(stage) { $0.to = stage.at(10, 1) }) == [first, third])
            #expect(try await list(stage) { ($0.host, $0.statuses) = (stage.ada, [.confirmed]) } == [first])
        }
    }

    @Test("pages follow each other without a gap or a repeat, both ways", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            var made: [(Instant, ID<Booking>)] = []
            for index in 0..<7 {
                // Two of them start at the same minute, at two hosts: the id decides.
                let start = stage.at(9 + index / 2)
                made.append((start, try await stage.book(start, on: index % 2 == 0 ? nil : bobs).id))
            }
            let wanted = made.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.1)
            for newestFirst in [false, true] {
                var seen: [ID<Booking>] = []
                var after: (starts: Instant, id: ID<Booking>)?
                repeat {
                    let page = try await list(stage) { ($0.limit, $0.after, $0.newestFirst) = (3, after, newestFirst) }
                    seen += page
                    guard let last = page.last else { break }
                    after = (try await stage.find(last).state.starts, last)
                } while true
                #expect(seen == (newestFirst ? wanted.reversed() : wanted))
            }
        }
    }

    @Test("another workspace finds neither the booking nor its history", arguments: Engine.all)
    func scoped(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let scope = try await stage.neighbour().scope
            try await stage.database.read(scope) { tx in
                let found = try BookingStore.find(booked.id, scope: scope, in: tx)
                let history = try BookingStore.history(of: booked.id, scope: scope, in: tx)
                let list = try BookingListStore.list(BookingFilter(), scope: scope, in: tx)
                #expect(found == nil && history.isEmpty && list.isEmpty)
            }
        }
    }

    @Test("a write over a version that has moved on changes nothing", arguments: Engine.all)
    func optimistic(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let seen = try await stage.find(booked.id)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(11), scope: stage.scope)
            let (scope, now) = (stage.scope, stage.world.now)
            let next = try seen.state.step(.cancelled, now: now)
            let saved = try await stage.database.write(scope) { tx in
                try BookingStore.update(seen, to: next, anchorLocal: "", reason: "", now: now, scope: scope, in: tx)
            }
            #expect(!saved)
            #expect(try await stage.find(booked.id).state.status == .confirmed)
        }
    }

    @Test("campaign values survive as JSON, and nonsense in the column is no value")
    func campaign() {
        let values = ["utm_source": "a \"b\"", "utm_term": "é"]
        #expect(UTM.decoded(UTM.encoded(values)) == values)
        #expect(UTM.encoded([:]) == "{}" && UTM.decoded("[1]").isEmpty && UTM.decoded("").isEmpty)
    }

    @Test("a cursor is read back, and one that is not ours is refused")
    func cursor() throws {
        let booking = Booking.example
        let place = try BookingCursor.read(BookingCursor.write(booking))
        #expect(place.starts == booking.state.starts && place.id == booking.id)
        for text in ["", "x", "12", "12-", "-5-\(booking.id)", "99999999999999-\(booking.id)", "12-lnk_x",
            "1e3-\(booking.id)"] {
            #expect(throws: Invalid.self) { try BookingCursor.read(text) }
        }
    }
}
