/// One Swift file split into code, comments and string literals: enough of the language for rules of style.
import Foundation

struct Literal: Sendable {
    /// The text between the quotes as written, each interpolation replaced by `\u{1}expression\u{2}`, escapes undone.
    let text: String
    /// The line of the opening quote, from 1.
    let line: Int

    /// The text with the interpolations cut out.
    var plain: String {
        text.replacing("\u{1}[^\u{1}\u{2}]*\u{2}", with: "\u{1}\u{2}")
    }
}

struct Function: Sendable {
    let name: String
    let line: Int
    let length: Int
}

struct Source: Sendable {
    let file: File
    /// The file with comments and the text of string literals blanked out; line breaks and interpolated code stay.
    let code: String
    let literals: [Literal]
    /// The lines that hold nothing but a comment.
    let commentLines: Int
    let functions: [Function]

    init(_ file: File) {
        self.file = file
        var scanner = Scanner(Array(file.text.utf8))
        scanner.run()
        code = String(decoding: scanner.code, as: UTF8.self)
        literals = scanner.literals
        commentLines = file.lines.count { $0.drop { $0 == " " }.hasPrefix("//") }
        functions = findFunctions(scanner.code)
    }

    var codeLines: [Substring] { code.split(separator: "\n", omittingEmptySubsequences: false) }
    /// Lines that hold something.
    var size: Int { file.lines.count { line in line.contains { $0 != " " } } }

    /// `path:line: what` for every match of the pattern in the code.
    func findings(_ pattern: String, _ what: String) -> [String] {
        code.matches(pattern).map { at($0.offset, what) }
    }

    func at(_ offset: Int, _ what: String) -> String {
        "\(file.path):\(code.lineNumber(offset)): \(what)"
    }
    func at(line: Int, _ what: String) -> String { "\(file.path):\(line): \(what)" }
}

/// Splits bytes into code, comments and literals. Handles nested comments, multi-line and raw strings, and code
/// inside interpolations to any depth. Regex literals are not known: none of ours holds a quote.
private struct Scanner {
    let bytes: [UInt8]
    var code: [UInt8]
    var literals: [Literal] = []
    var index = 0
    var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        code = bytes
    }

    mutating func run() { readCode(untilParenthesis: false) }

    private func byte(_ ahead: Int = 0) -> UInt8 {
        index + ahead < bytes.count ? bytes[index + ahead] : 0
    }

    private mutating func advance(blank: Bool) {
        if byte() == UInt8(ascii: "\n") { line += 1 } else if blank { code[index] = UInt8(ascii: " ") }
        index += 1
    }

    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while index < bytes.count {
            switch byte() {
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): readLineComment()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): readBlockComment()
            case UInt8(ascii: "\""): readString(hashes: 0)
            case UInt8(ascii: "#") where hashesBeforeQuote > 0: readString(hashes: hashesBeforeQuote)
            case UInt8(ascii: "("):
                depth += 1
                advance(blank: false)
            case UInt8(ascii: ")"):
                if untilParenthesis && depth == 0 { return }
                depth -= 1
                advance(blank: false)
            default: advance(blank: false)
            }
        }
    }

    private var hashesBeforeQuote: Int {
        var count = 0
        while byte(count) == UInt8(ascii: "#") { count += 1 }
        return byte(count) == UInt8(ascii: "\"") ? count : 0
    }

    private mutating func readLineComment() {
        while index < bytes.count && byte() != UInt8(ascii: "\n") { advance(blank: true) }
    }

    private mutating func readBlockComment() {
        var depth = 0
        while index < bytes.count {
            if byte() == UInt8(ascii: "/") && byte(1) == UInt8(ascii: "*") { depth += 1; advance(blank: true) }
            if byte() == UInt8(ascii: "*") && byte(1) == UInt8(ascii: "/") {
                depth -= 1
                advance(blank: true)
                advance(blank: true)
                if depth == 0 { return }
                continue
            }
            advance(blank: true)
        }
    }

    private mutating func readString(hashes: Int) {
        let opening = line
        let multiline = bytes[(index + hashes)...].starts(with: Array("\"\"\"".utf8))
        let quotes = multiline ? 3 : 1
        for _ in 0..<(hashes + quotes) { advance(blank: false) }
        var text: [UInt8] = []
        while index < bytes.count && !isClosing(quotes: quotes, hashes: hashes) {
            if !multiline && byte() == UInt8(ascii: "\n") { break }
            if isEscape(hashes) { readEscape(hashes, into: &text) } else {
                text.append(byte())
                advance(blank: true)
            }
        }
        for _ in 0..<(hashes + quotes) where index < bytes.count { advance(blank: false) }
        literals.append(Literal(text: String(decoding: text, as: UTF8.self), line: opening))
    }

    private func isClosing(quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { byte($0) == UInt8(ascii: "\"") }
            && (0..<hashes).allSatisfy { byte(quotes + $0) == UInt8(ascii: "#") }
    }

    private func isEscape(_ hashes: Int) -> Bool {
        byte() == UInt8(ascii: "\\") && (0..<hashes).allSatisfy { byte(1 + $0) == UInt8(ascii: "#") }
    }

    private mutating func readEscape(_ hashes: Int, into text: inout [UInt8]) {
        for _ in 0...hashes { advance(blank: true) }
        guard byte() == UInt8(ascii: "(") else {
            if byte() != UInt8(ascii: "\n") { text.append(byte() == UInt8(ascii: "n") ? 10 : byte()) }
            advance(blank: true)
            return
        }
        advance(blank: false)
        let start = index
        readCode(untilParenthesis: true)
        text.append(1)
        text += bytes[start..<index]
        text.append(2)
        if index < bytes.count { advance(blank: false) }
    }
}
