/// What must not be wrong about a mail: who gets it, what it tells, and the calendar file it carries.
import Capabilities
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    /// The end of a wish that nobody answered.
    func judge(_ outcome: JobOutcome?, ofExpiry job: Job) {
        guard let id = ID<Booking>(job.subject), let meeting = expected.meetings[id] else {
            return findings.append("\(job.id) ends a wish about nothing")
        }
        let isOver = meeting.waiting.map { $0.until <= now } ?? false
        switch outcome {
        case .done?:
            count("wishes unanswered")
            accept(.expired, about: id)
        case .skipped?:
            if isOver { findings.append("\(id) waits on, and its time is over") }
        default: findings.append("\(job.id), the end of a wish, came to \(String(describing: outcome))")
        }
    }

    func judge(_ mails: [OutgoingMail], _ outcome: JobOutcome?, of job: Job) {
        if job.kind == SessionJobs.kind { return judgeSession(mails, outcome, of: job) }
        if job.kind == ProposalJobs.kind { return judgeProposal(mails, outcome, of: job) }
        if job.kind == SeriesJobs.kind { return judgeSeries(mails, outcome, of: job) }
        if job.kind == WaitlistJobs.mail { return judgeWaiting(mails, outcome, of: job) }
        if job.kind == SendRingMessage.kind { return judgeWords(mails, outcome, of: job) }
        if job.kind == SendEmailCode.kind { return judgeCode(mails, outcome, of: job) }
        guard let id = ID<Booking>(job.subject), let meeting = expected.meetings[id],
            let payload = try? JSON(reading: Array(job.payload.utf8)), let news = payload["news"]?.string,
            let recipient = payload["recipient"]?.string
        else {
            return findings.append("\(job.id) is a mail about nothing")
        }
        if outcome == .done, mails.count != 1 { findings.append("\(job.id) is done by \(mails.count) mails") }
        if case .skipped(let reason)? = outcome {
            if !mails.isEmpty { findings.append("\(job.id) was skipped, and sent") }
            let isOld = ["moved", "cancelled", "no recipient"].contains(reason)
            if isOld, news != "link", meeting.isStillSo(news, job.version, for: recipient) {
                findings.append("\(job.id) of \(id) tells \(news) to \(recipient), and was skipped: \(reason)")
            }
        }
        for mail in mails {
            count("mails")
            if expected.queue.mails[job.id] != nil { count("mails once more, as they may") }
            findings += expected.queue.took(mail.messageID, of: job.id)
            findings += wrong(mail, news: news, to: recipient, meeting, job).map {
                "\(job.id) of \(id) to \(recipient): \($0)"
            }
            if let host = ID<User>(recipient), let token = Right.token(in: mail.text) {
                rights.append(
                    Right(token: token, booking: id, host: host, wishesEnded: meeting.wishesEnded))
            }
            guard let file = (mail.invitation?.text).map(EventFile.init) else { continue }
            count("calendar files")
            if expected.calendars.has(file, of: mail.to.address.text) { count("calendar files once more") }
            findings += expected.calendars.take(file, for: mail.to.address.text, of: id.text)
        }
    }

    /// What a mail must not be: about what is no longer so, to anybody else, of another workspace.
    private func wrong(
        _ mail: OutgoingMail, news: String, to recipient: String, _ meeting: Meeting, _ job: Job
    ) -> [String] {
        var wrong: [String] = []
        if recipient.hasPrefix("left.") || recipient.hasPrefix("removed.") || recipient == "former" {
            wrong += wrongFarewell(mail, to: recipient, meeting, job)
        } else {
            if news != "link", !meeting.isStillSo(news, job.version, for: recipient) {
                wrong.append("tells of version \(job.version), the booking has \(meeting.version)")
            }
            if !meeting.allows(news) { wrong.append("tells \(news) of a booking \(meeting.status)") }
            // What asks is about the time that is asked for.
            let isAsking = ["asked", "reminder", "link"].contains(news)
            let ends = (isAsking ? nil : meeting.confirmed?.end) ?? meeting.ends
            if now > ends { wrong.append("tells of a meeting that is over") }
            wrong += recipient == "booker" ? mail.invitation == nil ? [] : ["a file for who booked"]
                : wrongFile(mail, news: news, meeting)
            wrong += wrongRights(mail, news: news, to: recipient, meeting)
        }
        if let reader = reader(recipient, of: meeting, job.version), reader != mail.to.address.text {
            wrong.append("for \(reader) went to \(mail.to.address.text)")
        }
        return wrong + strangers(in: mail, of: meeting.tenant)
    }

    func strangers(in mail: OutgoingMail, of home: Int) -> [String] {
        let words = mail.subject + mail.text + (mail.invitation?.text ?? "")
        let others = town.tenants.indices.filter { $0 != home && words.contains(town.tenants[$0].mark) }
        return others.map { "tells of another workspace, \(town.tenants[$0].mark)" }
    }

    /// A mail to somebody with whom the meeting has nothing to do any more.
    private func wrongFarewell(_ mail: OutgoingMail, to recipient: String, _ meeting: Meeting, _ job: Job) -> [String] {
        let hosts = meeting.crew.hosts.compactMap { town.people[$0]?.email }
        var wrong: [String] = []
        if (hosts + meeting.guests + [meeting.email]).contains(mail.to.address.text) {
            wrong.append("a farewell to \(mail.to), who takes part")
        }
        guard let file = (mail.invitation?.text).map(EventFile.init) else {
            return wrong + ["a farewell without a file"]
        }
        if file.method != "CANCEL" { wrong.append("a farewell by \(file.method)") }
        if let time = meeting.confirmed, file.starts != time.start.inCalendar {
            wrong.append("a farewell to a time that was never theirs: \(file.starts)")
        }
        return wrong
    }

    /// What is certain stands in calendars, and nothing else.
    private func wrongFile(_ mail: OutgoingMail, news: String, _ meeting: Meeting) -> [String] {
        let isSilent = ["asked", "reminder", "declined", "expired", "stays", "link"].contains(news)
        guard let file = (mail.invitation?.text).map(EventFile.init) else {
            return isSilent || meeting.confirmed == nil ? [] : ["\(news) without a file"]
        }
        if isSilent { return ["\(news) with a file"] }
        if news == "cancelled" { return file.method == "CANCEL" ? [] : ["cancelled by \(file.method)"] }
        guard let time = meeting.confirmed else { return ["a file about what nobody has confirmed"] }
        var wrong = file.method == "REQUEST" ? [] : ["\(news) by \(file.method)"]
        if (file.starts, file.ends) != (time.start.inCalendar, time.end.inCalendar) {
            wrong.append("a file of \(file.starts)–\(file.ends), not of \(time)")
        }
        for (name, id) in town.resources where file.place.contains(name) != meeting.certainResources.contains(id) {
            wrong.append("a file with another place, “\(file.place)”, about \(name)")
        }
        return wrong
    }

    func reader(_ recipient: String, of meeting: Meeting, _ version: Int) -> String? {
        switch recipient {
        case "attendee": return meeting.email
        case "booker": return meeting.booker?.email ?? ""
        case "former": return meeting.formerEmails[version]
        case let name where name.hasPrefix("guest."):
            let place = Int(name.dropFirst(6)) ?? 0
            return meeting.guests.indices.contains(place) ? meeting.guests[place] : ""
        case let name where name.hasPrefix("removed."): return meeting.formerGuests["\(version) \(name)"]
        default:
            let id = ID<User>(recipient.hasPrefix("left.") ? String(recipient.dropFirst(5)) : recipient)
            return id.flatMap { town.people[$0]?.email }
        }
    }
}

extension Meeting {
    /// Whether news fit what it is now.
    fileprivate func allows(_ news: String) -> Bool {
        switch news {
        case "cancelled": status == .cancelled
        case "asked", "reminder": isWaiting
        case "declined": status == .declined || status == .confirmed
        case "expired": status == .expired || status == .confirmed
        case "link": status == .confirmed || isWaiting
        // Whoever asks and has mistyped their address hears of it before they are answered.
        case "corrected": status == .confirmed || isWaiting
        default: confirmed != nil
        }
    }
}
