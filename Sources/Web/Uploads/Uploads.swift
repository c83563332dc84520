/// What a form with files brings, and how much of it a route takes.

/// How much a route takes in files. The whole body is bounded by the route's `bodyLimit`.
package struct UploadLimits: Sendable, Hashable {
    /// Fields and files together.
    package let parts: Int
    /// Bytes of one file; of a longer one nothing is kept, and the route says so beside its field.
    package let fileBytes: Int

    package init(parts: Int = 50, fileBytes: Int) {
        self.parts = parts
        self.fileBytes = fileBytes
    }

    /// Bytes of one text field: the longest text of any form, in UTF-8.
    static let textBytes = 64 * 1024
}

/// A file of a form.
package struct Upload: Sendable, Hashable {
    /// The field it came in.
    package let field: String
    /// What the sender calls it: only to be shown.
    package let fileName: String
    /// Nothing if it was too long.
    package internal(set) var bytes: [UInt8]
    /// It has more bytes than the route takes.
    package internal(set) var isTooLong: Bool

    package init(field: String, fileName: String, bytes: [UInt8], isTooLong: Bool = false) {
        self.field = field
        self.fileName = fileName
        self.bytes = bytes
        self.isTooLong = isTooLong
    }

    /// What a browser sends for a file field in which nothing was chosen.
    package var isNothing: Bool { fileName.isEmpty && bytes.isEmpty && !isTooLong }
}

/// The texts and files of a body, collected while it is read.
struct UploadedForm: Sendable {
    private(set) var texts: [(String, String)] = []
    private(set) var files: [Upload] = []
    private let limits: UploadLimits
    private var reader: MultipartReader
    private var current: OpenPart?

    /// A part whose end has not come yet.
    private struct OpenPart {
        let head: PartHead
        var bytes: [UInt8] = []
        var isTooLong = false

        mutating func take(_ more: ArraySlice<UInt8>, _ limits: UploadLimits) throws {
            let isFile = head.fileName != nil
            if !isTooLong, bytes.count + more.count <= (isFile ? limits.fileBytes : UploadLimits.textBytes) {
                bytes += more
            } else if isFile {
                bytes = []
                isTooLong = true
            } else {
                throw MultipartMistake.tooMuch
            }
        }
    }

    /// - Throws: ``MultipartMistake/boundary``.
    init(contentType: String, limits: UploadLimits) throws(MultipartMistake) {
        guard let boundary = PartHead.boundary(contentType) else { throw .boundary }
        self.limits = limits
        reader = MultipartReader(boundary: boundary, mostParts: limits.parts)
    }

    mutating func feed(_ piece: some Collection<UInt8>) throws {
        var reader = reader
        try reader.feed(piece) { try take($0) }
        self.reader = reader
    }

    /// - Throws: ``MultipartMistake/framing`` for a body that ended early.
    func finish() throws(MultipartMistake) { try reader.finish() }

    private mutating func take(_ event: MultipartReader.Event) throws {
        switch event {
        case .begins(let head): current = OpenPart(head: head)
        case .bytes(let bytes): try current?.take(bytes, limits)
        case .ends:
            guard let part = current else { return }
            current = nil
            if let fileName = part.head.fileName {
                files.append(Upload(
                    field: part.head.name, fileName: fileName, bytes: part.bytes, isTooLong: part.isTooLong))
            } else {
                guard let text = String(validating: part.bytes, as: UTF8.self), !part.bytes.contains(0) else {
                    throw MultipartMistake.text
                }
                texts.append((part.head.name, text))
            }
        }
    }
}

extension MultipartMistake {
    /// As the site answers it.
    var refusal: Common {
        switch self {
        case .tooMuch: .payloadTooLarge(UploadLimits.textBytes)
        case .tooManyParts: .malformed(plain("The form has more fields and files than can be sent at once."))
        case .boundary, .framing, .head, .text: .malformed(plain("The form cannot be read."))
        }
    }
}
