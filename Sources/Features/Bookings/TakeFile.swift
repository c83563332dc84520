/// Taking a file in: looked at, scanned where there is a scanner, kept, and only then named by a row.
import Capabilities
import Database
import Scheduling
import Web

package struct TakeFile: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Returns: the file, and the token that makes it an answer for a day.
    /// - Throws: `FileObjection`; `Common.unavailable` where files cannot be kept or scanned now.
    package func callAsFunction(
        _ upload: Upload, to question: ID<Question>, of link: Link, scope: Scope
    ) async throws -> (file: AnswerFile, token: String) {
        guard !upload.isTooLong else { throw FileObjection.tooLong }
        guard upload.count > 0 else { throw FileObjection.nothing }
        guard let kind = FileKind(head: upload.bytes) else { throw FileObjection.otherKind }
        guard let kept = upload.draft as? AnswerDraft, let files = installation.files else {
            throw Common.unavailable(retryAfter: 60)
        }
        let world = installation.world
        let waiting = try await installation.database.read(scope) { tx in
            try AnswerFileStore.countWaiting(of: link.id, scope: scope, in: tx)
        }
        guard waiting < AnswerFile.mostWaiting else { throw FileObjection.tooMany }
        let file = AnswerFile(
            id: world.id(), link: link.id, question: question, file: kept.name, name: kind.name(upload.fileName),
            kind: kind, bytes: upload.count, booking: nil, createdAt: world.now)
        do throws(ProviderError) {
            // First: a row must never name a file that is not there.
            try await kept.draft.finish()
        } catch {
            throw Common.unavailable(retryAfter: 60)
        }
        let token = world.token()
        do {
            try await installation.database.write(scope) { tx in
                try AnswerFileStore.insert(file, tokenHash: sha256(Array(token.utf8)), scope: scope, in: tx)
                CrashPoint.reach("upload.before_commit")
            }
        } catch {
            // If this fails too, the sweep finds it.
            try? await files.remove(kept.name)
            throw error
        }
        CrashPoint.reach("upload.after_commit")
        return (file, token)
    }
}

extension Booking {
    /// Of which files its answers are: each token becomes the file's name.
    /// - Parameter first: the booking of a series that has them already, which this one shares them with.
    /// - Throws: `Invalid` beside the field of one that is gone or another's.
    mutating func nameFiles(
        beside first: ID<Booking>? = nil, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [AnswerFile] {
        var found: [AnswerFile] = []
        for place in answers.indices where answers[place].kind == .file {
            let question = answers[place].question
            let file = try AnswerFileStore.find(token: answers[place].value, scope: scope, in: tx)
            guard let file, file.link == link, file.question == question,
                file.waits(now) || first != nil && file.booking == first
            else {
                let gone = FileObjection.gone
                throw Invalid("answers.\(question)", code: gone.code, gone.message)
            }
            answers[place].value = file.name
            found.append(file)
        }
        return found
    }

    /// They are its own from now on; it is stored.
    func keep(_ files: [AnswerFile], world: World, scope: Scope, in tx: Transaction) throws {
        for file in files {
            if file.booking == nil {
                guard try AnswerFileStore.give(file.id, to: id, scope: scope, in: tx) else {
                    let gone = FileObjection.gone
                    throw Invalid("answers.\(file.question)", code: gone.code, gone.message)
                }
            } else {
                var copy = file
                (copy.id, copy.booking) = (world.id(), id)
                try AnswerFileStore.insert(copy, tokenHash: nil, scope: scope, in: tx)
            }
        }
    }
}
