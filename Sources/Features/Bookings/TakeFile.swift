/// Taking a file in: looked at, scanned where there is a scanner, kept, and only then named by a row.
import Capabilities
import Database
import Scheduling
import Web

package struct TakeFile: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Parameter client: the network it comes from.
    /// - Returns: the file, and the token that makes it an answer for a day.
    /// - Throws: `FileObjection`.
    package func callAsFunction(
        _ upload: Upload, to question: ID<Question>, of link: Link, client: [UInt8], scope: Scope
    ) async throws -> (file: AnswerFile, token: String) {
        guard !upload.isLost else { throw FileObjection.unavailable }
        guard !upload.isTooLong else { throw FileObjection.tooLong }
        guard upload.count > 0 else { throw FileObjection.nothing }
        guard let kind = FileKind(head: upload.bytes) else { throw FileObjection.otherKind }
        guard let kept = upload.draft as? AnswerDraft, let files = installation.files else {
            throw FileObjection.unavailable
        }
        let (world, factor) = (installation.world, installation.doors.factor)
        let network = Array(installation.keyring.mac(client, purpose: "client of a file").prefix(16))
        @Sendable func checkRoom(_ tx: Transaction) throws {
            try AnswerFileStore.checkRoom(
                for: upload.count, on: link.id, client: network, factor: factor, now: world.now, scope: scope, in: tx)
        }
        try await installation.database.read(scope) { tx in try checkRoom(tx) }
        try await look(at: kept.draft)
        let file = AnswerFile(
            id: world.id(), link: link.id, question: question, file: kept.name, name: kind.name(upload.fileName),
            kind: kind, bytes: upload.count, booking: nil, createdAt: world.now, client: network)
        do throws(ProviderError) {
            // First: a row must never name a file that is not there.
            try await kept.draft.finish()
        } catch {
            throw FileObjection.unavailable
        }
        let token = world.token()
        do {
            try await installation.database.write(scope) { tx in
                // Others came meanwhile.
                try checkRoom(tx)
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

    /// Where there is a scanner nothing is kept that it has not looked at.
    private func look(at draft: any FileDraft) async throws {
        guard let scanner = installation.scanner else { return }
        let verdict: FileVerdict
        do throws(ProviderError) {
            verdict = try await scanner.verdict(on: draft)
        } catch {
            throw FileObjection.unavailable
        }
        guard verdict == .clean else { throw FileObjection.harmful }
    }
}

/// Lets go of a file that waits for its booking, by whoever has its token: another came instead, or none is wanted.
struct DropFile: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    /// Does nothing where the token is none, or its file a booking's.
    func callAsFunction(token: String, scope: Scope) async throws {
        guard FileName(token) != nil else { return }
        let (world, now) = (installation.world, installation.world.now)
        try await installation.database.write(scope) { tx in
            try AnswerFileStore.drop(token: token, world: world, now: now, scope: scope, in: tx)
        }
    }
}

extension Booking {
    /// Stores it, with the files that are answers: they are its own from then on, and each answer is a file's name.
    /// - Parameter first: the booking of a series that has them already, which this one shares them with.
    /// - Throws: `Invalid` beside the field of a file that is gone or another's.
    mutating func insert(
        on link: Link, utm: [String: String], beside first: ID<Booking>? = nil, world: World, now: Instant,
        scope: Scope, in tx: Transaction
    ) throws {
        let files = try nameFiles(beside: first, now: now, scope: scope, in: tx)
        try BookingStore.insert(
            self, rules: LinkJSON(link).snapshot, utm: UTM.encoded(utm), scope: scope, in: tx)
        try keep(files, world: world, scope: scope, in: tx)
    }

    private mutating func nameFiles(
        beside first: ID<Booking>?, now: Instant, scope: Scope, in tx: Transaction
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

    private func keep(_ files: [AnswerFile], world: World, scope: Scope, in tx: Transaction) throws {
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
