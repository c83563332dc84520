/// Keeping offered times free: what is kept and for whom, that the first pick wins, and how an offer ends.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

/// An offer as the call that keeps it tells.
struct KeptReply {
    let id: ID<KeptOffer>
    let json: JSON

    init(_ reply: Reply) throws {
        json = try JSON(reading: reply.body)
        id = try (json["id"]?.string).flatMap(ID<KeptOffer>.init).wanted("id")
    }

    /// What books the time of that number.
    func hold(_ number: Int) throws -> String {
        try (json["times"]?.array?[number]["holdToken"]?.string).wanted("hold token")
    }
}

extension Stage {
    func keep(
        _ starts: [Instant], on link: Link? = nil, days: Int = 3, key: RequestKey? = nil
    ) async throws -> KeptReply {
        let wish = KeepWish(
            starts: starts, until: world.now.adding(days: days), whom: "Anna", zone: "Europe/Berlin")
        let scope = Scope(workspace: workspace, actor: .user(ada))
        let id = (link ?? self.link).id
        return try KeptReply(try await KeepTimes(installation)(wish, link: id, key: key, scope: scope))
    }

    func offer(_ id: ID<KeptOffer>) async throws -> KeptOffer {
        let scope = scope
        return try await database.read(scope) { try KeptOfferStore.find(id, scope: scope, in: $0) }.wanted("offer")
    }

    fileprivate func release(_ id: ID<KeptOffer>) async throws {
        try await EndKeptOffer(installation).release(id, scope: Scope(workspace: workspace, actor: .user(ada)))
    }

    fileprivate var lapses: JobRunner {
        let lapse = LapseKeptOffer(installation)
        return JobRunner(
            database: database, work: [KeptOfferJobs.lapse: { try await lapse($0) }], world: world,
            logger: Logger(label: "test"))
    }
}

/// The offer's refusal that `body` throws; nil when it throws none.
private func refused<T>(_ body: () async throws -> T) async throws -> KeptOfferRefusal? {
    do {
        _ = try await body()
        return nil
    } catch let refusal as KeptOfferRefusal {
        return refusal
    }
}

