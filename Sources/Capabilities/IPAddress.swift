/// Addresses of the internet protocol, and which of them are on the public internet.
import Foundation

/// An IPv4 or IPv6 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16, in network order.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16, "an address has 4 or 16 bytes")
        self.bytes = bytes
    }

    /// Reads `192.0.2.1` or `2001:db8::1`; nil for every other way to write one.
    package init?(_ text: String) {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: six) { Array($0) }
        } else {
            return nil
        }
    }

    package var description: String {
        guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
    }

    /// Whether it belongs to the public internet: neither this machine, nor a network behind somebody's router, nor
    /// set aside (IANA's special-purpose registries, RFC 6890). What carries an IPv4 address inside an IPv6 one is not.
    package var isGlobal: Bool {
        if bytes.count == 4 { return !Self.notGlobal4.contains { $0.contains(self) } }
        return Self.global6.contains { $0.contains(self) } && !Self.notGlobal6.contains { $0.contains(self) }
    }

    private static let notGlobal4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    ].compactMap(IPNetwork.init)
    /// The only part of IPv6 that is given out; so mapped, translated, local and multicast addresses are outside.
    private static let global6 = ["2000::/3"].compactMap(IPNetwork.init)
    private static let notGlobal6 = [
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    ].compactMap(IPNetwork.init)
}

/// A network in CIDR notation, such as `10.0.0.0/8`; an address alone is a network of one.
package struct IPNetwork: Hashable, Sendable {
    let address: IPAddress
    let bits: Int

    /// Nil for what is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        let most = address.bytes.count * 8
        guard parts.count == 2 else {
            (self.address, bits) = (address, most)
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bits = Int(parts[1]), bits <= most
        else { return nil }
        (self.address, self.bits) = (address, bits)
    }

    package func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        return zip(address.bytes, other.bytes).enumerated().allSatisfy { index, pair in
            let rest = max(0, min(8, bits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xff00 >> rest)
            return pair.0 & mask == pair.1 & mask
        }
    }
}
