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
        return base.adding(query: query + (other ?? clock).pairs)
    }

    func month(_ date: LocalDate) -> Path { path([("month", String(date.description.prefix(7)))]) }
    func day(_ date: LocalDate) -> Path { path([("day", date.description)]).fragment("times") }

    /// What the POST of a time sends along, so that the next page speaks the same zone and clock.
    var hidden: HTML {
        """
        \(zone.map { Components.hidden("timezone", $0) })\
        \(if: clock != .usual, then: Components.hidden("clock", clock.rawValue))
        """
    }
}

extension HourClock {
    /// What an address says of the clock: nothing of the usual one.
    var pairs: [(String, String)] { self == .usual ? [] : [("clock", rawValue)] }
}

/// The lengths of a link with several, each the same page with other times.
struct LengthChoice: Sendable {
    let picker: Picker
    let address: PickerAddress

    var html: HTML {
        let rules = picker.link.rules
        guard rules.lengths.count > 1 else { return .empty }
        let day = picker.day.map { [("day", $0.description)] }
            ?? [("month", String(picker.month.description.prefix(7)))]
        return Components.segments(label: plain("Length"), rules.lengths.sorted().map { minutes in
            var address = address
            address.extra.removeAll { $0.0 == "duration" }
            let asked = minutes == rules.duration ? [] : [("duration", String(minutes))]
            return Components.Choice(
                DateWords.duration(minutes: minutes), address.path(asked + day), isCurrent: minutes == picker.minutes)
        })
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
    /// Other pages of the host, for when nothing is free here.
    var others: [Link] = []
    /// The zone is a guess: nobody chose it.
    var isGuess = false

    var html: HTML {
        """
        <div class="picker"><section aria-labelledby="month">\(month)\(zone)\(own)</section>\
        <section id="times" tabindex="-1"\(name)>\(alert)\(times)</section></div>
        """
    }

    /// The day's heading names the times; without a day there is none.
    private var name: HTML {
        picker.day == nil ? " aria-label=\"\(plain("Times"))\"" : " aria-labelledby=\"day\""
    }

    private var month: HTML {
        let model = Components.Month(
            year: picker.month.year, month: picker.month.month,
            free: picker.free, full: picker.full, chosen: picker.day, today: picker.today,
            before: picker.previousMonth.map(address.month), after: picker.nextMonth.map(address.month),
            from: picker.opening)
        return Components.month(model, address: address.day)
    }

    private var zone: HTML {
        let day = picker.day.map { [("day", $0.description)] }
            ?? [("month", String(picker.month.description.prefix(7)))]
        if picker.choosesZone {
            let near = picker.near.map { zone in
                var there = address
                there.zone = zone.name
                return (TimeWords.city(zone), there.path(day).fragment(Components.zoneID))
            }
            return Components.zoneForm(
                zone: picker.zone.name, zones: zones, action: address.base,
                keep: address.extra + day + picker.clock.pairs + [("was", picker.zone.name)],
                unknown: picker.unknownZone, near: near,
                leave: (TimeWords.city(picker.zone), address.path(day).fragment(Components.zoneID)))
        }
        guard !picker.link.rules.look.locksZone else { return lockedZone(day) }
        return Components.zoneLine(
            zone: picker.zone.name, place: TimeWords.city(picker.zone), now: picker.zone.local(at: picker.now),
            clock: picker.clock, choose: address.path(day + [("zone", "pick")]).fragment(Components.zoneID),
            clocks: { address.path(day, clock: $0).fragment(Components.clockID) },
            note: isGuess ? guess : .empty)
    }

    /// With script the page comes again in the reader's own zone; without, they must know whose it is.
    private var guess: HTML {
        "<p class=\"meta second\">\(say("Times are in \(TimeWords.city(picker.zone)) time."))</p>"
    }

    /// The host wants all to read one clock: nothing to choose but its hours.
    private func lockedZone(_ day: [(String, String)]) -> HTML {
        """
        <div class="zone"><p class="line">\(Components.icon(.globe)) \
        <span>\(say("Times of \(TimeWords.city(picker.zone))"))</span></p>\
        \(Components.clocks(picker.clock) { address.path(day, clock: $0).fragment(Components.clockID) })</div>
        """
    }

    /// Marks the times at which the visitor is busy, by a file that never leaves their browser; see `own.js`.
    private var own: HTML {
        guard picker.day != nil else { return .empty }
        return """
            <div class="own stack" hidden data-own data-minutes="\(picker.minutes)" \
            data-busy="\(plain("you are busy"))" \
            data-marked="\(plain("Times at which you are busy are marked."))" \
            data-partly="\(plain("Times at which you are busy are marked, but not all of the file could be read."))" \
            data-large="\(plain("This file is too large. Export a shorter time, such as this year."))" \
            data-unread="\(plain("This is no calendar file that can be read."))">\
            <label class="button quiet"><input class="hidden" type="file" accept=".ics,text/calendar" \
            aria-describedby="own-hint">\
            \(Components.icon(.calendar))<span>\(say("Compare with your calendar"))</span></label>\
            <p class="hint" id="own-hint">\(say("Choose or drop an .ics file. It stays in this browser."))</p>\
            <p class="meta second" role="status"></p>\
            <button class="button quiet" type="button" hidden>\(say("Take it off"))</button></div>
            """
    }

    /// The way to the first free time, while another day is on show.
    private var soonest: HTML {
        guard let first = picker.soonest else { return .empty }
        let day = address.day(picker.zone.local(at: first).date)
        let words = TimeWords.dayAndTime(first, in: picker.zone, picker.clock)
        let link: HTML = "<a class=\"inline\" href=\"\(day)\">\(words)</a>"
        return "<p class=\"meta second\">\(say("Earliest free: \(link)"))</p>"
    }

    private var times: HTML {
        guard let day = picker.day else { return nothing }
        if isFull {
            return "<div class=\"month-head\"><h2 id=\"day\">\(day.dayWords)</h2></div>\(waitlist)" + soonest
        }
        let own = picker.own.flatMap { picker.zone.local(at: $0).date == day ? $0 : nil }
        let choices = (picker.times + (own.map { [$0] } ?? [])).sorted().map { start in
            Components.TimeChoice(
                value: String(start.seconds), time: picker.zone.local(at: start),
                note: note(start), isChosen: start == picker.chosen,
                isOwn: start == own)
        }
        return Components.times(day, choices, clock: picker.clock, action: action, hidden: hidden + address.hidden)
            + waitlist + soonest
    }

    /// Beside a time: how many places are left, and whether it suits its host best.
    private func note(_ start: Instant) -> String? {
        let best = picker.beside.contains(start) ? plain("suits best") : nil
        guard let left = picker.seatsLeft[start] else { return best }
        let places = plain("\(left)|one:%1 place left|other:%1 places left")
        return best.map { "\($0), \(places)" } ?? places
    }

    private var nothing: HTML {
        if let next = picker.nextFree {
            return Components.empty(
                plain("Nothing free in \(picker.month.monthWords)"), say("The next free day is \(next.dayWords)."),
                action: Components.link(plain("Show it"), to: address.day(next), .primary))
        }
        return Components.empty(
            plain("Nothing free right now"),
            say("All times that can be booked are taken. Come back later, or ask the person who sent you this link."),
            action: otherPages)
    }

    private var otherPages: HTML {
        guard !others.isEmpty else { return .empty }
        return """
            <p class="second">\(say("These pages of the same host may have room:"))</p>\
            <ul class="rows" role="list">\(each: others, { link in
                let (path, target) = Frame.way(to: link.path, in: link.rules.look.origins)
                return "<li class=\"row\"><a class=\"row-link\" href=\"\(path)\"\(target)>\(link.rules.title)</a></li>"
            })</ul>
            """
    }
}

/// `/book/<slug>`.
package struct BookingPage: Page {
    let picker: Picker
    let workspaceName: WorkspaceName
    let form: String
    let zones: [String]
    /// Whether the address named a zone; if not, the script may ask for the browser's own.
    let namesZone: Bool
    var carried: Carried?
    var others: [Link] = []
    var away: AwayNote?
    /// For programs that show an address as a card.
    var tags: HTML = .empty
    var alert: HTML = .empty
    /// Whether a host can be called now; nil where none ever can.
    var isSomebodyThere: Bool?
    /// What a site that shows the page in a frame is told.
    var event: FrameEvent?

    package var html: HTML {
        let link = picker.link
        var address = PickerAddress(
            base: link.path, zone: namesZone ? picker.zone.name : nil, clock: picker.clock)
        address.extra = carried?.pairs ?? []
        let part = PickerPart(
            picker: picker, address: address, action: link.path("holds"),
            hidden: Components.hidden("form", form) + (carried?.hidden ?? .empty), zones: zones, alert: alert,
            others: others, isGuess: !namesZone)
        let isFixed = namesZone || link.rules.look.locksZone
        return Layout.publicPage(
            title: link.rules.title, workspaceName: workspaceName, shape: .book,
            skip: ("times", plain("Skip to times")), zone: isFixed ? nil : picker.zone.name,
            head: tags, foot: FindPage.foot(link), event: event, """
                \(introduction(address))\
                \(part.html)
                """)
    }

    private func introduction(_ address: PickerAddress) -> HTML {
        let link = picker.link
        let choice = LengthChoice(picker: picker, address: address).html
            + HostChoicePart(picker: picker, address: address).html
        let facts = LinkIntroduction.facts(link).dropFirst(link.rules.lengths.count > 1 ? 1 : 0)
        return LinkIntroduction(
            link: link, facts: Array(facts), lengths: choice, more: call + (away?.html ?? .empty)).html
    }

    /// Where hosts can be called, the way to that.
    private var call: HTML {
        guard let isSomebodyThere else { return .empty }
        let pairs = (carried?.pairs ?? []).filter { !Frame.words.contains($0.0) }
        let path = Path("/book/\(picker.link.rules.slug)/now").adding(query: pairs)
        guard isSomebodyThere else {
            return """
                <p class="meta second">\(say("Nobody can talk right now. Pick a time, or leave a few words."))</p>\
                <p>\(Components.beside(plain("Write a message"), to: path))</p>
                """
        }
        return """
            <p>\(Components.beside(plain("Talk now"), to: path, .primary, icon: .phone))</p>\
            <p class="meta second">\(say("Calls whoever is there. If nobody is, pick a time."))</p>
            """
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
    /// The choice of lengths, where there is one.
    var lengths: HTML = .empty
    var more: HTML = .empty
    /// Whom the attendee has chosen.
    var chosen: LinkHost?

    var html: HTML {
        """
        <section class="stack" aria-labelledby="what">\
        \(people)\
        <h1 class="display" id="what"><bdi>\(title ?? link.rules.title)</bdi></h1>\
        \(description)\(lengths)\(Components.facts(facts))\(more)</section>
        """
    }

    /// One host by name; of several, who they are and whether they come together, never who is free.
    private var people: HTML {
        if let chosen { return "\(Components.person(chosen.name))\(if: link.hasPools, then: poolPeople)" }
        guard link.hosts.count > 1 else { return "\(each: link.hosts, { Components.person($0.name) })" }
        let shown = link.hosts.prefix(4).map(\.name)
        let names = shown.joined(separator: ", "), more = link.hosts.count - shown.count
        let rest: HTML = more > 0 ? " \(say("\(more)|one:and one more|other:and %1 more"))" : .empty
        guard !link.hasPools else { return poolPeople }
        let words = link.rotates ? say("With one of \(names)") : say("With \(names)")
        return """
            <div class="line">\(Components.avatars(shown, label: names))\
            <p class="second">\(words)\(rest)</p>\
            </div>
            """
    }

    /// Who always comes, by name; how many of each pool, never who is free.
    private var poolPeople: HTML {
        let names = link.attending.prefix(4).map(\.name)
        let pictures: HTML = names.isEmpty ? .empty : Components.avatars(names, label: names.joined(separator: ", "))
        let who: HTML = "<bdi>\(link.hostWords)</bdi>"
        return "<div class=\"line\">\(pictures)<p class=\"second\">\(say("With \(who)"))</p></div>"
    }

    private var description: HTML {
        guard title == nil, !link.rules.description.isEmpty else { return .empty }
        return "<p class=\"second lines\" dir=\"auto\">\(link.rules.description)</p>"
    }

    static func facts(_ link: Link) -> [(Icon, HTML)] {
        [
            (.clock, "\(link.rules.lengthWords)"),
            place(link),
            (.move, ChangeWords.rules(link.rules.changes)),
        ] + ApprovalWords.rule(link) + SeatWords.facts(link)
    }
}

extension LinkIntroduction {
    /// The place, or that there is a choice of them.
    fileprivate static func place(_ link: Link) -> (Icon, HTML) {
        let places = link.rules.locations
        guard places.count > 1 else {
            return (link.rules.firstLocation.kind.icon, "\(link.rules.firstLocation.openWords)")
        }
        return (.pin, say("\(places.count)|one:One place|other:%1 places to choose from"))
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
