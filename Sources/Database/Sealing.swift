/// Secrets at rest: authenticated encryption bound to the row it belongs to, keyed hashes, and the key file.
import Crypto
import Foundation

/// The installation's keys. The first one seals; every one opens, so that keys can be changed without a pause.
///
/// ```swift
/// let sealed = keyring.seal(Array(token.utf8), bound: "booking_token|\(id)|\(workspace)")
/// ```
package struct Keyring: Sendable {
    /// The first key, then the former ones.
    private let keys: [Key]

    private struct Key: Sendable {
        let secret: SymmetricKey
        /// The first four bytes of the key's hash: says which key sealed something, and nothing about the key.
        let id: [UInt8]

        init(_ bytes: [UInt8]) {
            secret = SymmetricKey(data: bytes)
            id = Array(sha256(Array("workestra key id".utf8) + bytes).prefix(4))
        }
    }

    /// - Parameter keys: 32 bytes each, the one to seal with first.
    /// - Throws: ``SealingError/unreadable(_:)`` when there is none or one has another length.
    package init(keys: [[UInt8]]) throws(SealingError) {
        guard !keys.isEmpty, keys.allSatisfy({ $0.count == 32 }) else {
            throw SealingError.unreadable("a key has 32 bytes, and there is at least one")
        }
        self.keys = keys.map(Key.init)
    }

    /// Reads the key file: one base64 key of 32 bytes in each line, the one to seal with first; `#` begins a comment.
    /// - Parameter creating: makes the file, readable by its owner only, if there is none.
    package static func load(file: String, creating: Bool) throws -> Keyring {
        if creating, !FileManager.default.fileExists(atPath: file) { try create(file) }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw SealingError.unreadable("the key file \(file) cannot be read")
        }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("#") }
        return try Keyring(keys: lines.map { line in
            guard let key = Data(base64Encoded: String(line)) else {
                throw SealingError.unreadable("the key file \(file) holds a line that is not base64")
            }
            return [UInt8](key)
        })
    }

    /// Encrypts with AES-256-GCM under a random nonce: version (1 byte), key id (4), nonce (12), text, tag (16).
    /// - Parameter place: `table|row|workspace`, where it will be stored; it opens nowhere else.
    package func seal(_ plain: [UInt8], bound place: String) -> [UInt8] {
        let sealed = try? AES.GCM.seal(plain, using: keys[0].secret, authenticating: header + Array(place.utf8))
        guard let combined = sealed?.combined else { preconditionFailure("AES-GCM refused a 32-byte key") }
        return header + combined
    }

    /// - Throws: ``SealingError/forged`` when it was sealed for another place, by an unknown key, or changed since.
    package func open(_ sealed: [UInt8], bound place: String) throws(SealingError) -> [UInt8] {
        let header = Array(sealed.prefix(5))
        guard header.first == Self.version, let key = keys.first(where: { $0.id == Array(header.dropFirst()) }),
              let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst(5)),
              let plain = try? AES.GCM.open(box, using: key.secret, authenticating: header + Array(place.utf8))
        else { throw SealingError.forged }
        return [UInt8](plain)
    }

    /// HMAC-SHA256 under a key derived (HKDF, RFC 5869) from the first key for this purpose alone; 32 bytes.
    package func mac(_ bytes: [UInt8], purpose: String) -> [UInt8] {
        Self.mac(bytes, purpose, keys[0])
    }

    /// Whether `code` is the ``mac(_:purpose:)`` of these bytes under any of the keys; takes the same time either way.
    package func isMAC(_ code: [UInt8], of bytes: [UInt8], purpose: String) -> Bool {
        keys.contains { key in
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: bytes, using: Self.derived(key, purpose))
        }
    }

    /// ``mac(_:purpose:)`` as 64 hexadecimal digits, for what travels through forms.
    package func hexMAC(_ text: String, purpose: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let code = mac(Array(text.utf8), purpose: purpose)
        return String(decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Whether `hex` is the ``hexMAC(_:purpose:)`` of this text under any of the keys: a form that was open while the
    /// key changed is still ours.
    package func isHexMAC(_ hex: String, of text: String, purpose: String) -> Bool {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return false }
        var code: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = Self.nibble(digits[index]), let low = Self.nibble(digits[index + 1]) else { return false }
            code.append(high << 4 | low)
        }
        return isMAC(code, of: Array(text.utf8), purpose: purpose)
    }

    /// What begins everything the first key seals: version and key id.
    var header: [UInt8] { [Self.version] + keys[0].id }

    /// The same for the former keys.
    var formerHeaders: [[UInt8]] { keys.dropFirst().map { [Self.version] + $0.id } }

    /// How many keys only open.
    package var formerKeys: Int { keys.count - 1 }

    private static let version: UInt8 = 1

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func mac(_ bytes: [UInt8], _ purpose: String, _ key: Key) -> [UInt8] {
        [UInt8](HMAC<SHA256>.authenticationCode(for: bytes, using: derived(key, purpose)))
    }

    private static func derived(_ key: Key, _ purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: key.secret, info: Array(purpose.utf8), outputByteCount: 32)
    }

    private static func create(_ file: String) throws {
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
        let descriptor = Foundation.open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SealingError.unreadable("cannot make the key file \(file)") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data("\(key)\n".utf8))
        // Whatever is sealed from now on is lost with the key, so it is on the disk first.
        try handle.synchronize()
        try handle.close()
    }
}

/// Why something cannot be sealed or opened.
package enum SealingError: Error, Hashable, Sendable {
    /// The key file, in a sentence for the operator.
    case unreadable(String)
    /// Not what was sealed here.
    case forged
}

/// The SHA-256 (FIPS 180-4) of some bytes; 32 bytes.
package func sha256(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](SHA256.hash(data: bytes))
}
