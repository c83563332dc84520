/// The key file inside a backup: readable only with the passphrase, and only beside the data it was saved with.
import Crypto
import CSodium
import Database
import Foundation
import Scheduling

/// Argon2id (RFC 9106) of the passphrase is the AES-256-GCM key of the box; the manifest's bytes are authenticated
/// with it, and the manifest holds the hash of everything else. So a changed backup does not open.
struct SealedKey: Codable, Hashable {
    var derivation = "argon2id13"
    var memoryBytes = 64 << 20
    var passes = 3
    /// 16 random bytes.
    let salt: Data
    /// Nonce (12), text, tag (16).
    var box = Data()

    static let shortest = 8

    init(_ key: [UInt8], passphrase: String, manifest: [UInt8], entropy: Entropy) throws {
        salt = Data(entropy.bytes(Int(crypto_pwhash_SALTBYTES)))
        let secret = try derived(passphrase)
        guard let box = try AES.GCM.seal(key, using: secret, authenticating: Self.place(manifest)).combined else {
            throw BackupError("the key cannot be sealed")
        }
        self.box = box
    }

    /// - Throws: ``BackupError`` for a wrong passphrase or a changed backup; which of the two cannot be told.
    func open(passphrase: String, manifest: [UInt8]) throws -> [UInt8] {
        let secret = try derived(passphrase)
        guard let sealed = try? AES.GCM.SealedBox(combined: box),
            let key = try? AES.GCM.open(sealed, using: secret, authenticating: Self.place(manifest))
        else { throw BackupError("the passphrase is not the one of this backup, or the backup was changed") }
        return [UInt8](key)
    }

    private static func place(_ manifest: [UInt8]) -> [UInt8] { Array("workestra backup 1|".utf8) + sha256(manifest) }

    private func derived(_ passphrase: String) throws -> SymmetricKey {
        // What a file says about itself must not take all the memory or the day.
        guard derivation == "argon2id13", salt.count == Int(crypto_pwhash_SALTBYTES),
            (8 << 20...1 << 30).contains(memoryBytes), (1...20).contains(passes)
        else { throw BackupError("the backup's key was sealed in a way that this program does not know") }
        precondition(sodium_init() >= 0, "libsodium did not start")
        var secret = [UInt8](repeating: 0, count: 32)
        let text = passphrase.utf8.map { CChar(bitPattern: $0) }
        let status = crypto_pwhash(
            &secret, 32, text, UInt64(text.count), [UInt8](salt), UInt64(passes), memoryBytes,
            crypto_pwhash_ALG_ARGON2ID13)
        guard status == 0 else { throw BackupError("there is not enough memory for the passphrase's key") }
        return SymmetricKey(data: secret)
    }
}
