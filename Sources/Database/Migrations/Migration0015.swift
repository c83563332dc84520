/// The waitlist: who would come if a place became free, and the freed time that is kept for the first in line.
extension Migration {
    static let waitlist = Migration(
        number: 15, name: "waitlist", statements: [
            "ALTER TABLE link ADD COLUMN waitlist \(.int) NOT NULL DEFAULT 0 CHECK (waitlist IN (0, 1))",
            """
            ALTER TABLE link ADD COLUMN waitlist_minutes \(.int) NOT NULL DEFAULT 60
            CHECK (waitlist_minutes BETWEEN 15 AND 1440)
            """,
            // Of the waitlist: an offer's, or what is kept back until the first in line has one.
            "ALTER TABLE hold ADD COLUMN waits \(.int) NOT NULL DEFAULT 0 CHECK (waits IN (0, 1))",
            "CREATE INDEX hold_waits ON hold (workspace, link) WHERE waits = 1",
        ] + entries + [tenancyWall])

    /// With a day somebody waits for any time from `starts` to `ends`, without one for a place of the session that
    /// starts and ends then.
    private static let entries: [SQL] = [
        """
        CREATE TABLE waitlist_entry (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            day TEXT,
            starts \(.int) NOT NULL,
            ends \(.int) NOT NULL,
            minutes \(.int) NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
            name TEXT NOT NULL CHECK (length(name) <= 200),
            email TEXT NOT NULL,
            sent_to TEXT NOT NULL,
            zone TEXT NOT NULL,
            language TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN (
                'waiting', 'offered', 'taken', 'refused', 'lapsed', 'left', 'removed', 'ended')),
            token_hash \(.bytes) NOT NULL UNIQUE,
            token_sealed \(.bytes) NOT NULL,
            hold TEXT UNIQUE,
            offered_start \(.int),
            offered_until \(.int),
            booking TEXT,
            version \(.int) NOT NULL DEFAULT 1 CHECK (version >= 1),
            created_at \(.int) NOT NULL,
            ended_at \(.int),
            CHECK (starts < ends),
            CHECK ((state = 'offered') = (hold IS NOT NULL)),
            CHECK (hold IS NULL OR (offered_start IS NOT NULL AND offered_until IS NOT NULL)),
            CHECK ((state IN ('waiting', 'offered')) = (ended_at IS NULL)),
            UNIQUE (workspace, id),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id),
            FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
        )\(.strict)
        """,
        // One open entry for each address and day, and for each address and session.
        """
        CREATE UNIQUE INDEX waitlist_entry_day ON waitlist_entry (link, email, day)
        WHERE ended_at IS NULL AND day IS NOT NULL
        """,
        """
        CREATE UNIQUE INDEX waitlist_entry_start ON waitlist_entry (link, email, starts)
        WHERE ended_at IS NULL AND day IS NULL
        """,
        "CREATE INDEX waitlist_entry_open ON waitlist_entry (workspace, link) WHERE ended_at IS NULL",
        "CREATE INDEX waitlist_entry_ended ON waitlist_entry (ended_at) WHERE ended_at IS NOT NULL",
        "CREATE INDEX waitlist_entry_booking ON waitlist_entry (workspace, booking) WHERE booking IS NOT NULL",
    ]
}
