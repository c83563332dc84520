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

    /// Reads a token; nil when it was not signed by this installation.
    package init?(_ text: String?, keyring: Keyring) {
        guard let parts = text?.split(separator: ".", omittingEmptySubsequences: false),
            (3...4).contains(parts.count), let mac = parts.last
        else { return nil }
        let body = parts.dropLast().joined(separator: ".")
        guard Self.sign(body, keyring).constantTimeEquals(String(mac)) else { return nil }
        visitor = String(parts[0])
        key = String(parts[1])
        hold = parts.count == 4 ? String(parts[2]) : nil
    }

    /// The text of a hidden field; its parts are base64url, so dots can separate them.
    package func text(keyring: Keyring) -> String {
        let body = ([visitor, key] + (hold.map { [$0] } ?? [])).joined(separator: ".")
        return "\(body).\(Self.sign(body, keyring))"
    }

    private static func sign(_ body: String, _ keyring: Keyring) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let mac = keyring.mac(Array(body.utf8), purpose: "booking form")
        return String(decoding: mac.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension String {
    /// Equality whose time does not tell where the first difference is.
    fileprivate func constantTimeEquals(_ other: String) -> Bool {
        let (a, b) = (Array(utf8), Array(other.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
