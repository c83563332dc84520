/// The steps between a request and its route: each either lets it pass or refuses.

import Logging

extension Site {
    /// Finds the route and takes the request through everything its policy asks for.
    func respond(_ visit: inout Visit) async throws -> Answer {
        if let answer = sentOn(visit) { return answer }
        guard let (route, parameters) = try find(visit) else {
            return .redirect(Path(encoded: visit.target.canonical), status: 308)
        }
        visit.route = route
        guard let query = visit.query else { throw Common.malformed(plain("The address cannot be read.")) }
        var request = Request(
            method: route.method, path: visit.target.path, route: route.path, parameters: parameters, query: query,
            headers: visit.raw.headers,
            cookies: Cookie.read(visit.raw.headers.all("cookie"), secure: settings.isSecure), body: [], id: visit.id,
            remote: ClientAddress.of(peer: visit.raw.peer, headers: visit.raw.headers,
                                     trusting: settings.trustedProxies),
            principal: nil, language: Language.current)
        if route.policy == .loopback { try checkLoopback(visit.raw) }
        request.principal = try await identify(route.policy, request)
        visit.principal = request.principal
        visit.limitHeaders = try limit(route, request)
        if let answer = try admit(route, request, rawQuery: visit.target.rawQuery) { return answer }
        if !route.method.isSafe, let refusal = watch.refuses(route) { throw refusal }
        if !route.method.isSafe { try await readBody(of: visit.raw, into: &request, route) }
        do {
            try checkSource(route, request)
            let asked = request
            let answer = try await inTurn(route) { try await route.answer(asked) }
            await discard(request.uploads)
            return answer
        } catch {
            await discard(request.uploads)
            throw error
        }
    }

    /// Files that came and were not kept.
    private func discard(_ uploads: [Upload]) async {
        for upload in uploads { await upload.draft?.discard() }
    }

    /// Works on a request unless there are too many; a client that is slow to send its own takes nobody's place. The
    /// questions of a balancer and the style sheets of pages that were answered always pass.
    private func inTurn(_ route: Route, _ work: () async throws -> Answer) async throws -> Answer {
        if Site.isAlwaysAnswered(route) { return try await work() }
        if !takesPlace() {
            // A refusal at once brings whoever asks without a pause back at once, and sending them away again and again
            // can take as much of the processor as the work for the others.
            try await Task.sleep(for: .milliseconds(250))
            guard takesPlace() else { throw Common.unavailable(retryAfter: 1) }
        }
        defer { atWork.subtract(1, ordering: .relaxed) }
        return try await work()
    }

    private func takesPlace() -> Bool {
        if atWork.add(1, ordering: .relaxed).newValue <= settings.limits.atOnce { return true }
        atWork.subtract(1, ordering: .relaxed)
        return false
    }

    private static func isAlwaysAnswered(_ route: Route) -> Bool {
        ["/livez", "/readyz"].contains(route.path) || route.path.hasPrefix("/assets/")
    }

    /// To the public address, when it was asked for by a former one; for an hour, since addresses may move back. Not
    /// for the questions of a balancer, which asks each process itself.
    private func sentOn(_ visit: Visit) -> Answer? {
        guard !settings.formerHosts.isEmpty, let host = visit.raw.headers["host"]?.lowercased(),
              settings.formerHosts.contains(host), visit.target.path.hasPrefix("/"),
              !["/livez", "/readyz"].contains(visit.target.path),
              let url = WebURL(settings.publicURL.text + visit.target.canonical)
        else { return nil }
        var answer = Answer.redirect(to: url, status: 308)
        answer.add("Cache-Control", "max-age=3600")
        return answer
    }

    /// - Returns: nil where only the slash at the end is too much.
    private func find(_ visit: Visit) throws -> (Route, [String: String])? {
        guard let segments = visit.target.segments else { throw Common.notFound }
        let isHead = visit.raw.method == "HEAD"
        switch table.match(isHead ? .get : Method(rawValue: visit.raw.method), segments) {
        case .nothing: throw Common.notFound
        case .otherMethods(let methods): throw Common.methodNotAllowed(methods)
        case .route(let route, let parameters):
            guard visit.target.endsWithSlash else { return (route, parameters) }
            if route.method.isSafe { return nil }
            throw Common.notFound
        }
    }

