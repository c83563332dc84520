/// Series: links that are booked several times at once, and the bookings that came of one press.
extension Migration {
    static let series = Migration(
        number: 14, name: "series", statements: [
            "ALTER TABLE link ADD COLUMN series_weeks \(.int) CHECK (series_weeks BETWEEN 1 AND 12)",
            """
            ALTER TABLE link ADD COLUMN series_count \(.int) NOT NULL DEFAULT 10
            CHECK (series_count BETWEEN 2 AND 52)
            """,
            """
            ALTER TABLE link ADD COLUMN series_count_is TEXT NOT NULL DEFAULT 'most'
            CHECK (series_count_is IN ('fixed', 'most'))
            """,
            """
            ALTER TABLE link ADD COLUMN series_host TEXT NOT NULL DEFAULT 'same'
            CHECK (series_host IN ('same', 'rotate'))
            """,
        ] + rows + [tenancyWall])

    /// Each occurrence is a booking like any other; what joins them is a row of its own. `version` counts the changes
    /// of several of them at once, each of which is told in one mail.
    private static let rows: [SQL] = [
        """
        CREATE TABLE series (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            weeks \(.int) NOT NULL CHECK (weeks BETWEEN 1 AND 12),
            count \(.int) NOT NULL CHECK (count BETWEEN 2 AND 52),
            anchor_zone TEXT NOT NULL,
            anchor_local TEXT NOT NULL,
            version \(.int) NOT NULL CHECK (version >= 1),
            created_at \(.int) NOT NULL,
            UNIQUE (workspace, id),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id)
        )\(.strict)
        """,
        """
        CREATE TABLE series_booking (
            workspace TEXT NOT NULL,
            series TEXT NOT NULL,
            place \(.int) NOT NULL CHECK (place BETWEEN 0 AND 51),
            booking TEXT NOT NULL UNIQUE,
            PRIMARY KEY (series, place),
            FOREIGN KEY (workspace, series) REFERENCES series (workspace, id),
            FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
        )\(.strict)
        """,
        "CREATE INDEX series_booking_booking ON series_booking (workspace, booking)",
        "CREATE INDEX series_link ON series (workspace, link)",
    ]
}
