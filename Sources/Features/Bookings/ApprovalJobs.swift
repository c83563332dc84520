/// What follows from asking a host: a word at half time, and the end of the wish when its time is over.
import Database
import Scheduling
import Web

package enum ApprovalJobs {
    /// Ends a wish that nobody answered.
    package static let expiry = "approval_expiry"
    /// The mail at half time, for one host.
    package static let reminder = "approval_reminder"

    /// Nobody is reminded of what is over in a few minutes.
    static let shortest: Int64 = 1_800

    /// Everything a wish brings with it: tokens, mails, the reminders and the end.
    static func ask(
        _ booking: Booking, _ installation: Installation, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        guard let waiting = booking.state.waiting else { return }
        let world = installation.world
        try ApprovalStore.give(booking.hosts, of: booking.id, installation, now: now, scope: scope, in: tx)
        try BookingJobs.tell(.asked, of: booking, world: world, now: now, scope: scope, in: tx)
        let (id, version) = (booking.id.text, booking.state.version)
        let end = NewJob(
            kind: expiry, workspace: scope.workspace, subject: id, version: version,
            dedupeKey: "\(expiry)|\(id)|\(version)", runAt: waiting.until)
        try tx.enqueue(end, now: now, id: world.id())
        guard waiting.until - now >= shortest else { return }
        for host in booking.hosts.map(\.id.text) {
            let job = NewJob(
                kind: reminder, workspace: scope.workspace, subject: id, version: version,
                payload: BookingJobs.payload(.reminder, recipient: host),
                dedupeKey: "\(reminder)|\(id)|\(version)|\(host)", ordering: "\(id)|\(host)",
                runAt: now.adding(seconds: (waiting.until - now) / 2), notAfter: waiting.until)
            try tx.enqueue(job, now: now, id: world.id())
        }
    }
}

/// The work of `ApprovalJobs.expiry`.
package struct ExpireApproval: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<Booking>(job.subject) else {
            return .dead("unreadable payload")
        }
        let scope = Scope(workspace: workspace, actor: .system)
        let hasEnded = try await DecideApproval(installation).expire(id, scope: scope)
        if hasEnded { CrashPoint.reach("expiring.after_commit") }
        return hasEnded ? .done : .skipped("answered, or asked for anew")
    }
}
