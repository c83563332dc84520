/// Choices of a rotation made again: with what was known then, to check them; or under other weights, to compare.
import Scheduling

enum Replay {
    /// A choice that comes out differently now.
    struct Difference: Hashable, Sendable {
        let number: Int
        /// Who would have been chosen; nil for nobody.
        let host: String?
        /// Whether the hosts would have stood differently before it.
        let standsDiffer: Bool
    }

    /// The choices that do not come out as they were stored, each made with the rules, weights and free hosts of then.
    /// - Parameters:
    ///   - made: all assignments of the period, in their order.
    ///   - members: the hosts now, for when they joined and were away.
    ///   - newest: how many of the last choices are made again; a list of thousands takes its time.
    static func differences(
        in made: [Assignment], members: [Rotation.Member], newest: Int = 300
    ) -> [Difference] {
        let known = Dictionary(members.map { ($0.host, $0) }) { first, _ in first }
        return made.suffix(newest).compactMap { choice in
            let judged = choice.judged
            let before = made.prefix { $0.number < choice.number }.filter { judged.covers($0) }.map { earlier in
                // It counted until it was credited, and that was known only to the choices after.
                let counts = earlier.creditedAfter.map { $0 >= choice.number } ?? true
                return Rotation.Assignment(
                    host: earlier.host.text, at: earlier.at, counts: counts, number: earlier.number)
            }
            let rotation = Rotation(
                strategy: judged.strategy, members: judged.hosts.map { $0.member(known[$0.standing.host]) },
                maximumLead: judged.maximumLead)
            let standings = rotation.standings(after: before)
            let named: (host: String, ground: Rotation.Ground)? =
                choice.ground.isByName ? (choice.host.text, choice.ground) : nil
            let again = rotation.choose(among: judged.free, preferred: named, standings: standings)
            let standsDiffer = standings != judged.hosts.map(\.standing)
            guard standsDiffer || again?.host != choice.host.text else { return nil }
            return Difference(number: choice.number, host: again?.host, standsDiffer: standsDiffer)
        }
    }

    /// How many bookings each host would have had if the choices had been made by this rotation, among those who were
    /// free then. Choices by name stay.
    static func counts(in made: [Assignment], by rotation: Rotation) -> [String: Int] {
        var standings = rotation.standings(after: [])
        var counts: [String: Int] = [:]
        for choice in made {
            let named: (host: String, ground: Rotation.Ground)? =
                choice.ground.isByName ? (choice.host.text, choice.ground) : nil
            let again = rotation.choose(among: choice.judged.free, preferred: named, standings: standings)
            let host = again?.host ?? choice.host.text
            if choice.counts { counts[host, default: 0] += 1 }
            standings = rotation.after(
                Rotation.Assignment(host: host, at: choice.at, counts: choice.counts, number: choice.number),
                standings)
        }
        return counts
    }
}

extension Judged {
    /// Whether an earlier assignment was counted for this choice.
    fileprivate func covers(_ earlier: Assignment) -> Bool {
        guard let period else { return true }
        let at = countsBy == .creation ? earlier.at : earlier.starts
        return period.start <= at && at < period.end
    }
}

extension Judged.OfHost {
    fileprivate func member(_ now: Rotation.Member?) -> Rotation.Member {
        Rotation.Member(
            host: standing.host, priority: standing.priority, weight: standing.weight,
            joined: now?.joined ?? Instant(0), away: now?.away ?? [])
    }
}
