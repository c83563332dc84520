/// The addresses at which webhooks are made, changed and watched: `/settings/webhooks`.
import Database
import Scheduling
import Web

struct WebhookRoutes: Sendable {
    let common: Webhooks
    private var installation: Installation { common.installation }
    private var save: SaveWebhook { common.save }
    private static let home: Path = "/settings/webhooks"
    static let pageLength = 50

    var routes: [Route] {
        [
            Route(.get, "/settings/webhooks", .signedIn(.manageWebhooks), list),
            Route(.get, "/settings/webhooks/new", .signedIn(.manageWebhooks), new),
            Route(.post, "/settings/webhooks", .signedIn(.manageWebhooks), create),
            Route(.get, "/settings/webhooks/:id", .signedIn(.manageWebhooks), edit),
            Route(.post, "/settings/webhooks/:id", .signedIn(.manageWebhooks), change),
            Route(.post, "/settings/webhooks/:id/rotation", .signedIn(.manageWebhooks), rotate),
            Route(.post, "/settings/webhooks/:id/test", .signedIn(.manageWebhooks), test),
            Route(.post, "/settings/webhooks/:id/deletion", .signedIn(.manageWebhooks), delete),
            Route(.get, "/settings/webhooks/:id/deliveries/:delivery", .signedIn(.manageWebhooks), delivery),
            Route(.post, "/settings/webhooks/:id/deliveries/:delivery/resend", .signedIn(.manageWebhooks), resend),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let (webhooks, last) = try await installation.database.read(scope) { tx in
            (try WebhookStore.all(scope: scope, in: tx), try DeliveryStore.lastAttempts(scope: scope, in: tx))
        }
        let times = try await times(principal)
        return .page(WebhooksPage(
            principal: principal, webhooks: webhooks, last: last, times: times,
            isDone: request.query["done"] != nil).html)
    }

    private func new(_ request: Request) async throws -> Answer {
        let ticks = WebhookEvent.allCases.map { ("event.\($0.rawValue)", "on") }
        let form = Filled(values: Dictionary(uniqueKeysWithValues: ticks))
        return .page(NewWebhookPage(principal: try request.signedIn(), form: form).html)
    }

    /// Answers with the page itself and no redirect: the secret is in this one answer only.
    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let form = try request.form()
        do {
            var fields = Fields(form: form)
            let wish = WebhookWish(&fields, over: nil, whole: true)
            try fields.finish()
            let made = try await save.create(wish, scope: principal.scope, from: Origin(request))
            return .page(try await page(principal, made.webhook, secret: made.secret).html, status: 201)
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            let page = NewWebhookPage(principal: principal, form: Self.typed(form, refusal))
            return .page(page.html, status: refusal.status)
        }
    }

    private func edit(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var page = try await page(
            principal, try await common.webhook(request),
            after: request.query["cursor"].flatMap(ID<WebhookDelivery>.init))
        page.done = request.query["done"].flatMap(WebhookPage.Done.init(rawValue:))
        return .page(page.html)
    }

    private func change(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (webhook, form) = (try await common.webhook(request), try request.form())
        do {
            _ = try await save.update(webhook.id, scope: principal.scope, from: Origin(request)) { webhook in
                var fields = Fields(form: form)
                let wish = WebhookWish(&fields, over: webhook, whole: true)
                try fields.finish()
                return wish
            }
            return Self.back(to: webhook.id, .saved)
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            var page = try await page(principal, webhook)
            page.form = Self.typed(form, refusal)
            return .page(page.html, status: refusal.status)
        }
    }

    private func rotate(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let id = try await common.webhook(request).id
        let (webhook, secret) = try await save.rotate(id, scope: principal.scope, from: Origin(request))
        return .page(try await page(principal, webhook, secret: secret).html, status: 201)
    }

    private func test(_ request: Request) async throws -> Answer {
        let id = try await common.webhook(request).id
        _ = try await common.again.test(id, scope: try request.signedIn().scope)
        return Self.back(to: id, .tested)
    }

    private func delete(_ request: Request) async throws -> Answer {
        try await save.delete(
            try await common.webhook(request).id, scope: try request.signedIn().scope, from: Origin(request))
        return .redirect(Self.home.adding(query: [("done", "deleted")]))
    }

    private func delivery(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (webhook, delivery, attempts) = try await common.delivery(request)
        return .page(DeliveryPage(
            principal: principal, webhook: webhook, delivery: delivery, attempts: attempts,
            times: try await times(principal)).html)
    }

    private func resend(_ request: Request) async throws -> Answer {
        .redirect(try await common.resend(request).path)
    }

    // MARK: What they have in common

    private func page(
        _ principal: Principal, _ webhook: Webhook, secret: String? = nil, after: ID<WebhookDelivery>? = nil
    ) async throws -> WebhookPage {
        let scope = principal.scope
        let rows = try await installation.database.read(scope) { tx in
            try DeliveryStore.all(of: webhook.id, after: after, limit: Self.pageLength + 1, scope: scope, in: tx)
        }
        return WebhookPage(
            principal: principal, webhook: webhook, deliveries: Array(rows.prefix(Self.pageLength)),
            hasMore: rows.count > Self.pageLength, times: try await times(principal), form: webhook.filled,
            secret: secret)
    }

    private func times(_ principal: Principal) async throws -> OwnTimes {
        try await OwnTimes(of: principal, installation)
    }

    private static func back(to id: ID<Webhook>, _ done: WebhookPage.Done) -> Answer {
        .redirect(Path("/settings/webhooks/\(id)").adding(query: [("done", done.rawValue)]))
    }

    /// Everything as it was typed and ticked.
    private static func typed(_ form: FormData, _ refusal: any Refusal) -> Filled {
        let texts = ["url", "description", "active"].map { ($0, form[$0] ?? "") }
        let ticks = form.all("events").map { ("event.\($0)", "on") }
        let values = Dictionary(texts + ticks, uniquingKeysWith: { first, _ in first })
        return Filled(values: values, errors: refusal.fields)
    }
}

extension Webhook {
    fileprivate var filled: Filled {
        let ticks = events.map { ("event.\($0.rawValue)", "on") }
        let values = [("url", url), ("description", description), ("active", isActive ? "on" : "")] + ticks
        return Filled(values: Dictionary(uniqueKeysWithValues: values))
    }
}

/// Instants as the reader of a page wants to see them.
struct OwnTimes: Sendable {
    let zone: Zone
    let clock: HourClock

    init(zone: Zone, clock: HourClock) { (self.zone, self.clock) = (zone, clock) }

    init(of principal: Principal, _ installation: Installation) async throws {
        let scope = principal.scope
        let own = try await installation.database.read(scope) { tx in
            try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)?.account
        }
        zone = own.flatMap { installation.world.zones.zone($0.zone) } ?? .utc
        clock = own?.clock ?? .twentyFour
    }

    func html(_ instant: Instant) -> HTML {
        let local = zone.local(at: instant)
        return """
            <time datetime="\(instant.rfc3339())">\(local.date.shortDayWords), \(local.words(clock))</time>
            """
    }
}
