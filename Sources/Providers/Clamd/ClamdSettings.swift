/// Where clamd listens, from one address.

/// What is wrong with the setting, in words for the operator.
package struct ClamdSettingsProblem: Error, Hashable, Sendable {
    package let message: String
}

package struct ClamdSettings: Hashable, Sendable, CustomStringConvertible {
    enum Place: Hashable, Sendable {
        case path(String)
        case host(String, port: String)
    }

    let place: Place
    package let description: String

    /// Longest path of a socket that Linux takes, in bytes.
    private static let longestPath = 107

    /// - Parameter text: `unix:/run/clamav/clamd.ctl` or `tcp://127.0.0.1:3310`.
    package init(_ text: String) throws(ClamdSettingsProblem) {
        description = text
        if text.hasPrefix("unix:/") {
            let path = String(text.dropFirst("unix:".count))
            guard path.utf8.count <= Self.longestPath, !path.utf8.contains(0) else {
                throw ClamdSettingsProblem(message: "the path has more than \(Self.longestPath) bytes.")
            }
            place = .path(path)
            return
        }
        let rest = text.hasPrefix("tcp://") ? text.dropFirst("tcp://".count) : ""
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[colon...].dropFirst()),
            (1...65_535).contains(port), case let host = rest[..<colon], !host.isEmpty,
            host.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "/") })
        else {
            throw ClamdSettingsProblem(
                message: "it looks like unix:/run/clamav/clamd.ctl or tcp://127.0.0.1:3310.")
        }
        let isNumber = host.hasPrefix("[") && host.hasSuffix("]")
        place = .host(String(isNumber ? host.dropFirst().dropLast() : host), port: String(port))
    }

    /// The other machine's name; nil for a socket of this one.
    package var host: String? {
        guard case .host(let host, _) = place else { return nil }
        return host
    }
}
