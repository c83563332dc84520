/// A one-off: one meeting for which its host has picked the times by hand; whoever picks first has it.
import Database
import Scheduling
import Web

package enum OneOffState: String, CaseIterable, Sendable, SQLValue {
    case open
    /// One of its times was booked.
    case taken
    /// Its host took it back.
    case withdrawn
    /// Nobody booked one in time.
    case lapsed
}

package struct OneOff: Identified, Hashable, Sendable {
    package static let idPrefix = "one"
    package static let mostTimes = 10
    /// Of each of its times, in minutes.
    package static let lengths = 5...480
    /// The longest that one is open, in days.
    package static let mostDays = 60
    /// How far ahead its times may be, in days.
    package static let mostAhead = 366
    /// How many of one person may be open.
    package static let mostOpen = 100
    package static let longestPlace = 500
    /// How long one is known after its end, in days.
    static let daysKept = 90

    /// One of its times, with a length of its own.
    package struct Time: Hashable, Sendable {
        package var start: Instant
        package var minutes: Int
        /// For how many bookings; more than one on sheets alone.
        package var places = 1
        /// What it is for, on a sheet; "" for nothing of its own.
        package var label = ""

        package init(start: Instant, minutes: Int) { (self.start, self.minutes) = (start, minutes) }

        package var ends: Instant { start.adding(minutes: minutes) }

        /// As a form sends it: `1800000000.30`.
        package var text: String { "\(start.seconds).\(minutes)" }

        package init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let seconds = Int64(parts[0]), let minutes = Int(parts[1]),
                let start = Instant(bounded: seconds), OneOff.lengths.contains(minutes)
            else { return nil }
            self.init(start: start, minutes: minutes)
        }
    }

    package var id: ID<OneOff>
    package var link: ID<Link>
    /// Who made it, and is met.
    package var author: ID<User>
    /// The zone in which its times were picked.
    package var zone: String
    /// Whether its times are kept from others while it is open.
    package var reserves: Bool
    /// How often one address may sign up; nil for a one-off that is none of the sheets.
    package var perAddress: Int?
    /// By start.
    package var times: [Time] = []
    package var expires: Instant
    package var createdAt: Instant
    package var state = OneOffState.open
    package var booking: ID<Booking>?
    package var endedAt: Instant?

    package func isOpen(now: Instant) -> Bool { state == .open && now < expires }

    /// Whether it is a sheet: booking one of its times does not end it.
    package var isSheet: Bool { perAddress != nil }

    /// Where its host finds it.
    package var path: Path { isSheet ? "/calendar/sheets/\(id)" : "/calendar/one-off/\(id)" }

    /// Where strangers find it.
    func publicPath(_ token: String) -> Path { isSheet ? "/sheet/\(token)" : "/one-off/\(token)" }

    /// How it stands now: what is over by its time alone needs no job to be so.
    package func state(now: Instant) -> OneOffState { state == .open && expires <= now ? .lapsed : state }

    /// What marks its link as one that only its own address books.
    static func key(_ id: ID<OneOff>) -> String { "\(AdHocLink.oneOff)\(id)" }

    /// The time that it takes of its host's while it is open: all its times, those that overlap in one, as far as a
    /// row of the ledger reaches. Those of a sheet stay apart, for one goes while the others stay.
    func placeholders(_ world: World, scope: Scope) -> [LedgerRow] {
        placeholders(of: isSheet ? times.map { Span(start: $0.start, end: $0.ends) } : Self.spans(of: times),
                     world, scope: scope)
    }

    func placeholders(of spans: [Span], _ world: World, scope: Scope) -> [LedgerRow] {
        guard reserves else { return [] }
        return spans.map { span in
            LedgerRow(
                id: world.id(LedgerEntry.self).text, subject: author.text, workspace: scope.workspace,
                kind: .placeholder, ref: id.text, claim: id.text, starts: span.start, ends: span.end,
                expires: expires)
        }
    }

    /// The union of times, each piece as long as a row of the ledger may be.
    static func spans(of times: [Time]) -> [Span] {
        var spans: [Span] = []
        for time in times.sorted(by: { $0.start < $1.start }) {
            if let last = spans.last, time.start <= last.end, time.ends - last.start <= LedgerRow.longestClaim {
                spans[spans.count - 1] = Span(start: last.start, end: max(last.end, time.ends))
            } else {
                spans.append(Span(start: time.start, end: time.ends))
            }
        }
        return spans
    }

    /// The rules of its link, which count once it is booked and somebody moves it.
    package static func rules(title: String, slug: String, place: String, minutes: Int) -> LinkRules {
        var rules = LinkRules(title: title, slug: slug)
        (rules.duration, rules.step) = (minutes, 15)
        let isAddress = ["http://", "https://"].contains { place.hasPrefix($0) } && WebURL(place) != nil
        rules.locations = [Location(kind: isAddress ? .video : .custom, text: place)]
        rules.access.hidden = true
        return rules
    }

    static func binding(_ id: ID<OneOff>, _ workspace: ID<Workspace>) -> String { "one_off|\(id)|\(workspace)" }

    package static var example: OneOff {
        let start = Booking.example.state.starts
        return OneOff(
            id: ID(milliseconds: 0, random: [UInt8](repeating: 8, count: 10)), link: Link.example.id,
            author: Link.example.hosts[0].id, zone: "UTC", reserves: true,
            times: [Time(start: start, minutes: 30), Time(start: start.adding(days: 1), minutes: 90)],
            expires: start, createdAt: Booking.example.createdAt)
    }
}

