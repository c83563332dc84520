/// The part of the checker that looks at proposals and their mails: how each stands, what it keeps, who hears of it.
import Capabilities
import Database
import Scheduling
import Web

@testable import Features

extension Facts {
    struct Proposed: Sendable {
        let id, workspace, booking, state: String
        let about, expires: Instant
        var starts: [Instant] = []
    }

    mutating func readProposals(_ tx: Transaction) throws {
        let times = try tx.all("SELECT proposal, starts FROM proposal_time ORDER BY starts") { row in
            (try row["proposal"] as String, try row["starts"] as Instant)
        }
        let byProposal = Dictionary(grouping: times, by: \.0).mapValues { $0.map(\.1) }
        proposals = try tx.all("SELECT id, workspace, booking, state, about, expires FROM proposal") { row in
            let id: String = try row["id"]
            return Proposed(
                id: id, workspace: try row["workspace"], booking: try row["booking"], state: try row["state"],
                about: try row["about"], expires: try row["expires"], starts: byProposal[id] ?? [])
        }
    }
}

extension Checker {
    var unlikeProposals: [String] {
        var found: [String] = []
        let rows = Dictionary(facts.proposals.map { ($0.id, $0) }) { first, _ in first }
        let kept = Dictionary(grouping: facts.ledger.filter { $0.kind == "hold" }, by: \.ref)
        for asked in expected.proposals.values {
            guard let row = rows[asked.id.text] else {
                found.append("proposal: \(asked.id) is not there")
                continue
            }
            if row.state != asked.state.rawValue {
                found.append("proposal: \(row.id) is \(row.state), not \(asked.state)")
            }
            if (row.booking, row.about, row.expires) != (asked.booking.text, asked.about, asked.expires)
                || row.starts != asked.starts {
                found.append("proposal: \(row.id) asks otherwise than was answered")
            }
            let own = (kept[row.id] ?? []).filter { ($0.expires ?? now) > now }
            let wanted = asked.state == .open && asked.expires > now ? asked.rows : []
            let have = own.map { row in
                "\(row.claim) \(row.subject) \(row.starts) \(row.ends) \(row.gapBefore) \(row.gapAfter)"
            }
            if have.sorted() != wanted.map(\.line).sorted() {
                found.append("proposal: \(row.id), \(row.state), keeps \(have.count) times of \(wanted.count)")
            }
            if own.contains(where: { $0.expires != asked.expires }) {
                found.append("proposal: \(row.id) keeps its times for longer or shorter than it says")
            }
        }
        let open = Dictionary(grouping: facts.proposals.filter { $0.state == "open" }, by: \.booking)
        for (booking, all) in open where all.count > 1 { found.append("proposal: \(booking) is asked twice at once") }
        for row in facts.proposals where ID<Proposal>(row.id).flatMap({ expected.proposals[$0] }) == nil {
            found.append("proposal: \(row.id) is there, and no answer names it")
        }
        return found
    }

    /// How a mail about a proposal may end.
    func unlikeEnd(ofProposalMail job: Facts.Planned, _ asked: Asked, _ id: ID<QueuedJob>) -> String? {
        let isRefusal = job.key.contains("|\(ProposalNews.refused.rawValue)|")
        switch job.state {
        case "done": return expected.queue.mails[id] == nil ? "job \(job.id) is done, and no mail was taken" : nil
        case "skipped":
            let isRight = switch job.reason {
            case "too late": job.notAfter.map { ($0 < (job.endedAt ?? now)) } ?? false
            case "answered, or over": !isRefusal && (asked.state != .open || asked.expires <= (job.endedAt ?? now))
            // Judged when it was skipped: they may be its host again.
            case "no recipient": isRefusal
            case "accepted before": expected.queue.mails[id] != nil
            default: false
            }
            return isRight ? nil : "job \(job.id) about \(asked.id), \(asked.state), was skipped: \(job.reason)"
        default: return unlikeEnd(job, id)
        }
    }
}

extension Taken {
    fileprivate var line: String { "\(claim) \(subject) \(starts) \(ends) \(gapBefore) \(gapAfter)" }
}

// MARK: Mails

extension Simulation {
    func judgeProposal(_ mails: [OutgoingMail], _ outcome: JobOutcome?, of job: Job) {
        guard let id = ID<Proposal>(job.subject), let asked = expected.proposals[id],
            let meeting = expected.meetings[asked.booking], let payload = try? JSON(reading: Array(job.payload.utf8)),
            let news = payload["news"]?.string.flatMap(ProposalNews.init(rawValue:)),
            let recipient = payload["recipient"]?.string
        else { return findings.append("\(job.id) is a mail about no proposal") }
        if outcome == .done, mails.count != 1 { findings.append("\(job.id) is done by \(mails.count) mails") }
        let isSo = news == .refused ? asked.state == .refused : asked.state == .open && asked.expires > now
        if case .skipped(let reason)? = outcome {
            if !mails.isEmpty { findings.append("\(job.id) was skipped, and sent") }
            let isHost = meeting.hostNames.contains(recipient)
            if reason == "answered, or over" && isSo || reason == "no recipient" && isHost {
                findings.append("\(job.id) of \(id) was skipped: \(reason)")
            }
        }
        for mail in mails {
            count("proposal mails")
            findings += expected.queue.took(mail.messageID, of: job.id)
            var wrong = strangers(in: mail, of: asked.tenant)
            if !isSo { wrong.append("tells \(news) of one that is \(asked.state)") }
            if mail.invitation != nil { wrong.append("has a file, and nothing is certain") }
            if reader(recipient, of: meeting, meeting.version) != mail.to.address.text {
                wrong.append("went to \(mail.to.address.text)")
            }
            if news == .proposed { wrong += unlikeOffers(mail, to: recipient, asked, meeting) }
            findings += wrong.map { "\(job.id) of \(id) to \(recipient): \($0)" }
        }
    }

    /// Each time is one press, by the newest token.
    private func unlikeOffers(
        _ mail: OutgoingMail, to recipient: String, _ asked: Asked, _ meeting: Meeting
    ) -> [String] {
        let token = recipient == "booker" ? meeting.booker?.token ?? "" : meeting.token
        let page = "/booking/\(token)/proposal"
        let missing = asked.starts.filter { !mail.text.contains("\(page)?start=\($0.seconds)") }
        let number = mail.text.ranges(of: "?start=").count
        var wrong = missing.map { "does not name \($0)" }
        if number != asked.starts.count { wrong.append("names \(number) times of \(asked.starts.count)") }
        if asked.starts.isEmpty, !mail.text.contains("/book/reschedule/\(token)") {
            wrong.append("leads nowhere")
        }
        return wrong
    }
}
