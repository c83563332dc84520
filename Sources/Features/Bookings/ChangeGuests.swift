/// Other guests for a booking: who is new is invited, who is taken off gets a CANCEL, all others hear of it.
import Database
import Foundation
import Scheduling
import Web

package struct ChangeGuests: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Gives the booking these guests, or refuses and leaves it as it was.
    /// - Parameter version: the one the person saw.
    /// - Returns: whether anything is different now.
    package func callAsFunction(
        _ id: ID<Booking>, to guests: [String], version: Int, scope: Scope
    ) async throws -> Bool {
        try await change(id, scope: scope) { booking, link in
            guard booking.tellsGuests, link.rules.access.mostGuests > 0 || !booking.guests.isEmpty else {
                throw ChangeRefusal.noGuests
            }
            guard booking.guests == guests || booking.state.version == version else {
                throw BookingRefusal.changedMeanwhile
            }
            return guests
        }
    }

    /// Takes one guest off who has said that they will not come; what else has changed is no reason to refuse them.
    /// Nothing happens to who is no guest.
    func decline(_ guest: String, _ id: ID<Booking>, scope: Scope) async throws {
        _ = try await change(id, isOwn: true, scope: scope) { booking, _ in
            booking.guests.filter { $0.lowercased() != guest.lowercased() }
        }
    }

    /// - Parameters:
    ///   - isOwn: whether who is taken off wants it so.
    ///   - wanted: the guests it is to have, by those it has under the lock.
    private func change(
        _ id: ID<Booking>, isOwn: Bool = false, scope: Scope,
        _ wanted: @escaping @Sendable (Booking, Link) throws -> [String]
    ) async throws -> Bool {
        let world = installation.world
        let (historyID, now): (ID<BookingHistory>, Instant) = (world.id(), world.now)
        return try await installation.database.write(scope) { tx in
            let (booking, link) = try BookingStore.locked(id, now: now, scope: scope, in: tx)
            guard booking.state.status == .confirmed else { throw BookingRefusal.over(booking.state.status) }
            guard now < booking.state.starts else { throw BookingRefusal.meetingStarted }
            let guests = try wanted(booking, link)
            guard booking.guests != guests else { return false }

            if booking.session != nil { try Self.reseat(booking, to: guests, now: now, scope: scope, in: tx) }
            var changed = booking
            changed.guests = guests
            // Calendars take a change of who comes only with a higher sequence.
            changed.state.version += 1
            changed.state.sequence += 1
            try BookingStore.save(changed, over: booking, local: booking.anchorLocal, now: now, scope: scope, in: tx)
            try BookingStore.replace(guests: guests, of: id, scope: scope, in: tx)
            let fewer = booking.guests.count - guests.count
            if fewer > 0, booking.session != nil {
                try FreedTime(installation, now: now, scope: scope).by(booking, seats: fewer, link: link, in: tx)
            }
            try BookingSearchStore.index(changed, title: link.rules.title, scope: scope, in: tx)
            try BookingStore.record(
                "changed", of: id, state: changed.state, id: historyID, now: now, scope: scope, in: tx)
            try BookingJobs.tellGuests(
                of: changed, before: booking.guests, isOwn: isOwn, installation, now: now, scope: scope, in: tx)
            return true
        }
    }

    /// Who comes along takes a seat too, if there is one left.
    private static func reseat(
        _ booking: Booking, to guests: [String], now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        guard let id = booking.session, let session = try SeatStore.find(id, now: now, scope: scope, in: tx) else {
            return
        }
        let more = guests.count - booking.guests.count
        guard more <= session.seatsLeft else { throw ChangeRefusal.noSeats(session.seatsLeft) }
        try SeatStore.take(more, of: id, scope: scope, in: tx)
        try Seating.settle(id, now: now, scope: scope, in: tx)
    }
}

extension BookingJobs {
    /// Who was taken off stands in no row any more, so their address goes along, sealed: jobs tell nothing of people.
    fileprivate static func tellGuests(
        of booking: Booking, before: [String], isOwn: Bool, _ installation: Installation, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        let world = installation.world
        let old = Set(before.map { $0.lowercased() }), new = Set(booking.guests.map { $0.lowercased() })
        for (position, guest) in booking.guests.enumerated() {
            let news: BookingNews = old.contains(guest.lowercased()) ? .changed : .booked
            try tell(news, "guest.\(position)", of: booking, world: world, now: now, scope: scope, in: tx)
        }
        for recipient in booking.askers(of: .changed) + booking.toldHosts(of: .changed) {
            try tell(.changed, recipient, of: booking, world: world, now: now, scope: scope, in: tx)
        }
        if let session = booking.session {
            try SessionJobs.tell(session, of: booking, world: world, now: now, scope: scope, in: tx)
        }
        for (position, guest) in before.enumerated() where !new.contains(guest.lowercased()) {
            let sealed = Uninvited(email: guest, isOwn: isOwn).sealed(of: booking.id, installation.keyring)
            try tell(
                .cancelled, "removed.\(position)", of: booking, sealed: sealed, world: world, now: now, scope: scope,
                in: tx)
        }
    }
}

/// A guest who was taken off, on their way to the mail that says so.
struct Uninvited {
    let email: String
    /// They have said themselves that they will not come.
    var isOwn = false

    init(email: String, isOwn: Bool) { (self.email, self.isOwn) = (email, isOwn) }

    /// Nil for what was changed or belongs to another booking.
    init?(_ text: String?, of booking: ID<Booking>, _ keyring: Keyring) {
        guard let text, let sealed = Data(base64Encoded: text),
            let bytes = try? keyring.open(Array(sealed), bound: Self.place(booking))
        else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let email = lines.first else { return nil }
        self.init(email: String(email), isOwn: lines.count > 1)
    }

    func sealed(of booking: ID<Booking>, _ keyring: Keyring) -> String {
        // No address has a line break in it.
        let text = isOwn ? "\(email)\nown" : email
        return Data(keyring.seal(Array(text.utf8), bound: Self.place(booking))).base64EncodedString()
    }

    private static func place(_ booking: ID<Booking>) -> String { "uninvited|\(booking)" }
}
