/// The signed value that a public form carries instead of a cookie: visitor, idempotency key, hold.
import Database
import Scheduling
import Web

package struct FormToken: Hashable, Sendable {
    /// Who picks: random, the same from the month to the confirmation.
    package var visitor: String
    /// The idempotency key of the booking this form leads to.
    package var key: String
    /// The hold, once a time was picked.
    package var hold: String?

    /// A new visitor.
    package init(world: World) {
        visitor = world.token()
        key = world.token()
    }

    /// The form of a time that is kept for one person: it leads to one booking, however often it is opened.
    package init(keptBy hold: String) {
        let digest = String(hold.prefix(43))
        (visitor, key, self.hold) = (digest, "kept-\(digest)", hold)
    }

    /// Reads a token; nil when it was not signed by this installation.
    package init?(_ text: String?, keyring: Keyring) {
        guard let parts = text?.split(separator: ".", omittingEmptySubsequences: false),
            (3...4).contains(parts.count), let mac = parts.last
        else { return nil }
        let body = parts.dropLast().joined(separator: ".")
        guard keyring.isHexMAC(String(mac), of: body, purpose: Self.purpose) else { return nil }
        visitor = String(parts[0])
        key = String(parts[1])
        hold = parts.count == 4 ? String(parts[2]) : nil
    }

    /// The text of a hidden field; its parts are base64url, so dots can separate them.
    package func text(keyring: Keyring) -> String {
        let body = ([visitor, key] + (hold.map { [$0] } ?? [])).joined(separator: ".")
        return "\(body).\(keyring.hexMAC(body, purpose: Self.purpose))"
    }

    private static let purpose = "booking form"
}
