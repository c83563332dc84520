/// A restored installation sends nothing until somebody has confirmed that it is the one that lives on.
import Scheduling

private let restoredFact = "restored_at"

extension Transaction {
    /// From now on no job is claimed, by any process.
    func markRestored(_ now: Instant) throws {
        try run("INSERT INTO installation (name, value) VALUES (\(restoredFact), \(String(now.seconds)))")
    }

    /// When this database was made from a backup that nobody has confirmed yet; nil for every other.
    package func restoredAt() throws -> Instant? {
        let text = try one("SELECT value FROM installation WHERE name = \(restoredFact)") { row in
            try row["value"] as String
        }
        return text.flatMap(Int64.init).map { Instant($0) }
    }

    /// Lets jobs run again. What was due when the backup was made or since was done by the installation that was
    /// saved, or is too late: it is skipped, and stays to be seen. What was written after the restore is done.
    /// - Returns: how many jobs were skipped; nil when nothing waits to be confirmed.
    package func confirmRestore(now: Instant) throws -> Int? {
        guard let restored = try restoredAt() else { return nil }
        let skipped = try run(
            """
            UPDATE job SET state = 'skipped', reason = 'was due before the restored installation was confirmed',
                ended_at = \(now), lease_until = NULL, lease_token = NULL
            WHERE state IN ('ready', 'leased') AND run_at <= \(now) AND created_at <= \(restored)
            """)
        try run("DELETE FROM installation WHERE name = \(restoredFact)")
        hasJobs = true
        return skipped
    }
}
