/// The third screen's work: the first booking link of the person who sets up.
import Database
import Scheduling
import Web

package struct FirstLink: Sendable {
    let installation: Installation

    /// The person's oldest link, for somebody who comes back to the screen; nil the first time.
    func saved(_ principal: Principal) async throws -> Link? {
        let scope = principal.scope
        return try await installation.database.read(scope) { tx in
            try LinkStore.all(host: principal.user, scope: scope, in: tx).last
        }
    }

    /// Makes the first link, or changes it when it is there.
    ///
    /// - Throws: `Invalid` with the mistakes of the form, also for an address that is taken.
    func save(_ fields: inout Fields, for principal: Principal) async throws -> Link {
        let old = try await saved(principal)
        let wish = try LinkReading.read(
            &fields, over: old?.rules, entropy: installation.world.entropy, languages: installation.languages)
        try fields.finish()
        let saveLink = SaveLink(installation)
        guard let old else { return try await saveLink.create(wish, host: principal.user, scope: principal.scope) }
        return try await saveLink.update(old.id, version: old.version, scope: principal.scope) { _ in wish }
    }
}
