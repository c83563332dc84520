/// The page on which a host makes a poll: what it is about and who is asked, then its times or days, many at once.
import Scheduling
import Web

/// What a button of the form does on the way to the poll; everything typed comes back with the next page.
enum PollStep: Equatable, Sendable {
    /// Another day, month, length or kind.
    case show
    /// One more time, by its clock.
    case add
    /// What is picked of the day that is shown, so many days later too.
    case again(days: Int)

    static let laters = [1, 7]

    /// Nil where the poll is to be made.
    init?(_ data: FormData) {
        if let adds = data["adds"] {
            // Whoever presses Enter in the title has not asked for a time.
            self = adds.isEmpty && data["at"]?.isEmpty != false ? .show : .add
        } else if let days = data["repeats"] {
            self = Int(days).flatMap { Self.laters.contains($0) ? .again(days: $0) : nil } ?? .show
        } else if ["shows", "asks", "length"].contains(where: { data[$0] != nil }) {
            self = .show
        } else {
            return nil
        }
    }
}

extension PollMoment {
    /// At the same time of day.
    func later(_ days: Int, in zone: Zone) -> PollMoment {
        switch self {
        case .time(let time):
            let local = zone.local(at: time.start)
            let moved = LocalTime(date: local.date.adding(days: days), secondOfDay: local.secondOfDay)
            return .time(OneOff.Time(start: zone.instant(of: moved), minutes: time.minutes))
        case .day(let day): return .day(day.adding(days: days))
        }
    }
}

