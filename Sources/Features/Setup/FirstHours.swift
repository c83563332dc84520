/// The second screen's work: the zone and the weekly hours of the person who sets up.
import Database
import Scheduling
import Web

package struct FirstHours: Sendable {
    let installation: Installation

    /// The hours saved before, for somebody who comes back to the screen; nil the first time.
    func saved(_ principal: Principal) async throws -> Schedule? {
        let scope = principal.scope
        return try await installation.database.read(scope) { tx in
            try ScheduleStore.all(of: principal.user, scope: scope, in: tx).first
        }
    }

    /// Makes the person's first schedule, or changes it when it is there; their zone becomes the schedule's.
    /// An owner's zone is the workspace's too.
    func save(zone: String, weekly: [[Window]], for principal: Principal) async throws {
        let (scope, world) = (principal.scope, installation.world)
        let first = Schedule(id: world.id(), name: plain("Working hours"), zone: zone, weekly: weekly)
        let now = world.now
        try await installation.database.write(scope) { tx in
            if var old = try ScheduleStore.all(of: principal.user, scope: scope, in: tx).first {
                (old.zone, old.weekly) = (zone, weekly)
                try ScheduleStore.update(old, scope: scope, in: tx)
            } else {
                try ScheduleStore.insert(first, account: principal.user, scope: scope, now: now, in: tx)
            }
            try AccountStore.set(zone: zone, of: principal.user, in: tx)
            if principal.may(.manageWorkspace) {
                try AccountStore.set(zone: zone, of: principal.workspace, in: tx)
            }
        }
    }
}
