/// How the bookings of a round-robin link fell to its hosts in a month: shares against weights, and each choice.
import Database
import Scheduling
import Web

package struct Distribution: Sendable {
    /// How a host stands at the end of the period, or now.
    package struct Line: Sendable {
        package var host: LinkHost
        package var standing: Rotation.Standing
        /// Of a hundred; what the weight says.
        package var share: Double
        /// Out of which pool they are taken, where the link has some.
        package var pool: String?
        /// Under the weights that were asked for; nil where none were.
        package var replayed: Int?

        /// How many bookings the weight entitles them to.
        package var due: Double { Double(standing.counted) + shortfall }
        package var shortfall: Double { Double(standing.shortfall) / Double(Rotation.Standing.whole) }
    }

    package var link: Link
    /// Nil counts all there is.
    package var period: Span?
    package var zone: Zone
    package var lines: [Line]
    /// In their order.
    package var made: [Assignment]
    package var differences: [Int: ReplayedChoice]
    /// The names of all who were ever given one of these.
    package var names: [String: String]

    package struct ReplayedChoice: Hashable, Sendable {
        /// Who would have been chosen; nil for nobody.
        package var host: String?
        package var standsDiffer: Bool
    }
}

/// What is asked of a distribution: `?month=2026-11` and weights by host.
struct DistributionAsk: Sendable {
    /// A day of the month; nil is this one.
    var month: LocalDate?
    var weights: [String: Int] = [:]

    /// - Parameter hosts: whose weights may be asked for, as `weight.<id>`.
    init(_ fields: inout Fields, hosts: [LinkHost]) {
        if let text = fields.optionalText("month", atMost: 7, label: plain("Month")) {
            month = LocalDate("\(text)-01")
            if month == nil { fields.fail("month", "invalid", plain("A month is written like 2026-11.")) }
        }
        for host in hosts {
            let name = "weight.\(host.id)"
            let label = plain("Weight of \(host.name)")
            weights[host.id.text] = fields.optionalInteger(name, HostShare.weights, label: label)
        }
    }
}

extension Distribution {
    /// More than any month of a link holds; of all time, the newest.
    private static let most = 5000

    init(
        _ link: Link, _ ask: DistributionAsk, now: Instant, zones: Zones, scope: Scope, in tx: Transaction
    ) throws {
        let rules = link.rules.rotation
        let zone = zones.zone(try AssignmentStore.zoneName(scope: scope, in: tx)) ?? .utc
        let day = ask.month.map { zone.instant(of: $0) } ?? now
        let period = rules.period(made: day, starting: day, zone: zone)
        let made = Array(try AssignmentStore.all(
            of: link.id, in: period, by: rules.countsBy, limit: Self.most, scope: scope, in: tx).reversed())
        (self.link, self.period, self.zone, self.made) = (link, period, zone, made)
        names = try AssignmentStore.names(of: link.id, scope: scope, in: tx)
        (lines, differences) = ([], [:])
        for pool in link.turns {
            let made = link.hasPools ? made.filter { $0.pool == pool } : made
            let members = try LinkRotation.members(
                of: link, pool: pool, since: made.first?.at ?? now, now: now, zones: zones, in: tx)
            add(made, of: pool, members, ask)
        }
    }

    /// Adds those who take turns with each other: shares against weights, and their choices made again.
    private mutating func add(
        _ made: [Assignment], of pool: String?, _ members: [Rotation.Member], _ ask: DistributionAsk
    ) {
        let rules = link.rules.rotation
        var rotation = Rotation(strategy: rules.strategy, members: members, maximumLead: rules.maximumLead)
        let standings = rotation.standings(after: made.map {
            Rotation.Assignment(host: $0.host.text, at: $0.at, counts: $0.counts, number: $0.number)
        })
        let total = max(1, members.reduce(0) { $0 + $1.weight })
        var replayed: [String: Int]?
        if !ask.weights.isEmpty {
            for place in members.indices {
                rotation.members[place].weight = ask.weights[members[place].host] ?? members[place].weight
            }
            replayed = Replay.counts(in: made, by: rotation)
        }
        lines += standings.compactMap { standing in
            guard let host = link.hosts.first(where: { $0.id.text == standing.host }) else { return nil }
            return Line(
                host: host, standing: standing, share: 100 * Double(standing.weight) / Double(total), pool: pool,
                replayed: replayed.map { $0[standing.host] ?? 0 })
        }
        for difference in Replay.differences(in: made, members: members) {
            differences[difference.number] = ReplayedChoice(
                host: difference.host, standsDiffer: difference.standsDiffer)
        }
    }
}

extension Distribution {
    /// - Parameter sees: whose choices are told; nil tells all.
    func json(sees: Set<ID<User>>?, limit: Int = 200) -> JSON {
        [
            "linkId": .string(link.id.text), "strategy": .string(link.rules.rotation.strategy.rawValue),
            "from": JSON(period?.start.rfc3339(in: zone)), "to": JSON(period?.end.rfc3339(in: zone)),
            "hosts": .array(lines.map(json)),
            "assignments": .array(
                made.reversed().filter { sees?.contains($0.host) ?? true }.prefix(limit).map(json)),
        ]
    }

    private func json(_ line: Line) -> JSON {
        let standing = line.standing
        return JSON(present: [
            ("host", .string(line.host.id.text)), ("name", .string(line.host.name)),
            ("pool", line.pool.map { .string($0) }),
            ("priority", .int(Int64(standing.priority))), ("weight", .int(Int64(standing.weight))),
            ("bookings", .int(Int64(standing.counted))), ("due", Self.tenths(line.due)),
            ("shortfall", Self.tenths(line.shortfall)), ("last", JSON(standing.last?.rfc3339(in: zone))),
            ("replayed", line.replayed.map { .int(Int64($0)) }),
        ])
    }

    private func json(_ made: Assignment) -> JSON {
        let again: JSON = differences[made.number].map { difference in
            [
                "same": false, "host": JSON(difference.host), "standingsDiffer": .bool(difference.standsDiffer),
            ]
        } ?? ["same": true, "host": .string(made.host.text), "standingsDiffer": false]
        return [
            "id": .string(made.id.text), "booking": .string(made.booking.text), "host": .string(made.host.text),
            "at": .string(made.at.rfc3339(in: zone)), "ground": .string(made.ground.rawValue), "pool": JSON(made.pool),
            "reason": .string(made.reason(name(made.host.text))), "counts": .bool(made.counts),
            "eligible": .array(made.judged.eligible.map { .string($0) }), "replay": again,
        ]
    }

    func name(_ host: String) -> String { names[host] ?? plain("a former host") }

    private static func tenths(_ number: Double) -> JSON { .double((number * 10).rounded() / 10) }
}
