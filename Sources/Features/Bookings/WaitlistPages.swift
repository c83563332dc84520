/// The pages of a waitlist for those who wait: where it is offered, the form, and the page of an entry.
import Database
import Scheduling
import Web

/// `/book/<slug>/waitlist`: who wants to wait for a day or a session.
package struct WaitlistPage: Page {
    let link: Link
    let workspaceName: WorkspaceName
    /// The start of a session; or a day.
    var start: Instant?
    var day: LocalDate?
    let minutes: Int
    let zone: Zone
    let clock: HourClock
    let form: String
    var carried: Carried?
    var filled = Filled.empty
    var codeSentTo: String?
    var challenge: Challenge?
    var refused: String?

    package var html: HTML {
        Layout.publicPage(
            title: plain("Waitlist: \(link.rules.title)"), workspaceName: workspaceName, shape: .book,
            skip: ("details", plain("Skip to your details")), foot: FindPage.foot(link), """
                \(LinkIntroduction(link: link, facts: facts).html)\
                <div class="picker">\(details)</div>
                """)
    }

    /// What is waited for, in words.
    var wanted: String {
        if let start { return TimeWords.dayAndTime(start, in: zone, clock) }
        return day?.dayWords ?? ""
    }

    private var facts: [(Icon, HTML)] {
        let when: HTML = """
            <b class="ink">\(wanted)</b><br>\(say("\(TimeWords.city(zone)) time"))
            """
        return [(.calendar, when)] + LinkIntroduction.facts(link)
    }

    private var details: HTML {
        let kept = ChangeWords.length(link.rules.waitlist.minutes)
        return """
            <form id="details" method="post" action="\(here)" data-once novalidate>\
            \(refused.map { Components.banner(.fails, "\($0)", isMet: true) })\
            <div class="month-head"><h2>\(say("Full — join the waitlist"))</h2></div>\
            <div class="stack">\(Components.mistakes(filled))\(hidden)\
            <p class="second">\(say("""
                When a place becomes free, those who wait get it in their order. You get a mail, and the place is kept \
                for you for \(kept).
                """))</p>\
            <div class="two">\(Components.field("attendee.name", plain("Name"), in: filled, autocomplete: "name"))\
            \(Components.field("attendee.email", plain("E-mail"), in: filled, typing: .email, autocomplete: "email"))\
            </div>\(EmailCodeField(sentTo: codeSentTo, filled: filled, keepsTime: false).html)\(challenge?.field)\
            \(Decoy.html)\
            <p class="line">\(Components.button(plain("Join the waitlist"), .primary))\
            \(Components.link(plain("Back to times"), to: times, .quiet))</p>\
            <p class="meta third">\(say("\(workspaceName.text) uses these details for this waitlist only."))</p>\
            </div></form>
            """
    }

    private var here: Path { Path("/book/\(link.rules.slug)/waitlist") }

    /// What the address says of what is waited for.
    private var target: [(String, String)] {
        if let start { return [("start", String(start.seconds))] }
        return day.map { [("day", $0.description)] } ?? []
    }

    private var hidden: HTML {
        var fields = [("form", form), ("timezone", zone.name), ("clock", clock.rawValue)] + target
        if let carried { fields += carried.unseenPairs }
        return HTML(fields.map { Components.hidden($0.0, $0.1) })
    }

    private var address: PickerAddress {
        PickerAddress(base: link.path, zone: zone.name, clock: clock, extra: carried?.unseenPairs ?? [])
    }

    /// The day on the link's own page.
    var times: Path {
        address.day(start.map { zone.local(at: $0).date } ?? day ?? LocalDate(daysSince1970: 0))
    }

    /// Where somebody goes who waits now.
    var done: Path {
        var there = address
        there.base = here
        return there.path(target + [("done", "1")])
    }

    /// Whether there is anything to wait for; said before anything is typed.
    func isWanted(_ installation: Installation, scope: Scope) async throws -> Bool {
        let wish = WaitlistWish(start: start, day: day, minutes: minutes, name: "", email: "", zone: zone)
        return try await installation.database.read(scope) { tx in
            do {
                let join = JoinWaitlist(installation)
                _ = try join.times(of: link, wish, minutes: minutes, scope: scope, in: tx)
                    .target(of: wish, minutes: minutes)
                return true
            } catch WaitlistRefusal.notFull {
                return false
            }
        }
    }

    package static var example: WaitlistPage {
        WaitlistPage(
            link: .example, workspaceName: "Nordhavn Instruments", day: LocalDate(daysSince1970: 21_920), minutes: 30,
            zone: .utc, clock: .twentyFour, form: "example")
    }
}

