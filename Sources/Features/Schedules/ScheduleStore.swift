/// Every SQL statement on schedules and their windows.
import Database
import Scheduling

package enum ScheduleStore {
    /// Writes a new schedule of `account`.
    package static func insert(
        _ schedule: Schedule, account: ID<User>, scope: Scope, now: Instant, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO schedule (id, workspace, account, name, zone, link, created_at)
            VALUES (\(schedule.id), \(scope.workspace), \(account), \(schedule.name), \(schedule.zone),
                    \(schedule.link), \(now))
            """)
        try insertWindows(schedule, scope: scope, in: tx)
    }

    /// Replaces zone, name and windows. The subject's version rises, so cached answers go.
    package static func update(_ schedule: Schedule, scope: Scope, in tx: Transaction) throws {
        let changed = try tx.run("""
            UPDATE schedule SET name = \(schedule.name), zone = \(schedule.zone)
            WHERE workspace = \(scope.workspace) AND id = \(schedule.id)
            """)
        guard changed == 1 else { return }
        try tx.run("""
            DELETE FROM schedule_window WHERE workspace = \(scope.workspace) AND schedule = \(schedule.id)
            """)
        try insertWindows(schedule, scope: scope, in: tx)
    }

    package static func delete(_ id: ID<Schedule>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM schedule WHERE workspace = \(scope.workspace) AND id = \(id)")
    }

    package static func find(_ id: ID<Schedule>, scope: Scope, in tx: Transaction) throws -> Schedule? {
        var schedule = try tx.one(
            "SELECT id, name, zone, link FROM schedule WHERE workspace = \(scope.workspace) AND id = \(id)"
        ) { row in
            Schedule(
                id: try row["id"], name: try row["name"], zone: try row["zone"], weekly: [], link: try row["link"])
        }
        schedule?.weekly = try windows(of: id, scope: scope, in: tx)
        return schedule
    }

    /// The schedules of one person that are not private to a link, oldest first; the first is the default.
    package static func all(of account: ID<User>, scope: Scope, in tx: Transaction) throws -> [Schedule] {
        let ids: [ID<Schedule>] = try tx.all("""
            SELECT id FROM schedule
            WHERE workspace = \(scope.workspace) AND account = \(account) AND link IS NULL
            ORDER BY created_at, id
            """) { try $0["id"] }
        return try ids.compactMap { try find($0, scope: scope, in: tx) }
    }

    /// The hours that belong to one link alone, if it has its own.
    package static func own(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> Schedule? {
        let id: ID<Schedule>? = try tx.one(
            "SELECT id FROM schedule WHERE workspace = \(scope.workspace) AND link = \(link)"
        ) { try $0["id"] }
        return try id.flatMap { try find($0, scope: scope, in: tx) }
    }

    private static func insertWindows(_ schedule: Schedule, scope: Scope, in tx: Transaction) throws {
        for (weekday, windows) in schedule.weekly.enumerated() {
            for window in windows {
                try tx.run("""
                    INSERT INTO schedule_window (workspace, schedule, weekday, opens, closes)
                    VALUES (\(scope.workspace), \(schedule.id), \(weekday), \(window.opens), \(window.closes))
                    """)
            }
        }
    }

    private static func windows(
        of id: ID<Schedule>, scope: Scope, in tx: Transaction
    ) throws -> [[Window]] {
        var weekly = [[Window]](repeating: [], count: 7)
        let rows: [(Int, Window)] = try tx.all("""
            SELECT weekday, opens, closes FROM schedule_window
            WHERE workspace = \(scope.workspace) AND schedule = \(id) ORDER BY weekday, opens
            """) { row in
            (try row["weekday"], Window(opens: try row["opens"], closes: try row["closes"]))
        }
        for (weekday, window) in rows where weekly.indices.contains(weekday) { weekly[weekday].append(window) }
        return weekly
    }
}
