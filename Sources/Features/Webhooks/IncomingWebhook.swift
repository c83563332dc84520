/// Where somebody else's webhooks arrive: checked over the raw bytes, kept once, answered at once, done as a job.
import Database
import Scheduling
import Web

/// One source of events. Its feature names a route and the work of the job; this is what all of them have in common.
///
/// ```swift
/// Route(.post, "/hooks/payments", .open) { try await payments.receive($0) }
/// ```
package struct IncomingWebhook: Sendable {
    /// Names the source in the table of what was received, for ever.
    package let source: String
    /// The job that follows. Its subject is the source's id of the event; what is so now it asks the source itself.
    package let kind: String
    /// The id of the event, if the message is the source's own and of now; nil otherwise. Sees the raw bytes.
    let verify: @Sendable (Headers, [UInt8], Instant) -> String?

    package init(
        source: String, kind: String, verify: @escaping @Sendable (Headers, [UInt8], Instant) -> String?
    ) {
        (self.source, self.kind, self.verify) = (source, kind, verify)
    }

    /// A source that signs as Standard Webhooks describes.
    package static func standard(source: String, kind: String, secret: WebhookSecret) -> IncomingWebhook {
        IncomingWebhook(source: source, kind: kind) { headers, body, now in
            guard let id = headers["webhook-id"], let timestamp = headers["webhook-timestamp"],
                  let signatures = headers["webhook-signature"], (1...255).contains(id.unicodeScalars.count),
                  secret.verifies(id: id, timestamp: timestamp, signatures: signatures, body: body, now: now)
            else { return nil }
            return id
        }
    }

    /// 204 for what is genuine, the second time too; nothing is kept of anything else.
    /// - Throws: `Common.malformed` for what is not signed, wrongly signed or of another time.
    package func receive(_ request: Request, _ installation: Installation) async throws -> Answer {
        let now = installation.world.now
        guard let event = verify(request.headers, request.body, now) else {
            throw Common.malformed(plain("This message does not carry a signature that fits it."))
        }
        let (job, body) = (installation.world.id(QueuedJob.self), request.body)
        try await installation.database.writeUnscoped { tx in
            guard try ReceivedStore.insert(source, event, body, now: now, in: tx) else { return }
            let new = NewJob(
                kind: kind, workspace: nil, subject: event, version: 1,
                dedupeKey: "\(kind)|\(source)|\(event)", runAt: now)
            try tx.enqueue(new, now: now, id: job)
        }
        return .empty()
    }
}
