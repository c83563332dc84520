/// A place for files in memory: it can fail on purpose.
import Capabilities
import Synchronization

package final class FakeFiles: FileStore {
    private struct State {
        var files: [FileName: [UInt8]] = [:]
        var drafts: [FileName: [UInt8]] = [:]
        var failure: ProviderError?
        var begun = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var pieceBytes: Int { 65_536 }

    /// The names that lead to a file now.
    package var names: Set<FileName> { state.withLock { Set($0.files.keys) } }

    /// Makes every call fail until it is called with nil.
    package func failAlways(with error: ProviderError?) { state.withLock { $0.failure = error } }

    package func put(_ bytes: [UInt8], as name: FileName) async throws(ProviderError) {
        try check()
        state.withLock { $0.files[name] = bytes }
    }

    package func get(_ name: FileName) async throws(ProviderError) -> [UInt8]? {
        try check()
        return state.withLock { $0.files[name] }
    }

    package func begin(_ name: FileName) async throws(ProviderError) -> any FileDraft {
        try check()
        state.withLock { $0.begun += 1 }
        return Draft(files: self, name: name)
    }

    package func read(
        _ name: FileName, from offset: Int, atMost count: Int
    ) async throws(ProviderError) -> [UInt8]? {
        try check()
        return state.withLock { $0.files[name].map { Array($0.dropFirst(offset).prefix(count)) } }
    }

    /// What came of files that are not finished.
    package var drafts: Int { state.withLock { $0.drafts.count } }

    /// How many were begun.
    package var begun: Int { state.withLock { $0.begun } }

    private struct Draft: FileDraft {
        let files: FakeFiles
        let name: FileName

        func write(_ bytes: [UInt8]) async throws(ProviderError) {
            try files.check()
            files.state.withLock { $0.drafts[name, default: []] += bytes }
        }

        func read(from offset: Int, atMost count: Int) async throws(ProviderError) -> [UInt8] {
            try files.check()
            return files.state.withLock { Array(($0.drafts[name] ?? []).dropFirst(offset).prefix(count)) }
        }

        func finish() async throws(ProviderError) {
            try files.check()
            files.state.withLock { $0.files[name] = $0.drafts.removeValue(forKey: name) ?? [] }
        }

        func discard() async { files.state.withLock { _ = $0.drafts.removeValue(forKey: name) } }
    }

    package func remove(_ name: FileName) async throws(ProviderError) {
        try check()
        state.withLock { _ = $0.files.removeValue(forKey: name) }
    }

    /// Every name: here nothing is young.
    package func names(olderThan seconds: Int64) async throws(ProviderError) -> [FileName] {
        try check()
        return state.withLock { $0.files.keys.sorted { $0.text < $1.text } }
    }

    private func check() throws(ProviderError) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}
