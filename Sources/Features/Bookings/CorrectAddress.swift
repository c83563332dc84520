/// Correcting a mistyped address: a new mail and token for the new one, a CANCEL without details for the old one.
import Capabilities
import Database
import Scheduling
import Web

package struct CorrectAddress: Sendable {
    let installation: Installation

    static let route = "address"
    /// Minutes after booking.
    static let minutes = 30
    static let most = 3

    package init(_ installation: Installation) { self.installation = installation }

    static func isOpen(_ booking: Booking, now: Instant) -> Bool {
        now < booking.createdAt.adding(minutes: minutes)
    }

    /// Gives the booking's attendee another address, or refuses and leaves it as it was.
    /// - Returns: the API's booking with the attendee's new token; the old one has ended.
    package func callAsFunction(
        _ id: ID<Booking>, to email: String, key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        let world = installation.world
        let token = NewToken(world: world, keyring: installation.keyring, workspace: scope.workspace)
        let (historyID, now): (ID<BookingHistory>, Instant) = (world.id(), world.now)
        let reply = try await installation.database.write(scope) { tx in
            let replies = ReplyStore(scope: id.text, route: Self.route, keyring: installation.keyring)
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            let sheet = try SheetStore.locked(of: id, scope: scope, in: tx)
            let (booking, link) = try BookingStore.locked(id, now: now, scope: scope, in: tx)
            // An address that was proved is no mistake, and another one would be proved by nobody.
            guard !link.rules.door.verifiesEmail else { throw ChangeRefusal.addressProved }
            try check(booking, email, now: now, scope: scope, in: tx)
            try sheet?.checkAddress(email, more: 1, scope: scope, in: tx)

            var corrected = booking
            corrected.attendee.email = email
            corrected.state.version += 1
            // Calendars take a change of who comes only with a higher sequence; what is only asked for is in none.
            if !booking.isWaiting { corrected.state.sequence += 1 }
            try BookingStore.save(
                corrected, over: booking, local: booking.anchorLocal, now: now, scope: scope, in: tx)
            try CorrectionStore.correct(booking, to: corrected, now: now, scope: scope, in: tx)
            try BookingSearchStore.index(corrected, title: link.rules.title, scope: scope, in: tx)
            try BookingStore.record(
                "corrected", of: id, state: corrected.state, id: historyID, now: now, scope: scope, in: tx)
            try BookingTokenStore.rotate(token, booking: id, now: now, scope: scope, in: tx)
            try BookingJobs.tell(.corrected, of: corrected, world: world, now: now, scope: scope, in: tx)

            let history = try BookingStore.history(of: id, scope: scope, in: tx)
            let told = BookingJSON(corrected, link: link, history: history, zones: world.zones)
            let reply = Reply(status: 200, body: told.json(token: token.text).bytes)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("correcting.before_commit")
            return reply
        }
        CrashPoint.reach("correcting.after_commit")
        return reply
    }

    private func check(
        _ booking: Booking, _ email: String, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        guard booking.mayBeCorrected else { throw BookingRefusal.over(booking.state.status) }
        guard now < booking.state.starts else { throw BookingRefusal.meetingStarted }
        guard Self.isOpen(booking, now: now) else { throw ChangeRefusal.correctionOver }
        guard EmailAddress(email)?.folded != EmailAddress(booking.attendee.email)?.folded else {
            throw ChangeRefusal.sameAddress
        }
        if let booker = booking.bookedBy, EmailAddress(email)?.folded == EmailAddress(booker.email)?.folded {
            throw ChangeRefusal.bookersAddress
        }
        guard try !BlockStore.isBlocked(email, scope: scope, in: tx) else { throw ChangeRefusal.addressRefused }
        guard try CorrectionStore.count(of: booking.id, scope: scope, in: tx) < Self.most else {
            throw ChangeRefusal.tooManyCorrections
        }
    }
}

extension Booking {
    /// Whoever mistyped their address must hear of the answer; what was asked for beside a confirmed time is past that.
    /// A single-use link is bound to one address, and another one asks its host.
    var mayBeCorrected: Bool {
        source != .singleUse && (state.status == .confirmed || isWaiting && state.confirmed == nil)
    }
}
