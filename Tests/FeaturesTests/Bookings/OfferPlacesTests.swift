/// What became free goes to those who wait: in their order, one at a time, for as long as the link says.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Offers of a waitlist")
struct OfferPlacesTests {
    private func cancel(_ booked: Booked, _ stage: Stage) async throws {
        _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.scope)
    }

    /// Whether a stranger gets the time.
    private func isFree(_ start: Instant, _ link: Link, _ stage: Stage) async throws -> Bool {
        try await stage.free(link, day: 1).contains(start)
    }

    @Test("the first in line gets the freed time, nobody else does, and takes it with the ordinary form",
          arguments: Engine.all)
    func order(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full()
            for name in ["Cleo", "Dan", "Eli"] { try await stage.wait(name, on: link, day: 1) }
            #expect(try await stage.look(link).isEmpty)
            let start = stage.at(9, 30, day: 1)
            try await cancel(booked[1], stage)
            // From the commit on it is kept back for them.
            #expect(try await !isFree(start, link, stage))
            #expect(try await refusal { try await stage.seat("Zoe", start, on: link) } != nil)
            let mail = FakeMail()
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo offered, Dan waiting, Eli waiting")
            let offer = try await stage.entry("Cleo", on: link).offer.wanted("offer")
            #expect(offer.start == start && offer.until == stage.world.now.adding(minutes: 60))
            #expect(try await stage.look(link).isEmpty)
            #expect(try await refusal { try await stage.seat("Zoe", start, on: link) } != nil)
            let told = try mail.sent.last { $0.subject.hasPrefix("A place is free") }.wanted("mail")
            #expect(told.to.address.text == "cleo@kpuh.example" && told.text.contains("09:30–10:00"))

            let taken = try await stage.take("Cleo", on: link)
            #expect(try await stage.line(link) == "Cleo taken, Dan waiting, Eli waiting")
            #expect(try await stage.entry("Cleo", on: link).booking == taken.id)
            #expect(try await stage.look(link).isEmpty)
            #expect(try await stage.ledger().map(\.kind) == [.booking, .booking])
        }
    }

    @Test("an offer that lapses goes to the next, and the time is never free in between", arguments: Engine.all)
    func lapses(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full { $0.waitlist.minutes = 15 }
            for name in ["Cleo", "Dan"] { try await stage.wait(name, on: link, day: 1) }
            try await cancel(booked[0], stage)
            let (mail, start) = (FakeMail(), stage.at(9, day: 1))
            try await stage.waitlistRunner(mail).drain()
            let until = try await stage.entry("Cleo", on: link).offer.wanted("offer").until
            stage.clock.move(to: until.adding(seconds: -1))
            #expect(try await stage.look(link).isEmpty)
            stage.clock.move(to: until)
            #expect(try await !isFree(start, link, stage))
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo lapsed, Dan offered")
            #expect(try await !isFree(start, link, stage))
            let second = try await stage.entry("Dan", on: link).offer.wanted("offer")
            #expect(second.start == start && second.until == until.adding(minutes: 15))
            // Nobody wants it any more: it is everybody's.
            stage.clock.move(to: second.until)
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo lapsed, Dan lapsed")
            #expect(try await isFree(start, link, stage))
            // Whoever lapsed can stand at the end again, once it is full.
            try await stage.seat("Zoe", start, on: link)
            try await stage.wait("Cleo", on: link, day: 1)
            #expect(try await stage.line(link) == "Cleo lapsed, Dan lapsed, Cleo waiting")
        }
    }

    @Test("an offer is taken to its last minute, and not after the next has it", arguments: Engine.all)
    func late(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full()
            for name in ["Cleo", "Dan"] { try await stage.wait(name, on: link, day: 1) }
            try await cancel(booked[0], stage)
            try await stage.look(link)
            let entry = try await stage.entry("Cleo", on: link)
            let offer = try entry.offer.wanted("offer")
            let hold = offer.hold.offerToken(of: try await stage.token(entry))
            stage.clock.move(to: offer.until)
            try await stage.look(link)
            let answer = try await refusal {
                try await stage.seat("Cleo", offer.start, on: link) { $0.holdToken = hold }
            }
            guard case .holdExpired = answer else { throw Missing(what: "a hold that has run out") }
            stage.clock.move(to: try await stage.entry("Dan", on: link).offer.wanted("offer").until.adding(seconds: -1))
            try await stage.take("Dan", on: link)
            #expect(try await stage.line(link) == "Cleo lapsed, Dan taken")
        }
    }

    @Test("no thanks, leaving and being taken off: the next gets it", arguments: Engine.all)
    func ends(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full()
            for name in ["Cleo", "Dan", "Eli", "Fay"] { try await stage.wait(name, on: link, day: 1) }
            let (end, mail, start) = (EndEntry(stage.installation), FakeMail(), stage.at(9, day: 1))
            #expect(try await waitlistRefusal {
                try await end(try await stage.entry("Cleo", on: link).id, as: .refused, scope: stage.scope)
            } == .over)
            try await end(try await stage.entry("Dan", on: link).id, as: .left, scope: stage.scope)
            try await cancel(booked[0], stage)
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo offered, Dan left, Eli waiting, Fay waiting")
            for (name, state) in [("Cleo", WaitlistState.refused), ("Eli", .removed)] {
                let id = try await stage.entry(name, on: link).id
                try await end(id, as: state, scope: state == .removed ? stage.adas : stage.scope)
                // Said twice it is said once; and it cannot end in two ways.
                try await end(id, as: state, scope: stage.scope)
                #expect(try await waitlistRefusal { try await end(id, as: .left, scope: stage.scope) } == .over)
                #expect(try await !isFree(start, link, stage))
                try await stage.waitlistRunner(mail).drain()
                #expect(try await !isFree(start, link, stage))
            }
            #expect(try await stage.line(link) == "Cleo refused, Dan left, Eli removed, Fay offered")
            #expect(try await stage.wrongOffers().isEmpty)
        }
    }

    @Test("nothing is offered once the notice is past, and no offer lasts beyond it", arguments: Engine.all)
    func notice(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full { $0.notice = MinimumNotice(value: 2, unit: .hour) }
            for name in ["Cleo", "Dan"] { try await stage.wait(name, on: link, day: 1) }
            // 6:30 on Tuesday: until 7:00 the 9 o'clock can be booked.
            stage.clock.move(to: stage.at(6, 30, day: 1))
            try await cancel(booked[0], stage)
            try await stage.look(link)
            #expect(try await stage.entry("Cleo", on: link).offer?.until == stage.at(7, day: 1))
            stage.clock.move(to: stage.at(7, day: 1))
            try await stage.look(link)
            #expect(try await stage.line(link) == "Cleo lapsed, Dan waiting")
            // Four minutes are too few for anybody.
            stage.clock.move(to: stage.at(7, 26, day: 1))
            try await cancel(booked[1], stage)
            #expect(try await stage.look(link).isEmpty)
            stage.clock.move(to: stage.at(24, day: 1))
            try await stage.look(link)
            #expect(try await stage.line(link) == "Cleo lapsed, Dan ended")
        }
    }

    @Test("places of a session are given on one by one; a party frees as many as it had", arguments: Engine.all)
    func seats(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { $0.waitlist.isOn = true }
            let start = stage.at(10, day: 1)
            let party = try await stage.seat("A", start, on: link) { $0.guests = ["g@kpuh.example"] }
            let other = try await stage.seat("B", start, on: link)
            for name in ["Cleo", "Dan", "Eli"] { try await stage.wait(name, on: link, start: start) }
            try await cancel(party, stage)
            #expect(try await stage.seatsLeft(link, at: start) == nil)
            let mail = FakeMail()
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo offered, Dan offered, Eli waiting")
            #expect(try await stage.seatsLeft(link, at: start) == nil)
            #expect(try await stage.unlikeSeats().isEmpty)
            try await stage.take("Dan", on: link)
            // The last booked seat is given back, too: the session lives on what is kept.
            try await cancel(other, stage)
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo offered, Dan taken, Eli offered")
            try await stage.take("Eli", on: link)
            try await stage.take("Cleo", on: link)
            #expect(try await stage.sessions(link).map(\.taken) == [3])
            #expect(try await stage.unlikeSeats().isEmpty)
            #expect(try await stage.wrongOffers().isEmpty)
        }
    }

    @Test("the last one leaves: the session is opened anew for who waits", arguments: Engine.all)
    func lastSeat(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2) { $0.waitlist.isOn = true }
            let start = stage.at(10, day: 1)
            let party = try await stage.seat("A", start, on: link) { $0.guests = ["g@kpuh.example"] }
            try await stage.wait("Cleo", on: link, start: start)
            try await cancel(party, stage)
            #expect(try await stage.seatsLeft(link, at: start) == 1, "one is kept back, one is everybody's")
            try await stage.look(link)
            #expect(try await stage.line(link) == "Cleo offered")
            #expect(try await stage.seatsLeft(link, at: start) == 1)
            #expect(try await stage.unlikeSeats().isEmpty)
            try await stage.take("Cleo", on: link)
            #expect(try await stage.unlikeSeats().isEmpty)
        }
    }

    @Test("guests taken off, a session moved, a wish declined: each frees what somebody waits for",
          arguments: Engine.all)
    func otherWays(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2) { $0.waitlist.isOn = true }
            let start = stage.at(10, day: 1)
            let party = try await stage.seat("A", start, on: link) { $0.guests = ["g@kpuh.example"] }
            try await stage.wait("Cleo", on: link, start: start)
            let mail = FakeMail()
            _ = try await ChangeGuests(stage.installation)(party.id, to: [], version: 1, scope: stage.scope)
            #expect(try await stage.seatsLeft(link, at: start) == nil)
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo offered")
            // All move to another time: what was offered is gone, and they wait again in their place.
            let session = try await stage.session(party)
            _ = try await ChangeSession(stage.installation).move(
                session.id, to: stage.at(12, day: 1), scope: stage.adas)
            #expect(try await stage.line(link) == "Cleo waiting")
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo offered")
            #expect(try await stage.unlikeSeats().isEmpty)
            #expect(try await stage.wrongOffers().isEmpty)

            let asked = try await stage.short("ask") { $0.approval.isRequired = true }
            let wish = try await stage.seat("A", stage.at(9, day: 2), on: asked)
            try await stage.seat("B", stage.at(9, 30, day: 2), on: asked)
            try await stage.wait("Dan", on: asked, day: 2)
            _ = try await DecideApproval(stage.installation)(
                wish.id, .declined(""), seen: nil, scope: stage.adas)
            #expect(try await stage.free(asked, day: 2).isEmpty)
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(asked) == "Dan offered")
            #expect(try await stage.take("Dan", on: asked).json["status"]?.string == "pending_approval")
        }
    }

    @Test("a move frees the old time, and one over its own old time frees nothing", arguments: Engine.all)
    func moves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full()
            try await stage.wait("Cleo", on: link, day: 1)
            _ = try await MoveBooking(stage.installation)(booked[0].id, to: stage.at(9, day: 2), scope: stage.scope)
            #expect(try await stage.free(link, day: 1).isEmpty)
            try await stage.look(link)
            #expect(try await stage.line(link) == "Cleo offered")

            let (close, near) = try await stage.full("close", day: 3) { $0.step = 15 }
            try await stage.wait("Dan", on: close, day: 3)
            _ = try await CancelBooking(stage.installation)(near[1].id, scope: stage.scope)
            try await stage.look(close)
            try await EndEntry(stage.installation)(
                try await stage.entry("Dan", on: close).id, as: .refused, scope: stage.scope)
            try await stage.look(close)
            _ = try await MoveBooking(stage.installation)(near[0].id, to: stage.at(9, 15, day: 3), scope: stage.scope)
            #expect(try await stage.wrongOffers().isEmpty)
        }
    }

    @Test("time of the same host that became free elsewhere is found by a look, and by the regular one",
          arguments: Engine.all)
    func elsewhere(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.short()
            let other = try await stage.book(stage.at(9, day: 1)), late = try await stage.book(stage.at(9, 30, day: 1))
            try await stage.wait("Cleo", on: link, day: 1)
            try await cancel(other, stage)
            let mail = FakeMail()
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo offered")
            try await stage.take("Cleo", on: link)
            // What nobody tells of, such as longer hours, the next regular look finds.
            try await stage.wait("Dan", on: link, day: 1)
            let ref = late.id.text
            try await stage.database.write(stage.scope) { tx in try tx.removeLedger(claim: ref) }
            stage.clock.move(minutes: 5)
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo taken, Dan offered")
        }
    }

    @Test("who is blocked, or at their own limit, is passed over", arguments: Engine.all)
    func passedOver(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full {
                $0.rhythm.limits = [Limit(.attendee, per: .week, count: 1)]
            }
            for name in ["Mallory", "Cleo", "Dan"] { try await stage.wait(name, on: link, day: 1) }
            try await stage.seat("Cleo", stage.at(9, day: 2), on: link)
            let (world, ada, now) = (stage.world, stage.ada, stage.world.now)
            try await stage.database.write(stage.adas) { tx in
                let whom = Block.Whom(kind: .address, value: "mallory@kpuh.example")
                _ = try BlockStore.insert(
                    whom, id: world.id(), by: ada, now: now, scope: stage.adas, in: tx)
            }
            try await cancel(booked[0], stage)
            try await stage.look(link)
            #expect(try await stage.line(link) == "Mallory removed, Cleo waiting, Dan offered")
        }
    }

    @Test("who books the day in another way waits no longer, and the waitlist's own holds are nobody's to let go",
          arguments: Engine.all)
    func otherBooking(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full()
            for name in ["Cleo", "Dan"] { try await stage.wait(name, on: link, day: 1) }
            try await cancel(booked[0], stage)
            try await stage.look(link)
            let cleo = try await stage.entry("Cleo", on: link)
            let hold = try cleo.offer.wanted("offer")
            // Neither longer nor shorter than their mail says.
            let token = hold.hold.offerToken(of: try await stage.token(cleo))
            let until = try await HoldSlot(stage.installation).extend(token: token, link: link, scope: stage.scope)
            #expect(until == hold.until.adding(seconds: WaitlistEntry.grace))
            try await HoldSlot(stage.installation).release(token: token, link: link, scope: stage.scope)
            #expect(try await stage.wrongOffers().isEmpty)
            try await EndEntry(stage.installation)(cleo.id, as: .refused, scope: stage.scope)
            try await stage.look(link)
            try await cancel(booked[1], stage)
            stage.clock.move(minutes: 3)
            try await stage.seat("Cleo", stage.at(9, 30, day: 1), on: link)
            #expect(try await stage.line(link) == "Cleo refused, Dan offered")
        }
    }

    @Test("a host offers by hand what is free, whoever is first", arguments: Engine.all)
    func byHand(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full()
            for name in ["Cleo", "Dan"] { try await stage.wait(name, on: link, day: 1) }
            let dan = try await stage.entry("Dan", on: link)
            #expect(try await stage.look(link, only: dan.id).isEmpty)
            try await cancel(booked[0], stage)
            #expect(try await stage.look(link, only: dan.id) == [dan.id])
            #expect(try await stage.line(link) == "Cleo waiting, Dan offered")
        }
    }

    @Test("what is over is forgotten after a month; sweeping makes sure of the next look", arguments: Engine.all)
    func housekeeping(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let (link, _) = try await stage.full()
            for name in ["Cleo", "Dan"] { try await stage.wait(name, on: link, day: 1) }
            try await EndEntry(stage.installation)(
                try await stage.entry("Cleo", on: link).id, as: .left, scope: stage.scope)
            let world = stage.world
            try await stage.database.writeUnscoped { tx in
                try tx.run("DELETE FROM job WHERE kind = 'waitlist_look'")
                try WaitlistJobs.sweep(world: world, now: world.now, in: tx)
                try WaitlistJobs.sweep(world: world, now: world.now, in: tx)
                let looks = try tx.one("SELECT count(*) AS n FROM job WHERE kind = 'waitlist_look'") {
                    try $0["n"] as Int
                }
                #expect(looks == 1)
            }
            stage.clock.move(to: stage.at(0, day: 29))
            try await stage.database.writeUnscoped { try WaitlistStore.prune(now: world.now, in: $0) }
            #expect(try await stage.entries(link).count == 2)
            stage.clock.move(to: stage.at(0, day: 32))
            try await stage.database.writeUnscoped { try WaitlistStore.prune(now: world.now, in: $0) }
            #expect(try await stage.line(link) == "Dan waiting")
        }
    }

    @Test("who waits in another workspace is nobody's affair", arguments: Engine.all)
    func tenancy(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, _) = try await stage.full()
            try await stage.wait("Cleo", on: link, day: 1)
            let (entry, other) = (try await stage.entry("Cleo", on: link), try await stage.neighbour().scope)
            let found = try await stage.database.read(other) { tx in
                try WaitlistStore.find(entry.id, scope: other, in: tx)
            }
            #expect(found == nil)
            #expect(try await waitlistRefusal {
                try await EndEntry(stage.installation)(entry.id, as: .removed, scope: other)
            } == .unknownToken)
            #expect(try await OfferPlaces(stage.installation)(link.id, scope: other).isEmpty)
        }
    }
}
