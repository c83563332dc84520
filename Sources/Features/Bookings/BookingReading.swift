/// Reads what a booker sent, from the page's form or the API's body: one set of rules and messages for both.
import Capabilities
import Scheduling
import Web

package enum BookingReading {
    /// A number of digits that may be a phone number in E.164, with the usual blanks and signs between them.
    static let phoneDigits = 6...15
    static let mostUTM = 20

    /// Reads attendee and answers; names are those of the API (`attendee.email`, `answers.<question>`).
    /// - Parameters:
    ///   - zone: the viewer's zone where the body names none.
    ///   - takesFiles: whether files can have been sent before.
    package static func read(
        _ fields: inout Fields, link: Link, zone: Zone?, zones: Zones, language: Language, takesFiles: Bool = false
    ) -> (
        attendee: Attendee, answers: [Answered], guests: [String], location: Location, bookedBy: BookedBy?
    ) {
        let name = fields.text("attendee.name", 1...BookingLimits.name, label: plain("Name"))
        let email = fields.email("attendee.email", label: plain("E-mail"))
        let phone = fields.phone("attendee.phone", label: plain("Phone"))
        let location = location(&fields, link: link, phone: phone)
        let locale = fields.optionalText("attendee.locale", atMost: 35, label: plain("Language"))
        let timezone = timezone(&fields, otherwise: zone, zones: zones)
        let attendee = Attendee(
            name: name, email: email, phone: phone, zone: timezone, language: locale ?? language.tag)
        let answers = answers(&fields, link: link, takesFiles)
        let booker = bookedBy(&fields, link: link, attendee: email)
        // Who booked gets every mail as it is.
        let guests = guests(&fields, link: link, attendee: email).filter {
            EmailAddress($0)?.folded != booker.flatMap { EmailAddress($0.email)?.folded }
        }
        return (attendee, answers, guests, location, booker)
    }

    /// Why an attendee cancels; some links want to know.
    static func reasonToCancel(_ fields: inout Fields, link: Link) -> String {
        let least = link.rules.changes.needsReason ? 1 : 0
        return fields.text("reason", least...BookingLimits.reason, label: plain("Reason"), lines: true)
    }

    /// The zone the booker asked in: a name our zone files know.
    static func timezone(_ fields: inout Fields, otherwise zone: Zone?, zones: Zones) -> String {
        if let zone, !fields.has("timezone") { return zone.name }
        let name = fields.text("timezone", 1...64, label: plain("Time zone"))
        guard !name.isEmpty else { return zone?.name ?? "UTC" }
        guard let known = zones.zone(name) else {
            fields.fail("timezone", "invalid", unknownZone(name))
            return zone?.name ?? "UTC"
        }
        return known.name
    }

    static func unknownZone(_ name: String) -> String {
        plain("There is no time zone “\(name)”. Use a name such as Europe/Lisbon.")
    }

    /// `start` as RFC 3339 in the API, as seconds in our own forms.
    static func start(_ fields: inout Fields) -> Instant {
        let start = fields.parsed("start", label: plain("Start"), { text in
            Instant(rfc3339: text) ?? Int64(text).flatMap(Instant.init(bounded:))
        }, plain("Start must be a time such as 2026-12-01T09:00:00+01:00."))
        guard let start, Instant(bounded: start.seconds) != nil else {
            if start != nil { fields.fail("start", "invalid", plain("This time is beyond what can be booked.")) }
            return Instant(0)
        }
        return start
    }

    /// `utm`: an object of short texts.
    static func utm(_ fields: inout Fields) -> [String: String] {
        guard let json = fields.json("utm") else { return [:] }
        guard let members = json.members, members.count <= mostUTM else {
            fields.fail("utm", "invalid", plain("utm is an object of at most \(mostUTM) texts."))
            return [:]
        }
        var values: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.string, text.count <= BookingLimits.utm, name.count <= 64 else {
                let message = plain("utm values are texts of at most \(BookingLimits.utm) characters.")
                fields.fail("utm.\(name)", "invalid", message)
                continue
            }
            values[name] = text
        }
        return values
    }

    private static func answers(_ fields: inout Fields, link: Link, _ takesFiles: Bool) -> [Answered] {
        // A link that asks nothing takes an empty object of answers, as programs send it.
        if link.questions.isEmpty, let given = fields.json("answers"), given.members?.isEmpty != true {
            fields.fail("answers", "unknown", plain("This link asks nothing, so there is nothing to answer."))
        }
        var reading = AnswerReading(link.questions)
        reading.takesFiles = takesFiles
        return reading.read(&fields)
    }
}
