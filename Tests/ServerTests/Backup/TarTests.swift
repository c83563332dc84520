/// Archives: what was written is read, other programs read it too, and a file that was cut is noticed.
import Foundation
import Testing

@testable import Server

struct TarTests {
    private func withPath(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(component: "tar-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test("members come back with their bytes and lines, empty ones and large ones too")
    func roundTrip() throws {
        try withPath { path in
            let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let tar = try TarWriter(path: path)
            try tar.add("empty", [UInt8]())
            try tar.add("block", [UInt8](repeating: 7, count: 512))
            try tar.begin("large")
            for start in stride(from: 0, to: large.count, by: 70_000) {
                try tar.write(large[start..<min(start + 70_000, large.count)])
            }
            try tar.end()
            try tar.add("lines", Array("a\n\nccc\n".utf8))
            try tar.close()

            let reader = try TarReader(path: path)
            #expect(reader.members.map(\.name) == ["empty", "block", "large", "lines"])
            #expect(reader.members.map(\.size) == [0, 512, 3_000_000, 7])
            #expect(try reader.bytes("large", atMost: 4_000_000) == large)
            var lines: [String] = []
            try reader.lines("lines") { lines.append(String(decoding: $0, as: UTF8.self)) }
            #expect(lines == ["a", "", "ccc"])
            #expect(throws: BackupError.self) { try reader.bytes("large") }
            #expect(throws: BackupError.self) { try reader.bytes("none") }
            #expect(throws: BackupError.self) { try reader.lines("block") { _ in } }
        }
    }

    @Test("a file that was cut, or is none, is no archive")
    func cut() throws {
        try withPath { path in
            let tar = try TarWriter(path: path)
            try tar.add("a", Array("hello".utf8))
            try tar.close()
            let whole = try #require(FileManager.default.contents(atPath: path))
            for length in [0, 100, 600, 1_024, 1_300] {
                try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                #expect(throws: BackupError.self, "\(length)") { _ = try TarReader(path: path) }
            }
            var changed = whole
            changed[0] = UInt8(ascii: "b")
            try changed.write(to: URL(fileURLWithPath: path))
            #expect(throws: BackupError.self) { _ = try TarReader(path: path) }
            #expect(throws: BackupError.self) { _ = try TarReader(path: "/nowhere/at/all") }
        }
    }

    @Test("a size below zero is no archive, even with the right sum")
    func negative() throws {
        try withPath { path in
            let tar = try TarWriter(path: path)
            try tar.add("a", Array("hello".utf8))
            try tar.close()
            let whole = try #require(FileManager.default.contents(atPath: path))
            for (size, isArchive) in [("00000000005", true), ("-0000000001", false), ("-7777777777", false)] {
                var changed = whole
                changed.replaceSubrange(124..<135, with: size.utf8)
                let sum = changed.prefix(512).enumerated().reduce(0) { sum, byte in
                    sum + ((148..<156).contains(byte.offset) ? 32 : Int(byte.element))
                }
                let octal = String(sum, radix: 8)
                let digits = String(repeating: "0", count: 6 - octal.count) + octal
                changed.replaceSubrange(148..<154, with: digits.utf8)
                try changed.write(to: URL(fileURLWithPath: path))
                #expect((try? TarReader(path: path))?.members.map(\.size) == (isArchive ? [5] : nil), "\(size)")
            }
        }
    }

    @Test("a name that does not fit is refused")
    func longName() throws {
        try withPath { path in
            let tar = try TarWriter(path: path)
            #expect(throws: BackupError.self) { try tar.begin(String(repeating: "a", count: 101)) }
        }
    }
}
