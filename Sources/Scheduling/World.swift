/// The outside facts every use case needs: the time, randomness and the zone tables.

/// What the program takes from the world around it, as one value. Tests hand in a standing one.
package struct World: Sendable {
    package let clock: Clock
    package let entropy: Entropy
    package let zones: Zones

    package init(clock: Clock, entropy: Entropy, zones: Zones) {
        self.clock = clock
        self.entropy = entropy
        self.zones = zones
    }

    package var now: Instant { clock.now }

    /// A new id, ordered by this world's clock.
    package func id<Entity: Identified>(_: Entity.Type = Entity.self) -> ID<Entity> {
        ID(milliseconds: clock.milliseconds(), random: entropy.bytes(10))
    }

    /// A secret for links, sessions and keys: 256 random bits as 43 base64url characters (RFC 4648 §5, no padding).
    package func token() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in entropy.bytes(32) {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(buffer >> bits & 63)])
            }
        }
        text.append(alphabet[Int(buffer << (6 - bits) & 63)])
        return String(decoding: text, as: UTF8.self)
    }
}
