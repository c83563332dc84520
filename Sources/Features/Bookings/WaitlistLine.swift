/// The open entries of a link as one transaction sees them, with what is kept for them.
import Database
import Scheduling

struct WaitlistLine: Sendable {
    let link: Link
    /// In their order.
    let entries: [WaitlistEntry]
    /// Those whose time is over: the day or the session has come, or the offer was not answered.
    let over: [WaitlistEntry]
    /// What is kept for nobody who could still take it.
    private let spare: [Hold]
    let now: Instant

    /// The link's row is locked by the caller.
    init(_ link: Link, now: Instant, scope: Scope, in tx: Transaction) throws {
        (self.link, self.now) = (link, now)
        entries = try WaitlistStore.open(of: link.id, scope: scope, in: tx)
        let holds = try BookingTokenStore.waiting(of: link.id, scope: scope, in: tx)
        let isOver: (WaitlistEntry) -> Bool = { entry in
            link.deletedAt != nil || entry.hasPassed(now) || entry.offer.map { $0.until <= now } ?? false
        }
        over = entries.filter(isOver)
        let living = Set(entries.filter { !isOver($0) }.compactMap(\.offer?.hold))
        spare = holds.filter { !living.contains($0.id) }
    }

    var isEmpty: Bool { entries.isEmpty && spare.isEmpty }

    var waiting: [WaitlistEntry] { entries.filter { $0.state == .waiting && !$0.hasPassed(now) } }

    func end(of entry: WaitlistEntry) -> WaitlistState {
        entry.offer.map { $0.until <= now } ?? false ? .lapsed : .ended
    }

    /// Whether anything can be booked on the link at all.
    func isOpen(scope: Scope, in tx: Transaction) throws -> Bool {
        do {
            try link.checkOpen(now: now, scope: scope, in: tx)
            return true
        } catch is LinkRefusal {
            return false
        }
    }

    /// Owners of time that is free for who is next.
    var claims: [String] { spare.map(\.claim) }

    /// What makes room for an offer of that time; all that is spare where there is none. Of a session one seat is
    /// given on for each offer, so that nobody else gets the others in between; what has run out keeps none.
    func giving(way span: Span?) -> [Hold] {
        guard let span else { return spare }
        let there = spare.filter { $0.starts < span.end && span.start < $0.ends }
        guard link.hasSeats else { return there }
        let isSeat: (Hold) -> Bool = { $0.starts == span.start && $0.expires > now }
        return there.filter { !isSeat($0) } + there.filter(isSeat).prefix(1)
    }

    /// Lets go what was kept, and ends the offer it was for.
    func drop(_ hold: Hold, scope: Scope, in tx: Transaction) throws {
        try HoldSlot.drop(hold, now: now, scope: scope, in: tx)
        guard let entry = entries.first(where: { $0.offer?.hold == hold.id }) else { return }
        try WaitlistStore.end(entry, as: end(of: entry), now: now, scope: scope, in: tx)
    }
}

/// What several who wait may want alike.
struct Wanted: Hashable {
    let target: WaitlistTarget
    let minutes: Int
    let zone: String
}

extension OfferedTimes {
    /// The starts that would be what is wanted and can be had now.
    func free(_ wanted: Wanted, zones: Zones) -> [Instant] {
        var times = self
        times.booker.zone = zones.zone(wanted.zone)
        let span = wanted.target.span
        if case .session = wanted.target {
            return times.refusal(at: span.start, duration: wanted.minutes) == nil ? [span.start] : []
        }
        let to = span.end.adding(minutes: wanted.minutes)
        return times.question(from: max(span.start, now), to: to, duration: wanted.minutes).slots().map(\.start)
            .filter(wanted.target.takes)
    }

    /// Until when an offer of that time can be taken: as long as the link says, and no longer than it can be booked.
    /// Nil where that would be too short for anybody to answer.
    func lastMinute(of start: Instant, _ wanted: Wanted, zones: Zones) -> Instant? {
        var times = self
        times.booker.zone = zones.zone(wanted.zone)
        let isInTime: (Int) -> Bool = { minutes in
            times.now = now.adding(minutes: minutes)
            return times.refusal(at: start, duration: wanted.minutes) != .tooSoon && times.now < start
        }
        var (least, most) = (WaitlistEntry.leastMinutes, link.rules.waitlist.minutes)
        guard isInTime(least) else { return nil }
        if isInTime(most) { return now.adding(minutes: most) }
        // The notice may count days by a wall clock, so it is looked for rather than reckoned back.
        while most - least > 1 {
            let middle = (least + most) / 2
            if isInTime(middle) { least = middle } else { most = middle }
        }
        return now.adding(minutes: least)
    }
}

extension ID<Hold> {
    /// What opens an offer's hold in a booking form. It follows from the entry's own token, so that no row has it.
    func offerToken(of token: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let hash = sha256(Array("waitlist offer|\(text)|\(token)".utf8))
        return String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
