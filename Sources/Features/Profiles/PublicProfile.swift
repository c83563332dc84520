/// What strangers see of a host: name, picture, text, and the links that are open to all.
import Database
import Scheduling
import Web

package struct PublicProfile: Sendable {
    let handle: String
    let name: String
    let text: String
    let picture: ProfilePicture?
    let workspaceName: WorkspaceName
    let links: [Link]

    /// Nil for a handle nobody has, somebody switched off, and somebody who left the workspace of the handle.
    static func find(_ handle: String, _ installation: Installation) async throws -> PublicProfile? {
        guard Handle.isWellFormed(handle),
              let found = try await LookUps(database: installation.database).profile(handle: handle)
        else { return nil }
        let (scope, now) = (Scope(workspace: found.workspace, actor: .system), installation.world.now)
        return try await installation.database.read(scope) { tx in
            guard let profile = try ProfileStore.find(found.account, in: tx),
                  try LinkStore.host(found.account, scope: scope, in: tx) != nil
            else { return nil }
            let links = try LinkStore.all(host: found.account, scope: scope, in: tx)
            return PublicProfile(
                handle: handle, name: profile.wish.name, text: profile.wish.text, picture: profile.picture,
                workspaceName: try LinkStore.workspaceName(scope: scope, in: tx),
                links: links.filter { $0.isShown(at: now) })
        }
    }
}

extension Link {
    /// Whether the host's page lists it.
    package func isShown(at now: Instant) -> Bool {
        rules.active && !rules.access.hidden && rules.access.expiresAt.map { now < $0 } ?? true
    }
}
