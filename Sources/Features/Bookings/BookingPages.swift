/// The pages strangers book on: the month with its times, and the form for their details.
import Scheduling
import Web

/// The address of a picker with what its viewer has chosen.
struct PickerAddress: Sendable {
    var base: Path
    var zone: String?
    var clock: HourClock
    var extra: [(String, String)] = []

    func path(_ more: [(String, String)] = [], clock other: HourClock? = nil) -> Path {
        var query = extra + more
        if let zone { query.append(("timezone", zone)) }
        if (other ?? clock) != .twentyFour { query.append(("clock", (other ?? clock).rawValue)) }
        return base.adding(query: query)
    }

    func month(_ date: LocalDate) -> Path { path([("month", String(date.description.prefix(7)))]) }
    func day(_ date: LocalDate) -> Path { path([("day", date.description)]).fragment("times") }

    /// What the POST of a time sends along, so that the next page speaks the same zone and clock.
    var hidden: HTML {
        """
        \(zone.map { Components.hidden("timezone", $0) })\
        \(if: clock != .twentyFour, then: Components.hidden("clock", clock.rawValue))
        """
    }
}

/// Month, zone and times: the instrument that booking and moving share.
struct PickerPart: Sendable {
    let picker: Picker
    let address: PickerAddress
    /// Where a time is sent.
    let action: Path
    let hidden: HTML
    let zones: [String]
    /// Shown above the times when the wanted one is gone.
    var alert: HTML = .empty

    var html: HTML {
        """
        <div class="picker"><section aria-labelledby="month">\(month)\(zone)</section>\
        <section id="times"\(name)>\(alert)\(times)</section></div>
        """
    }

    /// The day's heading names the times; without a day there is none.
    private var name: HTML {
        picker.day == nil ? " aria-label=\"\(plain("Times"))\"" : " aria-labelledby=\"day\""
    }

    private var month: HTML {
        let model = Components.Month(
            year: picker.month.year, month: picker.month.month,
            free: Dictionary(picker.free.map { ($0.key.day, $0.value) }, uniquingKeysWith: { first, _ in first }),
            chosen: picker.day, today: picker.today, before: picker.previousMonth.map(address.month),
            after: picker.nextMonth.map(address.month))
        return Components.month(model, address: address.day)
    }

    private var zone: HTML {
        if picker.choosesZone {
            let keep = address.extra + (picker.clock == .twentyFour ? [] : [("clock", picker.clock.rawValue)])
            return Components.zoneForm(zone: picker.zone.name, zones: zones, action: address.base, keep: keep)
        }
        let day = picker.day.map { [("day", $0.description)] } ?? []
        return Components.zoneLine(
            zone: picker.zone.name, place: TimeWords.city(picker.zone), now: picker.zone.local(at: picker.now),
            clock: picker.clock, choose: address.path(day + [("zone", "pick")]),
            clocks: { address.path(day, clock: $0) })
    }

    private var times: HTML {
        guard let day = picker.day else { return nothing }
        let choices = picker.times.map { start in
            Components.TimeChoice(
                value: String(start.seconds), time: picker.zone.local(at: start), isChosen: start == picker.chosen)
        }
        return Components.times(day, choices, clock: picker.clock, action: action, hidden: hidden + address.hidden)
    }

    private var nothing: HTML {
        if let next = picker.nextFree {
            return Components.empty(
                plain("Nothing free in \(picker.month.monthWords)"), say("The next free day is \(next.dayWords)."),
                action: Components.link(plain("Show it"), to: address.day(next), .primary))
        }
        return Components.empty(
            plain("Nothing free right now"),
            say("All times that can be booked are taken. Come back later, or ask the person who sent you this link."))
    }
}

/// `/book/<slug>`.
package struct BookingPage: Page {
    let picker: Picker
    let workspaceName: String
    let form: String
    let zones: [String]
    /// Whether the address named a zone; if not, the script may ask for the browser's own.
    let namesZone: Bool
    var alert: HTML = .empty

    package var html: HTML {
        let link = picker.link
        let address = PickerAddress(
            base: link.path, zone: namesZone ? picker.zone.name : nil, clock: picker.clock)
        let part = PickerPart(
            picker: picker, address: address, action: Path("/book/\(link.rules.slug)/holds"),
            hidden: Components.hidden("form", form), zones: zones, alert: alert)
        return Layout.publicPage(
            title: link.rules.title, workspaceName: workspaceName, shape: .book,
            skip: ("times", plain("Skip to times")), zone: namesZone ? nil : picker.zone.name,
            "\(LinkIntroduction(link: link, facts: LinkIntroduction.facts(link)).html)\(part.html)")
    }

    package static var example: BookingPage {
        BookingPage(
            picker: .example, workspaceName: "Nordhavn Instruments", form: "example", zones: ["Europe/Lisbon"],
            namesZone: true)
    }
}

/// The left pane: who, what, how long, where.
struct LinkIntroduction: Sendable {
    let link: Link
    var title: String?
    let facts: [(Icon, HTML)]
    var more: HTML = .empty

