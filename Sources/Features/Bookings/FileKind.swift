/// What a file is, by what it holds: neither its name nor what its sender claims says anything.
import Capabilities
import Database
import Scheduling
import Web

/// The kinds of files that are taken as answers. Nothing is unpacked or drawn: the beginning says what it is.
package enum FileKind: String, CaseIterable, Sendable, SQLValue {
    case pdf, png, jpeg, gif, webp, heic, office, text
    case openDocument = "open_document"

    /// As many bytes of the beginning as are looked at.
    static let headBytes = 4096

    /// The last parts of names that go with it; the first where a name has another one.
    var extensions: [String] {
        switch self {
        case .pdf: ["pdf"]
        case .png: ["png"]
        case .jpeg: ["jpg", "jpeg"]
        case .gif: ["gif"]
        case .webp: ["webp"]
        case .heic: ["heic", "heif"]
        case .office: ["docx", "xlsx", "pptx"]
        case .openDocument: ["odt", "ods", "odp"]
        case .text: ["txt", "csv", "md"]
        }
    }

    /// Served so; browsers are told not to guess, and to keep it as a file.
    var mediaType: String {
        switch self {
        case .pdf: "application/pdf"
        case .png, .jpeg, .gif, .webp, .heic: "image/\(rawValue)"
        case .office, .openDocument: "application/octet-stream"
        case .text: "text/plain; charset=utf-8"
        }
    }

    /// For the file field of a form.
    static var accepted: String { allCases.flatMap(\.extensions).map { ".\($0)" }.joined(separator: ",") }

    /// - Parameter head: the first ``headBytes`` bytes, or all there are.
    package init?(head: [UInt8]) {
        func begins(_ text: String, at place: Int = 0) -> Bool { head.dropFirst(place).starts(with: text.utf8) }
        if begins("%PDF-") { self = .pdf }
        else if head.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { self = .png }
        else if head.starts(with: [0xff, 0xd8, 0xff]) { self = .jpeg }
        else if begins("GIF87a") || begins("GIF89a") { self = .gif }
        else if begins("RIFF"), begins("WEBP", at: 8) { self = .webp }
        else if begins("ftyp", at: 4), ["heic", "heix", "mif1", "msf1"].contains(where: { begins($0, at: 8) }) {
            self = .heic
        } else if let packed = FileKind.packed(head) { self = packed }
        else if FileKind.isText(head) { self = .text }
        else { return nil }
    }

    /// Documents that are packed: their first entry says which. What is packed beside it is never opened.
    private static func packed(_ head: [UInt8]) -> FileKind? {
        guard head.starts(with: [0x50, 0x4b, 0x03, 0x04]), head.count > 30 else { return nil }
        let (name, extra) = (Int(head[26]) + Int(head[27]) << 8, Int(head[28]) + Int(head[29]) << 8)
        let entry = String(decoding: head.dropFirst(30).prefix(name), as: UTF8.self)
        if entry == "[Content_Types].xml" || ["_rels/", "docProps/", "word/", "xl/", "ppt/"].contains(where: {
            entry.hasPrefix($0)
        }) { return .office }
        let words = "application/vnd.oasis.opendocument."
        let isOpen = entry == "mimetype" && head.dropFirst(30 + name + extra).starts(with: words.utf8)
        return isOpen ? .openDocument : nil
    }

    /// Words, and none that a browser or a shell would take for more.
    private static func isText(_ head: [UInt8]) -> Bool {
        let isOther = head.contains { $0 < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].contains($0) || $0 == 0x7f }
        guard !head.isEmpty, !isOther else { return false }
        // The head may end within a sign.
        let isCut = head.count >= headBytes
        guard (0...(isCut ? 3 : 0)).contains(where: { String(validating: head.dropLast($0), as: UTF8.self) != nil })
        else { return false }
        let words = String(decoding: head, as: UTF8.self).lowercased()
        let start = words.drop { $0.isWhitespace || $0 == "\u{feff}" }
        let tags = ["<!doctype", "<html", "<script", "<svg", "<?xml", "<?php", "<body", "<iframe", "<img"]
        return !start.hasPrefix("<") && !start.hasPrefix("#!") && !tags.contains(where: words.contains)
    }

    /// What a file is called from now on: what its sender called it, freed of what is no name, with an end that says
    /// what it is.
    package func name(_ sent: String) -> String {
        let signs = sent.unicodeScalars.filter { scalar in
            !scalar.isControl && !scalar.turnsText && !"/\\:*?\"<>|".unicodeScalars.contains(scalar)
        }
        var stem = String(String.UnicodeScalarView(signs)).trimmed.drop { $0 == "." }[...]
        var end = extensions[0]
        if let dot = stem.lastIndex(of: "."), case let last = stem[dot...].dropFirst().lowercased(),
            extensions.contains(last) {
            (stem, end) = (stem[..<dot], last)
        }
        let scalars = stem.unicodeScalars.prefix(100)
        return "\(scalars.isEmpty ? "file" : String(String.UnicodeScalarView(scalars))).\(end)"
    }
}
