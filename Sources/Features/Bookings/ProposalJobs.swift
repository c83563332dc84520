/// The mails about a proposal, planned in its transaction: to the attendee who is asked, and who booked for them; to
/// hosts when none suits.
import Capabilities
import Database
import Scheduling
import Web

package enum ProposalNews: String, CaseIterable, Sendable {
    case proposed
    case refused = "none_suits"

    var words: String {
        switch self {
        case .proposed: plain("another time was asked for")
        case .refused: plain("none of the times suits")
        }
    }
}

package enum ProposalJobs {
    package static let kind = "proposal_mail"

    static func tell(
        _ news: ProposalNews, _ proposal: Proposal, to recipient: String, world: World, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        let job = NewJob(
            kind: kind, workspace: scope.workspace, subject: proposal.id.text, version: 1,
            payload: JSON.object([("news", .string(news.rawValue)), ("recipient", .string(recipient))]).text,
            dedupeKey: "\(kind)|\(proposal.id)|\(news.rawValue)|\(recipient)",
            // In the line of the booking's own mails: the invitation comes first.
            ordering: "\(proposal.booking)|\(recipient)", runAt: now,
            notAfter: news == .refused ? now.adding(days: 3) : proposal.expires)
        try tx.enqueue(job, now: now, id: world.id())
    }
}

/// The work of `ProposalJobs.kind`: reads the proposal again, and says nothing about what is no longer so.
package struct SendProposalMail: Sendable {
    let installation: Installation
    let mails: SendBookingMail

    package init(_ installation: Installation, mail: any MailProvider) {
        (self.installation, mails) = (installation, SendBookingMail(installation, mail: mail))
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<Proposal>(job.subject),
            let payload = try? JSON(reading: Array(job.payload.utf8)),
            let news = payload["news"]?.string.flatMap(ProposalNews.init(rawValue:)),
            let recipient = payload["recipient"]?.string
        else { return .dead("unreadable payload") }
        let (scope, now) = (Scope(workspace: workspace, actor: .system), installation.world.now)
        let found = try await installation.database.read(scope) { try ProposalStore.find(id, scope: scope, in: $0) }
        guard let proposal = found, let told = try await mails.told(proposal.booking, scope: scope) else {
            return .dead("no such proposal")
        }
        guard news == .refused ? proposal.state == .refused : proposal.isOpen(now: now) else {
            return .skipped("answered, or over")
        }
        let isToHost = news == .refused
        let asker = proposal.behalf ?? proposal.author
        let host = told.booking.hosts.first { isToHost ? $0.id.text == recipient : $0.id == asker }
            ?? (isToHost ? nil : told.booking.hosts.first)
        let isToBooker = recipient == TokenHolder.booker.rawValue
        guard let host, !isToBooker || told.booking.bookedBy != nil else { return .skipped("no recipient") }
        return try await JobOutcome.mailing(now: installation.world.now) {
            var facts = isToBooker ? told.bookersFacts(.asked, host: host, installation)
                : told.facts(.asked, host: host, installation)
            // Whoever refuses is the attendee.
            facts.deputy = isToHost ? nil : proposal.behalfName.map {
                .init(name: proposal.authorName, host: $0)
            }
            let token = isToBooker ? told.bookerToken : told.token
            let page = installation.url(Path("/booking/\(token ?? "")/proposal"))
            let mail = try ProposalLetter.outgoing(
                proposal.times, message: isToHost ? proposal.reply : proposal.message, until: proposal.expires,
                page: page, isRefused: isToHost, occasion: "\(proposal.id)-\(news.rawValue)", facts)
            return try await mails.send(
                mail, news.rawValue, to: recipient, job, about: proposal.booking.text, scope: scope)
        }
    }
}
