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
        } catch {
            try await files.remove(new.file)
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
            guard let before = old.picture else { return }
            let job = NewJob(
                kind: RemoveFile.kind, workspace: scope.workspace, subject: before.file.text, version: 1,
                dedupeKey: "\(RemoveFile.kind)|\(before.file)", runAt: now)
            try tx.enqueue(job, now: now, id: world.id())
        }
    }
}

/// Removes a file that no row names any more.
package struct RemoveFile: Sendable {
    package static let kind = "file_removal"
    let files: any FileStore

    package init(files: any FileStore) { self.files = files }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let name = FileName(job.subject) else { return .dead("no name of a file") }
        do throws(ProviderError) {
            try await files.remove(name)
            return .done
        } catch {
            return error.passes ? .retry(error.description) : .dead(error.description)
        }
    }
}
