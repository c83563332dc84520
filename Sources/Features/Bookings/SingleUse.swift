/// A single-use link: the pages of a link under an address of its own, for one contact and one booking.
import Capabilities
import Database
import Scheduling
import Web

/// How one stands.
package enum SingleUseState: String, CaseIterable, Sendable {
    case unused, used, expired
    /// Its host took it back.
    case withdrawn
}

package struct SingleUse: Identified, Hashable, Sendable {
    package static let idPrefix = "sgl"
    /// How many of one link may be open.
    package static let mostOpen = 1_000
    /// The longest that one can be used, in days, where it ends at all.
    package static let mostDays = 365
    /// How often it can be mailed to its contact.
    package static let mostMails = 5
    /// How long one is known after its end, in days: it names somebody.
    static let daysKept = 90

    /// The booking it led to, and where that stands.
    package struct Use: Hashable, Sendable {
        package var booking: ID<Booking>
        package var status: BookingStatus
        /// Whether it ever was more than a wish.
        package var wasConfirmed = true
    }

    package var id: ID<SingleUse>
    package var link: ID<Link>
    package var author: ID<User>
    /// The contact it is bound to.
    package var name: String
    package var email: String
    /// What the form says before anybody has typed.
    package var answers: [Answered] = []
    /// Who is met, of those who take turns.
    package var host: ID<User>?
    /// Whether it can be used again once its booking is cancelled.
    package var revives = false
    /// From then on nobody can use it.
    package var expires: Instant?
    package var createdAt: Instant
    package var use: Use?
    package var mails = 0
    package var mailedAt: Instant?
    package var withdrawnAt: Instant?

    /// A wish that came to nothing never was a use; a cancelled booking gives its use back where that is wanted.
    package var isUsed: Bool {
        guard let use else { return false }
        switch use.status {
        case .declined, .expired: return false
        case .cancelled: return use.wasConfirmed && !revives
        default: return true
        }
    }

    package func state(now: Instant) -> SingleUseState {
        if withdrawnAt != nil { return .withdrawn }
        if isUsed { return .used }
        return expires.map { $0 <= now } ?? false ? .expired : .unused
    }

    /// - Throws: ``SingleUseRefusal`` unless it can be used now.
    package func checkOpen(now: Instant) throws(SingleUseRefusal) {
        switch state(now: now) {
        case .unused: return
        case .used: throw .used
        case .expired: throw .expired
        case .withdrawn: throw .withdrawn
        }
    }

    /// Whether an address is the contact's; about any other the host decides.
    package func isContact(_ email: String) -> Bool {
        (EmailAddress(email)?.folded ?? email.lowercased()) == (EmailAddress(self.email)?.folded ?? self.email)
    }

    /// Whom the contact meets: the host it names, as long as they take turns on the link.
    package func pinned(on link: Link) -> ID<User>? {
        host.flatMap { host in link.canPin.contains { $0.id == host } ? host : nil }
    }

    /// The link as it is served under the token: the host gave the address away, so nothing is asked at the door, and
    /// there is one booking for one person, so nobody waits, repeats or calls.
    package func serving(_ link: Link, token: String) -> Link {
        var link = link
        link.servedAt = Path("/single-use/\(token)")
        link.rules.door = LinkDoor()
        link.rules.access.code = nil
        link.rules.series = nil
        link.rules.waitlist = LinkWaitlist()
        if pinned(on: link) != nil { link.rules.rotation.hostChoice = .off }
        return link
    }

    /// The form as if the contact's details had been typed where nobody typed others.
    func completing(_ data: FormData) -> FormData {
        let other = (data["attendee.email"] ?? "").filter { !$0.isWhitespace }
        let fixed: Set<String> = ["bookedBy.name", "bookedBy.email"]
        var pairs = data.pairs.filter { !fixed.contains($0.0) }
        if other.isEmpty || isContact(other) {
            pairs = pairs.filter { $0.0 != "attendee.name" && $0.0 != "attendee.email" }
            pairs += [("attendee.name", name), ("attendee.email", email)]
        } else if (data["attendee.name"] ?? "").allSatisfy(\.isWhitespace) {
            pairs = pairs.filter { $0.0 != "attendee.name" } + [("attendee.name", name)]
        }
        return FormData(pairs)
    }

    static func binding(_ id: ID<SingleUse>, _ workspace: ID<Workspace>) -> String { "single_use|\(id)|\(workspace)" }

    package static var example: SingleUse {
        SingleUse(
            id: ID(milliseconds: 0, random: [UInt8](repeating: 7, count: 10)), link: Link.example.id,
            author: Link.example.hosts[0].id, name: "Anna Berg", email: "anna@example.org",
            expires: Booking.example.createdAt.adding(days: 7), createdAt: Booking.example.createdAt)
    }
}

extension Link {
    /// Who can be named by a single-use link: those who take turns, whether or not strangers may choose.
    var canPin: [LinkHost] {
        guard rotates, !hasSeats else { return [] }
        return hosts.filter { isRotating($0.id) && share(of: $0.id).isActive }
    }

    /// Whether it can be given to one person: made by somebody, and booked by choosing a time.
    var canBeGiven: Bool { adHoc == nil && deletedAt == nil && rules.kind != .instant }
}

/// What the product says no to about single-use links.
package enum SingleUseRefusal: Refusal, Equatable {
    case unknown
    /// It has led to a booking.
    case used
    case expired
    case withdrawn
    /// Its link is switched off or over.
    case closed
    /// A link of that kind cannot be given away so.
    case kind
    case tooMany
    case mailedOften
    /// There is nothing left to mail or withdraw.
    case over

    package var status: Int {
        switch self {
        case .unknown: 404
        case .used, .expired, .withdrawn, .closed: 410
        case .kind, .tooMany, .mailedOften, .over: 409
        }
    }

    package var code: String {
        switch self {
        case .unknown: "not_found"
        case .used: "token_used"
        case .expired, .withdrawn, .closed: "link_expired"
        case .kind, .tooMany, .mailedOften, .over: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .unknown: plain("There is no such address. Check it, or ask the person who sent it.")
        case .used: plain("This address was good for one booking, and that is made. The mail about it has the details.")
        case .expired: plain("This address could be used until a while ago. Ask the person who sent it for a new one.")
        case .withdrawn: plain("This address was taken back. Ask the person who sent it for a new one.")
        case .closed: plain("Nothing can be booked here at present. Ask the person who sent you this address.")
        case .kind: plain("A link that calls at once cannot be given to one person. Choose another one.")
        case .tooMany:
            plain("\(SingleUse.mostOpen) single-use links of this link are open. Withdraw one before you make another.")
        case .mailedOften:
            plain("It was mailed \(SingleUse.mostMails) times. Copy the address, or make another one.")
        case .over: plain("It is used or over, so there is nothing left to do about it.")
        }
    }
}
