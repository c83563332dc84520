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

    @Test("a file is read back, replaced and let go; letting go twice is fine")
    func life() async throws {
        try await withFolder { folder in
            let stores: [any FileStore] = [LocalFiles(folder: folder), FakeFiles()]
            for files in stores {
                let name = FileName(world)
                #expect(try await files.get(name) == nil)
                try await files.put([1, 2, 3], as: name)
                try await files.put([0, 255], as: name)
                #expect(try await files.get(name) == [0, 255])
                try await files.remove(name)
                try await files.remove(name)
                #expect(try await files.get(name) == nil)
            }
        }
    }

    @Test("a file that comes in pieces is there once it is finished, and read in pieces; another leaves nothing")
    func pieces() async throws {
        try await withFolder { folder in
            let stores: [any FileStore] = [LocalFiles(folder: folder), FakeFiles()]
            for files in stores {
                let (name, other) = (FileName(world), FileName(world))
                let (draft, left) = (try await files.begin(name), try await files.begin(other))
                for piece in [[1, 2], [], [3]] as [[UInt8]] {
                    try await draft.write(piece)
                    try await left.write(piece)
                }
                #expect(try await files.get(name) == nil)
                #expect(try await draft.read(from: 1, atMost: 9) == [2, 3])
                #expect(try await draft.read(from: 3, atMost: 9).isEmpty)
                try await draft.finish()
                await draft.discard()
                await left.discard()
                #expect(try await files.get(name) == [1, 2, 3])
                #expect(try await files.get(other) == nil)
                #expect(try await files.read(name, from: 1, atMost: 9) == [2, 3])
                #expect(try await files.read(name, from: 0, atMost: 1) == [1])
                #expect(try await files.read(name, from: 3, atMost: 1)?.isEmpty == true)
                #expect(try await files.read(other, from: 0, atMost: 1) == nil)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        }
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

    @Test("old files are told by name; an old half of one goes, and what is not ours stays")
    func names() async throws {
        try await withFolder { folder in
            let files = LocalFiles(folder: folder)
            #expect(try await files.names(olderThan: 60).isEmpty)
            let (old, young, half, fresh) = (FileName(world), FileName(world), FileName(world), FileName(world))
            for name in [old, young] { try await files.put([1], as: name) }
            for stray in ["\(half).new", "\(fresh).new", "notes.txt", ".hidden.new"] {
                try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/\(stray)"))
            }
            for name in [old.text, "\(half).new", "notes.txt", ".hidden.new"] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -120)], ofItemAtPath: "\(folder)/\(name)")
            }
            #expect(try await files.names(olderThan: 60) == [old])
            #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == [
                old.text, young.text, "\(fresh).new", "notes.txt", ".hidden.new",
            ])
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

    @Test("only a token is a name", arguments: ["", "a", "../../../etc/passwd", String(repeating: "a", count: 44),
        String(repeating: "a", count: 42) + "/", String(repeating: ".", count: 43),
        String(repeating: "a", count: 42) + "\u{0}"])
    func names(text: String) {
        #expect(FileName(text) == nil)
        #expect(FileName(FileName(world).text) != nil)
    }
}
