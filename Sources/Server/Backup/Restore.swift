/// Reads a backup into an empty place, after everything in it was compared with its hashes.
import Crypto
import Database
import Foundation
import Scheduling

/// A backup file whose passphrase was right and whose contents are what they were.
struct OpenedBackup {
    let manifest: Manifest
    let key: [UInt8]
    private let tar: TarReader

    init(path: String, passphrase: String) throws {
        tar = try TarReader(path: path)
        let text = try tar.bytes(Manifest.name, atMost: 64 << 20)
        let sealed = try Self.decoded(SealedKey.self, try tar.bytes(Manifest.keyName))
        key = try sealed.open(passphrase: passphrase, manifest: text)
        manifest = try Self.decoded(Manifest.self, text)
        guard manifest.format == 1 else {
            throw BackupError("the backup has format \(manifest.format): update this program")
        }
        for table in manifest.data.tables { try check(Manifest.table(table.name), table.sha256) }
        for file in manifest.files { try check("files/\(file.name)", file.sha256) }
    }

    /// Hands the lines of a table out.
    func lines(_ table: String, _ visit: ([UInt8]) throws -> Void) throws {
        try tar.lines(Manifest.table(table), visit)
    }

    func restoreFiles(into files: UploadedFiles) throws { try files.restore(manifest.files, from: tar) }

    private func check(_ name: String, _ wanted: String) throws {
        var hash = SHA256()
        try tar.read(try tar.member(name)) { hash.update(data: $0) }
        guard hexadecimal(hash.finalize()) == wanted else { throw BackupError("\(name) was changed since the backup") }
    }

    private static func decoded<T: Decodable>(_: T.Type, _ bytes: [UInt8]) throws -> T {
        do {
            return try JSONDecoder().decode(T.self, from: Data(bytes))
        } catch {
            throw BackupError("the backup's description cannot be read")
        }
    }
}

/// Makes an installation of a backup; it sends nothing until it is confirmed.
struct RestoreBackup {
    let database: Database
    let dataFolder: String
    let keyFile: String
    let now: Instant

    func callAsFunction(_ backup: OpenedBackup) async throws {
        let files = UploadedFiles(dataFolder)
        guard files.holdsNothing(but: backup.manifest.files) else {
            throw BackupError("the target is not empty: there are files in \(files.folder)")
        }
        if let there = FileManager.default.contents(atPath: keyFile), [UInt8](there) != backup.key {
            throw BackupError("the target is not empty: \(keyFile) holds another key")
        }
        try await database.refuseUnlessEmpty()
        // The rows come last, in one transaction: whatever is interrupted before can be begun again.
        try backup.restoreFiles(into: files)
        CrashPoint.reach("restoring.before_key")
        try writeKey(backup.key)
        CrashPoint.reach("restoring.before_rows")
        try await database.load(backup.manifest.data, restoredAt: now) { table, visit in
            try backup.lines(table, visit)
        }
        CrashPoint.reach("restoring.after_commit")
        _ = try await database.migrate()
    }

    private func writeKey(_ key: [UInt8]) throws {
        guard !FileManager.default.fileExists(atPath: keyFile) else { return }
        let descriptor = Foundation.open(keyFile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BackupError("cannot write the key file \(keyFile)") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(key))
        try handle.synchronize()
        try handle.close()
    }
}

/// Copies a database to another place or engine and compares both.
struct CopyDatabase {
    let source: Database
    let target: Database

    /// - Parameter draft: a file for what is on its way; it is removed.
    func callAsFunction(through draft: String) async throws -> DataFacts {
        defer { try? FileManager.default.removeItem(atPath: draft) }
        let tables = TableWriter(draft)
        let facts = try await source.unload { try tables.take($0) }
        try tables.finish().close()
        let tar = try TarReader(path: draft)
        try await target.load(facts, restoredAt: nil) { table, visit in
            try tar.lines(Manifest.table(table), visit)
        }
        CrashPoint.reach("copying.after_commit")
        // The first snapshot must still be the whole truth, or somebody wrote meanwhile.
        let after = try await source.unload { _ in }
        guard after == facts else {
            throw BackupError("the source was changed while it was copied: stop its servers and copy into a new target")
        }
        _ = try await target.migrate()
        return facts
    }
}
