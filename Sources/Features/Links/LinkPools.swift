/// Pools of hosts: a multi-host link has hosts who always attend, and takes so many of each of its pools.
import Scheduling
import Web

package struct LinkPool: Hashable, Sendable {
    package static let most = 10
    package static let longestName = 60
    package static let takes = 1...20

    package var name: String
    /// How many of its hosts attend a meeting.
    package var take: Int

    package init(name: String, take: Int = 1) { (self.name, self.take) = (name, take) }
}

extension Link {
    /// Whether some of its hosts are taken out of pools.
    package var hasPools: Bool { rules.kind == .multiHost }

    /// The hosts who attend every meeting.
    package var attending: [LinkHost] { hasPools ? hosts.filter { share(of: $0.id).pool == nil } : hosts }

    package func hosts(of pool: String) -> [LinkHost] { hosts.filter { share(of: $0.id).pool == pool } }

    /// Whether this host takes turns with others.
    package func isRotating(_ host: ID<User>) -> Bool { hasPools ? share(of: host).pool != nil : rotates }

    /// Puts its hosts where a wish that is not yet saved has them.
    mutating func putIntoPools(_ wishes: [HostWish]?) {
        for wish in wishes ?? [] {
            var share = share(of: wish.user)
            share.pool = hasPools ? wish.pool : nil
            shares[wish.user] = share
        }
    }

    /// - Throws: `Invalid` where a host is in no pool of the link, or a pool can never be filled.
    func checkPools() throws {
        guard hasPools else { return }
        guard !rules.pools.isEmpty else {
            throw Invalid("pools", code: "missing", plain("Name at least one pool, and how many of it attend."))
        }
        var errors: [FieldError] = []
        let names = Set(rules.pools.map(\.name))
        for (place, host) in hosts.enumerated() {
            guard let pool = share(of: host.id).pool, !names.contains(pool) else { continue }
            errors.append(FieldError(
                field: "hosts.\(place).pool", code: "invalid",
                message: plain("There is no pool “\(pool)” on this link. Add it, or correct the name.")))
        }
        for (place, pool) in rules.pools.enumerated() {
            let count = hosts(of: pool.name).count
            guard count < pool.take else { continue }
            let message = plain("""
                \(count)|one:One host is in this pool, so no more than one can attend.|\
                other:%1 hosts are in this pool, so no more than that can attend.
                """)
            errors.append(FieldError(field: "pools.\(place).take", code: "out_of_range", message: message))
        }
        guard errors.isEmpty else { throw Invalid(errors) }
    }
}

extension Link {
    /// `Ana and two of the engineers`.
    var poolWords: String {
        let parts = attending.map(\.name) + rules.pools.map(\.words)
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return plain("[people] \(parts.dropLast().joined(separator: ", ")) and \(last)")
    }
}

extension LinkPool {
    /// `two of the engineers`.
    var words: String {
        switch take {
        case 1: plain("[people] one of the \(name)")
        case 2: plain("[people] two of the \(name)")
        case 3: plain("[people] three of the \(name)")
        case 4: plain("[people] four of the \(name)")
        default: plain("[people] \(take) of the \(name)")
        }
    }
}
