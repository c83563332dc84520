/// The busy ledger: everything that makes a person or a resource busy, in one table that refuses double bookings.
///
/// A row exists while it blocks. A row with a `claim` is exclusive: no other claim may overlap it on its subject,
/// while one claim may hold several spans, even overlapping ones (a move over its own old time). A row without a claim
/// is advisory (a foreign calendar's event) and may overlap anything.
import Scheduling

/// One span in which a subject is busy.
package struct LedgerRow: Hashable, Sendable {
    package let id: String
    /// An account or a resource, whatever workspace it is seen from.
    package let subject: String
    package let workspace: ID<Workspace>
    package let kind: BusyKind
    /// The id of what makes the subject busy.
    package let ref: String
    /// Who owns the time (a booking's, session's or hold's id); nil for an advisory row.
    package let claim: String?
    package let starts: Instant
    package let ends: Instant
    /// Seconds the row asks to be left free before and after it.
    package let gapBefore: Int64
    package let gapAfter: Int64
    /// When it stops blocking by itself, for holds.
    package let expires: Instant?

    package init(
        id: String, subject: String, workspace: ID<Workspace>, kind: BusyKind, ref: String, claim: String?,
        starts: Instant, ends: Instant, gapBefore: Int64 = 0, gapAfter: Int64 = 0, expires: Instant? = nil
    ) {
        self.id = id
        self.subject = subject
        self.workspace = workspace
        self.kind = kind
        self.ref = ref
        self.claim = claim
        self.starts = starts
        self.ends = ends
        self.gapBefore = gapBefore
        self.gapAfter = gapAfter
        self.expires = expires
    }

    /// The longest exclusive row, in seconds; the triggers of SQLite count on it.
    package static let longestClaim: Int64 = 172_800
    /// The longest row of all; a longer advisory interval is stored as consecutive rows with one `ref`.
    package static let longest: Int64 = 2_678_400
}

extension Transaction {
    /// Makes subjects known, so that they can be locked and busy. Known ones stay as they are.
    package func addSubjects(_ subjects: [String]) throws {
        for subject in Set(subjects).sorted() {
            try run("INSERT INTO subject (id) VALUES (\(subject)) ON CONFLICT (id) DO NOTHING")
        }
    }

    /// Waits until no other transaction works on these subjects and keeps others away until the commit.
    ///
    /// All subjects of a transaction in one call, after every other lock (docs/decisions): the rows are locked in
    /// ascending order, and in one order nobody deadlocks.
    /// - Throws: ``DatabaseError/foreignKey`` for an unknown subject, ``DatabaseError/busy`` after the lock time-out.
    package func lockSubjects(_ subjects: [String]) throws {
        let asked = Set(subjects)
        let locked = try all("SELECT id FROM subject WHERE id IN \(list: asked.sorted()) ORDER BY id\(.forUpdate)") {
            try $0["id"] as String
        }
        guard locked.count == asked.count else { throw DatabaseError.foreignKey }
    }

    /// Removes holds whose time is over; the rule against overlaps cannot know what time it is.
    package func dropExpiredHolds(of subjects: [String], now: Instant) throws {
        // Counted up though time alone says so: another process may have a clock that is behind.
        try post("""
            UPDATE subject SET version = version + 1
            WHERE id IN (SELECT subject FROM ledger WHERE subject IN \(list: subjects) AND expires <= \(now))
            """)
        try post("DELETE FROM ledger WHERE subject IN \(list: subjects) AND expires <= \(now)")
    }

    /// What makes the subjects busy in [from, to), by start. Gaps are not applied: widen the interval by the largest.
    /// - Parameters:
    ///   - now: rows that expired by then are left out.
    ///   - claims: rows of these claims are left out, e.g. the booking that is being moved.
    package func ledger(
        of subjects: [String], from: Instant, to: Instant, now: Instant, without claims: [String] = []
    ) throws -> [LedgerRow] {
        let others: SQL = claims.isEmpty ? .empty : "AND (claim IS NULL OR claim NOT IN \(list: claims))"
        // Bounded by the longest row: without the lower bound the index is scanned through the subject's whole past.
        return try all(
            """
            SELECT id, subject, workspace, kind, ref, claim, starts, ends, gap_before, gap_after, expires FROM ledger
            WHERE subject IN \(list: subjects) AND starts < \(to) AND ends > \(from)
            AND starts > \(from.adding(seconds: -LedgerRow.longest))
            AND (expires IS NULL OR expires > \(now)) \(others)
            ORDER BY starts, id
            """, LedgerRow.init)
    }

