/// The end of an entry of a waitlist by somebody's word: no thanks, no longer, or a host takes them off.
import Database
import Scheduling
import Web

package struct EndEntry: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Ends it; what was kept for it stays kept until the next in line has it. Said twice it is said once.
    /// - Parameter state: `refused` for an offer, `left` or `removed` for what is open.
    /// - Throws: `WaitlistRefusal.over` when it is over in another way.
    package func callAsFunction(_ id: ID<WaitlistEntry>, as state: WaitlistState, scope: Scope) async throws {
        let (world, now) = (installation.world, installation.world.now)
        let deed = AuditEntry(.waitlistRemoved, of: id.text, from: origin, world)
        try await installation.database.write(scope) { tx in
            guard let seen = try WaitlistStore.find(id, scope: scope, in: tx),
                let link = try LinkStore.locked(seen.link, scope: scope, in: tx),
                let entry = try WaitlistStore.find(id, scope: scope, in: tx)
            else { throw WaitlistRefusal.unknownToken }
            if entry.state == state { return }
            guard entry.isOpen, state != .refused || entry.state == .offered else { throw WaitlistRefusal.over }
            try WaitlistStore.end(entry, as: state, now: now, scope: scope, in: tx)
            if state == .removed {
                try AuditStore.recordDeed(deed.about("\(link.rules.title), \(entry.name)"), scope: scope, in: tx)
            }
            if entry.offer != nil {
                try WaitlistJobs.look(
                    at: link.id, on: now, because: "\(id)|\(entry.version)", world: world, now: now, scope: scope,
                    in: tx)
            }
            CrashPoint.reach("leaving.before_commit")
        }
    }
}
