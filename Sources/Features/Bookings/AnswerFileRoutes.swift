/// The addresses of files that are answers: sent before a booking, fetched by its people afterwards.
import Capabilities
import Database
import Scheduling
import Web

package struct AnswerFileRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.post, "/api/v1/public/links/:slug/uploads", .open, bodyLimit: AnswerFile.mostBytes + (1 << 20),
                  uploads: AnswerFile.limits, place: AnswerDrafts(installation), before: askedByProgram, upload),
            Route(.get, "/calendar/bookings/:id/files/:question", .signedIn(.viewBookings), limit: Self.reading, hosts),
            Route(.get, "/booking/:token/files/:question", .token, limit: Self.reading, attendees),
            Route(.post, "/calendar/bookings/:id/files/:question/deletion", .signedIn(.manageBookings), hostDeletes),
            Route(.post, "/booking/:token/files/:question/deletion", .token, attendeeDeletes),
        ]
    }

    /// Each may take as much as thousands of pages.
    private static let reading = RateLimit.perMinute(60, bucket: "files")

    /// Nothing is read for a link that is not there, is closed, or asks for no file.
    private func askedByProgram(_ request: Request) async throws -> AskedFiles {
        let (link, _) = try await OpenLink(installation).find(slug: try request.parameter("slug"))
        return link.asksFiles ? .fields(["file"]) : .nothing
    }

    /// `question` and `file`; the token is the value of the answer.
    private func upload(_ request: Request) async throws -> Answer {
        let (link, scope) = try await PublicAPI(installation).found(request)
        var fields = Fields(form: try request.form())
        let id = fields.optionalText("question", atMost: 40) ?? ""
        let question = link.questions.first { $0.id.text == id && $0.kind == .file }
        if question == nil { fields.fail("question", "invalid", plain("“\(id)” is not asked here.")) }
        let upload = request.uploads.first { $0.field == "file" }
        if upload == nil { fields.fail("file", "missing", FileObjection.nothing.message) }
        try fields.finish()
        guard let question, let upload else { throw Common.notFound }
        do {
            let (file, token) = try await TakeFile(installation)(
                upload, to: question.id, of: link, client: request.client, scope: scope)
            return .json([
                "uploadToken": .string(token), "name": .string(file.name), "bytes": .int(Int64(file.bytes)),
                "expiresAt": .string(file.createdAt.adding(hours: AnswerFile.hours).rfc3339()),
            ], status: 201)
        } catch let objection as FileObjection where objection.status == 422 {
            throw Invalid("file", code: objection.code, objection.message)
        }
    }

    // MARK: Fetching

    private func hosts(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation, toRead: true)
        return try await file(request, of: found.booking.id, scope: found.scope)
    }

    private func attendees(_ request: Request) async throws -> Answer {
        try await TokenRoutes(installation).withHeld(request) { held in
            try await file(request, of: held.booking.id, scope: held.scope)
        }
    }

    // MARK: Deleting

    private func hostDeletes(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        try await delete(request, of: found.booking.id, isOfSeries: false, scope: found.scope)
        return .redirect(Path("/calendar/bookings/\(found.booking.id)").adding(query: [("done", "emptied")]))
    }

    /// Who sent it takes it back from all meetings of a series.
    private func attendeeDeletes(_ request: Request) async throws -> Answer {
        try await TokenRoutes(installation).withHeld(request) { held in
            try await delete(request, of: held.booking.id, isOfSeries: true, scope: held.scope)
            return .redirect(
                Path("/booking/\(held.token)").adding(query: TokenRoutes.clock(try request.form()).pairs))
        }
    }

    /// Pressed twice: it is gone, which is what the page says.
    private func delete(_ request: Request, of booking: ID<Booking>, isOfSeries: Bool, scope: Scope) async throws {
        guard let question = ID<Question>(try request.parameter("question")) else { throw Common.notFound }
        let (world, now) = (installation.world, installation.world.now)
        try await installation.database.write(scope) { tx in
            guard let booking = try BookingStore.find(booking, scope: scope, in: tx),
                booking.answers.contains(where: { $0.kind == .file && $0.question == question })
            else { throw Common.notFound }
            try AnswerFileStore.delete(
                of: booking.id, to: question, isOfSeries: isOfSeries, world: world, now: now, scope: scope, in: tx)
        }
    }

    private func file(_ request: Request, of booking: ID<Booking>, scope: Scope) async throws -> Answer {
        guard let question = ID<Question>(try request.parameter("question")), let files = installation.files else {
            throw Common.notFound
        }
        let found = try await installation.database.read(scope) { tx in
            try AnswerFileStore.find(of: booking, to: question, scope: scope, in: tx)
        }
        guard let file = found else { throw Common.notFound }
        do throws(ProviderError) {
            guard let first = try await files.read(file.file, from: 0, atMost: files.pieceBytes) else {
                throw ProviderError(.notFound, "no such file")
            }
            let reading = FileReading(files: files, name: file.file, first: first)
            return .file(type: file.kind.mediaType, name: file.name, bytes: file.bytes) { await reading.next() }
                .header("Cache-Control", "no-store").header("Content-Security-Policy", "sandbox")
                .header("X-Content-Type-Options", "nosniff")
        } catch {
            if error.reason == .notFound { throw Common.notFound }
            throw Common.unavailable(retryAfter: 5)
        }
    }
}

/// A file piece by piece, as fast as its reader takes them.
private actor FileReading {
    private let files: any FileStore
    private let name: FileName
    private var first: [UInt8]?
    private var offset: Int

    init(files: any FileStore, name: FileName, first: [UInt8]) {
        (self.files, self.name, self.first, offset) = (files, name, first, first.count)
    }

    /// Nil at its end, and where it cannot be read on: then fewer bytes come than were told.
    func next() async -> [UInt8]? {
        if let piece = first {
            first = nil
            return piece.isEmpty ? nil : piece
        }
        guard let piece = try? await files.read(name, from: offset, atMost: files.pieceBytes), !piece.isEmpty else {
            return nil
        }
        offset += piece.count
        return piece
    }
}

extension TokenRoutes {
    /// The questions whose files are there.
    func keptFiles(_ held: HeldBooking) async throws -> Set<ID<Question>> {
        guard held.booking.answers.contains(where: { $0.kind == .file }) else { return [] }
        return try await installation.database.read(held.scope) { tx in
            try AnswerFileStore.kept(of: held.booking, scope: held.scope, in: tx)
        }
    }
}

extension Link {
    var asksFiles: Bool { questions.contains { $0.kind == .file } }
}

extension BookingRoutes {
    /// Which files the form of a link asks for. Of one that is over the form may have led to a booking, which it is
    /// answered with; its files are dropped.
    func askedFiles(_ request: Request) async throws -> AskedFiles {
        let link: Link
        if let single = request.parameters["single"] {
            let found = try await OpenSingleUse(installation)(single)
            guard found.refusal == nil else { return .ignored }
            link = found.link
        } else {
            let slug = try request.parameter("slug")
            do {
                link = try await OpenLink(installation).find(slug: slug).0
            } catch let refusal as LinkRefusal where refusal.status == 410 {
                return .ignored
            }
        }
        guard link.asksFiles else { return .nothing }
        return .fields(Set(link.questions.filter { $0.kind == .file }.map(QuestionFields.name)))
    }
}