/// The same address after joining, whoever joined and however often.
package struct WaitlistJoinedPage: Page {
    let form: WaitlistPage

    package var html: HTML {
        Layout.publicPage(
            title: plain("Waitlist: \(form.link.rules.title)"), workspaceName: form.workspaceName,
            foot: FindPage.foot(form.link), """
                <header class="stack near"><p>\(Components.state(.pendingApproval, plain("Waiting")))</p>\
                <h1 class="display">\(say("You are on the waitlist"))</h1>\
                <p class="second lead">\(say("\(form.wanted), \(TimeWords.city(form.zone)) time."))</p></header>\
                <p>\(say("""
                    A mail is on its way, with a link to your place in the line and a way to leave it. Whoever was on \
                    the list before keeps their place.
                    """))</p>\
                <p>\(Components.link(plain("See other times"), to: form.times))</p>
                """)
    }

    package static var example: WaitlistJoinedPage { WaitlistJoinedPage(form: .example) }
}

/// `/book/waitlist/<token>`: how somebody's entry stands, and what they can do.
package struct WaitingPage: Page {
    let person: WaitingPerson
    let token: String
    let now: Instant

    private var entry: WaitlistEntry { person.entry }
    /// What is kept for them, if it still is.
    private var offer: WaitlistOffer? { entry.offer.flatMap { now < $0.until ? $0 : nil } }

    package var html: HTML {
        Layout.publicPage(
            title: plain("Waitlist: \(person.link.rules.title)"), workspaceName: person.workspaceName,
            foot: FindPage.foot(person.link), """
                <header class="stack near"><p class="second"><bdi>\(person.link.rules.title)</bdi></p>\
                <h1 class="display">\(title)</h1>\
                <p class="second lead">\(say("\(when), \(TimeWords.city(person.zone)) time."))</p></header>\
                <p>\(words)</p>\(actions)
                """)
    }

    private var when: String {
        guard let offer else { return entry.target.words(in: person.zone) }
        let ends = offer.start.adding(minutes: entry.minutes)
        let day = person.zone.local(at: offer.start).date.dayWords
        return plain("[day and time] \(day), \(TimeWords.range(offer.start, ends, in: person.zone))")
    }

    private var isWaiting: Bool { entry.state == .waiting && !entry.hasPassed(now) }

    private var title: HTML {
        if offer != nil { return say("A place is free") }
        if isWaiting { return say("You are on the waitlist") }
        switch entry.state {
        case .taken: return say("You have this")
        case .left: return say("You have left the waitlist")
        case .refused: return say("You did not want this place")
        case .removed: return say("You are not on the waitlist any more")
        case .lapsed, .offered: return say("The time to take it is over")
        case .ended, .waiting: return say("The waitlist is over")
        }
    }

    private var words: HTML {
        if let offer {
            let until: HTML = "<time>\(TimeWords.dayAndTime(offer.until, in: person.zone))</time>"
            return say("It is kept for you until \(until). After that the next in line gets it.")
        }
        if isWaiting {
            let host: HTML = "<bdi>\(person.link.hostWords)</bdi>"
            let place = say("\(person.place)|one:You are next in line.|other:You are number %1 in line.")
            return "\(place) \(say("When a place with \(host) is free and you are next, a mail comes."))"
        }
        return switch entry.state {
        case .taken: say("The mail about your booking has all you need.")
        case .lapsed, .offered: say("The next in line got it. You can join the waitlist again, at its end.")
        case .ended, .waiting: say("No place became free in time.")
        case .left, .refused, .removed: say("Nothing more comes by mail.")
        }
    }

    private var actions: HTML {
        if offer != nil {
            return """
                <div class="line">\(Components.form(action: Path("/book/waitlist/\(token)/taking"), style: "line",
                    Components.button(plain("Take this place"), .primary, icon: .check)))\
                \(Components.form(action: Path("/book/waitlist/\(token)/refusal"), style: "line",
                                  Components.button(plain("No thanks"), .quiet)))</div>
                """
        }
        if isWaiting {
            return Components.form(
                action: Path("/book/waitlist/\(token)/leaving"), style: "line",
                Components.button(plain("Leave the waitlist"), .danger))
        }
        return "<p>\(Components.link(plain("See all times"), to: person.link.path))</p>"
    }

    package static var example: WaitingPage {
        WaitingPage(person: .example, token: "example", now: Booking.example.createdAt)
    }
}

