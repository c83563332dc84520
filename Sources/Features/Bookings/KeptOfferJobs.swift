/// The end of a kept offer at its minute, and of those that nobody could book of any more. At its minute the times are
/// free in any case; the job says so where it is shown.
import Database
import Scheduling

package enum KeptOfferJobs {
    /// Runs ``LapseKeptOffer``.
    package static let lapse = "kept_offer_lapse"

    static func end(_ offer: KeptOffer, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        let job = NewJob(
            kind: lapse, workspace: scope.workspace, subject: offer.id.text, version: 1,
            dedupeKey: "\(lapse)|\(offer.id)|\(offer.expires.seconds)", ordering: "\(lapse)|\(offer.id)",
            runAt: offer.expires)
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
        let scope = Scope(workspace: workspace, actor: .system)
        func found() async throws -> KeptOffer? {
            try await installation.database.read(scope) { try KeptOfferStore.find(id, scope: scope, in: $0) }
        }
        // A job that comes months late may find nothing.
        guard try await found() != nil else { return .skipped("forgotten") }
        if try await EndKeptOffer(installation).lapse(id, scope: scope) { return .done }
        let offer = try await found()
        return offer?.state == .open ? .retry("not over yet") : .skipped("over already")
    }
}

/// The work of `LinkOfferStore.look`: where nobody can book any more, or whose host is none any more, nothing is kept.
package struct EndOffersOfLink: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// What is over, and when the link ends for what stays open.
    private typealias Found = (over: [KeptOffer], last: Instant?, open: [KeptOffer])

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let link = ID<Link>(job.subject) else {
            return .dead("unreadable payload")
        }
        let (scope, now) = (Scope(workspace: workspace, actor: .system), installation.world.now)
        let (over, last, open) = try await installation.database.read(scope) { tx -> Found in
            let open = try KeptOfferStore.open(of: link, now: now, scope: scope, in: tx)
            guard let found = try LinkStore.find(link, scope: scope, in: tx) else { return (open, nil, []) }
            do {
                try found.checkOpen(now: now, scope: scope, in: tx)
            } catch is LinkRefusal {
                return (open, nil, [])
            }
            let hosts = Set(found.hosts.map(\.id))
            let over = try open.filter { offer in
                try tx.subjects(ofClaims: offer.claims).compactMap(ID<User>.init).contains { !hosts.contains($0) }
            }
            return (over, found.rules.access.expiresAt, open.filter { !over.contains($0) })
        }
        let end = EndKeptOffer(installation)
        for offer in over { try await end.release(offer.id, scope: scope) }
        if let last {
            for offer in open where last < offer.expires { try await end.shorten(offer.id, to: last, scope: scope) }
        }
        return .done
    }
}
