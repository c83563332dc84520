/// Letting go of files that no row names any more, whichever feature had them.
import Capabilities
import Database
import Scheduling

package struct RemoveFile: Sendable {
    package static let kind = "file_removal"
    let files: any FileStore

    package init(files: any FileStore) { self.files = files }

    /// To be written in the transaction that takes the name out of its row. It belongs to no workspace: it outlives
    /// the one whose file it was.
    package static func job(_ name: FileName, now: Instant) -> NewJob {
        NewJob(
            kind: kind, workspace: nil, subject: name.text, version: 1, dedupeKey: "\(kind)|\(name)", runAt: now)
    }

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
