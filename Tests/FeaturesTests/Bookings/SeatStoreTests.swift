/// Sessions of seats as rows: what is open, what the table refuses, and what another workspace sees.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct SeatStoreTests {
    private func stored(
        _ stage: Stage, _ link: Link, at start: Instant, capacity: Int = 2
    ) async throws -> GroupSession {
        let (scope, now) = (stage.scope, stage.world.now)
        let session = GroupSession(
            id: stage.world.id(), link: link.id, uid: "\(stage.world.token())@meet.example", starts: start,
            ends: start.adding(minutes: 60), capacity: capacity, hosts: link.hosts)
        try await stage.database.write(scope) { tx in
            try SeatStore.insert(session, now: now, scope: scope, in: tx)
        }
        return session
    }

    @Test("what is stored is read again, by start and by id, but not from another workspace", arguments: Engine.all)
    func reading(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            let late = try await stored(stage, link, at: stage.at(14))
            let early = try await stored(stage, link, at: stage.at(10))
            #expect(try await stage.sessions(link) == [early, late])
            let (scope, now) = (stage.scope, stage.world.now)
            let elsewhere = try await stage.neighbour().scope
            try await stage.database.read(scope) { tx throws in
                #expect(try SeatStore.open(of: link.id, at: stage.at(10), now: now, scope: scope, in: tx) == early)
                #expect(try SeatStore.open(of: link.id, at: stage.at(11), now: now, scope: scope, in: tx) == nil)
                #expect(try SeatStore.find([early.id, late.id], now: now, scope: scope, in: tx).count == 2)
                #expect(try SeatStore.find([], now: now, scope: scope, in: tx).isEmpty)
            }
            try await stage.database.read(elsewhere) { tx throws in
                #expect(try SeatStore.find(early.id, now: now, scope: elsewhere, in: tx) == nil)
                #expect(try SeatStore.open(of: link.id, at: stage.at(10), now: now, scope: elsewhere, in: tx) == nil)
            }
        }
    }

    @Test("the table refuses a seat too many, one too few, and a second open session of a start",
          arguments: Engine.all)
    func refusals(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            let session = try await stored(stage, link, at: stage.at(10))
            let (scope, now) = (stage.scope, stage.world.now)
            for seats in [3, -1] {
                await #expect(throws: DatabaseError.self) {
                    try await stage.database.write(scope) { tx in
                        try SeatStore.take(seats, of: session.id, scope: scope, in: tx)
                    }
                }
            }
            await #expect(throws: DatabaseError.self) { _ = try await stored(stage, link, at: stage.at(10)) }
            try await stage.database.write(scope) { tx in
                try SeatStore.close(session.id, now: now, scope: scope, in: tx)
            }
            let next = try await stored(stage, link, at: stage.at(10))
            #expect(try await stage.sessions(link) == [next])
            // Closed is closed: nobody takes a seat there any more.
            try await stage.database.write(scope) { tx in
                try SeatStore.take(1, of: session.id, scope: scope, in: tx)
            }
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("first names come in the order of booking, without one’s own and without who has left",
          arguments: Engine.all)
    func names(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(5)
            var booked: [Booked] = []
            for name in ["Ana", "Bo", "Cleo"] {
                booked.append(try await stage.seat(name, stage.at(10), on: link))
                stage.clock.move(minutes: 1)
            }
            _ = try await CancelBooking(stage.installation)(booked[1].id, scope: stage.attending)
            let (scope, id, own) = (stage.scope, try await stage.session(booked[0]).id, booked[2].id)
            try await stage.database.read(scope) { tx throws in
                #expect(try SeatStore.firstNames(of: id, besides: nil, scope: scope, in: tx) == ["Ana", "Cleo"])
                #expect(try SeatStore.firstNames(of: id, besides: own, scope: scope, in: tx) == ["Ana"])
            }
        }
    }
}
