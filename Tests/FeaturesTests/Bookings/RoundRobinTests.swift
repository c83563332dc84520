/// Links whose hosts take turns: what is offered, who gets a booking, and what a move or a cancellation does to it.
import Database
import Fakes
import Scheduling
import Synchronization
import Testing
import Web

@testable import Features

@Suite("Round robin")
struct RoundRobinTests {
    @Test("bookings go to the hosts in turn, each to one of them, in the ledger of that one alone",
          arguments: Engine.all)
    func turns(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("turns", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            var hosts: [ID<User>] = []
            for hour in 9..<15 {
                hosts += try await stage.hosts(of: stage.book(stage.at(hour), on: link).id)
                stage.clock.move(minutes: 1)
            }
            #expect(hosts == [stage.ada, stage.bob, stage.ada, stage.bob, stage.ada, stage.bob])
            #expect(try await stage.ledger(of: stage.ada).count == 3)
            #expect(try await stage.ledger(of: stage.bob).count == 3)
            let grounds = try await stage.assignments(of: link).map(\.ground)
            #expect(grounds.prefix(2) == [.position, .leastRecent])
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("a time is offered while any host is free, and booked as often as there are hosts", arguments: Engine.all)
    func union(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(2)
            let hosts = [stage.ada, stage.bob] + more
            let link = try await stage.makeLink("many", .roundRobin, hosts.map { HostWish($0) })
            try await stage.book(stage.at(9), on: stage.link)
            #expect(try await stage.free(link).contains(stage.at(9)))
            var taken: [ID<User>] = []
            for _ in 0..<3 { taken += try await stage.hosts(of: stage.book(stage.at(9), on: link).id) }
            #expect(Set(taken) == Set(hosts).subtracting([stage.ada]))
            #expect(try await !stage.free(link).contains(stage.at(9)))
            let refused = try await refusal { try await stage.book(stage.at(9), on: link) }
            #expect(refused?.code == "slot_taken" && refused?.alternatives.isEmpty == false)
            #expect(try await stage.assignments(of: link).last?.ground == .onlyOne)
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("each host keeps their own hours, and days away", arguments: Engine.all)
    func ownHours(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let early = try await stage.people(1)[0]
            let (scope, now) = (stage.adas, stage.world.now)
            let hours = Schedule(
                id: stage.world.id(), name: "Early", zone: "Europe/Berlin",
                weekly: Array(repeating: [Window(opens: 360, closes: 480)], count: 7))
            let day = try LocalDate("2030-01-07").wanted("day")
            var away = TimeAway(
                id: stage.world.id(), user: stage.bob, kind: .outOfOffice, from: day, to: day)
            away.reason = "Away"
            let days = away
            try await stage.database.write(scope) { tx in
                try ScheduleStore.insert(hours, account: early, scope: scope, now: now, in: tx)
                try TimeAwayStore.insert(days, scope: scope, now: now, in: tx)
            }
            let link = try await stage.makeLink("hours", .roundRobin, [HostWish(stage.bob), HostWish(early)])
            // Bob has no schedule of his own and keeps the usual hours; he is away on Monday.
            #expect(try await stage.free(link).isEmpty)
            let tuesday = try await stage.free(link, day: 1)
            #expect(tuesday.first == stage.at(6, day: 1) && tuesday.contains(stage.at(9, day: 1)))
            #expect(!tuesday.contains(stage.at(8, day: 1)))
            #expect(try await stage.hosts(of: stage.book(stage.at(6, day: 1), on: link).id) == [early])
            #expect(try await stage.hosts(of: stage.book(stage.at(9, day: 1), on: link).id) == [stage.bob])
        }
    }

    @Test("a team of a hundred is read in as many statements as a team of two", arguments: Engine.all)
    func hundred(on engine: Engine) async throws {
        let statements = Mutex(0)
        try await withDatabaseURL(engine, .reused) { url in
            var options = DatabaseOptions()
            options.isTest = true
            options.observe = { event in
                if case .read(let count) = event { statements.withLock { $0 = count } }
            }
            let database = try await Database.open(url, options)
            do {
                let stage = try await Stage(database)
                let people = try await stage.people(100)
                var costs: [Int] = []
                for count in [2, 100] {
                    let link = try await stage.makeLink(
                        "team\(count)", .roundRobin, people.prefix(count).map { HostWish($0) })
                    #expect(try await stage.eligible(link, at: stage.at(9)) == count)
                    costs.append(statements.withLock { $0 })
                }
                #expect(costs[0] == costs[1] && costs[1] <= 12, "\(costs) statements")
                await database.close()
            } catch {
                await database.close()
                throw error
            }
        }
    }

    @Test("a hold keeps one host's time and counts for nobody; its booking goes to whose turn it is",
          arguments: Engine.all)
    func holds(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("held", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            let first = try await stage.hold(stage.at(9), visitor: "a", on: link)
            #expect(try await stage.ledger(of: stage.ada).map(\.kind) == [.hold])
            #expect(try await stage.ledger(of: stage.bob).isEmpty)
            let second = try await stage.hold(stage.at(9), visitor: "b", on: link)
            #expect(try await stage.ledger(of: stage.bob).map(\.kind) == [.hold])
            #expect(try await !stage.free(link).contains(stage.at(9)))
            // A third finds nothing; another time of the same visitor lets the first one go.
            #expect(try await refusal { try await stage.hold(stage.at(9), visitor: "c", on: link) } != nil)
            _ = try await stage.hold(stage.at(9, 30), visitor: "b", on: link)
            #expect(try await stage.free(link).contains(stage.at(9)))
            let booked = try await stage.book(stage.at(9), on: link) { $0.holdToken = first.token }
            #expect(try await stage.hosts(of: booked.id) == [stage.ada])
            let late = try await stage.book(stage.at(9), on: link) { $0.holdToken = second.token }
            #expect(try await stage.hosts(of: late.id) == [stage.bob])
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("ten holds at once do not make one host's share: it is decided at booking", arguments: Engine.all)
    func heldShares(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("fair", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            var tokens: [(Instant, String)] = []
            for number in 0..<10 {
                let start = stage.at(9).adding(minutes: 30 * number)
                tokens.append((start, try await stage.hold(start, visitor: "\(number)", on: link).token))
            }
            for (start, token) in tokens { try await stage.book(start, on: link) { $0.holdToken = token } }
            let counts = Dictionary(grouping: try await stage.assignments(of: link), by: \.host).mapValues(\.count)
            #expect(counts == [stage.ada: 5, stage.bob: 5])
            #expect(try await stage.ledger().allSatisfy { $0.kind == .booking })
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("a move keeps its host, and offers their times alone", arguments: Engine.all)
    func kept(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("kept", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            let booked = try await stage.book(stage.at(9), on: link)
            try await stage.book(stage.at(11), on: stage.link)
            let refused = try await refusal {
                try await MoveBooking(stage.installation)(booked.id, to: stage.at(11), scope: stage.adas)
            }
            #expect(refused?.code == "slot_taken")
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(12), scope: stage.adas)
            #expect(try await stage.hosts(of: booked.id) == [stage.ada])
            let made = try await stage.assignments(of: link)
            #expect(made.count == 1 && made[0].starts == stage.at(12) && made[0].counts)
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("where the link lets another host take over, a move finds one and tells all", arguments: Engine.all)
    func takenOver(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("over", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)]) {
                $0.rotation.movesReassign = true
            }
            let booked = try await stage.book(stage.at(9), on: link)
            try await stage.book(stage.at(11), on: stage.link)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(11), scope: stage.adas)
            #expect(try await stage.hosts(of: booked.id) == [stage.bob])
            let made = try await stage.assignments(of: link)
            #expect(made.map(\.host) == [stage.ada, stage.bob] && made.map(\.counts) == [false, true])
            let mail = FakeMail()
            try await stage.mailRunner(mail).drain()
            let told = mail.sent.filter { $0.subject.contains("11:00") }.map { "\($0.to.address)" }
            #expect(Set(told).isSuperset(of: ["bob@nordhavn.example", "ada@nordhavn.example"]))
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("a cancellation gives the turn back unless the link says otherwise", arguments: Engine.all)
    func credited(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for credits in [true, false] {
                let link = try await stage.makeLink(
                    "credit-\(credits)", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)]
                ) {
                    $0.rotation.strategy = .equalDistribution
                    $0.rotation.creditsCancelled = credits
                }
                let first = try await stage.book(stage.at(9, day: credits ? 1 : 2), on: link)
                #expect(try await stage.hosts(of: first.id) == [stage.ada])
                stage.clock.move(minutes: 1)
                _ = try await CancelBooking(stage.installation)(first.id, scope: stage.adas)
                let made = try await stage.assignments(of: link)
                #expect(made.map(\.counts) == [!credits] && made[0].creditedAfter == (credits ? 1 : nil))
                // Credited, both stand the same, and Bob has waited longer: he was never asked.
                let second = try await stage.book(stage.at(10, day: credits ? 1 : 2), on: link)
                #expect(try await stage.hosts(of: second.id) == [stage.bob])
                let standing = try await stage.assignments(of: link).last?.judged.hosts.first?.standing
                #expect(standing?.counted == (credits ? 0 : 1))
            }
        }
    }

    @Test("a no-show is credited where the link says so, and counts again when it is taken back", arguments: Engine.all)
    func noShow(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("missed", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)]) {
                $0.rotation.creditsNoShow = true
            }
            let booked = try await stage.book(stage.at(9), on: link)
            stage.clock.move(to: stage.at(9, 5))
            _ = try await MarkNoShow(stage.installation)(booked.id, scope: stage.adas)
            #expect(try await stage.assignments(of: link).map(\.counts) == [false])
            try await MarkNoShow(stage.installation).undo(booked.id, scope: stage.adas)
            #expect(try await stage.assignments(of: link).map(\.counts) == [true])
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("a higher priority goes first, and who cannot sign in gets nothing", arguments: Engine.all)
    func priority(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, bob) = (stage.ada, stage.bob)
            let link = try await stage.makeLink("first", .roundRobin, [HostWish(ada), HostWish(bob, priority: 4)])
            #expect(try await stage.hosts(of: stage.book(stage.at(9), on: link).id) == [bob])
            #expect(try await stage.hosts(of: stage.book(stage.at(10), on: link).id) == [bob])
            #expect(try await stage.assignments(of: link).map(\.ground) == [.priority, .priority])
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE member SET state = 'off' WHERE account = \(bob)")
            }
            #expect(try await stage.hosts(of: stage.book(stage.at(11), on: link).id) == [ada])
            #expect(try await stage.assignments(of: link).last?.judged.hosts.map(\.standing.host) == [ada.text])
        }
    }

    @Test("who leads too far is not offered until the others have caught up", arguments: Engine.all)
    func lead(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, bob) = (stage.ada, stage.bob)
            let link = try await stage.makeLink("lead", .roundRobin, [HostWish(ada), HostWish(bob)]) {
                ($0.rotation.strategy, $0.rotation.maximumLead) = (.equalDistribution, 1)
            }
            // Bob is busy at nine and ten: Ada takes both, and is a whole booking ahead.
            let bobs = try await stage.makeLink("bobs", host: bob)
            for hour in [9, 10, 11] { try await stage.book(stage.at(hour), on: bobs) }
            for hour in [9, 10] { #expect(try await stage.hosts(of: stage.book(stage.at(hour), on: link).id) == [ada]) }
            #expect(try await !stage.free(link).contains(stage.at(11)))
            #expect(try await refusal { try await stage.book(stage.at(11), on: link) } != nil)
            #expect(try await stage.hosts(of: stage.book(stage.at(12), on: link).id) == [bob])
            #expect(try await stage.free(link).contains(stage.at(11)))
        }
    }

    @Test("several hundred bookings over weeks keep every share within one of its weight", arguments: Engine.all)
    func simulation(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let people = try await stage.people(4)
            let weights = [100, 100, 50, 150]
            let link = try await stage.makeLink(
                "shares", .roundRobin, zip(people, weights).map { HostWish($0, weight: $1) }
            ) {
                $0.rotation.strategy = .equalDistribution
                $0.rotation.period = .allTime
            }
            var booked = 0
            for day in [0, 1, 2, 3, 4, 7, 8, 9, 10, 11] {
                for start in 0..<16 where booked < 160 {
                    try await stage.book(stage.at(9, 30 * start, day: day), on: link)
                    booked += 1
                }
            }
            let counts = Dictionary(grouping: try await stage.assignments(of: link), by: \.host).mapValues(\.count)
            for (person, weight) in zip(people, weights) {
                let due = Double(booked * weight) / 400
                #expect(abs(Double(counts[person] ?? 0) - due) < 1, "\(counts[person] ?? 0) of \(due)")
            }
            #expect(try await stage.contradictions() == [])
        }
    }
}
