/// What must not be wrong about a mail to a host of a session: how many come, when, and the one event of it.
import Capabilities
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    func judgeSession(_ mails: [OutgoingMail], _ outcome: JobOutcome?, of job: Job) {
        guard let id = ID<GroupSession>(job.subject), let gathering = expected.gatherings[id],
            let payload = try? JSON(reading: Array(job.payload.utf8)), let recipient = payload["recipient"]?.string
        else { return findings.append("\(job.id) is a mail about no session") }
        if outcome == .done, mails.count != 1 { findings.append("\(job.id) is done by \(mails.count) mails") }
        if case .skipped(let reason)? = outcome {
            if !mails.isEmpty { findings.append("\(job.id) was skipped, and sent") }
            if reason == "changed since", gathering.version == job.version {
                findings.append("\(job.id) tells how \(id) stands, and was skipped: \(reason)")
            }
        }
        for mail in mails {
            count("session mails")
            findings += expected.queue.took(mail.messageID, of: job.id)
            findings += wrong(mail, to: recipient, gathering, job).map { "\(job.id) of \(id) to \(recipient): \($0)" }
            guard let file = (mail.invitation?.text).map(EventFile.init) else { continue }
            count("calendar files")
            findings += expected.calendars.take(file, for: mail.to.address.text, of: id.text)
        }
    }

    private func wrong(_ mail: OutgoingMail, to recipient: String, _ gathering: Gathering, _ job: Job) -> [String] {
        var wrong = strangers(in: mail, of: gathering.tenant)
        if job.version != gathering.version {
            wrong.append("tells of version \(job.version), the session has \(gathering.version)")
        }
        if now > gathering.ends { wrong.append("tells of a session that is over") }
        let host = ID<User>(recipient).flatMap { host in gathering.crew.hosts.first { $0 == host } }
        if host.flatMap({ town.people[$0]?.email }) != mail.to.address.text {
            wrong.append("went to \(mail.to.address.text)")
        }
        guard let file = (mail.invitation?.text).map(EventFile.init) else { return wrong + ["has no file"] }
        let coming = expected.coming(to: gathering.id)
        if file.method != (coming > 0 ? "REQUEST" : "CANCEL") { wrong.append("\(coming) come, by \(file.method)") }
        if (file.starts, file.ends) != (gathering.starts.inCalendar, gathering.ends.inCalendar) {
            wrong.append("a file of \(file.starts)–\(file.ends), not of \(gathering.starts)")
        }
        if coming > 0, !file.summary.hasSuffix("(\(coming) of \(gathering.capacity))") {
            wrong.append("“\(file.summary)”, and \(coming) of \(gathering.capacity) come")
        }
        return wrong
    }
}
