/// Files in a folder: kept whole, private, and found under names that lead nowhere else.
import Capabilities
import Fakes
import Foundation
import Scheduling
import Synchronization
import Testing

@testable import Providers

struct LocalFilesTests {
    private let world = World(
        clock: Clock { 0 }, entropy: .seeded(7), zones: Zones.standard(environment: [:], dataFolder: ""))

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "files-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test("takes no more of files in pieces while there is too little room, and lets go of what came")
    func full() async throws {
        try await withFolder { folder in
            let isFull = Atomic(false)
            let files = LocalFiles(folder: folder) { isFull.load(ordering: .relaxed) }
            let draft = try await files.begin(FileName(world))
            try await draft.write([1])
            isFull.store(true, ordering: .relaxed)
            await #expect(throws: ProviderError.self) { try await draft.write([2]) }
            await #expect(throws: ProviderError.self) { _ = try await files.begin(FileName(world)) }
            await draft.discard()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test("files are for their owner alone, and no draft stays behind")
    func apart() async throws {
        try await withFolder { folder in
            let name = FileName(world)
            try await LocalFiles(folder: folder).put([1], as: name)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name.text])
            for (path, mode) in [(folder, 0o700), ("\(folder)/\(name.text)", 0o600)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode)
            }
        }
    }

    @Test("half of a file is nobody's after an hour, however old files must be")
    func halves() async throws {
        try await withFolder { folder in
            let files = LocalFiles(folder: folder)
            let (name, old, young) = (FileName(world), FileName(world), FileName(world))
            try await files.put([1], as: name)
            for half in [old, young] { try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/\(half).new")) }
            for (entry, seconds) in [(name.text, -4000.0), ("\(old).new", -4000), ("\(young).new", -3000)] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: seconds)], ofItemAtPath: "\(folder)/\(entry)")
            }
            #expect(try await files.names(olderThan: 86_400).isEmpty)
            #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == [name.text, "\(young).new"])
        }
    }

    @Test("a folder that cannot be made is a failure that passes, not a crash")
    func unwritable() async throws {
        try await withFolder { folder in
            try Data([1]).write(to: URL(fileURLWithPath: folder))
            do throws(ProviderError) {
                try await LocalFiles(folder: folder).put([1], as: FileName(world))
                Issue.record("a file is no folder")
            } catch {
                #expect(error.reason == .unavailable && error.passes)
            }
        }
    }
}
