/// That a changed clock is noticed once, and that nothing moves unless a person says so.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ClockChangeStoreTests {
    private func open(_ stage: Stage, of people: Set<ID<User>>? = nil) async throws -> [ClockChange] {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in
            try ClockChangeStore.open(
                of: people, now: stage.world.now, zones: stage.zones, limit: 10, scope: scope, in: tx)
        }
    }

    @Test("the bookings ahead are compared once for each newer version of the rules", arguments: Engine.all)
    func compared(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let folder = try ZoneFolder("2029a", berlinAs: "Berlin")
            let now = stage.with(folder)
            for hour in 9...12 { try await now.book(stage.at(hour)) }
            let compare = CompareClocks(now.installation)
            #expect(try await compare(atOnce: 3) == 0)
            #expect(try await compare() == nil)
            #expect(try await open(now).isEmpty)

            try folder.replace("2029b", berlinAs: "London")
            #expect(now.zones.reloadIfReplaced() == "2029b" && now.zones.reloadIfReplaced() == nil)
            #expect(try await compare(atOnce: 3) == 4)
            #expect(try await compare() == nil)
            let found = try await open(now)
            #expect(found.map(\.starts) == (9...12).map { stage.at($0) })
            #expect(found.map(\.agreed) == (9...12).map { "2030-01-07T\($0 < 10 ? "0" : "")\($0):00" })
            #expect(found.map(\.shown).first == "2030-01-07T08:00")
            // An hour later by the old reckoning.
            #expect(found.map(\.agreedInstant) == (10...13).map { stage.at($0) })
            #expect(try await open(now, of: [stage.ada]).count == 4)
            #expect(try await open(now, of: [stage.bob]).isEmpty)
            // A process with older files has nothing to say.
            let older = try ZoneFolder("2029a", berlinAs: "Berlin")
            #expect(try await CompareClocks(now.with(older).installation)() == nil)
        }
    }

    @Test("what is over, cancelled or decided is no longer open, and what is over is forgotten", arguments: Engine.all)
    func decided(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let folder = try ZoneFolder("2029a", berlinAs: "Berlin")
            let now = stage.with(folder)
            let ids = try await [now.book(stage.at(9)).id, now.book(stage.at(11)).id, now.book(stage.at(13)).id]
            try folder.replace("2029b", berlinAs: "London")
            now.zones.reload()
            #expect(try await CompareClocks(now.installation)() == 3)
            let scope = stage.scope
            let first = try #require(try await open(now).first)
            try await stage.database.write(scope) { try ClockChangeStore.keep(first, scope: scope, in: $0) }
            #expect(try await open(now).map(\.booking) == Array(ids.dropFirst()))
            _ = try await CancelBooking(now.installation)(ids[1], scope: scope)
            #expect(try await open(now).map(\.booking) == [ids[2]])
            stage.clock.move(to: stage.at(13))
            #expect(try await open(now).isEmpty)
            try folder.replace("2029c", berlinAs: "London")
            #expect(try await CompareClocks(now.installation)() == 0)
            let left = try await stage.database.read(scope) { tx in
                try tx.all("SELECT booking FROM clock_change WHERE workspace = \(scope.workspace)") { row in
                    try row["booking"] as ID<Booking>
                }
            }
            #expect(left.isEmpty)
        }
    }

    @Test("a stored time that cannot be read has no instant, and a workspace sees its own alone", arguments: Engine.all)
    func bounds(on engine: Engine) async throws {
        for agreed in ["", "2030-01-07", "2030-01-07T", "2030-01-07T24:00", "2030-13-07T10:00", "2030-01-07T10:60"] {
            let change = ClockChange(booking: Booking.example.id, starts: monday, zone: .utc, agreed: agreed)
            #expect(change.agreedInstant == nil && change.isChanged, "\(agreed)")
        }
        try await Stage.on(engine, ownDatabase: true) { stage in
            let folder = try ZoneFolder("2029a", berlinAs: "Berlin")
            let now = stage.with(folder)
            try await now.book(stage.at(9))
            try folder.replace("2029b", berlinAs: "London")
            now.zones.reload()
            #expect(try await CompareClocks(now.installation)() == 1)
            let theirs = try await stage.neighbour().scope
            let seen = try await stage.database.read(theirs) { tx in
                try ClockChangeStore.open(
                    of: nil, now: stage.world.now, zones: now.zones, limit: 10, scope: theirs, in: tx)
            }
            #expect(seen.isEmpty)
        }
    }
}
