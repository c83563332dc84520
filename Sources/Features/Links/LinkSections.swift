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

    var html: HTML { "\(what)\(when)\(weekly)\(place)\(questions)\(door)\(after)\(changes)" }

    private func section(_ id: String, _ title: HTML, _ content: HTML) -> HTML {
        """
        <fieldset class="stack" id="\(id)"><legend class="lead">\(title)</legend>\(content)</fieldset>
        """
    }

    private func number(_ name: String, _ label: String, hint: HTML = .empty, optional: String? = nil) -> HTML {
        Components.field(name, label, in: filled, typing: .number, hint: hint, optional: optional, short: true)
    }

    private func date(_ name: String, _ label: String, optional: String) -> HTML {
        Components.field(name, label, in: filled, typing: .date, optional: optional)
    }

    private var what: HTML {
        section("what", say("What"), """
            \(Components.field("title", plain("Title"), in: filled))\
            \(Components.field("slug", plain("Address"), in: filled,
                               hint: say("\(address)/book/… An address it had before keeps leading here."),
                               optional: plain("made from the title")))\(choices)\
            \(Components.textarea("description", plain("Description"), in: filled, optional: plain("optional")))\
            <div class="two">\(number("durationMinutes", plain("Length in minutes")))\
            \(Components.select("color", plain("Colour in your calendar"), colours, in: filled))\
            \(Components.select("language", plain("Language of the page"), [
                ("", plain("The visitor’s")), (Language.english.code, Language.english.name),
            ], in: filled))</div>\
            \(Components.checkbox("active", plain("Can be booked"), in: filled))
            """)
    }

    /// Where the slug is taken: three that are free, ready to be chosen.
    private var choices: HTML {
        guard !proposals.isEmpty else { return .empty }
        let options = proposals.map { ($0, $0) } + [("", plain("None of these"))]
        return Components.choices("takeSlug", plain("Take one of these instead"), options, in: filled)
    }

    private var colours: [(String, String)] {
        let named = [
            ("", plain("As the workspace")), ("#0b5f6a", plain("Petrol")), ("#2f6f4f", plain("Green")),
            ("#8a5a00", plain("Amber")), ("#b3382c", plain("Red")), ("#7a3e86", plain("Plum")),
            ("#3557a8", plain("Blue")), ("#5d686c", plain("Grey")),
        ]
        let own = filled["color"]
        return named.contains { $0.0 == own } ? named : named + [(own, own)]
    }

    private var when: HTML {
        let units = MinimumNotice.Unit.allCases.map { unit in
            switch unit {
            case .minute: (unit.rawValue, plain("minutes"))
            case .hour: (unit.rawValue, plain("hours"))
            case .day: (unit.rawValue, plain("days"))
            }
        }
        return section("when", say("When"), """
            <div class="two">\
            \(number("bufferBeforeMinutes", plain("Pause before, minutes")))\
            \(number("bufferAfterMinutes", plain("Pause after, minutes")))\
            \(number("minimumNotice.value", plain("Shortest notice")))\
            \(Components.select("minimumNotice.unit", plain("Unit of the notice"), units, in: filled))\
            \(number("stepMinutes", plain("Start every … minutes"), optional: plain("the length")))\
            \(number("alignMinutes", plain("Start at multiples of … minutes"), optional: plain("0: any")))\
            \(number("offsetMinutes", plain("First start … minutes after opening"), optional: plain("0: at once")))\
            \(Components.select("window.kind", plain("How far ahead"), [
                ("rolling_days", plain("A number of days")), ("range", plain("Between two dates")),
            ], in: filled))\
            \(number("window.days", plain("Days ahead"), optional: plain("for a number of days")))\
            \(date("window.from", plain("First day"), optional: plain("between two dates")))\
            \(date("window.to", plain("Last day"), optional: plain("between two dates")))\
            </div>
            """)
    }

    private var weekly: HTML {
        let shared = schedules.isEmpty ? [("schedule", plain("My working hours"))] : schedules
        return section("hours", say("Weekly hours"), """
            \(Components.select("hoursFrom", plain("Hours"), shared + [("own", plain("Hours of this link alone"))],
                in: filled, hint: say("The hours below count when the link has its own. Times are in \(zone).")))\
            \(hours.html)
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
            <p class="hint">\(say("With more than one place, the attendee chooses."))</p>\(each: 0..<rows, location)
            """)
    }

    private func location(_ index: Int) -> HTML {
        let name = "locations.\(index)"
        let none = index == 0 ? [] : [("", plain("No other place"))]
        let kinds = none + Self.kinds.map { ($0.0.rawValue, $0.1) }
        let words = plain("Address, number or meeting link of place \(index + 1)")
        return """
            <div class="two">\(Components.select("\(name).kind", plain("Place \(index + 1)"), kinds, in: filled))\
            \(Components.field("\(name).text", words, in: filled, optional: plain("optional")))</div>
            """
    }

    /// The questions there are, and two empty rows for more.
    private var questions: HTML {
        let rows = min(filled.rows("questions", "label") + 2, LinkReading.mostQuestions)
        return section("questions", say("Questions"), """
            <p class="hint">\(say("Asked when somebody books. Leave a row empty to drop it."))</p>\
            \(each: 0..<rows, question)
            """)
    }

    private func question(_ index: Int) -> HTML {
        let name = "questions.\(index)"
        return """
            <div class="two">\(Components.hidden("\(name).id", filled["\(name).id"]))\
            \(Components.field("\(name).label", plain("Question \(index + 1)"), in: filled,
                               optional: plain("optional")))\
            \(Components.select("\(name).kind", plain("Answer to question \(index + 1)"), [
                ("text", plain("One line")), ("textarea", plain("Several lines")),
            ], in: filled))\
            \(Components.checkbox("\(name).required", plain("Question \(index + 1) must be answered"), in: filled))\
            </div>
            """
    }

    private var door: HTML {
        section("door", say("Who may come in"), """
            \(Components.checkbox("hidden", plain("Listed nowhere"), in: filled,
                                  note: plain("Whoever has the address can still book.")))\
            \(Components.checkbox("lockTimezone", plain("Show times in my zone only"), in: filled,
                                  note: plain("For meetings at a place of yours.")))\
            <div class="two">\
            \(date("expires.date", plain("Last day it can be booked"), optional: plain("no last day")))\
            \(Components.field("expires.time", plain("Until"), in: filled, typing: .time,
                               optional: plain("end of the day"), short: true))\
            \(number("maxUses", plain("Bookings in all"), optional: plain("no limit")))\
            \(number("maxGuests", plain("Guests an attendee may bring")))\
            </div>\
            \(Components.field("accessCode", plain("Code"), in: filled,
                               hint: say("4 to 40 characters, asked before any time is shown."),
                               optional: plain("no code"), autocomplete: "off"))
            """)
    }

    private var after: HTML {
        section("after", say("After booking"), """
            \(Components.textarea("confirmationText", plain("Words on the confirmation"), in: filled,
                                  optional: plain("optional")))\
            \(Components.field("redirectUrl", plain("Go on to this page"), in: filled, typing: .url,
                               optional: plain("stays on the confirmation")))\
            \(Components.checkbox("redirectDetails", plain("Hand the booking’s details to that page"), in: filled,
                                  note: plain("Time, name and e-mail stand in its address.")))\
            \(Components.field("eventTitle", plain("Title in calendars"), in: filled,
                               hint: say("May hold {{attendee.name}}, {{host.name}}, {{link.title}} and others."),
                               optional: plain("title and names")))
            """)
    }

    private var changes: HTML {
        section("changes", say("Changes"), """
            \(Components.checkbox("attendeeMay.reschedule", plain("Attendees may move their booking"), in: filled))\
            \(Components.checkbox("attendeeMay.cancel", plain("Attendees may cancel their booking"), in: filled))\
            <div class="two">\
            \(number("rescheduleNoticeMinutes", plain("Moving ends … minutes before the start")))\
            \(number("cancelNoticeMinutes", plain("Cancelling ends … minutes before the start")))\
            </div>\
            \(Components.checkbox("cancelReasonRequired", plain("Who cancels must say why"), in: filled))
            """)
    }
}

extension Filled {
    /// How many rows of a list have something in that field.
    fileprivate func rows(_ list: String, _ field: String) -> Int {
        let indices = values.compactMap { name, value -> Int? in
            let parts = name.split(separator: ".")
            guard parts.count == 3, parts[0] == list, parts[2] == field, !value.isEmpty else { return nil }
            return Int(parts[1])
        }
        return (indices.max() ?? -1) + 1
    }
}
