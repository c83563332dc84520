/// What hosts do after the booking: they ask for another time, and name some that are kept until the answer.
extension Migration {
    static let proposals = Migration(number: 13, name: "proposals", statements: askedAgain + [tenancyWall])
}

private let askedAgain: [SQL] = [
    // `about` is the start the booking had when it was asked.
    """
    CREATE TABLE proposal (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        author TEXT NOT NULL REFERENCES account (id),
        about \(.int) NOT NULL,
        message TEXT NOT NULL DEFAULT '' CHECK (length(message) <= 1000),
        state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused', 'withdrawn', 'lapsed', 'ended')),
        expires \(.int) NOT NULL,
        created_at \(.int) NOT NULL,
        answered_at \(.int),
        reply TEXT NOT NULL DEFAULT '' CHECK (length(reply) <= 1000),
        CHECK ((state = 'open') = (answered_at IS NULL)),
        UNIQUE (workspace, id),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
    )\(.strict)
    """,
    // One question at a time.
    "CREATE UNIQUE INDEX proposal_open ON proposal (booking) WHERE state = 'open'",
    "CREATE INDEX proposal_booking ON proposal (workspace, booking)",
    // The times a proposal names; while it is open each has its rows in the ledger, under the booking's claim.
    """
    CREATE TABLE proposal_time (
        workspace TEXT NOT NULL,
        proposal TEXT NOT NULL,
        starts \(.int) NOT NULL,
        ends \(.int) NOT NULL,
        CHECK (starts < ends),
        PRIMARY KEY (proposal, starts),
        FOREIGN KEY (workspace, proposal) REFERENCES proposal (workspace, id)
    )\(.strict)
    """,
]
