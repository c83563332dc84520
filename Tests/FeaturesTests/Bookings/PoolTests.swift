/// Links of hosts who always attend and pools of whom some do: what is offered, who comes and why, and what a move, a
/// cancellation and another host do to it.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

extension Stage {
    /// Ada always; one of `y` (Bob and the first of more); two of `x` (the others).
    func makePools(
        _ more: [ID<User>], slug: String = "pools", _ change: (inout LinkRules) -> Void = { _ in }
    ) async throws -> Link {
        let hosts = [HostWish(ada), HostWish(bob, pool: "y"), HostWish(more[0], pool: "y")]
            + more.dropFirst().map { HostWish($0, pool: "x") }
        return try await makeLink(slug, .multiHost, hosts) { rules in
            rules.pools = [LinkPool(name: "y"), LinkPool(name: "x", take: 2)]
            change(&rules)
        }
    }
}

@Suite("Pools")
struct PoolTests {
    @Test("all fixed hosts and so many of each pool come, each in the ledger under one claim, each with a reason",
          arguments: Engine.all)
    func booked(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(4)
            let link = try await stage.makePools(more)
            let first = try await stage.book(stage.at(9), on: link)
            stage.clock.move(minutes: 1)
            let second = try await stage.book(stage.at(10), on: link)
            #expect(try await stage.hosts(of: first.id) == [stage.ada, stage.bob, more[1], more[2]])
            // In the order of the link.
            #expect(try await stage.hosts(of: second.id) == [stage.ada, more[0], more[1], more[3]])
            for host in [stage.ada, more[1]] {
                let rows = try await stage.ledger(of: host)
                #expect(rows.count == 2 && rows.allSatisfy { $0.claim == $0.ref })
            }
            let made = try await stage.assignments(of: link)
            #expect(made.map(\.number) == [1, 2, 3, 4, 5, 6])
            #expect(made.map(\.pool) == ["y", "x", "x", "y", "x", "x"])
            #expect(made.map(\.ground).prefix(5) == [.position, .position, .position, .leastRecent, .leastRecent])
            // The second of a pool was chosen beside the first, and by what was known with them.
            #expect(made[2].judged.hosts.first?.standing.counted == 1 && made[2].judged.hosts.count == 3)
            #expect(!made[2].judged.eligible.contains(more[1].text))
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("a time is offered while the fixed hosts and enough of each pool are free; the missing pool is named",
          arguments: Engine.all)
    func offered(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(4)
            let link = try await stage.makePools(more)
            let alone = try await stage.makeLink("alone", host: more[2])
            #expect(try await stage.free(link).count == 16)
            try await stage.book(stage.at(9), on: alone)
            #expect(try await stage.free(link).contains(stage.at(9)))
            let other = try await stage.makeLink("other", host: more[3])
            try await stage.book(stage.at(9), on: other)
            #expect(try await !stage.free(link).contains(stage.at(9)))
            let told = try await ExplainDay(stage.installation)(
                link, at: stage.at(9), minutes: 30, reads: nil, scope: stage.adas)
            #expect(told.reason == .poolEmpty && told.forAll.map(\.pool) == ["x"])
            #expect(told.forAll.first?.words(in: .utc).text == "Too few hosts of the pool x are free")
            let refused = try await refusal { try await stage.book(stage.at(9), on: link) }
            #expect(refused?.code == "slot_taken" && refused?.alternatives.isEmpty == false)
            // Without Ada nobody meets.
            try await stage.book(stage.at(11), on: stage.link)
            #expect(try await !stage.free(link).contains(stage.at(11)))
        }
    }

