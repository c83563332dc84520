/// HTML as UTF-8 bytes, written as a literal whose interpolated values are escaped.

import Scheduling

/// A piece of a page.
///
/// ```swift
/// let row: HTML = """
///     <li class="row"><b>\(booking.title)</b> \(if: booking.isNew, then: "<i>new</i>")</li>
///     """
/// ```
///
/// The literal parts are markup; every interpolated `String` is text and is escaped byte by byte, so that neither a
/// quotation mark nor one followed by a combining mark (which Swift sees as one other `Character`) can leave an
/// attribute. There is no way to make markup out of a `String` value. Attributes are always quoted; in `href`, `src`
/// and `action` only a ``Path`` or ``WebURL`` goes.
package struct HTML: ExpressibleByStringInterpolation, Sendable, Hashable {
    /// The markup, UTF-8.
    package private(set) var bytes: [UInt8]

    /// Nothing.
    package static let empty = HTML("")

    package init(stringLiteral markup: StaticString) {
        bytes = markup.withUTF8Buffer(Array.init)
    }

    package init(stringInterpolation: StringInterpolation) {
        bytes = stringInterpolation.bytes
    }

    /// Bytes that are markup already: only for this module's own writers.
    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Escaped text.
    package init(text: String) {
        bytes = []
        bytes.appendEscaped(text)
    }

    /// Pieces one after another.
    package init(_ parts: [HTML]) {
        bytes = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.bytes.count })
        for part in parts { bytes += part.bytes }
    }

    package static func + (a: HTML, b: HTML) -> HTML {
        HTML([a, b])
    }

    package var isEmpty: Bool { bytes.isEmpty }

    /// The markup as a string: for tests and for mails.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Collects literal markup and escaped values.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 24)
        }

        package mutating func appendLiteral(_ markup: StaticString) {
            markup.withUTF8Buffer { bytes += $0 }
        }

        /// Text, escaped.
        package mutating func appendInterpolation(_ text: String) {
            bytes.appendEscaped(text)
        }

        package mutating func appendInterpolation(_ text: Substring) {
            bytes.appendEscaped(text)
        }

        package mutating func appendInterpolation(_ number: Int) {
            bytes += String(number).utf8
        }

        package mutating func appendInterpolation(_ number: Int64) {
            bytes += String(number).utf8
        }

        /// An identifier, for `id`, `for` and `value` attributes.
        package mutating func appendInterpolation<Entity>(_ id: ID<Entity>) {
            bytes.appendEscaped(id.text)
        }

        package mutating func appendInterpolation(_ html: HTML) {
            bytes += html.bytes
        }

        package mutating func appendInterpolation(_ html: HTML?) {
            if let html { bytes += html.bytes }
        }

        /// An address of ours, for `href`, `src` and `action`.
        package mutating func appendInterpolation(_ path: Path) {
            bytes.appendEscaped(path.text)
        }

        /// An address elsewhere, for `href` and `src`.
        package mutating func appendInterpolation(_ url: WebURL) {
            bytes.appendEscaped(url.text)
        }

        /// One piece for each element: `\(each: names) { "<li>\($0)</li>" }` written inside the parentheses.
        package mutating func appendInterpolation<Elements: Sequence>(
            each elements: Elements, _ piece: (Elements.Element) -> HTML
        ) {
            for element in elements { bytes += piece(element).bytes }
        }

        /// One piece or the other; both are only made when needed.
        package mutating func appendInterpolation(
            if condition: Bool, then yes: @autoclosure () -> HTML, else no: @autoclosure () -> HTML = .empty
        ) {
            bytes += condition ? yes().bytes : no().bytes
        }
    }
}

extension [UInt8] {
    /// Text as HTML text or as the value of a quoted attribute: `& < > " '` become references.
    ///
    /// Works on bytes: these five are never part of a longer UTF-8 sequence.
    mutating func appendEscaped(_ text: some StringProtocol) {
        reserveCapacity(count + text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): self += "&amp;".utf8
            case UInt8(ascii: "<"): self += "&lt;".utf8
            case UInt8(ascii: ">"): self += "&gt;".utf8
            case UInt8(ascii: "\""): self += "&quot;".utf8
            case UInt8(ascii: "'"): self += "&#39;".utf8
            default: append(byte)
            }
        }
    }
}
