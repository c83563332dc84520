/// Where the program may connect to when somebody of a workspace names the address.
import Capabilities

/// The public internet by https on the web's ports; beyond that, what the operator's list names.
package struct EgressRules: Sendable {
    /// Networks the operator vouches for: there also http, and any port.
    let allowed: [IPNetwork]

    private static let ports: Set<Int> = [80, 443, 8_443]

    package init(allowed: [IPNetwork] = []) { self.allowed = allowed }

    /// Judged by where the host's name leads, never by how it is written: `0x7f.1` and `localhost.` lead home as well.
    /// One address that may not be called is enough, or a name with two would be a way in.
    func problem(with address: OutsideAddress, at found: [IPAddress]) -> EgressProblem? {
        guard !found.isEmpty else { return .unknownHost }
        let unlisted = found.filter { ip in !allowed.contains { $0.contains(ip) } }
        if unlisted.isEmpty { return nil }
        guard unlisted.allSatisfy(\.isGlobal) else { return .privateHost }
        guard address.isSecure else { return .insecure }
        return Self.ports.contains(address.port) ? nil : .port
    }
}
