/// The waitlist.
extension Migration {
    static let waitlist = Migration(number: 15, name: "waitlist", statements: [])
}
