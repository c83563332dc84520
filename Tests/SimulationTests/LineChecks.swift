/// The part of the checker that looks at waitlists and their mails: how each entry stands, and who hears of it when.
import Capabilities
import Database
import Scheduling
import Web

@testable import Features

extension Facts {
    struct Waiting: Sendable {
        let id, workspace, link, email, name, state: String
        let hold, booking: String?
        let start, until: Instant?
        let version: Int
    }

    mutating func readWaiting(_ tx: Transaction) throws {
        waiting = try tx.all("""
            SELECT id, workspace, link, email, name, state, hold, booking, offered_start, offered_until, version
            FROM waitlist_entry
            """) { row in
            Waiting(
                id: try row["id"], workspace: try row["workspace"], link: try row["link"], email: try row["email"],
                name: try row["name"], state: try row["state"], hold: try row["hold"], booking: try row["booking"],
                start: try row["offered_start"], until: try row["offered_until"], version: try row["version"])
        }
    }
}

extension Checker {
    var unlikeWaiting: [String] {
        var found: [String] = []
        let rows = Dictionary(facts.waiting.map { ($0.id, $0) }) { first, _ in first }
        for waiter in expected.waiters.values where !waiter.isForgotten {
            guard let row = rows[waiter.id.text] else {
                found.append("line: \(waiter.id) is not there")
                continue
            }
            if (row.state, row.version, row.hold, row.booking)
                != (waiter.state.rawValue, waiter.version, waiter.offer?.hold.text, waiter.booking?.text) {
                found.append("line: \(row.id) is \(row.state), version \(row.version), not \(waiter.state)")
            }
            if let offer = waiter.offer, (row.start, row.until) != (offer.start, offer.until) {
                found.append("line: \(row.id) is offered otherwise than its mail says")
            }
        }
        for row in facts.waiting where ID<WaitlistEntry>(row.id).flatMap({ expected.waiters[$0] }) == nil {
            found.append("line: \(row.id) is there, and nobody asked")
        }
        return found + unlikeOffers
    }

    /// By the rows alone: each offer keeps a place of its own, which nobody else has.
    private var unlikeOffers: [String] {
        let holds = Dictionary(facts.holds.map { ($0.id, $0) }) { first, _ in first }
        var found: [String] = []
        for (hold, rows) in Dictionary(grouping: facts.waiting.filter { $0.hold != nil }, by: \.hold) {
            if rows.count > 1 { found.append("line: \(hold ?? "") is offered to \(rows.count)") }
            for row in rows where row.until.map({ $0 > now }) ?? true {
                let kept = hold.flatMap { holds[$0] }
                if kept?.link != row.link || kept.map({ $0.expires < row.until ?? now }) ?? true {
                    found.append("line: \(row.id) is offered what is not kept")
                }
            }
            for row in rows where isQuiet && row.until.map({ $0 <= now }) ?? true {
                found.append("line: the offer of \(row.id) is over since \(row.until ?? now), and stands")
            }
        }
        return found
    }

    /// As long as somebody waits for a link somebody will look at it.
    var unlikeLooks: [String] {
        let looks = Dictionary(grouping: facts.jobs.filter { $0.kind == WaitlistJobs.look }, by: \.subject)
        let links = Set(expected.waiters.values.filter(\.isOpen).map(\.link.text))
        return links.compactMap { link in
            let planned = looks[link] ?? []
            let isPlanned = planned.contains { ["ready", "leased"].contains($0.state) }
            // One that nobody could end is planned anew by the housekeeping.
            let hasDied = planned.contains { job in
                job.state == "dead" && ID<QueuedJob>(job.id).map(expected.queue.mayBeDead.contains) ?? false
            }
            return isPlanned || hasDied ? nil : "line: no look at \(link) is planned, and people wait"
        }
    }

    func unlikeEnd(ofLook job: Facts.Planned) -> String? {
        switch job.state {
        case "done": nil
        case "ready": job.runAt > now ? nil : "job \(job.id), a look, is still ready"
        default: ID<QueuedJob>(job.id).flatMap { unlikeEnd(job, $0) }
        }
    }

    func unlikeEnd(ofWaitlistMail job: Facts.Planned) -> String? {
        guard let id = ID<QueuedJob>(job.id),
            let waiter = ID<WaitlistEntry>(job.subject).flatMap({ expected.waiters[$0] })
        else { return "job \(job.id) is about nobody who waits" }
        switch job.state {
        case "done": return expected.queue.mails[id] == nil ? "job \(job.id) is done, and no mail was taken" : nil
        case "skipped":
            let isRight = switch job.reason {
            case "too late": job.notAfter.map { ($0 < (job.endedAt ?? now)) } ?? false
            case "over": !waiter.isOpen || waiter.hasPassed(job.endedAt ?? now)
            case "it stands otherwise by now": waiter.version > job.version
            // Nobody else has looked at it since.
            case "lapsed": !waiter.isOpen || waiter.version > job.version
            default: false
            }
            return isRight ? nil : "job \(job.id) about \(waiter.id), \(waiter.state), was skipped: \(job.reason)"
        default: return unlikeEnd(job, id)
        }
    }
}

// MARK: Jobs

extension Simulation {
    func judge(_ outcome: JobOutcome?, ofLook job: Job) async throws {
        guard let link = ID<Link>(job.subject) else { return findings.append("\(job.id) looks at nothing") }
        switch outcome {
        case .done?, .retry?: break
        default: findings.append("\(job.id), a look, came to \(String(describing: outcome))")
        }
        try await followLook(at: link, isWhole: outcome == .done)
    }

    func judgeWaiting(_ mails: [OutgoingMail], _ outcome: JobOutcome?, of job: Job) {
        guard let id = ID<WaitlistEntry>(job.subject), let waiter = expected.waiters[id],
            let payload = try? JSON(reading: Array(job.payload.utf8))
        else { return findings.append("\(job.id) is a mail about nobody who waits") }
        if outcome == .done, mails.count != 1 { findings.append("\(job.id) is done by \(mails.count) mails") }
        let isAgain = payload["again"]?.bool ?? false
        let isSo = waiter.isOpen && !waiter.hasPassed(now) && (isAgain || waiter.version == job.version)
            && waiter.offer.map { $0.until > now } ?? true
        if case .skipped(let reason)? = outcome {
            if !mails.isEmpty { findings.append("\(job.id) was skipped, and sent") }
            if isSo, reason != "too late" {
                findings.append("\(job.id) of \(id), \(waiter.state), was skipped: \(reason)")
            }
        }
        for mail in mails {
            count("waitlist mails")
            findings += expected.queue.took(mail.messageID, of: job.id)
            var wrong = strangers(in: mail, of: waiter.tenant)
            if !isSo { wrong.append("tells of version \(job.version), \(waiter.state) by now") }
            if mail.invitation != nil { wrong.append("has a file, and nothing is certain") }
            if mail.to.address.text != waiter.email { wrong.append("went to \(mail.to.address.text)") }
            if !mail.text.contains("/book/waitlist/\(waiter.token)") { wrong.append("leads nowhere") }
            if mail.subject.hasPrefix("A place is free") != (waiter.state == .offered) {
                wrong.append("says “\(mail.subject)” to one who is \(waiter.state)")
            }
            findings += wrong.map { "line: \(job.id) of \(id): \($0)" }
        }
    }
}