/// `/calendar/polls/new`. One form, whose boxes hold what is picked: a step never loses what was typed.
package struct PollFormPage: Page {
    static var above: [(String, Path)] {
        [(plain("Links"), "/calendar/event-types"), (plain("Polls"), "/calendar/polls")]
    }

    let principal: Principal
    /// Whose times they are.
    var person: ActedFor
    /// For whom this person can make one.
    var persons: [ActedFor] = []
    let kind: PollKind
    var moments: [PollMoment]
    /// The day whose times are shown, or a day of the month that is.
    let day: LocalDate
    let today: LocalDate
    /// Of the times that are shown, in minutes.
    let length: Int
    let zone: Zone
    /// Whose days and hours the poll has: the host's, who may be another than whoever makes it.
    var hostZone = Zone.utc
    let clock: HourClock
    /// Signed: pressed twice it is one.
    let form: String
    /// When the host is free that day; nil for whoever has no hours yet, and for whole days.
    var free: [Instant]?
    var filled = Filled(values: ["open": "on"])
    var alert: HTML = .empty

    package var html: HTML {
        Layout.app(title: plain("New poll"), tab: .links, principal, """
            \(Components.crumbs(Self.above, plain("New")))\(alert)\
            \(Components.pageHead(plain("New poll"), say("Ask several people when a meeting suits them.")))\
            \(person.chooser(persons, action: "/calendar/polls/new"))\
            \(Components.form(action: "/calendar/polls", csrf: principal, """
                <button class="hidden" name="adds" value="" tabindex="-1" aria-hidden="true">\(say("Show"))</button>\
                \(Components.mistakes(filled))\(Components.hidden("form", form))\
                \(Components.hidden("kind", kind.rawValue))\(person.field)\
                \(about)\(options)\(settings)<p>\(Components.button(plain("Make the poll"), .primary))</p>
                """))
            """)
    }

    /// A button that is a step; the page that answers is opened where it stands.
    private func step(
        _ name: String, _ value: String, _ label: String, icon: Icon? = nil, isCurrent: Bool? = nil
    ) -> HTML {
        """
        <button\(if: isCurrent == nil, then: " class=\"button\"") name="\(name)" value="\(value)" \
        formaction="/calendar/polls#times"\(if: isCurrent == true, then: " aria-current=\"true\"")>\
        \(icon.map { Components.icon($0) })\(label)</button>
        """
    }

    private var about: HTML {
        """
        \(Components.field("title", plain("Title"), in: filled))\
        \(Components.field("place", plain("Where"), in: filled,
                           hint: say("Whoever gets an address of the poll reads it."), optional: plain("optional")))\
        \(Components.textarea(
            "invited", plain("Who is asked"), in: filled,
            hint: say("Up to \(Poll.mostInvited) e-mail addresses, one to a line. Each is mailed its own page."),
            optional: plain("optional")))\
        \(Components.checkbox("open", plain("Whoever has the address can answer"), in: filled,
                              note: plain("For a group or a page, where you know nobody’s e-mail address.")))
        """
    }

    // MARK: Times or days

    private var options: HTML {
        let kinds: [(PollKind, String)] = [(.times, plain("Times")), (.days, plain("Whole days"))]
        // Counted by the style sheet, so that it is right at every press, with and without script.
        let count: HTML = "<b class=\"picked num\"></b>"
        let mistake: HTML = filled.error("options").map { message in
            "<p class=\"field-error\" id=\"f-options-error\">\(Components.icon(.warning))\(message)</p>"
        } ?? .empty
        return """
            <section class="stack poll-times" id="times" aria-label="\(plain("What to ask about"))">\
            <div class="segments" role="group" aria-label="\(plain("What to ask about"))">\
            \(each: kinds, { kind, name in step("asks", kind.rawValue, name, isCurrent: kind == self.kind) })</div>\
            \(kind == .times ? times : month)\(others)\
            <p class="second" id="f-options" tabindex="-1">\
            \(say("Picked: \(count) of up to \(Poll.mostOptions)."))</p>\(mistake)</section>
            """
    }

    private var times: HTML {
        let lengths = Set([15, 30, 45, 60, 90, 120, length]).sorted()
        var filled = filled
        filled.values["day"] = filled.error("day") == nil ? day.description : filled["day"]
        return """
            <div class="line">\(step("shows", day.adding(days: -1).description, plain("Day before"), icon: .left))\
            \(Components.field("day", plain("Day"), in: filled, typing: .date))\
            \(step("shows", "", plain("Show this day")))\
            \(step("shows", day.adding(days: 1).description, plain("Day after"), icon: .right))</div>\
            <div class="segments" role="group" aria-label="\(plain("Length"))">\(each: lengths, { minutes in
                step("length", String(minutes), DateWords.duration(minutes: minutes), isCurrent: minutes == length)
            })</div>\(grid)\(again)\(own)
            """
    }

    /// What the boxes of the grid stand for.
    private var shown: [PollMoment] {
        switch kind {
        case .times: (free ?? []).map { .time(OneOff.Time(start: $0, minutes: length)) }
        case .days: days.map { .day($0) }
        }
    }

    private func box(_ moment: PollMoment, _ words: HTML, label: String? = nil) -> HTML {
        let name: HTML? = label.map { " aria-label=\"\($0)\"" }
        return """
            <label class="pick"><input type="checkbox" name="options" value="\(moment.text)"\(name)\
            \(if: moments.contains(moment), then: " checked")>\(words)</label>
            """
    }

    private var grid: HTML {
        guard let free else { return .empty }
        let none = person.isOwn ? say("You are not free on this day.") : say("They are not free on this day.")
        return """
            <fieldset class="field">\
            <legend>\(say("Free on \(day.dayWords), times of \(TimeWords.city(zone))"))</legend>\
            \(if: free.isEmpty, then: "<p class=\"second\">\(none)</p>")\
            <div class="picks">\(each: shown, { moment in
                let start = moment.time.map { zone.local(at: $0.start).words(clock) } ?? ""
                return box(moment, "<time>\(start)</time>")
            })</div></fieldset>
            """
    }

    /// The same times on other days.
    private var again: HTML {
        guard free?.isEmpty == false || moments.contains(where: { $0.date(in: zone) == day }) else { return .empty }
        return """
            <div class="line">\(step("repeats", "1", plain("The same times a day later")))\
            \(step("repeats", "7", plain("The same times a week later")))</div>
            """
    }

    /// A time that is none of the round ones, or of a host without hours.
    private var own: HTML {
        var filled = filled
        if filled.error("minutes") == nil { filled.values["minutes"] = String(length) }
        let isOpen = free == nil || !filled["at"].isEmpty || filled.error("at") != nil
            || filled.error("minutes") != nil
        return """
            <details class="more"\(if: isOpen, then: " open")><summary class="button quiet">\
            \(say("Another time of this day"))</summary><div class="stack"><div class="two">\
            \(Components.field("at", plain("Start"), in: filled, typing: .time))\
            \(Components.field("minutes", plain("Length in minutes"), in: filled, typing: .number))</div>\
            <p>\(step("adds", "on", plain("Add this time"), icon: .plus))</p></div></details>
            """
    }

    /// Of the month that is shown, those that are not past.
    private var days: [LocalDate] {
        let first = day.firstOfMonth
        return (0..<LocalDate.days(inMonth: first.month, of: first.year)).map { first.adding(days: $0) }
            .filter { $0 >= today && $0 <= today.adding(days: Poll.mostAhead) }
    }

    private var month: HTML {
        let first = day.firstOfMonth
        let next = first.adding(days: LocalDate.days(inMonth: first.month, of: first.year))
        let lead = (first.weekday - Language.current.firstWeekday + 7) % 7
        let passed = (0..<LocalDate.days(inMonth: first.month, of: first.year)).map { first.adding(days: $0) }
            .filter { $0 < today }
        let last = first.adding(days: -1).firstOfMonth.description
        let before = first > today.firstOfMonth
            ? step("shows", last, plain("Month before"), icon: .left) : .empty
        return """
            <div class="line">\(before)\(step("shows", next.description, plain("Month after"), icon: .right))</div>\
            \(Components.hidden("day", day.description))\
            <fieldset class="field"><legend>\(first.monthWords)</legend><div class="picks of-month">\
            \(each: DateWords.week, {
                "<span class=\"third meta\" aria-hidden=\"true\">\(DateWords.shortWeekday($0))</span>"
            })\
            \(each: 0..<lead, { _ in "<span></span>" })\
            \(each: passed, { "<span class=\"third\">\($0.day)</span>" })\
            \(each: days, { box(.day($0), "\($0.day)", label: $0.dayWords) })</div></fieldset>
            """
    }

    /// What is picked and not shown above: an empty box takes it off.
    private var others: HTML {
        let shown = Set(shown)
        let others = moments.filter { !shown.contains($0) }.sorted { $0.end(in: zone) < $1.end(in: zone) }
        guard !others.isEmpty else { return .empty }
        return """
            <fieldset class="field"><legend>\(kind == .times ? say("Other times") : say("Other days"))</legend>\
            <div class="chips">\(each: others, { moment in """
                <label class="chip"><input type="checkbox" name="options" value="\(moment.text)" checked>\
                <span>\(moment.longWords(in: zone, clock))</span></label>
                """ })</div></fieldset>
            """
    }

    // MARK: How

    static var deadlines: [(String, String)] {
        [("", plain("When I decide"))]
            + [1, 2, 3, 7, 14, 30].map { (String($0), plain("\($0)|one:In one day|other:In %1 days")) }
    }

    private var settings: HTML {
        """
        \(Components.select("days", plain("It closes"), PollFormPage.deadlines, in: filled))\
        \(Components.checkbox("hidesVotes", plain("Nobody but me sees the answers"), in: filled))\
        \(Components.checkbox("takesProposals", plain("Those who answer can propose more"), in: filled))\
        \(if: kind == .times, then: Components.checkbox(
            "holds", plain("Keep these times from others"), in: filled,
            note: plain("They are free again once you decide.")))
        """
    }

    package static var example: PollFormPage {
        let poll = Poll.example
        let starts = poll.options.compactMap(\.moment.time?.start)
        let day = Zone.utc.local(at: starts[0]).date
        return PollFormPage(
            principal: .example, person: ActedFor(.example), kind: .times, moments: poll.options.map(\.moment),
            day: day, today: day, length: 60, zone: .utc, clock: .twentyFour, form: "example",
            free: (0..<8).map { starts[0].adding(minutes: 30 * $0) })
    }
}
