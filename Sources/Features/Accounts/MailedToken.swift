/// A secret that goes out by mail: looked up by its hash, and sealed for the job that writes the mail.
import Database
import Scheduling
import Web

package struct MailedToken: Sendable {
    package let hash: [UInt8]
    package let sealed: [UInt8]

    /// - Parameter place: `table|row`, the only place where it opens.
    package init(_ installation: Installation, bound place: String) {
        let token = Array(installation.world.token().utf8)
        hash = sha256(token)
        sealed = installation.keyring.seal(token, bound: place)
    }

    /// The token as it stands in the address; nil when the key file is another.
    package static func open(_ sealed: [UInt8], bound place: String, _ keyring: Keyring) -> String? {
        (try? keyring.open(sealed, bound: place)).map { String(decoding: $0, as: UTF8.self) }
    }
}
