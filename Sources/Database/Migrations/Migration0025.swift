/// One-offs: a meeting for which a host picks up to ten times by hand, each with a length of its own.
extension Migration {
    static let oneOffs = Migration(number: 25, name: "one-offs", statements: oneOffTables + [tenancyWall])

    /// Title, place and host are those of the link's row, which nobody sees but the bookings that come of it.
    private static let oneOffTables: [SQL] = [
        """
        CREATE TABLE one_off (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            author TEXT NOT NULL REFERENCES account (id),
            zone TEXT NOT NULL,
            reserves \(.int) NOT NULL CHECK (reserves IN (0, 1)),
            state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'withdrawn', 'lapsed')),
            token_hash \(.bytes) NOT NULL UNIQUE,
            token_sealed \(.bytes) NOT NULL,
            booking TEXT,
            expires \(.int) NOT NULL,
            created_at \(.int) NOT NULL,
            ended_at \(.int),
            CHECK (created_at < expires),
            CHECK ((state = 'open') = (ended_at IS NULL)),
            CHECK ((state = 'taken') = (booking IS NOT NULL)),
            UNIQUE (workspace, id),
            UNIQUE (workspace, link),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id),
            FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
        )\(.strict)
        """,
        "CREATE INDEX one_off_author ON one_off (workspace, author)",
        "CREATE INDEX one_off_ended ON one_off (ended_at) WHERE ended_at IS NOT NULL",
        "CREATE INDEX one_off_booking ON one_off (workspace, booking) WHERE booking IS NOT NULL",
        """
        CREATE TABLE one_off_time (
            workspace TEXT NOT NULL,
            one_off TEXT NOT NULL,
            starts \(.int) NOT NULL,
            minutes \(.int) NOT NULL CHECK (minutes BETWEEN 5 AND 480),
            PRIMARY KEY (one_off, starts, minutes),
            FOREIGN KEY (workspace, one_off) REFERENCES one_off (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """,
        "CREATE INDEX one_off_time_one_off ON one_off_time (workspace, one_off)",
    ]
}