    /// Only from this machine, asked for under a name of this machine (a name of somebody else's that leads here is an
    /// attack), and not through a proxy, behind which everybody is local.
    private func checkLoopback(_ raw: RawRequest) throws {
        let host = (raw.headers["host"] ?? "localhost").lowercased()
        let name = host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) + "]" : String(host.prefix { $0 != ":" })
        let isOurs = ["localhost", "127.0.0.1", "[::1]"].contains(name)
            || settings.publicURL.origin?.hasSuffix("//\(host)") ?? false
        guard settings.isDevelopment, isOurs, IPAddress(raw.peer)?.isLoopback ?? false,
              raw.headers["x-forwarded-for"] == nil, raw.headers["forwarded"] == nil
        else { throw Common.notFound }
    }

    private func identify(_ policy: Policy, _ request: Request) async throws -> Principal? {
        switch policy {
        case .open, .token, .loopback: return nil
        case .signedIn:
            guard let principal = try await authenticate(request), principal.kind == .session else { return nil }
            return principal
        case .api:
            // The API must not see a session: its routes are not guarded against forged forms.
            var request = request
            request.cookies = [:]
            guard let principal = try await authenticate(request), case .key = principal.kind else { return nil }
            return principal
        }
    }

    /// Counts the request; the strictest of the limits it meets goes into its headers.
    private func limit(_ route: Route, _ request: Request) throws -> [(String, String)] {
        guard route.limit != .none else { return [] }
        let address = IPAddress(request.remote)?.client ?? Array(request.remote.utf8)
        var verdicts: [RateLimiter.Verdict] = []
        func take(_ rule: String, of client: [UInt8], perMinute limit: Int) {
            var verdict = limiter.take(rule, of: client, perMinute: limit)
            verdict.rule = rule
            verdicts.append(verdict)
        }
        switch request.principal?.kind {
        case .key(let id)?:
            take("key", of: Array(id.utf8), perMinute: settings.limits.key)
            if !route.method.isSafe {
                take("key writes", of: Array(id.utf8), perMinute: settings.limits.writes)
            }
        case .session? where !route.method.isSafe:
            let session = Array((request.principal?.sessionID ?? request.remote).utf8)
            take("session writes", of: session, perMinute: settings.limits.writes)
        case nil where route.limit == .crowd:
            take("crowd", of: address, perMinute: settings.limits.anonymousWrites * 6)
        case nil where !route.method.isSafe:
            take("writes", of: address, perMinute: settings.limits.anonymousWrites)
        default: break
        }
        if case .perMinute(let limit, let bucket) = route.limit {
            take("own " + bucket, of: address, perMinute: limit)
        }
        guard let strictest = verdicts.min(by: { $0.isAllowed == $1.isAllowed ? $0.remaining < $1.remaining
                                                                                : !$0.isAllowed })
        else { return [] }
        guard strictest.isAllowed else { throw Limited(verdict: strictest) }
        return strictest.headers
    }

    /// - Returns: an answer instead of the route's: the way to the sign-in page.
    private func admit(_ route: Route, _ request: Request, rawQuery: String) throws -> Answer? {
        switch route.policy {
        case .open, .token, .loopback: return nil
        case .signedIn(let permission):
            guard let principal = request.principal else {
                guard route.method.isSafe, !route.isAPI else { throw Common.unauthorized }
                let back = rawQuery.isEmpty ? request.path : "\(request.path)?\(rawQuery)"
                return .redirect(("/sign-in" as Path).adding(query: [("next", back)]))
            }
            guard permission.map(principal.may) ?? true else { throw Common.forbidden }
        case .api(let permission):
            guard let principal = request.principal else { throw Common.unauthorized }
            guard principal.may(permission) else { throw Common.forbidden }
        }
        return nil
    }

    /// A form with files is taken apart while it arrives; everything else is read as one.
    private func readBody(of raw: RawRequest, into request: inout Request, _ route: Route) async throws {
        let isMultipart = route.uploads != nil && request.mediaType == "multipart/form-data"
        // The room for files is for files: what is kept in memory as a whole has no more than any other body.
        let limit = isMultipart ? route.bodyLimit : min(route.bodyLimit, Route.plainBytes)
        if let length = raw.headers["content-length"].flatMap(Int.init), length > limit {
            // Its texts are few: what is too much is a file.
            if isMultipart, let limits = route.uploads { throw Common.filesTooLarge(limits.fileBytes) }
            throw Common.payloadTooLarge(limit)
        }
        guard let limits = route.uploads, isMultipart else {
            request.body = try await raw.body(atMost: limit)
            return
        }
        let asked = try await route.before?(request)
        do {
            var form = try UploadedForm(
                contentType: raw.headers["content-type"] ?? "", limits: limits, place: route.place, asked: asked)
            do {
                try await raw.stream(limit) { try await form.feedAway($0) }
                try form.finish()
            } catch {
                await form.discard()
                if case .payloadTooLarge(limit)? = error as? Common { throw Common.filesTooLarge(limits.fileBytes) }
                throw error
            }
            request.uploads = form.files
            request.uploadedTexts = FormData(form.texts)
        } catch let mistake as MultipartMistake {
            throw mistake.refusal
        }
    }

    /// Unsafe methods: pages of others cannot send our forms. The API takes no cookies, so it need not ask; a token in
    /// the path is a secret that others do not have, and its pages may send `Origin: null`.
    private func checkSource(_ route: Route, _ request: Request) throws {
        guard !route.method.isSafe else { return }
        let source = CSRF.source(request.headers, publicURL: settings.publicURL)
        switch route.policy {
        case .api, .token: return
        case .open, .loopback:
            guard route.isAPI || source != .foreign else { throw Common.forged }
        case .signedIn:
            let token = request.headers["x-csrf-token"] ?? (try? request.form())?["csrf"]
            guard source != .foreign, CSRF.fits(token, request.principal?.csrf ?? "") else { throw Common.forged }
        }
    }
}

extension RateLimiter.Verdict {
    var headers: [(String, String)] {
        [("RateLimit-Limit", String(limit)), ("RateLimit-Remaining", String(remaining)),
         ("RateLimit-Reset", String(reset))]
    }
}

/// 429 with the numbers of the limit that was met.
struct Limited: Refusal {
    let verdict: RateLimiter.Verdict

    private var common: Common { .rateLimited(retryAfter: verdict.retryAfter) }
    var status: Int { common.status }
    var code: String { common.code }
    var message: String { common.message }
    var headers: [(String, String)] { common.headers + verdict.headers }
}