extension WaitingPerson {
    static var example: WaitingPerson {
        let (start, zone) = (Booking.example.state.starts, Zone.utc)
        var entry = WaitlistEntry(
            id: ID(milliseconds: 0, random: [UInt8](repeating: 5, count: 10)), link: Link.example.id,
            target: .day(zone.local(at: start).date, in: zone), minutes: 30, name: "Sam Berg",
            email: "sam@example.org", zone: zone.name, language: "en", createdAt: Booking.example.createdAt)
        entry.state = .offered
        entry.offer = WaitlistOffer(
            hold: ID(milliseconds: 0, random: [UInt8](repeating: 6, count: 10)), start: start,
            until: Booking.example.createdAt.adding(minutes: 60))
        return WaitingPerson(
            entry: entry, link: .example, workspaceName: "Nordhavn Instruments", place: 1, zone: zone, token: "example")
    }
}

extension PickerPart {
    /// Whether nothing of the day on show is left, but could be waited for.
    var isFull: Bool { picker.day.map { picker.full.contains($0) } ?? false }

    /// Below the times, or in their place: the full sessions of the day, and the whole day where all of it is taken.
    var waitlist: HTML {
        guard let day = picker.day, isFull || !picker.fullSessions.isEmpty else { return .empty }
        var there = address
        there.base = Path("/book/\(picker.link.rules.slug)/waitlist")
        there.zone = picker.zone.name
        let sessions: HTML = picker.fullSessions.isEmpty ? .empty : """
            <ul class="stack near" role="list">\(each: picker.fullSessions, { start in
                let time = picker.zone.local(at: start).words(picker.clock)
                let way = there.path([("start", String(start.seconds))])
                return "<li>\(Components.link(plain("\(time): full — join the waitlist"), to: way, .quiet))</li>"
            })</ul>
            """
        guard isFull else { return sessions }
        return Components.empty(
            plain("All of \(day.dayWords) is taken"),
            say("Whoever waits gets the first time that becomes free, in turn."),
            action: Components.link(
                plain("Full — join the waitlist"), to: there.path([("day", day.description)]), .primary)) + sessions
    }
}

extension Picker {
    /// Marks what is full, so that somebody can wait for it.
    mutating func mark(_ full: FullTimes, free: [Instant], asked day: LocalDate?) {
        let shown = self.shown
        self.full = full.days(in: zone, beside: free).filter { (shown.first...shown.last).contains($0) }
        if let day, self.full.contains(day) { (self.day, times) = (day, []) }
        if let day = self.day ?? self.full.min(), self.free.isEmpty { self.day = day }
        fullSessions = full.sessions.map(\.starts).filter { zone.local(at: $0).date == self.day }
    }
}
