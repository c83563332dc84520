/// Links of several hosts: how they share the bookings, and who was given which booking, and why.
extension Migration {
    static let linkHosts = Migration(
        number: 7, name: "link hosts", statements: rotationOfLinks + sharesOfHosts + assignments + [tenancyWall])
}

private let rotationOfLinks: [SQL] = [
    """
    ALTER TABLE link ADD COLUMN strategy TEXT NOT NULL DEFAULT 'maximize_availability'
        CHECK (strategy IN ('maximize_availability', 'equal_distribution'))
    """,
    "ALTER TABLE link ADD COLUMN maximum_lead \(.int) CHECK (maximum_lead BETWEEN 1 AND 1000)",
    "ALTER TABLE link ADD COLUMN period TEXT NOT NULL DEFAULT 'month' CHECK (period IN ('month', 'all_time'))",
    "ALTER TABLE link ADD COLUMN counts_by TEXT NOT NULL DEFAULT 'creation' CHECK (counts_by IN ('creation', 'start'))",
    "ALTER TABLE link ADD COLUMN credits_cancelled \(.int) NOT NULL DEFAULT 1 CHECK (credits_cancelled IN (0, 1))",
    "ALTER TABLE link ADD COLUMN credits_no_show \(.int) NOT NULL DEFAULT 0 CHECK (credits_no_show IN (0, 1))",
    "ALTER TABLE link ADD COLUMN moves_reassign \(.int) NOT NULL DEFAULT 0 CHECK (moves_reassign IN (0, 1))",
]

/// What was booked before a host joined is none of theirs. Those of one host have been there from the beginning.
private let sharesOfHosts: [SQL] = [
    "ALTER TABLE link_host ADD COLUMN priority \(.int) NOT NULL DEFAULT 2 CHECK (priority BETWEEN 0 AND 4)",
    "ALTER TABLE link_host ADD COLUMN weight \(.int) NOT NULL DEFAULT 100 CHECK (weight BETWEEN 1 AND 1000)",
    "ALTER TABLE link_host ADD COLUMN joined_at \(.int) NOT NULL DEFAULT 0",
]

private let assignments: [SQL] = [
    // `number` counts the assignments of a link; `credited_after` is the last of them there was when this one stopped
    // counting, so that each choice can be made again with what was known then. `judged` is what it was made with.
    """
    CREATE TABLE assignment (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        number \(.int) NOT NULL CHECK (number >= 1),
        booking TEXT NOT NULL,
        account TEXT NOT NULL,
        at \(.int) NOT NULL,
        starts \(.int) NOT NULL,
        counts \(.int) NOT NULL CHECK (counts IN (0, 1)),
        credited_after \(.int),
        ground TEXT NOT NULL CHECK (ground IN ('pinned', 'kept', 'only_one', 'priority', 'shortfall', 'least_recent',
            'position')),
        judged TEXT NOT NULL,
        UNIQUE (workspace, id),
        UNIQUE (link, number),
        CHECK ((counts = 1) = (credited_after IS NULL)),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id),
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account)
    )\(.strict)
    """,
    "CREATE INDEX assignment_made ON assignment (link, at)",
    "CREATE INDEX assignment_starts ON assignment (link, starts)",
    "CREATE INDEX assignment_booking ON assignment (booking, number)",
]
