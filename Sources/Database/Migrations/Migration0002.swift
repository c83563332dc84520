/// What hosts and admins shape: members and teams, links in full, days that differ, bookings as hosts see them.
extension Migration {
    static let hostSide = Migration(
        number: 2, name: "host_side",
        statements: hostSideAccounts + hostSideProfiles + hostSideLinks + hostSideSchedules + hostSideBookings
    )
}
