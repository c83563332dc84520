/// Whom attendees meet by their own choice.
extension Migration {
    static let choosing = Migration(number: 16, name: "choosing", statements: chosenHosts)
}

private let chosenHosts: [SQL] = [
    """
    ALTER TABLE link ADD COLUMN host_choice TEXT NOT NULL DEFAULT 'off' CHECK (host_choice IN ('off', 'allowed'))
    """,
    "ALTER TABLE hold ADD COLUMN chosen_host TEXT REFERENCES account (id)",
    // Stays when somebody else takes the booking over; then it says no more than whom they had wanted.
    "ALTER TABLE booking ADD COLUMN chosen_host TEXT REFERENCES account (id)",
    // Who named the host, where the ground is `pinned`; nothing for people of the workspace.
    "ALTER TABLE assignment ADD COLUMN named_by TEXT CHECK (named_by IN ('attendee'))",
]
