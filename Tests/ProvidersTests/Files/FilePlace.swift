/// One place for files as a test has it: the store itself, and ways to look and reach around it.
import Capabilities
import Fakes
import Foundation
import Scheduling
import Synchronization

@testable import Providers

struct FilePlace {
    enum Kind: String, CaseIterable {
        case local, bucket, fake
    }

    let files: any FileStore
    /// Of this machine; made when the first file comes.
    let folder: String
    /// The store behind it and its prefix there, if it is a bucket.
    var bucket: (server: S3Server, prefix: String)?

    /// One for all tests that let it work; it ends with the process.
    private static let shared = Mutex<S3Server?>(nil)

    static func with(_ kind: Kind, _ body: (FilePlace) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "files-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let local = LocalFiles(folder: folder)
        switch kind {
        case .local: try await body(FilePlace(files: local, folder: folder))
        case .fake: try await body(FilePlace(files: FakeFiles(), folder: folder))
        case .bucket:
            let server = try shared.withLock { shared in
                let server = try shared ?? S3Server()
                shared = server
                return server
            }
            let prefix = "\(UUID().uuidString)/ours/"
            guard let settings = try S3Settings(server.settings(prefix: prefix)) else { return }
            let files = S3Files(settings, drafts: local, clock: .system)
            try await body(FilePlace(files: files, folder: folder, bucket: (server, prefix)))
        }
    }

    /// What is there and whole, by name.
    func all() throws -> Set<String> {
        if let fake = files as? FakeFiles { return Set(fake.names.map(\.text)) }
        guard let bucket else { return Set(try listed().filter { !$0.hasSuffix(".new") || $0.hasPrefix(".") }) }
        return Set(try bucket.server.objects().keys.filter { $0.hasPrefix(bucket.prefix) }
            .map { String($0.dropFirst(bucket.prefix.count)) })
    }

    func drafts() throws -> [String] { try listed().filter { $0.hasSuffix(".new") && !$0.hasPrefix(".") } }

    /// Something that somebody else has put there.
    func stray(_ name: String) throws {
        if let bucket {
            try bucket.server.put(bucket.prefix + name)
        } else {
            try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
    }

    /// Makes it two minutes older.
    func age(_ name: String) throws {
        if let bucket { try bucket.server.age(bucket.prefix + name, days: 120 / 86_400) } else { try ageHere(name) }
    }

    func ageDraft(_ name: FileName) throws { try ageHere("\(name).new") }

    private func ageHere(_ name: String) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -120)], ofItemAtPath: "\(folder)/\(name)")
    }

    private func listed() throws -> [String] {
        FileManager.default.fileExists(atPath: folder)
            ? try FileManager.default.contentsOfDirectory(atPath: folder) : []
    }
}
