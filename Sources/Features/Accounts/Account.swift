/// The nouns of this feature: people, their places in workspaces, sessions and keys.
import Capabilities
import Database
import Scheduling
import Web

/// A person who signs in. Belongs to the installation and may be a member of several workspaces.
package struct Account: Sendable, Equatable {
    package let id: ID<User>
    package let email: String
    package let name: String
    /// An Area/City name of the zone database.
    package let zone: String
    /// How this person's pages write times of day.
    package let clock: HourClock

    package init(id: ID<User>, email: String, name: String, zone: String, clock: HourClock = .usual) {
        self.id = id
        self.email = email
        self.name = name
        self.zone = zone
        self.clock = clock
    }

    /// The form in which addresses are compared; what is no address folds to itself in lower case.
    package static func folded(_ email: String) -> String {
        EmailAddress(email)?.folded ?? email.lowercased()
    }
}

/// An account's place in one workspace.
package struct Member: Sendable, Equatable {
    package let account: Account
    package let workspace: ID<Workspace>
    package let workspaceName: String
    package let role: Role
    package var grants: Set<Grant> = []
    package var state = MemberState.active
    package var since = Instant(0)

    /// Whether they can offer their time: who left, is switched off or only looks on cannot.
    package var canHost: Bool { state == .active && role != .viewer }

    package init(account: Account, workspace: ID<Workspace>, workspaceName: String, role: Role) {
        self.account = account
        self.workspace = workspace
        self.workspaceName = workspaceName
        self.role = role
    }
}

/// Whether a member may come in. Who left keeps the row, since bookings of the past point at it.
package enum MemberState: String, CaseIterable, Sendable, SQLValue {
    case active, off, left
}

/// What somebody may do beside their role.
package enum Grant: String, CaseIterable, Sendable {
    case finance, recruiting, dispatch, people

    package static func stored(_ text: String) -> Set<Grant> {
        Set(text.split(separator: " ").compactMap { Grant(rawValue: String($0)) })
    }
}

extension Set<Grant> {
    /// The form stored in the database: the names in one order.
    package var stored: String { Grant.allCases.filter(contains).map(\.rawValue).joined(separator: " ") }
}

/// A tenant as an operator's list shows it.
package struct WorkspaceSummary: Sendable, Equatable {
    package let id: ID<Workspace>
    package let name: String
    package let zone: String
    package let members: Int
    package let createdAt: Instant
}

/// One browser that is signed in. The token itself is only in the browser's cookie; here is its SHA-256.
package struct Session: Identified, Sendable {
    package static let idPrefix = "ses"
    /// Ends a session nobody has used for this many seconds.
    package static let idleSeconds: Int64 = 14 * 86_400
    /// Ends every session after this many seconds, used or not.
    package static let lifeSeconds: Int64 = 30 * 86_400
    /// `seen_at` is written at most this often, in seconds: a page view must not cost a commit.
    package static let seenEverySeconds: Int64 = 300

    package let id: ID<Session>
    package let createdAt: Instant
    package let seenAt: Instant
    package let expiresAt: Instant
    package var userAgent = ""
    /// Where it was last seen: a network, as the audit log keeps it.
    package var network = ""

    package init(id: ID<Session>, createdAt: Instant, seenAt: Instant, expiresAt: Instant) {
        self.id = id
        self.createdAt = createdAt
        self.seenAt = seenAt
        self.expiresAt = expiresAt
    }

    /// False once it is too old or was left unused too long.
    package func lives(at now: Instant) -> Bool {
        now < expiresAt && now - seenAt < Session.idleSeconds
    }
}

/// A key with which a program acts for a person.
package struct APIKey: Identified, Sendable, Equatable {
    package static let idPrefix = "key"
    /// Every key begins so, that scanners for leaked secrets know it.
    package static let textPrefix = "wks_live_"
    /// The same for keys of a workspace in test mode.
    package static let testPrefix = "wks_test_"

    package let id: ID<APIKey>
    package let owner: ID<User>
    package let ownerName: String
    package let name: String
    /// The last four characters: enough to tell two keys apart.
    package let tail: String
    package let scopes: [String]
    package let createdAt: Instant
    package let usedAt: Instant?
    package let expiresAt: Instant?
}

extension HourClock: SQLValue {}