    /// Writes rows and counts the subjects' versions up. The subjects are locked and the time was found free before.
    /// - Throws: ``DatabaseError/overlap`` when another claim has the time all the same.
    package func add(_ rows: [LedgerRow]) throws {
        guard !rows.isEmpty else { return }
        let values = rows.map { row in
            """
            (\(row.id), \(row.subject), \(row.workspace), \(row.kind), \(row.ref), \(row.claim), \(row.starts), \
            \(row.ends), \(row.gapBefore), \(row.gapAfter), \(row.expires))
            """ as SQL
        }
        try post(
            """
            INSERT INTO ledger
            (id, subject, workspace, kind, ref, claim, starts, ends, gap_before, gap_after, expires)
            VALUES \(values.joined())
            """)
        try countUp(rows.map(\.subject))
    }

    /// The subjects on which claims have time, such as the host that a hold keeps.
    package func subjects(ofClaims claims: [String]) throws -> [String] {
        guard !claims.isEmpty else { return [] }
        return try all("SELECT DISTINCT subject FROM ledger WHERE claim IN \(list: claims)") { try $0["subject"] }
    }

    /// Frees all time of a claim.
    package func removeLedger(claim: String) throws {
        try countUp(all("DELETE FROM ledger WHERE claim = \(claim) RETURNING subject") { try $0["subject"] })
    }

    /// Frees what a claim takes of one subject's time; all else of it stays as it was written.
    package func removeLedger(claim: String, of subject: String) throws {
        try countUp(
            all("DELETE FROM ledger WHERE claim = \(claim) AND subject = \(subject) RETURNING subject") {
                try $0["subject"]
            })
    }

    /// Frees what a claim takes of one subject's time from a start on, and nothing else of it.
    package func removeLedger(claim: String, of subject: String, at start: Instant) throws {
        try countUp(
            all("""
                DELETE FROM ledger WHERE claim = \(claim) AND subject = \(subject) AND starts = \(start)
                RETURNING subject
                """) { try $0["subject"] })
    }

    /// Frees all time that one thing takes.
    package func removeLedger(kind: BusyKind, ref: String) throws {
        try countUp(
            all("DELETE FROM ledger WHERE kind = \(kind) AND ref = \(ref) RETURNING subject") { try $0["subject"] })
    }

    /// What one thing takes under one kind, it takes under another from now on; the time stays the same.
    package func changeLedger(of ref: String, from kind: BusyKind, to other: BusyKind) throws {
        try countUp(
            all("UPDATE ledger SET kind = \(other) WHERE kind = \(kind) AND ref = \(ref) RETURNING subject") {
                try $0["subject"]
            })
    }

    /// The versions of the subjects that exist; a cached view of a subject holds while its version does.
    package func subjectVersions(_ subjects: [String]) throws -> [String: Int64] {
        let pairs = try all("SELECT id, version FROM subject WHERE id IN \(list: subjects)") { row in
            (try row["id"] as String, try row["version"] as Int64)
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Counts versions up after anything else that changes when a subject is free: schedules, trips, holidays.
    package func countUp(_ subjects: [String]) throws {
        guard !subjects.isEmpty else { return }
        try post("UPDATE subject SET version = version + 1 WHERE id IN \(list: Set(subjects).sorted())")
    }
}

extension LedgerRow {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row["id"], subject: try row["subject"], workspace: try row["workspace"], kind: try row["kind"],
            ref: try row["ref"], claim: try row["claim"], starts: try row["starts"], ends: try row["ends"],
            gapBefore: try row["gap_before"], gapAfter: try row["gap_after"], expires: try row["expires"])
    }
}
