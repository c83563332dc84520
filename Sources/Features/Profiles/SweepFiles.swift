/// Finds the files that lost their row, or never got one because the process died in between, and lets them go.
import Capabilities
import Database
import Scheduling

package struct SweepFiles: Sendable {
    /// A file is kept before the row that names it is written: one as young as this may still get its row.
    package static let youngSeconds: Int64 = 86_400
    /// Names asked for in one question.
    private static let most = 500

    let installation: Installation
    let files: any FileStore

    package init(_ installation: Installation, files: any FileStore) {
        self.installation = installation
        self.files = files
    }

    /// Does nothing in a restored installation before it is confirmed: the one that it was made of may still use the
    /// same place, and has rows for files that are younger than the backup.
    /// - Returns: how many were let go.
    /// - Throws: `ProviderError` when the place for files is out of order; what is left waits for the next time.
    @discardableResult
    package func callAsFunction() async throws -> Int {
        let lookUps = LookUps(database: installation.database)
        guard try await !lookUps.isRestored() else { return 0 }
        let old = try await files.names(olderThan: Self.youngSeconds)
        var orphans: [FileName] = []
        for start in stride(from: 0, to: old.count, by: Self.most) {
            let some = old[start..<min(start + Self.most, old.count)]
            let named = try await lookUps.pictures(among: some.map(\.text))
            orphans += some.filter { !named.contains($0.text) }
        }
        for orphan in orphans { try await files.remove(orphan) }
        return orphans.count
    }
}
