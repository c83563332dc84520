/// Taking a picture in, and letting the one before go.
import Capabilities
import Database
import Scheduling
import Web

package struct SavePicture: Sendable {
    let installation: Installation
    let files: any FileStore

    package init(_ installation: Installation, files: any FileStore) {
        self.installation = installation
        self.files = files
    }

    /// Keeps the file first: a row must never name one that is not there.
    package func callAsFunction(_ picture: Picture, of id: ID<User>, scope: Scope) async throws {
        let new = ProfilePicture(file: FileName(installation.world), kind: picture.kind)
        do throws(ProviderError) {
            try await files.put(picture.bytes, as: new.file)
        } catch {
            throw Common.unavailable(retryAfter: 5)
        }
        do {
            try await replace(with: new, of: id, scope: scope)
            CrashPoint.reach("picture.after_commit")
        } catch {
            // If this fails too, the sweep finds it.
            try? await files.remove(new.file)
            throw error
        }
    }

    package func remove(of id: ID<User>, scope: Scope) async throws {
        try await replace(with: nil, of: id, scope: scope)
    }

    private func replace(with new: ProfilePicture?, of id: ID<User>, scope: Scope) async throws {
        let (world, now) = (installation.world, installation.world.now)
        try await installation.database.write(scope) { tx in
            guard let old = try ProfileStore.find(id, in: tx) else { throw Common.notFound }
            try ProfileStore.set(picture: new, of: id, in: tx)
            if new != nil { CrashPoint.reach("picture.before_commit") }
            guard let before = old.picture else { return }
            try tx.enqueue(RemoveFile.job(before.file, now: now), now: now, id: world.id())
        }
    }
}
