/// The part of the checker that looks at the outbox: what was planned, who has it, and how it ended.
import Database
import Scheduling

@testable import Features

extension Checker {
    /// For each change one mail to each person, planned once; no mail about anything else.
    var unlikeJobs: [String] {
        var wanted: Set<String> = []
        var silent: Set<String> = []
        for line in facts.history {
            guard let meeting = ID<Booking>(line.booking).flatMap({ expected.meetings[$0] }) else { continue }
            let people = meeting.mailed[line.version] ?? []
            let keys = people.map { "booking_mail|\(line.booking)|\(line.version)|\($0)" }
                + meeting.askedKeys(line.version)
            // A no-show is nobody's news, and what ended long ago is forgotten.
            if line.event.hasPrefix("no_show") { continue }
            if line.at < prunedBefore.adding(days: 3) { silent.formUnion(keys) } else { wanted.formUnion(keys) }
        }
        for id in expected.began {
            guard let gathering = expected.gatherings[id] else { continue }
            for (version, at) in gathering.told {
                let keys = gathering.crew.hosts.map { "\(SessionJobs.kind)|\(id)|\(version)|\($0)" }
                if at < prunedBefore.adding(days: 3) { silent.formUnion(keys) } else { wanted.formUnion(keys) }
            }
        }
        for asked in expected.proposals.values {
            for (key, at) in asked.jobs {
                if at < prunedBefore.adding(days: 3) { silent.insert(key) } else { wanted.insert(key) }
            }
        }
        for course in expected.courses.values {
            for (version, letter) in course.letters {
                let keys = letter.parties.keys.map { "\(SeriesJobs.kind)|\(course.id)|\(version)|\($0)" }
                if letter.at < prunedBefore.adding(days: 3) { silent.formUnion(keys) } else { wanted.formUnion(keys) }
            }
        }
        let once = expected.codes.map(\.job) + expected.offerings.map(\.job)
        for (key, at) in expected.waiters.values.flatMap(\.jobs) + expected.calls.flatMap(\.jobs) + once {
            if at < prunedBefore.adding(days: 3) { silent.insert(key) } else { wanted.insert(key) }
        }
        let looks = [WaitlistJobs.look, LinkOfferStore.look]
        let present = facts.jobs.filter { !$0.key.contains("|link|") && !looks.contains($0.kind) }.map(\.key)
        let have = Set(present)
        return wanted.subtracting(have).map { "jobs: none for \($0)" }
            + have.subtracting(wanted).subtracting(silent).map { "jobs: nothing asked for \($0)" }
            + (have.count == present.count ? [] : ["jobs: one key twice"]) + unlikeReminders
    }

    /// The current link is mailed once an hour at most.
    private var unlikeReminders: [String] {
        let asked = facts.jobs.filter { $0.key.contains("|link|") }
        let byHour = Dictionary(grouping: asked) { job in
            let isBookers = job.key.contains("|booker|")
            return job.key.split(separator: "|").prefix(isBookers ? 5 : 4).joined(separator: "|")
        }
        return byHour.values.filter { $0.count > 1 }.map { "jobs: the link of \($0[0].subject) twice within an hour" }
    }

    /// Nobody works on what another has, and no two on one order.
    var unlikeLeases: [String] {
        let leased = facts.jobs.filter { $0.state == "leased" }
        var found: [String] = []
        for job in leased {
            let lease = ID<QueuedJob>(job.id).flatMap { expected.queue.leases[$0] }
            if lease?.until != job.leasedUntil { found.append("job \(job.id) is leased to nobody we know") }
        }
        let living = leased.filter { ($0.leasedUntil ?? now) > now && !$0.ordering.isEmpty }
        for (order, jobs) in Dictionary(grouping: living, by: \.ordering) where jobs.count > 1 {
            found.append("jobs: \(jobs.count) of the order \(order) at once")
        }
        return found
    }

