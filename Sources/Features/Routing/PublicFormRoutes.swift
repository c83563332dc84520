/// The addresses of routing forms that everybody may ask for, for people and for programs.
import Capabilities
import Database
import Scheduling
import Web

package struct PublicFormRoutes: Sendable {
    let installation: Installation
    let answer: AnswerForm

    package init(_ installation: Installation, owners: [OwnerSource: any ContactOwners] = [:]) {
        self.installation = installation
        answer = AnswerForm(installation, owners: owners)
    }

    package var routes: [Route] {
        [
            Route(.get, "/form/:id", .open) { request in try await framing(request, request.query, page) },
            Route(.post, "/form/:id/responses", .open) { request in try await framing(request, request.form(), send) },
            Route(.get, "/form/:id/sent/:response", .open) { try await framing($0, $0.query, sent) },
            Route(.get, "/api/v1/public/routing-forms/:id", .open, json),
            Route(.post, "/api/v1/public/routing-forms/:id/responses", .open, respond),
        ]
    }

    /// - Throws: `FormRefusal` for a form that is not there or switched off.
    private func form(of request: Request) async throws -> (RoutingForm, Scope) {
        guard let id = ID<RoutingForm>(try request.parameter("id")),
            let workspace = try await LookUps(database: installation.database).workspace(of: id)
        else { throw FormRefusal.notFound }
        let scope = Scope(workspace: workspace, actor: .visitor)
        guard let form = try await installation.database.read(scope, { tx in
            try RoutingFormStore.find(id, scope: scope, in: tx)
        }) else { throw FormRefusal.notFound }
        guard form.isActive else { throw FormRefusal.closed }
        return (form, scope)
    }

    /// Answers as the address asks, framed or not.
    private func framing(
        _ request: Request, _ data: FormData, _ answer: (Request) async throws -> Answer
    ) async throws -> Answer {
        let (form, _) = try await form(of: request)
        let frame = Frame(data, of: form.id.text, in: form.origins, ours: installation.address)
        return try await Frame.around(frame, in: form.origins) {
            try await Language.asked(frame?.language, among: installation.languages) { try await answer(request) }
        }
    }

    /// The form's own page, in the frame in which it was.
    private func again(_ form: RoutingForm) -> Answer {
        .redirect(form.path.adding(query: Frame.current?.pairs ?? []))
    }

    /// On to a page of ours; to a tab of its own where the site around the frame may not show that page.
    private func onward(_ path: Path, _ form: RoutingForm, _ workspaceName: WorkspaceName) async throws -> Answer {
        guard let frame = Frame.current else { return .redirect(path) }
        let parts = path.text.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        if parts.count == 2, parts[0] == "book",
            let (link, _) = try? await OpenLink(installation).find(slug: parts[1], evenClosed: true),
            Frame.way(to: path, in: link.rules.look.origins).target.isEmpty {
            return .redirect(path.adding(query: frame.pairs))
        }
        return .page(FrameOnwardPage(title: form.title, workspaceName: workspaceName, path: path).html)
    }

    private func name(_ scope: Scope) async throws -> WorkspaceName {
        try await installation.database.read(scope) { try LinkStore.workspaceName(scope: scope, in: $0) }
    }

    private func page(_ request: Request) async throws -> Answer {
        let (form, scope) = try await form(of: request)
        var values: [String: String] = [:]
        // `a[qst_…]` and `email` as on a link's page; never believed, shown where they can be corrected.
        for field in request.query.fields.prefix(60) where field.value.count <= Carried.longest {
            let asked = form.questions.first { question in
                field.name == "a[\(question.id)]" || field.name == "email" && question.kind == .email
                    || field.name == "phone" && question.kind == .phone
                    || field.name == "name" && question.id == form.nameQuestion
            }
            for (name, value) in asked?.formValues(prefilled: field.value) ?? [] { values[name] = value }
        }
        let token = FormToken(world: installation.world).text(keyring: installation.keyring)
        var page = PublicFormPage(form: form, workspaceName: try await name(scope), token: token)
        page.filled = Filled(values: values)
        page.carried = Self.campaign(request.query) + (Frame.current?.pairs ?? [])
        return .page(page.html)
    }

    /// Campaign words travel on to the booking.
    private static func campaign(_ query: Query) -> [(String, String)] {
        query.fields.filter { field in
            field.name.hasPrefix("utm_") && field.name.utf8.count <= 64 && field.value.count <= BookingLimits.utm
        }.prefix(BookingReading.mostUTM).map { ($0.name, $0.value) }
    }

    private func send(_ request: Request) async throws -> Answer {
        let (form, scope) = try await form(of: request)
        let data = try request.form()
        guard let token = FormToken(data["form"], keyring: installation.keyring) else { return again(form) }
        var fields = Fields(form: data)
        var reading = AnswerReading(form.questions)
        let answers = reading.read(&fields)
        Self.bound(answers, &fields)
        guard fields.errors.isEmpty else {
            var page = PublicFormPage(
                form: form, workspaceName: try await name(scope), token: data["form"] ?? "", filled: fields.filled)
            page.carried = Self.campaign(data) + (Frame.current?.pairs ?? [])
            return .page(page.html, status: 422)
        }
        // What fills in the field that nobody sees is led like anybody else, and nothing is kept.
        guard (data[Decoy.field] ?? "").isEmpty else {
            return .page(FormMessagePage(
                form: form, workspaceName: try await name(scope), message: AnswerForm.thanks).html)
        }
        // A second press is the same response; whoever comes back and answers otherwise is led anew.
        let digest = hexadecimal(sha256(JSON.array(answers.map(\.stored)).bytes).prefix(16))
        let (response, outcome) = try await answer(
            answers, key: "\(token.key)-\(digest)", form: form, scope: scope)
        switch outcome {
        case .page(let path):
            return try await onward(path.adding(query: Self.campaign(data)), form, try await name(scope))
        // From a form of ours no browser follows to another site; a page of ours leads on.
        case .url, .message:
            let pass = CameByForm.text(response.id, workspace: scope.workspace, keyring: installation.keyring)
            return .redirect(
                Path("/form/\(form.id)/sent/\(pass)").adding(query: Frame.current?.pairs ?? []))
        }
    }

    /// All answers of one form together, in characters; each question alone has room for more.
    private static let mostText = 20_000

    private static func bound(_ answers: [Answered], _ fields: inout Fields) {
        guard answers.map(\.value.unicodeScalars.count).reduce(0, +) > mostText else { return }
        fields.fail("answers", "too_long", plain("All answers together have room for \(mostText) characters."))
    }

    private func sent(_ request: Request) async throws -> Answer {
        let (form, scope) = try await form(of: request)
        let pass = try request.parameter("response")
        guard let id = CameByForm.response(pass, workspace: scope.workspace, keyring: installation.keyring),
            let response = try await installation.database.read(scope, { tx in
                try FormResponseStore.find(id, scope: scope, in: tx)
            }), response.form == form.id
        else { return again(form) }
        let name = try await name(scope)
        let html: HTML
        switch try await answer.outcome(of: response, form: form, scope: scope) {
        case .page(let path): return try await onward(path, form, name)
        case .url(let url): html = FormOnwardPage(form: form, workspaceName: name, url: url).html
        case .message(let message): html = FormMessagePage(form: form, workspaceName: name, message: message).html
        }
        return .page(html).header("X-Robots-Tag", "noindex")
    }

    private func json(_ request: Request) async throws -> Answer {
        .json(try await form(of: request).0.open)
    }

    private func respond(_ request: Request) async throws -> Answer {
        let (form, scope) = try await form(of: request)
        var fields = Fields(json: try request.json())
        if form.questions.isEmpty { _ = fields.json("answers") }
        var reading = AnswerReading(form.questions)
        let answers = reading.read(&fields)
        Self.bound(answers, &fields)
        try fields.finish()
        let sent = try request.idempotencyKey()
        let key = sent.map { "api-" + hexadecimal(sha256(Array($0.text.utf8))) } ?? installation.world.token()
        let (response, outcome) = try await answer(answers, key: key, form: form, scope: scope)
        guard response.answers == answers else { throw IdempotencyMismatch() }
        return .json(["id": .string(response.id.text), "outcome": json(of: outcome)], status: 201)
    }

    private func json(of outcome: FormOutcome) -> JSON {
        switch outcome {
        case .page(let path): ["kind": "page", "url": .string(installation.url(path))]
        case .url(let url): ["kind": "url", "url": .string(url.text)]
        case .message(let message): RouteAction.message(message).json
        }
    }
}
