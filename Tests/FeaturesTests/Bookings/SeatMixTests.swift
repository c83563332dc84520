/// Seats together with what else a link can ask for: a host who decides, rooms, pools and turns.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Seats with other rules")
struct SeatMixTests {
    private func rooms(_ id: ID<Booking>, _ stage: Stage) async throws -> [String] {
        try await stage.find(id).resources.map(\.name)
    }

    private func rows(_ room: BookableResource, _ stage: Stage) async throws -> [LedgerRow] {
        let (scope, now) = (stage.scope, stage.world.now)
        return try await stage.database.read(scope) { tx in
            try tx.ledger(of: [room.id.text], from: monday.adding(days: -1), to: monday.adding(days: 14), now: now)
        }
    }

    // MARK: A host who decides

    @Test("a place that is asked for is taken until the host says no or nothing", arguments: Engine.all)
    func approval(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { $0.approval.isRequired = true }
            let ana = try await stage.seat("Ana", stage.at(10, day: 3), on: link)
            let bo = try await stage.seat("Bo", stage.at(10, day: 3), on: link)
            let cleo = try await stage.seat("Cleo", stage.at(10, day: 3), on: link)
            #expect(try await stage.find(ana.id).state.status == .pendingApproval)
            #expect(try await refusal { try await stage.seat("Dan", stage.at(10, day: 3), on: link) }?.code
                == "slot_taken")
            try await stage.decide(ana.id, .approved)
            try await stage.decide(bo.id, .declined("Not this time."))
            #expect(try await stage.seatsLeft(link, at: stage.at(10, day: 3)) == 1)
            #expect(try await stage.sessions(link).map(\.taken) == [2])
            #expect(try await stage.ledger().map(\.kind) == [.session])
            stage.clock.move(minutes: 48 * 60 + 1)
            try await stage.approvalRunner(FakeMail()).drain()
            #expect(try await stage.find(cleo.id).state.status == .expired)
            #expect(try await stage.sessions(link).map(\.taken) == [1])
            let unlike = try await stage.unlikeSeats(), contradictions = try await stage.contradictions()
            #expect(unlike == [] && contradictions == [])
        }
    }

    @Test("the only one to ask is declined, and the time is free again", arguments: Engine.all)
    func declined(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { $0.approval.isRequired = true }
            let ana = try await stage.seat("Ana", stage.at(10, day: 3), on: link)
            try await stage.decide(ana.id, .declined(""))
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.sessions(link).isEmpty)
            try await stage.book(stage.at(10, day: 3))
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("the host reads each wish alone, and who comes with the session", arguments: Engine.all)
    func toldHosts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { $0.approval.isRequired = true }
            let ana = try await stage.seat("Ana", stage.at(10, day: 3), on: link)
            let bo = try await stage.seat("Bo", stage.at(10, day: 3), on: link)
            #expect(try await toAda(stage).map(\.subject).filter { $0.contains("places") } == [])
            try await stage.decide(ana.id, .approved)
            let approved = try await toAda(stage)
            let mail = try #require(approved.last)
            #expect(approved.count == 1 && mail.subject.contains("1 of 3 places taken"))
            #expect(!mail.text.contains("bo@kpuh.example"))
            // Whoever asks stays out of the calendar, and is no reason to say that the time is free.
            _ = try await CancelBooking(stage.installation)(ana.id, scope: stage.attending)
            let left = try await toAda(stage)
            let last = try #require(left.last)
            #expect(left.count == 1 && last.text.contains("Somebody else asks for a place"))
            try await stage.decide(bo.id, .declined(""))
            #expect(try await toAda(stage).map(\.subject).filter { $0.contains("places") } == [])
        }
    }

    private func toAda(_ stage: Stage) async throws -> [OutgoingMail] {
        try await stage.mails().sent.filter { $0.to.address.text == "ada@nordhavn.example" }
    }

    @Test("who may come takes another time without asking; who still asks goes on asking", arguments: Engine.all)
    func movedWishes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { $0.approval.isRequired = true }
            let ana = try await stage.seat("Ana", stage.at(10, day: 3), on: link)
            let bo = try await stage.seat("Bo", stage.at(10, day: 3), on: link)
            try await stage.decide(ana.id, .approved)
            _ = try await MoveBooking(stage.installation)(ana.id, to: stage.at(14, day: 3), scope: stage.attending)
            _ = try await MoveBooking(stage.installation)(bo.id, to: stage.at(12, day: 3), scope: stage.attending)
            #expect(try await stage.find(ana.id).state.status == .confirmed)
            let asking = try await stage.find(bo.id)
            #expect(asking.state.status == .pendingApproval && asking.state.waiting?.kept == nil)
            #expect(try await stage.sessions(link).map(\.starts) == [stage.at(12, day: 3), stage.at(14, day: 3)])
            let session = try await stage.session(bo)
            await #expect(throws: SessionRefusal.asked) {
                try await ChangeSession(stage.installation).move(
                    session.id, to: stage.at(15, day: 3), scope: stage.adas)
            }
            _ = try await ChangeSession(stage.installation).cancel(session.id, scope: stage.adas)
            #expect(try await stage.find(bo.id).state.status == .cancelled)
            #expect(try await stage.askToken(bo.id) == nil)
            let unlike = try await stage.unlikeSeats(), contradictions = try await stage.contradictions()
            #expect(unlike == [] && contradictions == [])
        }
    }

    @Test("a wish to move from before there were places can be taken back, and what follows needs no answer",
          arguments: Engine.all)
    func olderWishes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let alone = try await stage.group(1, kind: .oneOnOne) { $0.approval.isRequired = true }
            let (ana, bo) = (
                try await stage.seat("Ana", stage.at(10, day: 3), on: alone),
                try await stage.seat("Bo", stage.at(12, day: 3), on: alone))
            for booked in [ana, bo] { try await stage.decide(booked.id, .approved) }
            _ = try await stage.wish(ana.id, stage.at(14, day: 3))
            _ = try await stage.wish(bo.id, stage.at(15, day: 3))
            let link = try await stage.change(alone) { ($0.rules.kind, $0.rules.seats.capacity) = (.group, 3) }
            _ = try await stage.wish(ana.id, stage.at(10, day: 3))
            let back = try await stage.find(ana.id)
            #expect(back.state.status == .confirmed && back.session == nil)
            _ = try await stage.wish(bo.id, stage.at(16, day: 3))
            let moved = try await stage.find(bo.id)
            #expect(moved.state.status == .confirmed && moved.session != nil)
            #expect(try await stage.taken() == ["booking 4920–4980", "session 5280–5340"])
            #expect(try await stage.seatsLeft(link, at: stage.at(16, day: 3)) == 2)
            let unlike = try await stage.unlikeSeats(), contradictions = try await stage.contradictions()
            #expect(unlike == [] && contradictions == [])
        }
    }

    // MARK: Rooms

    @Test("a session has one room for all who may come, and gives it back with the last one", arguments: Engine.all)
    func room(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let small = try await stage.makeRoom("Small", seats: 2), large = try await stage.makeRoom("Large", seats: 4)
            let link = try await stage.group(3) { $0.needs = [LinkNeed([small.id, large.id])] }
            let held = try await stage.hold(stage.at(10), visitor: "a", on: link)
            let ana = try await stage.seat("Ana", stage.at(10), on: link) { $0.holdToken = held.token }
            let bo = try await stage.seat("Bo", stage.at(10), on: link)
            let names = [try await rooms(ana.id, stage), try await rooms(bo.id, stage)]
            #expect(names == [["Large"], ["Large"]])
            let session = try await stage.session(ana)
            let taken = try await rows(large, stage)
            #expect(taken.map(\.claim) == [session.id.text] && taken.map(\.expires) == [nil])
            // The room is gone for everybody else.
            let other = try await stage.makeLink("other", host: stage.bob) { $0.needs = [LinkNeed([large.id])] }
            #expect(try await refusal { try await stage.book(stage.at(10), on: other) }?.code == "slot_taken")
            _ = try await ChangeSession(stage.installation).move(session.id, to: stage.at(14), scope: stage.adas)
            let moved = try await rows(large, stage).map(\.starts)
            #expect(moved == [stage.at(14)])
            try await stage.book(stage.at(10), on: other)
            for id in [ana.id, bo.id] { _ = try await CancelBooking(stage.installation)(id, scope: stage.attending) }
            #expect(try await rows(large, stage).map(\.kind) == [.booking])
            let unlike = try await stage.unlikeSeats(), contradictions = try await stage.contradictions()
            #expect(unlike == [] && contradictions == [])
        }
    }

    @Test("who moves to another session is in its room, and more places never outgrow a room", arguments: Engine.all)
    func otherRoom(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let first = try await stage.makeRoom("First", seats: 4)
            let second = try await stage.makeRoom("Second", seats: 4)
            let link = try await stage.group(3) { $0.needs = [LinkNeed([first.id, second.id])] }
            let taken = try await stage.makeLink("other", host: stage.bob) { rules in
                (rules.needs, rules.duration) = ([LinkNeed([first.id])], 60)
            }
            try await stage.book(stage.at(12), on: taken)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            try await stage.seat("Bo", stage.at(12), on: link)
            _ = try await MoveBooking(stage.installation)(ana.id, to: stage.at(12), scope: stage.attending)
            #expect(try await rooms(ana.id, stage) == ["Second"])
            #expect(try await rows(first, stage).map(\.starts) == [stage.at(12)])

            let four = try await stage.change(link) { $0.rules.seats.capacity = 4 }
            #expect(try await stage.sessions(four).map(\.capacity) == [4])
            let refused = await #expect(throws: Invalid.self) {
                try await stage.change(four) { $0.rules.seats.capacity = 5 }
            }
            #expect(refused?.fields.map(\.field) == ["capacity"])
            let optional = try await stage.change(four) { wish in
                wish.rules.seats.capacity = 5
                wish.rules.needs = [LinkNeed([first.id, second.id], isRequired: false)]
            }
            #expect(try await stage.sessions(optional).map(\.capacity) == [4])
            let unlike = try await stage.unlikeSeats(), contradictions = try await stage.contradictions()
            #expect(unlike == [] && contradictions == [])
        }
    }

    // MARK: Turns

    @Test("pools choose the hosts of a session once, and it counts once for each", arguments: Engine.all)
    func pools(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(4)
            let link = try await stage.makePools(more) { $0.seats.capacity = 3 }
            let held = try await stage.hold(stage.at(9), visitor: "a", on: link)
            let ana = try await stage.seat("Ana", stage.at(9), on: link) { $0.holdToken = held.token }
            let bo = try await stage.seat("Bo", stage.at(9), on: link)
            let hosts = try await stage.hosts(of: ana.id)
            #expect(hosts == [stage.ada, stage.bob, more[1], more[2]])
            #expect(try await stage.hosts(of: bo.id) == hosts)
            #expect(try await stage.assignments(of: link).map(\.booking) == [ana.id, ana.id, ana.id])
            // Whoever leaves passes the turns on; elsewhere the same hosts have another one.
            _ = try await MoveBooking(stage.installation)(ana.id, to: stage.at(11), scope: stage.attending)
            let counted = try await stage.assignments(of: link).filter { $0.creditedAfter == nil }
            #expect(counted.map(\.booking) == [bo.id, bo.id, bo.id, ana.id, ana.id, ana.id])
            #expect(counted.suffix(3).allSatisfy { $0.starts == stage.at(11) })
            // Together again: one session, one turn for each.
            _ = try await MoveBooking(stage.installation)(ana.id, to: stage.at(9), scope: stage.attending)
            #expect(try await stage.assignments(of: link).filter { $0.creditedAfter == nil }.count == 3)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    // MARK: What is over

    @Test("sessions that were only ever held are removed, and nothing else is", arguments: Engine.all)
    func housekeeping(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            let held = try await stage.hold(stage.at(10), visitor: "a", on: link)
            let ana = try await stage.seat("Ana", stage.at(12), on: link)
            let gone = try await stage.session(ana)
            _ = try await CancelBooking(stage.installation)(ana.id, scope: stage.attending)
            let only = try await stage.sessions(link).map(\.id.text)
            #expect(only.count == 1 && held.hold.starts == stage.at(10))
            try await round(stage)
            #expect(try await Set(ids(stage)) == Set(only + [gone.id.text]))
            stage.clock.move(minutes: 11)
            // The first round takes the hold and its time, the next one the session.
            try await round(stage)
            #expect(try await ids(stage).count == 2)
            try await round(stage)
            #expect(try await ids(stage) == [gone.id.text])
            try await stage.seat("Bo", stage.at(10), on: link)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    private func ids(_ stage: Stage) async throws -> [String] {
        try await stage.database.lookUp { tx in
            try tx.all("SELECT id FROM seat_session ORDER BY id") { try $0["id"] as String }
        }
    }

    private func round(_ stage: Stage) async throws {
        let now = stage.world.now
        try await stage.database.writeUnscoped { try BookingTokenStore.pruneHolds(now: now, in: $0) }
    }
}
