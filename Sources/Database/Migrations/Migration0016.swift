/// Whom attendees meet by their own choice: one of those who take turns, or several people at once.
extension Migration {
    static let choosing = Migration(number: 16, name: "choosing", statements: chosenHosts + together)
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

private let together: [SQL] = [
    """
    ALTER TABLE account ADD COLUMN ad_hoc_links \(.int) NOT NULL DEFAULT 0 CHECK (ad_hoc_links IN (0, 1))
    """,
    // The ids of the people it is of, ascending, for a link that nobody has made.
    "ALTER TABLE link ADD COLUMN ad_hoc TEXT CHECK (length(ad_hoc) BETWEEN 1 AND 400)",
    "CREATE UNIQUE INDEX link_ad_hoc ON link (workspace, ad_hoc) WHERE ad_hoc IS NOT NULL",
]
