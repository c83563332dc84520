/// What the unscoped questions find: a workspace, and what a secret or a public name leads to in it.
import Database
import Scheduling

/// What an attendee's link token leads to.
package struct FoundToken: Sendable, Equatable {
    package let workspace: ID<Workspace>
    package let booking: ID<Booking>
    /// `attendee`, `booker` or `guest`.
    package let participant: String
    /// True when a newer token has replaced this one.
    package let retired: Bool
}

/// What a hold's token leads to. The hold may have expired.
package struct FoundHold: Sendable, Equatable {
    package let workspace: ID<Workspace>
    package let hold: ID<Hold>
    package let link: ID<Link>
    package var offer: ID<KeptOffer>?
}

/// Whom a mailed request to decide went to, and about which booking.
package struct FoundAsk: Sendable, Equatable {
    package let workspace: ID<Workspace>
    package let booking: ID<Booking>
    package let host: ID<User>
    /// The booking's version that left nothing to decide; nil while it waits.
    package let endedVersion: Int?
}

/// Somebody under a handle of theirs.
package struct FoundHandle: Sendable, Equatable {
    package let account: ID<User>
    /// The one they have now.
    package let handle: String
    /// Where they chose it.
    package let workspace: ID<Workspace>
}

/// What the workspace itself changes about a request.
package struct WorkspaceMode: Sendable, Hashable {
    /// Nothing leaves a workspace in test mode.
    package let isTest: Bool
    /// Everybody reads everybody's bookings.
    package let everyoneReads: Bool
}

/// A session with the person and the role it acts for.
package struct FoundSession: Sendable {
    package let session: Session
    package let member: Member
    package let mode: WorkspaceMode
    /// The people that person is an assistant of.
    package var assists: Set<ID<User>> = []
}

/// A key with the person and the role it acts for.
package struct FoundKey: Sendable {
    package let key: APIKey
    package let member: Member
    package let mode: WorkspaceMode
    /// The people its owner is an assistant of.
    package var assists: Set<ID<User>> = []
}

/// What sign-in needs to know about an address.
package struct FoundSignIn: Sendable {
    package let account: ID<User>
    package let passwordHash: String?
    /// False for an account that was switched off.
    package let isActive: Bool
    /// The workspaces of an active account, the oldest membership first; empty when it may not sign in.
    package let workspaces: [ID<Workspace>]
}
