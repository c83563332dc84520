/// Asking for another time: what is kept and for whom, what an answer does, and that there is only one.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

extension Stage {
    @discardableResult
    func propose(_ id: ID<Booking>, _ starts: [Instant], message: String = "", hours: Int = 48) async throws -> JSON {
        let wish = ProposalWish(starts: starts, message: message, hours: hours)
        return try JSON(reading: try await ProposeTimes(installation)(id, wish, scope: adas).body)
    }

    @discardableResult
    func accept(_ proposal: ID<Proposal>, of id: ID<Booking>, _ start: Instant) async throws -> Booked {
        var move = MoveBooking(installation)
        move.accepting = proposal
        return try Booked(try await move(id, to: start, scope: attendees))
    }

    func proposals(_ id: ID<Booking>) async throws -> [Proposal] {
        let scope = scope
        return try await database.read(scope) { try ProposalStore.all(of: id, scope: scope, in: $0) }
    }

    func open(_ id: ID<Booking>) async throws -> Proposal {
        try await find(id).question(now: world.now).wanted("an open proposal")
    }

    /// Mails of bookings and of proposals.
    func proposalRunner(_ mail: FakeMail) -> JobRunner {
        let (send, propose) = (
            SendBookingMail(installation, mail: mail), SendProposalMail(installation, mail: mail))
        return JobRunner(
            database: database,
            work: [BookingJobs.kind: { try await send($0) }, ProposalJobs.kind: { try await propose($0) }],
            world: world, logger: Logger(label: "test"))
    }
}

/// The proposal's refusal that `body` throws; nil when it throws none.
private func refused<T>(_ body: () async throws -> T) async throws -> ProposalRefusal? {
    do {
        _ = try await body()
        return nil
    } catch let refusal as ProposalRefusal {
        return refusal
    }
}

