/// Files in a folder of this machine, for installations of one machine or with a folder that all machines share.
import Capabilities
import Dispatch
import Foundation
import Glibc

package struct LocalFiles: FileStore {
    private let folder: String
    private let isFull: @Sendable () -> Bool
    fileprivate static let draft = ".new"
    /// A draft as old, in seconds, is nobody's any more: a request takes five minutes at most.
    private static let draftSeconds: Int64 = 3_600
    /// Disks make one wait; the threads that answer requests must not.
    private static let queue = DispatchQueue(label: "files", attributes: .concurrent)

    /// - Parameters:
    ///   - folder: made when the first file comes.
    ///   - isFull: whether there is too little room for files that come piece by piece, which may be many and long;
    ///     asked before each piece, so it must be quick.
    package init(folder: String, isFull: @escaping @Sendable () -> Bool = { false }) {
        (self.folder, self.isFull) = (folder, isFull)
    }

    package var pieceBytes: Int { 65_536 }

    package func put(_ bytes: [UInt8], as name: FileName) async throws(ProviderError) {
        let (path, folder) = (path(name), folder)
        try await Self.onDisk {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            // Under another name first, so that a crash leaves no half file under this one.
            let draft = path + Self.draft
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

    package func begin(_ name: FileName) async throws(ProviderError) -> any FileDraft {
        let (path, folder, isFull) = (path(name), folder, isFull)
        guard !isFull() else { throw Self.full }
        try await Self.onDisk {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try Self.append([], to: path + Self.draft)
        }
        return LocalDraft(path: path, isFull: isFull)
    }

    package func read(
        _ name: FileName, from offset: Int, atMost count: Int
    ) async throws(ProviderError) -> [UInt8]? {
        let path = path(name)
        return try await Self.onDisk { try Self.piece(of: path, from: offset, atMost: count) }
    }

    fileprivate static let full = ProviderError(.unavailable, "the folder of files has too little room")

    /// - Returns: nil when there is no such file.
    fileprivate static func piece(of path: String, from offset: Int, atMost count: Int) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw CocoaError(.fileReadUnknown)
        }
        defer { close(descriptor) }
        return try [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
            let read = pread(descriptor, memory.baseAddress, count, off_t(offset))
            guard read >= 0 else { throw CocoaError(.fileReadUnknown) }
            filled = read
        }
    }

    /// Opened for each piece: many files come at once, and slowly, and descriptors are few.
    fileprivate static func append(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { throw CocoaError(.fileWriteUnknown) }
            rest = rest.dropFirst(max(written, 0))
        }
    }

    fileprivate struct LocalDraft: FileDraft {
        /// Of the file to be.
        let path: String
        let isFull: @Sendable () -> Bool

        func write(_ bytes: [UInt8]) async throws(ProviderError) {
            guard !isFull() else { throw LocalFiles.full }
            let draft = path + LocalFiles.draft
            try await LocalFiles.onDisk { try LocalFiles.append(bytes, to: draft) }
        }

        func read(from offset: Int, atMost count: Int) async throws(ProviderError) -> [UInt8] {
            let draft = path + LocalFiles.draft
            return try await LocalFiles.onDisk {
                guard let piece = try LocalFiles.piece(of: draft, from: offset, atMost: count) else {
                    throw CocoaError(.fileReadNoSuchFile)
                }
                return piece
            }
        }

        func finish() async throws(ProviderError) {
            let path = path
            try await LocalFiles.onDisk {
                let file = try FileHandle(forUpdating: URL(fileURLWithPath: path + LocalFiles.draft))
                try file.synchronize()
                try file.close()
                guard rename(path + LocalFiles.draft, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
                try LocalFiles.synchronize(URL(fileURLWithPath: path).deletingLastPathComponent().path)
            }
        }

        func discard() async {
            let draft = path + LocalFiles.draft
            _ = try? await LocalFiles.onDisk { unlink(draft) }
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

    package func names(olderThan seconds: Int64) async throws(ProviderError) -> [FileName] {
        let folder = folder
        return try await Self.onDisk {
            guard FileManager.default.fileExists(atPath: folder) else { return [] }
            let now = try Self.clock(of: folder)
            let limit = now.addingTimeInterval(-Double(seconds))
            let abandoned = now.addingTimeInterval(-Double(min(seconds, Self.draftSeconds)))
            return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { entry in
                let path = "\(folder)/\(entry)"
                // Gone since the folder was read: somebody else let it go.
                guard let kept = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date,
                      kept < abandoned
                else { return nil }
                if entry.hasSuffix(Self.draft), FileName(String(entry.dropLast(Self.draft.count))) != nil {
                    unlink(path)
                }
                return kept < limit ? FileName(entry) : nil
            }
        }
    }

    private func path(_ name: FileName) -> String { "\(folder)/\(name.text)" }

    /// What time the disk thinks it is: it may be another machine's.
    private static func clock(of folder: String) throws -> Date {
        let probe = "\(folder)/.clock"
        guard FileManager.default.createFile(atPath: probe, contents: nil, attributes: [.posixPermissions: 0o600]),
              let now = try FileManager.default.attributesOfItem(atPath: probe)[.modificationDate] as? Date
        else { throw CocoaError(.fileWriteUnknown) }
        unlink(probe)
        return now
    }

    /// A new name in a folder outlives a crash only when the folder is written too.
    fileprivate static func synchronize(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    fileprivate static func onDisk<T: Sendable>(
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
