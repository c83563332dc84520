/// A small sum that a browser works out while its reader types: nothing for one booking, dear for thousands.
import Database
import Scheduling
import Web

/// What is asked: a number that makes the SHA-256 of `seed:number` begin with so many bits of zero.
///
/// Signed for one link and for ten minutes; nothing of it is stored before somebody has solved it.
package struct Challenge: Hashable, Sendable {
    /// A quarter of a million hashes on average: half a second in a browser, a few on an old phone.
    static let bits = 18
    static let minutes = 10

    let seed: String
    let expires: Instant
    /// The challenge as it comes back beside the number.
    let text: String

    init(_ link: ID<Link>, _ installation: Installation) {
        seed = String(installation.world.token().prefix(22))
        expires = installation.world.now.adding(minutes: Self.minutes)
        let body = Self.body(seed, expires, Self.bits)
        text = "\(body).\(installation.keyring.hexMAC(Self.signed(body, link), purpose: Self.purpose))"
    }

    /// For programs, in the refusal that asks for it.
    var json: JSON {
        [
            "value": .string(text), "seed": .string(seed), "bits": .int(Int64(Self.bits)),
            "expiresAt": .string(expires.rfc3339()),
        ]
    }

    fileprivate static let purpose = "proof of work"
    fileprivate static func body(_ seed: String, _ expires: Instant, _ bits: Int) -> String {
        "\(seed).\(expires.seconds).\(bits)"
    }
    fileprivate static func signed(_ body: String, _ link: ID<Link>) -> String { "\(link)|\(body)" }
}

/// A challenge and the number that solves it; good for one booking.
package struct Proof: Hashable, Sendable {
    static let longest = 200

    let seed: String
    let expires: Instant

    /// Reads `challenge:number`; nil unless it is ours, of this link, in time, and solved.
    init?(_ text: String?, _ link: ID<Link>, _ installation: Installation) {
        guard let text, text.utf8.count <= Self.longest else { return nil }
        let halves = text.split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count == 2, (1...12).contains(halves[1].utf8.count), halves[1].allSatisfy(\.isASCII),
              halves[1].allSatisfy(\.isNumber)
        else { return nil }
        let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, let seconds = Int64(parts[1]), let bits = Int(parts[2]), bits >= Challenge.bits,
              let expires = Instant(bounded: seconds), installation.world.now < expires
        else { return nil }
        let body = Challenge.body(parts[0], expires, bits)
        guard installation.keyring.isHexMAC(parts[3], of: Challenge.signed(body, link), purpose: Challenge.purpose),
              Self.zeros(sha256(Array("\(parts[0]):\(halves[1])".utf8))) >= bits
        else { return nil }
        (seed, self.expires) = (parts[0], expires)
    }

    /// How many bits of zero some bytes begin with.
    static func zeros(_ bytes: [UInt8]) -> Int {
        let whole = bytes.prefix { $0 == 0 }.count
        return whole * 8 + (whole < bytes.count ? bytes[whole].leadingZeroBitCount : 0)
    }
}

extension Challenge {
    /// For `proof.js`; without script the field stays empty, and the address is proved instead.
    var field: HTML {
        """
        <input type="hidden" name="proof" value="" data-proof="\(text)" data-seed="\(seed)" \
        data-bits="\(String(Self.bits))">
        """
    }
}
