/// Every SQL statement on a link's lengths, limits and hours by the attendee's clock.
import Database
import Scheduling

package enum LinkRhythmStore {
    /// The rows of one link.
    struct Parts: Sendable {
        var lengths: [Int] = []
        var limits: [Limit] = []
        var bookerHours: [[Window]]?

        mutating func add(_ window: Window, on weekday: Int) {
            var weekly = bookerHours ?? [[Window]](repeating: [], count: 7)
            if weekly.indices.contains(weekday) { weekly[weekday].append(window) }
            bookerHours = weekly
        }

        func put(into rhythm: inout LinkRhythm) {
            (rhythm.otherLengths, rhythm.limits, rhythm.bookerHours) = (lengths, limits, bookerHours)
        }
    }

    /// Whether the link `l` of a statement has any such row.
    static let hasParts: SQL = """
        (EXISTS (SELECT 1 FROM link_length p WHERE p.workspace = l.workspace AND p.link = l.id)
            OR EXISTS (SELECT 1 FROM link_resource p WHERE p.workspace = l.workspace AND p.link = l.id)
            OR EXISTS (SELECT 1 FROM link_limit p WHERE p.workspace = l.workspace AND p.link = l.id)
            OR EXISTS (SELECT 1 FROM link_attendee_window p WHERE p.workspace = l.workspace AND p.link = l.id))
        """

    static func insert(_ rhythm: LinkRhythm, of link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        for minutes in rhythm.otherLengths {
            try tx.run("""
                INSERT INTO link_length (workspace, link, minutes) VALUES (\(scope.workspace), \(link), \(minutes))
                """)
        }
        for (position, limit) in rhythm.limits.enumerated() {
            try tx.run("""
                INSERT INTO link_limit (workspace, link, position, scope, per, count, minutes)
                VALUES (\(scope.workspace), \(link), \(position), \(limit.scope), \(limit.per), \(limit.count),
                    \(limit.minutes))
                """)
        }
        for (weekday, windows) in (rhythm.bookerHours ?? []).enumerated() {
            for window in windows {
                try tx.run("""
                    INSERT INTO link_attendee_window (workspace, link, weekday, opens, closes)
                    VALUES (\(scope.workspace), \(link), \(weekday), \(window.opens), \(window.closes))
                    """)
            }
        }
    }

    static func replace(_ rhythm: LinkRhythm, of link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM link_length WHERE workspace = \(scope.workspace) AND link = \(link)")
        try tx.run("DELETE FROM link_limit WHERE workspace = \(scope.workspace) AND link = \(link)")
        try tx.run("DELETE FROM link_attendee_window WHERE workspace = \(scope.workspace) AND link = \(link)")
        try insert(rhythm, of: link, scope: scope, in: tx)
    }

    /// What stands in the link's own row.
    static func rhythm(from row: Row) throws -> LinkRhythm {
        var rhythm = LinkRhythm()
        rhythm.gapRule = try row["gap_rule"]
        rhythm.travelBefore = try row["travel_before"]
        rhythm.travelAfter = try row["travel_after"]
        rhythm.firstOfDay = try row["first_of_day"] as Int == 1
        rhythm.besideFirst = try row["beside_first"] as Int == 1
        return rhythm
    }

    static func parts(of links: [ID<Link>], scope: Scope, in tx: Transaction) throws -> [ID<Link>: Parts] {
        guard !links.isEmpty else { return [:] }
        var parts: [ID<Link>: Parts] = [:]
        for (link, minutes) in try tx.all("""
            SELECT link, minutes FROM link_length
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) ORDER BY link, minutes
            """, { (try $0["link"] as ID<Link>, try $0["minutes"] as Int) }) {
            parts[link, default: Parts()].lengths.append(minutes)
        }
        for (link, limit) in try tx.all("""
            SELECT link, scope, per, count, minutes FROM link_limit
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) ORDER BY link, position
            """, { (try $0["link"] as ID<Link>, try limit(from: $0)) }) {
            parts[link, default: Parts()].limits.append(limit)
        }
        for (link, weekday, window) in try tx.all("""
            SELECT link, weekday, opens, closes FROM link_attendee_window
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) ORDER BY link, weekday, opens
            """, { row in
            (try row["link"] as ID<Link>, try row["weekday"] as Int,
             Window(opens: try row["opens"], closes: try row["closes"]))
        }) {
            parts[link, default: Parts()].add(window, on: weekday)
        }
        return parts
    }

    private static func limit(from row: Row) throws -> Limit {
        Limit(
            try row["scope"], per: try row["per"], count: try row["count"] as Int?,
            minutes: try row["minutes"] as Int?)
    }
}