    @Test("the rotation decides by pool: priority first, then shares", arguments: Engine.all)
    func shares(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(4)
            let hosts = [
                HostWish(stage.ada), HostWish(stage.bob, weight: 200, pool: "x"), HostWish(more[0], pool: "x"),
                HostWish(more[1], priority: 4, pool: "y"), HostWish(more[2], pool: "y"),
            ]
            let link = try await stage.makeLink("shares", .multiHost, hosts) { rules in
                rules.pools = [LinkPool(name: "x"), LinkPool(name: "y")]
                rules.rotation.strategy = .equalDistribution
            }
            var counts: [ID<User>: Int] = [:]
            for number in 0..<9 {
                let booked = try await stage.book(stage.at(9 + number % 8, day: number / 8), on: link)
                for host in try await stage.hosts(of: booked.id) { counts[host, default: 0] += 1 }
                stage.clock.move(minutes: 1)
            }
            #expect(counts == [stage.ada: 9, stage.bob: 6, more[0]: 3, more[1]: 9])
            let (scope, now, zones) = (stage.adas, stage.world.now, stage.zones)
            var fields = Fields(form: FormData([]))
            let ask = DistributionAsk(&fields, hosts: link.hosts)
            let report = try await stage.database.read(scope) { tx in
                try Distribution(link, ask, now: now, zones: zones, scope: scope, in: tx)
            }
            #expect(report.lines.map(\.pool) == ["x", "x", "y", "y"])
            #expect(report.lines.map(\.standing.counted) == [6, 3, 9, 0])
            // Made again with what was known then, every choice of each pool comes out the same.
            #expect(report.differences.isEmpty && report.made.count == 18)
            #expect(report.json(sees: nil)["hosts"]?.array?.first?["pool"]?.string == "x")
        }
    }

    @Test("the start is on the grid of those who come, however they take turns", arguments: Engine.all)
    func grid(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(2)
            let (scope, now) = (stage.adas, stage.world.now)
            let late = Schedule(
                id: stage.world.id(), name: "Late", zone: "Europe/Berlin",
                weekly: Array(repeating: [Window(opens: 550, closes: 1_020)], count: 7))
            let host = more[1]
            try await stage.database.write(scope) { tx in
                try ScheduleStore.insert(late, account: host, scope: scope, now: now, in: tx)
            }
            // 25 minutes are on no round grid, so each host's day begins with their own.
            let hosts = [HostWish(more[0], pool: "x"), HostWish(more[1], pool: "x"), HostWish(stage.bob, pool: "x")]
            let link = try await stage.makeLink("grid", .multiHost, hosts) { rules in
                (rules.pools, rules.duration, rules.step) = ([LinkPool(name: "x", take: 2)], 7, 7)
            }
            // 9:10 suits the late one only together with another: whoever has waited longest must not fill the pool.
            let starts = try await stage.free(link)
            #expect(starts.contains(stage.at(9)) && starts.contains(stage.at(9, 10)))
            for minute in [10, 17, 24] {
                let booked = try await stage.book(stage.at(9, minute), on: link)
                #expect(try await stage.hosts(of: booked.id).contains(more[1]))
                stage.clock.move(minutes: 1)
            }
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("a hold keeps the time of all who would come, and its visitor books with it", arguments: Engine.all)
    func held(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(3)
            let link = try await stage.makePools(more)
            let held = try await stage.hold(stage.at(9), on: link)
            #expect(try await !stage.free(link).contains(stage.at(9)))
            for host in [stage.ada, stage.bob, more[1], more[2]] {
                #expect(try await stage.ledger(of: host).map(\.kind) == [.hold])
            }
            #expect(try await stage.ledger(of: more[0]).isEmpty)
            let booked = try await stage.book(stage.at(9), on: link) { $0.holdToken = held.token }
            #expect(try await stage.hosts(of: booked.id).count == 4)
            #expect(try await stage.ledger(of: stage.ada).map(\.kind) == [.booking])
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("a move keeps its hosts; only where the link lets others take over are those replaced who are busy",
          arguments: Engine.all)
    func moved(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(4)
            let link = try await stage.makePools(more)
            let booked = try await stage.book(stage.at(9), on: link)
            let before = try await stage.hosts(of: booked.id)
            try await stage.book(stage.at(11), on: stage.makeLink("busy", host: more[1]))
            let refused = try await refusal {
                try await MoveBooking(stage.installation)(booked.id, to: stage.at(11), scope: stage.adas)
            }
            #expect(refused?.code == "slot_taken")
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(12), scope: stage.adas)
            #expect(try await stage.hosts(of: booked.id) == before)
            #expect(try await stage.assignments(of: link).count == 3)

            try await stage.change(link) { $0.rules.rotation.movesReassign = true }
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(11), scope: stage.adas)
            let after = try await stage.hosts(of: booked.id)
            #expect(Set(after) == Set([stage.ada, stage.bob, more[2], more[3]]))
            let made = try await stage.assignments(of: link)
            #expect(made.map(\.host) == [stage.bob, more[1], more[2], more[3]])
            #expect(made.map(\.counts) == [true, false, true, true] && made.last?.pool == "x")
            #expect(made.allSatisfy { $0.starts == stage.at(11) })
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("one of a pool is replaced by another of the same pool, and everybody is told", arguments: Engine.all)
    func reassigned(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(4)
            let link = try await stage.makePools(more)
            let id = try await stage.book(stage.at(9), on: link).id
            let mail = FakeMail()
            try await stage.mailRunner(mail).drain()
            let before = mail.sent.count
            let give = ReassignBooking(stage.installation)
            // Two of the pool x attend: whose place it is must be said; Ada's is nobody else's.
            for (from, to) in [(nil, nil), (nil, more[3]), (stage.ada, nil), (stage.ada, more[3]), (more[1], more[0])]
                as [(ID<User>?, ID<User>?)] {
                await #expect(throws: Invalid.self) { try await give(id, from: from, to: to, scope: stage.adas) }
            }
            _ = try await give(id, from: more[1], to: nil, reason: "Ill", scope: stage.adas)
            #expect(try await stage.hosts(of: id) == [stage.ada, stage.bob, more[3], more[2]])
            // The other pool has one: it is clear whose place it is.
            _ = try await give(id, to: more[0], scope: stage.adas)
            #expect(try await stage.hosts(of: id) == [stage.ada, more[0], more[3], more[2]])
            let made = try await stage.assignments(of: link)
            #expect(made.filter(\.counts).map(\.host) == [more[2], more[3], more[0]])
            #expect(made.suffix(2).map(\.ground) == [.onlyOne, .pinned])
            #expect(try await stage.contradictions() == [])

            try await stage.mailRunner(mail).drain()
            let last = Dictionary(grouping: mail.sent.dropFirst(before), by: \.to.address.text).mapValues(\.last)
            #expect(last["bob@nordhavn.example"]??.invitation?.method == "CANCEL")
            #expect(last["bob@nordhavn.example"]??.text.contains("Host 1 takes this meeting over") == true)
            #expect(last["ada@nordhavn.example"]??.text.contains("Your meeting is changed") == true)
            #expect(last["host1@nordhavn.example"]??.text.contains("is yours now") == true)
            let attendee = last["yuko@kpuh.example"]??.text ?? ""
            #expect(attendee.contains("You meet Ada Lindqvist, Host 1, Host 4, Host 3 now."))
        }
    }

    @Test("a cancellation gives all hosts their turn back; a no-show that is taken back counts for all again",
          arguments: Engine.all)
    func credited(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(4)
            let link = try await stage.makePools(more)
            try await stage.change(link) { $0.rules.rotation.creditsNoShow = true }
            let first = try await stage.book(stage.at(9), on: link)
            let second = try await stage.book(stage.at(10), on: link)
            _ = try await CancelBooking(stage.installation)(second.id, scope: stage.adas)
            let cancelled = try await stage.assignments(of: link).map(\.counts)
            #expect(cancelled == [true, true, true, false, false, false])
            let leaving = more[1]
            _ = try await ReassignBooking(stage.installation)(first.id, from: leaving, to: nil, scope: stage.adas)
            stage.clock.move(to: stage.at(9, 35))
            _ = try await MarkNoShow(stage.installation)(first.id, scope: stage.adas)
            let missed = try await stage.assignments(of: link).filter(\.counts)
            #expect(missed.isEmpty)
            try await MarkNoShow(stage.installation).undo(first.id, scope: stage.adas)
            let made = try await stage.assignments(of: link).filter(\.counts).map(\.host)
            #expect(made == [stage.bob, more[2], more[3]])
        }
    }

    @Test("mails and the calendar file name all hosts; the host's page says why each has it", arguments: Engine.all)
    func told(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(4)
            let link = try await stage.makePools(more)
            let id = try await stage.book(stage.at(9), on: link).id
            let mail = FakeMail()
            try await stage.mailRunner(mail).drain()
            #expect(mail.sent.count == 5)
            let attendee = try mail.sent.first { $0.to.address.text == "yuko@kpuh.example" }.wanted("mail")
            #expect(attendee.text.contains("With: Ada Lindqvist, Bob Osei, Host 2, Host 3"))
            let file = (attendee.invitation?.text ?? "").replacing("\r\n ", with: "")
            for name in ["Ada", "Bob", "Host 2", "Host 3"] { #expect(file.contains(name)) }
            #expect(!file.contains("Host 4"))

            let booking = try await stage.find(id)
            let scope = stage.adas
            let turns = try await stage.database.read(scope) { tx in
                try ToldTurn.all(of: booking, scope: scope, in: tx)
            }
            #expect(turns.map(\.name) == ["Bob Osei", "Host 2", "Host 3"])
            let words = turns.map { $0.html(zone: .utc, .twentyFour).text }
            #expect(words[0].contains("Bob Osei comes first in the list") && words[0].contains("Of the pool y."))
            #expect(words[0].contains("Host 1</bdi>: priority 2, 0 bookings, never given one"))
            #expect(words[2].contains("Host 4") && !words[2].contains("Host 2</bdi>"))
        }
    }
}
