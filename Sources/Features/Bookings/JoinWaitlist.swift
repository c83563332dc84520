/// Joining the waitlist of a link: one transaction that writes the entry and plans its mail.
import Database
import Scheduling
import Web

package struct JoinWaitlist: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Puts somebody at the end of the line for a full day, or a full session.
    ///
    /// Who is in it already keeps their place and gets the mail again, at most once an hour; the answer is the same, so
    /// that it tells nobody who waits.
    /// - Throws: `WaitlistRefusal`, `LinkRefusal`; nothing is written then.
    package func callAsFunction(_ wish: WaitlistWish, link id: ID<Link>, scope: Scope) async throws {
        let (world, now): (World, Instant) = (installation.world, installation.world.now)
        let entryID: ID<WaitlistEntry> = world.id()
        let token = MailedToken(installation, bound: WaitlistEntry.binding(entryID, scope.workspace))
        try await installation.database.write(scope) { tx in
            // The row of the link first: how many wait is for one at a time to find out.
            guard let link = try LinkStore.locked(id, scope: scope, in: tx) else { throw LinkRefusal.notFound }
            try link.checkOpen(now: now, scope: scope, in: tx)
            guard link.rules.waitlist.isOn else { throw WaitlistRefusal.off }
            if let proof = wish.proof { try ProofStore.spend(proof, scope: scope, in: tx) }
            let minutes = link.rules.length(asked: wish.minutes)
            let (target, lasting) = try times(of: link, wish, minutes: minutes, scope: scope, in: tx)
                .target(of: wish, minutes: minutes)
            let entry = WaitlistEntry(
                id: entryID, link: id, target: target, minutes: lasting, name: wish.name, email: wish.email,
                zone: wish.zone.name, language: wish.language, createdAt: now)
            if let own = try WaitlistStore.open(like: entry, scope: scope, in: tx) {
                return try WaitlistJobs.mail(own, again: true, world: world, now: now, scope: scope, in: tx)
            }
            let open = try WaitlistStore.open(of: id, scope: scope, in: tx)
            guard open.count < WaitlistEntry.mostOfLink,
                open.count(where: { $0.target == target }) < WaitlistEntry.mostOfTarget
            else { throw WaitlistRefusal.tooMany }
            try WaitlistStore.insert(entry, token, scope: scope, in: tx)
            try WaitlistJobs.mail(entry, world: world, now: now, scope: scope, in: tx)
            try WaitlistJobs.lookAgain(at: id, world: world, now: now, scope: scope, in: tx)
            CrashPoint.reach("waiting.before_commit")
        }
        CrashPoint.reach("waiting.after_commit")
    }

    /// The times around what is wished for.
    func times(
        of link: Link, _ wish: WaitlistWish, minutes: Int, scope: Scope, in tx: Transaction
    ) throws -> OfferedTimes {
        let now = installation.world.now
        let from = wish.start ?? wish.day.map { wish.zone.instant(of: $0) } ?? now
        // Nothing can be booked so far away, and arithmetic on years of five digits is nobody's friend.
        guard abs(from - now) < 800 * 86_400 else { throw WaitlistRefusal.notFull }
        return try OfferedTimes(
            link: link, from: from, to: from.adding(days: 2), booker: Booker(zone: wish.zone), now: now,
            zones: installation.world.zones, scope: scope, in: tx)
    }
}
