/// Two workers whose every phase is a step: claim, do, write down; and what can happen to a worker in between.
import Capabilities
import Database
import Scheduling
import Web

@testable import Features

/// A job in somebody's hand.
struct InHand: Sendable {
    let job: Job
    /// Which claim it is held by.
    let claim: Int
    /// What the work said, once it was done.
    var outcome: JobOutcome?
    var isDone = false
}

struct Worker {
    let name: String
    var runner: JobRunner
    var hand: [InHand] = []
    /// As by SIGSTOP: the clock goes on, the worker does not, and it knows nothing of it.
    var isStopped = false
}

extension Simulation {
    func toil(_ act: Act) async throws -> String {
        let index = chance.number(0...(crew.count - 1))
        if crew[index].isStopped, act != .wake, act != .kill { return "\(crew[index].name) stands still" }
        switch act {
        case .claim: return "\(crew[index].name): \(try await claim(index, limit: chance.number(1...5)))"
        case .work: return "\(crew[index].name): \(try await work(index, atMost: chance.number(1...4)))"
        case .end: return "\(crew[index].name): \(try await end(index, atMost: chance.number(1...4)))"
        case .renew: return "\(crew[index].name): \(try await renew(index))"
        case .stall: crew[index].isStopped = true
        case .wake: crew[index].isStopped = false
        default: replace(index)
        }
        return crew[index].name
    }

    /// The process is gone with all it had in hand; another one takes its place.
    func replace(_ index: Int) {
        for held in crew[index].hand { expected.queue.excuse(held.job.id) }
        crew[index] = Worker(name: crew[index].name, runner: runner)
    }

    func claim(_ index: Int, limit: Int) async throws -> String {
        let runner = crew[index].runner
        let claimed = try await outcome { try await runner.claim(limit: limit) }
        guard case .success(let jobs) = claimed else {
            expected.queue.takeBack(now: now, isSure: false)
            return "broken off"
        }
        expected.queue.takeBack(now: now)
        for job in jobs {
            let (claim, wrong) = expected.queue.claim(job, now: now)
            findings += wrong
            crew[index].hand.append(InHand(job: job, claim: claim))
        }
        return "\(jobs.map { "\($0.id) #\($0.attempt)" })"
    }

    // MARK: The effect

    func work(_ index: Int, atMost most: Int) async throws -> String {
        var done: [String] = []
        for place in crew[index].hand.indices where !crew[index].hand[place].isDone && done.count < most {
            let held = crew[index].hand[place], runner = crew[index].runner
            // What is done under a lost lease may be done by its new owner too.
            if !expected.queue.owns(held.claim, held.job.id) { expected.queue.excuse(held.job.id) }
            post.change(to: mood)
            let outcome = await runner.outcome(of: held.job)
            crew[index].hand[place].outcome = outcome
            crew[index].hand[place].isDone = true
            let mails = post.collect()
            if mood == .takesAndHangsUp, !mails.isEmpty { expected.queue.excuse(held.job.id) }
            judge(mails, outcome, of: held.job)
            done.append("\(held.job.id) \(outcome.map { "\($0)" } ?? "nothing")")
        }
        return "\(done)"
    }

    private func judge(_ mails: [OutgoingMail], _ outcome: JobOutcome?, of job: Job) {
        if outcome == .done, mails.count != 1 { findings.append("\(job.id) is done by \(mails.count) mails") }
        if case .skipped? = outcome, !mails.isEmpty { findings.append("\(job.id) was skipped, and sent") }
        guard !mails.isEmpty else { return }
        guard let id = ID<Booking>(job.subject), let meeting = expected.meetings[id],
            let payload = try? JSON(reading: Array(job.payload.utf8)), let news = payload["news"]?.string,
            let recipient = payload["recipient"]?.string
        else {
            findings.append("\(job.id) sent a mail about nothing")
            return
        }
        for mail in mails {
            count("mails")
            if expected.queue.mails[job.id] != nil { count("mails once more, as they may") }
            findings += expected.queue.took(mail.messageID, of: job.id)
            findings += wrong(mail, news: news, to: recipient, meeting, job)
        }
    }

    /// What a mail must not be: about another version than today's, to anybody else, of another workspace.
    private func wrong(
        _ mail: OutgoingMail, news: String, to recipient: String, _ meeting: Meeting, _ job: Job
    ) -> [String] {
        var wrong: [String] = []
        if recipient == "former" {
            if mail.to.address.text != meeting.formerEmails[job.version] { wrong.append("a recall to \(mail.to)") }
        } else {
            if meeting.version != job.version {
                wrong.append("\(job.id) tells of version \(job.version), the booking has \(meeting.version)")
            }
            let status: BookingStatus = news == "cancelled" ? .cancelled : .confirmed
            if meeting.status != status { wrong.append("\(job.id) tells \(news) of a booking \(meeting.status)") }
            if let reader = reader(recipient, of: meeting), reader != mail.to.address.text {
                wrong.append("\(job.id) for \(reader) went to \(mail.to.address.text)")
            }
            if now > meeting.ends { wrong.append("\(job.id) tells of a meeting that is over") }
        }
        for tenant in town.tenants where tenant.mark != mark(of: meeting) {
            let words = mail.subject + mail.text + (mail.invitation?.text ?? "")
            if words.contains(tenant.mark) { wrong.append("\(job.id) tells of another workspace") }
        }
        return wrong
    }

    private func reader(_ recipient: String, of meeting: Meeting) -> String? {
        if recipient == "attendee" { return meeting.email }
        if recipient.hasPrefix("guest.") { return meeting.guests.first }
        return town.people[meeting.host]?.email
    }

    // MARK: The end

    func end(_ index: Int, atMost most: Int) async throws -> String {
        let done = crew[index].hand.filter(\.isDone).prefix(most)
        var words: [String] = []
        for held in done {
            crew[index].hand.removeAll { $0.claim == held.claim }
            let runner = crew[index].runner
            let written = try await outcome { try await runner.end(held.job, as: held.outcome) }
            var isOurs = expected.queue.owns(held.claim, held.job.id)
            if case .success(let wasOurs) = written, expected.queue.isOver(held.claim, held.job.id, now: now) {
                isOurs = wasOurs
            }
            switch written {
            case .failure: expected.queue.excuse(held.job.id)
            case .success(let wasOurs):
                if !isOurs { count("late ends refused") }
                if wasOurs != isOurs {
                    findings.append(
                        "\(held.job.id): an end \(isOurs ? "in time was refused" : "after the lease was taken")")
                }
                if isOurs, let outcome = held.outcome { expected.queue.end(held.job, as: outcome) }
            }
            words.append("\(held.job.id) \(written)")
        }
        return "\(words)"
    }

    private func renew(_ index: Int) async throws -> String {
        let runner = crew[index].runner
        var lost = 0
        for held in crew[index].hand {
            let isOurs = try await runner.renew(held.job)
            let isOver = expected.queue.isOver(held.claim, held.job.id, now: now)
            if !isOver, isOurs != expected.queue.owns(held.claim, held.job.id) {
                findings.append("\(held.job.id): a lease of \(isOurs ? "somebody else was renewed" : "ours was lost")")
            }
            if isOurs { expected.queue.renew(held.job.id, now: now) } else { lost += 1 }
        }
        return "\(crew[index].hand.count) leases, \(lost) lost"
    }
}
