/// Reads `multipart/form-data` (RFC 7578) piece by piece, as it comes from the network.

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is wrong with a body; each is answered with 400, but for `tooMuch`, which is 413.
package enum MultipartMistake: Error, Hashable, Sendable {
    /// The boundary of the header is missing or none that RFC 2046 allows.
    case boundary
    /// The body is not parts between boundaries, or ends before the last one.
    case framing
    /// The head of a part cannot be read, or says nothing about its name.
    case head
    case tooManyParts
    /// The text of a field, or all of them together, is longer than any form of ours asks for.
    case tooMuch
    /// A file came where none is asked for.
    case unasked
    /// The text of a field is not UTF-8.
    case text
}

/// A push reader: it is fed pieces of any length and tells what it finds as soon as that is certain.
///
/// Stricter than RFC 2046 where leniency lets two programs read one body in two ways: nothing before the first
/// boundary and after the last, no padding behind one, line ends are CRLF. It keeps at most one boundary and one head.
struct MultipartReader {
    /// What was found.
    enum Event: Equatable {
        case begins(PartHead)
        case bytes(ArraySlice<UInt8>)
        case ends
    }

    private enum State { case start, afterBoundary, head, data, over }

    /// Most bytes of the head of one part.
    static let longestHead = 4096

    private let delimiter: [UInt8]
    private let mostParts: Int
    private var state = State.start
    private var pending: [UInt8] = MultipartReader.lineEnd
    private var parts = 0

    private static let lineEnd = Array("\r\n".utf8)
    private static let headEnd = Array("\r\n\r\n".utf8)

    init(boundary: String, mostParts: Int) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.mostParts = mostParts
    }

    /// - Parameter found: called for everything that became certain with this piece, in order.
    mutating func feed(_ piece: some Collection<UInt8>, _ found: (Event) throws -> Void) throws {
        pending += piece
        var position = 0
        while try step(&position, found) {}
        // Many bodies come at once and slowly: what one keeps between two pieces is no larger than it must be.
        pending = position == pending.count ? [] : Array(pending[position...])
    }

    /// To be called when the body is over.
    func finish() throws(MultipartMistake) {
        guard state == .over, pending.isEmpty || pending == Self.lineEnd else { throw .framing }
    }

    /// - Returns: false when more bytes are needed.
    private mutating func step(_ position: inout Int, _ found: (Event) throws -> Void) throws -> Bool {
        let rest = pending[position...]
        switch state {
        case .start:
            guard rest.starts(with: delimiter.prefix(rest.count)) else { throw MultipartMistake.framing }
            guard rest.count >= delimiter.count else { return false }
            position += delimiter.count
            state = .afterBoundary
        case .afterBoundary:
            guard rest.count >= 2 else { return false }
            let isLast = rest.starts(with: [0x2d, 0x2d])
            guard isLast || rest.starts(with: Self.lineEnd) else { throw MultipartMistake.framing }
            position += 2
            state = isLast ? .over : .head
        case .head:
            guard let end = Self.first(Self.headEnd, in: rest) else {
                guard rest.count < Self.longestHead + Self.headEnd.count else { throw MultipartMistake.head }
                return false
            }
            parts += 1
            guard parts <= mostParts else { throw MultipartMistake.tooManyParts }
            guard end - position <= Self.longestHead, let head = PartHead(reading: pending[position..<end]) else {
                throw MultipartMistake.head
            }
            position = end + Self.headEnd.count
            state = .data
            try found(.begins(head))
        case .data:
            if let end = Self.first(delimiter, in: rest) {
                if end > position { try found(.bytes(pending[position..<end])) }
                try found(.ends)
                position = end + delimiter.count
                state = .afterBoundary
                return true
            }
            // What might be the beginning of a boundary waits for the next piece.
            let certain = max(position, pending.count - delimiter.count + 1)
            if certain > position { try found(.bytes(pending[position..<certain])) }
            position = certain
            return false
        case .over:
            guard Self.lineEnd.starts(with: rest) else { throw MultipartMistake.framing }
            return false
        }
        return true
    }

    /// The position at which `pattern` begins; looks at whole words of memory for its first byte.
    private static func first(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.withUnsafeBytes { memory -> Int? in
            guard let start = memory.baseAddress else { return nil }
            var offset = 0
            while memory.count - offset >= pattern.count {
                let room = memory.count - offset - pattern.count + 1
                guard let hit = memchr(start + offset, Int32(pattern[0]), room) else { return nil }
                offset = UnsafeRawPointer(hit) - start
                if memcmp(hit, pattern, pattern.count) == 0 { return bytes.startIndex + offset }
                offset += 1
            }
            return nil
        }
    }
}