    /// After quiet: everything has ended, and for a reason that is so.
    var unlikeQuiet: [String] {
        facts.jobs.compactMap { job in
            if job.kind == WaitlistJobs.look { return unlikeEnd(ofLook: job) }
            if job.kind == WaitlistJobs.mail { return unlikeEnd(ofWaitlistMail: job) }
            if job.kind == KeptOfferJobs.lapse { return unlikeEnd(ofLapse: job) }
            if job.kind == LinkOfferStore.look { return unlikeEnd(ofOfferLook: job) }
            if job.kind == SendRingMessage.kind { return unlikeEnd(ofWords: job) }
            if job.kind == SendEmailCode.kind { return unlikeEnd(ofCode: job) }
            if ID<GroupSession>(job.subject) != nil || ID<Series>(job.subject) != nil {
                return unlikeTogether(job)
            }
            if let asked = ID<Proposal>(job.subject).flatMap({ expected.proposals[$0] }) {
                return ID<QueuedJob>(job.id).flatMap { unlikeEnd(ofProposalMail: job, asked, $0) }
            }
            guard let id = ID<QueuedJob>(job.id), let booking = ID<Booking>(job.subject),
                let meeting = expected.meetings[booking]
            else { return "job \(job.id) is about nothing" }
            switch job.state {
            case "done" where job.kind == ApprovalJobs.expiry:
                return meeting.isWaiting ? "job \(job.id) is done, and \(booking) waits" : nil
            case "done":
                return expected.queue.mails[id] == nil ? "job \(job.id) is done, and no mail was taken" : nil
            case "skipped":
                let isOld = meeting.version > job.version
                let isRight = switch job.reason {
                case "too late": job.notAfter.map { ($0 < (job.endedAt ?? now)) } ?? false
                case "moved", "cancelled", "no recipient", "answered, or asked for anew": isOld
                case "corrected back", "its host again", "a guest again", "nothing was confirmed": true
                case "accepted before": expected.queue.mails[id] != nil
                default: false
                }
                return isRight ? nil : "job \(job.id) was skipped: \(job.reason)"
            default: return unlikeEnd(job, id)
            }
        }
    }

    func unlikeEnd(_ job: Facts.Planned, _ id: ID<QueuedJob>) -> String? {
        guard job.state == "dead" else { return "job \(job.id) is still \(job.state)" }
        return expected.queue.mayBeDead.contains(id) ? nil : "job \(job.id) is dead: \(job.reason)"
    }

    /// Mails about a session, or about several meetings of a series.
    private func unlikeTogether(_ job: Facts.Planned) -> String? {
        let session = ID<GroupSession>(job.subject).flatMap { expected.gatherings[$0] }
        let letter = ID<Series>(job.subject).flatMap { expected.courses[$0]?.letters[job.version] }
        guard let id = ID<QueuedJob>(job.id), session != nil || letter != nil else {
            return "job \(job.id) is about nothing"
        }
        let lines = letter?.parties.values.flatMap(\.self) ?? []
        let isOld = session.map { $0.version > job.version }
            ?? lines.contains { !expected.isStillSo($0) }
        switch job.state {
        case "done": return expected.queue.mails[id] == nil ? "job \(job.id) is done, and no mail was taken" : nil
        case "skipped":
            let isRight = switch job.reason {
            case "too late": job.notAfter.map { ($0 < (job.endedAt ?? now)) } ?? false
            case "changed since": isOld
            case "accepted before": expected.queue.mails[id] != nil
            default: false
            }
            return isRight ? nil : "job \(job.id) of several was skipped: \(job.reason)"
        default: return unlikeEnd(job, id)
        }
    }
}

extension Simulation {
    func look(isQuiet: Bool) async throws {
        let facts = try await Facts.read(database)
        findings += Checker(
            facts: facts, expected: expected, town: town, now: now, prunedBefore: prunedBefore, isQuiet: isQuiet
        ).findings.sorted()
    }
}
