/// Every SQL statement on trips, out of office and holidays.
import Database
import Scheduling

package enum TimeAwayStore {
    // MARK: Trips and out of office

    package static func insert(_ away: TimeAway, scope: Scope, now: Instant, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO time_away (id, workspace, account, kind, first_day, last_day, zone, reason, colleague,
                created_at)
            VALUES (\(away.id), \(scope.workspace), \(away.user), \(away.kind), \(away.from), \(away.to),
                \(away.zone), \(away.reason), \(away.colleague), \(now))
            """)
        try touch(away.user, in: tx)
    }

    /// - Returns: false when there is no such row in this workspace.
    package static func delete(_ away: TimeAway, scope: Scope, in tx: Transaction) throws -> Bool {
        let deleted = try tx.run("DELETE FROM time_away WHERE workspace = \(scope.workspace) AND id = \(away.id)")
        guard deleted == 1 else { return false }
        try touch(away.user, in: tx)
        return true
    }

    package static func find(_ id: ID<TimeAway>, scope: Scope, in tx: Transaction) throws -> TimeAway? {
        try select("AND t.id = \(id)", scope: scope, in: tx).first
    }

    /// What is not over by `date`, by its first day.
    package static func ahead(
        of user: ID<User>, from date: LocalDate, scope: Scope, in tx: Transaction
    ) throws -> [TimeAway] {
        try select(
            "AND t.account = \(user) AND t.last_day >= \(date) ORDER BY t.first_day, t.id", scope: scope, in: tx)
    }

    /// For lists of the API, newest first; with `users`, only theirs.
    package static func list(
        of users: Set<ID<User>>?, limit: Int, after: ID<TimeAway>?, scope: Scope, in tx: Transaction
    ) throws -> [TimeAway] {
        var filter: SQL = ""
        if let users { filter = "AND t.account IN \(list: users)" }
        if let after { filter = "\(filter) AND t.id < \(after)" }
        return try select("\(filter) ORDER BY t.id DESC LIMIT \(limit)", scope: scope, in: tx)
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [TimeAway] {
        try tx.all("""
            SELECT t.id, t.account, t.kind, t.first_day, t.last_day, t.zone, t.reason, t.colleague
            FROM time_away t WHERE t.workspace = \(scope.workspace) \(condition)
            """) { row in
            var away = TimeAway(
                id: try row["id"], user: try row["account"], kind: try row["kind"], from: try row["first_day"],
                to: try row["last_day"])
            away.zone = try row["zone"]
            away.reason = try row["reason"]
            away.colleague = try row["colleague"]
            return away
        }
    }

    /// Whether a person is a member of this workspace who can sign in.
    package static func isMember(_ user: ID<User>, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.one("""
            SELECT a.id FROM member m JOIN account a ON a.id = m.account
            WHERE m.workspace = \(scope.workspace) AND m.account = \(user) AND m.state = 'active' AND a.active
            """) { _ in true } ?? false
    }

    /// The people of the workspace by name, without one of them.
    package static func colleagues(
        of user: ID<User>, scope: Scope, in tx: Transaction
    ) throws -> [Redirect.Colleague] {
        try tx.all("""
            SELECT a.id, a.name FROM member m JOIN account a ON a.id = m.account
            WHERE m.workspace = \(scope.workspace) AND m.account <> \(user) AND m.state = 'active' AND a.active
            ORDER BY a.name, a.id
            """) { row in Redirect.Colleague(id: try row["id"], name: try row["name"]) }
    }

    /// What to tell visitors about somebody who is away on a date; nil when they are there.
    ///
    /// Several stretches that follow each other are one: the last day is that of the last of them.
    package static func redirect(
        for user: ID<User>, at date: LocalDate, scope: Scope, in tx: Transaction
    ) throws -> Redirect? {
        let spans = try ahead(of: user, from: date, scope: scope, in: tx).filter { $0.kind == .outOfOffice }
        guard let first = spans.first(where: { $0.from <= date }) else { return nil }
        let until = spans.reduce(first.to) { until, span in
            span.from <= until.adding(days: 1) ? max(until, span.to) : until
        }
        let here = spans.filter { $0.from <= date }
        guard let wanted = here.compactMap(\.colleague).first else { return Redirect(until: until) }
        let colleague = try colleagues(of: user, scope: scope, in: tx).first { $0.id == wanted }
        return Redirect(until: until, colleague: colleague)
    }

    // MARK: Holidays

    /// Replaces a person's choice; nil ends it.
    package static func set(
        _ choice: HolidayChoice?, of user: ID<User>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("DELETE FROM holiday_choice WHERE workspace = \(scope.workspace) AND account = \(user)")
        try tx.run("DELETE FROM holiday_exception WHERE workspace = \(scope.workspace) AND account = \(user)")
        if let choice {
            try tx.run("""
                INSERT INTO holiday_choice (workspace, account, country, region)
                VALUES (\(scope.workspace), \(user), \(choice.country), \(choice.region))
                """)
            let days = choice.worked.sorted().map { ("worked", $0.description) }
                + choice.halfDays.sorted().map { ("half_day", $0.description) }
            for (kind, day) in days {
                try tx.run("""
                    INSERT INTO holiday_exception (workspace, account, kind, day)
                    VALUES (\(scope.workspace), \(user), \(kind), \(day))
                    """)
            }
        }
        try touch(user, in: tx)
    }

    package static func holidays(of user: ID<User>, scope: Scope, in tx: Transaction) throws -> HolidayChoice? {
        let choice = try tx.one("""
            SELECT country, region FROM holiday_choice
            WHERE workspace = \(scope.workspace) AND account = \(user)
            """) { row in HolidayChoice(country: try row["country"], region: try row["region"]) }
        guard var choice else { return nil }
        let days = try tx.all("""
            SELECT kind, day FROM holiday_exception WHERE workspace = \(scope.workspace) AND account = \(user)
            """) { row in (try row["kind"] as String, try row["day"] as String) }
        for (kind, day) in days { choice.add(kind, day) }
        return choice
    }

    // MARK: One person, whatever the workspace

    /// All that keeps these people from working between two dates.
    ///
    /// A person's time is one: what is entered in one workspace closes it in all of them. No words leave with it.
    package static func away(
        of users: [String], from first: LocalDate, through last: LocalDate, in tx: Transaction
    ) throws -> [String: Away] {
        var away: [String: Away] = [:]
        // A person is one subject, so this looks across workspaces; it reads dates and no words.
        let rows = try tx.all("""
            SELECT account, kind, first_day, last_day, zone FROM time_away
            WHERE account IN \(list: users) AND first_day <= \(last) AND last_day >= \(first) ORDER BY first_day, id
            """) { row in (try row["account"] as String, try elsewhere(row)) }
        for (user, row) in rows {
            switch (row.kind, row.zone) {
            case (.trip, let zone?): away[user, default: Away()].trips.append((row.from, row.to, zone))
            default: away[user, default: Away()].spans.append((row.from, row.to))
            }
        }
        for (user, choice) in try choices(of: users, in: tx) { away[user, default: Away()].holidays.append(choice) }
        return away
    }

    /// The dates a person entered in other workspaces and that are not over, without any words.
    package static func elsewhere(
        of user: ID<User>, from date: LocalDate, scope: Scope, in tx: Transaction
    ) throws -> [TimeElsewhere] {
        try tx.all("""
            SELECT kind, first_day, last_day, zone FROM time_away
            WHERE account = \(user) AND workspace <> \(scope.workspace) AND last_day >= \(date)
            ORDER BY first_day, id
            """, elsewhere)
    }

    private static func elsewhere(_ row: Row) throws -> TimeElsewhere {
        TimeElsewhere(
            kind: try row["kind"], from: try row["first_day"], to: try row["last_day"], zone: try row["zone"])
    }

    private static func choices(of users: [String], in tx: Transaction) throws -> [(String, HolidayChoice)] {
        // A person is one subject, so this looks across workspaces.
        var found = try tx.all("""
            SELECT account, workspace AS place, country, region FROM holiday_choice WHERE account IN \(list: users)
            """) { row in
            (
                try row["account"] as String, try row["place"] as String,
                HolidayChoice(country: try row["country"], region: try row["region"])
            )
        }
        guard !found.isEmpty else { return [] }
        // As above, this looks across workspaces.
        let days = try tx.all("""
            SELECT account, workspace AS place, kind, day FROM holiday_exception WHERE account IN \(list: users)
            """) { row in
            (
                try row["account"] as String, try row["place"] as String, try row["kind"] as String,
                try row["day"] as String
            )
        }
        for (user, place, kind, day) in days {
            for index in found.indices where found[index].0 == user && found[index].1 == place {
                found[index].2.add(kind, day)
            }
        }
        return found.map { ($0.0, $0.2) }
    }

    /// Cached answers about the person's time go.
    private static func touch(_ user: ID<User>, in tx: Transaction) throws {
        try tx.lockSubjects([user.text])
        try tx.run("UPDATE subject SET version = version + 1 WHERE id = \(user)")
    }
}

extension HolidayChoice {
    /// A row of `holiday_exception`.
    fileprivate mutating func add(_ kind: String, _ day: String) {
        if kind == "worked" {
            if let date = LocalDate(day) { worked.insert(date) }
        } else if let day = MonthDay(day) {
            halfDays.insert(day)
        }
    }
}
