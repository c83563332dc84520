/// Figures for whoever watches an installation: how much waits, how long, and what was given up.
import Scheduling

/// The state of the outbox and of holds, in all workspaces.
package struct JobFigures: Hashable, Sendable {
    /// Ready or under a lease.
    package let ready: Int
    /// Of the job that has been due longest, in seconds; 0 when none is.
    package let lagSeconds: Int64
    package let dead: Int
    package let holds: Int
    package let isRestored: Bool
}

extension Transaction {
    /// Reads the figures; a few index look-ups.
    package func jobFigures(now: Instant) throws -> JobFigures {
        func number(_ sql: SQL) throws -> Int { try one(sql) { try $0["n"] } ?? 0 }
        let oldest = try one("SELECT min(run_at) AS due FROM job WHERE state = 'ready'") { row in
            try row["due"] as Instant?
        } ?? nil
        return JobFigures(
            ready: try number("SELECT count(*) AS n FROM job WHERE state IN ('ready', 'leased')"),
            lagSeconds: max(0, oldest.map { now - $0 } ?? 0),
            dead: try number("SELECT count(*) AS n FROM job WHERE state = 'dead'"),
            holds: try number("SELECT count(*) AS n FROM hold WHERE expires > \(now)"),
            isRestored: try restoredAt() != nil)
    }
}

extension Transaction {
    /// The time of the database's own machine; nil on SQLite, which has none of its own.
    package func serverClock() throws -> Instant? {
        guard engine == .postgres else { return nil }
        return try one("SELECT extract(epoch FROM clock_timestamp())::bigint AS now") { try $0["now"] }
    }
}
