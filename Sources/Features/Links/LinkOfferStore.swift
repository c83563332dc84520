/// What a change of a link, or of who can be met there, means for the times that are kept free for readers of offers.
import Database
import Scheduling

package enum LinkOfferStore {
    /// The kind of the job that looks whether the kept times of a link can still be booked.
    package static let look = "kept_offer_look"

    /// After a change; does nothing while nothing of the link is kept.
    static func look(at link: ID<Link>, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        guard try countOpen(of: link, now: now, scope: scope, in: tx) > 0 else { return }
        let id: ID<QueuedJob> = world.id()
        let job = NewJob(
            kind: look, workspace: scope.workspace, subject: link.text, version: 1, dedupeKey: "\(look)|\(id)",
            ordering: "\(look)|\(link)", runAt: now)
        try tx.enqueue(job, now: now, id: id)
    }

    /// How many offers of a link are open.
    static func countOpen(of link: ID<Link>, now: Instant, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS n FROM kept_offer
            WHERE workspace = \(scope.workspace) AND link = \(link) AND ended_at IS NULL AND expires > \(now)
            """) { try $0["n"] } ?? 0
    }
}
