/// Reads JSON from strangers: strict, and bounded in size and depth.

/// Why a text is not JSON, and where.
package struct JSONMistake: Error, Hashable, CustomStringConvertible {
    /// The byte at which reading stopped.
    package let offset: Int
    package let reason: String

    package var description: String { "byte \(offset): \(reason)" }
}

extension JSON {
    /// Deepest nesting that is read.
    package static let maximumDepth = 32
    /// Most bytes that are read.
    package static let maximumBytes = 1 << 20

    /// Reads one document (RFC 8259).
    ///
    /// Refused beyond the grammar: more than 1 MiB, more than 32 levels, a name twice in one object, numbers outside
    /// of Double, half surrogates, bytes that are not UTF-8, and U+0000 (PostgreSQL cannot store it).
    ///
    /// - Throws: ``JSONMistake``.
    package init(reading bytes: [UInt8]) throws(JSONMistake) {
        guard bytes.count <= JSON.maximumBytes else { throw JSONMistake(offset: 0, reason: "too long") }
        var reader = JSONReader(bytes: bytes)
        self = try reader.document()
    }
}

/// A recursive descent over the bytes.
private struct JSONReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONMistake) -> JSON {
        let value = try value(depth: 1)
        skipBlanks()
        guard position == bytes.count else { throw mistake("more after the end") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONMistake) -> JSON {
        guard depth <= JSON.maximumDepth else { throw mistake("too deep") }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONMistake) -> JSON {
        var members: [(String, JSON)] = []
        var names: Set<String> = []
        position += 1
        skipBlanks()
        if skip("}") { return .object([]) }
        repeat {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw mistake("a name is missing") }
            let name = try string()
            guard names.insert(name).inserted else { throw mistake("a name occurs twice") }
            skipBlanks()
            guard skip(":") else { throw mistake("a colon is missing") }
            members.append((name, try value(depth: depth + 1)))
            skipBlanks()
        } while skip(",")
        guard skip("}") else { throw mistake("an object is not closed") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONMistake) -> JSON {
        var elements: [JSON] = []
        position += 1
        skipBlanks()
        if skip("]") { return .array([]) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
        } while skip(",")
        guard skip("]") else { throw mistake("an array is not closed") }
        return .array(elements)
    }

    private mutating func string() throws(JSONMistake) -> String {
        var text: [UInt8] = []
        position += 1
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw mistake("not UTF-8") }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw mistake("a control character in a string")
            default: text.append(byte)
            }
        }
        throw mistake("a string is not closed")
    }

    private mutating func escape() throws(JSONMistake) -> [UInt8] {
        guard let byte = peek else { throw mistake("a string is not closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try codePoint())).utf8)
        default: throw mistake("an unknown escape")
        }
    }

    /// `\uXXXX`, or two of them that are a surrogate pair.
    private mutating func codePoint() throws(JSONMistake) -> Unicode.Scalar {
        var code = try fourDigits()
        if (0xd800..<0xdc00).contains(code), skip("\\"), skip("u") {
            let low = try fourDigits()
            guard (0xdc00..<0xe000).contains(low) else { throw mistake("half of a surrogate pair") }
            code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
        }
        guard code != 0, let scalar = Unicode.Scalar(code) else { throw mistake("not a character") }
        return scalar
    }

    private mutating func fourDigits() throws(JSONMistake) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap(hexValue) else { throw mistake("four hexadecimal digits are missing") }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private mutating func number() throws(JSONMistake) -> JSON {
        let start = position
        _ = skip("-")
        let integer = digits()
        guard integer == 1 || integer > 1 && bytes[position - integer] != UInt8(ascii: "0") else {
            throw mistake("no value")
        }
        var isWhole = true
        if skip(".") {
            isWhole = false
            guard digits() > 0 else { throw mistake("a digit is missing") }
        }
        if skip("e") || skip("E") {
            isWhole = false
            if !skip("+") { _ = skip("-") }
            guard digits() > 0 else { throw mistake("a digit is missing") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .int(number) }
        guard let number = Double(text), number.isFinite else { throw mistake("a number out of range") }
        return .double(number)
    }

    /// Skips digits and says how many there were.
    private mutating func digits() -> Int {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONMistake) -> JSON {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw mistake("an unknown word") }
        position += word.utf8CodeUnitCount
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private func mistake(_ reason: String) -> JSONMistake {
        JSONMistake(offset: position, reason: reason)
    }
}
