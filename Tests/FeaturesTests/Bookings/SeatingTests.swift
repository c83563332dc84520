/// Sessions of seats: the first booking of a start makes one, others join it, the last one to leave closes it.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Seats")
struct SeatingTests {
    @Test("bookings of one start share a session until it is full; the host has one row in the ledger",
          arguments: Engine.all)
    func joining(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3)
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == 3)
            let first = try await stage.seat("Ana", stage.at(10), on: link)
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == 2)
            let second = try await stage.seat("Bo", stage.at(10), on: link)
            #expect(try await stage.session(first).id == stage.session(second).id)
            try await stage.seat("Cleo", stage.at(10), on: link)

            let refused = try await refusal { try await stage.seat("Dan", stage.at(10), on: link) }
            #expect(refused?.status == 409 && refused?.code == "slot_taken" && refused?.alternatives.isEmpty == false)
            #expect(refused?.message.hasPrefix("All places at this time are taken.") == true)
            #expect(refused?.alternatives.contains(stage.at(10)) == false)
            #expect(try await !stage.free(link).contains(stage.at(10)))
            let rows = try await stage.ledger()
            #expect(rows.map(\.kind) == [.session] && rows.map(\.claim) == [rows.first?.ref])
            let session = try await stage.session(first)
            #expect(rows.first?.ref == session.id.text && session.taken == 3)
            #expect(try await stage.sessions(link) == [session])
            // Whom else Ada meets is kept from the same hour.
            #expect(try await refusal { try await stage.book(stage.at(10), on: stage.link) }?.code == "slot_taken")
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("a capacity of one is a booking of its own", arguments: Engine.all)
    func single(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10)) { $0.guests = ["sam@kpuh.example", "kim@kpuh.example"] }
            #expect(try await stage.find(booked.id).session == nil)
            #expect(try await stage.ledger().map(\.kind) == [.booking])
            #expect(booked.json["seats"] == nil && booked.json["session"] == nil)
        }
    }

    @Test("guests take seats, and a party that is too large is told how many are left", arguments: Engine.all)
    func parties(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            let booked = try await stage.seat("Ana", stage.at(10), on: link) {
                $0.guests = ["sam@kpuh.example", "kim@kpuh.example"]
            }
            #expect(booked.json["seats"]?.int == 3)
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == 1)
            let refused = try await refusal {
                try await stage.seat("Bo", stage.at(10), on: link) { $0.guests = ["eva@kpuh.example"] }
            }
            #expect(refused?.message.hasPrefix("Only one place is left at this time.") == true)
            // Where nobody is yet there is room for two, but none anywhere for five.
            #expect(refused?.alternatives.isEmpty == false)
            let many = try await refusal {
                try await stage.seat("Cleo", stage.at(12), on: link) {
                    $0.guests = (0..<4).map { "g\($0)@kpuh.example" }
                }
            }
            #expect(many?.code == "slot_taken" && many?.alternatives == [])
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("a session can be joined whatever the host's hours and grid say by now", arguments: Engine.all)
    func otherHours(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3)
            try await stage.seat("Ana", stage.at(10), on: link)
            let other = try await stage.change(link) { wish in
                wish.hours = Array(repeating: [Window(opens: 14 * 60, closes: 16 * 60)], count: 7)
            }
            #expect(try await stage.free(other) == [stage.at(10), stage.at(14), stage.at(15)])
            try await stage.seat("Bo", stage.at(10), on: other)
            #expect(try await stage.sessions(link).map(\.taken) == [2])
            // Another length is another meeting: this session is not for it.
            let longer = try await stage.change(other) { $0.rules.duration = 90 }
            #expect(try await refusal { try await stage.seat("Cleo", stage.at(10), on: longer) }?.code == "slot_taken")
        }
    }

    @Test("a changed number of places is that of what is still to come, and nobody loses theirs",
          arguments: Engine.all)
    func resizing(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3)
            for name in ["Ana", "Bo"] { try await stage.seat(name, stage.at(10), on: link) }
            let larger = try await stage.change(link) { $0.rules.seats.capacity = 5 }
            #expect(try await stage.seatsLeft(larger, at: stage.at(10)) == 3)
            let smaller = try await stage.change(larger) { ($0.rules.seats.capacity, $0.rules.kind) = (1, .oneOnOne) }
            #expect(try await stage.sessions(smaller).map(\.capacity) == [2])
            #expect(try await !stage.free(smaller).contains(stage.at(10)))
            #expect(try await refusal { try await stage.seat("Cleo", stage.at(10), on: smaller) }?.code == "slot_taken")
            let alone = try await stage.seat("Dan", stage.at(12), on: smaller)
            #expect(try await stage.find(alone.id).session == nil)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("the last one to leave closes the session, and the time is free for anything", arguments: Engine.all)
    func cancelling(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3)
            let (ana, bo) = (
                try await stage.seat("Ana", stage.at(10), on: link), try await stage.seat("Bo", stage.at(10), on: link))
            let session = try await stage.session(ana)
            _ = try await CancelBooking(stage.installation)(ana.id, scope: stage.attending)
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == 2)
            #expect(try await stage.ledger().count == 1)
            _ = try await CancelBooking(stage.installation)(bo.id, scope: stage.attending)
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.sessions(link).isEmpty)
            #expect(try await stage.session(bo).closedAt != nil)
            try await stage.book(stage.at(10), on: stage.link)
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == nil)
            #expect(try await stage.find(ana.id).session == session.id)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("a move gives the old seat back and takes one of the new session, or makes it", arguments: Engine.all)
    func moving(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            try await stage.seat("Bo", stage.at(10), on: link)
            try await stage.seat("Cleo", stage.at(12), on: link)
            _ = try await MoveBooking(stage.installation)(ana.id, to: stage.at(12), scope: stage.attending)
            #expect(try await stage.sessions(link).map { "\($0.starts == stage.at(10)) \($0.taken)" }
                == ["true 1", "false 2"])
            let full = try await refusal {
                try await MoveBooking(stage.installation)(
                    stage.seat("Dan", stage.at(14), on: link).id, to: stage.at(12), scope: stage.attending)
            }
            #expect(full?.code == "slot_taken")
            // Alone in its session: the session goes along, under a new id.
            let before = try await stage.session(ana).id
            _ = try await MoveBooking(stage.installation)(ana.id, to: stage.at(15), scope: stage.attending)
            #expect(try await stage.session(ana).id != before)
            #expect(try await stage.sessions(link).count == 4)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("guests who are added later take seats, or are refused", arguments: Engine.all)
    func guestsLater(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            try await stage.seat("Bo", stage.at(10), on: link)
            let change = ChangeGuests(stage.installation)
            await #expect(throws: ChangeRefusal.noSeats(1)) {
                _ = try await change(
                    ana.id, to: ["sam@kpuh.example", "kim@kpuh.example"], version: 1, scope: stage.attending)
            }
            #expect(try await change(ana.id, to: ["sam@kpuh.example"], version: 1, scope: stage.attending))
            #expect(try await stage.sessions(link).map(\.taken) == [3])
            await #expect(throws: ChangeRefusal.noSeats(0)) {
                _ = try await change(
                    ana.id, to: ["sam@kpuh.example", "kim@kpuh.example"], version: 2, scope: stage.attending)
            }
            #expect(try await change(ana.id, to: [], version: 2, scope: stage.attending))
            #expect(try await stage.sessions(link).map(\.taken) == [2])
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("a no-show keeps the seat and the others’ time, and can be taken back", arguments: Engine.all)
    func noShow(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            let bo = try await stage.seat("Bo", stage.at(10), on: link)
            stage.clock.move(to: stage.at(10, 5))
            _ = try await MarkNoShow(stage.installation)(ana.id, scope: stage.adas)
            #expect(try await stage.ledger().map(\.kind) == [.session])
            #expect(try await stage.find(bo.id).state.status == .confirmed)
            try await MarkNoShow(stage.installation).undo(ana.id, scope: stage.adas)
            #expect(try await stage.find(ana.id).state.status == .confirmed)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("a rotation chooses once for a session, and it counts once for its host", arguments: Engine.all)
    func rotating(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(
                2, hosts: [HostWish(stage.ada), HostWish(stage.bob)], kind: .roundRobin)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            let bo = try await stage.seat("Bo", stage.at(10), on: link)
            #expect(try await stage.hosts(of: ana.id) == stage.hosts(of: bo.id))
            #expect(try await stage.assignments(of: link).count == 1)
            // The other host is free, and the session is full all the same.
            #expect(try await refusal { try await stage.seat("Cleo", stage.at(10), on: link) }?.code == "slot_taken")
            _ = try await CancelBooking(stage.installation)(ana.id, scope: stage.attending)
            let passed = try await stage.assignments(of: link)
            #expect(passed.map(\.booking) == [bo.id] && passed.allSatisfy(\.counts))
            _ = try await CancelBooking(stage.installation)(bo.id, scope: stage.attending)
            #expect(try await stage.assignments(of: link).filter(\.counts).isEmpty)
            stage.clock.move(minutes: 1)
            try await stage.seat("Dan", stage.at(14), on: link)
            #expect(try await stage.assignments(of: link).count == 2)
            await #expect(throws: ReassignRefusal.seats) {
                _ = try await ReassignBooking(stage.installation)(
                    stage.seat("Eva", stage.at(14), on: link).id, to: nil, scope: stage.adas)
            }
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("a session counts once against limits, however many come", arguments: Engine.all)
    func limits(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { rules in
                rules.rhythm.limits = [Limit(.link, per: .day, count: 2, minutes: nil)]
            }
            let hosts = try await stage.makeLink("hosts") { rules in
                rules.rhythm.limits = [Limit(.host, per: .day, count: 2, minutes: nil)]
            }
            try await stage.seat("Ana", stage.at(10), on: link)
            try await stage.seat("Bo", stage.at(10), on: link)
            let held = try await stage.hold(stage.at(12), visitor: "a", on: link)
            #expect(try await stage.free(link) == [stage.at(10), stage.at(12)])
            #expect(try await stage.free(hosts).isEmpty)
            try await stage.seat("Cleo", stage.at(12), on: link) { $0.holdToken = held.token }
            let third = try await refusal { try await stage.seat("Dan", stage.at(14), on: link) }
            #expect(third?.code == "slot_taken" && third?.alternatives.contains(stage.at(12)) == true)
            let dan = try await stage.seat("Dan", stage.at(12), on: link)
            // With others still there Dan cannot make a third session of that day; alone he could.
            #expect(try await refusal {
                try await MoveBooking(stage.installation)(dan.id, to: stage.at(14), scope: stage.attending)
            }?.code == "slot_taken")
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("several hosts of a group come together, each with one row", arguments: Engine.all)
    func severalHosts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(5, hosts: [HostWish(stage.ada), HostWish(stage.bob)])
            for name in ["Ana", "Bo", "Cleo"] { try await stage.seat(name, stage.at(10), on: link) }
            for host in [stage.ada, stage.bob] {
                #expect(try await stage.ledger(of: host).map(\.kind) == [.session])
            }
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("many at once: as many seats as there are, one session", arguments: Engine.all)
    func race(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let link = try await stage.group(5)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            let hold = number % 3 == 0
                                ? try await stage.hold(stage.at(10), visitor: "v\(number)", on: link) : nil
                            try await stage.seat("P\(number)", stage.at(10), on: link) { $0.holdToken = hold?.token }
                            return "yes"
                        } catch let refusal as BookingRefusal { return refusal.code } catch { return "\(error)" }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            // A hold may be refused where a seat comes free a moment later; nobody has more than there are.
            #expect(outcomes["yes"] == 5 && outcomes["slot_taken"] == 15, "\(outcomes)")
            #expect(try await stage.sessions(link).map(\.taken) == [5])
            #expect(try await stage.unlikeSeats() == [])
        }
    }
}

extension Stage {
    var attending: Scope { Scope(workspace: workspace, actor: .attendee) }
}
