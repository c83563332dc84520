/// Offered times that are kept free until somebody picks one; and what is known of people who have left.
extension Migration {
    static let keptOffers = Migration(
        number: 20, name: "kept offers and leavers", statements: offers + [
            // Of an offer; its claim is the offer's, so that two of its times may overlap.
            "ALTER TABLE hold ADD COLUMN offer TEXT REFERENCES kept_offer (id)",
            "CREATE INDEX hold_offer ON hold (workspace, offer) WHERE offer IS NOT NULL",
            // When somebody left; for a while strangers at their addresses are told so.
            "ALTER TABLE member ADD COLUMN left_at \(.int) CHECK (left_at IS NULL OR state = 'left')",
            // A team with a page that they were in: whoever looked for them can turn there.
            "ALTER TABLE member ADD COLUMN left_team TEXT",
        ] + [tenancyWall])

    /// `whom` is for the hosts alone: whose eyes the times are for.
    private static let offers: [SQL] = [
        """
        CREATE TABLE kept_offer (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            author TEXT NOT NULL REFERENCES account (id),
            whom TEXT NOT NULL CHECK (length(whom) <= 100),
            minutes \(.int) NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
            zone TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'released', 'lapsed')),
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
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id),
            FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
        )\(.strict)
        """,
        "CREATE INDEX kept_offer_link ON kept_offer (workspace, link)",
        "CREATE INDEX kept_offer_open ON kept_offer (workspace) WHERE ended_at IS NULL",
        "CREATE INDEX kept_offer_ended ON kept_offer (ended_at) WHERE ended_at IS NOT NULL",
        "CREATE INDEX kept_offer_booking ON kept_offer (workspace, booking) WHERE booking IS NOT NULL",
        // What was kept stays known once its hold is gone. No key to the hold: that one goes first.
        """
        CREATE TABLE kept_offer_time (
            workspace TEXT NOT NULL,
            offer TEXT NOT NULL,
            starts \(.int) NOT NULL,
            hold TEXT NOT NULL UNIQUE,
            expires \(.int) NOT NULL,
            PRIMARY KEY (offer, starts),
            FOREIGN KEY (workspace, offer) REFERENCES kept_offer (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """,
        "CREATE INDEX kept_offer_time_offer ON kept_offer_time (workspace, offer)",
    ]
}
