/// Who may ask for a route.

/// A right that a role or a key grants, such as `links.write`.
package struct Permission: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) {
        self.name = name
    }

    package var description: String { name }
}

/// The rule of a route. There is no default: a route without a policy does not compile.
package enum Policy: Sendable, Hashable {
    /// A public page or API call; nobody is asked who they are.
    case open
    /// The path holds a secret that is the right itself. Never stored, never sent on as a referrer.
    case token
    /// A session cookie, with this right if one is named. Unsafe methods need our own form's CSRF token and origin.
    case signedIn(Permission?)
    /// A key in `Authorization: Bearer`, with this right.
    case api(Permission)
    /// Only from this machine, only in development: `/dev/…`.
    case loopback

    /// Whether what the route answers may be kept or shown to somebody else by a cache.
    var isPrivate: Bool {
        switch self {
        case .open: false
        case .token, .signedIn, .api, .loopback: true
        }
    }
}
