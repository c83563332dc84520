/// Which days and times of them a link offers: travel, first of the day, working days, the attendee's own clock.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkDayRulesTests {
    @Test("travel is taken like the meeting, in lists, holds and the ledger", arguments: Engine.all)
    func travel(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("visit") { ($0.rhythm.travelBefore, $0.rhythm.travelAfter) = (30, 60) }
            let booked = try await stage.book(stage.at(12), on: link)
            var row = try await stage.ledger().first
            #expect(row?.starts == stage.at(11, 30) && row?.ends == stage.at(13, 30))
            // An ordinary link has the time around it; the next visit needs its own way, too.
            #expect(try await stage.free().contains(stage.at(11)))
            #expect(!(try await stage.free().contains(stage.at(11, 30))))
            let visits = try await stage.free(link)
            #expect(visits.contains(stage.at(10)) && !visits.contains(stage.at(10, 30)))
            #expect(visits.contains(stage.at(14)) && !visits.contains(stage.at(13, 30)))
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(15), scope: stage.scope)
            row = try await stage.ledger().first
            #expect(row?.starts == stage.at(14, 30) && row?.ends == stage.at(16, 30))
            _ = try await stage.hold(stage.at(10), on: link)
            #expect(try await stage.ledger().first?.starts == stage.at(9, 30))
        }
    }

    @Test("pauses of two bookings are the longer one, or both", arguments: Engine.all)
    func gaps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let longer = try await stage.makeLink("longer") {
                ($0.bufferBefore, $0.bufferAfter, $0.step) = (10, 20, 5)
            }
            let sum = try await stage.makeLink("sum") {
                ($0.bufferBefore, $0.bufferAfter, $0.step, $0.rhythm.gapRule) = (10, 20, 5, .sum)
            }
            try await stage.book(stage.at(9), on: longer)
            #expect(try await stage.free(longer).first == stage.at(9, 50))
            #expect(try await stage.free(sum).first == stage.at(10))
        }
    }

    @Test("only the first free time of a day is offered, and the next one once it is taken", arguments: Engine.all)
    func firstOfDay(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("first") { $0.rhythm.firstOfDay = true }
            #expect(try await stage.free(link) == [stage.at(9)])
            let refused = try await refusal { try await stage.book(stage.at(11), on: link) }
            #expect(refused?.fields.map(\.code) == ["not_first_of_day"] && refused?.status == 422)
            #expect(refused?.message.hasPrefix("Only the first free time of a day") == true)
            try await stage.book(stage.at(9), on: link)
            #expect(try await stage.free(link) == [stage.at(9, 30)])
            // Asked from the middle of a day, its morning still counts.
            let answer = await (try Visitor(stage)).call(
                "GET", "/api/v1/public/links/first/slots?from=2030-01-07&to=2030-01-08&timezone=Asia/Tokyo")
            #expect(answer.json["slots"]?.members?.compactMap { $0.1.array?.count } == [1, 1])
        }
    }

    @Test("times beside a meeting are marked for programs and on the page, and nothing else changes",
          arguments: Engine.all)
    func beside(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("dense") { $0.rhythm.besideFirst = true }
            let plain = try await stage.free(link)
            try await stage.book(stage.at(12))
            #expect(try await stage.free(link) == plain.filter { $0 != stage.at(12) })
            let stranger = try Visitor(stage)
            let path = "/slots?from=2030-01-07&to=2030-01-07&timezone=Europe/Berlin"
            func marked(_ slug: String) async -> [String] {
                let answer = await stranger.call("GET", "/api/v1/public/links/\(slug)\(path)")
                return (answer.json["slots"]?["2030-01-07"]?.array ?? []).filter { $0["beside"] == true }
                    .compactMap { $0["start"]?.string }
            }
            #expect(await marked("dense") == ["2030-01-07T11:30:00+01:00", "2030-01-07T12:30:00+01:00"])
            #expect(await marked("intro").isEmpty)
            let page = await stranger.get("/book/dense")
            #expect(page.text.components(separatedBy: "suits best").count == 3)
        }
    }

    @Test("working days leave out weekends and holidays, bookable days those without a free time",
          arguments: Engine.all)
    func windows(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            stage.clock.move(to: stage.at(8, day: 4))
            let business = try await stage.makeLink("business") { $0.window = .rollingBusinessDays(2) }
            let bookable = try await stage.makeLink("bookable") { $0.window = .bookableDays(2) }
            for link in [business, bookable] {
                #expect(try await stage.free(link, day: 4).count == 16)
                #expect(try await stage.free(link, day: 7).count == 16)
                #expect(try await stage.free(link, day: 8).isEmpty)
                let refused = try await refusal { try await stage.book(stage.at(9, day: 8), on: link) }
                #expect(refused?.fields.map(\.code) == ["too_far"])
            }
            // Today is taken: a day the farther ones know of only if they look back so far.
            let long = try await stage.makeLink("long") { $0.duration = 480 }
            try await stage.book(stage.at(9, day: 4), on: long)
            #expect(try await stage.free(business, day: 8).isEmpty)
            #expect(try await stage.free(bookable, day: 8).count == 16)
            #expect(try await stage.free(bookable, day: 9).isEmpty)
            try await stage.book(stage.at(9, day: 8), on: bookable)
            let page = await (try Visitor(stage)).get("/book/bookable")
            #expect(page.status == 200 && page.text.contains("15 times"))
        }
    }

    @Test("hours by the attendee's clock close what is night for them, in their zone", arguments: Engine.all)
    func bookerHours(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let hours = [[Window]](repeating: [Window(opens: 540, closes: 1_110)], count: 7)
            let link = try await stage.makeLink("day") { $0.rhythm.bookerHours = hours }
            let stranger = try Visitor(stage)
            func count(_ zone: String) async -> Int {
                let answer = await stranger.call(
                    "GET", "/api/v1/public/links/day/slots?from=2030-01-07&to=2030-01-08&timezone=\(zone)")
                return answer.json["slots"]?.members?.first?.1.array?.count ?? 0
            }
            // Berlin 9:00 is 17:00 in Tokyo: three halves of an hour until 18:30.
            #expect(await count("Europe/Berlin") == 16)
            #expect(await count("Asia/Tokyo") == 3)
            let refused = try await refusal { try await stage.book(stage.at(12), on: link) }
            #expect(refused?.fields.map(\.code) == ["outside_booker_hours"] && refused?.status == 422)
            #expect(refused?.message.hasPrefix("By your clock") == true)
            #expect(refused?.alternatives.contains(stage.at(10)) == true)
            let booked = try await stage.book(stage.at(10), on: link)
            _ = try await refusal {
                try await MoveBooking(stage.installation)(booked.id, to: stage.at(12), scope: stage.scope)
            }.wanted("a refusal")
            try await stage.book(stage.at(12), on: link) { $0.attendee.zone = "Europe/Berlin" }
            let page = await stranger.get("/book/day?timezone=Asia/Tokyo&day=2030-01-08")
            #expect(page.buttons("start").count == 3)
        }
    }
}