@Suite("Proposals of other times")
struct ProposeTimesTests {
    @Test("the times are kept for the attendee, the old one stays, and nobody else gets any of them",
          arguments: Engine.all)
    func keeps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let (first, second) = (stage.at(11, day: 1), stage.at(14, day: 2))
            let told = try await stage.propose(booked.id, [second, first], message: "A customer needs me.")
            #expect(told["status"]?.string == "confirmed" && told["version"]?.int == 1 && told["token"] == nil)
            #expect(told["proposal"]?["starts"]?.array?.count == 2)
            let proposal = try await stage.open(booked.id)
            // The answer can come no later than the meeting begins.
            #expect(proposal.expires == stage.at(10) && proposal.times.map(\.start) == [first, second])
            let rows = try await stage.ledger()
            #expect(rows.map(\.kind) == [.booking, .hold, .hold])
            #expect(Set(rows.map(\.claim)) == [booked.id.text])
            #expect(rows.dropFirst().allSatisfy { $0.ref == proposal.id.text && $0.expires == proposal.expires })
            for start in [stage.at(10), first, second] {
                #expect(try await refusal { try await stage.book(start) } != nil, "\(start)")
            }
            #expect(try await !stage.free(day: 1).contains(first))
            // Without an answer they are free again, by time alone.
            stage.clock.move(to: stage.at(10))
            #expect(try await stage.free(day: 1).contains(first))
            try await stage.book(first)
            #expect(try await stage.find(booked.id).question(now: stage.world.now) == nil)
        }
    }

    @Test("taking one moves the same booking; the other times and the old one are free", arguments: Engine.all)
    func accepts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2)) { $0.guests = [] }
            let (first, second) = (stage.at(11, day: 1), stage.at(14, day: 2))
            try await stage.propose(booked.id, [first, second])
            let moved = try await stage.accept(stage.open(booked.id).id, of: booked.id, second)
            #expect(moved.id == booked.id && moved.token != booked.token && !moved.token.isEmpty)
            #expect(moved.json["start"]?.string?.hasPrefix("2030-01-09T22:00:00") == true)
            #expect(moved.json["proposal"] == nil && moved.json["version"]?.int == 2)
            let booking = try await stage.find(booked.id)
            #expect(booking.state.starts == second && booking.state.status == .confirmed && booking.proposal == nil)
            #expect(try await stage.taken() == ["booking \(2 * 1440 + 840)–\(2 * 1440 + 870)"])
            #expect(try await stage.proposals(booked.id).map(\.state) == [.accepted])
            #expect(try await stage.free(day: 1).contains(first))
            #expect(try await stage.history(booked.id).map(\.event) == ["booked", "rescheduled"])
        }
    }

    @Test("a kept time can be taken although its link asks for longer gaps by then", arguments: Engine.all)
    func gaps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            let start = stage.at(11, day: 1)
            try await stage.propose(booked.id, [start])
            try await stage.book(start.adding(minutes: 30))
            _ = try await SaveLink(stage.installation).update(stage.link.id, version: nil, scope: stage.adas) { link in
                var wish = LinkWish(rules: link.rules)
                wish.rules.bufferAfter = 15
                return wish
            }
            try await stage.accept(stage.open(booked.id).id, of: booked.id, start)
            let rows = try await stage.ledger()
            #expect(rows.map(\.kind) == [.booking, .booking] && rows.allSatisfy { $0.gapAfter == 0 })
        }
    }

    @Test("two tabs take two different times: one wins, the other is told", arguments: Engine.all)
    func twice(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            let times = [stage.at(11, day: 1), stage.at(14, day: 2), stage.at(9, day: 3)]
            try await stage.propose(booked.id, times)
            let proposal = try await stage.open(booked.id).id
            let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                for start in times {
                    group.addTask {
                        do {
                            try await stage.accept(proposal, of: booked.id, start)
                            return true
                        } catch ProposalRefusal.over {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 1)
            #expect(try await stage.find(booked.id).state.version == 2)
            #expect(try await stage.ledger().count == 1)
        }
    }

    @Test("over is over: after its end, the attendee's own move, a cancellation, another host or taking it back",
          arguments: Engine.all)
    func ends(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (start, proposed) = (stage.at(10, day: 3), stage.at(11, day: 4))
            func asked(_ number: Int, on link: Link? = nil) async throws -> (ID<Booking>, ID<Proposal>) {
                let id = try await stage.book(start.adding(days: number / 4 * 7).adding(hours: number % 4), on: link).id
                try await stage.propose(id, [proposed.adding(minutes: 60 * number)])
                return (id, try await stage.open(id).id)
            }
            let (moved, first) = try await asked(0)
            try await stage.wish(moved, stage.at(9, day: 3))
            let (cancelled, second) = try await asked(1)
            _ = try await CancelBooking(stage.installation)(cancelled, scope: stage.attendees)
            let (back, third) = try await asked(2)
            try await EndProposal(stage.installation).withdraw(back, scope: stage.adas)
            let turns = try await stage.makeLink("turns", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            let (given, fourth) = try await asked(3, on: turns)
            let heir = try await stage.find(given).hosts[0].id == stage.ada ? stage.bob : stage.ada
            _ = try await ReassignBooking(stage.installation)(given, to: heir, scope: stage.adas)

            for (number, (id, proposal)) in [(moved, first), (cancelled, second), (back, third), (given, fourth)]
                .enumerated() {
                let late = try await refused {
                    try await stage.accept(proposal, of: id, proposed.adding(minutes: 60 * number))
                }
                #expect(late == .over || number == 1, "\(number)")
                #expect(try await stage.proposals(id).map(\.state) == [number == 2 ? .withdrawn : .ended], "\(number)")
            }
            let kinds = try await stage.ledger().map(\.kind) + stage.ledger(of: stage.bob).map(\.kind)
            #expect(Set(kinds) == [.booking])
            stage.clock.move(minutes: 1)
            try await stage.propose(moved, [stage.at(15, day: 4)], hours: 1)
            let last = try await stage.open(moved).id
            stage.clock.move(minutes: 60)
            #expect(try await refused { try await stage.accept(last, of: moved, stage.at(15, day: 4)) } == .over)
        }
    }

    @Test("asked twice is one question and one mail; another one waits until the first is taken back",
          arguments: Engine.all)
    func once(on engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooked in
            let stage = hooked.stage
            let booked = try await stage.book(stage.at(10, day: 2))
            for _ in 1...2 { try await stage.propose(booked.id, [stage.at(11, day: 1)]) }
            #expect(try await stage.proposals(booked.id).count == 1)
            #expect(try await refused { try await stage.propose(booked.id, []) } == .asked)
            try await EndProposal(stage.installation).withdraw(booked.id, scope: stage.adas)
            try await EndProposal(stage.installation).withdraw(booked.id, scope: stage.adas)
            #expect(try await stage.ledger().count == 1)
            for _ in 1...2 { try await stage.propose(booked.id, []) }
            #expect(try await stage.proposals(booked.id).map(\.state) == [.withdrawn, .open])
            let events: [String] = try await stage.database.lookUp { tx in
                try tx.all("SELECT event FROM webhook_delivery ORDER BY event") { try $0["event"] }
            }
            #expect(events == ["booking.created", "booking.proposed", "booking.proposed"])
        }
    }

    @Test("what is not free, too near or too late is refused, and nothing is left behind", arguments: Engine.all)
    func refusals(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            try await stage.book(stage.at(12, day: 2))
            let rows = try await stage.rows()
            for start in [stage.at(12, day: 2), stage.at(10, day: 2), stage.at(3, day: 2), stage.at(10, 7, day: 2),
                          stage.at(10, day: 60)] {
                let no = try await refused { try await stage.propose(booked.id, [stage.at(11, day: 3), start]) }
                if case .taken? = no {} else { Issue.record("\(start): \(String(describing: no))") }
            }
            stage.clock.move(to: stage.at(9, 40, day: 2))
            #expect(try await refused { try await stage.propose(booked.id, [stage.at(11, day: 3)]) } == .tooLate)
            stage.clock.move(to: stage.at(10, 5, day: 2))
            #expect(try await refusal { try await stage.propose(booked.id, []) } == .meetingStarted)
            _ = try await CancelBooking(stage.installation)(
                try await stage.book(stage.at(11, day: 3)).id, scope: stage.adas)
            #expect(try await stage.proposals(booked.id).isEmpty)
            #expect(try await stage.rows()["ledger"] == rows["ledger"])
        }
    }

    @Test("whoever is asked may move though the link lets nobody, and is asked for no approval", arguments: Engine.all)
    func mayMove(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("fixed") { $0.changes.attendeeMoves = false }
            let fixed = try await stage.book(stage.at(10, day: 2), on: link).id
            await #expect(throws: ChangeRefusal.movesOff) { try await stage.wish(fixed, stage.at(11, day: 2)) }
            try await stage.propose(fixed, [])
            try await stage.wish(fixed, stage.at(11, day: 2))
            #expect(try await stage.proposals(fixed).map(\.state) == [.accepted])
            await #expect(throws: ChangeRefusal.movesOff) { try await stage.wish(fixed, stage.at(12, day: 2)) }

            // A wish that waits: instead of declining, its host proposes.
            let ask = try await stage.askLink()
            let waits = try await stage.book(stage.at(10, day: 3), on: ask).id
            #expect(try await refused { try await stage.propose(waits, []) } == .nothingConfirmed)
            try await stage.propose(waits, [stage.at(15, day: 3), stage.at(16, day: 3)], hours: 300)
            #expect(try await stage.open(waits).expires == monday.adding(hours: 48))
            let taken = try await stage.accept(stage.open(waits).id, of: waits, stage.at(16, day: 3))
            #expect(taken.json["status"]?.string == "confirmed" && taken.json["approval"] == nil)
            #expect(try await stage.taken().last == "booking \(3 * 1440 + 960)–\(3 * 1440 + 990)")
        }
    }

    @Test("none suits: the times are free, the hosts hear it once, the meeting stays", arguments: Engine.all)
    func refuses(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let booked = try await stage.book(stage.at(10, day: 2))
            try await stage.propose(booked.id, [stage.at(11, day: 1)], message: "A customer\nneeds me <b>.")
            try await stage.proposalRunner(mail).drain()
            let asked = try mail.sent.first { $0.subject.hasPrefix("Another time") }.wanted("the question")
            #expect(asked.to.address.text == "yuko@kpuh.example" && asked.invitation == nil)
            #expect(asked.subject.hasPrefix("Another time proposed: Introduction"))
            let page = "http://meet.example/booking/\(booked.token)/proposal"
            // 11:00 in Berlin is 19:00 in Tokyo.
            #expect(asked.text.contains("Take Tuesday 8 January, 19:00–19:30: \(page)?start="))
            #expect(asked.text.contains("A customer\nneeds me <b>.") && asked.html.contains("needs me &lt;b&gt;."))
            #expect(asked.replyTo?.address.text == "ada@nordhavn.example")
            let proposal = try await stage.open(booked.id).id
            for _ in 1...2 {
                try await EndProposal(stage.installation).refuse(
                    proposal, of: booked.id, reply: "I am away.", scope: stage.attendees)
            }
            #expect(try await stage.ledger().map(\.kind) == [.booking])
            let sent = mail.sent.count
            try await stage.proposalRunner(mail).drain()
            #expect(mail.sent.count == sent + 1)
            let told = try mail.sent.first { $0.subject.hasPrefix("None of your times") }.wanted("the answer")
            #expect(told.to.address.text == "ada@nordhavn.example" && told.text.contains("I am away."))
            #expect(!told.text.contains(booked.token) && !told.html.contains(booked.token))
            let late = try await refused { try await stage.accept(proposal, of: booked.id, stage.at(11, day: 1)) }
            #expect(late == .over)
            let last = try await stage.find(booked.id)
            #expect(last.state.version == 1 && last.state.starts == stage.at(10, day: 2))
        }
    }

    @Test("a mail of a proposal that is over by then is not sent", arguments: Engine.all)
    func skips(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            try await stage.propose(booked.id, [])
            try await EndProposal(stage.installation).withdraw(booked.id, scope: stage.adas)
            let mail = FakeMail()
            try await stage.proposalRunner(mail).drain()
            #expect(mail.sent.count == 2 && !mail.sent.contains { $0.subject.contains("another time") })
        }
    }

    @Test("another workspace neither sees nor ends a proposal", arguments: Engine.all)
    func apart(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            try await stage.propose(booked.id, [stage.at(11, day: 1)])
            let proposal = try await stage.open(booked.id)
            let elsewhere = try await stage.neighbour()
            let found = try await stage.database.read(elsewhere.scope) { tx in
                try (ProposalStore.find(proposal.id, scope: elsewhere.scope, in: tx),
                     ProposalStore.all(of: booked.id, scope: elsewhere.scope, in: tx))
            }
            #expect(found.0 == nil && found.1.isEmpty)
            let withdrawn = try await refusal {
                try await EndProposal(stage.installation).withdraw(booked.id, scope: elsewhere.scope)
            }
            #expect(withdrawn == .unknownToken)
            #expect(try await stage.open(booked.id) == proposal)
        }
    }
}
