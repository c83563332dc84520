/// A file that is an answer: uploaded before somebody books, found by its token, and their booking's from then on.
import Capabilities
import Database
import Scheduling
import Web

package struct AnswerFile: Identified, Hashable, Sendable {
    package static let idPrefix = "fil"
    package static let mostBytes = 25 << 20
    /// How long one waits for its booking, in hours.
    package static let hours = 24
    /// How many of a link wait: a stranger cannot fill the disk.
    package static let mostWaiting = 100
    /// How many of them come from one network: nobody takes up the room of all others.
    package static let mostOfClient = 10
    /// How many bytes of a workspace wait, on whichever link.
    package static let mostWaitingBytes = 1 << 30
    /// How long those of a booking stay that was cancelled, declined or expired, in days: as long as its host may want
    /// to know what it was about, or book it again with them.
    package static let daysAfterEnd = 30
    /// All files of a form, and room for its fields.
    static let bodyBytes = Question.mostFiles * mostBytes + (1 << 20)
    static let limits = UploadLimits(parts: 200, fileBytes: mostBytes)

    package var id: ID<AnswerFile>
    package var link: ID<Link>
    package var question: ID<Question>
    package var file: FileName
    /// For people: its sender's, cleaned.
    package var name: String
    package var kind: FileKind
    package var bytes: Int
    package var booking: ID<Booking>?
    package var createdAt: Instant
    /// The network it came from, hashed, while it waits.
    package var client: [UInt8]?

    /// Whether it may still become a booking's.
    func waits(_ now: Instant) -> Bool { booking == nil && now < createdAt.adding(hours: Self.hours) }
}

/// Why a file is not taken.
package enum FileObjection: Refusal, Hashable {
    case nothing
    case tooLong
    case otherKind
    /// Many wait for their bookings; the first of them is gone after so many seconds.
    case tooMany(seconds: Int)
    /// It waited too long, or is another booking's.
    case gone
    /// The scanner found something in it.
    case harmful
    /// The place for files or the scanner is away, or the disk nearly full.
    case unavailable

    package var status: Int {
        switch self {
        case .tooLong: 413
        case .tooMany: 429
        case .nothing, .otherKind, .gone, .harmful: 422
        case .unavailable: 503
        }
    }

    package var headers: [(String, String)] {
        switch self {
        case .tooMany(let seconds): [("Retry-After", String(seconds))]
        case .unavailable: [("Retry-After", "120")]
        case .nothing, .tooLong, .otherKind, .gone, .harmful: []
        }
    }

    package var code: String {
        switch self {
        case .nothing: "missing"
        case .tooLong: "payload_too_large"
        case .otherKind: "unsupported"
        case .tooMany: "rate_limited"
        case .gone: "gone"
        case .harmful: "harmful"
        case .unavailable: "unavailable"
        }
    }

    package var message: String {
        switch self {
        case .nothing: plain("There is nothing in this file. Choose another one.")
        case .tooLong: plain("The file has more than 25 MB. Make it smaller, then choose it again.")
        case .otherKind: plain("Files can be PDF, pictures, office documents and plain text. Save it as one of them.")
        case .tooMany: plain("Too many files were sent here lately. Try again tomorrow.")
        case .gone: plain("The file is not here any more. Choose it again.")
        case .harmful: plain("This file holds something harmful, so it was not kept. Choose another one.")
        case .unavailable: plain("Files cannot be taken right now. Try again in a few minutes.")
        }
    }
}

/// Where files of a form go while they come: into the place for files, under names that nobody knows yet.
struct AnswerDrafts: UploadPlace {
    let files: any FileStore
    let world: World

    init?(_ installation: Installation) {
        guard let files = installation.files else { return nil }
        (self.files, world) = (files, installation.world)
    }

    func begin() async throws -> any UploadDraft {
        let name = FileName(world)
        do throws(ProviderError) {
            return AnswerDraft(name: name, draft: try await files.begin(name))
        } catch {
            throw Common.unavailable(retryAfter: 30)
        }
    }
}

struct AnswerDraft: UploadDraft {
    let name: FileName
    let draft: any FileDraft

    func write(_ bytes: [UInt8]) async throws {
        do throws(ProviderError) {
            try await draft.write(bytes)
        } catch {
            throw Common.unavailable(retryAfter: 30)
        }
    }

    func discard() async { await draft.discard() }
}
