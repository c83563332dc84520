/// Backups: one file with everything an installation is, made while it serves and read back into an empty place.
import Crypto
import Database
import Foundation
import Scheduling

/// A backup is a tar archive:
/// - `tables/NAME.jsonl`: a row in each line as a JSON array in the order of the manifest's columns; bytes are
///   `{"b": "hexadecimal"}`, true and false are 1 and 0, instants are seconds since 1970;
/// - `files/…`: the uploaded files, unless they are kept in a bucket;
/// - `manifest.json`: format, time, engine, number of the schema, and for each table and file size and SHA-256;
/// - `key.json`: the key file, sealed with a passphrase (``SealedKey``).
struct Manifest: Codable, Hashable {
    struct File: Codable, Hashable {
        let name: String
        let bytes: Int
        let sha256: String
    }

    var format = 1
    let made: String
    let engine: String
    let data: DataFacts
    let files: [File]
    /// The address of the bucket where the uploaded files are; nil when they are in here.
    var filesElsewhere: String?

    static let name = "manifest.json"
    static let keyName = "key.json"

    static func table(_ name: String) -> String { "tables/\(name).jsonl" }
}

/// Makes a backup of an installation that may be serving meanwhile.
struct MakeBackup {
    let database: Database
    let dataFolder: String
    let keyFile: String
    let clock: Clock
    let entropy: Entropy
    /// The address of the uploaded files when they are not in the data folder: then they are not packed.
    var filesElsewhere: String?

    /// - Parameter path: must not exist; it appears when the backup is whole and on the disk.
    func callAsFunction(to path: String, passphrase: String) async throws -> Manifest {
        guard passphrase.count >= SealedKey.shortest else {
            throw SettingsError("The passphrase has at least \(SealedKey.shortest) characters.")
        }
        guard !FileManager.default.fileExists(atPath: path) else { throw SettingsError("\(path) is there already.") }
        guard let key = FileManager.default.contents(atPath: keyFile) else {
            throw BackupError("the key file \(keyFile) cannot be read")
        }
        let draft = "\(path).partial"
        do {
            let manifest = try await write(draft, key: [UInt8](key), passphrase: passphrase)
            CrashPoint.reach("backup.before_rename")
            guard rename(draft, path) == 0 else { throw BackupError("\(draft) cannot be renamed to \(path)") }
            CrashPoint.reach("backup.after_rename")
            try syncFolder(of: path)
            return manifest
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
    }

    /// A name survives a power cut only when its folder is on the disk too.
    private func syncFolder(of path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw BackupError("\(folder) cannot be synced") }
        close(descriptor)
    }

    private func write(_ draft: String, key: [UInt8], passphrase: String) async throws -> Manifest {
        let tables = TableWriter(draft)
        let data = try await database.unload { try tables.take($0) }
        let tar = try tables.finish()
        let files = filesElsewhere == nil ? try UploadedFiles(dataFolder).save(into: tar) : []
        let manifest = Manifest(
            made: clock.now.rfc3339(), engine: database.engine.rawValue, data: data, files: files,
            filesElsewhere: filesElsewhere)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = [UInt8](try encoder.encode(manifest))
        try tar.add(Manifest.name, text)
        let sealed = try SealedKey(key, passphrase: passphrase, manifest: text, entropy: entropy)
        try tar.add(Manifest.keyName, [UInt8](try encoder.encode(sealed)))
        try tar.close()
        return manifest
    }
}

/// Takes the rows on the database's thread, one after the other, hence unchecked.
final class TableWriter: @unchecked Sendable {
    private let path: String
    private var tar: TarWriter?

    init(_ path: String) { self.path = path }

    func take(_ event: UnloadEvent) throws {
        switch event {
        case .begins: tar = try TarWriter(path: path)
        case .table(let name): try tar?.begin(Manifest.table(name))
        case .row(let line): try tar?.write(line)
        case .ended: try tar?.end()
        }
    }

    func finish() throws -> TarWriter {
        guard let tar else { throw BackupError("the database handed nothing out") }
        return tar
    }
}

/// The folder of uploaded files, if there is one.
struct UploadedFiles {
    let folder: String

    init(_ dataFolder: String) { folder = "\(dataFolder)/files" }

    /// Whether nothing lies here but what a restore that was interrupted may have left.
    func holdsNothing(but files: [Manifest.File]) -> Bool { Set(names).isSubset(of: files.map(\.name)) }

    /// Paths below the folder, in order.
    private var names: [String] {
        (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    func save(into tar: TarWriter) throws -> [Manifest.File] {
        // What is still being written belongs to nothing yet.
        try names.filter { !$0.hasSuffix(".new") }.compactMap { name in
            guard let handle = FileHandle(forReadingAtPath: "\(folder)/\(name)") else {
                // Gone since the folder was read: somebody took it off, or it has had its day.
                guard FileManager.default.fileExists(atPath: "\(folder)/\(name)") else { return nil }
                throw BackupError("the file \(folder)/\(name) cannot be read")
            }
            defer { try? handle.close() }
            var (bytes, hash) = (0, SHA256())
            try tar.begin("files/\(name)")
            while let portion = try handle.read(upToCount: 1 << 20), !portion.isEmpty {
                bytes += portion.count
                hash.update(data: portion)
                try tar.write(portion)
            }
            try tar.end()
            return Manifest.File(name: name, bytes: bytes, sha256: hexadecimal(hash.finalize()))
        }
    }

    func restore(_ files: [Manifest.File], from tar: TarReader) throws {
        for file in files {
            let target = "\(folder)/\(file.name)"
            // A name from a file must not lead out of the folder.
            guard !file.name.hasPrefix("/"), !file.name.split(separator: "/").contains("..") else {
                throw BackupError("the backup holds a file with the name \(file.name)")
            }
            let parent = (target as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            guard FileManager.default.createFile(
                atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: target)
            else { throw BackupError("cannot write \(target)") }
            try tar.read(try tar.member("files/\(file.name)")) { try handle.write(contentsOf: Data($0)) }
            try handle.synchronize()
            try handle.close()
        }
    }
}
