/// A scanner that finds the word EICAR, and is away when a test says so.
import Capabilities
import Synchronization

package final class FakeScanner: FileScanner {
    private let failure = Mutex<ProviderError?>(nil)
    private let read = Mutex<[Int]>([])

    package init() {}

    /// The bytes of each file that was looked at.
    package var looked: [Int] { read.withLock { $0 } }

    package func failAlways(with error: ProviderError?) { failure.withLock { $0 = error } }

    package func verdict(on file: any FileDraft) async throws(ProviderError) -> FileVerdict {
        if let failure = failure.withLock({ $0 }) { throw failure }
        var bytes: [UInt8] = []
        while case let piece = try await file.read(from: bytes.count, atMost: 1_000), !piece.isEmpty { bytes += piece }
        read.withLock { $0.append(bytes.count) }
        return String(decoding: bytes, as: UTF8.self).contains("EICAR") ? .harmful("Eicar-Signature") : .clean
    }
}
