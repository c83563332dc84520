/// Mails a host the words of a visitor whom nobody could answer.
import Capabilities
import Database
import Scheduling
import Web

package struct SendRingMessage: Sendable {
    package static let kind = "ring_message"

    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        self.installation = installation
        self.mail = mail
    }

    static func job(_ ring: ID<Ring>, to host: ID<User>, now: Instant, scope: Scope) -> NewJob {
        NewJob(
            kind: kind, workspace: scope.workspace, subject: ring.text, version: 1,
            payload: JSON.object([("recipient", .string(host.text))]).text, dedupeKey: "\(kind)|\(ring)|\(host)",
            runAt: now, notAfter: now.adding(seconds: Ring.kept))
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<Ring>(job.subject),
            let host = (try? JSON(reading: Array(job.payload.utf8)))?["recipient"]?.string.flatMap({ ID<User>($0) })
        else { return .dead("unreadable payload") }
        let scope = Scope(workspace: workspace, actor: .system)
        let found = try await installation.database.read(scope) { tx in
            let ring = try RingStore.find(id, scope: scope, in: tx)
            return (
                ring: ring, host: try LinkStore.host(host, scope: scope, in: tx),
                link: try ring.flatMap { try LinkStore.find($0.link, scope: scope, in: tx) },
                profile: try ProfileStore.find(host, in: tx), name: try LinkStore.workspaceName(scope: scope, in: tx)
            )
        }
        guard let ring = found.ring, let link = found.link, !ring.message.isEmpty else { return .skipped("over") }
        guard let person = found.host else { return .skipped("no recipient") }
        return try await JobOutcome.mailing(now: installation.world.now) {
            let message = try Language.$current.withValue(installation.language(found.profile?.wish.language ?? "en")) {
                try RingMail.outgoing(
                    to: person.email, from: ring.wish.attendee.name, address: ring.wish.attendee.email,
                    message: ring.message, title: link.rules.title, workspaceName: found.name,
                    occasion: "\(ring.id).\(host)", now: installation.world.now, mailFrom: installation.mailFrom)
            }
            CrashPoint.reach("ring_message.before_send")
            _ = try await mail.send(message)
            CrashPoint.reach("ring_message.after_send")
            return .done
        }
    }
}
