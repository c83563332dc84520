/// What a host sees of one-offs: the list, the page on which times are picked, and the page of one.
import Scheduling
import Web

extension OneOffState {
    var words: String {
        switch self {
        case .open: plain("Open")
        case .taken: plain("Booked")
        case .withdrawn: plain("Taken back")
        case .lapsed: plain("Expired")
        }
    }
}

/// `/calendar/one-off`.
package struct OneOffListPage: Page {
    /// More than anybody scrolls through.
    static let most = 200

    let principal: Principal
    let all: [OneOff]
    let titles: [ID<Link>: String]
    let zone: Zone
    let clock: HourClock
    let now: Instant

    package var html: HTML {
        Layout.app(title: plain("One-offs"), tab: .links, principal, """
            \(Components.crumbs([(plain("Links"), "/calendar/event-types")], plain("One-offs")))\
            \(Components.pageHead(
                plain("One-offs"), say("One meeting, with times that you pick by hand."), actions: new))\
            \(if: all.isEmpty, then: Components.empty(
                plain("None yet"), say("Pick a few times for a meeting that no link is made for."), action: new))\
            \(if: !all.isEmpty, then: "<ul class=\"rows\" role=\"list\">\(each: all, row)</ul>")\
            \(if: all.count == Self.most, then: "<p class=\"hint\">\(say("The newest \(Self.most)."))</p>")
            """)
    }

    private var new: HTML {
        Components.link(plain("New one-off"), to: "/calendar/one-off/new", .primary, icon: .plus)
    }

    private func row(_ one: OneOff) -> HTML {
        let first = one.times.first.map { TimeWords.dayAndTime($0.start, in: zone, clock) } ?? ""
        let more = say("\(one.times.count - 1)|one:and one more|other:and %1 more")
        return """
            <li class="row"><p class="cut"><a class="row-link" href="\(Path("/calendar/one-off/\(one.id)"))">\
            <bdi>\(titles[one.link] ?? "")</bdi></a><br>\
            <span class="third"><time>\(first)</time>\(if: one.times.count > 1, then: " \(more)")</span></p>\
            <p><span class="tag">\(one.state(now: now).words)</span></p></li>
            """
    }

    package static var example: OneOffListPage {
        OneOffListPage(
            principal: .example, all: [.example], titles: [Link.example.id: Link.example.rules.title], zone: .utc,
            clock: .twentyFour, now: OneOff.example.createdAt)
    }
}

/// `/calendar/one-off/new`: the day, the times so far, and what the meeting is.
package struct OneOffFormPage: Page {
    static var above: [(String, Path)] {
        [(plain("Links"), "/calendar/event-types"), (plain("One-offs"), "/calendar/one-off")]
    }

    let principal: Principal
    /// Whose times they are.
    var person: ActedFor
    /// For whom this person can make one.
    var persons: [ActedFor] = []
    let times: [OneOff.Time]
    let day: LocalDate
    let zone: Zone
    let clock: HourClock
    /// Signed: pressed twice it is one.
    let form: String
    /// The host's own day; nil for whoever has no hours yet.
    var strip: DayPreview?
    /// Of one more time.
    var picking = Filled.empty
    var filled = Filled(values: ["days": "7", "reserves": "on"])
    var alert: HTML = .empty

    package var html: HTML {
        Layout.app(title: plain("New one-off"), tab: .links, principal, """
            \(Components.crumbs(Self.above, plain("New")))\(alert)\
            \(Components.pageHead(
                plain("New one-off"),
                say("Pick up to \(OneOff.mostTimes) times; whoever gets the address takes one. Times of \(city).")))\
            \(person.chooser(persons, action: "/calendar/one-off/new"))\(dayPart)\(chosen)\(details)
            """)
    }

    private var city: String { TimeWords.city(zone) }

    /// The same page with these times.
    func path(_ times: [OneOff.Time], day other: LocalDate? = nil) -> Path {
        let query = person.query + times.map { ("times", $0.text) } + [("day", (other ?? day).description)]
        return Path("/calendar/one-off/new").adding(query: query)
    }

    private var dayPart: HTML {
        let picture: HTML = strip.map { day in
            """
            <div class="scroll" tabindex="0" role="region" aria-labelledby="day">\
            \(DayStrip(day).table(labelled: "day", hasHours: true))</div>
            """
        } ?? .empty
        return """
            <div class="stack"><div class="line"><h2 id="day">\(day.dayWords)</h2>\
            \(Components.link(plain("Day before"), to: path(times, day: day.adding(days: -1)), .quiet))\
            \(Components.link(plain("Day after"), to: path(times, day: day.adding(days: 1)), .quiet))</div>\
            \(picture)\(pick)</div>
            """
    }

    /// Nothing is changed by picking, so it is an address.
    private var pick: HTML {
        var picking = picking
        if picking["day"].isEmpty { picking.values["day"] = day.description }
        if picking["minutes"].isEmpty { picking.values["minutes"] = times.last.map { String($0.minutes) } ?? "30" }
        return """
            <form class="form" method="get" action="/calendar/one-off/new" novalidate>\(Components.mistakes(picking))\
            \(person.field)\(each: times, { Components.hidden("times", $0.text) })<div class="two">\
            \(Components.field("day", plain("Day"), in: picking, typing: .date))\
            \(Components.field("at", plain("Start"), in: picking, typing: .time))</div>\
            \(Components.field("minutes", plain("Length in minutes"), in: picking, typing: .number, short: true))\
            <p>\(Components.button(plain("Add this time"), icon: .plus))</p></form>
            """
    }

    private var chosen: HTML {
        guard !times.isEmpty else { return .empty }
        let sorted = times.sorted { $0.start < $1.start }
        return """
            <section class="stack near" aria-labelledby="chosen"><h2 class="label" id="chosen">\
            \(say("\(times.count)|one:One time so far|other:%1 times so far"))</h2>\
            <ul class="chips" role="list">\(each: sorted, chip)</ul></section>
            """
    }

    private func chip(_ time: OneOff.Time) -> HTML {
        let day = zone.local(at: time.start).date.dayWords
        let words = "\(day), \(TimeWords.range(time.start, time.ends, in: zone, clock))"
        return """
            <li><a class="chip" href="\(path(times.filter { $0 != time }))"><span>\(words)</span>\
            <span class="hidden">\(say(", take this time off"))</span>\(Components.icon(.x))</a></li>
            """
    }

    private var details: HTML {
        guard !times.isEmpty else { return .empty }
        let days = [1, 2, 3, 7, 14, 30, OneOff.mostDays].map { (String($0), plain("\($0)|one:One day|other:%1 days")) }
        return Components.form(action: "/calendar/one-off", csrf: principal, """
            \(Components.mistakes(filled))\(Components.hidden("form", form))\(person.field)\
            \(Components.hidden("day", day.description))\(each: times, { Components.hidden("times", $0.text) })\
            \(Components.field("title", plain("Title"), in: filled))\
            \(Components.field("place", plain("Where"), in: filled,
                               hint: say("Whoever gets the address of the one-off reads it."),
                               optional: plain("optional")))\
            \(Components.select("days", plain("How long they can be picked"), days, in: filled))\
            \(Components.checkbox("reserves", plain("Keep these times from others"), in: filled,
                                  note: plain("They are free again once one is booked.")))\
            <p>\(Components.button(plain("Make the one-off"), .primary))</p>
            """)
    }

    package static var example: OneOffFormPage {
        OneOffFormPage(
            principal: .example, person: ActedFor(.example), times: OneOff.example.times,
            day: Zone.utc.local(at: OneOff.example.times[0].start).date, zone: .utc, clock: .twentyFour,
            form: "example")
    }
}