    var html: HTML {
        """
        <section class="stack" aria-labelledby="what">\
        \(each: link.hosts.prefix(1), { Components.person($0.name) })\
        <h1 class="display" id="what">\(title ?? link.rules.title)</h1>\
        \(description)\(Components.facts(facts))\(more)</section>
        """
    }

    private var description: HTML {
        guard title == nil, !link.rules.description.isEmpty else { return .empty }
        return "<p class=\"second lines\">\(link.rules.description)</p>"
    }

    static func facts(_ link: Link) -> [(Icon, HTML)] {
        [
            (.clock, "\(DateWords.duration(minutes: link.rules.duration))"),
            (link.rules.firstLocation.kind.icon, "\(link.rules.firstLocation.openWords)"),
            (.move, say("Move or cancel it until it starts")),
        ]
    }
}

extension LocationKind {
    var icon: Icon {
        switch self {
        case .video: .video
        case .address: .pin
        case .phoneHostCalls, .phoneAttendeeCalls: .phone
        case .attendeeChoice: .pin
        case .custom: .info
        }
    }
}

/// The form for the details of one chosen time.
package struct DetailsPage: Page {
    let link: Link
    let workspaceName: String
    let start: Instant
    let zone: Zone
    let clock: HourClock
    let form: String
    /// Until when the time is held; nil when it is not, or no longer.
    let heldUntil: Instant?
    var filled = Filled.empty
    /// The time is gone: what is said, and what else is free.
    var gone: (message: String, alternatives: [Instant])?

    package var html: HTML {
        Layout.publicPage(
            title: plain("Your details: \(link.rules.title)"), workspaceName: workspaceName, shape: .book,
            skip: ("details", plain("Skip to your details")), """
                \(LinkIntroduction(link: link, facts: facts).html)\
                <div class="picker">\(details)</div>
                """)
    }

    private var address: PickerAddress {
        PickerAddress(base: link.path, zone: zone.name, clock: clock)
    }

    private var facts: [(Icon, HTML)] {
        let day = zone.local(at: start).date
        let range = TimeWords.range(start, start.adding(minutes: link.rules.duration), in: zone, clock)
        let city = TimeWords.city(zone)
        let when: HTML = """
            <b class="ink">\(day.dayWordsWithYear)</b><br><time>\(range)</time>, \(say("\(city) time"))<br>\
            <a class="inline" href="\(address.day(day))">\(say("Another time"))</a>
            """
        return [(.calendar, when)] + LinkIntroduction.facts(link).dropFirst()
    }

    private var details: HTML {
        """
        <form id="details" method="post" action="\(Path("/book/\(link.rules.slug)/bookings"))" data-once novalidate>\
        <button class="hidden" tabindex="-1" aria-hidden="true">\(say("Confirm booking"))</button>\(goneBanner)\
        <div class="month-head"><h2>\(say("Your details"))</h2>\(held)</div>\
        <div class="stack">\(Components.mistakes(filled))\(hidden)<div class="two">\
        \(Components.field("attendee.name", plain("Name"), in: filled, autocomplete: "name"))\
        \(Components.field("attendee.email", plain("E-mail"), in: filled, typing: .email, autocomplete: "email"))</div>\
        \(each: link.questions, question)\
        <p class="line">\(Components.button(plain("Confirm booking"), .primary))\
        \(Components.link(plain("Back to times"), to: address.day(zone.local(at: start).date), .quiet))</p>\
        <p class="meta third">\(say("\(workspaceName) uses these details for this meeting only."))</p></div></form>
        """
    }

    private var held: HTML {
        guard let heldUntil else { return .empty }
        let time: HTML = "<time>\(zone.local(at: heldUntil).words(clock))</time>"
        return "<span class=\"state held end\"><span>\(say("Held for you until \(time)"))</span></span>"
    }

    private var hidden: HTML {
        [
            Components.hidden("form", form), Components.hidden("start", String(start.seconds)),
            Components.hidden("timezone", zone.name), Components.hidden("clock", clock.rawValue),
        ].reduce(.empty, +)
    }

    private func question(_ question: Question) -> HTML {
        let name = "answers.\(question.id)"
        let optional = question.required ? nil : plain("optional")
        return switch question.kind {
        case .text: Components.field(name, question.label, in: filled, optional: optional)
        case .textarea: Components.textarea(name, question.label, in: filled, optional: optional)
        }
    }

    /// Each nearest time books at once with what was typed.
    private var goneBanner: HTML {
        guard let gone else { return .empty }
        return """
            <div class="banner fails" role="alert" tabindex="-1" autofocus>\(Components.icon(.warning))\
            <div class="stack near"><p>\(gone.message)</p>\
            <p class="line">\(each: gone.alternatives.prefix(3), { start in
                Components.button(
                    plain("Book \(TimeWords.dayAndTime(start, in: zone, clock))"), name: "start",
                    value: String(start.seconds))
            })</p></div></div>
            """
    }

    package static var example: DetailsPage {
        DetailsPage(
            link: .example, workspaceName: "Nordhavn Instruments", start: Picker.example.times[0], zone: .utc,
            clock: .twentyFour, form: "example", heldUntil: Picker.example.now.adding(minutes: 10))
    }
}
