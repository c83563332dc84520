/// The link editor's form: what is folded away, what opens by itself, and what it warns of.
import Scheduling
import Testing
import Web

@testable import Features

struct LinkSectionsTests {
    private func html(_ filled: Filled) -> String {
        LinkSections(
            filled: filled, address: "https://meet.example", zone: "Europe/Oslo", proposals: [], schedules: [],
            hours: WeeklyHours(Schedule.defaultWeekly)).html.text
    }

    /// The sections that are open, by the id of what is in them.
    private func open(_ filled: Filled) -> [String] {
        html(filled).components(separatedBy: "<details class=\"fold\" open>").dropFirst().compactMap { part in
            part.components(separatedBy: "<fieldset class=\"stack\" id=\"").dropFirst().first
                .map { String($0.prefix { $0 != "\"" }) }
        }
    }

    private var usual: Filled { LinkFields.filled(LinkRules(title: "Intro", slug: "intro")) }

    @Test("a new link's form has its rare sections folded, all of them in the page")
    func folded() {
        #expect(open(usual).isEmpty)
        for id in ["look", "rules", "rhythm", "door", "after", "changes"] {
            #expect(html(usual).contains("<fieldset class=\"stack\" id=\"\(id)\" aria-label="), "\(id)")
        }
    }

    @Test("a section with something of its own is open", arguments: [
        ("color", "#7a3e86", "look"), ("stepMinutes", "20", "rules"), ("alignMinutes", "15", "rules"),
        ("hidden", "on", "door"), ("maxGuests", "0", "door"), ("confirmationText", "Bring cake.", "after"),
        ("limits.0.scope", "link", "rhythm"), ("travelAfterMinutes", "5", "rhythm"), ("firstOfDay", "on", "rhythm"),
        ("bookerHoursFrom", "own", "rhythm"), ("attendeeMay.cancel", "", "changes"),
        ("cancelNoticeMinutes", "60", "changes"),
    ])
    func opened(name: String, value: String, section: String) {
        var filled = usual
        filled.values[name] = value
        #expect(open(filled) == [section])
    }

    @Test("a section with a mistake is open")
    func mistaken() {
        var filled = usual
        filled.errors = [FieldError(field: "accessCode", code: "too_short", message: "Too short.")]
        #expect(open(filled) == ["door"])
        for field in ["limits.1.count", "booker_mon_1_from"] {
            filled.errors = [FieldError(field: field, code: "invalid", message: "Wrong.")]
            #expect(open(filled) == ["rhythm"], "\(field)")
        }
    }

    @Test("there is a row for each limit and one more, and the most there may be")
    func limitRows() {
        var filled = usual
        func has(_ row: Int) -> Bool { html(filled).contains("name=\"limits.\(row).scope\"") }
        #expect(has(0) && !has(1))
        for index in 0..<LinkReading.mostLimits { filled.values["limits.\(index).scope"] = "link" }
        #expect(has(9) && !has(10))
    }

    @Test("a video call without a link says what attendees are told; a grid of one's own stays")
    func warns() {
        var filled = usual
        #expect(!html(filled).contains("No meeting link yet"))
        (filled.values["locations.0.kind"], filled.values["alignMinutes"]) = ("video", "25")
        #expect(html(filled).contains("No meeting link yet: attendees are told it will follow."))
        #expect(html(filled).contains("<option value=\"25\" selected>Multiples of 25 minutes"))
        filled.values["locations.0.text"] = "https://video.example/room"
        #expect(!html(filled).contains("No meeting link yet"))
    }
}
