/// What must not be wrong about a mail that tells of several meetings: whose they are, which, and one event of each.
import Capabilities
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    func judgeSeries(_ mails: [OutgoingMail], _ outcome: JobOutcome?, of job: Job) {
        guard let id = ID<Series>(job.subject), let course = expected.courses[id],
            let letter = course.letters[job.version],
            let payload = try? JSON(reading: Array(job.payload.utf8)), let recipient = payload["recipient"]?.string,
            let lines = letter.parties[recipient]
        else { return findings.append("\(job.id) is a mail about no series, or to nobody") }
        // What has changed since has a mail of its own.
        let still = lines.filter(expected.isStillSo)
        if outcome == .done, mails.count != 1 { findings.append("\(job.id) is done by \(mails.count) mails") }
        if case .skipped(let reason)? = outcome {
            if !mails.isEmpty { findings.append("\(job.id) was skipped, and sent") }
            if reason == "changed since", !still.isEmpty {
                findings.append("\(job.id) tells of \(still.count) meetings, and was skipped: \(reason)")
            }
        }
        for mail in mails {
            count("series mails")
            findings += expected.queue.took(mail.messageID, of: job.id)
            let files = EventFile.all(in: mail.invitation?.text ?? "")
            findings += (strangers(in: mail, of: course.tenant) + wrong(mail, files, letter, still)).map {
                "\(job.id) of \(id) to \(recipient): \($0)"
            }
            for (line, file) in zip(still, files) {
                count("calendar files")
                findings += expected.calendars.take(file, for: mail.to.address.text, of: line.booking.text)
            }
        }
    }

    private func wrong(
        _ mail: OutgoingMail, _ files: [EventFile], _ letter: Course.Letter, _ still: [Course.Line]
    ) -> [String] {
        var wrong: [String] = []
        if now > letter.ends { wrong.append("tells of meetings that are over") }
        if files.count != still.count { wrong.append("\(files.count) events of \(still.count) meetings") }
        for (line, file) in zip(still, files) {
            guard let meeting = expected.meetings[line.booking] else { continue }
            let reader = reader(line.who, of: meeting, line.version)
            if reader != mail.to.address.text {
                wrong.append("went to \(mail.to), \(line.booking) is \(reader ?? "")'s")
            }
            let isOff = letter.news == .cancelled
            if file.method != (isOff ? "CANCEL" : "REQUEST") { wrong.append("\(letter.news) by \(file.status)") }
            if !file.isPublished || file.attendees > 0 { wrong.append("asks for an answer about several") }
            if (file.starts, file.ends) != (meeting.starts.inCalendar, meeting.ends.inCalendar) {
                wrong.append("a file of \(file.starts), not of \(meeting.starts)")
            }
            for (name, resource) in town.resources where !isOff {
                if file.place.contains(name) != meeting.certainResources.contains(resource) {
                    wrong.append("a file with another place, “\(file.place)”, about \(name)")
                }
            }
        }
        return wrong
    }
}
