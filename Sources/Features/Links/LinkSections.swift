/// The sections of the link editor's form: one fieldset each, in the order in which a booker meets them.
import Scheduling
import Web

struct LinkSections {
    let filled: Filled
    let address: String
    let zone: String
    let proposals: [String]
    let schedules: [(String, String)]
    let hours: WeeklyHours
    var bookerHours = LinkFields.usualBookerHours
    /// It is being made: there is no address it had before.
    var isNew = false
    var people = LinkPeople()
    /// What its template keeps.
    var locks: LinkLocks?

    var html: HTML {
        """
        \(what)\(hostPart)\(look)\(when)\(rules)\(seats)\(rhythm)\(weekly)\(place)\(needs)\(questions)\(door)\
        \(proof)\(approval)\
        \(repeats)\(waitlist)\
        \(after)\(changes)\(framing)
        """
    }

    func section(_ id: String, _ title: HTML, _ content: HTML) -> HTML {
        """
        <fieldset class="stack" id="\(id)"><legend class="lead">\(title)</legend>\(content)</fieldset>
        """
    }

    /// A part of the form; of a locked section it can be read and not changed, and says why.
    func kept(_ section: LinkSection, _ content: HTML) -> HTML {
        guard let locks, locks.sections.contains(section) else { return content }
        return """
            <fieldset class="stack kept" disabled><legend class="hint">\(Components.icon(.lock)) \
            \(say("Kept by the template “\(locks.title)”; an admin can change it there."))</legend>\(content)</fieldset>
            """
    }

    func number(_ name: String, _ label: String, hint: HTML = .empty, optional: String? = nil) -> HTML {
        Components.field(name, label, in: filled, typing: .number, hint: hint, optional: optional, short: true)
    }

    func date(_ name: String, _ label: String, optional: String) -> HTML {
        Components.field(name, label, in: filled, typing: .date, optional: optional)
    }

    private var what: HTML {
        section("what", say("What"), """
            \(kept(.identity, Components.field("title", plain("Title"), in: filled)))\
            \(Components.field("slug", plain("Address"), in: filled,
                               hint: isNew ? say("\(address)/book/…")
                                   : say("\(address)/book/… An address it had before keeps leading here."),
                               optional: plain("made from the title")))\(choices)\
            \(kept(.identity, Components.textarea(
                "description", plain("Description"), in: filled, optional: plain("optional"))))\
            \(kept(.duration, lengths))\
            \(Components.checkbox("active", plain("Can be booked"), in: filled))
            """)
    }

    private var lengths: HTML {
        """
        <div class="two">\(number("durationMinutes", plain("Length in minutes")))\
        \(Components.field("otherDurations", plain("Other lengths"), in: filled,
                           hint: say("Such as 45, 60: the attendee chooses."), optional: plain("none")))</div>
        """
    }

    /// Where the slug is taken: three that are free, ready to be chosen.
    private var choices: HTML {
        guard !proposals.isEmpty else { return .empty }
        let options = proposals.map { ($0, $0) } + [("", plain("None of these"))]
        return Components.choices("takeSlug", plain("Take one of these instead"), options, in: filled)
    }

    private var when: HTML {
        let units = MinimumNotice.Unit.allCases.map { unit in
            switch unit {
            case .minute: (unit.rawValue, plain("minutes"))
            case .hour: (unit.rawValue, plain("hours"))
            case .day: (unit.rawValue, plain("days"))
            }
        }
        let pauses: HTML = """
            <div class="two">\(number("bufferBeforeMinutes", plain("Pause before, minutes")))\
            \(number("bufferAfterMinutes", plain("Pause after, minutes")))</div>
            """
        return section("when", say("When"), """
            \(kept(.duration, pauses))\(kept(.policy, notice(units)))
            """)
    }

    private func notice(_ units: [(String, String)]) -> HTML {
        """
        <div class="two">\
        \(number("minimumNotice.value", plain("Shortest notice"),
                 hint: say("How long before its start a time can still be booked.")))\
        \(Components.select("minimumNotice.unit", plain("Unit of the notice"), units, in: filled))\
        \(Components.select("window.kind", plain("How far ahead"), Self.windows, in: filled))\
        <div class="for-days">\(number("window.days", plain("Days ahead")))</div>\
        <div class="for-range">\(date("window.from", plain("First day"), optional: plain("between two dates")))\
        </div><div class="for-range">\
        \(date("window.to", plain("Last day"), optional: plain("between two dates")))</div></div>
        """
    }

    private static var windows: [(String, String)] {
        [
            ("rolling_days", plain("A number of days")), ("rolling_business_days", plain("A number of working days")),
            ("bookable_days", plain("The next days with a free time")), ("range", plain("Between two dates")),
        ]
    }

    private var weekly: HTML {
        let shared = schedules.isEmpty ? [("schedule", plain("My working hours"))] : schedules
        return section("hours", say("Weekly hours"), """
            \(Components.select("hoursFrom", plain("Hours"), shared + [("own", plain("Hours of this link alone"))],
                in: filled, hint: say("Choose “Hours of this link alone” to give it times of its own, in \(zone).")))\
            <div class="own-hours">\(hours.html)</div>
            """)
    }

    private static var kinds: [(LocationKind, String)] {
        [
            (.video, plain("Video call")), (.phoneHostCalls, plain("Phone, host calls")),
            (.phoneAttendeeCalls, plain("Phone, attendee calls")), (.address, plain("At an address")),
            (.attendeeChoice, plain("Where the attendee says")), (.custom, plain("Something else")),
        ]
    }

    /// The places there are, and one empty row for another.
    private var place: HTML {
        let rows = min(filled.rows("locations", "kind") + 1, LinkReading.mostLocations)
        return section("where", say("Where"), """
            \(kept(.location, """
                <p class="hint">\(say("With more than one place, the attendee chooses."))</p>\
                \(each: 0..<rows, location)
                """))
            """)
    }

    private func location(_ index: Int) -> HTML {
        let name = "locations.\(index)"
        let none = index == 0 ? [] : [("", plain("No other place"))]
        let kinds = none + Self.kinds.map { ($0.0.rawValue, $0.1) }
        let words = plain("Place \(index + 1): address, number or link")
        let hasNoLink = filled["\(name).kind"] == LocationKind.video.rawValue && filled["\(name).text"].isEmpty
        return """
            <div class="two place">\
            \(Components.select("\(name).kind", plain("Place \(index + 1)"), kinds, in: filled))\
            \(Components.field("\(name).text", words, in: filled, hint: hasNoLink ? Self.noLink : .empty,
                               optional: ""))</div>
            """
    }

    /// Gone as soon as another kind of place is chosen.
    private static var noLink: HTML {
        "<span class=\"no-link\">\(say("No meeting link yet: attendees are told it will follow."))</span>"
    }

    private var questions: HTML {
        section("questions", say("Questions"), kept(.questions, QuestionSection(filled).html))
    }
}

extension Filled {
    /// How many rows of a list have something in that field.
    func rows(_ list: String, _ field: String) -> Int {
        let indices = values.compactMap { name, value -> Int? in
            guard !value.isEmpty, name.hasPrefix(list + ".") else { return nil }
            let parts = name.dropFirst(list.count + 1).split(separator: ".", maxSplits: 1)
            guard parts.count == 2, parts[1] == field else { return nil }
            // Whatever is typed into a field's name: no list has a hundred rows.
            return Int(parts[0]).flatMap { (0..<100).contains($0) ? $0 : nil }
        }
        return (indices.max() ?? -1) + 1
    }
}
