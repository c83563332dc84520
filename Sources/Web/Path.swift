/// Addresses that may stand in `href`, `src`, `action` and `Location`: our own paths and checked URLs.

import Scheduling

/// An address on this server, such as `"/book/\(slug)"`.
///
/// The literal parts are trusted; each value is one path segment or a part of one and is percent-encoded, so a slash,
/// a question mark or a line break in it cannot change the address.
package struct Path: ExpressibleByStringInterpolation, Sendable, Hashable, CustomStringConvertible {
    /// The encoded path with query and fragment; begins with exactly one slash, or is a bare `?query` or `#fragment`.
    package let text: String

    package var description: String { text }

    package init(stringLiteral text: StaticString) {
        self.init(encoded: text.description)
    }

    package init(stringInterpolation: StringInterpolation) {
        self.init(encoded: stringInterpolation.text)
    }

    /// Leading slashes are folded: `//host` would be another server.
    init(encoded text: String) {
        guard text.utf8.first == UInt8(ascii: "/") else {
            self.text = text
            return
        }
        self.text = "/" + text.drop { $0 == "/" }
    }

    /// The same address with these pairs added to its query.
    package func adding(query: [(String, String)]) -> Path {
        guard !query.isEmpty else { return self }
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let pairs = query.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
        let separator = parts[0].contains("?") ? "&" : "?"
        let fragment = parts.count > 1 ? "#" + parts[1] : ""
        return Path(encoded: parts[0] + separator + pairs + fragment)
    }

    /// The address of what lies below this one, which has no query: `path.below("details")`.
    package func below(_ segment: StaticString) -> Path {
        Path(encoded: "\(text)/\(segment.description)")
    }

    /// The same address pointing at an element of the page.
    package func fragment(_ id: String) -> Path {
        Path(encoded: text.prefix { $0 != "#" } + "#" + percentEncoded(id))
    }

    /// Collects literal parts and percent-encoded values.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        package mutating func appendInterpolation(_ value: String) {
            text += percentEncoded(value)
        }

        /// Several values in one segment, with a plus between them.
        package mutating func appendInterpolation(joined values: [String]) {
            text += values.map(percentEncoded).joined(separator: "+")
        }

        package mutating func appendInterpolation(_ value: Int) {
            text += String(value)
        }

        package mutating func appendInterpolation<Entity>(_ id: ID<Entity>) {
            text += id.text
        }

        package mutating func appendInterpolation(_ date: LocalDate) {
            text += date.description
        }
    }
}

/// An address elsewhere. Only `http`, `https`, `mailto`, `tel` and `webcal`: never `javascript:` or `data:`.
package struct WebURL: Sendable, Hashable, CustomStringConvertible {
    /// The address as given.
    package let text: String

    package var description: String { text }

    /// Nil unless the address has one of the five schemes, a host where it needs one, no user name, and no blank,
    /// control character or other byte that would have to be encoded.
    package init?(_ text: String) {
        guard text.utf8.count <= 2048, let colon = text.firstIndex(of: ":"),
              text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !WebURL.refused.contains($0) })
        else { return nil }
        let rest = text[text.index(after: colon)...]
        switch text[..<colon].lowercased() {
        case "mailto", "tel":
            guard !rest.isEmpty, !rest.hasPrefix("/") else { return nil }
        case "http", "https", "webcal":
            guard rest.hasPrefix("//") else { return nil }
            let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            guard !authority.isEmpty, !authority.hasPrefix(":"), !authority.contains("@") else { return nil }
        default: return nil
        }
        self.text = text
    }

    private static let refused = Set("\"<>\\^`{|}".utf8)

    /// Scheme, host and port: `https://book.example.org`. Nil for `mailto:` and `tel:`.
    package var origin: String? {
        guard let slashes = text.firstRange(of: "://") else { return nil }
        let end = text[slashes.upperBound...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? text.endIndex
        return text[..<end].lowercased()
    }

    /// This address with a path of ours behind it; the address itself must be an origin or a folder.
    package func appending(_ path: Path) -> String {
        (text.hasSuffix("/") ? String(text.dropLast()) : text) + path.text
    }
}

/// RFC 3986: everything but the unreserved characters as `%XX`.
func percentEncoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
             UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
             UInt8(ascii: "~"):
            bytes.append(byte)
        default:
            bytes += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

let hexDigits = Array("0123456789ABCDEF".utf8)

/// Decodes `%XX` (and `+` as a blank where asked). Nil for a broken escape, bytes that are not UTF-8, or U+0000.
func percentDecoded(_ text: some StringProtocol, plusIsBlank: Bool) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
        switch byte {
        case UInt8(ascii: "%"):
            guard let high = rest.next().flatMap(hexValue), let low = rest.next().flatMap(hexValue) else { return nil }
            bytes.append(high << 4 | low)
        case UInt8(ascii: "+") where plusIsBlank: bytes.append(UInt8(ascii: " "))
        default: bytes.append(byte)
        }
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
}

func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
