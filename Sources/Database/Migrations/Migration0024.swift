/// Single-use links: a link's pages under an address of its own, for one person and one booking.
extension Migration {
    static let singleUse = Migration(
        number: 24, name: "single-use links", statements: singleUseLinks + [tenancyWall])

    /// Whether one is used follows from the state of its booking, so that no end of a booking can forget to say it.
    private static let singleUseLinks: [SQL] = [
        """
        CREATE TABLE single_use (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            author TEXT NOT NULL REFERENCES account (id),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
            email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 320),
            answers TEXT NOT NULL,
            host TEXT REFERENCES account (id),
            revives \(.int) NOT NULL CHECK (revives IN (0, 1)),
            expires \(.int),
            token_hash \(.bytes) NOT NULL UNIQUE,
            token_sealed \(.bytes) NOT NULL,
            booking TEXT,
            mails \(.int) NOT NULL DEFAULT 0 CHECK (mails BETWEEN 0 AND 5),
            mailed_at \(.int),
            created_at \(.int) NOT NULL,
            withdrawn_at \(.int),
            CHECK (expires IS NULL OR created_at < expires),
            UNIQUE (workspace, id),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id),
            FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
        )\(.strict)
        """,
        "CREATE INDEX single_use_link ON single_use (workspace, link)",
        "CREATE UNIQUE INDEX single_use_booking ON single_use (workspace, booking) WHERE booking IS NOT NULL",
    ]
}
