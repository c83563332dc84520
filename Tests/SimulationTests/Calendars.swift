/// Everybody's calendar as the mails have made it, and what RFC 5546 asks of them: nothing old overtakes the new.
import Capabilities
import Scheduling

@testable import Features

/// What a calendar file says of one event.
struct EventFile: Equatable {
    var method = ""
    var uid = ""
    var sequence = -1
    var starts = ""
    var ends = ""
    var status = ""
    var organizer = ""
    var place = ""
    var summary = ""
    var attendees = 0
    var isPublished = false

    /// All events of a file: one, but where several are told at once.
    static func all(in text: String) -> [EventFile] {
        let parts = text.split(separator: "BEGIN:VEVENT\r\n", omittingEmptySubsequences: false)
        return parts.dropFirst().map { EventFile("\(parts[0])\($0)") }
    }

    init(_ text: String) {
        // Folded lines go on after a blank.
        let lines = text.replacing("\r\n ", with: "").split(separator: "\r\n")
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].prefix { $0 != ";" }, value = String(line[line.index(after: colon)...])
            switch name {
            case "METHOD": method = value
            case "UID": uid = value
            case "SEQUENCE": sequence = Int(value) ?? -1
            case "DTSTART": starts = value
            case "DTEND": ends = value
            case "STATUS": status = value
            // The address; who speaks for it may be another host later.
            case "ORGANIZER": organizer = value.split(separator: ":").last.map(String.init) ?? ""
            case "LOCATION": place = value
            case "SUMMARY": summary = value
            case "ATTENDEE": attendees += 1
            default: break
            }
        }
        // What is published asks nobody, and says what a request or a cancellation would.
        guard method == "PUBLISH" else { return }
        isPublished = true
        method = status == "CANCELLED" ? "CANCEL" : "REQUEST"
    }

    /// What must not change without a higher sequence.
    func isOtherwise(_ other: EventFile) -> Bool {
        (method, starts, ends, status) != (other.method, other.starts, other.ends, other.status)
    }
}

/// The calendars of all who were mailed, each event as the last mail left it.
struct Calendars {
    struct Entry {
        let address: String
        /// The booking, or the session of one.
        let subject: String
        var file: EventFile
    }

    private(set) var entries: [String: Entry] = [:]

    func has(_ file: EventFile, of address: String) -> Bool { entries["\(address) \(file.uid)"] != nil }

    /// - Returns: what is wrong with the file of a mail that was taken.
    mutating func take(_ file: EventFile, for address: String, of subject: String) -> [String] {
        var wrong: [String] = []
        let name = "\(address) \(file.uid)"
        if !file.uid.hasPrefix(subject) { wrong.append("calendar: the UID \(file.uid) is not \(subject)'s") }
        let status = ["REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"][file.method]
        if status == nil || status != file.status {
            wrong.append("calendar: \(file.method) of \(file.status) for \(name)")
        }
        if let before = entries[name]?.file {
            if file.sequence < before.sequence {
                wrong.append("calendar: sequence \(file.sequence) after \(before.sequence) for \(name)")
            }
            if file.sequence == before.sequence, file.isOtherwise(before) {
                wrong.append("calendar: sequence \(file.sequence) says two things to \(name): \(before) and \(file)")
            }
            if file.organizer != before.organizer { wrong.append("calendar: another organizer for \(name)") }
        }
        entries[name] = Entry(address: address, subject: subject, file: file)
        return wrong
    }
}

extension Instant {
    /// As calendar files write it.
    var inCalendar: String { rfc3339().filter { $0 != "-" && $0 != ":" } }
}

// MARK: In the end

extension Checker {
    /// After quiet, everybody's calendar shows what is so, unless a mail could not be sent.
    var unlikeCalendars: [String] {
        let silent = Set(facts.jobs.filter { $0.state == "dead" || $0.reason == "too late" }.map(\.subject))
        let parts = silent.compactMap { ID<Series>($0) }.compactMap { expected.courses[$0] }
        let lost = silent.union(parts.flatMap { $0.bookings.values.map(\.text) })
        var found: [String] = []
        var shown: [String: EventFile] = [:]
        for entry in expected.calendars.entries.values { shown["\(entry.address) \(entry.subject)"] = entry.file }
        for id in expected.order {
            guard let meeting = expected.meetings[id], !lost.contains(id.text), meeting.bookedAt >= prunedBefore,
                // Once it was held to be missed, what was still to be mailed about it lapses.
                meeting.markedAt == nil
            else { continue }
            found += unlike(meeting, shown)
        }
        for id in expected.began where !lost.contains(id.text) {
            guard let gathering = expected.gatherings[id], let first = gathering.told.values.min(),
                first >= prunedBefore
            else { continue }
            found += unlike(gathering, shown)
        }
        return found
    }

    /// A session is one event of its hosts, and there while somebody comes.
    private func unlike(_ gathering: Gathering, _ shown: [String: EventFile]) -> [String] {
        let isOn = expected.coming(to: gathering.id) > 0
        return gathering.crew.hosts.compactMap { town.people[$0]?.email }.compactMap { host in
            let name = "\(host) \(gathering.id)"
            guard let file = shown[name] else { return isOn ? "calendar: \(name) is empty" : nil }
            let wanted = (isOn ? "REQUEST" : "CANCEL", gathering.starts.inCalendar, gathering.ends.inCalendar)
            return (file.method, file.starts, file.ends) == wanted
                ? nil : "calendar: \(name) has \(file.method) \(file.starts), not \(wanted)"
        }
    }

    private func unlike(_ meeting: Meeting, _ shown: [String: EventFile]) -> [String] {
        let takesPlace: Set<BookingStatus> = [.confirmed, .completed, .noShow]
        // The hosts of a session have that.
        let hosts = meeting.session == nil ? meeting.crew.hosts.compactMap { town.people[$0]?.email } : []
        let people = Set(takesPlace.contains(meeting.status) ? hosts + [meeting.email] + meeting.guests : [])
        let (starts, ends) = (meeting.starts.inCalendar, meeting.ends.inCalendar)
        var found: [String] = []
        for (name, file) in shown where name.hasSuffix(" \(meeting.id)") {
            let address = String(name.prefix { $0 != " " })
            if people.contains(address) {
                if (file.method, file.starts, file.ends) != ("REQUEST", starts, ends) {
                    found.append("calendar: \(name) has \(file.method) \(file.starts), not \(starts)")
                }
            } else if file.method != "CANCEL", !(meeting.endedQuietly && !hosts.contains(address)) {
                found.append("calendar: \(name) still has what is not theirs, \(meeting.status)")
            }
        }
        let missing = people.filter { shown["\($0) \(meeting.id)"] == nil }
        return found + missing.map { "calendar: \($0) \(meeting.id) is empty" }
    }
}
