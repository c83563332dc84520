/// Links whose host decides about each wish, and the wishes that wait for it.
extension Migration {
    static let approval = Migration(
        number: 9, name: "approval", statements: [
            """
            ALTER TABLE link ADD COLUMN requires_approval \(.int) NOT NULL DEFAULT 0
            CHECK (requires_approval IN (0, 1))
            """,
            """
            ALTER TABLE link ADD COLUMN approval_hours \(.int) NOT NULL DEFAULT 48
            CHECK (approval_hours BETWEEN 1 AND 168)
            """,
            // Until when the host may answer, and the confirmed time that stays the attendee's until then.
            """
            ALTER TABLE booking ADD COLUMN answer_by \(.int)
            CHECK (answer_by IS NULL OR status = 'pending_approval')
            """,
            "ALTER TABLE booking ADD COLUMN kept_starts \(.int) CHECK (kept_starts IS NULL OR answer_by IS NOT NULL)",
            """
            ALTER TABLE booking ADD COLUMN kept_ends \(.int)
            CHECK ((kept_ends IS NULL) = (kept_starts IS NULL) AND (kept_ends IS NULL OR kept_starts < kept_ends))
            """,
            // The word is a page of our own from now on; a link that had it goes on under a longer one.
            "UPDATE link SET slug = 'approve-' || substr(id, length(id) - 5) WHERE slug = 'approve'",
        ] + tokens + [tenancyWall])

    /// One for each host who is asked. It ends with the decision and then says what that was.
    private static let tokens: [SQL] = [
        """
        CREATE TABLE approval_token (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            booking TEXT NOT NULL,
            account TEXT NOT NULL,
            token_hash \(.bytes) NOT NULL UNIQUE,
            token_sealed \(.bytes) NOT NULL,
            created_at \(.int) NOT NULL,
            ended_version \(.int),
            UNIQUE (workspace, id),
            FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id),
            FOREIGN KEY (workspace, account) REFERENCES member (workspace, account)
        )\(.strict)
        """,
        """
        CREATE UNIQUE INDEX approval_token_current ON approval_token (booking, account) WHERE ended_version IS NULL
        """,
    ]
}
