/// The address that a booking came by, where a host made one for somebody: it lets in what a link alone would not,
/// and is over with the booking.
import Database
import Scheduling
import Web

struct GivenWay: Sendable {
    let single: SingleUse?
    let oneOff: OneOff?
    let handPicked: HandPicked?

    /// Whoever books that way is told no more than the attendee is.
    var reader: TokenHolder? { single != nil || oneOff != nil ? .attendee : nil }

    /// Read under the lock of the link's row: of all who press at once one goes on.
    /// - Throws: `SingleUseRefusal`, `OneOffRefusal`, `LinkRefusal` where nothing can be booked that way.
    init(_ request: BookingRequest, _ link: Link, now: Instant, scope: Scope, in tx: Transaction) throws {
        handPicked = request.handPicked
        if let handPicked {
            (single, oneOff) = (nil, nil)
            try handPicked.check(link, tx)
            return
        }
        if let pick = request.oneOff {
            (single, oneOff) = (nil, try pick.open(of: link, now: now, scope: scope, in: tx))
            return
        }
        try link.checkOpen(now: now, scope: scope, in: tx)
        (single, oneOff) = (try request.singleUse(of: link, now: now, scope: scope, in: tx), nil)
    }

    /// It has led to the booking, whose row is there.
    func end(
        with booking: Booking, _ installation: Installation, scope: Scope, in tx: Transaction
    ) throws {
        if let single { try SingleUseStore.take(single.id, by: booking.id, scope: scope, in: tx) }
        try handPicked?.end(booking, tx)
        guard let oneOff, !oneOff.isSheet else { return }
        try OneOffStore.end(
            oneOff.id, as: .taken, booking: booking.id, now: booking.createdAt, scope: scope, in: tx)
        guard oneOff.reserves, oneOff.times.count > 1 else { return }
        try EndKeptOffer.tellWaiting(
            [oneOff.author], because: oneOff.id.text, installation, now: booking.createdAt, scope: scope, in: tx)
    }
}

/// A time that the host has picked for a meeting that no link has rules for, such as the option of a poll.
struct HandPicked: Sendable {
    let time: OneOff.Time
    let host: ID<User>
    /// In which it was picked.
    let zone: Zone
    /// Whose kept time it is, if it is kept.
    let claim: String
    /// What is said where the host has another meeting by now.
    let gone: any Refusal
    /// Under the lock of the link's row: throws where nothing can be booked that way any more.
    let check: @Sendable (Link, Transaction) throws -> Void
    /// The booking has its row: what led to it is over in the same transaction.
    let end: @Sendable (Booking, Transaction) throws -> Void

    /// Locks the host, and looks once more whether the time is free of their own bookings.
    func take(now: Instant, in tx: Transaction) throws {
        try tx.lockSubjects([host.text])
        try tx.dropExpiredHolds(of: [host.text], now: now)
        guard try OneOffTimes([time], of: host, without: [claim], now: now, in: tx).isFree(time) else { throw gone }
    }
}

/// Which time of which one-off somebody picked.
struct OneOffPick: Hashable, Sendable {
    let id: ID<OneOff>
    let time: OneOff.Time

    fileprivate func open(of link: Link, now: Instant, scope: Scope, in tx: Transaction) throws -> OneOff {
        guard let one = try OneOffStore.find(id, scope: scope, in: tx), one.link == link.id,
            one.times.contains(time)
        else { throw OneOffRefusal.unknown }
        guard one.isSheet else {
            try one.checkOpen(now: now)
            return one
        }
        guard one.isOpen(now: now) else { throw SheetRefusal.closed }
        return one
    }
}

extension OneOff {
    /// - Throws: ``OneOffRefusal`` unless one of its times can be picked.
    func checkOpen(now: Instant) throws(OneOffRefusal) {
        switch state(now: now) {
        case .open: return
        case .taken: throw .taken
        case .lapsed: throw .lapsed
        case .withdrawn: throw .withdrawn
        }
    }

    /// Locks its host, and looks once more whether the time is free of their own bookings.
    func take(_ time: Time, now: Instant, scope: Scope, in tx: Transaction) throws {
        // Of a sheet several are taken at once: ``TakePlaces`` has looked at all of them.
        if isSheet { return }
        try tx.lockSubjects([author.text])
        try tx.dropExpiredHolds(of: [author.text], now: now)
        let free = try OneOffTimes([time], of: author, without: [id.text], now: now, in: tx)
        guard free.isFree(time) else { throw OneOffRefusal.gone }
    }
}