/// `/calendar/one-off/<id>`.
package struct OneOffHostPage: Page {
    let principal: Principal
    let one: OneOff
    let link: Link
    /// Nil when the key file is another: then the address cannot be told again.
    let url: String?
    let free: Set<OneOff.Time>
    let zone: Zone
    let clock: HourClock
    let now: Instant

    package var html: HTML {
        let title = link.rules.title
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs(OneOffFormPage.above, title))\(Components.pageHead(title, answer))\(address)\
            <ul class="rows" role="list">\(each: one.times, row)</ul>\(deeds)
            """)
    }

    private var state: OneOffState { one.state(now: now) }

    private var answer: HTML {
        let until = TimeWords.dayAndTime(one.expires, in: zone, clock)
        return switch state {
        case .open where one.reserves: say("Open until \(until). The times are kept from others.")
        case .open: say("Open until \(until). Others can still book these times.")
        case .taken: say("One of the times is booked. The others are free again.")
        case .withdrawn: say("You took it back. The times are free.")
        case .lapsed: say("Nobody picked a time by \(until).")
        }
    }

    private var address: HTML {
        guard state == .open, let url else { return .empty }
        return """
            <div class="well stack near"><p class="address"><bdi dir="ltr">\(url)</bdi></p>\
            <p>\(Components.copyButton(url, label: plain("Copy the address"), .primary))</p></div>
            """
    }

    private func row(_ time: OneOff.Time) -> HTML {
        let day = zone.local(at: time.start).date.dayWords
        let words = "\(day), \(TimeWords.range(time.start, time.ends, in: zone, clock))"
        let isLeft = state == .open && free.contains(time)
        return """
            <li class="line"><span>\(if: isLeft, then: "<time>\(words)</time>", else: "<s>\(words)</s>")</span>\
            <span class="third">\(DateWords.duration(minutes: time.minutes))</span></li>
            """
    }

    private var deeds: HTML {
        let booking: HTML = one.booking.map { id in
            "<p>\(Components.link(plain("The booking"), to: Path("/calendar/bookings/\(id)"), .primary))</p>"
        } ?? .empty
        guard state == .open else { return booking }
        return Components.form(
            action: Path("/calendar/one-off/\(one.id)/withdrawal"), csrf: principal, style: "line",
            Components.button(plain("Take it back"), .danger))
    }

    package static var example: OneOffHostPage {
        OneOffHostPage(
            principal: .example, one: .example, link: .example, url: "https://meet.example/one-off/example",
            free: Set(OneOff.example.times.prefix(1)), zone: .utc, clock: .twentyFour, now: OneOff.example.createdAt)
    }
}
