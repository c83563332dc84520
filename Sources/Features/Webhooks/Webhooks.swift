/// What the pages and the API of webhooks have in common: the use cases, and finding what an address names.
import Capabilities
import Database
import Scheduling
import Web

package struct Webhooks: Sendable {
    let installation: Installation
    let save: SaveWebhook
    let again: SendAgain

    package init(_ installation: Installation, sender: any HTTPSender) {
        self.installation = installation
        save = SaveWebhook(installation, sender: sender)
        again = SendAgain(installation)
    }

    /// The pages, then the API.
    package var routes: [Route] { WebhookRoutes(common: self).routes + WebhookAPI(common: self).routes }

    /// The webhook of the path's `:id`.
    /// - Throws: `Common.notFound`.
    func webhook(_ request: Request) async throws -> Webhook {
        let scope = try request.signedIn().scope
        guard let id = ID<Webhook>(try request.parameter("id")) else { throw Common.notFound }
        let found = try await installation.database.read(scope) { tx in
            try WebhookStore.find(id, scope: scope, in: tx)
        }
        guard let found else { throw Common.notFound }
        return found
    }

    /// The webhook of the path with its `:delivery` and what came of it.
    /// - Throws: `Common.notFound`, also for a delivery of another webhook.
    func delivery(
        _ request: Request
    ) async throws -> (webhook: Webhook, delivery: WebhookDelivery, attempts: [WebhookAttempt]) {
        let (webhook, id, scope) = (try await webhook(request), try delivery(of: request), try request.signedIn().scope)
        let found = try await installation.database.read(scope) { tx in
            try DeliveryStore.find(id, scope: scope, in: tx).map { delivery in
                (delivery, try DeliveryStore.attempts(of: id, scope: scope, in: tx))
            }
        }
        guard let (delivery, attempts) = found, delivery.webhook == webhook.id else { throw Common.notFound }
        return (webhook, delivery, attempts)
    }

    /// Sends the path's delivery once more.
    func resend(_ request: Request) async throws -> WebhookDelivery {
        let (webhook, id) = (try await webhook(request), try delivery(of: request))
        return try await again(id, of: webhook.id, scope: try request.signedIn().scope)
    }

    private func delivery(of request: Request) throws -> ID<WebhookDelivery> {
        guard let id = ID<WebhookDelivery>(try request.parameter("delivery")) else { throw Common.notFound }
        return id
    }
}
