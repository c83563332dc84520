/// Sessions of seats: how many places a start of a link has, who hosts it, and how many places are taken.
extension Migration {
    static let seats = Migration(number: 12, name: "seats", statements: seatsOfLinks + seatSessions + [tenancyWall])
}

private let seatsOfLinks: [SQL] = [
    "ALTER TABLE link ADD COLUMN capacity \(.int) NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 1000)",
    "ALTER TABLE link ADD COLUMN shows_seats \(.int) NOT NULL DEFAULT 1 CHECK (shows_seats IN (0, 1))",
    "ALTER TABLE link ADD COLUMN shows_names \(.int) NOT NULL DEFAULT 0 CHECK (shows_names IN (0, 1))",
]

private let seatSessions: [SQL] = [
    // A session with neither seats nor holds is closed; a later one at the same start is another session.
    """
    CREATE TABLE seat_session (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        uid TEXT NOT NULL UNIQUE,
        starts \(.int) NOT NULL,
        ends \(.int) NOT NULL,
        capacity \(.int) NOT NULL CHECK (capacity BETWEEN 1 AND 1000),
        seats_taken \(.int) NOT NULL DEFAULT 0,
        sequence \(.int) NOT NULL DEFAULT 0 CHECK (sequence >= 0),
        version \(.int) NOT NULL DEFAULT 1 CHECK (version >= 1),
        created_at \(.int) NOT NULL,
        closed_at \(.int),
        CHECK (starts < ends AND ends - starts <= 172800),
        CHECK (seats_taken BETWEEN 0 AND capacity),
        CHECK (closed_at IS NULL OR seats_taken = 0),
        UNIQUE (workspace, id),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id)
    )\(.strict)
    """,
    "CREATE UNIQUE INDEX seat_session_start ON seat_session (link, starts) WHERE closed_at IS NULL",
    """
    CREATE TABLE seat_session_host (
        workspace TEXT NOT NULL,
        session TEXT NOT NULL,
        account TEXT NOT NULL,
        position \(.int) NOT NULL,
        PRIMARY KEY (session, account),
        FOREIGN KEY (workspace, session) REFERENCES seat_session (workspace, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account)
    )\(.strict)
    """,
    "ALTER TABLE booking ADD COLUMN session TEXT REFERENCES seat_session (id)",
    "CREATE INDEX booking_session ON booking (session) WHERE session IS NOT NULL",
    "ALTER TABLE hold ADD COLUMN session TEXT REFERENCES seat_session (id)",
    "CREATE INDEX hold_session ON hold (session) WHERE session IS NOT NULL",
]
