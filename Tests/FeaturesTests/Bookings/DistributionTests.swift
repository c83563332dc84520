/// How bookings fell to hosts: the assignments as stored, the report, and choices made again.
import Database
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Distribution")
struct DistributionTests {
    private func booked(
        _ stage: Stage, _ count: Int, _ change: (inout LinkRules) -> Void = { _ in }
    ) async throws -> Link {
        let link = try await stage.makeLink(
            "report", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob, weight: 50)]
        ) {
            $0.rotation.strategy = .equalDistribution
            change(&$0)
        }
        for number in 0..<count {
            try await stage.book(stage.at(9).adding(minutes: 30 * number), on: link)
            stage.clock.move(minutes: 1)
        }
        return link
    }

    private func report(
        _ stage: Stage, _ link: Link, _ query: [(String, String)] = []
    ) async throws -> Distribution {
        let (link, scope, now, zones) = (try await stage.find(link), stage.scope, stage.world.now, stage.zones)
        var fields = Fields(form: FormData(query))
        let ask = DistributionAsk(&fields, hosts: link.hosts)
        return try await stage.database.read(scope) { tx in
            try Distribution(link, ask, now: now, zones: zones, scope: scope, in: tx)
        }
    }

    @Test("an assignment reads back as it was written, in its order and period", arguments: Engine.all)
    func stored(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await booked(stage, 3)
            let made = try await stage.assignments(of: link)
            #expect(made.map(\.number) == [1, 2, 3] && made.allSatisfy { $0.counts && $0.judged.hosts.count == 2 })
            #expect(made[2].judged.hosts.map(\.standing.counted) == [1, 1])
            #expect(try Judged(decoding: made[1].judged.encoded) == made[1].judged)
            let (scope, first) = (stage.scope, made[0])
            let january = Span(start: stage.at(0, day: -6), end: stage.at(0, day: 25))
            let counts = try await stage.database.read(scope) { tx in
                [
                    try AssignmentStore.counted(of: link.id, in: january, by: .creation, scope: scope, in: tx).count,
                    try AssignmentStore.counted(
                        of: link.id, in: Span(start: stage.at(0, day: 1), end: stage.at(0, day: 2)), by: .start,
                        scope: scope, in: tx).count,
                    try AssignmentStore.counted(
                        of: link.id, in: nil, by: .creation, without: first.booking, scope: scope, in: tx
                    ).count { $0.counts },
                    try AssignmentStore.last(of: link.id, scope: scope, in: tx),
                ]
            }
            #expect(counts == [3, 0, 2, 3])
        }
    }

    @Test("the report sets bookings against weights, and says why each went to whom", arguments: Engine.all)
    func shares(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await booked(stage, 6)
            let report = try await report(stage, link)
            #expect(report.lines.map(\.standing.counted) == [4, 2])
            #expect(report.lines.allSatisfy { abs($0.shortfall) < 0.01 } && report.differences.isEmpty)
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get("/settings/booking-links/\(link.id)/distribution")
            #expect(page.status == 200 && page.text.contains("66.7 %") && page.text.contains("furthest behind"))
            #expect(page.text.contains("every choice comes out the same"))
            let json = try JSON(reading: await ada.call("GET", "/api/v1/links/\(link.id)/distribution").body)
            #expect(json["hosts"]?.array?.map { $0["bookings"]?.int } == [4, 2])
            #expect(json["assignments"]?.array?.count == 6)
            #expect(json["assignments"]?.array?.allSatisfy { $0["replay"]?["same"] == .bool(true) } == true)
        }
    }

    @Test("choices are the same when made again, after cancellations, moves to others and other weights too",
          arguments: Engine.all)
    func again(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await booked(stage, 5) { $0.rotation.movesReassign = true }
            let made = try await stage.assignments(of: link)
            _ = try await CancelBooking(stage.installation)(made[1].booking, scope: stage.adas)
            _ = try await ReassignBooking(stage.installation)(made[3].booking, to: nil, scope: stage.adas)
            let (ada, bob) = (stage.ada, stage.bob)
            try await stage.change(link) { $0.hosts = [HostWish(ada, weight: 10), HostWish(bob, weight: 90)] }
            for hour in 13..<16 { try await stage.book(stage.at(hour, 30), on: link) }
            #expect(try await report(stage, link).differences.isEmpty)
            // The negative control: a row that was not so is seen.
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE assignment SET account = \(bob) WHERE number = 1")
            }
            let differences = try await report(stage, link).differences
            #expect(differences[1]?.host == ada.text && !differences.isEmpty)
        }
    }

    @Test("other weights are tried on a period without changing anything", arguments: Engine.all)
    func otherWeights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await booked(stage, 6)
            let weights = [("weight.\(stage.ada)", "100"), ("weight.\(stage.bob)", "500")]
            let report = try await report(stage, link, weights)
            #expect(report.lines.map(\.replayed) == [1, 5] && report.lines.map(\.standing.counted) == [4, 2])
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(link.id)/distribution"
            #expect(await ada.get("\(path)?weight.\(stage.bob)=500").text.contains("With these weights"))
            let weight = "weight.\(stage.bob)"
            for bad in ["\(weight)=0", "\(weight)=many", "month=2030", "month=2030-13", "month=%00"] {
                let answer = await ada.get("\(path)?\(bad)")
                #expect(answer.status == 422 || answer.status == 400, "\(bad)")
            }
            #expect(await ada.get("\(path)?month=2029-12").text.contains("Nobody has been given"))
        }
    }

    @Test("only a link in turn has a report, and only its hosts and admins see it", arguments: Engine.all)
    func border(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await booked(stage, 2)
            let alone = try await stage.makeLink("alone", .roundRobin, [HostWish(stage.ada)])
            let ada = try Visitor(stage, who: "ada"), bob = ada.asked(by: "bob")
            #expect(await bob.get("/settings/booking-links/\(link.id)/distribution").status == 200)
            let json = try JSON(reading: await bob.call("GET", "/api/v1/links/\(link.id)/distribution").body)
            #expect(json["assignments"]?.array?.count == 1)
            for id in [alone.id.text, stage.world.id(Link.self).text, "x"] {
                #expect(await bob.get("/settings/booking-links/\(id)/distribution").status == 404)
                #expect(await bob.call("GET", "/api/v1/links/\(id)/distribution").status == 404)
            }
            #expect(await ada.get("/settings/booking-links/\(stage.link.id)/distribution").status == 404)
        }
    }
}
