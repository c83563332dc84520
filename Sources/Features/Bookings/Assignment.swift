/// Who of a rotation was given a booking, and all it was decided by.
import Database
import Scheduling
import Web

package struct Assignment: Identified, Hashable, Sendable {
    package static let idPrefix = "asg"

    package var id: ID<Assignment>
    package var link: ID<Link>
    /// Counts the assignments of the link, from 1.
    package var number: Int
    package var booking: ID<Booking>
    package var host: ID<User>
    package var at: Instant
    /// When the booking starts, as it is now.
    package var starts: Instant
    /// The number of the link's last assignment when this one stopped counting; nil while it counts.
    package var creditedAfter: Int?
    package var ground: Rotation.Ground
    package var judged: Judged
    /// The pool they were taken out of, where the link has some.
    package var pool: String?

    package var counts: Bool { creditedAfter == nil }
}

/// What a choice was made with: the rules, the period, and how everybody stood.
package struct Judged: Hashable, Sendable {
    package struct OfHost: Hashable, Sendable {
        package var standing: Rotation.Standing
        /// Whether they could have taken the time.
        package var isFree: Bool
    }

    package var strategy: Rotation.Strategy
    package var maximumLead: Int?
    package var countsBy: RotationRules.CountsBy
    /// What was counted; nil counts all there is.
    package var period: Span?
    /// In the order of their positions.
    package var hosts: [OfHost]

    package var free: Set<String> { Set(hosts.filter(\.isFree).map(\.standing.host)) }

    /// Who could have been chosen: free, and not too far ahead of the others.
    package var eligible: [String] {
        let rule = Rotation(strategy: strategy, members: [], maximumLead: maximumLead)
        return hosts.filter { $0.isFree && !rule.isTooFarAhead($0.standing) }.map(\.standing.host)
    }
}

extension Judged {
    /// One text for the row; a hundred hosts are a hundred short lists.
    var encoded: String {
        JSON(present: [
            ("strategy", .string(strategy.rawValue)), ("maximumLead", maximumLead.map { .int(Int64($0)) }),
            ("countsBy", .string(countsBy.rawValue)),
            ("period", period.map { [.int($0.start.seconds), .int($0.end.seconds)] }),
            ("hosts", .array(hosts.map { host in
                let standing = host.standing
                return [
                    .string(standing.host), .int(Int64(standing.priority)), .int(Int64(standing.weight)),
                    .int(Int64(standing.counted)), .int(standing.calibration), .int(standing.shortfall),
                    .int(standing.last?.seconds ?? -1), .int(Int64(standing.lastNumber)), .bool(host.isFree),
                ]
            })),
        ]).text
    }

    init(decoding text: String) throws {
        let json = try JSON(reading: Array(text.utf8))
        guard let strategy = json["strategy"]?.string.flatMap(Rotation.Strategy.init),
            let countsBy = json["countsBy"]?.string.flatMap(RotationRules.CountsBy.init)
        else { throw DatabaseError.mismatch("judged of assignment") }
        let ends = json["period"]?.array?.compactMap(\.int)
        self.init(
            strategy: strategy, maximumLead: json["maximumLead"]?.int, countsBy: countsBy,
            period: ends.flatMap { ends in
                guard ends.count == 2 else { return nil }
                return Span(start: Instant(Int64(ends[0])), end: Instant(Int64(ends[1])))
            },
            hosts: (json["hosts"]?.array ?? []).compactMap(OfHost.init))
    }
}

extension Judged.OfHost {
    fileprivate init?(_ json: JSON) {
        guard let parts = json.array, parts.count == 9, let host = parts[0].string,
            case .bool(let isFree) = parts[8]
        else { return nil }
        let numbers = parts[1...7].compactMap(\.int)
        guard numbers.count == 7 else { return nil }
        var standing = Rotation.Standing(host: host, priority: numbers[0], weight: numbers[1])
        (standing.counted, standing.calibration) = (numbers[2], Int64(numbers[3]))
        standing.shortfall = Int64(numbers[4])
        standing.last = numbers[5] < 0 ? nil : Instant(Int64(numbers[5]))
        standing.lastNumber = numbers[6]
        self.init(standing: standing, isFree: isFree)
    }
}

extension Rotation.Ground {
    /// Whether the host was settled before anybody's turn was looked at.
    package var isByName: Bool { self == .pinned || self == .chosen || self == .accepted }
    /// Whether nobody else was asked whether they were free.
    var needsNoOthers: Bool { self == .onlyOne || self == .chosen || self == .accepted }
}

extension Assignment {
    /// Why this host, in words.
    package func reason(_ name: String) -> String {
        switch ground {
        case .pinned: plain("\(name) was named.")
        case .chosen: plain("\(name) was chosen by the attendee.")
        case .accepted: plain("\(name) answered first.")
        case .kept: plain("\(name) had the meeting before.")
        case .onlyOne: plain("Nobody else was free.")
        case .priority: plain("\(name) has the highest priority of those who were free.")
        case .shortfall: plain("\(name) was furthest behind their share.")
        case .leastRecent: plain("\(name) had waited longest.")
        case .position: plain("\(name) comes first in the list; all else was equal.")
        }
    }
}
