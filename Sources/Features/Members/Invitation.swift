/// The nouns of this feature: invitations, what holds a member here, and what is refused.
import Database
import Scheduling
import Web

/// Somebody asked by mail to join a workspace.
package struct Invitation: Identified, Sendable {
    package static let idPrefix = "inv"
    package static let days = 7

    package enum State: String, Sendable, SQLValue { case open, accepted, withdrawn }

    package let id: ID<Invitation>
    package let email: String
    package let role: Role
    package let inviter: ID<User>
    package let inviterName: String
    package let workspaceName: String
    package let state: State
    /// How often it was mailed.
    package let sent: Int
    package let createdAt: Instant
    package let expiresAt: Instant
    /// Sealed for the job that mails it.
    let sealedToken: [UInt8]

    /// Whether it can still be accepted.
    package func isOpen(at now: Instant) -> Bool { state == .open && now < expiresAt }

    static func binding(_ id: ID<Invitation>) -> String { "invitation|\(id)" }
}

/// What still depends on a member: nobody goes while people can book them.
package struct MemberDuties: Sendable, Equatable {
    package let activeLinks: Int
    package let upcomingBookings: Int

    package init(activeLinks: Int, upcomingBookings: Int) {
        self.activeLinks = activeLinks
        self.upcomingBookings = upcomingBookings
    }

    package var isEmpty: Bool { activeLinks == 0 && upcomingBookings == 0 }
}

package enum MemberRefusal: Refusal, Equatable {
    case lastOwner
    /// An admin acts on an owner.
    case ownersOnly
    /// A role above one's own.
    case aboveOwnRole(Role)
    case hasDuties(name: String, MemberDuties)
    case alreadyMember(String)
    case alreadyInvited(String)
    /// Unknown, used, withdrawn, too old: one answer.
    case invitationOver

    package var status: Int {
        switch self {
        case .ownersOnly, .aboveOwnRole: 403
        case .lastOwner, .hasDuties, .alreadyMember, .alreadyInvited: 409
        case .invitationOver: 410
        }
    }

    package var code: String {
        switch self {
        case .ownersOnly, .aboveOwnRole: "forbidden"
        case .lastOwner, .hasDuties, .alreadyMember, .alreadyInvited: "conflict"
        case .invitationOver: "gone"
        }
    }

    package var message: String {
        switch self {
        case .lastOwner: plain("A workspace has at least one owner. Make somebody else an owner first.")
        case .ownersOnly: plain("Only an owner changes an owner. Ask one of them.")
        case .aboveOwnRole(let role):
            plain("“\(role.words)” is above your own role. Choose another, or ask an owner.")
        case .hasDuties(let name, let duties): Self.words(name, duties)
        case .alreadyMember(let email): plain("\(email) is a member of this workspace already.")
        case .alreadyInvited(let email):
            plain("\(email) is invited already. Send the invitation again, or withdraw it first.")
        case .invitationOver:
            plain("""
                This invitation is not open: it was used, withdrawn, or is older than seven days. \
                Ask whoever invited you for a new one.
                """)
        }
    }

    package var fields: [FieldError] {
        switch self {
        case .alreadyMember, .alreadyInvited: [FieldError(field: "email", code: "invalid", message: message)]
        case .aboveOwnRole, .lastOwner, .ownersOnly:
            [FieldError(field: "role", code: "invalid", message: message)]
        case .hasDuties, .invitationOver: []
        }
    }

    private static func words(_ name: String, _ duties: MemberDuties) -> String {
        let links = plain("\(duties.activeLinks)|one:one active link|other:%1 active links")
        let bookings = plain("\(duties.upcomingBookings)|one:one upcoming booking|other:%1 upcoming bookings")
        return plain("""
            \(name) still has \(links) and \(bookings). Switch the links off or give them another host, and move or \
            cancel the bookings; then come back.
            """)
    }
}
