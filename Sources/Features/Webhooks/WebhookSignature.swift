/// Signatures of webhooks, going out and coming in, as Standard Webhooks 1.0 describes them.
import Crypto
import Foundation
import Scheduling
import Web

/// `whsec_` and 24 to 64 random bytes in base64; HMAC-SHA256 over `id.timestamp.body`.
package struct WebhookSecret: Sendable, Equatable {
    package let text: String
    private let key: [UInt8]

    static let prefix = "whsec_"
    /// Seconds by which the sender's clock and ours may differ.
    package static let tolerance: Int64 = 300

    /// Nil for what is no secret of this form.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
              (24...64).contains(data.count)
        else { return nil }
        (self.text, key) = (text, [UInt8](data))
    }

    static func new(_ entropy: Entropy) -> WebhookSecret {
        let key = entropy.bytes(32)
        return WebhookSecret(text: prefix + Data(key).base64EncodedString(), key: key)
    }

    private init(text: String, key: [UInt8]) {
        (self.text, self.key) = (text, key)
    }

    /// `v1,` and the signature.
    package func signature(id: String, at time: Instant, body: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Self.signed(id, time.seconds, body), using: SymmetricKey(data: key))
        return "v1," + Data(code).base64EncodedString()
    }

    /// Whether one of the signatures in the header is ours, and the message is of now. Takes the same time for every
    /// wrong one.
    package func verifies(id: String, timestamp: String, signatures: String, body: [UInt8], now: Instant) -> Bool {
        guard !id.isEmpty, let seconds = Int64(timestamp), String(seconds) == timestamp,
              (now.seconds - Self.tolerance...now.seconds + Self.tolerance).contains(seconds)
        else { return false }
        let message = Self.signed(id, seconds, body)
        return signatures.split(separator: " ").contains { part in
            guard part.hasPrefix("v1,"), let code = Data(base64Encoded: String(part.dropFirst(3))) else { return false }
            return HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: message, using: SymmetricKey(data: key))
        }
    }

    private static func signed(_ id: String, _ seconds: Int64, _ body: [UInt8]) -> [UInt8] {
        Array("\(id).\(seconds).".utf8) + body
    }
}
