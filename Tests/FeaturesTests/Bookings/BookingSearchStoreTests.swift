/// Finding bookings by words in the database, on both engines.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookingSearchStoreTests {
    private func found(
        _ stage: Stage, _ search: String, _ change: (inout BookingFilter) -> Void = { _ in }
    ) async throws -> [String] {
        var filter = BookingFilter()
        filter.terms = SearchWords.terms(search).map(SearchTerm.init(prefix:))
        change(&filter)
        let (wanted, scope) = (filter, stage.scope)
        return try await stage.database.read(scope) { tx in
            try BookingListStore.list(wanted, scope: scope, in: tx).map(\.attendee.name)
        }
    }

    @Test("a booking is found by the beginning of any of its words, and every term must be met", arguments: Engine.all)
    func prefixes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for (hour, name) in [(9, "Yūko Hasegawa"), (10, "Müller, Jörg"), (11, "長谷川 優子"), (12, "Zoë İnan")] {
                try await stage.book(stage.at(hour)) { request in
                    request.attendee = Attendee(name: name, email: "p\(hour)@kpuh.example", zone: "UTC", language: "en")
                    request.answers = [
                        Answered(question: stage.question, label: "What", value: "Ward \(hour), Zürich"),
                    ]
                }
            }
            #expect(try await found(stage, "yuko") == ["Yūko Hasegawa"])
            #expect(try await found(stage, "HASE yu") == ["Yūko Hasegawa"])
            #expect(try await found(stage, "mull") == ["Müller, Jörg"])
            #expect(try await found(stage, "谷川") == ["長谷川 優子"])
            #expect(try await found(stage, "inan zoe") == ["Zoë İnan"])
            #expect(try await found(stage, "p11@kpuh") == ["長谷川 優子"])
            #expect(try await found(stage, "zurich").count == 4)
            #expect(try await found(stage, "introduction ward").count == 4)
            #expect(try await found(stage, "yuko muller").isEmpty)
            #expect(try await found(stage, "nobody").isEmpty)
            #expect(try await found(stage, "%").count == 4, "a sign is no term")
        }
    }

    @Test("the source is a term of its own that nobody can type", arguments: Engine.all)
    func source(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(9)) { $0.attendee.name = "By Page" }
            try await stage.book(stage.at(10)) { ($0.attendee.name, $0.source) = ("By Host", .host) }
            #expect(try await found(stage, "") { $0.terms = [SearchTerm(source: .host)] } == ["By Host"])
            #expect(try await found(stage, "by") { $0.terms += [SearchTerm(source: .page)] } == ["By Page"])
            #expect(try await found(stage, "=source:host").isEmpty)
        }
    }

    @Test("how a search is done follows from how many words its terms find", arguments: Engine.all)
    func plans(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for hour in 9...12 { try await stage.book(stage.at(hour)) { $0.attendee.name = "Person\(hour % 2) Same" } }
            let scope = stage.scope
            let (half, every) = (SearchTerm(prefix: "person1"), SearchTerm(prefix: "same"))
            let none = SearchTerm(prefix: "nobody")
            func plan(_ terms: [SearchTerm], few: Int, some: Int) async throws -> SearchPlan {
                try await stage.database.read(scope) { tx in
                    try BookingSearchStore.plan(terms, few: few, some: some, scope: scope, in: tx)
                }
            }
            #expect(try await plan([], few: 2, some: 3) == .many(sets: [], lookUps: []))
            #expect(try await plan([every, none], few: 2, some: 3) == .few([]))
            let ofHalf = try await stage.database.read(scope) { tx in
                try tx.all("""
                    SELECT booking FROM booking_word WHERE workspace = \(scope.workspace) AND word = 'person1'
                    """) { try $0["booking"] as ID<Booking> }
            }
            func few(_ terms: [SearchTerm], few: Int, some: Int) async throws -> Set<ID<Booking>>? {
                if case .few(let ids) = try await plan(terms, few: few, some: some) { Set(ids) } else { nil }
            }
            #expect(ofHalf.count == 2)
            #expect(try await few([every, half], few: 2, some: 3) == Set(ofHalf))
            // Two frequent terms with little in common: what they share is few.
            #expect(try await few([half, SearchTerm(prefix: "person0")], few: 1, some: 4) == [])
            #expect(try await plan([every, half], few: 1, some: 3) == .many(sets: [half], lookUps: [every]))
            #expect(try await plan([every, half], few: 1, some: 4) == .many(sets: [half, every], lookUps: []))
            #expect(try await plan([every], few: 1, some: 3) == .many(sets: [], lookUps: [every]))
        }
    }

    @Test("rare, frequent and very frequent terms give the same list, in order and page by page", arguments: Engine.all)
    func everyPlan(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("short") { $0.duration = 5 }
            var last: ID<Booking>?
            for index in 0..<12 {
                last = try await stage.book(stage.at(9, index * 5), on: link) { request in
                    request.attendee.name = "Person\(index % 2) Same\(index % 3)"
                }.id
            }
            let (booking, scope) = (try last.wanted("booking"), stage.scope)
            for more in [0, BookingSearchStore.few + 1, BookingSearchStore.some + 1] {
                // One booking with many words makes its terms frequent.
                try await stage.fill(booking, ["person1", "same"], more)
                // What PostgreSQL does by itself within a minute: from here on it knows how frequent they are.
                if engine == .postgres {
                    _ = try await stage.database.write(scope) { try $0.run("ANALYZE booking_word") }
                }
                #expect(try await found(stage, "person1").count == 6)
                let both = try await found(stage, "person1 same1")
                #expect(both == Array(repeating: "Person1 Same1", count: 2), "\(more)")
                #expect(try await found(stage, "person1 same1") { $0.newestFirst = true } == both.reversed())
                #expect(try await found(stage, "person1 same1 short").isEmpty)
                #expect(try await found(stage, "person1") { ($0.limit, $0.newestFirst) = (2, true) }.count == 2)
                #expect(try await found(stage, "person1") { $0.host = stage.bob }.isEmpty)
                #expect(try await found(stage, "person1 intro") { $0.host = stage.ada }.count == 6)
                #expect(try await found(stage, "person1") { $0.readable = [stage.ada, stage.bob] }.count == 6)
                #expect(try await found(stage, "person1") { $0.link = link.id }.count == 6)
                #expect(try await found(stage, "person1") { $0.link = stage.link.id }.isEmpty)
                #expect(try await found(stage, "person1") { $0.from = stage.at(9, 50) }.count == 1)
                #expect(try await found(stage, "person1") { $0.statuses = [.cancelled] }.isEmpty)
            }
        }
    }

    @Test("the words of addresses from before they had a sign of their own get it", arguments: Engine.all)
    func addressWords(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let long = String(repeating: "a", count: 60)
            // Two that are one once they are cut.
            try await stage.book(stage.at(9)) { $0.guests = ["\(long)1@b.example", "\(long)2@b.example"] }
            let scope = stage.scope
            func words() async throws -> Set<String> {
                Set(try await stage.database.read(scope) { tx in
                    try tx.all("SELECT word FROM booking_word WHERE workspace = \(scope.workspace)") { row in
                        try row["word"] as String
                    }
                })
            }
            let now = try await words()
            #expect(now.contains("=at:\(long)") && now.filter { $0.hasPrefix("=at:") }.count == 2)
            let addresses = ["\(long)1@b", "\(long)2@b", try #require(now.first { $0.hasSuffix(".example") })]
            try await stage.database.write(scope) { tx in
                let booking = try tx.one("SELECT id FROM booking WHERE workspace = \(scope.workspace)") { row in
                    try row["id"] as ID<Booking>
                }
                try tx.run("DELETE FROM booking_word WHERE workspace = \(scope.workspace) AND word LIKE '=at:%'")
                for word in addresses.map({ $0.replacing("=at:", with: "") }) {
                    try tx.run("""
                        INSERT INTO booking_word (workspace, booking, word)
                        VALUES (\(scope.workspace), \(booking.wanted("booking")), \(word))
                        """)
                }
            }
            #expect(try await words() != now)
            _ = try await stage.database.writeUnscoped { tx in
                for statement in Migration.all[3].statements.prefix(2) { try tx.run(statement) }
            }
            #expect(try await words() == now)
        }
    }

    @Test("another workspace's words find nothing", arguments: Engine.all)
    func scoped(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(9))
            let scope = try await stage.neighbour().scope
            let rows = try await stage.database.read(scope) { tx in
                var filter = BookingFilter()
                filter.terms = [SearchTerm(prefix: "yuko")]
                return try BookingListStore.list(filter, scope: scope, in: tx)
            }
            #expect(rows.isEmpty)
        }
    }

    @Test("bookings from before there was a search become findable, once", arguments: Engine.all)
    func older(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for hour in 9...11 { try await stage.book(stage.at(hour)) }
            let scope = stage.scope
            try await stage.database.write(scope) { tx in
                _ = try tx.run("DELETE FROM booking_word WHERE workspace = \(scope.workspace)")
            }
            #expect(try await found(stage, "yuko").isEmpty)
            #expect(try await IndexBookings(stage.installation)(scope: scope, atOnce: 2) == 3)
            #expect(try await IndexBookings(stage.installation)(scope: scope) == 0)
            #expect(try await found(stage, "yuko intro").count == 3)
        }
    }

    @Test("so do those from before it was known who had booked for somebody else", arguments: Engine.all)
    func olderBookers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (scope, email) = (stage.scope, "mia@office.example")
            for (hour, name) in [(9, "Mia"), (10, "Míra")] {
                try await stage.book(stage.at(hour)) {
                    $0.bookedBy = BookedBy(name: name, email: hour == 9 ? email : "míra@office.example")
                }
            }
            let found = { [now = stage.world.now] in
                try await LookUps(database: stage.database).upcomingBookings(
                    of: email, word: SearchWords.term(ofAddress: email), now: now
                ).count
            }
            #expect(try await found() == 1)
            try await stage.database.write(scope) { tx in
                _ = try tx.run("""
                    DELETE FROM booking_word
                    WHERE workspace = \(scope.workspace) AND (word LIKE '=at:m%' OR word LIKE 'm%' OR word = 'office')
                    """)
            }
            #expect(try await found() == 0)
            let index = IndexBookings(stage.installation)
            // An address with an accent is written anew each time, and once.
            #expect(try await index(scope: scope, atOnce: 1) == 2)
            #expect(try await found() == 1)
            #expect(try await index(scope: scope, atOnce: 1) <= 1)
        }
    }
}

extension Stage {
    /// Gives the booking `count` words that begin with each of the prefixes.
    fileprivate func fill(_ booking: ID<Booking>, _ prefixes: [String], _ count: Int) async throws {
        let scope = scope
        try await database.write(scope) { tx in
            for prefix in prefixes {
                for start in stride(from: 0, to: count, by: 2_000) {
                    let rows = (start..<min(start + 2_000, count)).map { number in
                        "(\(scope.workspace), \(booking), \("\(prefix)zz\(number)"))" as SQL
                    }
                    try tx.run("""
                        INSERT INTO booking_word (workspace, booking, word) VALUES \(rows.joined())
                        ON CONFLICT DO NOTHING
                        """)
                }
            }
        }
    }
}
