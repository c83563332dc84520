/// Marking that the attendee did not come, and taking it back.
import Database
import Scheduling
import Web

package struct MarkNoShow: Sendable {
    /// Minutes in which a mark can be taken back.
    package static let undoMinutes = 15

    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Marks the booking; one that is marked already stays so.
    package func callAsFunction(_ id: ID<Booking>, key: RequestKey? = nil, scope: Scope) async throws -> Reply {
        let (historyID, now): (ID<BookingHistory>, Instant) = (installation.world.id(), installation.world.now)
        return try await installation.database.write(scope) { tx in
            let replies = ReplyStore(scope: id.text, route: "no-show", keyring: installation.keyring)
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            let (booking, link) = try BookingStore.locked(id, now: now, scope: scope, in: tx)
            var marked = booking
            let isNew = booking.state.status != .noShow
            if isNew {
                marked.state = try booking.state.step(.noShow, now: now)
                try BookingStore.save(marked, over: booking, local: booking.anchorLocal, now: now, scope: scope, in: tx)
                try tx.removeLedger(claim: id.text)
                if link.rotates, link.rules.rotation.creditsNoShow, booking.session == nil {
                    try AssignmentStore.credit(booking, scope: scope, in: tx)
                }
                try BookingStore.record(
                    "no_show", of: id, state: marked.state, id: historyID, now: now, scope: scope, in: tx)
            }
            let told = try told(marked, link: link, scope: scope, in: tx)
            if isNew {
                try WebhookEvent.bookingNoShow.publish(told, world: installation.world, now: now, scope: scope, in: tx)
            }
            let reply = Reply(status: 200, body: told.json(token: nil).bytes)
            try replies.store(reply, for: key, in: tx)
            return reply
        }
    }

    /// Takes the mark back: the meeting goes on, or it took place.
    /// - Throws: `BookingRefusal.undoTooLate` after 15 minutes, or when the time is taken by another meeting.
    package func undo(_ id: ID<Booking>, scope: Scope) async throws {
        let (historyID, now): (ID<BookingHistory>, Instant) = (installation.world.id(), installation.world.now)
        try await installation.database.write(scope) { tx in
            let (booking, link) = try BookingStore.locked(id, now: now, scope: scope, in: tx)
            var undone = booking
            undone.state = try booking.state.step(.noShowUndone, now: now)
            let marked = try BookingStore.history(of: id, scope: scope, in: tx).last { $0.event == "no_show" }
            guard let marked, now <= marked.at.adding(minutes: Self.undoMinutes) else {
                throw BookingRefusal.undoTooLate
            }
            if undone.state.status.ownsTime, booking.session == nil {
                try refuseTaken(undone, link: link, now: now, in: tx)
                try tx.add(undone.ledgerRows(link: link, world: installation.world, scope: scope))
            }
            try BookingStore.save(undone, over: booking, local: booking.anchorLocal, now: now, scope: scope, in: tx)
            if link.rotates { try AssignmentStore.count(id, scope: scope, in: tx) }
            try BookingStore.record(
                "no_show_undone", of: id, state: undone.state, id: historyID, now: now, scope: scope, in: tx)
        }
    }

    /// The hosts are locked, so what is free here stays free; gaps count as they do for a new booking.
    private func refuseTaken(_ booking: Booking, link: Link, now: Instant, in tx: Transaction) throws {
        let (starts, ends) = (booking.state.starts, booking.state.ends)
        let (before, after) = (Int64(link.rules.bufferBefore) * 60, Int64(link.rules.bufferAfter) * 60)
        let rows = try tx.ledger(
            of: booking.hosts.map(\.id.text) + booking.resources.map(\.id.text), from: starts.adding(minutes: -480),
            to: ends.adding(minutes: 480), now: now)
        let isTaken = rows.contains { row in
            row.claim != nil && row.starts < ends.adding(seconds: max(after, row.gapBefore))
                && row.ends > starts.adding(seconds: -max(before, row.gapAfter))
        }
        guard !isTaken else { throw BookingRefusal.undoTooLate }
    }

    private func told(_ booking: Booking, link: Link, scope: Scope, in tx: Transaction) throws -> BookingJSON {
        let history = try BookingStore.history(of: booking.id, scope: scope, in: tx)
        return BookingJSON(booking, link: link, history: history, zones: installation.world.zones)
    }
}
