/// The rules of links in full: several lengths, travel, limits, hours by the attendee's clock.
extension Migration {
    static let linkRules = Migration(
        number: 6, name: "link_rules",
        statements: [
            // Which days `window_days` counts; the CHECK on `window_kind` knows the first of them alone.
            """
            ALTER TABLE link ADD COLUMN window_days_kind TEXT NOT NULL DEFAULT 'all'
            CHECK (window_days_kind IN ('all', 'business', 'bookable'))
            """,
            "ALTER TABLE link ADD COLUMN gap_rule TEXT NOT NULL DEFAULT 'larger' CHECK (gap_rule IN ('larger', 'sum'))",
            """
            ALTER TABLE link ADD COLUMN travel_before \(.int) NOT NULL DEFAULT 0
            CHECK (travel_before BETWEEN 0 AND 480)
            """,
            """
            ALTER TABLE link ADD COLUMN travel_after \(.int) NOT NULL DEFAULT 0
            CHECK (travel_after BETWEEN 0 AND 480)
            """,
            "ALTER TABLE link ADD COLUMN first_of_day \(.int) NOT NULL DEFAULT 0 CHECK (first_of_day IN (0, 1))",
            "ALTER TABLE link ADD COLUMN beside_first \(.int) NOT NULL DEFAULT 0 CHECK (beside_first IN (0, 1))",
            // A workspace that adds gaps up goes on doing so; from now on each link says it for itself.
            """
            UPDATE link SET gap_rule = 'sum' WHERE EXISTS
            (SELECT 1 FROM workspace w WHERE w.id = link.workspace AND w.gap_policy = 'sum')
            """,
        ] + parts + [tenancyWall])

    private static let parts: [SQL] = [
        // The lengths beside the usual one, which is `link.duration`.
        """
        CREATE TABLE link_length (
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            minutes \(.int) NOT NULL CHECK (minutes BETWEEN 5 AND 480),
            PRIMARY KEY (link, minutes),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """,
        """
        CREATE TABLE link_limit (
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            position \(.int) NOT NULL CHECK (position BETWEEN 0 AND 9),
            scope TEXT NOT NULL CHECK (scope IN ('link', 'host', 'link_host', 'team', 'attendee')),
            per TEXT NOT NULL CHECK (per IN ('day', 'week', 'month', 'open')),
            count \(.int) CHECK (count BETWEEN 1 AND 1000),
            minutes \(.int) CHECK (minutes BETWEEN 5 AND 44640),
            PRIMARY KEY (link, position),
            UNIQUE (link, scope, per),
            CHECK (count IS NOT NULL OR minutes IS NOT NULL),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """,
        // Hours by the attendee's clock; a link without rows takes any.
        """
        CREATE TABLE link_attendee_window (
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            weekday \(.int) NOT NULL CHECK (weekday BETWEEN 0 AND 6),
            opens \(.int) NOT NULL CHECK (opens BETWEEN 0 AND 1439),
            closes \(.int) NOT NULL CHECK (closes BETWEEN 1 AND 2880),
            PRIMARY KEY (link, weekday, opens),
            CHECK (opens < closes),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """,
    ]
}
