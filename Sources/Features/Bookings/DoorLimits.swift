/// How much strangers may book in an hour: from one network, with one address, on one link.
import Scheduling
import Synchronization
import Web

/// Counts in the memory of each process: a start forgets, and several processes let several times as much through.
/// That is enough against a script that books a month full, and costs a booking no statement.
package final class DoorLimits: Sendable {
    /// Bookings of an hour. A school or an office may share one network.
    static let ofClient = 30, ofEmail = 10, ofLink = 600
    /// Answers to one poll, or sign-ups to one sheet, from one network: a school or an office.
    static let votesOfClient = 200
    /// Addresses that one person asks by mail.
    static let invitations = 200
    /// Holds that one network has on one link at a time; a third lets the oldest go.
    static let holds = 2
    /// Counters kept at a time: some 10 MB.
    private static let capacity = 200_000

    private struct State {
        var hour: Int64 = 0
        var counts: [Int: Int] = [:]
    }

    /// What the counters say of one booking more.
    enum Verdict: Sendable {
        /// To be handed to ``giveBack(_:)`` should it not be made.
        case counted([Int])
        /// One of them is full for so long; none has counted it.
        case full(seconds: Int)

        var refusal: DoorRefusal {
            if case .full(let seconds) = self { .tooMany(seconds: seconds) } else { .tooMany(seconds: 60) }
        }
    }

    private let state = Mutex(State())
    let factor: Int

    /// - Parameter factor: multiplies every limit; 1 but for measurements.
    package init(factor: Int = 1) { self.factor = factor }

    var mostHolds: Int { Self.holds * factor }

    /// Counts a booking about to be made.
    /// - Parameters:
    ///   - booker: the address of who books for somebody else, counted like an attendee's.
    ///   - most: how many from one network on this link.
    ///   - times: how many are made at once.
    func take(
        client: [UInt8], email: String, booker: String? = nil, link: ID<Link>, most: Int = ofClient,
        times: Int = 1, now: Instant
    ) -> Verdict {
        var wanted: [(key: Int, most: Int)] = [
            (Self.key("client", link.text, client), most * factor),
            (Self.key("link", link.text, []), Self.ofLink * factor),
        ]
        for case let address? in [email, booker] {
            wanted.append((Self.key("email", "", Array(EmailCode.folded(address).utf8)), Self.ofEmail * factor))
        }
        return take(wanted, times, now: now)
    }

    /// Counts addresses about to be invited by somebody of a workspace: nobody makes a spam relay of it.
    func take(invitations count: Int, by author: ID<User>, now: Instant) -> Verdict {
        take([(Self.key("invitations", author.text, []), Self.invitations * factor)], count, now: now)
    }

    private func take(_ wanted: [(key: Int, most: Int)], _ count: Int, now: Instant) -> Verdict {
        let hour = now.seconds / 3_600
        let isFull = state.withLock { [wanted] state in
            if state.hour != hour || state.counts.count > Self.capacity { state = State(hour: hour) }
            guard wanted.allSatisfy({ state.counts[$0.key, default: 0] + count <= $0.most }) else { return true }
            for one in wanted { state.counts[one.key, default: 0] += count }
            return false
        }
        // Each as often as it was counted.
        let keys = wanted.flatMap { Array(repeating: $0.key, count: count) }
        return isFull ? .full(seconds: Int((hour + 1) * 3_600 - now.seconds)) : .counted(keys)
    }

    /// A booking that was refused takes nothing of anybody's.
    func giveBack(_ keys: [Int]) {
        state.withLock { state in
            for key in keys { if let count = state.counts[key], count > 0 { state.counts[key] = count - 1 } }
        }
    }

    private static func key(_ kind: String, _ link: String, _ bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        hasher.combine(kind)
        hasher.combine(link)
        hasher.combine(bytes)
        return hasher.finalize()
    }
}
