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
    /// No more than this sign up for one, and so no more are read at a time.
    static let mostSignUps = mostTimes * places.upperBound
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

    /// The same link for moving a booking of it: the places of a sheet are those of its times, so that wherever else
    /// a host moves a sign-up, nobody joins it.
    func alone(for booking: Booking) -> Link {
        guard booking.source == .sheet else { return self }
        var link = self
        link.rules.seats.capacity = 1
        return link
    }

    /// The same, with the places of the time of its sheet, open or closed, that starts then and is as long.
    func alone(for booking: Booking, at start: Instant, scope: Scope, in tx: Transaction) throws -> Link {
        guard booking.source == .sheet, let one = try SheetStore.of(id, scope: scope, in: tx),
            booking.hosts.map(\.id) == [one.author], let time = one.time(at: start),
            time.ends - time.start == booking.state.ends - booking.state.starts
        else { return alone(for: booking) }
        return seating(time)
    }
}

/// How many places each time of a sheet has left, by its start.
struct SheetPlaces: Sendable {
    let left: [Instant: Int]
    /// The starts of those whose places all are taken; any other without one is past, or its host has a meeting then.
    let full: Set<Instant>

    /// What the host's own bookings overlap has none; what other calendars say, its host has seen and passed over.
    /// - Parameter moving: a sign-up whose own time is in nobody's way.
    init(
        _ one: OneOff, moving: Booking? = nil, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let own = [one.id.text] + (moving.map { [$0.id.text] } ?? [])
        let free = try OneOffTimes(one.times, of: one.author, without: own, now: now, in: tx)
        let taken = try SheetStore.taken(of: one.link, scope: scope, in: tx)
        let first = one.times.first?.start ?? now
        let sessions = try SeatStore.open(
            of: one.link, from: first, to: (one.times.last?.ends ?? now).adding(days: 1), now: now, scope: scope,
            in: tx)
        let seats = Dictionary(sessions.map { ($0.starts, $0) }) { first, _ in first }
        var (left, full): ([Instant: Int], Set<Instant>) = ([:], [])
        for time in one.times {
            let session = seats[time.start].flatMap { $0.isWanted ? $0 : nil }
            // A session that a host's move has opened may have had the places of the largest time.
            let places = time.places - (session.map { $0.capacity - $0.seatsLeft } ?? taken[time.start] ?? 0)
            let isFree = now < time.start && (session != nil || free.isFree(time))
            left[time.start] = isFree ? max(0, places) : 0
            if places <= 0, now < time.start { full.insert(time.start) }
        }
        (self.left, self.full) = (left, full)
    }

    init(left: [Instant: Int], full: Set<Instant>) { (self.left, self.full) = (left, full) }

    func has(_ time: OneOff.Time) -> Bool { (left[time.start] ?? 0) > 0 }
}

extension OneOff {
    /// The time of a sheet that starts then: they do not overlap, so it is one.
    package func time(at start: Instant) -> Time? { times.first { $0.start == start } }

    /// Locks its host, looks whether each time has a place, and makes room in the ledger for whoever takes them.
    /// - Parameter moving: the sign-up that is moved there.
    /// - Throws: `SheetRefusal.full`
    func takePlaces(
        _ times: [Time], moving: Booking? = nil, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.lockSubjects([author.text])
        try tx.dropExpiredHolds(of: [author.text], now: now)
        let places = try SheetPlaces(self, moving: moving, now: now, scope: scope, in: tx)
        for time in times {
            guard places.has(time) else { throw SheetRefusal.full(time.start) }
            try tx.removeLedger(claim: id.text, of: author.text, at: time.start)
        }
    }

    /// The row of its link is locked by the caller.
    /// - Throws: `SheetRefusal.enough` where this address may not sign up for so many more.
    func checkAddress(_ email: String, more count: Int, scope: Scope, in tx: Transaction) throws {
        let most = perAddress ?? 1
        guard try SheetStore.signUps(of: email, on: link, scope: scope, in: tx) + count <= most else {
            throw SheetRefusal.enough(most: most)
        }
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
    struct Choice: Sendable {
        var times: [OneOff.Time] = []
        /// Whether its sheet is; a closed one has no times.
        var isOpen = false
    }

    /// - Returns: nil for what came of no sheet.
    static func choice(
        for booking: Booking, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> Choice? {
        guard booking.source == .sheet else { return nil }
        guard let one = try SheetStore.of(booking.link, scope: scope, in: tx), one.isOpen(now: now) else {
            return Choice()
        }
        // What was given to another host is moved by that one.
        guard booking.hosts.map(\.id) == [one.author] else { return Choice(isOpen: true) }
        let places = try SheetPlaces(one, moving: booking, now: now, scope: scope, in: tx)
        return Choice(
            times: one.times.filter { places.has($0) && $0.start != booking.state.starts }, isOpen: true)
    }

    /// Its hosts are locked by the caller, and the sheet is read again: it may have closed meanwhile.
    func take(_ booking: Booking, now: Instant, scope: Scope, in tx: Transaction) throws {
        guard booking.state.starts != time.start else { throw BookingRefusal.unchanged }
        guard let one = try OneOffStore.find(one.id, scope: scope, in: tx), one.isOpen(now: now) else {
            throw SheetRefusal.closed
        }
        try one.takePlaces([time], moving: booking, now: now, scope: scope, in: tx)
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
