/// Files that come with the booking form itself: taken, put in the place of those before, and let go again.
import Capabilities
import Database
import Scheduling
import Web

/// What came of the files of a form.
struct FormFiles {
    /// What is wrong with some of them.
    var mistakes: [FieldError] = []
    /// A button beside a file was pressed that lets it go; nothing is booked.
    var isRemoval = false

    /// The button's name; its value is the field of the file.
    static let removal = "removed"

    /// All that is wrong with the form: of a file that was not taken it is not said that there is none.
    func mistakes(with others: [FieldError]) -> [FieldError] {
        isRemoval ? [] : mistakes + others.filter { error in !mistakes.contains { $0.field == error.field } }
    }
}

extension BookingRoutes {
    /// A second press of a form that has booked: its files are not looked at again.
    func bookedBefore(_ request: Request, _ form: FormToken, _ visit: Visit) async throws -> Answer? {
        guard !request.uploads.isEmpty else { return nil }
        return try await reply(to: form, on: visit.link, scope: visit.scope).map { .redirect(Self.after($0, visit)) }
    }

    /// Takes the files of a form: each becomes the token of its answer, and its name stands beside it in the form
    /// should that come back.
    /// - Returns: the form with the tokens, and what came of the files.
    func takeFiles(
        _ request: Request, _ data: FormData, _ visit: Visit
    ) async throws -> (data: FormData, files: FormFiles) {
        var (pairs, files) = (data.pairs, FormFiles())
        for question in visit.link.questions where question.kind == .file {
            let name = QuestionFields.name(question)
            let isRemoved = data[FormFiles.removal] == name
            files.isRemoval = files.isRemoval || isRemoved
            let upload = request.uploads.first { $0.field == name && !$0.isNothing }
            guard upload != nil || isRemoved else { continue }
            func letGo() async throws {
                guard let before = data[name] else { return }
                try await DropFile(installation)(token: before, scope: visit.scope)
                pairs.removeAll { $0.0 == name || $0.0 == QuestionFields.fileName(question) }
            }
            guard let upload, !isRemoved else {
                try await letGo()
                continue
            }
            do {
                let (file, token) = try await TakeFile(installation)(
                    upload, to: question.id, of: visit.link, client: request.client, scope: visit.scope)
                // Last: a file that is not taken leaves the one before it where it is.
                try await letGo()
                pairs += [(name, token), (QuestionFields.fileName(question), file.name)]
            } catch let objection as FileObjection {
                files.mistakes.append(FieldError(field: name, code: objection.code, message: objection.message))
            }
        }
        return (FormData(pairs), files)
    }
}
