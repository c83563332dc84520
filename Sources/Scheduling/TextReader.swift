/// Reads fixed-form ASCII text (dates, instants, zone rules) byte by byte, without ever leaving its bounds.

/// A cursor over UTF-8 bytes. Each reading function moves on only when it succeeds.
struct TextReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    var isAtEnd: Bool { position == bytes.count }

    /// The next byte, not consumed; nil at the end.
    var next: UInt8? { isAtEnd ? nil : bytes[position] }

    /// Consumes `character` if it comes next.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let next, UInt32(next) == character.value else { return false }
        position += 1
        return true
    }

    /// Consumes the longest run of bytes that pass `test`.
    mutating func run(while test: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = position
        while let next, test(next) { position += 1 }
        return bytes[start..<position]
    }

    /// Consumes exactly `count` decimal digits.
    mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var number = 0
        for byte in bytes[position..<position + count] {
            guard byte.isDigit else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        position += count
        return number
    }

    /// Consumes a decimal number of one to `most` digits that is at most `limit`.
    mutating func number(most: Int, limit: Int) -> Int? {
        let start = position
        var number = 0
        while position - start < most, let next, next.isDigit {
            number = number * 10 + Int(next - UInt8(ascii: "0"))
            position += 1
        }
        guard position > start, number <= limit else {
            position = start
            return nil
        }
        return number
    }

    /// Consumes `YYYY-MM-DD` of a day that exists.
    mutating func date() -> LocalDate? {
        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2) else { return nil }
        return LocalDate(year: year, month: month, day: day)
    }

    /// Consumes `Z` or `±hh:mm`; seconds east.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let west = skip("-")
        guard west || skip("+"), let hours = digits(2), hours < 24, skip(":"), let minutes = digits(2), minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (west ? -1 : 1)
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var isLetter: Bool {
        let lower = self | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }
}
