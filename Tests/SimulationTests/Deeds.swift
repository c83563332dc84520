/// Who does what in a run, and what must have come of it: the table that a run prints with its numbers.
enum Deeds {
    /// What came of what they did; but for what is rare, so often as to be seen within a hundred seeds.
    static let byRole: [(role: String, deeds: [String])] = [
        ("visitors", [
            "bookings", "bookings of several: round_robin", "bookings of several: collective",
            "bookings of several: multi_host", "bookings of several: instant", "bookings with rooms", "hosts chosen",
            "holds", "holds of seats", "sessions begun", "sessions joined", "sessions full", "series",
            "series refused", "wishes", "replays", "calls", "calls nobody could hear", "calls pressed twice",
            "calls hung up", "words left", "bookings for others", "codes asked for", "codes asked for in vain",
            "codes that prove", "codes that do not", "bookings by code", "pages of several", "pages of several, off",
            "bookings of several, asked for together", "kept times picked", "kept times picked twice",
            "kept times picked late",
        ]),
        ("attendees", [
            "moves", "moves to other hosts", "moves between sessions", "cancellations", "corrections",
            "guests changed", "guests who decline", "guests without seats", "parts moved", "parts cancelled",
            "parts refused", "meetings left where they were", "wishes to move", "wishes taken back",
            "wishes of bookers", "holds across one's session", "proposed times taken", "proposals refused",
            "answers too late", "links mailed again",
        ]),
        ("those who wait", [
            "joined lines", "joined again", "nobody has to wait", "offers taken", "offers pressed late", "lines: left",
            "lines: refused",
        ]),
        ("hosts", [
            "approvals", "refusals of hosts", "decisions by mail", "decisions about moves", "handovers", "no-shows",
            "no-shows undone", "sessions moved", "sessions cancelled", "proposals of times",
            "proposals of their choice", "proposals asked again", "proposals not made", "proposals taken back",
            "days out", "days out, twice", "out: ask", "out: give", "out: cancel", "hosts who leave",
            "links handed over", "bookings handed over", "bookings not handed over", "members removed",
            "members switched", "links saved", "templates saved", "links that follow", "locked parts kept",
            "places changed", "changes told", "days away", "offered by hand",
            "lines: removed", "addresses turned away", "calls taken", "calls taken by one of several",
            "calls taken, pressed twice", "calls passed", "calls not taken", "calls of hosts who got busy",
            "offers kept", "offers not kept", "offers let go",
        ]),
        ("assistants", [
            "assistants named", "assistants refused", "assistants stopped", "assistants ended with somebody",
            "deeds in somebody's place", "deeds that are not theirs", "deeds of whom was stopped", "keys of others",
            "days out, in somebody's place",
        ]),
        ("workers", [
            "mails", "mails once more, as they may", "session mails", "series mails", "proposal mails",
            "waitlist mails", "mails with words", "mails to bookers", "mails with codes", "calendar files",
            "calendar files once more", "late ends refused",
            "wishes unanswered", "looks at lines", "places kept back", "places offered", "offers run out",
            "waited in vain", "offers over", "offers nobody could book",
        ]),
        ("the machine", ["broken off", "refusals"]),
    ]

    /// What came of it twenty to sixty times in two thousand seeds: nobody can count on it within a hundred.
    static let rare: Set = [
        "changes told", "wishes taken back", "meetings left where they were", "series refused",
        "offers nobody could book", "keys of others",
    ]

    static var all: [String] { byRole.flatMap(\.deeds) }

    /// The table: of each role its acts, how often each came up, then what came of them.
    static func lines(_ outcome: Crowd.Outcome) -> [String] {
        let acts = Dictionary(grouping: Act.allCases.filter { $0 != .careless }, by: \.role)
        return byRole.map { role, deeds in
            let tried = (acts[role] ?? []).map { "\($0) \(outcome.acts[$0.rawValue] ?? 0)" }
            let done = deeds.map { "\($0) \(outcome.counts[$0] ?? 0)" }
            return "\(role): \(tried.joined(separator: ", "))\n  of it: \(done.joined(separator: ", "))"
        }
    }
}
