/// The hints on the details' form: which addresses were probably mistyped, and what a press on one of them does.
import Web

struct AddressHints: Sendable {
    var attendee: NearMiss.Hint?
    /// What the guests' field would read, when some of them look mistyped.
    var guests: (text: String, better: [String])?
    /// The guests were put right a moment ago.
    var hasTakenGuests = false

    init() {}

    /// Asks about each address once: whoever sends the very same again means it.
    init(_ data: FormData, email: String) {
        if data["sure"] != email { attendee = NearMiss.suggestion(for: email).map(NearMiss.Hint.asks) }
        let typed = data["guests"] ?? ""
        if data["sure.guests"] != Self.folded(typed) { guests = NearMiss.guests(typed) }
    }

    var isEmpty: Bool { attendee == nil && guests == nil }

    /// The form with the suggestion in its field, when the suggestion's button was pressed.
    static func taking(_ data: FormData) -> (FormData, AddressHints?) {
        var hints = AddressHints()
        var better: [String: String] = [:]
        if let meant = data["meant"] {
            (better["attendee.email"], hints.attendee) = (meant, .taken)
        } else if data["meant.guests"] != nil, let guests = NearMiss.guests(data["guests"] ?? "") {
            (better["guests"], hints.hasTakenGuests) = (guests.text, true)
        } else {
            return (data, nil)
        }
        return (FormData(data.pairs.map { ($0.0, better[$0.0] ?? $0.1) }), hints)
    }

    func guestsHTML(typed: String) -> HTML {
        if hasTakenGuests { return NearMiss.said(say("Changed. Look at it once more, then send it.")) }
        guard let guests else { return .empty }
        let meant: HTML = "<bdi>\(guests.better.joined(separator: ", "))</bdi>"
        return Components.hidden("sure.guests", Self.folded(typed)) + NearMiss.asked(
            say("Did you mean \(meant)? If yours is right, send it once more."),
            Components.button(
                plain("\(guests.better.count)|one:Use this address|other:Use these addresses"), name: "meant.guests",
                value: "1"))
    }

    /// Line breaks do not come back from a page as they went.
    private static func folded(_ typed: String) -> String {
        typed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
