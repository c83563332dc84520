/// Passwords: what makes one good enough, and Argon2id for the rest of its life.
import CSodium
import Dispatch
import Synchronization

/// Why a password was refused when it was chosen.
package enum PasswordObjection: Sendable, Equatable {
    case tooShort, tooLong, common
}

/// Hashes and verifies with Argon2id (19 MiB, two passes, one lane; OWASP's first choice for 2023 and later).
///
/// At most two hashes run at once, on threads of their own: a flood of sign-ins takes 38 MiB and one core's time
/// at most, and never the threads that answer requests. More than `longestQueue` waiting are turned away.
package final class Passwords: Sendable {
    package static let lengths = 8...256
    private static let memoryBytes = 19 * 1_024 * 1_024
    private static let passes: UInt64 = 2
    private static let longestQueue = 200
    /// The hash of a random password nobody kept, made with the settings above; it answers for unknown addresses.
    package static let nobody =
        "$argon2id$v=19$m=19456,t=2,p=1$qczMmTCrRTWHB7ShDoj+LA$YCW8V3fSx2vIVQyEaITDuwwi+7+Jv27CrwThqS5UBkg"

    private let lanes = [
        DispatchQueue(label: "workestra.passwords.0"), DispatchQueue(label: "workestra.passwords.1"),
    ]
    private let waiting = Atomic<Int>(0)
    private let turn = Atomic<Int>(0)
    private let hashes = Atomic<Int>(0)

    /// How many Argon2id hashes were computed since the start, each some tens of milliseconds of one core.
    package var hashesComputed: Int { hashes.load(ordering: .relaxed) }

    package init() {
        precondition(sodium_init() >= 0, "libsodium did not start")
    }

    /// Nil when the password may be chosen. Lengths count characters as a person does.
    package static func objection(to password: String) -> PasswordObjection? {
        if password.count < lengths.lowerBound { return .tooShort }
        // Four bytes a character: an upper bound for the work, whatever a "character" is made of.
        if password.count > lengths.upperBound || password.utf8.count > 4 * lengths.upperBound { return .tooLong }
        return commonPasswords.contains(password.lowercased()) ? .common : nil
    }

    /// The text to store.
    ///
    /// - Throws: `AccountRefusal.tooManyAtOnce` when too many wait already.
    package func hash(_ password: String) async throws -> String {
        try await inLane { [self] in
            hashes.add(1, ordering: .relaxed)
            var text = [CChar](repeating: 0, count: crypto_pwhash_strbytes())
            let bytes = password.utf8.map { CChar(bitPattern: $0) }
            let status = crypto_pwhash_str_alg(
                &text, bytes, UInt64(bytes.count), Self.passes, Self.memoryBytes, crypto_pwhash_ALG_ARGON2ID13)
            precondition(status == 0, "no 19 MiB of memory for a password hash")
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Whether the password fits. Without a hash it does the same work and says no: an unknown address takes as
    /// long as a wrong password.
    package func verify(_ password: String, against stored: String?) async throws -> Bool {
        try await inLane { [self] in
            let fits = fits(password, stored ?? Self.nobody)
            return fits && stored != nil
        }
    }

    /// True for a hash made with other settings than today's: hash again while the password is at hand.
    package func needsRehash(_ stored: String) -> Bool {
        crypto_pwhash_str_needs_rehash(stored, Self.passes, Self.memoryBytes) != 0
    }

    private func fits(_ password: String, _ stored: String) -> Bool {
        hashes.add(1, ordering: .relaxed)
        let bytes = password.utf8.prefix(4 * Self.lengths.upperBound + 1).map { CChar(bitPattern: $0) }
        return crypto_pwhash_str_verify(stored, bytes, UInt64(bytes.count)) == 0
    }

    private func inLane<T: Sendable>(_ work: @escaping @Sendable () -> T) async throws -> T {
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.longestQueue else {
            waiting.subtract(1, ordering: .relaxed)
            throw AccountRefusal.tooManyAtOnce
        }
        defer { waiting.subtract(1, ordering: .relaxed) }
        let lane = lanes[turn.wrappingAdd(1, ordering: .relaxed).oldValue & 1]
        return await withCheckedContinuation { continuation in
            lane.async { continuation.resume(returning: work()) }
        }
    }
}
