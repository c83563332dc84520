/// What a host sees of polls: the list, and the page on which options are picked.
import Scheduling
import Web

extension PollState {
    var words: String {
        switch self {
        case .open: plain("Open")
        case .closed: plain("Closed")
        case .finalized: plain("Decided")
        }
    }
}

extension Poll {
    var path: Path { Path("/calendar/polls/\(id)") }
}

extension PollMoment {
    /// `Thursday 3 December, 10:30–11:00`.
    func longWords(in zone: Zone, _ clock: HourClock) -> String {
        guard let time else { return dayWords(in: zone) }
        return "\(dayWords(in: zone)), \(TimeWords.range(time.start, time.ends, in: zone, clock))"
    }
}

/// `/calendar/polls`.
package struct PollListPage: Page {
    /// More than anybody scrolls through.
    static let most = 200

    let principal: Principal
    let all: [Poll]
    let titles: [ID<Link>: String]
    /// How many have answered.
    let answered: [ID<Poll>: Int]
    let now: Instant

    package var html: HTML {
        Layout.app(title: plain("Polls"), tab: .links, principal, """
            \(Components.crumbs([(plain("Links"), "/calendar/event-types")], plain("Polls")))\
            \(Components.pageHead(
                plain("Polls"), say("Ask several people when a meeting suits them."), actions: new))\
            \(if: all.isEmpty, then: Components.empty(
                plain("None yet"), say("Pick some times or days, and ask which of them suit."), action: new))\
            \(if: !all.isEmpty, then: "<ul class=\"rows\" role=\"list\">\(each: all, row)</ul>")\
            \(if: all.count == Self.most, then: "<p class=\"hint\">\(say("The newest \(Self.most)."))</p>")
            """)
    }

    private var new: HTML {
        Components.link(plain("New poll"), to: "/calendar/polls/new", .primary, icon: .plus)
    }

    private func row(_ poll: Poll) -> HTML {
        let count = answered[poll.id] ?? 0
        return """
            <li class="row"><p class="cut"><a class="row-link" href="\(poll.path)">\
            <bdi>\(titles[poll.link] ?? "")</bdi></a><br>\
            <span class="third">\(say("\(count)|one:One answer|other:%1 answers"))</span></p>\
            <p><span class="tag">\(poll.state(now: now).words)</span></p></li>
            """
    }

    package static var example: PollListPage {
        PollListPage(
            principal: .example, all: [.example], titles: [Link.example.id: Link.example.rules.title],
            answered: [Poll.example.id: 3], now: Poll.example.createdAt)
    }
}

