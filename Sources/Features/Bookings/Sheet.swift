/// Sign-up sheets: one-offs whose times have places, and which stay open while people take them.
import Database
import Scheduling
import Web

package enum Sheet {
    package static let mostTimes = 60
    /// How many bookings one time takes.
    package static let places = 1...100
    /// How often one address may sign up.
    package static let perAddress = 1...10
    package static let longestLabel = 80
    package static let longestNote = 2000
}

extension LinkRules {
    /// The rules of the link that a sheet's bookings hang on. Nobody brings guests: whoever comes signs up.
    mutating func become(_ sheet: SheetWish, _ times: [OneOff.Time]) {
        description = sheet.note
        access.mostGuests = 0
        seats.capacity = times.map(\.places).max() ?? 1
        seats.showsNames = sheet.showsNames
    }
}

extension Link {
    /// The same link, for one time of its sheet.
    func seating(_ time: OneOff.Time) -> Link {
        var link = self
        link.rules.seats.capacity = time.places
        return link
    }
}

/// How many places each time of a sheet has left, by its start.
struct SheetPlaces: Sendable {
    let left: [Instant: Int]

    /// What the host's own bookings overlap has none; what other calendars say, its host has seen and passed over.
    init(_ one: OneOff, now: Instant, scope: Scope, in tx: Transaction) throws {
        let free = try OneOffTimes(one.times, of: one.author, without: [one.id.text], now: now, in: tx)
        let taken = try SheetStore.taken(of: one.link, scope: scope, in: tx)
        let first = one.times.first?.start ?? now
        let sessions = try SeatStore.open(
            of: one.link, from: first, to: (one.times.last?.ends ?? now).adding(days: 1), now: now, scope: scope,
            in: tx)
        let seats = Dictionary(sessions.map { ($0.starts, $0) }) { first, _ in first }
        left = Dictionary(one.times.map { time in
            guard now < time.start else { return (time.start, 0) }
            if let session = seats[time.start], session.isWanted {
                // A session that a host's move has opened has the link's places, which are those of the largest time.
                let taken = session.capacity - session.seatsLeft
                return (time.start, max(0, time.places - taken))
            }
            return (time.start, free.isFree(time) ? max(0, time.places - (taken[time.start] ?? 0)) : 0)
        }) { first, _ in first }
    }

    func has(_ time: OneOff.Time) -> Bool { (left[time.start] ?? 0) > 0 }
}

extension OneOff {
    /// The time of a sheet that starts then: they do not overlap, so it is one.
    package func time(at start: Instant) -> Time? { times.first { $0.start == start } }

    /// Locks its host, looks whether the time has a place, and makes room in the ledger for whoever takes it.
    /// - Throws: `SheetRefusal.full`
    func takePlace(_ time: Time, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.lockSubjects([author.text])
        try tx.dropExpiredHolds(of: [author.text], now: now)
        guard try SheetPlaces(self, now: now, scope: scope, in: tx).has(time) else {
            throw SheetRefusal.full(time.start)
        }
        try tx.removeLedger(claim: id.text, of: author.text, at: time.start)
    }

    /// Puts the placeholders of an open sheet back at the times that nobody has. Its host is locked by the caller.
    func keepFree(_ world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        guard reserves, isOpen(now: now), let first = times.first, let last = times.last else { return }
        let places = try SheetPlaces(self, now: now, scope: scope, in: tx)
        let kept = Set(try tx.ledger(of: [author.text], from: first.start, to: last.ends.adding(days: 1), now: now)
            .filter { $0.claim == id.text }.map(\.starts))
        let spans = times.filter { places.left[$0.start] == $0.places && !kept.contains($0.start) }
            .map { Span(start: $0.start, end: $0.ends) }
        try tx.add(placeholders(of: spans, world, scope: scope))
    }
}

extension Booking {
    /// - Throws: `SheetRefusal.noHold` for a sign-up: its places are few, and nobody keeps one beside their own.
    func checkHold() throws {
        if source == .sheet { throw SheetRefusal.noHold }
    }

    /// It is gone from its time in this transaction, its hosts locked: where a sheet of theirs has nobody at a time
    /// now, it keeps that again, whatever stood there.
    func leaveSheet(_ installation: Installation, now: Instant, scope: Scope, in tx: Transaction) throws {
        for host in hosts {
            for one in try OneOffStore.open(of: host.id, scope: scope, in: tx) where one.isSheet && one.reserves {
                try one.keepFree(installation.world, now: now, scope: scope, in: tx)
            }
        }
    }
}

/// Moving a sign-up to another time of its sheet: no engine is asked, only whether that has a place.
struct SheetMove: Sendable {
    let one: OneOff
    let time: OneOff.Time

    /// - Returns: nil for what came of no sheet, and for a host who moves one to a time of their own.
    static func find(
        _ booking: Booking, to start: Instant, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> SheetMove? {
        guard booking.source == .sheet else { return nil }
        let one = try SheetStore.of(booking.link, scope: scope, in: tx)
        let isHosts = booking.hosts.map(\.id) == [one?.author]
        if let one, isHosts, one.isOpen(now: now), let time = one.time(at: start) {
            return SheetMove(one: one, time: time)
        }
        guard scope.actor == .attendee else { return nil }
        throw one?.isOpen(now: now) == true ? SheetRefusal.full(start) : SheetRefusal.closed
    }

    /// Where it can be moved to: the other times with a place.
    /// - Returns: nil for what came of no sheet; none once that is closed.
    static func open(
        for booking: Booking, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [OneOff.Time]? {
        guard booking.source == .sheet else { return nil }
        guard let one = try SheetStore.of(booking.link, scope: scope, in: tx), one.isOpen(now: now),
            booking.hosts.map(\.id) == [one.author]
        else { return [] }
        let places = try SheetPlaces(one, now: now, scope: scope, in: tx)
        return one.times.filter { places.has($0) && $0.start != booking.state.starts }
    }

    /// Its hosts are locked by the caller, and the sheet is read again: it may have closed meanwhile.
    func take(_ booking: Booking, now: Instant, scope: Scope, in tx: Transaction) throws {
        guard booking.state.starts != time.start else { throw BookingRefusal.unchanged }
        guard let one = try OneOffStore.find(one.id, scope: scope, in: tx), one.isOpen(now: now) else {
            throw SheetRefusal.closed
        }
        try one.takePlace(time, now: now, scope: scope, in: tx)
    }
}

/// What the product says no to about sheets.
package enum SheetRefusal: Refusal, Equatable {
    case unknown
    case closed
    /// The time that starts then has no place left.
    case full(Instant)
    /// This address has signed up as often as it may.
    case enough(most: Int)
    /// A place of it is asked to be held.
    case noHold

    package var status: Int {
        switch self {
        case .unknown: 404
        case .closed: 410
        case .full, .enough, .noHold: 409
        }
    }

    package var code: String {
        switch self {
        case .unknown: "not_found"
        case .closed: "link_expired"
        case .full: "slot_taken"
        case .enough: "limit_reached"
        case .noHold: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .unknown: plain("There is no such address. Check it, or ask the person who sent it.")
        case .closed: plain("This sign-up sheet is closed. Ask the person who sent it.")
        case .full: plain("This time has no place left. Pick another one.")
        case .enough(let most):
            plain("""
                \(most)|one:With one address you can sign up once.|other:With one address you can sign up %1 times.
                """)
        case .noHold: plain("Times of a sign-up sheet are not held. Move to one at once.")
        }
    }
}