@Suite("Keeping offered times")
struct KeepTimesTests {
    @Test("the end of an offer that was forgotten meanwhile is over, and not tried for ever", arguments: Engine.all)
    func forgotten(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let kept = try await stage.keep([stage.at(10, day: 1)])
            stage.clock.move(to: monday.adding(days: 10))
            for days in [10, 10 + KeptOffer.daysKept + 1] {
                try await stage.database.writeUnscoped { tx in
                    _ = try tx.run("DELETE FROM hold")
                    try KeptOfferStore.prune(now: monday.adding(days: days), in: tx)
                }
            }
            try await stage.lapses.drain()
            let states = try await stage.database.lookUp { tx in
                try tx.all("SELECT state, subject FROM job WHERE kind = \(KeptOfferJobs.lapse)") { row in
                    (try row["state"] as String, try row["subject"] as String)
                }
            }
            #expect(states.count == 1 && states.allSatisfy { $0 == ("skipped", kept.id.text) }, "\(states)")
        }
    }

    @Test("strangers see the times as taken; whoever has the address books one, and the others are free at once",
          arguments: Engine.all)
    func firstPick(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (first, second) = (stage.at(10, day: 1), stage.at(14, day: 2))
            let kept = try await stage.keep([second, first])
            let rows = try await stage.ledger()
            #expect(rows.map(\.kind) == [.hold, .hold] && Set(rows.map(\.claim)) == [kept.id.text])
            for start in [first, second] {
                #expect(try await refusal { try await stage.book(start) } != nil)
            }
            #expect(try await !stage.free(day: 1).contains(first))
            let booked = try await stage.book(second) { $0.holdToken = try? kept.hold(1) }
            #expect(try await stage.ledger().map(\.kind) == [.booking])
            #expect(try await stage.free(day: 1).contains(first))
            let offer = try await stage.offer(kept.id)
            #expect(offer.state == .taken && offer.booking == booked.id)
            // The offer is one meeting: its other reader comes too late, though the time is free again.
            #expect(try await refused { try await stage.book(first) { $0.holdToken = try? kept.hold(0) } } == .taken)
            try await stage.book(first)
            #expect(try await stage.offer(kept.id).state == .taken)
        }
    }

    @Test("two readers pick at once: one has the meeting", arguments: Engine.all)
    func race(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for round in 0..<4 {
                let starts = [stage.at(9, day: round), stage.at(11, day: round), stage.at(13, day: round)]
                let kept = try await stage.keep(starts)
                let won = await withTaskGroup(of: ID<Booking>?.self) { group in
                    for (number, start) in starts.enumerated() {
                        group.addTask {
                            try? await stage.book(start) { $0.holdToken = try? kept.hold(number) }.id
                        }
                    }
                    return await group.reduce(into: []) { won, one in won += [one].compactMap(\.self) }
                }
                #expect(won.count == 1, "round \(round)")
                #expect(try await stage.offer(kept.id).booking == won.first)
                #expect(try await stage.ledger().filter { $0.kind == .hold }.isEmpty)
            }
        }
    }

    @Test("asked twice it is one offer; what is taken, far, late or too much is refused and keeps nothing",
          arguments: Engine.all)
    func once(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let key = RequestKey(text: "one", request: "keep")
            let one = try await stage.keep([stage.at(10)], key: key)
            #expect(try await stage.keep([stage.at(10)], key: key).id == one.id)
            let rows = try await stage.rows()
            let refusal = try await refused { try await stage.keep([stage.at(12), stage.at(10)]) }
            #expect(refusal == .notFree(.busyHold, when: "Monday 7 January, 10:00") || refusal?.code == "slot_taken")
            #expect(try await refused { try await stage.keep([stage.at(12).adding(minutes: 7)]) }?.code == "slot_taken")
            #expect(try await stage.rows() == rows)
            let offer = try await stage.offer(one.id)
            #expect(offer.whom == "Anna" && offer.minutes == 30 && offer.author == stage.ada)
        }
    }

    @Test("asked once more a little later, when its minute is too near for another one, it is the offer it was",
          arguments: Engine.all)
    func late(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (key, until) = (RequestKey(text: "one", request: "keep"), stage.world.now.adding(minutes: 15))
            let wish = KeepWish(starts: [stage.at(12)], until: until, whom: "Anna", zone: "Europe/Berlin")
            let scope = Scope(workspace: stage.workspace, actor: .user(stage.ada))
            let keep = KeepTimes(stage.installation)
            let one = try KeptReply(try await keep(wish, link: stage.link.id, key: key, scope: scope))
            stage.clock.move(minutes: 1)
            #expect(try KeptReply(try await keep(wish, link: stage.link.id, key: key, scope: scope)).id == one.id)
            await #expect(throws: Invalid.self) { try await keep(wish, link: stage.link.id, scope: scope) }
        }
    }

    @Test("sessions of one offer lie apart: others can come to each of them", arguments: Engine.all)
    func sessions(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("class") { rules in
                (rules.kind, rules.seats.capacity, rules.bufferAfter, rules.step) = (.group, 3, 10, 15)
            }
            for other in [stage.at(10, 15), stage.at(10, 30)] {
                let refusal = try await refused { try await stage.keep([stage.at(10), other], on: link) }
                #expect(refusal?.code == "slot_taken", "\(other)")
            }
            #expect(try await stage.ledger().isEmpty)
            let kept = try await stage.keep([stage.at(10), stage.at(10, 45)], on: link)
            #expect(try await stage.ledger().map(\.kind) == [.session, .session])
            let booked = try await stage.book(stage.at(10, 45), on: link) { $0.holdToken = try? kept.hold(1) }
            #expect(try await stage.ledger().map(\.kind) == [.session])
            #expect(try await stage.offer(kept.id).booking == booked.id)
        }
    }

    @Test("times of one offer may overlap, and no longer than the notice allows are they kept", arguments: Engine.all)
    func overlap(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("noticed") { rules in
                rules.notice = MinimumNotice(value: 4, unit: .hour)
                rules.step = 15
            }
            let (first, second) = (stage.at(14), stage.at(14, 15))
            let kept = try await stage.keep([first, second], on: link)
            let offer = try await stage.offer(kept.id)
            #expect(offer.times.map(\.start) == [first, second])
            // Four hours before it begins nobody could book it any more.
            #expect(offer.times.map(\.expires) == [stage.at(10), stage.at(10, 15)])
            // It promises nothing longer than it is kept.
            #expect(offer.expires == stage.at(10, 15))
            let mail = try [kept.json["text"]?.string, kept.json["html"]?.string].map { try $0.wanted("text") }
            for text in mail {
                #expect(text.contains("They are kept for you until Monday 7 January, 10:15."), "\(text)")
                #expect(text.contains("14:00–14:30 (kept until Monday 7 January, 10:00)"), "\(text)")
                #expect(!text.contains("14:15–14:45 ("))
            }
            stage.clock.move(to: stage.at(10, 5))
            let late = try await refusal { try await stage.book(first, on: link) { $0.holdToken = try? kept.hold(0) } }
            #expect(late != nil)
            try await stage.book(second, on: link) { $0.holdToken = try? kept.hold(1) }
            #expect(try await refused { try await stage.keep([stage.at(14, 5)], on: link) } != nil)
        }
    }

    @Test("the host lets them go, or their minute comes; then anybody can book them, its readers too",
          arguments: Engine.all)
    func ends(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let released = try await stage.keep([stage.at(10), stage.at(11)])
            try await stage.release(released.id)
            try await stage.release(released.id)
            #expect(try await stage.offer(released.id).state == .released)
            #expect(try await stage.ledger().isEmpty)
            try await stage.book(stage.at(10)) { $0.holdToken = try? released.hold(0) }
            try await stage.book(stage.at(11))

            let lapsed = try await stage.keep([stage.at(10, day: 2)], days: 1)
            try await stage.lapses.drain()
            #expect(try await stage.offer(lapsed.id).state == .open, "not yet")
            stage.clock.move(to: stage.at(9, day: 1))
            // By time alone, before any job ran.
            #expect(try await stage.free(day: 2).contains(stage.at(10, day: 2)))
            #expect(try await stage.offer(lapsed.id).state(now: stage.world.now) == .lapsed)
            try await stage.lapses.drain()
            #expect(try await stage.offer(lapsed.id).state == .lapsed)
            try await stage.book(stage.at(10, day: 2))
        }
    }

    @Test("of a link that is deleted nothing stays kept", arguments: Engine.all)
    func deleted(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("gone")
            let kept = try await stage.keep([stage.at(10), stage.at(11)], on: link)
            try await DeleteLink(stage.installation).callAsFunction(
                link.id, scope: Scope(workspace: stage.workspace, actor: .user(stage.ada)))
            let end = EndOffersOfLink(stage.installation)
            try await JobRunner(
                database: stage.database, work: [LinkOfferStore.look: { try await end($0) }], world: stage.world,
                logger: Logger(label: "test")
            ).drain()
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.offer(kept.id).state == .released)
        }
    }

    @Test("the visitor who has its form can neither give the time up nor keep it longer", arguments: Engine.all)
    func isKept(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let kept = try await stage.keep([stage.at(10)])
            let (token, hold) = (try kept.hold(0), HoldSlot(stage.installation))
            try await hold.release(token: token, link: stage.link, scope: stage.scope)
            stage.clock.move(minutes: 30)
            _ = try await hold.extend(token: token, link: stage.link, scope: stage.scope)
            #expect(try await stage.ledger().count == 1)
            let offer = try await stage.offer(kept.id)
            #expect(try await stage.ledger().first?.expires == offer.times[0].expires)
        }
    }

    @Test("a place of a session is kept for its reader, and given back with the others", arguments: Engine.all)
    func seats(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("group") { $0.seats.capacity = 2 }
            let (first, second) = (stage.at(10, day: 1), stage.at(12, day: 1))
            let kept = try await stage.keep([first, second], on: link)
            try await stage.book(first, on: link)
            let full = try await refusal { try await stage.book(first, on: link) { $0.attendee.email = "x@y.example" } }
            #expect(full != nil)
            try await stage.book(first, on: link) {
                $0.attendee.email = "anna@y.example"
                $0.holdToken = try? kept.hold(0)
            }
            #expect(try await stage.ledger().count == 1, "the session of the other time is closed")
        }
    }
}
