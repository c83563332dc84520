/// Where a request comes from: addresses, networks, and who is believed about them.

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An IP address as 16 bytes; version 4 is mapped (`::ffff:a.b.c.d`), so both forms of one address are equal.
package struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// Reads `192.0.2.1` or `2001:db8::1` (a zone such as `%eth0` is dropped); nil for anything else.
    package init?(_ text: String) {
        let text = text.split(separator: "%", maxSplits: 1).first.map(String.init) ?? ""
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = IPAddress.mapped + withUnsafeBytes(of: &four, Array.init)
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six, Array.init)
        } else {
            return nil
        }
    }

    private static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xff, 0xff]

    var isVersion4: Bool { bytes.starts(with: IPAddress.mapped) }

    var isLoopback: Bool {
        isVersion4 ? bytes[12] == 127 : bytes == Array(repeating: 0, count: 15) + [1]
    }

    /// What counts as one client: the address, or in version 6 its /64, which one household has.
    var client: [UInt8] { isVersion4 ? bytes : Array(bytes.prefix(8)) }
}

/// A range of addresses, such as `10.0.0.0/8`; a bare address is a range of one.
package struct Network: Hashable, Sendable {
    private let address: IPAddress
    /// Of the 128 bits.
    private let bits: Int

    /// Reads one entry of `WORKESTRA_TRUSTED_PROXIES`; nil if it is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        let most = address.isVersion4 ? 32 : 128
        guard let bits = parts.count == 2 ? Int(parts[1]) : most, (0...most).contains(bits) else { return nil }
        self.address = address
        self.bits = 128 - most + bits
    }

    func contains(_ other: IPAddress) -> Bool {
        let whole = bits / 8
        guard address.bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
        guard bits % 8 > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xff00 >> (bits % 8))
        return address.bytes[whole] & mask == other.bytes[whole] & mask
    }
}

extension Request {
    /// What counts as one client: the address, or in version 6 its /64, which one household has.
    package var client: [UInt8] { IPAddress(remote)?.client ?? Array(remote.utf8) }
}

/// Finds the client behind proxies.
enum ClientAddress {
    /// The address of the peer, or, if the peer is a trusted proxy, the last entry of `X-Forwarded-For` that no trusted
    /// proxy wrote about itself. What an unknown peer says about itself is never believed.
    static func of(peer: String, headers: Headers, trusting proxies: [Network]) -> String {
        guard let address = IPAddress(peer), proxies.contains(where: { $0.contains(address) }) else { return peer }
        let hops = headers.all("x-forwarded-for").flatMap { $0.split(separator: ",") }.map(\.trimmed)
        var client = peer
        for hop in hops.reversed() {
            // A word that is no address ends what can be believed.
            guard let address = IPAddress(hop) else { return client }
            client = hop
            guard proxies.contains(where: { $0.contains(address) }) else { return client }
        }
        return client
    }
}
