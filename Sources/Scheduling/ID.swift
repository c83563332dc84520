/// Typed, time-ordered identifiers: a prefix that names the kind of thing, then a UUIDv7.

/// A kind of thing that has ids, e.g. `enum Booking: Identified { static let idPrefix = "bk" }`.
package protocol Identified {
    /// Lower-case letters before the underscore, e.g. `bk`.
    static var idPrefix: String { get }
}

/// The tenant every row of the product belongs to.
package enum Workspace: Identified {
    package static let idPrefix = "ws"
}

/// A person with an account; one person may work in several workspaces.
package enum User: Identified {
    package static let idPrefix = "usr"
}

/// The identifier of one `Entity`: `bk_` + UUIDv7 (RFC 9562) as 26 lower-case base32hex characters (RFC 4648 §7).
///
/// Text order is time order, to the millisecond. Without its prefix an id is a valid Google Calendar event id,
/// which knows only `0…9` and `a…v`.
package struct ID<Entity: Identified>: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The id as it is stored, sent and shown.
    package let text: String

    /// Reads an id; nil unless it has this entity's prefix and spells a UUIDv7 in exactly the form written here.
    package init?(_ text: String) {
        let prefix = Entity.idPrefix + "_"
        guard text.utf8.starts(with: prefix.utf8), let uuid = Base32Hex.bytes(text.utf8.dropFirst(prefix.utf8.count)),
              uuid[6] >> 4 == 7, uuid[8] >> 6 == 2
        else { return nil }
        self.text = text
    }

    /// Makes an id.
    /// - Parameters:
    ///   - milliseconds: since 1970, below 2^48 (the year 10889); negative counts as 0.
    ///   - random: 10 bytes, of which 74 bits are used.
    package init(milliseconds: Int64, random: [UInt8]) {
        precondition(random.count == 10, "an id takes 10 random bytes")
        let time = UInt64(clamping: milliseconds)
        var uuid = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - 8 * UInt64($0))) } + random
        uuid[6] = uuid[6] & 0x0F | 0x70     // version 7
        uuid[8] = uuid[8] & 0x3F | 0x80     // variant of RFC 9562
        text = Entity.idPrefix + "_" + Base32Hex.text(uuid)
    }

    package static func < (a: ID, b: ID) -> Bool { a.text < b.text }

    package var description: String { text }
}

/// Base32 with the extended-hex alphabet in lower case, without padding, for exactly 16 bytes.
private enum Base32Hex {
    private static let alphabet = Array("0123456789abcdefghijklmnopqrstuv".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> bits & 31)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The 16 bytes spelt by 26 characters; nil for other characters, other lengths or padding bits that are not 0.
    static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count == 26 else { return nil }
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for character in text {
            guard let value = value(of: character) else { return nil }
            buffer = buffer << 5 | value
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        return buffer & 3 == 0 ? bytes : nil
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "v"): UInt32(character - UInt8(ascii: "a")) + 10
        default: nil
        }
    }
}
