/// The schema of bookings as their hosts see them: guests, notes and the words they are found by.
let hostSideBookings: [SQL] = [
    """
    CREATE TABLE booking_guest (
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        position \(.int) NOT NULL CHECK (position BETWEEN 0 AND 49),
        email TEXT NOT NULL,
        PRIMARY KEY (booking, position),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
    )\(.strict)
    """,
    // The address a booking had before it was corrected: it gets a cancellation without details.
    """
    CREATE TABLE booking_correction (
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        version \(.int) NOT NULL,
        former_email TEXT NOT NULL,
        at \(.int) NOT NULL,
        PRIMARY KEY (booking, version),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
    )\(.strict)
    """,
    // An address asks for its bookings without knowing their workspace.
    "CREATE INDEX booking_attendee ON booking (lower(attendee_email), ends)",
    // What a booking is found by: folded words, and `=kind:value` for exact terms such as its source.
    """
    CREATE TABLE booking_word (
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        word TEXT\(byBytes) NOT NULL CHECK (length(word) BETWEEN 1 AND 64),
        PRIMARY KEY (workspace, booking, word),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
    )\(.strict)
    """,
    "CREATE INDEX booking_word_found ON booking_word (workspace, word, booking)",
    // Notes of hosts for hosts; never part of what an attendee, a mail or a calendar sees.
    """
    CREATE TABLE booking_note (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        account TEXT NOT NULL,
        text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 5000),
        at \(.int) NOT NULL,
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id),
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account)
    )\(.strict)
    """,
    "CREATE INDEX booking_note_booking ON booking_note (booking, id)",
    // A host's list of 100,000 bookings is read along one index: the host's row repeats state and times of the booking.
    "ALTER TABLE booking_host ADD COLUMN status TEXT NOT NULL DEFAULT 'confirmed'",
    "ALTER TABLE booking_host ADD COLUMN starts \(.int) NOT NULL DEFAULT 0",
    """
    UPDATE booking_host SET
        status = (SELECT b.status FROM booking b WHERE b.id = booking_host.booking),
        starts = (SELECT b.starts FROM booking b WHERE b.id = booking_host.booking)
    """,
    "DROP INDEX booking_host_account",
    "CREATE INDEX booking_host_list ON booking_host (workspace, account, status, starts, booking)",
    "CREATE INDEX booking_host_booking ON booking_host (workspace, booking)",
    "CREATE INDEX booking_list ON booking (workspace, status, starts, id)",
    "CREATE INDEX booking_link_list ON booking (workspace, link, status, starts, id)",
    "DROP INDEX booking_link",
] + moreEvents

/// Words are compared byte by byte on both engines, so that a prefix is a range of the index.
private let byBytes = SQL.only(.postgres, " COLLATE \"C\"")

/// A booking may change its title and place at the same time, and a no-show may be taken back: more events than the
/// first schema knew.
private let moreEvents: [SQL] = [
    .only(.postgres, "ALTER TABLE booking_history DROP CONSTRAINT booking_history_event_check"),
    .only(.postgres, """
        ALTER TABLE booking_history ADD CONSTRAINT booking_history_event_check CHECK (event IN (\(events)))
        """),
    .only(.sqlite, "DROP TRIGGER booking_history_no_update"),
    .only(.sqlite, "DROP TRIGGER booking_history_no_delete"),
    .only(.sqlite, "ALTER TABLE booking_history RENAME TO booking_history_before"),
    .only(.sqlite, """
        CREATE TABLE booking_history (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            booking TEXT NOT NULL,
            version \(.int) NOT NULL,
            event TEXT NOT NULL CHECK (event IN (\(events))),
            status TEXT NOT NULL,
            actor TEXT NOT NULL,
            from_starts \(.int),
            to_starts \(.int),
            reason TEXT NOT NULL DEFAULT '',
            at \(.int) NOT NULL,
            UNIQUE (booking, version),
            FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
        )\(.strict)
        """),
    .only(.sqlite, "INSERT INTO booking_history SELECT * FROM booking_history_before"),
    .only(.sqlite, "DROP TABLE booking_history_before"),
    .only(.sqlite, """
        CREATE TRIGGER booking_history_no_update BEFORE UPDATE ON booking_history
        BEGIN SELECT RAISE(ABORT, 'history_is_append_only'); END
        """),
    .only(.sqlite, """
        CREATE TRIGGER booking_history_no_delete BEFORE DELETE ON booking_history
        BEGIN SELECT RAISE(ABORT, 'history_is_append_only'); END
        """),
]

private let events: SQL = """
    'booked', 'rescheduled', 'cancelled', 'completed', 'no_show', 'no_show_undone', 'approved', 'declined', 'expired',
    'paid', 'reassigned', 'changed', 'corrected'
    """
