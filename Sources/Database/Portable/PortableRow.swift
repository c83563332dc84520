/// A row as one line of JSON that is the same from both engines, so that equal data have equal hashes.

/// `[12, "text", null, 1.5, {"b": "00ff"}]` without blanks: whole numbers, texts, reals (always with a point or an
/// exponent) and bytes as hexadecimal digits. True and false are 1 and 0.
enum PortableRow {
    /// - Returns: the line with its line end.
    static func line(_ values: [Value]) -> [UInt8] {
        var line: [UInt8] = [UInt8(ascii: "[")]
        for (index, value) in values.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            switch value {
            case .null: line += "null".utf8
            case .integer(let number): line += String(number).utf8
            case .bool(let flag): line.append(flag ? UInt8(ascii: "1") : UInt8(ascii: "0"))
            case .real(let number): line += "\(number)".utf8
            case .text(let text): append(text, to: &line)
            case .bytes(let bytes):
                line += "{\"b\":\"".utf8
                for byte in bytes { line += [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]] }
                line += "\"}".utf8
            }
        }
        line += "]\n".utf8
        return line
    }

    private static func append(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: line += "\\u00".utf8 + [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    /// Reads what ``line(_:)`` wrote, and nothing else.
    /// - Throws: ``DatabaseError/mismatch(_:)`` for any other text.
    static func values(_ line: some Collection<UInt8>) throws(DatabaseError) -> [Value] {
        var reader = PortableReader(rest: Array(line)[...])
        return try reader.row()
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)

/// Walks along one line.
private struct PortableReader {
    var rest: ArraySlice<UInt8>

    mutating func row() throws(DatabaseError) -> [Value] {
        var values: [Value] = []
        try expect("[")
        while rest.first != UInt8(ascii: "]") {
            if !values.isEmpty { try expect(",") }
            values.append(try value())
        }
        rest = rest.dropFirst()
        guard rest.isEmpty else { throw wrong }
        return values
    }

    private mutating func value() throws(DatabaseError) -> Value {
        switch rest.first {
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        case UInt8(ascii: "{"):
            try expect("{\"b\":")
            let digits = Array(try text().utf8)
            try expect("}")
            return .bytes(try bytes(digits))
        default: return try number()
        }
    }

    private mutating func number() throws(DatabaseError) -> Value {
        let digits = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "]") }
        rest = rest[digits.endIndex...]
        let text = String(decoding: digits, as: UTF8.self)
        if let whole = Int64(text) { return .integer(whole) }
        guard let real = Double(text), real.isFinite else { throw wrong }
        return .real(real)
    }

    private mutating func text() throws(DatabaseError) -> String {
        try expect("\"")
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: bytes, as: UTF8.self) else { throw wrong }
                return text
            case UInt8(ascii: "\\"): bytes.append(try escaped())
            case 0..<0x20: throw wrong
            default: bytes.append(byte)
            }
        }
        throw wrong
    }

    private mutating func escaped() throws(DatabaseError) -> UInt8 {
        guard let sign = rest.popFirst() else { throw wrong }
        if sign == UInt8(ascii: "\"") || sign == UInt8(ascii: "\\") { return sign }
        guard sign == UInt8(ascii: "u"), rest.starts(with: "00".utf8), rest.count >= 4 else { throw wrong }
        let digits = Array(rest.prefix(4).suffix(2))
        rest = rest.dropFirst(4)
        return try bytes(digits)[0]
    }

    private func bytes(_ digits: [UInt8]) throws(DatabaseError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        guard digits.count % 2 == 0 else { throw wrong }
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { throw wrong }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private mutating func expect(_ word: StaticString) throws(DatabaseError) {
        let wanted = word.withUTF8Buffer { Array($0) }
        guard rest.starts(with: wanted) else { throw wrong }
        rest = rest.dropFirst(wanted.count)
    }

    private var wrong: DatabaseError { .mismatch("a line of the data cannot be read") }
}
