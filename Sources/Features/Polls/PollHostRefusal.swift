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

    package var status: Int { 409 }

    package var code: String {
        switch self {
        case .notFree, .gone: "slot_taken"
        case .tooMany, .decided: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .notFree(let when): plain("You have a meeting at \(when), or it is past. Take it off or pick another.")
        case .tooMany: plain("\(Poll.mostOpen) polls of yours are undecided. Decide or delete one first.")
        case .decided: plain("This poll is decided already, and its meeting booked.")
        case .gone: plain("This time is not free any more. Choose another option.")
        }
    }
}
