/// Assistants: who acts on the links, bookings and hours of somebody else, and in whose place a thing was done.
extension Migration {
    static let assistants = Migration(number: 19, name: "assistants", statements: people + places + [tenancyWall])
}

private let people: [SQL] = [
    // `account` is the person for whom `assistant` acts.
    """
    CREATE TABLE assistant (
        workspace TEXT NOT NULL,
        account TEXT NOT NULL,
        assistant TEXT NOT NULL,
        created_at \(.int) NOT NULL,
        CHECK (account <> assistant),
        PRIMARY KEY (workspace, account, assistant),
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account),
        FOREIGN KEY (workspace, assistant) REFERENCES member (workspace, account)
    )\(.strict)
    """,
    // Read with every request of somebody who is signed in.
    "CREATE INDEX assistant_assisting ON assistant (workspace, assistant)",
]

/// Whose assistant the actor was in it. It stays when they no longer are.
private let places: [SQL] = [
    "ALTER TABLE booking_history ADD COLUMN behalf TEXT",
    "ALTER TABLE audit ADD COLUMN behalf TEXT",
    "ALTER TABLE proposal ADD COLUMN behalf TEXT",
]
