/// Pictures people upload: recognised by what they hold, measured, and freed of what they tell besides the picture.
import Web

/// A PNG or JPEG as it is kept and served.
package struct Picture: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case png, jpeg

        package var mediaType: String { "image/\(rawValue)" }
    }

    package let kind: Kind
    package let width: Int
    package let height: Int
    /// Without places, cameras, comments and whatever stood behind the picture's end.
    package let bytes: [UInt8]

    package static let mostBytes = 5 << 20
    /// Pixels on a side: enough for any camera's portrait, and no browser is overwhelmed.
    package static let sides = 32...6000

    /// - Throws: ``PictureObjection`` in words for a person.
    package init(reading bytes: [UInt8]) throws(PictureObjection) {
        guard !bytes.isEmpty else { throw .nothing }
        guard bytes.count <= Self.mostBytes else { throw .tooLong }
        let found: (kind: Kind, picture: CleanedPicture)
        if bytes.starts(with: PNGFile.signature) {
            guard let png = PNGFile.cleaned(bytes) else { throw .broken(.png) }
            found = (.png, png)
        } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
            guard let jpeg = JPEGFile.cleaned(bytes) else { throw .broken(.jpeg) }
            found = (.jpeg, jpeg)
        } else {
            throw .otherKind(Self.kindInWords(bytes))
        }
        guard Self.sides.contains(found.picture.width), Self.sides.contains(found.picture.height) else {
            throw .size(width: found.picture.width, height: found.picture.height)
        }
        kind = found.kind
        width = found.picture.width
        height = found.picture.height
        self.bytes = found.picture.bytes
    }

    /// What people know the other kinds by; nil for what is no picture we know.
    private static func kindInWords(_ bytes: [UInt8]) -> String? {
        let start = bytes.prefix(512)
        if start.starts(with: "GIF8".utf8) { return "GIF" }
        if start.starts(with: "RIFF".utf8), start.dropFirst(8).starts(with: "WEBP".utf8) { return "WebP" }
        if start.starts(with: "%PDF".utf8) { return "PDF" }
        if start.starts(with: "BM".utf8) { return "BMP" }
        if start.dropFirst(4).starts(with: "ftyp".utf8) {
            return start.dropFirst(8).starts(with: "avif".utf8) ? "AVIF" : "HEIC"
        }
        return String(decoding: start, as: UTF8.self).lowercased().contains("<svg") ? "SVG" : nil
    }
}

/// A picture's measures and what is kept of it.
struct CleanedPicture: Hashable, Sendable {
    let width: Int
    let height: Int
    let bytes: [UInt8]
}

/// Why a picture is not taken.
package enum PictureObjection: Error, Hashable, Sendable {
    case nothing
    case tooLong
    /// A kind we know and do not take, by its name; nil for what is no picture.
    case otherKind(String?)
    case broken(Picture.Kind)
    case size(width: Int, height: Int)

    package var code: String {
        switch self {
        case .nothing: "missing"
        case .tooLong: "too_long"
        case .otherKind: "unsupported"
        case .broken: "invalid"
        case .size: "out_of_range"
        }
    }

    package var words: String {
        switch self {
        case .nothing: plain("There is no picture yet. Choose one from your device.")
        case .tooLong: plain("The picture has more than 5 MB. Save it smaller, then choose it again.")
        case .otherKind(let kind?): 
            plain("This is a \(kind) file. Pictures can be PNG or JPEG: save it as one of them.")
        case .otherKind(nil): plain("This is no picture that can be read here. Choose a PNG or a JPEG.")
        case .broken(let kind):
            plain("This \(kind.rawValue.uppercased()) is damaged or of an unusual kind. Save it anew, then choose it.")
        case .size(let width, let height):
            plain("""
                The picture is \(width) × \(height) pixels. Each side has to be from \(Picture.sides.lowerBound) to \
                \(Picture.sides.upperBound).
                """)
        }
    }
}
