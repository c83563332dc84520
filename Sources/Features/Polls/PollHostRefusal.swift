/// What the product says no to about making and deciding polls; hosts alone read it.
import Web

package enum PollHostRefusal: Refusal, Equatable {
    /// A time its host has a meeting of their own at.
    case notFree(when: String)
    case tooMany
    /// It has become a booking.
    case decided
    /// The option is past, or its host has another meeting by now.
    case gone
    /// Taking off the only one that is left.
    case lastOption
    /// So many addresses were invited within the hour.
    case invitedOften(seconds: Int)
    /// Its host can be booked no more.
    case hostLeft
    /// Mails of it wait, and would have nothing to say once it is deleted.
    case telling

    package var status: Int { if case .invitedOften = self { 429 } else { 409 } }

    package var headers: [(String, String)] {
        if case .invitedOften(let seconds) = self { [("Retry-After", String(seconds))] } else { [] }
    }

    package var code: String {
        switch self {
        case .notFree, .gone: "slot_taken"
        case .tooMany, .decided, .hostLeft, .lastOption, .telling: "conflict"
        case .invitedOften: "rate_limited"
        }
    }

    package var message: String {
        switch self {
        case .notFree(let when): plain("You have a meeting at \(when), or it is past. Take it off or pick another.")
        case .tooMany: plain("\(Poll.mostOpen) polls of yours are undecided. Decide or delete one first.")
        case .lastOption: plain("A poll has one option at least. Delete the poll instead.")
        case .invitedOften: plain("""
            \(DoorLimits.invitations) addresses were asked by mail within the hour. Make this one without addresses \
            and pass its own on, or wait for the next hour.
            """)
        case .decided: plain("This poll is decided already, and its meeting booked.")
        case .gone: plain("This time is not free any more. Choose another option.")
        case .telling: plain("Those who do not come are being told by mail. Delete it once that is done.")
        case .hostLeft: plain("Whoever asked cannot be booked any more. Make a new poll in their place.")
        }
    }
}