/// What stands in the way of a one-off's times: own bookings, holds and sessions, and the clock. What other calendars
/// say, its host has seen and passed over.
struct OneOffTimes: Sendable {
    private let rows: [LedgerRow]
    private let now: Instant

    init(
        _ times: [OneOff.Time], of host: ID<User>, without claims: [String], now: Instant, in tx: Transaction
    ) throws {
        self.now = now
        rows = try tx.ledger(of: host, around: times, now: now, without: claims).filter { $0.claim != nil }
    }

    func isFree(_ time: OneOff.Time) -> Bool {
        now < time.start && !rows.contains { row in
            time.start < row.ends.adding(seconds: row.gapAfter)
                && row.starts.adding(seconds: -row.gapBefore) < time.ends
        }
    }
}

extension Transaction {
    /// What makes somebody busy near hand-picked times. Of months in which none of them is, nothing is read.
    func ledger(
        of host: ID<User>, around times: [OneOff.Time], now: Instant, without claims: [String] = []
    ) throws -> [LedgerRow] {
        var spans: [Span] = []
        for time in times.sorted(by: { $0.start < $1.start }) {
            // A day on both sides: no meeting asks for a longer pause beside it.
            let span = Span(start: time.start.adding(days: -1), end: time.ends.adding(days: 1))
            if let last = spans.last, span.start <= last.end.adding(days: 30) {
                spans[spans.count - 1] = Span(start: last.start, end: max(last.end, span.end))
            } else {
                spans.append(span)
            }
        }
        return try spans.flatMap { span in
            try ledger(of: [host.text], from: span.start, to: span.end, now: now, without: claims)
        }
    }
}

/// What the product says no to about one-offs.
package enum OneOffRefusal: Refusal, Equatable {
    case unknown
    /// One of its times was booked before.
    case taken
    case lapsed
    case withdrawn
    /// This time is past, or its host has another meeting by now.
    case gone
    /// A time its host has a meeting of their own at.
    case notFree(when: String)
    case tooMany

    package var status: Int {
        switch self {
        case .unknown: 404
        case .taken, .lapsed, .withdrawn: 410
        case .gone, .notFree, .tooMany: 409
        }
    }

    package var code: String {
        switch self {
        case .unknown: "not_found"
        case .taken: "token_used"
        case .lapsed, .withdrawn: "link_expired"
        case .gone, .notFree: "slot_taken"
        case .tooMany: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .unknown: plain("There is no such address. Check it, or ask the person who sent it.")
        case .taken: plain("Somebody has picked one of these times already, so the meeting is booked.")
        case .lapsed: plain("These times could be picked until a while ago. Ask the person who sent them for others.")
        case .withdrawn: plain("These times were taken back. Ask the person who sent them for others.")
        case .gone: plain("This time is not free any more. Pick another one.")
        case .notFree(let when): plain("You have a meeting at \(when), or it is past. Take it off or pick another.")
        case .tooMany: plain("\(OneOff.mostOpen) one-offs of yours are open. Take one back first.")
        }
    }
}
