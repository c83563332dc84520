/// What every place for files keeps to: a folder, a bucket, and the tests' own.
import Capabilities
import Crypto
import Fakes
import Foundation
import Scheduling
import Testing

@testable import Providers

@Suite("Every place for files")
struct FileStoreTests {
    private let world = World(
        clock: .system, entropy: .system, zones: Zones.standard(environment: [:], dataFolder: ""))

    @Test("reads a file back, replaces it and lets it go; letting go twice is fine", arguments: FilePlace.Kind.allCases)
    func life(kind: FilePlace.Kind) async throws {
        try await FilePlace.with(kind) { place in
            let (files, name) = (place.files, FileName(world))
            #expect(try await files.get(name) == nil)
            try await files.put([1, 2, 3], as: name)
            try await files.put([0, 255], as: name)
            #expect(try await files.get(name) == [0, 255])
            try await files.remove(name)
            try await files.remove(name)
            #expect(try await files.get(name) == nil)
            try await files.put([], as: name)
            #expect(try await files.get(name) == [])
            #expect(try await files.read(name, from: 0, atMost: 9) == [])
        }
    }

    @Test("has a file of pieces once it is finished, and reads it in pieces; one that is not leaves nothing",
          arguments: FilePlace.Kind.allCases)
    func pieces(kind: FilePlace.Kind) async throws {
        try await FilePlace.with(kind) { place in
            let (files, name, other) = (place.files, FileName(world), FileName(world))
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
            #expect(try await files.read(name, from: 2, atMost: 1) == [3])
            #expect(try await files.read(name, from: 3, atMost: 1)?.isEmpty == true)
            #expect(try await files.read(name, from: 99, atMost: 1)?.isEmpty == true)
            #expect(try await files.read(other, from: 0, atMost: 1) == nil)
            #expect(try place.all() == [name.text])
        }
    }

    @Test("keeps a file of 25 MB as it came, from its first byte to its last", arguments: FilePlace.Kind.allCases)
    func big(kind: FilePlace.Kind) async throws {
        try await FilePlace.with(kind) { place in
            let (files, name) = (place.files, FileName(world))
            let piece = (0..<65_537).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 7) }
            var (sent, count) = (SHA256(), 0)
            let draft = try await files.begin(name)
            while count < 25 << 20 {
                let part = Array(piece.prefix((25 << 20) - count))
                try await draft.write(part)
                sent.update(data: part)
                count += part.count
            }
            try await draft.finish()

            var (got, offset) = (SHA256(), 0)
            while let part = try await files.read(name, from: offset, atMost: files.pieceBytes), !part.isEmpty {
                #expect(part.count <= files.pieceBytes)
                got.update(data: part)
                offset += part.count
            }
            #expect(offset == count && Array(got.finalize()) == Array(sent.finalize()))
        }
    }

    @Test("tells the names of old files; old halves of files go, and what is not ours stays",
          arguments: [FilePlace.Kind.local, .bucket])
    func names(kind: FilePlace.Kind) async throws {
        try await FilePlace.with(kind) { place in
            let files = place.files
            #expect(try await files.names(olderThan: 60).isEmpty)
            let (old, young, half, fresh) = (FileName(world), FileName(world), FileName(world), FileName(world))
            for name in [old, young] { try await files.put([1], as: name) }
            let strays = ["notes.txt", ".hidden.new", "\(FileName(world)).txt", "a\(FileName(world))", "&amp;", "a b"]
            for stray in strays { try place.stray(stray) }
            for name in [old.text] + strays { try place.age(name) }
            // Whoever wrote these is dead, or at work.
            for name in [half, fresh] { try await files.begin(name).write([1]) }
            try place.ageDraft(half)

            #expect(try await files.names(olderThan: 60) == [old])
            #expect(try place.all() == Set(strays + [old.text, young.text]))
            #expect(try place.drafts() == ["\(fresh).new"])
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
