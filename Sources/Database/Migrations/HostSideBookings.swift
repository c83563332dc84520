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
] + moreEvents

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
