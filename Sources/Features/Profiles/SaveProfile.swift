/// Changing what a person says about themselves.
import Database
import Scheduling
import Web

package struct SaveProfile: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Parameter change: from what is so to what the person wishes.
    /// - Throws: `Invalid` for a handle of somebody else, with three that are free.
    package func callAsFunction(
        _ id: ID<User>, scope: Scope, _ change: @escaping @Sendable (Profile) throws -> ProfileWish
    ) async throws -> Profile {
        let now = installation.world.now
        do {
            return try await installation.database.write(scope) { tx in
                guard let old = try ProfileStore.find(id, in: tx) else { throw Common.notFound }
                let wish = try change(old)
                if let handle = wish.handle, try ProfileStore.isTaken(handle, except: id, in: tx) {
                    throw try taken(handle, by: id, in: tx)
                }
                try ProfileStore.save(wish, over: old, scope: scope, now: now, in: tx)
                return try ProfileStore.find(id, in: tx) ?? old
            }
        } catch DatabaseError.unique {
            // Two people chose one handle in the same moment; the second try sees whose it is.
            throw Common.conflict(plain("Somebody else chose this address a moment ago. Save again."))
        }
    }

    private func taken(_ handle: String, by id: ID<User>, in tx: Transaction) throws -> Invalid {
        let base = String(handle.prefix(Handle.longest - 8))
        let free = try Slug.variations(of: base, entropy: installation.world.entropy)
            .filter { try Handle.isWellFormed($0) && !ProfileStore.isTaken($0, except: id, in: tx) }
        let words = free.joined(separator: ", ")
        return Invalid("handle", code: "taken", plain("“\(handle)” is taken. Free are: \(words)."))
    }
}
