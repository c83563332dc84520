/// Finds the bookings whose clock has changed, once for each new version of the zone data.
import Database
import Scheduling

package struct CompareClocks: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Compares every booking ahead with the rules of now. Two processes may do it at once: they note the same rows.
    /// One that ends half-way has not noted the version, so the next one begins again.
    /// - Returns: how many show another time than was agreed; nil when these rules or newer ones were compared before.
    @discardableResult
    package func callAsFunction(atOnce: Int = 500) async throws -> Int? {
        let (database, zones, now) = (installation.database, installation.world.zones, installation.world.now)
        // Versions are a year and a letter: of two processes with different files the newer ones are what counts.
        guard let version = zones.version,
            try await database.lookUp({ try ClockChangeStore.comparedVersion(in: $0) }).map({ $0 < version })
                ?? true
        else { return nil }
        var (last, count): (ID<Booking>?, Int) = (nil, 0)
        repeat {
            let after = last
            let found = try await database.lookUp { tx in
                try ClockChangeStore.ahead(after: after, now: now, zones: zones, limit: atOnce, in: tx)
            }
            let changed = found.anchors.filter(\.change.isChanged)
            if !changed.isEmpty {
                try await database.writeUnscoped { try ClockChangeStore.note(changed, now: now, in: $0) }
            }
            (last, count) = (found.last, count + changed.count)
        } while last != nil
        try await database.writeUnscoped { tx in
            try ClockChangeStore.prune(now: now, in: tx)
            try ClockChangeStore.setComparedVersion(version, in: tx)
        }
        return count
    }
}
