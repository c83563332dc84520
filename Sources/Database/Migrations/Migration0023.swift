/// Notes on bookings say in whose place an assistant wrote them; that host deletes them, also when nobody assists them.
extension Migration {
    static let notesInPlace = Migration(
        number: 23, name: "notes in somebody's place", statements: ["ALTER TABLE booking_note ADD COLUMN behalf TEXT"])
}
