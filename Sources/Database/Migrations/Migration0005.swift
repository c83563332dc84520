/// Which bookings show another time on the clock since the rules of a zone changed.
extension Migration {
    static let clockChanges = Migration(
        number: 5, name: "clock changes",
        statements: [
            """
            CREATE TABLE clock_change (
                workspace TEXT NOT NULL,
                booking TEXT NOT NULL,
                noted_at \(.int) NOT NULL,
                PRIMARY KEY (workspace, booking),
                FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id) ON DELETE CASCADE
            )\(.strict)
            """,
            tenancyWall,
        ])
}
