/// Codes that prove an e-mail address: six digits by mail, for ten minutes, for one address on one link.
import Capabilities
import Database
import Scheduling
import Web

package struct EmailCode: Identified, Sendable {
    package static let idPrefix = "emc"
    static let minutes = 10
    /// Wrong ones after which a code opens nothing any more.
    static let mostTries = 5
    /// How many an address can have at a time.
    static let mostOfAddress = 3
    static let digits = 6

    let id: ID<EmailCode>
    let link: ID<Link>
    /// Folded, so that one mailbox is one address.
    let email: String
    /// A code of the language the mail is written in.
    let language: String
    let expires: Instant

    static func folded(_ email: String) -> String { EmailAddress(email)?.folded ?? email.lowercased() }

    /// The digits follow from the id and the key file, so no row and no job holds them.
    func text(_ keyring: Keyring) -> String {
        let code = keyring.mac(Array("\(id)|\(link)|\(email)".utf8), purpose: "email code")
        let number = code.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) } % 1_000_000
        let text = String(number)
        return String(repeating: "0", count: Self.digits - text.count) + text
    }

    /// What somebody typed, as its digits: blanks between them do not matter.
    static func typed(_ text: String?) -> String {
        (text ?? "").filter { !$0.isWhitespace && $0 != "-" }
    }
}

/// Mails a code to an address. Whatever the address is, the answer is the same.
package struct AskEmailCode: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Writes the code and its mail, unless the address has as many as it may.
    package func callAsFunction(_ email: String, link: Link, language: Language, scope: Scope) async throws {
        let now = installation.world.now
        let code = EmailCode(
            id: installation.world.id(), link: link.id, email: EmailCode.folded(email), language: language.tag,
            expires: now.adding(minutes: EmailCode.minutes))
        let job: ID<QueuedJob> = installation.world.id()
        try await installation.database.write(scope) { tx in
            guard try EmailCodeStore.insert(code, sentTo: email, now: now, scope: scope, in: tx) else { return }
            try tx.enqueue(SendEmailCode.job(code, now: now, scope: scope), now: now, id: job)
        }
    }
}

/// Whether a code proves an address.
enum EmailProof: Sendable {
    case proven
    /// There is a code, and it is another one.
    case wrong
    /// There is none: never asked for, over, or tried too often.
    case none

    /// Looks at the codes of the address on the link, and counts a wrong one against them all.
    static func check(
        _ typed: String, _ email: String, link: ID<Link>, _ installation: Installation, scope: Scope
    ) async throws -> EmailProof {
        let (address, now, keyring) = (EmailCode.folded(email), installation.world.now, installation.keyring)
        return try await installation.database.write(scope) { tx in
            let codes = try EmailCodeStore.living(of: address, link: link, now: now, scope: scope, in: tx)
            guard !codes.isEmpty else { return .none }
            if codes.contains(where: { $0.text(keyring) == typed }) { return .proven }
            try EmailCodeStore.countTry(codes.map(\.id), scope: scope, in: tx)
            return .wrong
        }
    }
}
