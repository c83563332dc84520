/// What a host sees of sheets: the list, the page on which one is made, and the page of one.
import Scheduling
import Web

/// `/calendar/sheets`.
package struct SheetListPage: Page {
    /// More than anybody scrolls through.
    static let most = 200

    let principal: Principal
    let all: [OneOff]
    let titles: [ID<Link>: String]
    let signUps: [ID<Link>: Int]
    let now: Instant

    package var html: HTML {
        Layout.app(title: plain("Sign-up sheets"), tab: .links, principal, """
            \(Components.crumbs([(plain("Links"), "/calendar/event-types")], plain("Sign-up sheets")))\
            \(Components.pageHead(
                plain("Sign-up sheets"), say("Many times on one page, and many people who each take one."),
                actions: new))\
            \(if: all.isEmpty, then: Components.empty(
                plain("None yet"), say("Offer the hours of a parents’ evening, or who brings what when."),
                action: new))\
            \(if: !all.isEmpty, then: "<ul class=\"rows\" role=\"list\">\(each: all, row)</ul>")\
            \(if: all.count == Self.most, then: "<p class=\"hint\">\(say("The newest \(Self.most)."))</p>")
            """)
    }

    private var new: HTML {
        Components.link(plain("New sign-up sheet"), to: "/calendar/sheets/new", .primary, icon: .plus)
    }

    private func row(_ one: OneOff) -> HTML {
        let count = signUps[one.link] ?? 0
        return """
            <li class="row"><p class="cut"><a class="row-link" href="\(one.path)"><bdi>\(titles[one.link] ?? "")</bdi>\
            </a><br><span class="third">\(say("\(count)|one:One sign-up|other:%1 sign-ups"))</span></p>\
            <p><span class="tag">\(one.isOpen(now: now) ? say("Open") : say("Closed"))</span></p></li>
            """
    }

    package static var example: SheetListPage {
        SheetListPage(
            principal: .example, all: [OwnSheet.example.one], titles: [Link.example.id: Link.example.rules.title],
            signUps: [Link.example.id: 1], now: OneOff.example.createdAt)
    }
}

