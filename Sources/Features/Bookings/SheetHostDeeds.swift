/// What a host does to a sheet: close it, open it again, delete it.
import Database
import Scheduling
import Web

package struct ChangeSheet: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Nobody can sign up any more, and what nobody has is free; whoever signed up stays.
    package func close(_ id: ID<OneOff>, scope: Scope) async throws {
        try await EndOneOff(installation, from: origin).withdraw(id, scope: scope)
    }

    /// Opens a closed one again: until it would have closed, or, where that is past, until its last time begins.
    /// - Throws: `SheetHostRefusal.past`
    package func reopen(_ id: ID<OneOff>, scope: Scope) async throws {
        let (now, world) = (installation.world.now, installation.world)
        try await change(id, .sheetReopened, scope: scope) { one, tx in
            guard !one.isOpen(now: now) else { return false }
            guard let last = one.times.map(\.start).max(), now < last else { throw SheetHostRefusal.past }
            guard try OneOffStore.open(of: one.author, scope: scope, in: tx).count(where: { $0.isOpen(now: now) })
                < OneOff.mostOpen else { throw SheetHostRefusal.tooManyOpen }
            guard try AccountStore.member(one.author, workspace: scope.workspace, in: tx)?.canHost == true else {
                throw Common.forbidden
            }
            var open = one
            (open.state, open.endedAt) = (.open, nil)
            if one.expires <= now { open.expires = last }
            try tx.dropExpiredHolds(of: [one.author.text], now: now)
            try SheetStore.reopen(id, until: open.expires, scope: scope, in: tx)
            try open.keepFree(world, now: now, scope: scope, in: tx)
            try OneOffJobs.end(open, world: world, now: now, scope: scope, in: tx)
            return true
        }
    }

    /// Forgets it, once nobody of those who signed up is still to come.
    /// - Throws: `SheetHostRefusal.awaited`
    package func delete(_ id: ID<OneOff>, scope: Scope) async throws {
        let (now, installation) = (installation.world.now, installation)
        try await change(id, .sheetDeleted, scope: scope) { one, tx in
            guard try !SheetStore.isAwaited(on: one.link, now: now, scope: scope, in: tx) else {
                throw SheetHostRefusal.awaited
            }
            try SheetStore.delete(id, scope: scope, in: tx)
            if one.reserves, one.isOpen(now: now) {
                try EndKeptOffer.tellWaiting(
                    [one.author], because: id.text, installation, now: now, scope: scope, in: tx)
            }
            return true
        }
    }

    private func change(
        _ id: ID<OneOff>, _ deed: AuditAction, scope: Scope,
        _ change: @escaping @Sendable (OneOff, Transaction) throws -> Bool
    ) async throws {
        let entry = AuditEntry(deed, of: id.text, from: origin, installation.world)
        try await installation.database.write(scope) { tx in
            guard let seen = try OneOffStore.find(id, scope: scope, in: tx) else { throw Common.notFound }
            // Whoever signs up has its link's row too, so one of the two is first.
            let link = try LinkStore.locked(seen.link, scope: scope, in: tx)
            try tx.lockSubjects([seen.author.text])
            guard let one = try OneOffStore.find(id, scope: scope, in: tx), one.isSheet else { throw Common.notFound }
            guard try change(one, tx) else { return }
            try AuditStore.recordDeed(
                entry.about(link?.rules.title ?? ""), scope: scope.about([one.author]), in: tx)
        }
    }
}

/// What the product says no to about a host's sheets.
package enum SheetHostRefusal: Refusal, Equatable {
    case tooManyOpen
    /// It cannot be opened again: all its times are past.
    case past
    /// It cannot be deleted: somebody is still to come.
    case awaited

    package var status: Int { 409 }
    package var code: String { "conflict" }

    package var message: String {
        switch self {
        case .tooManyOpen: plain("\(OneOff.mostOpen) sheets and one-offs of yours are open. Close one first.")
        case .past: plain("All its times are past, so it cannot be opened again.")
        case .awaited: plain("People have signed up and are still to come. Cancel their bookings first.")
        }
    }
}
