/// Reading the lines of calendar files, byte by byte: folds may cut characters apart, and files are long.

/// The lines of a calendar file, one after another.
///
/// Bare LF, tabs as folds, a byte order mark and a missing last line end are accepted; lines without a name and a colon
/// are skipped: real files have them. What is not UTF-8 is read with `U+FFFD` in its place.
package struct ContentLineReader: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var position = 0
    /// One line without its folds.
    private var line: [UInt8] = []

    /// A longer line is skipped: nothing we read is so long, but pictures within events are.
    private static let longestLine = 1 << 20

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    package mutating func next() -> ContentLine? {
        while position < bytes.count {
            takeLine()
            if let line = ContentLine(parsing: line) { return line }
        }
        return nil
    }

    /// The next line and all that are folded into it.
    private mutating func takeLine() {
        line.removeAll(keepingCapacity: true)
        var isTooLong = false
        repeat {
            var end = position
            bytes.withUnsafeBufferPointer { bytes in
                while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            }
            let stop = end > position && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
            if line.count + stop - position > Self.longestLine { isTooLong = true }
            if !isTooLong { line += bytes[position..<stop] }
            position = end + 1
            // An empty line is none, and what is folded into it begins one.
            guard !line.isEmpty, position < bytes.count, Self.isSpace(bytes[position]) else { break }
            position += 1
        } while true
        if isTooLong { line.removeAll(keepingCapacity: true) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

extension ContentLine {
    /// The lines of a calendar file that is at hand as text; see ``ContentLineReader``.
    package static func lines(of text: String) -> [ContentLine] { Array(ContentLineReader(Array(text.utf8))) }

    /// One unfolded line; nil without a name or a colon outside quotes.
    init?(parsing line: [UInt8]) {
        let nameEnd = line.firstIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") } ?? 0
        guard nameEnd > 0 else { return nil }
        var position = nameEnd
        var parameters: [Parameter] = []
        while position < line.count, line[position] == UInt8(ascii: ";") {
            guard let parameter = Self.parameter(in: line, at: &position) else { return nil }
            parameters.append(parameter)
        }
        guard position < line.count, line[position] == UInt8(ascii: ":") else { return nil }
        self.init(
            name: String(decoding: line[..<nameEnd], as: UTF8.self).uppercased(), parameters: parameters,
            value: String(decoding: line[(position + 1)...], as: UTF8.self))
    }

    /// Reads `;NAME=value,"value"`.
    private static func parameter(in line: [UInt8], at position: inout Int) -> Parameter? {
        let start = position + 1
        position = line[start...].firstIndex { byte in ":;=".utf8.contains(byte) } ?? line.count
        guard position > start, position < line.count, line[position] == UInt8(ascii: "=") else { return nil }
        let name = String(decoding: line[start..<position], as: UTF8.self).uppercased()
        var values: [String] = []
        repeat {
            position += 1
            let isQuoted = position < line.count && line[position] == UInt8(ascii: "\"")
            if isQuoted { position += 1 }
            let begin = position
            let ends = isQuoted ? "\"" : ",;:"
            position = line[begin...].firstIndex { byte in ends.utf8.contains(byte) } ?? line.count
            values.append(decoded(line[begin..<position]))
            if isQuoted { position = Swift.min(position + 1, line.count) }
        } while position < line.count && line[position] == UInt8(ascii: ",")
        return Parameter(name, values: values)
    }

    /// RFC 6868: `^n`, `^'` and `^^`.
    private static func decoded(_ value: ArraySlice<UInt8>) -> String {
        replacing(mark: UInt8(ascii: "^"), in: value) { next in
            switch next {
            case UInt8(ascii: "n"): UInt8(ascii: "\n")
            case UInt8(ascii: "'"): UInt8(ascii: "\"")
            case UInt8(ascii: "^"): next
            default: nil
            }
        }
    }

    /// A TEXT value without its escapes (RFC 5545 §3.3.11).
    static func unescaped(_ value: some Sequence<UInt8>) -> String {
        replacing(mark: UInt8(ascii: "\\"), in: value) { next in
            switch next {
            case UInt8(ascii: "n"), UInt8(ascii: "N"): UInt8(ascii: "\n")
            case UInt8(ascii: "\\"), UInt8(ascii: ";"), UInt8(ascii: ","): next
            default: nil
            }
        }
    }

    /// Puts `meaning` in place of `mark` and the byte after it; both stay when it gives nil.
    private static func replacing(
        mark: UInt8, in value: some Sequence<UInt8>, by meaning: (UInt8) -> UInt8?
    ) -> String {
        guard value.contains(mark) else { return String(decoding: Array(value), as: UTF8.self) }
        var output: [UInt8] = [], isMarked = false
        for byte in value {
            if isMarked, let plain = meaning(byte) {
                output[output.count - 1] = plain
                isMarked = false
            } else {
                output.append(byte)
                isMarked = byte == mark
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
