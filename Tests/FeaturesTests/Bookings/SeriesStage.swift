/// What tests of series begin with.
import Database
import Fakes
import Logging
import Scheduling
import Web

@testable import Features

extension Stage {
    /// A link of Ada's that is booked up to ten times at once, every week.
    func weekly(
        _ slug: String = "weekly", _ change: @escaping (inout LinkRules) -> Void = { _ in }
    ) async throws -> Link {
        try await makeLink(slug) { rules in
            rules.series = LinkSeries()
            change(&rules)
        }
    }

    /// Books so many meetings from `start` on.
    func bookSeries(
        _ count: Int, from start: Instant, on link: Link, key: String? = nil, guests: [String] = [],
        _ change: (inout SeriesWish) -> Void = { _ in }
    ) async throws -> BookedSeries {
        var wish = SeriesWish(count: count)
        change(&wish)
        let asked = request(start) { request in
            (request.series, request.guests) = (wish, guests)
            request.key = key.map { RequestKey(text: $0, request: "series") }
        }
        return try BookedSeries(try await BookSlot(installation)(asked, link: link.id, scope: scope))
    }

    /// The refusal of a series; nil when there was none.
    func seriesRefusal<T>(_ body: () async throws -> T) async throws -> SeriesRefusal? {
        do {
            _ = try await body()
            return nil
        } catch let refusal as SeriesRefusal {
            return refusal
        }
    }

    /// The week after that of a time, by Berlin's clocks.
    func week(_ number: Int, _ start: Instant) throws -> Instant {
        let berlin = try zones.zone("Europe/Berlin").wanted("Berlin")
        return Recurrence(first: start, zone: berlin, weeks: 1).start(number)
    }

    func rowsOfSeries() async throws -> [Int] {
        try await database.lookUp { tx in
            try ["series", "series_booking"].map { table in
                let name: SQL = table == "series" ? "series" : "series_booking"
                return try tx.one("SELECT count(*) AS n FROM \(name)") { try $0["n"] as Int } ?? 0
            }
        }
    }

    func seriesRunner(_ mail: FakeMail) -> JobRunner {
        let (one, many) = (SendBookingMail(installation, mail: mail), SendSeriesMail(installation, mail: mail))
        return JobRunner(
            database: database,
            work: [BookingJobs.kind: { try await one($0) }, SeriesJobs.kind: { try await many($0) }],
            world: world, logger: Logger(label: "test"))
    }
}

/// What the call that books a series tells.
struct BookedSeries: Sendable {
    let reply: Reply
    let json: JSON
    let ids: [ID<Booking>]
    let tokens: [String]
    let starts: [Instant]

    init(_ reply: Reply) throws {
        self.reply = reply
        json = try JSON(reading: reply.body)
        let all = json["occurrences"]?.array ?? []
        ids = all.compactMap { $0["id"]?.string.flatMap(ID<Booking>.init) }
        tokens = all.compactMap { $0["token"]?.string }
        starts = all.compactMap { $0["start"]?.string.flatMap(Instant.init(rfc3339:)) }
    }
}
