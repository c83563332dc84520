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
]
