/// Whom attendees meet by their own choice: one of those who take turns, several at once, or whoever answers a call.
extension Migration {
    static let choosing = Migration(
        number: 16, name: "choosing", statements: chosenHosts + together + calls + [tenancyWall])
}

private let chosenHosts: [SQL] = [
    """
    ALTER TABLE link ADD COLUMN host_choice TEXT NOT NULL DEFAULT 'off' CHECK (host_choice IN ('off', 'allowed'))
    """,
    "ALTER TABLE hold ADD COLUMN chosen_host TEXT REFERENCES account (id)",
    // Stays when somebody else takes the booking over; then it says no more than whom they had wanted.
    "ALTER TABLE booking ADD COLUMN chosen_host TEXT REFERENCES account (id)",
    // Who named the host, where the ground is `pinned`; nothing for people of the workspace.
    "ALTER TABLE assignment ADD COLUMN named_by TEXT CHECK (named_by IN ('attendee', 'host'))",
]

private let together: [SQL] = [
    """
    ALTER TABLE account ADD COLUMN ad_hoc_links \(.int) NOT NULL DEFAULT 0 CHECK (ad_hoc_links IN (0, 1))
    """,
    // The ids of the people it is of, ascending, for a link that nobody has made.
    "ALTER TABLE link ADD COLUMN ad_hoc TEXT CHECK (length(ad_hoc) BETWEEN 1 AND 400)",
    "CREATE UNIQUE INDEX link_ad_hoc ON link (workspace, ad_hoc) WHERE ad_hoc IS NOT NULL",
]

private let calls: [SQL] = [
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
