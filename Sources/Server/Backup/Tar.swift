/// Tar archives (POSIX.1-1988 ustar), so that a backup can be looked into with what every machine has.
import Foundation

/// What is wrong with a backup file, in a sentence for the operator.
struct BackupError: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// One file of an archive.
struct TarMember: Hashable {
    let name: String
    /// Where its bytes begin in the archive.
    let offset: UInt64
    let size: Int
}

/// Writes an archive in one pass; the size of a member is filled in when it ends.
final class TarWriter {
    static let block = 512
    private let handle: FileHandle
    private var pending: [UInt8] = []
    private var written: UInt64 = 0
    private var open: (name: String, header: UInt64)?

    /// - Parameter path: is made, for its owner only, or emptied.
    init(path: String) throws {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw BackupError("cannot write \(path): \(String(cString: strerror(errno)))")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func begin(_ name: String) throws {
        precondition(open == nil, "a member ends before the next begins")
        guard name.utf8.count <= 100, !name.utf8.contains(0) else {
            throw BackupError("the file name \(name) is too long for a backup")
        }
        open = (name, written)
        append([UInt8](repeating: 0, count: Self.block))
    }

    func write(_ bytes: some Collection<UInt8>) throws {
        append(bytes)
        if pending.count > 1 << 20 { try flush() }
    }

    func end() throws {
        guard let (name, header) = open else { preconditionFailure("no member is open") }
        open = nil
        let size = written - header - UInt64(Self.block)
        append([UInt8](repeating: 0, count: Self.padding(after: Int(size))))
        try flush()
        try handle.seek(toOffset: header)
        try handle.write(contentsOf: Data(Self.header(name, size: Int(size))))
        try handle.seekToEnd()
    }

    func add(_ name: String, _ bytes: some Collection<UInt8>) throws {
        try begin(name)
        try write(bytes)
        try end()
    }

    /// Ends the archive and brings it to the disk.
    func close() throws {
        append([UInt8](repeating: 0, count: 2 * Self.block))
        try flush()
        try handle.synchronize()
        try handle.close()
    }

    private func append(_ bytes: some Collection<UInt8>) {
        pending += bytes
        written += UInt64(bytes.count)
    }

    private func flush() throws {
        try handle.write(contentsOf: Data(pending))
        pending.removeAll(keepingCapacity: true)
    }

    static func padding(after size: Int) -> Int { (block - size % block) % block }

    /// Numbers are octal, and the sum of all bytes is counted as if its own field held blanks.
    private static func header(_ name: String, size: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: block)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put("0000600", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(size, digits: 11), at: 124)
        put("00000000000", at: 136)
        put("        0", at: 148)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\0 ", at: 148)
        return header
    }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

/// Reads an archive that ``TarWriter`` wrote.
struct TarReader {
    let path: String
    let members: [TarMember]

    init(path: String) throws {
        self.path = path
        guard let handle = FileHandle(forReadingAtPath: path) else { throw BackupError("cannot read \(path)") }
        defer { try? handle.close() }
        let end = try handle.seekToEnd()
        var (members, offset): ([TarMember], UInt64) = ([], 0)
        while offset + UInt64(TarWriter.block) <= end {
            try handle.seek(toOffset: offset)
            let header = [UInt8](try handle.read(upToCount: TarWriter.block) ?? Data())
            if header.allSatisfy({ $0 == 0 }) {
                self.members = members
                return
            }
            guard let member = Self.member(header, at: offset + UInt64(TarWriter.block)) else { break }
            members.append(member)
            offset = member.offset + UInt64(member.size + TarWriter.padding(after: member.size))
        }
        throw BackupError("\(path) is not a whole backup")
    }

    func member(_ name: String) throws -> TarMember {
        guard let member = members.first(where: { $0.name == name }) else {
            throw BackupError("\(path) holds no \(name)")
        }
        return member
    }

    /// Hands the bytes of a member out in portions.
    func read(_ member: TarMember, _ visit: ([UInt8]) throws -> Void) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw BackupError("cannot read \(path)") }
        defer { try? handle.close() }
        try handle.seek(toOffset: member.offset)
        var left = member.size
        while left > 0 {
            let portion = [UInt8](try handle.read(upToCount: min(left, 1 << 20)) ?? Data())
            guard !portion.isEmpty else { throw BackupError("\(path) ends too early") }
            left -= portion.count
            try visit(portion)
        }
    }

    func bytes(_ name: String, atMost limit: Int = 1 << 20) throws -> [UInt8] {
        let member = try member(name)
        guard member.size <= limit else { throw BackupError("\(name) is larger than it can be") }
        var all: [UInt8] = []
        try read(member) { all += $0 }
        return all
    }

    /// Hands the lines of a member out, without their ends.
    func lines(_ name: String, _ visit: ([UInt8]) throws -> Void) throws {
        var rest: [UInt8] = []
        try read(try member(name)) { portion in
            var start = portion.startIndex
            while let end = portion[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try visit(rest + portion[start..<end])
                rest = []
                start = end + 1
            }
            rest += portion[start...]
        }
        guard rest.isEmpty else { throw BackupError("\(name) ends in the middle of a line") }
    }

    private static func member(_ header: [UInt8], at offset: UInt64) -> TarMember? {
        func text(_ range: Range<Int>) -> String {
            String(decoding: header[range].prefix { $0 != 0 && $0 != 0x20 }, as: UTF8.self)
        }
        let name = String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self)
        let counted = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        guard !name.isEmpty,
              let size = Int(text(124..<136), radix: 8), size >= 0, Int(text(148..<156), radix: 8) == counted
        else { return nil }
        return TarMember(name: name, offset: offset, size: size)
    }
}