/// `/calendar/sheets/new`: the times so far, a run of more, and what it is about, all in one form.
package struct SheetFormPage: Page {
    static var above: [(String, Path)] {
        [(plain("Links"), "/calendar/event-types"), (plain("Sign-up sheets"), "/calendar/sheets")]
    }

    let principal: Principal
    /// Whose times they are.
    var person: ActedFor
    /// For whom this person can make one.
    var persons: [ActedFor] = []
    let times: [OneOff.Time]
    let troubles: SheetTroubles
    let zone: Zone
    let clock: HourClock
    let today: LocalDate
    /// Signed: pressed twice it is one.
    let form: String
    var filled = Filled(values: ["reserves": "on", "minutes": "15", "places": "1", "perAddress": "1"])
    var alert: HTML = .empty

    package var html: HTML {
        Layout.app(title: plain("New sign-up sheet"), tab: .links, principal, """
            \(Components.crumbs(Self.above, plain("New")))\(alert)\
            \(Components.pageHead(
                plain("New sign-up sheet"),
                say("Up to \(Sheet.mostTimes) times, each with places. Times of \(TimeWords.city(zone)).")))\
            \(if: times.isEmpty, then: person.chooser(persons, action: "/calendar/sheets/new"))\
            \(Components.form(action: "/calendar/sheets", csrf: principal, """
                \(Components.mistakes(filled))\(Components.hidden("form", form))\(person.field)\
                \(each: times, { Components.hidden("times", $0.sheetText) })\(adding)\(chosen)\(details)
                """))
            """)
    }

    private var adding: HTML {
        var filled = filled
        if filled["day"].isEmpty { filled.values["day"] = today.adding(days: 1).description }
        return """
            <section class="stack" aria-labelledby="adding"><h2 class="label" id="adding">\(say("Add times"))</h2>\
            <div class="two">\(Components.field("day", plain("Day"), in: filled, typing: .date))\
            \(Components.field("minutes", plain("Length in minutes"), in: filled, typing: .number))</div>\
            <div class="two">\(Components.field("from", plain("From"), in: filled, typing: .time))\
            \(Components.field("until", plain("Until"), in: filled, typing: .time,
                               hint: say("Then as many as fit, one after the other."),
                               optional: plain("optional")))</div>\
            <div class="two">\(Components.field("places", plain("Places"), in: filled, typing: .number))\
            \(Components.field("label", plain("What for"), in: filled, optional: plain("optional")))</div>\
            <p>\(Components.button(plain("Add"), icon: .plus, name: "deed", value: "add"))</p></section>
            """
    }

    private var chosen: HTML {
        guard !times.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="chosen"><h2 class="label" id="chosen">\
            \(say("\(times.count)|one:One time so far|other:%1 times so far"))</h2>\
            <ul class="rows" role="list">\(each: times, row)</ul></section>
            """
    }

    private func row(_ time: OneOff.Time) -> HTML {
        let day = zone.local(at: time.start).date.dayWords
        let offset = TimeWords.offset(time.start, in: zone, among: times.map(\.start))
        let words = "\(day), \(TimeWords.range(time.start, time.ends, in: zone, clock))\(offset)"
        return """
            <li class="row"><p><time>\(words)</time>\(SheetHostPage.extras(time))\(trouble(time))</p>\
            <p><button class="button quiet" name="off" value="\(time.sheetText)">\(Components.icon(.x))\
            \(say("Take off"))<span class="hidden">: \(words)</span></button></p></li>
            """
    }

    private func trouble(_ time: OneOff.Time) -> HTML {
        if troubles.taken.contains(time.start) {
            let words = say("You have a meeting then, or it is past.")
            return "<br><span class=\"field-error\">\(Components.icon(.warning))\(words)</span>"
        }
        guard troubles.busy.contains(time.start) else { return .empty }
        return "<br><span class=\"third\">\(say("Busy in another calendar of yours"))</span>"
    }

    private var details: HTML {
        guard !times.isEmpty else { return .empty }
        let counts = Sheet.perAddress.map { (String($0), plain("\($0)|one:Once|other:%1 times")) }
        return """
            <section class="stack" aria-labelledby="about"><h2 class="label" id="about">\(say("What it is about"))</h2>\
            \(Components.field("title", plain("Title"), in: filled))\
            \(Components.textarea("note", plain("Note"), in: filled, optional: plain("optional")))\
            \(Components.field("place", plain("Where"), in: filled,
                               hint: say("Whoever gets the address of the sheet reads it."),
                               optional: plain("optional")))\
            <div class="two">\(Components.field(
                "closesOn", plain("Closes on"), in: filled, typing: .date,
                hint: say("Empty: when its last time begins."), optional: plain("optional")))\
            \(Components.field("closesAt", plain("At"), in: filled, typing: .time, optional: plain("optional")))</div>\
            \(Components.select("perAddress", plain("How often one address can sign up"), counts, in: filled))\
            \(Components.checkbox("showsNames", plain("Show who has signed up"), in: filled,
                                  note: plain("First names, to everybody who has the address.")))\
            \(Components.checkbox("reserves", plain("Keep these times from others"), in: filled,
                                  note: plain("Until the sheet closes.")))\
            <p>\(Components.button(plain("Make the sheet"), .primary, name: "deed", value: "make"))</p></section>
            """
    }

    package static var example: SheetFormPage {
        let times = OwnSheet.example.one.times
        return SheetFormPage(
            principal: .example, person: ActedFor(.example), times: times,
            troubles: SheetTroubles(taken: [times[0].start], busy: [times[1].start]), zone: .utc,
            clock: .twentyFour, today: Zone.utc.local(at: times[0].start).date, form: "example")
    }
}

/// `/calendar/sheets/<id>`.
package struct SheetHostPage: Page {
    let principal: Principal
    let found: OwnSheet
    /// Nil when the key file is another: then the address cannot be told again.
    let url: String?
    let zone: Zone
    let clock: HourClock
    let now: Instant
    var alert: HTML = .empty

    private var one: OneOff { found.one }
    private var isOpen: Bool { one.isOpen(now: now) }

    package var html: HTML {
        let title = found.link.rules.title
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs(SheetFormPage.above, title))\(Components.pageHead(title, answer))\(alert)\(address)\
            <ul class="rows" role="list">\(each: one.times, row)</ul>\(elsewhere)\(deeds)
            """)
    }

    private var answer: HTML {
        let until = TimeWords.dayAndTime(one.expires, in: zone, clock)
        guard isOpen else { return say("Closed. Whoever signed up still comes.") }
        return one.reserves ? say("Open until \(until). The times are kept from others.")
            : say("Open until \(until). Others can still book these times.")
    }

    private var address: HTML {
        guard isOpen, let url else { return .empty }
        return """
            <div class="well stack near"><p class="address"><bdi dir="ltr">\(url)</bdi></p>\
            <p>\(Components.copyButton(url, label: plain("Copy the address"), .primary))</p></div>
            """
    }

    /// Its places and its label, behind the time.
    static func extras(_ time: OneOff.Time) -> HTML {
        let places = say("\(time.places)|one:one place|other:%1 places")
        return """
            \(if: !time.label.isEmpty, then: "<br><bdi>\(time.label)</bdi>")\
            <br><span class="third">\(places), \(DateWords.duration(minutes: time.minutes))</span>
            """
    }

    private func row(_ time: OneOff.Time) -> HTML {
        let day = zone.local(at: time.start).date.dayWords
        let offset = TimeWords.offset(time.start, in: zone, among: one.times.map(\.start))
        let words = "\(day), \(TimeWords.range(time.start, time.ends, in: zone, clock))\(offset)"
        let people = found.people.filter { $0.starts == time.start }
        let isDead = people.isEmpty && (found.left[time.start] ?? 0) == 0
        return """
            <li class="row"><p>\(if: isDead, then: "<s>\(words)</s>", else: "<time>\(words)</time>")\
            \(Self.extras(time))</p>\
            <p>\(if: people.isEmpty, then: "<span class=\"third\">\(say("Nobody yet"))</span>")\
            \(each: people, person)</p></li>
            """
    }

    private func person(_ one: SheetSignUp) -> HTML {
        """
        <a class="inline" href="\(Path("/calendar/bookings/\(one.id)"))"><bdi>\(one.name)</bdi></a><br>
        """
    }

    /// Those whom their host has moved to a time of their own.
    private var elsewhere: HTML {
        let moved = found.people.filter { one.time(at: $0.starts) == nil }
        guard !moved.isEmpty else { return .empty }
        return "<p>\(say("At another time:")) \(each: moved, person)</p>"
    }

    private var deeds: HTML {
        let change = isOpen
            ? Components.form(
                action: one.path.below("closing"), csrf: principal, style: "line",
                Components.button(plain("Close it for sign-ups")))
            : Components.form(
                action: one.path.below("reopening"), csrf: principal, style: "line",
                Components.button(plain("Open it again")))
        return """
            <section class="stack" aria-label="\(plain("Change"))"><div class="line">\(change)\
            \(Components.link(plain("Sign-ups as a table"), to: one.path.below("sign-ups.csv"), icon: .download))</div>\
            <details class="more"><summary class="button quiet">\(say("Delete"))</summary>\
            <div class="stack near"><p class="second">\(say("Only once nobody who signed up is still to come."))</p>\
            \(Components.form(action: one.path.below("deletion"), csrf: principal, style: "line",
                              Components.button(plain("Delete the sheet"), .danger)))</div></details></section>
            """
    }

    package static var example: SheetHostPage {
        SheetHostPage(
            principal: .example, found: .example, url: "https://meet.example/sheet/example", zone: .utc,
            clock: .twentyFour, now: OneOff.example.createdAt)
    }
}

extension OwnSheet {
    static var example: OwnSheet {
        var one = OneOff.example
        one.perAddress = 1
        (one.times[1].places, one.times[1].label) = (5, "Cakes")
        return OwnSheet(one: one, link: .example, left: [one.times[1].start: 5], people: [.example])
    }
}
