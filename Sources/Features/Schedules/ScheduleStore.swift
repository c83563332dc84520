/// Every SQL statement on schedules, their windows and the dates that differ.
import Database
import Scheduling

/// A schedule and whose it is.
package struct OwnedSchedule: Hashable, Sendable {
    package var schedule: Schedule
    package var owner: ID<User>
    package var ownerName: String
}

package enum ScheduleStore {
    /// Writes a new schedule of `account`, which may become the one their hours are taken from.
    package static func insert(
        _ schedule: Schedule, account: ID<User>, scope: Scope, now: Instant, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO schedule (id, workspace, account, name, zone, link, created_at)
            VALUES (\(schedule.id), \(scope.workspace), \(account), \(schedule.name), \(schedule.zone),
                    \(schedule.link), \(now))
            """)
        try insertDays(schedule, scope: scope, in: tx)
        if schedule.link == nil { try tx.countUp([account.text]) }
    }

    /// Replaces name, zone, windows and overrides. The versions of those who work by it rise, so cached answers go.
    /// - Parameter version: the one the person saw; nil takes whatever is stored.
    /// - Returns: false when there is no such schedule, or somebody was faster.
    @discardableResult
    package static func update(
        _ schedule: Schedule, version: Int? = nil, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        let seen: SQL = version.map { "AND version = \($0)" } ?? ""
        let changed = try tx.run("""
            UPDATE schedule SET name = \(schedule.name), zone = \(schedule.zone), version = version + 1
            WHERE workspace = \(scope.workspace) AND id = \(schedule.id) \(seen)
            """)
        guard changed == 1 else { return false }
        try tx.run("""
            DELETE FROM schedule_window WHERE workspace = \(scope.workspace) AND schedule = \(schedule.id)
            """)
        try tx.run("""
            DELETE FROM schedule_override WHERE workspace = \(scope.workspace) AND schedule = \(schedule.id)
            """)
        try insertDays(schedule, scope: scope, in: tx)
        try touchSubjects(of: schedule.id, scope: scope, in: tx)
        return true
    }

    package static func delete(_ id: ID<Schedule>, scope: Scope, in tx: Transaction) throws {
        try tx.countUp(tx.all("""
            DELETE FROM schedule WHERE workspace = \(scope.workspace) AND id = \(id) RETURNING account
            """) { try $0["account"] })
    }

    /// Makes this the schedule that new links of its owner follow.
    package static func prefer(_ id: ID<Schedule>, of account: ID<User>, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE schedule SET preferred = 0
            WHERE workspace = \(scope.workspace) AND account = \(account) AND preferred = 1
            """)
        try tx.run("""
            UPDATE schedule SET preferred = 1
            WHERE workspace = \(scope.workspace) AND account = \(account) AND id = \(id) AND link IS NULL
            """)
        try tx.countUp([account.text])
    }

    package static func find(_ id: ID<Schedule>, scope: Scope, in tx: Transaction) throws -> Schedule? {
        try owned(id, scope: scope, in: tx)?.schedule
    }

    /// With its owner.
    package static func owned(_ id: ID<Schedule>, scope: Scope, in tx: Transaction) throws -> OwnedSchedule? {
        try select("AND s.id = \(id)", scope: scope, in: tx).first
    }

    /// The schedules of one person that are not private to a link; the default first, then the oldest.
    package static func all(of account: ID<User>, scope: Scope, in tx: Transaction) throws -> [Schedule] {
        try select("""
            AND s.account = \(account) AND s.link IS NULL ORDER BY s.preferred DESC, s.created_at, s.id
            """, scope: scope, in: tx).map(\.schedule)
    }

    /// The default schedules of several people, by person: three statements, however many they are. Who has none is
    /// left out.
    package static func usual(
        of accounts: [ID<User>], scope: Scope, in tx: Transaction
    ) throws -> [ID<User>: Schedule] {
        guard !accounts.isEmpty else { return [:] }
        let found = try select("""
            AND s.account IN \(list: accounts) AND s.link IS NULL AND NOT EXISTS (
                SELECT 1 FROM schedule o WHERE o.workspace = s.workspace AND o.account = s.account AND o.link IS NULL
                AND (o.preferred > s.preferred OR (o.preferred = s.preferred
                    AND (o.created_at < s.created_at OR (o.created_at = s.created_at AND o.id < s.id)))))
            """, scope: scope, in: tx)
        return Dictionary(found.map { ($0.owner, $0.schedule) }) { first, _ in first }
    }

    /// The schedules somebody may see that are not private to a link, newest first, for lists of the API.
    package static func list(
        of owners: Set<ID<User>>?, without other: ID<User>? = nil, limit: Int, after: ID<Schedule>?, scope: Scope,
        in tx: Transaction
    ) throws -> [OwnedSchedule] {
        var filter: SQL = "AND s.link IS NULL"
        if let other { filter = "\(filter) AND s.account <> \(other)" }
        if let owners { filter = "\(filter) AND s.account IN \(list: owners)" }
        if let after { filter = "\(filter) AND s.id < \(after)" }
        return try select("\(filter) ORDER BY s.id DESC LIMIT \(limit)", scope: scope, in: tx)
    }

    /// The hours that belong to one link alone, if it has its own.
    package static func own(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> Schedule? {
        try select("AND s.link = \(link)", scope: scope, in: tx).first?.schedule
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [OwnedSchedule] {
        let found = try tx.all("""
            SELECT s.id, s.account, a.name AS owner_name, s.name, s.zone, s.link, s.version
            FROM schedule s JOIN account a ON a.id = s.account
            WHERE s.workspace = \(scope.workspace) \(condition)
            """) { row in
            OwnedSchedule(
                schedule: Schedule(
                    id: try row["id"], name: try row["name"], zone: try row["zone"], weekly: [],
                    link: try row["link"], version: try row["version"]),
                owner: try row["account"], ownerName: try row["owner_name"])
        }
        guard !found.isEmpty else { return [] }
        let windows = try windows(of: found.map(\.schedule.id), scope: scope, in: tx)
        let overrides = try overrides(of: found.map(\.schedule.id), scope: scope, in: tx)
        return found.map { found in
            var found = found
            found.schedule.weekly = windows[found.schedule.id] ?? Array(repeating: [], count: 7)
            found.schedule.overrides = overrides[found.schedule.id] ?? [:]
            return found
        }
    }

    /// The owner and everybody whose links follow the schedule. Locked first: rows of one lock order never deadlock.
    private static func touchSubjects(of id: ID<Schedule>, scope: Scope, in tx: Transaction) throws {
        let subjects: [String] = try tx.all("""
            SELECT account FROM schedule WHERE workspace = \(scope.workspace) AND id = \(id)
            UNION SELECT h.account FROM link l JOIN link_host h ON h.workspace = l.workspace AND h.link = l.id
            WHERE l.workspace = \(scope.workspace) AND l.schedule = \(id)
            """) { try $0["account"] }
        try tx.lockSubjects(subjects)
        try tx.run("UPDATE subject SET version = version + 1 WHERE id IN \(list: subjects)")
    }

    private static func insertDays(_ schedule: Schedule, scope: Scope, in tx: Transaction) throws {
        for (weekday, windows) in schedule.weekly.enumerated() {
            for window in windows {
                try tx.run("""
                    INSERT INTO schedule_window (workspace, schedule, weekday, opens, closes)
                    VALUES (\(scope.workspace), \(schedule.id), \(weekday), \(window.opens), \(window.closes))
                    """)
            }
        }
        for (date, windows) in schedule.overrides.sorted(by: { $0.key < $1.key }) {
            try tx.run("""
                INSERT INTO schedule_override (workspace, schedule, date)
                VALUES (\(scope.workspace), \(schedule.id), \(date))
                """)
            for window in windows {
                try tx.run("""
                    INSERT INTO schedule_override_window (workspace, schedule, date, opens, closes)
                    VALUES (\(scope.workspace), \(schedule.id), \(date), \(window.opens), \(window.closes))
                    """)
            }
        }
    }

    private static func windows(
        of ids: [ID<Schedule>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Schedule>: [[Window]]] {
        let rows: [(ID<Schedule>, Int, Window)] = try tx.all("""
            SELECT schedule, weekday, opens, closes FROM schedule_window
            WHERE workspace = \(scope.workspace) AND schedule IN \(list: ids) ORDER BY schedule, weekday, opens
            """) { row in
            (try row["schedule"], try row["weekday"], Window(opens: try row["opens"], closes: try row["closes"]))
        }
        var weeks: [ID<Schedule>: [[Window]]] = [:]
        for (id, weekday, window) in rows where 0..<7 ~= weekday {
            weeks[id, default: Array(repeating: [], count: 7)][weekday].append(window)
        }
        return weeks
    }

    private static func overrides(
        of ids: [ID<Schedule>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Schedule>: [LocalDate: [Window]]] {
        let rows = try tx.all("""
            SELECT o.schedule, o.date, w.opens, w.closes FROM schedule_override o
            LEFT JOIN schedule_override_window w
                ON w.workspace = o.workspace AND w.schedule = o.schedule AND w.date = o.date
            WHERE o.workspace = \(scope.workspace) AND o.schedule IN \(list: ids)
            ORDER BY o.schedule, o.date, w.opens
            """) { row in
            (
                try row["schedule"] as ID<Schedule>, try row["date"] as LocalDate, try row["opens"] as Int?,
                try row["closes"] as Int?
            )
        }
        var overrides: [ID<Schedule>: [LocalDate: [Window]]] = [:]
        for (id, date, opens, closes) in rows {
            let windows = zip([opens].compactMap(\.self), [closes].compactMap(\.self)).map {
                Window(opens: $0, closes: $1)
            }
            overrides[id, default: [:]][date, default: []] += windows
        }
        return overrides
    }
}