/// `/calendar/polls/new`: the options so far, and what the meeting is.
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
    let moments: [PollMoment]
    let day: LocalDate
    let zone: Zone
    let clock: HourClock
    /// Signed: pressed twice it is one.
    let form: String
    /// The host's own day; nil for whoever has no hours yet, and for whole days.
    var strip: DayPreview?
    /// Of one more option.
    var picking = Filled.empty
    var filled = Filled(values: ["open": "on"])
    var alert: HTML = .empty

    package var html: HTML {
        Layout.app(title: plain("New poll"), tab: .links, principal, """
            \(Components.crumbs(Self.above, plain("New")))\(alert)\
            \(Components.pageHead(
                plain("New poll"),
                say("Pick up to \(Poll.mostOptions) times or days to ask about. Times of \(TimeWords.city(zone)).")))\
            \(person.chooser(persons, action: "/calendar/polls/new"))\(kinds)\(dayPart)\(chosen)\(details)
            """)
    }

    /// The same page with these options.
    func path(_ moments: [PollMoment], day other: LocalDate? = nil) -> Path {
        let query = person.query + [("kind", kind.rawValue)] + moments.map { ("options", $0.text) }
            + [("day", (other ?? day).description)]
        return Path("/calendar/polls/new").adding(query: query)
    }

    private var kinds: HTML {
        let names: [(PollKind, String)] = [(.times, plain("Times")), (.days, plain("Whole days"))]
        return Components.segments(label: plain("What to ask about"), names.map { kind, name in
            Components.Choice(
                name, Path("/calendar/polls/new").adding(query: person.query + [("kind", kind.rawValue)]),
                isCurrent: kind == self.kind)
        })
    }

    private var dayPart: HTML {
        guard kind == .times else { return "<div class=\"stack\">\(pick)</div>" }
        let picture: HTML = strip.map { day in
            """
            <div class="scroll" tabindex="0" role="region" aria-labelledby="day">\
            \(DayStrip(day).table(labelled: "day", hasHours: true))</div>
            """
        } ?? .empty
        return """
            <div class="stack"><div class="line"><h2 id="day">\(day.dayWords)</h2>\
            \(Components.link(plain("Day before"), to: path(moments, day: day.adding(days: -1)), .quiet))\
            \(Components.link(plain("Day after"), to: path(moments, day: day.adding(days: 1)), .quiet))</div>\
            \(picture)\(pick)</div>
            """
    }

    /// Nothing is changed by picking, so it is an address.
    private var pick: HTML {
        var picking = picking
        if picking["day"].isEmpty { picking.values["day"] = day.description }
        let last = moments.last?.time?.minutes
        if picking["minutes"].isEmpty { picking.values["minutes"] = String(last ?? 60) }
        let times: HTML = """
            <div class="two">\(Components.field("at", plain("Start"), in: picking, typing: .time))\
            \(Components.field("minutes", plain("Length in minutes"), in: picking, typing: .number))</div>
            """
        return """
            <form class="form" method="get" action="/calendar/polls/new" novalidate>\(Components.mistakes(picking))\
            \(person.field)\(Components.hidden("kind", kind.rawValue))\(Components.hidden("adds", "1"))\
            \(each: moments, { Components.hidden("options", $0.text) })\
            \(Components.field("day", plain("Day"), in: picking, typing: .date))\(if: kind == .times, then: times)\
            <p>\(Components.button(
                kind == .times ? plain("Add this time") : plain("Add this day"), icon: .plus))</p></form>
            """
    }

    private var chosen: HTML {
        guard !moments.isEmpty else { return .empty }
        let sorted = moments.sorted { $0.end(in: zone) < $1.end(in: zone) }
        return """
            <section class="stack near" aria-labelledby="chosen"><h2 class="label" id="chosen">\
            \(say("\(moments.count)|one:One option so far|other:%1 options so far"))</h2>\
            <ul class="chips" role="list">\(each: sorted, chip)</ul></section>
            """
    }

    private func chip(_ moment: PollMoment) -> HTML {
        """
        <li><a class="chip" href="\(path(moments.filter { $0 != moment }))">\
        <span>\(moment.longWords(in: zone, clock))</span>\
        <span class="hidden">\(say(", take this option off"))</span>\(Components.icon(.x))</a></li>
        """
    }

    static var deadlines: [(String, String)] {
        [("", plain("When I decide"))]
            + [1, 2, 3, 7, 14, 30].map { (String($0), plain("\($0)|one:In one day|other:In %1 days")) }
    }

    private var details: HTML {
        guard !moments.isEmpty else { return .empty }
        return Components.form(action: "/calendar/polls", csrf: principal, """
            \(Components.mistakes(filled))\(Components.hidden("form", form))\(Components.hidden("kind", kind.rawValue))\
            \(person.field)\(Components.hidden("day", day.description))\
            \(each: moments, { Components.hidden("options", $0.text) })\
            \(Components.field("title", plain("Title"), in: filled))\
            \(Components.field("place", plain("Where"), in: filled,
                               hint: say("Whoever gets an address of the poll reads it."),
                               optional: plain("optional")))\
            \(Components.textarea(
                "invited", plain("Who is asked"), in: filled,
                hint: say("Up to \(Poll.mostInvited) e-mail addresses, one to a line. Each is mailed its own page."),
                optional: plain("optional")))\
            \(Components.checkbox("open", plain("Whoever has the address can answer"), in: filled,
                                  note: plain("For a group or a page, where you know nobody’s e-mail address.")))\
            \(Components.select("days", plain("It closes"), PollFormPage.deadlines, in: filled))\
            \(Components.checkbox("hidesVotes", plain("Nobody but me sees the answers"), in: filled))\
            \(Components.checkbox("takesProposals", plain("Those who answer can propose more"), in: filled))\
            \(if: kind == .times, then: Components.checkbox(
                "holds", plain("Keep these times from others"), in: filled,
                note: plain("They are free again once you decide.")))\
            <p>\(Components.button(plain("Make the poll"), .primary))</p>
            """)
    }

    package static var example: PollFormPage {
        let poll = Poll.example
        let day = poll.options[0].moment.time.map { Zone.utc.local(at: $0.start).date }
        return PollFormPage(
            principal: .example, person: ActedFor(.example), kind: .times, moments: poll.options.map(\.moment),
            day: day ?? Zone.utc.local(at: poll.createdAt).date, zone: .utc, clock: .twentyFour, form: "example")
    }
}
