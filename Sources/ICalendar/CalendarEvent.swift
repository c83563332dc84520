/// A meeting as a calendar file: the invitation, its change, its cancellation, or a plain file to add (RFC 5545, 5546).
import Scheduling

/// ```swift
/// let file = CalendarEvent(uid: "bk_1@example.com", sequence: 0, stamp: now, starts: start, ends: end,
///                          summary: "Product walkthrough",
///                          organizer: .init(name: "Dana", address: "bookings@example.com"),
///                          attendees: [.guest(name: "Sam", address: "sam@example.org")]).text()
/// ```
/// All times are written in UTC, so no VTIMEZONE is needed and no reader can apply an old zone.
package struct CalendarEvent: Hashable, Sendable {
    /// What the recipient's program is to do with it (RFC 5546).
    package enum Method: String, Sendable {
        /// Invite or update: shows the buttons to accept. Needs attendees.
        case request = "REQUEST"
        case cancel = "CANCEL"
        /// For information only: no buttons, nobody answers.
        case publish = "PUBLISH"
    }

    package struct Organizer: Hashable, Sendable {
        package let name: String
        /// A bare address, equal to the mail's From: Gmail and Outlook compare the two.
        package let address: String

        package init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    package var method: Method = .request
    /// The same for the life of the meeting, also when it moves.
    package var uid: String
    /// Rises with every change of time or place and with the cancellation.
    package var sequence: Int
    /// When this file was made. A reader takes the newer of two files with one sequence.
    package var stamp: Instant
    package var starts: Instant
    package var ends: Instant
    package var summary: String
    package var description: String = ""
    /// A place or a phone number, in words.
    package var location: String = ""
    /// The page about the meeting.
    package var url: String?
    /// Where to join.
    package var conference: String?
    package var organizer: Organizer
    /// Not written into a PUBLISH: RFC 5546 forbids it.
    package var attendees: [Participant] = []

    package init(
        method: Method = .request, uid: String, sequence: Int, stamp: Instant, starts: Instant, ends: Instant,
        summary: String, description: String = "", location: String = "", url: String? = nil,
        conference: String? = nil, organizer: Organizer, attendees: [Participant] = []
    ) {
        precondition(starts < ends, "A meeting ends after it starts.")
        (self.method, self.uid, self.sequence, self.stamp) = (method, uid, sequence, stamp)
        (self.starts, self.ends, self.summary, self.description) = (starts, ends, summary, description)
        (self.location, self.url, self.conference) = (location, url, conference)
        (self.organizer, self.attendees) = (organizer, attendees)
    }

    /// The whole file, CRLF at every line's end, ASCII or UTF-8, no line longer than 75 octets.
    package func text() -> String {
        let lines = Self.head(method) + component(as: method) + [Self.end]
        return lines.map(\.folded).joined()
    }

    /// Several meetings in one file, each with its UID: RFC 5546 lets a PUBLISH carry them, and no other method.
    /// Those whose method is a cancellation are told as cancelled.
    package static func publication(of events: [CalendarEvent]) -> String {
        let lines = head(.publish) + events.flatMap { $0.component(as: .publish) } + [end]
        return lines.map(\.folded).joined()
    }

    private static func head(_ method: Method) -> [ContentLine] {
        [
            ContentLine("BEGIN", raw: "VCALENDAR"),
            ContentLine("VERSION", raw: "2.0"),
            ContentLine("PRODID", raw: "-//Workestra//Workestra//EN"),
            ContentLine("CALSCALE", raw: "GREGORIAN"),
            ContentLine("METHOD", raw: method.rawValue),
        ]
    }

    private static let end = ContentLine("END", raw: "VCALENDAR")

    private func component(as method: Method) -> [ContentLine] {
        [ContentLine("BEGIN", raw: "VEVENT")] + identity + content + people(in: method) + marks
            + [ContentLine("END", raw: "VEVENT")]
    }

    private var identity: [ContentLine] {
        [
            ContentLine("UID", text: uid),
            ContentLine("SEQUENCE", raw: String(sequence)),
            ContentLine("DTSTAMP", raw: stamp.basicUTC),
            ContentLine("DTSTART", raw: starts.basicUTC),
            ContentLine("DTEND", raw: ends.basicUTC),
        ]
    }

    private var content: [ContentLine] {
        var lines = [ContentLine("SUMMARY", text: summary)]
        if !description.isEmpty { lines.append(ContentLine("DESCRIPTION", text: description)) }
        if !location.isEmpty { lines.append(ContentLine("LOCATION", text: location)) }
        if let url { lines.append(ContentLine("URL", raw: url)) }
        if let conference, method != .cancel {
            let parameters: [ContentLine.Parameter] = [.init("VALUE", "URI"), .init("FEATURE", "VIDEO")]
            lines.append(ContentLine("CONFERENCE", parameters, raw: conference))
        }
        return lines
    }

    private func people(in method: Method) -> [ContentLine] {
        let line = ContentLine("ORGANIZER", nameParameter(organizer.name), raw: mailto(organizer.address))
        return [line] + (method == .publish ? [] : attendees.map(\.line))
    }

    private var marks: [ContentLine] {
        guard method != .cancel else { return [ContentLine("STATUS", raw: "CANCELLED")] }
        return [
            ContentLine("STATUS", raw: "CONFIRMED"),
            ContentLine("TRANSP", raw: "OPAQUE"),
            ContentLine("CLASS", raw: "PUBLIC"),
            ContentLine("X-MICROSOFT-CDO-BUSYSTATUS", raw: "BUSY"),
            // A proposal of another time goes through the booking page, where it can be checked.
            ContentLine("X-MICROSOFT-DISALLOW-COUNTER", raw: "TRUE"),
        ]
    }
}

/// Somebody who takes part.
package struct Participant: Hashable, Sendable {
    package enum Role: String, Sendable {
        case chair = "CHAIR"
        case required = "REQ-PARTICIPANT"
        case optional = "OPT-PARTICIPANT"
    }

    package enum Answer: String, Sendable {
        case needsAction = "NEEDS-ACTION"
        case accepted = "ACCEPTED"
        case tentative = "TENTATIVE"
        case declined = "DECLINED"
    }

    package let name: String
    package let address: String
    package let role: Role
    package let answer: Answer

    package init(name: String, address: String, role: Role, answer: Answer) {
        (self.name, self.address, self.role, self.answer) = (name, address, role, answer)
    }

    /// Who is asked to come.
    package static func guest(name: String, address: String) -> Participant {
        Participant(name: name, address: address, role: .required, answer: .needsAction)
    }

    /// Whose meeting it is; has said yes already.
    package static func host(name: String, address: String) -> Participant {
        Participant(name: name, address: address, role: .chair, answer: .accepted)
    }

    /// Programs show buttons only to those with RSVP=TRUE.
    fileprivate var line: ContentLine {
        let parameters: [ContentLine.Parameter] = [
            .init("CUTYPE", "INDIVIDUAL"), .init("ROLE", role.rawValue), .init("PARTSTAT", answer.rawValue),
            .init("RSVP", answer == .needsAction ? "TRUE" : "FALSE"),
        ]
        return ContentLine("ATTENDEE", parameters + nameParameter(name), raw: mailto(address))
    }
}

private func nameParameter(_ name: String) -> [ContentLine.Parameter] {
    name.isEmpty ? [] : [.init("CN", name)]
}

/// Always the bare address: `mailto:Name <a@b>` breaks the update in place at Gmail.
private func mailto(_ address: String) -> String { "mailto:\(address)" }

extension Instant {
    /// `20261203T103000Z`.
    package var basicUTC: String { rfc3339().filter { $0 != "-" && $0 != ":" } }
}
