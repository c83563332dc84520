/// The end of a kept offer at its minute, and of those of a link that is gone. At its minute the times are free in any
/// case; the job says so where it is shown.
import Database
import Scheduling

package enum KeptOfferJobs {
    /// Runs ``LapseKeptOffer``.
    package static let lapse = "kept_offer_lapse"

    static func end(_ offer: KeptOffer, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        let job = NewJob(
            kind: lapse, workspace: scope.workspace, subject: offer.id.text, version: 1,
            dedupeKey: "\(lapse)|\(offer.id)", ordering: "\(lapse)|\(offer.id)", runAt: offer.expires)
        try tx.enqueue(job, now: now, id: world.id())
    }
}

/// The work of `KeptOfferJobs.lapse`.
package struct LapseKeptOffer: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<KeptOffer>(job.subject) else {
            return .dead("unreadable payload")
        }
        let hasEnded = try await EndKeptOffer(installation).lapse(
            id, scope: Scope(workspace: workspace, actor: .system))
        return hasEnded ? .done : .skipped("over already")
    }
}

/// The work of `DeleteLink.job`: nobody can book there any more, so nothing of it stays kept.
package struct EndOffersOfLink: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let link = ID<Link>(job.subject) else {
            return .dead("unreadable payload")
        }
        let (scope, now) = (Scope(workspace: workspace, actor: .system), installation.world.now)
        let open = try await installation.database.read(scope) { tx in
            try KeptOfferStore.open(of: link, now: now, scope: scope, in: tx)
        }
        for offer in open { try await EndKeptOffer(installation).release(offer.id, scope: scope) }
        return .done
    }
}
