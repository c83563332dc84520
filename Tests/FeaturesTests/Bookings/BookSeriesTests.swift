/// Booking a series: all of it or nothing, at one time of day, each meeting under the link's rules.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookSeriesTests {
    @Test("every meeting is a booking like any other, a week apart by the host's clock, joined by one series",
          arguments: Engine.all)
    func books(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let booked = try await stage.bookSeries(10, from: stage.at(10), on: link)
            #expect(booked.reply.status == 201 && booked.ids.count == 10 && Set(booked.tokens).count == 10)
            #expect(try booked.starts == (0..<10).map { try stage.week($0, stage.at(10)) })
            #expect(booked.json["id"]?.string == booked.ids[0].text)
            #expect(booked.json["series"]?["count"] == 10 && booked.json["series"]?["index"] == 0)
            for (index, id) in booked.ids.enumerated() {
                let booking = try await stage.find(id)
                #expect(booking.series?.index == index && booking.state.status == .confirmed)
                #expect(booking.anchorZone == "Europe/Berlin" && booking.anchorLocal.hasSuffix("T10:00"))
                #expect(try await stage.history(id).map(\.event) == ["booked"])
            }
            #expect(try await stage.rows()["ledger"] == 10)
            #expect(try await stage.rowsOfSeries() == [1, 10])
            // One mail for each of the two, and none beside it.
            #expect(try await stage.rows()["job"] == 2)
        }
    }

    @Test("52 meetings over a year keep the time of day across both clock changes", arguments: Engine.all)
    func aYear(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly { $0.series?.count = 52 }
            let booked = try await stage.bookSeries(52, from: stage.at(10), on: link)
            let berlin = try stage.zones.zone("Europe/Berlin").wanted("Berlin")
            #expect(booked.starts.count == 52)
            #expect(Set(booked.starts.map { berlin.local(at: $0).secondOfDay }) == [36_000])
            #expect(Set(booked.starts.map { berlin.offset(at: $0) }) == [3_600, 7_200])
        }
    }

    @Test("one taken week refuses all of it, says which and what else is free that day, and leaves nothing",
          arguments: Engine.all)
    func conflict(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            try await stage.book(stage.at(10, day: 14))
            let before = try await stage.rows()
            let refused = try await stage.seriesRefusal {
                try await stage.bookSeries(4, from: stage.at(10), on: link)
            }
            guard case .taken(let plan) = refused else {
                Issue.record("refused was \(String(describing: refused))")
                return
            }
            #expect(plan.conflicts.map(\.index) == [2])
            #expect(plan.conflicts[0].start == stage.at(10, day: 14))
            #expect(plan.conflicts[0].alternatives.contains(stage.at(10, 30, day: 14)))
            #expect(try await stage.rows() == before)
            #expect(try await stage.rowsOfSeries() == [0, 0])

            let without = try await stage.bookSeries(4, from: stage.at(10), on: link) { $0.leftOut = [2] }
            #expect(without.ids.count == 3)
            #expect(try await stage.find(without.ids[2]).series?.index == 3)
        }
    }

    @Test("a meeting may be at another free time of its week, and no farther away", arguments: Engine.all)
    func moved(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let booked = try await stage.bookSeries(3, from: stage.at(10), on: link) {
                $0.moved = [1: stage.at(11, day: 8)]
            }
            #expect(booked.starts == [stage.at(10), stage.at(11, day: 8), stage.at(10, day: 14)])
            await #expect(throws: Invalid.self) {
                try await stage.bookSeries(3, from: stage.at(12), on: link) { $0.moved = [1: stage.at(12, day: 21)] }
            }
            // Two of one series on one time: the second finds it taken.
            let twice = try await stage.seriesRefusal {
                try await stage.bookSeries(3, from: stage.at(13), on: link) { $0.moved = [1: stage.at(13, day: 14)] }
            }
            #expect(twice?.code == "slot_taken")
        }
    }

    @Test("a repeated key gets the same series again; another request with it is refused", arguments: Engine.all)
    func replay(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let first = try await stage.bookSeries(4, from: stage.at(10), on: link, key: "k")
            let again = try await stage.bookSeries(4, from: stage.at(10), on: link, key: "k")
            #expect(again.reply.replayed && again.ids == first.ids && again.tokens == first.tokens)
            #expect(try await stage.rowsOfSeries() == [1, 4])
        }
    }

    @Test("its meetings count together against a limit, and against what the link takes in all", arguments: Engine.all)
    func limits(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let limited = try await stage.weekly {
                $0.rhythm.limits = [Limit(.link, per: .month, count: 2, minutes: nil)]
            }
            let plan = try await PlanSeries(stage.installation)(
                stage.request(stage.at(10)), SeriesWish(count: 4), lasting: 30, link: limited.id, scope: stage.scope)
            // 7, 14, 21 and 28 January: the third and the fourth are too many.
            #expect(plan.conflicts.map(\.index) == [2, 3])
            #expect(plan.conflicts.allSatisfy { $0.reason == .limitLink })
            let refused = try await stage.seriesRefusal {
                try await stage.bookSeries(4, from: stage.at(10), on: limited)
            }
            #expect(refused?.code == "slot_taken")
            let fits = try await stage.bookSeries(4, from: stage.at(10), on: limited) { $0.leftOut = [2, 3] }
            #expect(fits.ids.count == 2)

            let few = try await stage.weekly("few") { $0.access.mostUses = 3 }
            let many = try await stage.seriesRefusal { try await stage.bookSeries(4, from: stage.at(12), on: few) }
            #expect(many == .usesLeft(3))
            #expect(try await stage.bookSeries(3, from: stage.at(12), on: few).ids.count == 3)
        }
    }

    @Test("more than the link takes, and any on a link that does not repeat, are refused")
    func tooMany() async throws {
        try await Stage.on(.sqlite) { stage in
            let link = try await stage.weekly()
            #expect(try await stage.seriesRefusal { try await stage.bookSeries(11, from: stage.at(10), on: link) }
                == .tooMany(most: 10))
            #expect(try await stage.seriesRefusal { try await stage.bookSeries(2, from: stage.at(10), on: stage.link) }
                == .notRepeating)
        }
    }

    @Test("where hosts take turns one host takes all, the one who can; or each meeting goes its own way",
          arguments: Engine.all)
    func turns(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            // Ada would be first, but cannot make the third week.
            try await stage.book(stage.at(10, day: 14))
            let same = try await stage.makeLink("same", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)]) {
                $0.series = LinkSeries()
            }
            let booked = try await stage.bookSeries(4, from: stage.at(10), on: same)
            var hosts: [ID<User>] = []
            for id in booked.ids { hosts += try await stage.hosts(of: id) }
            #expect(hosts == [stage.bob, stage.bob, stage.bob, stage.bob])
            #expect(try await stage.assignments(of: same).dropFirst().allSatisfy { $0.ground == .kept })
            #expect(try await stage.contradictions() == [])

            let rotate = try await stage.makeLink("rotate", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)]) {
                $0.series = LinkSeries()
                $0.series?.host = .rotate
            }
            let each = try await stage.bookSeries(4, from: stage.at(14), on: rotate)
            hosts = []
            for id in each.ids { hosts += try await stage.hosts(of: id) }
            #expect(Set(hosts) == [stage.ada, stage.bob])
        }
    }

    @Test("the first time gone is said as for a single meeting, with a hold of one's own it is not",
          arguments: Engine.all)
    func first(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let held = try await stage.hold(stage.at(10), on: link)
            let refused = try await refusal { try await stage.bookSeries(2, from: stage.at(10), on: link) }
            #expect(refused?.code == "slot_taken" && refused?.alternatives.isEmpty == false)
            let asked = stage.request(stage.at(10)) { request in
                (request.series, request.holdToken) = (SeriesWish(count: 2), held.token)
            }
            let booked = try BookedSeries(
                try await BookSlot(stage.installation)(asked, link: link.id, scope: stage.scope))
            #expect(booked.ids.count == 2)
            #expect(try await stage.rows()["hold"] == 0)
        }
    }

    @Test("a series reaches beyond the booking window, its first meeting does not")
    func window() async throws {
        try await Stage.on(.sqlite) { stage in
            let link = try await stage.weekly { $0.window = .rollingDays(7) }
            #expect(try await stage.bookSeries(6, from: stage.at(10), on: link).ids.count == 6)
            let late = try await refusal { try await stage.bookSeries(2, from: stage.at(10, day: 14), on: link) }
            #expect(late?.code == "invalid")
        }
    }
}
