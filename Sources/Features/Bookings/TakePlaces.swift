/// Signing up: one person takes places of one or several times of a sheet, all in one transaction or none.
import Database
import Scheduling
import Web

package struct TakePlaces: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Books each time for the attendee of `wish`, whose key stands for the whole.
    ///
    /// The reply is 201 with the bookings and the token of each, in the order of their times.
    /// - Throws: `SheetRefusal`; nothing is booked then.
    package func callAsFunction(
        _ wish: BookingRequest, times: [OneOff.Time], of one: OneOff, scope: Scope
    ) async throws -> Reply {
        let drafts = times.map { time in
            var each = wish
            (each.start, each.duration, each.key) = (time.start, time.minutes, nil)
            (each.oneOff, each.source) = (OneOffPick(id: one.id, time: time), .sheet)
            return BookingDraft(each, installation: installation, scope: scope)
        }
        let reply = try await installation.write(locking: one.link, scope: scope) { tx in
            try write(drafts, wish, of: one, scope: scope, in: tx)
        }
        CrashPoint.reach("picking.after_commit")
        return reply
    }

    private func write(
        _ drafts: [BookingDraft], _ wish: BookingRequest, of one: OneOff, scope: Scope, in tx: Transaction
    ) throws -> Reply {
        let now = installation.world.now
        let replies = ReplyStore(scope: one.link.text, route: "bookings", keyring: installation.keyring)
        if let reply = try replies.claim(wish.key, now: now, in: tx) { return reply }
        // With the link's row locked nobody else signs up meanwhile, and nobody closes it.
        guard try LinkStore.locked(one.link, scope: scope, in: tx) != nil,
            let one = try OneOffStore.find(one.id, scope: scope, in: tx)
        else { throw SheetRefusal.unknown }
        guard one.isOpen(now: now) else { throw SheetRefusal.closed }
        try one.checkAddress(wish.attendee.email, more: drafts.count, scope: scope, in: tx)
        try one.takePlaces(drafts.compactMap { $0.request.oneOff?.time }, now: now, scope: scope, in: tx)
        let booked = try drafts.map { draft in
            try BookSlot(installation).write(draft, link: one.link, scope: scope, in: tx)
        }
        let reply = Reply(status: 201, body: Self.json(booked).bytes)
        try replies.store(reply, for: wish.key, in: tx)
        CrashPoint.reach("picking.before_commit")
        return reply
    }

    /// What the reply says of bookings that were told one by one.
    static func json(_ replies: [Reply]) -> JSON {
        ["signUps": .array(replies.compactMap { try? JSON(reading: $0.body) })]
    }

    /// The tokens in such a reply.
    static func tokens(in reply: Reply) -> [String] {
        let told = (try? JSON(reading: reply.body))?["signUps"]?.array ?? []
        return told.compactMap { $0["token"]?.string }
    }
}
