/// The pages that move a booking: the picker with the old time beside it, and one question before it is done.
import Scheduling
import Web

/// `/book/reschedule/<token>`.
package struct MovePage: Page {
    let booking: Booking
    let picker: Picker
    let workspaceName: WorkspaceName
    let token: String
    let zones: [String]
    let namesZone: Bool
    var alert: HTML = .empty

    package var html: HTML {
        let path = Path("/book/reschedule/\(token)")
        let address = PickerAddress(base: path, zone: namesZone ? picker.zone.name : nil, clock: picker.clock)
        let part = PickerPart(
            picker: picker, address: address, action: Path("/book/reschedule/\(token)/holds"), hidden: .empty,
            zones: zones, alert: alert)
        let introduction = LinkIntroduction(
            link: picker.link, title: plain("Move your meeting"), facts: facts,
            more: cancel)
        return Layout.publicPage(
            title: plain("Move your meeting"), workspaceName: workspaceName, shape: .book,
            skip: ("times", plain("Skip to times")), foot: FindPage.foot(picker.link),
            "\(introduction.html)\(part.html)")
    }

    private var cancel: HTML {
        guard picker.link.rules.changes.cancelRefusal(starts: booking.state.firstStart, now: picker.now) == nil else {
            return .empty
        }
        return "<p>\(Components.link(plain("Cancel instead"), to: cancelPath, .danger))</p>"
    }

    private var cancelPath: Path { Path("/book/cancel/\(token)").adding(query: picker.clock.pairs) }

    private var facts: [(Icon, HTML)] {
        MoveWords.facts(booking, link: picker.link, zone: picker.zone, clock: picker.clock)
            + MoveWords.rule(picker.link)
    }

    package static var example: MovePage {
        MovePage(
            booking: .example, picker: .example, workspaceName: "Nordhavn Instruments", token: "example",
            zones: ["Europe/Lisbon"], namesZone: true)
    }
}

/// One question: move it to this time?
package struct ConfirmMovePage: Page {
    let booking: Booking
    let link: Link
    let workspaceName: WorkspaceName
    let token: String
    let form: String
    let start: Instant
    let zone: Zone
    let clock: HourClock
    var filled = Filled.empty
    /// When it ends there; nil where it lasts as long as before.
    var ends: Instant?

    package var html: HTML {
        let address = PickerAddress(base: Path("/book/reschedule/\(token)"), zone: zone.name, clock: clock)
        let ends = ends ?? start.adding(seconds: booking.state.ends - booking.state.starts)
        let day = zone.local(at: start).date
        let range = TimeWords.range(start, ends, in: zone, clock)
        let host = booking.hosts.first?.name ?? workspaceName.text
        return Layout.publicPage(
            title: plain("Move your meeting"), workspaceName: workspaceName, foot: FindPage.foot(link), """
            <header class="stack near"><p class="second">\(say("Move your meeting to"))</p>\
            <h1 class="display">\(day.dayWordsWithYear),<br><time>\(range)</time></h1>\
            <p class="second lead">\(say("\(TimeWords.city(zone)) time."))</p></header>\
            \(Components.facts(MoveWords.facts(booking, link: link, zone: zone, clock: clock) + MoveWords.rule(link)))\
            \(Components.form(action: Path("/book/reschedule/\(token)"), """
                \(Components.mistakes(filled))\(Components.hidden("form", form))\
                \(Components.hidden("start", String(start.seconds)))\(Components.hidden("timezone", zone.name))\
                \(if: clock != .usual, then: Components.hidden("clock", clock.rawValue))\
                \(Components.textarea("reason", plain("Reason"), in: filled,
                                      hint: say("\(host) reads it in the mail."),
                                      optional: plain("optional")))\
                <p class="line">\(Components.button(button, .primary))\
                \(Components.link(plain("Back to times"), to: address.day(day), .quiet))</p>\
                \(booking.seriesButtons(Path("/booking/\(token)/series/reschedule")))
                """))
            """)
    }

    private var button: String {
        link.rules.approval.isRequired ? plain("Ask for this time") : plain("Move the meeting")
    }

    package static var example: ConfirmMovePage {
        ConfirmMovePage(
            booking: .example, link: .example, workspaceName: "Nordhavn Instruments", token: "example", form: "example",
            start: Booking.example.state.starts.adding(days: 1), zone: .utc, clock: .twentyFour)
    }
}

enum MoveWords {
    /// That a host is asked first, for those who move their own meeting.
    static func rule(_ link: Link) -> [(Icon, HTML)] {
        guard link.rules.approval.isRequired else { return [] }
        return [(.check, say("\(link.hostWords) decides about another time; until then what is confirmed stays"))]
    }

    /// What it is now: the old time, the link, the host that stays.
    static func facts(_ booking: Booking, link: Link, zone: Zone, clock: HourClock) -> [(Icon, HTML)] {
        let isAsked = booking.state.confirmed == nil
        let booking = booking.standing ?? booking
        let day: HTML = "<b class=\"ink\">\(zone.local(at: booking.state.starts).date.dayWords)</b>"
        let range = TimeWords.range(booking.state.starts, booking.state.ends, in: zone, clock)
        let length = DateWords.duration(minutes: Int((booking.state.ends - booking.state.starts) / 60))
        let host = booking.hosts.first?.name ?? ""
        return [
            (.calendar, """
                \(isAsked ? say("Asked for: \(day)") : say("Currently booked: \(day)"))<br><time>\(range)</time>, \
                \(say("\(TimeWords.city(zone)) time"))
                """),
            (.note, "\(link.rules.title), \(length)"),
            (.user, say("\(host) stays your host")),
        ]
    }
}
