/// Who is asking, once that is known.

import Scheduling

/// A signed-in person or a key, as the program's authenticator found it.
package struct Principal: Sendable, Hashable {
    /// How the person showed who they are.
    package enum Kind: Sendable, Hashable {
        case session
        /// The id of the key, never the key.
        case key(String)
    }

    package let kind: Kind
    package let workspace: ID<Workspace>
    package let workspaceName: String
    package let user: ID<User>
    /// The person's name, for the foot of the sidebar.
    package let name: String
    package let permissions: Set<Permission>
    /// The workspace is in test mode: nothing leaves it, and every page of the app says so.
    package let isTest: Bool
    /// The people of the teams this person manages, whose bookings they read.
    package let leads: Set<ID<User>>
    /// The people this person is an assistant of, on whose links, bookings and hours they act.
    package let assists: Set<ID<User>>
    /// The id of the session, never its secret.
    package let sessionID: String?
    /// What a form must send back as `csrf`; see ``CSRF/token(session:key:)``. Empty for keys.
    package let csrf: String

    package init(kind: Kind, workspace: ID<Workspace>, workspaceName: String, user: ID<User>, name: String,
                 permissions: Set<Permission>, isTest: Bool = false, leads: Set<ID<User>> = [],
                 assists: Set<ID<User>> = [], sessionID: String? = nil, csrf: String = "") {
        self.kind = kind
        self.workspace = workspace
        self.workspaceName = workspaceName
        self.user = user
        self.name = name
        self.permissions = permissions
        self.isTest = isTest
        self.leads = leads
        self.assists = assists
        self.sessionID = sessionID
        self.csrf = csrf
    }

    /// Whether a permission was granted.
    package func may(_ permission: Permission) -> Bool { permissions.contains(permission) }
}

/// Looks up the session cookie or the Bearer key of a request; nil if there is none or it is not valid.
/// Called for `signedIn` and `api` routes only.
package typealias Authenticator = @Sendable (Request) async throws -> Principal?
