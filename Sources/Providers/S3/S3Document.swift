/// The store's answers: XML as S3 has it, of which only a few plain elements are read, and dates.
import Scheduling

/// The texts of an XML document by the path of their elements, such as `ListBucketResult/Contents/Key`.
///
/// A reader of its own, since it needs no name spaces, attributes or declarations: in what S3 answers none matter. It
/// goes by bytes, so that no sign of a name can join one of the marks. Nothing is expanded but the five signs that
/// XML names and numbers of signs; a document type is not read at all.
struct S3Document {
    /// An element with no other inside.
    struct Leaf: Hashable {
        let path: String
        let text: String
        /// Which element of the second level it stands in, counted from 1.
        let group: Int
    }

    let leaves: [Leaf]

    private static let deepest = 8
    /// Of a sign's name between & and ;, in bytes.
    private static let longestSign = 8

    /// Nil for what is no whole document of that kind.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        var (open, leaves, group) = ([ArraySlice<UInt8>](), [Leaf](), 0)
        var (text, isLeaf) = ([UInt8](), false)
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            text += rest[..<start]
            rest = rest[(start + 1)...]
            guard rest.first != UInt8(ascii: "!"), let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
            let tag = rest[..<end]
            rest = rest[(end + 1)...]
            if tag.first == UInt8(ascii: "?") { continue }
            if tag.first == UInt8(ascii: "/") {
                guard let last = open.last, last == tag.dropFirst() else { return nil }
                if isLeaf { leaves.append(Leaf(path: Self.path(open), text: Self.plain(text[...]), group: group)) }
                open.removeLast()
                isLeaf = false
                if open.isEmpty { break }
            } else if tag.last != UInt8(ascii: "/") {
                guard open.count < Self.deepest else { return nil }
                if open.count == 1 { group += 1 }
                open.append(tag.prefix { $0 > 0x20 })
                (text, isLeaf) = ([], true)
            }
        }
        guard open.isEmpty, !leaves.isEmpty else { return nil }
        self.leaves = leaves
    }

    /// The first text at a path.
    subscript(path: String) -> String? { leaves.first { $0.path == path }?.text }

    private static func path(_ open: [ArraySlice<UInt8>]) -> String {
        open.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    private static func plain(_ text: ArraySlice<UInt8>) -> String {
        var (plain, rest) = ([UInt8](), text)
        while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
            plain += rest[..<start]
            rest = rest[(start + 1)...]
            guard let end = rest.prefix(longestSign + 1).firstIndex(of: UInt8(ascii: ";")),
                let sign = sign(String(decoding: rest[..<end], as: UTF8.self))
            else {
                plain.append(UInt8(ascii: "&"))
                continue
            }
            plain += Array(String(Character(sign)).utf8)
            rest = rest[(end + 1)...]
        }
        return String(decoding: plain + rest, as: UTF8.self)
    }

    private static func sign(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": "&"
        case "lt": "<"
        case "gt": ">"
        case "quot": "\""
        case "apos": "'"
        case _ where name.hasPrefix("#x"): UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
        case _ where name.hasPrefix("#"): UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
        default: nil
        }
    }
}

extension Instant {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads `Wed, 21 Oct 2015 07:28:00 GMT` (RFC 9110, 5.6.7); nil for anything else.
    init?(httpDate text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", parts[1].utf8.count == 2, let day = Int(parts[1]),
            let month = Self.months.firstIndex(of: String(parts[2])), let year = Int(parts[3]),
            let date = LocalDate(year: year, month: month + 1, day: day),
            let read = Instant(rfc3339: "\(date)T\(parts[4])Z")
        else { return nil }
        self = read
    }
}
