/// Visitors who want to talk at once, and for whom it rings.
extension Migration {
    static let calls = Migration(number: 17, name: "calls", statements: rings + [tenancyWall])
}

private let rings: [SQL] = [
    // A host answered a call before anybody else did; the ground in its row is `pinned`.
    "ALTER TABLE assignment ADD COLUMN accepted \(.int) NOT NULL DEFAULT 0 CHECK (accepted IN (0, 1))",
    // `wish` is what the visitor typed, as one text; the row is gone a day later.
    """
    CREATE TABLE ring (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        token_hash \(.bytes) NOT NULL UNIQUE,
        wish TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('ringing', 'accepted', 'cancelled', 'missed')),
        created_at \(.int) NOT NULL,
        expires \(.int) NOT NULL,
        account TEXT REFERENCES account (id),
        booking TEXT,
        message TEXT NOT NULL DEFAULT '' CHECK (length(message) <= 2000),
        CHECK ((state = 'accepted') = (account IS NOT NULL)),
        UNIQUE (workspace, id),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
    )\(.strict)
    """,
    "CREATE INDEX ring_living ON ring (expires) WHERE state = 'ringing'",
    "CREATE INDEX ring_made ON ring (created_at)",
    // For whom it rings.
    """
    CREATE TABLE ring_host (
        workspace TEXT NOT NULL,
        ring TEXT NOT NULL,
        account TEXT NOT NULL,
        passed \(.int) NOT NULL DEFAULT 0 CHECK (passed IN (0, 1)),
        PRIMARY KEY (ring, account),
        FOREIGN KEY (workspace, ring) REFERENCES ring (workspace, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account)
    )\(.strict)
    """,
    "CREATE INDEX ring_host_account ON ring_host (account)",
]
