/// Files in a folder of this machine, for installations of one machine or with a folder that all machines share.
import Capabilities
import Dispatch
import Foundation

package struct LocalFiles: FileStore {
    private let folder: String
    /// Disks make one wait; the threads that answer requests must not.
    private static let queue = DispatchQueue(label: "files", attributes: .concurrent)

    /// - Parameter folder: made when the first file comes.
    package init(folder: String) { self.folder = folder }

    package func put(_ bytes: [UInt8], as name: FileName) async throws(ProviderError) {
        let (path, folder) = (path(name), folder)
        try await Self.onDisk {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            // Under another name first, so that a crash leaves no half file under this one.
            let draft = path + ".new"
            guard FileManager.default.createFile(
                atPath: draft, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
            else { throw CocoaError(.fileWriteUnknown) }
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: draft))
            try file.synchronize()
            try file.close()
            guard rename(draft, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            try Self.synchronize(folder)
        }
    }

    package func get(_ name: FileName) async throws(ProviderError) -> [UInt8]? {
        let path = path(name)
        return try await Self.onDisk {
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }

    package func remove(_ name: FileName) async throws(ProviderError) {
        let path = path(name)
        try await Self.onDisk {
            guard unlink(path) == 0 || errno == ENOENT else { throw CocoaError(.fileWriteUnknown) }
        }
    }

    private func path(_ name: FileName) -> String { "\(folder)/\(name.text)" }

    /// A new name in a folder outlives a crash only when the folder is written too.
    private static func synchronize(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    private static func onDisk<T: Sendable>(
        _ work: @escaping @Sendable () throws -> T
    ) async throws(ProviderError) -> T {
        do {
            return try await withCheckedThrowingContinuation { done in
                queue.async { done.resume(with: Result(catching: work)) }
            }
        } catch {
            throw ProviderError(.unavailable, "the folder of files: \(error)")
        }
    }
}
