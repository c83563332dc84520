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
]
