/// Polls: a host asks several people which of some times or days suit them, and makes a meeting of one.
extension Migration {
    static let polls = Migration(number: 26, name: "polls", statements: pollTables + [tenancyWall])

    /// Title, place and host are those of the link's row, as of one-offs.
    private static let pollTables: [SQL] = [
        """
        CREATE TABLE poll (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            author TEXT NOT NULL REFERENCES account (id),
            zone TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('times', 'days')),
            anyone \(.int) NOT NULL CHECK (anyone IN (0, 1)),
            hides_votes \(.int) NOT NULL CHECK (hides_votes IN (0, 1)),
            takes_proposals \(.int) NOT NULL CHECK (takes_proposals IN (0, 1)),
            holds \(.int) NOT NULL CHECK (holds IN (0, 1)),
            deadline \(.int),
            state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'finalized')),
            version \(.int) NOT NULL,
            last_at \(.int) NOT NULL,
            token_hash \(.bytes) NOT NULL UNIQUE,
            token_sealed \(.bytes) NOT NULL,
            chosen TEXT,
            booking TEXT,
            created_at \(.int) NOT NULL,
            closed_at \(.int),
            CHECK ((state = 'open') = (closed_at IS NULL)),
            CHECK ((state = 'finalized') = (booking IS NOT NULL)),
            CHECK ((chosen IS NULL) = (booking IS NULL)),
            CHECK (kind = 'times' OR holds = 0),
            UNIQUE (workspace, id),
            UNIQUE (workspace, link),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id),
            FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
        )\(.strict)
        """,
        "CREATE INDEX poll_author ON poll (workspace, author)",
        "CREATE INDEX poll_last ON poll (last_at)",
        "CREATE INDEX poll_booking ON poll (workspace, booking) WHERE booking IS NOT NULL",
        """
        CREATE TABLE poll_voter (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            poll TEXT NOT NULL,
            name TEXT NOT NULL CHECK (length(name) <= 200),
            email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 320),
            folded TEXT NOT NULL,
            zone TEXT,
            language TEXT,
            invited \(.int) NOT NULL CHECK (invited IN (0, 1)),
            token_hash \(.bytes) NOT NULL UNIQUE,
            token_sealed \(.bytes) NOT NULL,
            voted_at \(.int),
            created_at \(.int) NOT NULL,
            UNIQUE (poll, folded),
            UNIQUE (workspace, id),
            FOREIGN KEY (workspace, poll) REFERENCES poll (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """,
        "CREATE INDEX poll_voter_poll ON poll_voter (workspace, poll)",
        """
        CREATE TABLE poll_option (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            poll TEXT NOT NULL,
            starts \(.int),
            minutes \(.int) CHECK (minutes BETWEEN 5 AND 480),
            day TEXT CHECK (length(day) = 10),
            proposer TEXT,
            created_at \(.int) NOT NULL,
            CHECK ((starts IS NULL) = (minutes IS NULL)),
            CHECK ((starts IS NULL) <> (day IS NULL)),
            UNIQUE (poll, starts, minutes),
            UNIQUE (poll, day),
            UNIQUE (workspace, id),
            FOREIGN KEY (workspace, poll) REFERENCES poll (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """,
        "CREATE INDEX poll_option_poll ON poll_option (workspace, poll)",
        """
        CREATE TABLE poll_vote (
            workspace TEXT NOT NULL,
            poll TEXT NOT NULL,
            voter TEXT NOT NULL,
            option TEXT NOT NULL,
            answer TEXT NOT NULL CHECK (answer IN ('yes', 'if_need_be', 'no')),
            PRIMARY KEY (voter, option),
            FOREIGN KEY (workspace, voter) REFERENCES poll_voter (workspace, id) ON DELETE CASCADE,
            FOREIGN KEY (workspace, option) REFERENCES poll_option (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """,
        "CREATE INDEX poll_vote_poll ON poll_vote (workspace, poll)",
        "CREATE INDEX poll_vote_option ON poll_vote (workspace, option)",
    ]
}
