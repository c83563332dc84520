/// One VEVENT as another program wrote it (RFC 5545 §3.6.1).
import Scheduling

/// An event of somebody else's calendar: what says when it is, whether it blocks, and who is in it.
package struct EventComponent: Hashable, Sendable {
    package enum Status: String, Sendable {
        case tentative = "TENTATIVE", confirmed = "CONFIRMED", cancelled = "CANCELLED"
    }

    /// How Exchange and Outlook mark the time (`X-MICROSOFT-CDO-BUSYSTATUS`), which says more than TRANSP.
    package enum BusyStatus: String, Sendable {
        case free = "FREE", tentative = "TENTATIVE", busy = "BUSY", outOfOffice = "OOF", elsewhere = "WORKINGELSEWHERE"
    }

    package enum Length: Hashable, Sendable {
        /// A whole day where it starts on a date, else no time at all.
        case none
        case until(EventTime)
        case lasting(EventDuration)
    }

    /// A time of RDATE; its length only where the file gives one (a PERIOD).
    package struct Extra: Hashable, Sendable {
        package let start: EventTime
        package let length: Length?
    }

    package struct Attendee: Hashable, Sendable {
        /// Without `mailto:`, in small letters.
        package let address: String
        /// In capitals, e.g. `ACCEPTED`; `NEEDS-ACTION` where the file says nothing.
        package let answer: String
    }

    /// Empty where the file gives none.
    package private(set) var uid = ""
    package private(set) var sequence = 0
    package private(set) var stamp: Instant?
    package private(set) var start: EventTime
    package private(set) var length = Length.none
    package private(set) var rules: [RecurrenceRule] = []
    package private(set) var extras: [Extra] = []
    package private(set) var exceptions: [EventTime] = []
    /// Which instance of a series this one stands for.
    package private(set) var recurrenceID: EventTime?
    /// Whether it stands for all later instances too (RANGE=THISANDFUTURE).
    package private(set) var isThisAndFuture = false
    package private(set) var status = Status.confirmed
    package private(set) var isTransparent = false
    package private(set) var busyStatus: BusyStatus?
    /// Whether the file says that others may see only that it is (CLASS).
    package private(set) var isPrivate = false
    package private(set) var summary = ""
    package private(set) var location = ""
    package private(set) var organizer: String?
    package private(set) var attendees: [Attendee] = []
    /// Whether a rule or a time could not be read: the event is known in part.
    package private(set) var isBroken = false

    /// Beyond these the rest of a list is left out, and the event counts as broken.
    static let (mostTimes, mostAttendees) = (20_000, 2_000)

    /// - Parameter zone: the zone of a TZID; nil for one that nobody knows.
    /// - Returns: nil for an event without a start that can be read.
    init?(_ lines: [ContentLine], zone: (String) -> Zone?) {
        guard let line = lines.first(where: { $0.name == "DTSTART" }), let start = EventTime(line, zone: zone) else {
            return nil
        }
        self.start = start
        isBroken = line.namesUnknownZone(zone)
        for line in lines { read(line, zone) }
    }

    /// The properties that are read; all others need not be kept.
    static let names: Set<String> = [
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID",
        "STATUS", "TRANSP", "CLASS", "SUMMARY", "LOCATION", "ORGANIZER", "ATTENDEE", "X-MICROSOFT-CDO-BUSYSTATUS",
    ]

    private mutating func read(_ line: ContentLine, _ zone: (String) -> Zone?) {
        switch line.name {
        case "UID": uid = line.text
        case "SEQUENCE": sequence = Int(line.value.trimmed).map { max(0, $0) } ?? 0
        case "DTSTAMP": stamp = EventTime(line.value, zone: .utc)?.instant(in: .utc)
        case "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID": readTime(line, zone)
        case "STATUS": status = Status(rawValue: line.value.uppercased()) ?? .confirmed
        case "TRANSP": isTransparent = line.value.uppercased() == "TRANSPARENT"
        case "CLASS": isPrivate = ["PRIVATE", "CONFIDENTIAL"].contains(line.value.uppercased())
        case "X-MICROSOFT-CDO-BUSYSTATUS": busyStatus = BusyStatus(rawValue: line.value.uppercased())
        case "SUMMARY": summary = line.text
        case "LOCATION": location = line.text
        case "ORGANIZER": organizer = line.address
        case "ATTENDEE":
            guard attendees.count < Self.mostAttendees else { return isBroken = true }
            let answer = line[parameter: "PARTSTAT"]?.uppercased() ?? "NEEDS-ACTION"
            attendees.append(Attendee(address: line.address, answer: answer))
        default: break
        }
    }

    private mutating func readTime(_ line: ContentLine, _ zone: (String) -> Zone?) {
        switch line.name {
        case "DTEND":
            guard let end = EventTime(line, zone: zone) else { return isBroken = true }
            length = .until(end)
        case "DURATION":
            guard let duration = EventDuration(line.value.trimmed) else { return isBroken = true }
            length = .lasting(duration)
        case "RRULE":
            // RFC 5545 wants one; a few files have more.
            guard rules.count < 8, let rule = RecurrenceRule(line.value) else { return isBroken = true }
            rules.append(rule)
        case "RECURRENCE-ID":
            guard let id = EventTime(line, zone: zone) else { return isBroken = true }
            recurrenceID = id
            isThisAndFuture = line[parameter: "RANGE"]?.uppercased() == "THISANDFUTURE"
        default: readTimes(line, zone)
        }
    }

    /// RDATE and EXDATE: lists.
    private mutating func readTimes(_ line: ContentLine, _ zone: (String) -> Zone?) {
        for word in line.value.split(separator: ",") {
            guard extras.count + exceptions.count < Self.mostTimes else { return isBroken = true }
            let halves = word.split(separator: "/", maxSplits: 1)
            guard let first = halves.first, let time = EventTime(first.trimmed, of: line, zone: zone) else {
                isBroken = true
                continue
            }
            if line.name == "EXDATE" {
                exceptions.append(time)
            } else {
                let length = halves.count == 2 ? Self.length(halves[1].trimmed, of: line, zone) : nil
                extras.append(Extra(start: time, length: length))
            }
        }
    }

    /// The second half of a PERIOD (§3.3.9).
    private static func length(_ text: String, of line: ContentLine, _ zone: (String) -> Zone?) -> Length? {
        if let duration = EventDuration(text) { return .lasting(duration) }
        return EventTime(text, of: line, zone: zone).map { .until($0) }
    }
}

extension EventTime {
    fileprivate init?(_ line: ContentLine, zone: (String) -> Zone?) {
        self.init(line.value.trimmed, of: line, zone: zone)
    }

    /// A reading whose TZID nobody knows floats: it is of the calendar's zone.
    fileprivate init?(_ text: String, of line: ContentLine, zone: (String) -> Zone?) {
        self.init(text, zone: text.utf8.count == 15 ? line[parameter: "TZID"].flatMap(zone) : nil)
    }
}

extension ContentLine {
    fileprivate func namesUnknownZone(_ zone: (String) -> Zone?) -> Bool {
        value.utf8.last != UInt8(ascii: "Z") && self[parameter: "TZID"].map { zone($0) == nil } ?? false
    }

    /// The address of a calendar user: that of the EMAIL parameter (RFC 7986) where the value is none.
    fileprivate var address: String {
        let value = value.trimmed
        if value.lowercased().hasPrefix("mailto:") { return value.dropFirst(7).trimmed.lowercased() }
        return (self[parameter: "EMAIL"] ?? value).lowercased()
    }
}
