/// What the host's pages cost: as many statements for many bookings as for few.
import Database
import Fakes
import Scheduling
import Synchronization
import Testing
import Web

@testable import Features

struct HostPagesCostTests {
    /// The pages, and how many statements each may take at most.
    private static let pages: [(path: String, most: Int)] = [
        ("/calendar", 26), ("/calendar/bookings", 12), ("/calendar/bookings?show=past", 12),
        ("/calendar/bookings?show=cancelled", 12), ("/calendar/bookings?host=all", 12),
        // One more where PostgreSQL is asked what it expects, so that frequent words need not be counted.
        ("/calendar/bookings?q=yuko+intro", 13), ("/calendar/bookings?host=all&q=yuko", 13),
        ("/calendar/bookings?view=day", 16), ("/calendar/bookings?view=week", 16),
        ("/calendar/bookings?view=month", 16), ("/calendar/bookings/new", 12), ("/api/v1/bookings", 12),
    ]

    @Test("a page runs as many statements for forty bookings on nine links as for one", arguments: Engine.all)
    func constant(on engine: Engine) async throws {
        let statements = Counter()
        try await withDatabaseURL(engine, .reused) { url in
            var options = DatabaseOptions()
            options.isTest = true
            options.observe = { event in
                if case .read(let count) = event { statements.add(count) }
            }
            let database = try await Database.open(url, options)
            do {
                try await measure(try await Stage(database), statements)
                await database.close()
            } catch {
                await database.close()
                throw error
            }
        }
    }

    private func measure(_ stage: Stage, _ statements: Counter) async throws {
        let ada = try Visitor(stage, who: "ada")
        try await stage.book(stage.at(16, 30))
        let few = try await cost(ada, statements)
        for index in 0..<8 {
            let link = try await stage.makeLink("more\(index)") { $0.title = "More \(index)" }
            for turn in 0..<5 { try await stage.book(stage.at(9 + index % 7, (index / 7) * 30, day: turn), on: link) }
        }
        let many = try await cost(ada, statements)
        for (page, (few, many)) in zip(Self.pages, zip(few, many)) {
            #expect(few == many, "\(page.path): \(few), then \(many)")
            #expect(many > 0 && many <= page.most, "\(page.path): \(many)")
        }
    }

    private func cost(_ visitor: Visitor, _ statements: Counter) async throws -> [Int] {
        var costs: [Int] = []
        for page in Self.pages {
            let before = statements.total
            let answer = await visitor.get(page.path)
            try #require(answer.status == 200, "\(page.path): \(answer.status)")
            costs.append(statements.total - before)
        }
        return costs
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    var total: Int { count.withLock { $0 } }

    func add(_ more: Int) { count.withLock { $0 += more } }
}
