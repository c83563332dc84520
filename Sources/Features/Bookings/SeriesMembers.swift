/// The meetings of a series that a change is about, locked, and what stays as it is.
import Database
import Scheduling
import Web

/// A series as somebody sees it: they may act on some of its bookings.
struct SeriesMembers: Sendable {
    let series: Series
    let bookings: [Booking]
    let link: Link

    /// The series of a booking.
    /// - Parameter hosts: whose bookings alone count; nil counts all.
    /// - Throws: `SeriesRefusal.noSeries` for a single meeting.
    init(of booking: Booking, seenBy hosts: Set<ID<User>>? = nil, scope: Scope, in tx: Transaction) throws {
        guard let place = booking.series, let series = try SeriesStore.find(place.series, scope: scope, in: tx),
            let link = try LinkStore.find(booking.link, scope: scope, in: tx)
        else { throw SeriesRefusal.noSeries }
        self.series = series
        self.link = link
        bookings = try SeriesStore.bookings(of: series.id, scope: scope, in: tx).filter { booking in
            booking.hosts.contains { hosts?.contains($0.id) ?? true }
        }
    }

    /// Those the part names, as seen from one of them, that are still to come.
    func toCome(_ part: SeriesPart, from booking: Booking, now: Instant) -> [Booking] {
        bookings.filter { other in
            let isNamed = part == .all || (other.series?.index ?? 0) >= (booking.series?.index ?? 0)
            return isNamed && other.isOpen(now: now)
        }
    }

    /// The same bookings, read again under the locks of their hosts and of all that is held for them.
    static func locked(_ seen: [Booking], link: Link, now: Instant, scope: Scope, in tx: Transaction) throws
        -> [Booking] {
        let held = try tx.subjects(ofClaims: seen.map(\.id.text))
        var subjects = Set(seen.flatMap { $0.hosts.map(\.id.text) + $0.resources.map(\.id.text) } + held)
        subjects.formUnion(link.hosts.map(\.id.text))
        subjects.formUnion(link.rules.needs.flatMap(\.oneOf).map(\.text))
        try tx.lockSubjects(subjects.sorted())
        try tx.dropExpiredHolds(of: subjects.sorted(), now: now)
        return try seen.map { try BookingStore.again($0, scope: scope, in: tx) }.filter { $0.isOpen(now: now) }
    }
}

extension Booking {
    /// Whether it is still to come.
    fileprivate func isOpen(now: Instant) -> Bool {
        (state.status == .confirmed || isWaiting) && now < state.firstStart
    }
}

extension SeriesMembers {
    var json: (Zones) -> JSON { { zones in SeriesJSON.series(series, bookings, zones) } }

    /// After a change: the whole series again, and which of it changed.
    static func reply(
        _ booking: Booking, changed: [ID<Booking>], tokens: [ID<Booking>: String] = [:], seenBy hosts: Set<ID<User>>?,
        zones: Zones, scope: Scope, in tx: Transaction
    ) throws -> Reply {
        let members = try SeriesMembers(of: booking, seenBy: hosts, scope: scope, in: tx)
        let told = SeriesJSON.series(members.series, members.bookings, changed: changed, tokens: tokens, zones)
        return Reply(status: 200, body: told.bytes)
    }
}
