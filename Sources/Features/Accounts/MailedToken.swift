/// A secret that goes out by mail: looked up by its hash, and sealed for the job that writes the mail.
import Database
import Scheduling
import Web

package struct MailedToken: Sendable {
    package let hash: [UInt8]
    package let sealed: [UInt8]

    /// - Parameter place: `table|row`, the only place where it opens.
    package init(_ installation: Installation, bound place: String) {
        self.init(installation.world.token(), installation, bound: place)
    }

    /// Of a secret that whoever it was made for is told at once, too.
    package init(_ text: String, _ installation: Installation, bound place: String) {
        let token = Array(text.utf8)
        hash = sha256(token)
        sealed = installation.keyring.seal(token, bound: place)
    }

    /// The token as it stands in the address; nil when the key file is another.
    package static func open(_ sealed: [UInt8], bound place: String, _ keyring: Keyring) -> String? {
        (try? keyring.open(sealed, bound: place)).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// A kind of mailed link that works once.
package protocol MailedOnce: Identified, Sendable {
    /// How long it works.
    static var lifeSeconds: Int64 { get }
    /// What whoever comes too late is told, and whoever has a link that was never ours.
    static var over: AccountRefusal { get }
}

extension MailedOnce {
    static func binding(_ id: ID<Self>) -> String { "mailed_link|\(id)" }

    static func end(from now: Instant) -> Instant { now.adding(seconds: lifeSeconds) }

    /// The link of a token.
    ///
    /// - Throws: ``over`` for a token that opens nothing now, whatever the reason.
    static func open<Whom>(
        _ token: String, at now: Instant, find: ([UInt8]) async throws -> MailedLink<Self, Whom>?
    ) async throws -> MailedLink<Self, Whom> {
        guard token.utf8.count == 43, let found = try await find(sha256(Array(token.utf8))), found.isOpen(at: now)
        else { throw over }
        return found
    }
}

/// A link that was mailed, as its row tells.
package struct MailedLink<Kind: MailedOnce, Whom: Sendable>: Sendable {
    package let id: ID<Kind>
    package let whom: Whom
    private let sealedToken: [UInt8]
    private let expiresAt: Instant
    private let usedAt: Instant?

    /// - Parameter column: where the row's own id stands.
    init(_ row: Row, id column: String, whom: Whom) throws {
        (id, self.whom) = (try row[column], whom)
        (sealedToken, expiresAt, usedAt) = (try row["token_sealed"], try row["expires_at"], try row["used_at"])
    }

    package func isOpen(at now: Instant) -> Bool { usedAt == nil && now < expiresAt }

    /// The token as it stands in the address while the link works; nil when the key file is another.
    package func token(_ installation: Installation) -> String? {
        guard isOpen(at: installation.world.now) else { return nil }
        return MailedToken.open(sealedToken, bound: Kind.binding(id), installation.keyring)
    }
}
