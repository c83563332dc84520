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

    /// Bytes of one text field: the longest text of any form, in UTF-8. All of them together have ``Route/plainBytes``.
    static let textBytes = 64 * 1024
}

/// Where the files of a form go while they come, so that memory does not grow with them. What throws loses that file
/// alone: the form is read on, and its route is told (``Upload/isLost``).
package protocol UploadPlace: Sendable {
    func begin() async throws -> any UploadDraft
}

/// A file while it comes. What its route has not kept once it has answered is discarded.
package protocol UploadDraft: Sendable {
    func write(_ bytes: [UInt8]) async throws
    /// Nothing of it stays; does nothing once it was kept.
    func discard() async
}

/// Which files a route asks for, found out before the body is read: of others nothing is written anywhere.
package enum AskedFiles: Sendable, Hashable {
    /// Those of these fields; others are dropped as they come.
    case fields(Set<String>)
    /// None: a file is refused at its head.
    case nothing
    /// All are dropped as they come, and the form is read on: it may have done its work before.
    case ignored
}

/// A file of a form.
package struct Upload: Sendable {
    /// Bytes of a file in a place of its own that are at hand to be looked at.
    static let headBytes = 4096

    /// The field it came in.
    package let field: String
    /// What the sender calls it: only to be shown.
    package let fileName: String
    /// Nothing if it was too long; the first of them where the others are in a place of their own.
    package internal(set) var bytes: [UInt8]
    /// It has more bytes than the route takes.
    package internal(set) var isTooLong: Bool
    /// The place for files could not take it.
    package internal(set) var isLost = false
    /// How many bytes it has.
    package internal(set) var count: Int
    /// Where all of them are, on routes with a place for files.
    package internal(set) var draft: (any UploadDraft)?

    package init(field: String, fileName: String, bytes: [UInt8], isTooLong: Bool = false) {
        self.field = field
        self.fileName = fileName
        self.bytes = bytes
        self.isTooLong = isTooLong
        count = bytes.count
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
    private let place: (any UploadPlace)?
    private let asked: AskedFiles?
    private var current: OpenPart?
    /// Of all texts together.
    private var textBytes = 0

    /// A part whose end has not come yet.
    private struct OpenPart {
        let head: PartHead
        var bytes: [UInt8] = []
        var isTooLong = false
        var count = 0
        /// It goes to a place of its own.
        var isAway = false
        var isLost = false
        var draft: (any UploadDraft)?

        mutating func begin(at place: any UploadPlace) async {
            isAway = true
            do {
                draft = try await place.begin()
            } catch {
                isLost = true
            }
        }

        /// Hands a piece on. What came of a file that cannot be kept makes room at once.
        mutating func hand(on more: ArraySlice<UInt8>, _ limits: UploadLimits) async {
            count += more.count
            if bytes.count < Upload.headBytes { bytes += more.prefix(Upload.headBytes - bytes.count) }
            guard !isLost, !isTooLong else { return }
            isTooLong = count > limits.fileBytes
            do {
                if !isTooLong { try await draft?.write(Array(more)) }
            } catch {
                isLost = true
            }
            if isTooLong || isLost { await draft?.discard() }
        }

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
    init(
        contentType: String, limits: UploadLimits, place: (any UploadPlace)? = nil, asked: AskedFiles? = nil
    ) throws(MultipartMistake) {
        guard let boundary = PartHead.boundary(contentType) else { throw .boundary }
        (self.limits, self.place, self.asked) = (limits, place, asked)
        reader = MultipartReader(boundary: boundary, mostParts: limits.parts)
    }

    mutating func feed(_ piece: some Collection<UInt8>) throws {
        var reader = reader
        try reader.feed(piece) { try take($0) }
        self.reader = reader
    }

    /// The same where files go to a place of their own.
    mutating func feedAway(_ piece: some Collection<UInt8>) async throws {
        guard let place else { return try feed(piece) }
        var events: [MultipartReader.Event] = []
        try reader.feed(piece) { events.append($0) }
        for event in events {
            switch event {
            case .begins(let head):
                current = OpenPart(head: head)
                // What a browser sends for nothing needs no place.
                if try isAsked(head) { await current?.begin(at: place) }
            case .bytes(let bytes) where current?.isAway ?? false:
                let limits = limits
                await current?.hand(on: bytes, limits)
            // A file that has no name, or is not asked for, has no place: nothing is kept in memory instead.
            case .bytes(let bytes) where current?.head.fileName != nil && !bytes.isEmpty: current?.isTooLong = true
            case .bytes, .ends: try take(event)
            }
        }
    }

    /// - Throws: ``MultipartMistake/unasked``.
    private func isAsked(_ head: PartHead) throws(MultipartMistake) -> Bool {
        guard let name = head.fileName, !name.isEmpty else { return false }
        switch asked {
        case nil: return true
        case .fields(let fields): return fields.contains(head.name)
        case .nothing: throw .unasked
        case .ignored: return false
        }
    }

    /// Of files in a place of their own nothing stays.
    func discard() async {
        await current?.draft?.discard()
        for file in files { await file.draft?.discard() }
    }

    /// - Throws: ``MultipartMistake/framing`` for a body that ended early.
    func finish() throws(MultipartMistake) { try reader.finish() }

    private mutating func take(_ event: MultipartReader.Event) throws {
        switch event {
        case .begins(let head): current = OpenPart(head: head)
        case .bytes(let bytes):
            let limits = limits
            if let current, current.head.fileName == nil {
                textBytes += bytes.count
                guard textBytes <= Route.plainBytes else { throw MultipartMistake.tooMuch }
            }
            try current?.take(bytes, limits)
        case .ends:
            guard let part = current else { return }
            current = nil
            if let fileName = part.head.fileName {
                var file = Upload(
                    field: part.head.name, fileName: fileName, bytes: part.isTooLong ? [] : part.bytes,
                    isTooLong: part.isTooLong)
                if part.isAway { (file.count, file.draft, file.isLost) = (part.count, part.draft, part.isLost) }
                files.append(file)
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
        case .unasked: .malformed(plain("No files are asked for here."))
        case .tooManyParts: .malformed(plain("The form has more fields and files than can be sent at once."))
        case .boundary, .framing, .head, .text: .malformed(plain("The form cannot be read."))
        }
    }
}
