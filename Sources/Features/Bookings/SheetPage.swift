/// The page of a sheet: all its times by day, what is left of each, and the form in one.
import Database
import Scheduling
import Web

/// `/sheet/<token>`.
package struct SheetPage: Page {
    /// One of several sign-ups that a form has led to.
    struct Done: Sendable {
        let time: OneOff.Time
        let token: String
    }

    let found: SheetVisit.Found
    let token: String
    let ask: PickerAsk
    let zone: Zone
    /// To choose from; none while nobody chooses.
    let zones: [String]
    let form: String
    let now: Instant
    var filled = Filled.empty
    /// The values of the times that were picked.
    var picked: Set<String> = []
    /// The time that somebody else has meanwhile.
    var gone: Instant?
    var alert: HTML = .empty
    var done: [Done] = []

    var isOver: Bool { !found.one.isOpen(now: now) }
    var status: Int { isOver ? SheetRefusal.closed.status : 200 }
    var clock: HourClock { ask.clock }
    private var most: Int { found.one.perAddress ?? 1 }

    package var html: HTML {
        let link = found.link
        return Layout.publicPage(
            title: link.rules.title, workspaceName: found.workspaceName, shape: .column,
            zone: ask.zone != nil || isOver ? nil : zone.name,
            head: "<meta name=\"robots\" content=\"noindex\">\n",
            foot: [(plain("Find your booking"), "/book/find")], """
            <header class="stack near"><h1 class="display"><bdi>\(link.rules.title)</bdi></h1>\
            <p class="second lead">\(answer)</p></header>\(alert)\
            \(done.isEmpty ? isOver ? .empty : content : list)\
            <p class="second">\(say("Questions? Ask \(host)."))</p>
            """)
    }

    private var host: HTML { "<bdi>\(found.link.hostWords)</bdi>" }

    private var answer: HTML {
        guard done.isEmpty else { return say("You are signed up. A mail for each comes to you.") }
        guard !isOver else { return "\(SheetRefusal.closed.message)" }
        let until = TimeWords.dayAndTime(found.one.expires, in: zone, clock)
        return say("Sign up with \(host) by \(until); \(TimeWords.city(zone)) time.")
    }

    private var zoneChoice: HTML {
        ZoneChoice(
            address: PickerAddress(base: "/sheet/\(token)", zone: zone.name, clock: clock), ask: ask, zone: zone,
            zones: zones, now: now
        ).html
    }

    private var content: HTML {
        let location = found.link.rules.firstLocation
        let place = location.text.isEmpty
            ? HTML.empty : Components.facts([(location.kind == .video ? .video : .pin, "\(location.openWords)")])
        let note = found.link.rules.description
        return """
            \(if: !note.isEmpty, then: "<div class=\"lines\"><bdi>\(BookedPage.linked(note))</bdi></div>")\
            \(place)\(zoneChoice)\(body)
            """
    }

    private var body: HTML {
        guard found.one.times.contains(where: found.has) else {
            return "\(times)\(Components.banner(.notes, say("No time has a place left.")))"
        }
        return Components.form(action: "/sheet/\(token)/sign-ups", """
            \(Components.mistakes(filled))\(Components.hidden("form", form))\(Decoy.html)\
            \(Components.hidden("timezone", zone.name))\(Components.hidden("clock", clock.rawValue))\
            \(times)\
            \(if: found.link.rules.seats.showsNames,
              then: "<p class=\"second\">\(say("Everybody with this address reads your first name."))</p>")\
            \(Components.field("attendee.name", plain("Name"), in: filled, autocomplete: "name"))\
            \(Components.field("attendee.email", plain("E-mail"), in: filled, typing: .email, autocomplete: "email"))\
            <p>\(Components.button(plain("Sign up"), .primary))</p>
            """)
    }

    private var times: HTML {
        let mistake: HTML = filled.error("times").map { message in
            "<p class=\"field-error\" id=\"f-times-error\">\(Components.icon(.warning))\(message)</p>"
        } ?? .empty
        let legend = most == 1 ? say("Pick a time") : say("Pick up to \(most) times")
        return """
            <fieldset class="field" id="f-times" tabindex="-1"\
            \(if: filled.error("times") != nil, then: " aria-describedby=\"f-times-error\"")>\
            <legend>\(legend)</legend>\(each: days, day)\(mistake)</fieldset>
            """
    }

    private var days: [(LocalDate, [OneOff.Time])] {
        Dictionary(grouping: found.one.times) { zone.local(at: $0.start).date }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    private func day(_ day: (LocalDate, [OneOff.Time])) -> HTML {
        """
        <section class="stack near" aria-labelledby="day-\(day.0.description)">\
        <h2 class="label" id="day-\(day.0.description)">\(day.0.dayWords)</h2>\(each: day.1, choice)</section>
        """
    }

    private func choice(_ time: OneOff.Time) -> HTML {
        let range = TimeWords.range(time.start, time.ends, in: zone, clock)
        let words: HTML = """
            <time>\(range)</time>\(TimeWords.offset(time.start, in: zone, among: found.one.times.map(\.start)))\
            \(if: !time.label.isEmpty, then: ", <bdi>\(time.label)</bdi>")
            """
        let names = found.names[time.start] ?? []
        let who: HTML = names.isEmpty ? .empty
            : "<br><span class=\"third\"><bdi>\(names.joined(separator: ", "))</bdi></span>"
        guard found.has(time) else {
            let gone: HTML = "\(Components.icon(.warning))\(SheetRefusal.full(time.start).message)"
            let lost: HTML = self.gone == time.start ? "<br><span class=\"field-error\">\(gone)</span>" : .empty
            let why = found.places.full.contains(time.start) ? say("Full") : say("no longer free")
            return "<p class=\"choice third\"><span><s>\(words)</s> \(why)\(who)\(lost)</span></p>"
        }
        let left = found.left(time)
        let places: HTML = time.places == 1 ? .empty
            : "<br><span class=\"third\">\(say("\(left)|one:One place left|other:%1 places left"))</span>"
        return """
            <label class="choice"><input type="\(if: most == 1, then: "radio", else: "checkbox")" name="times" \
            value="\(time.text)"\(if: picked.contains(time.text), then: " checked")> \
            <span>\(words)\(places)\(who)</span></label>
            """
    }

    /// What several sign-ups have come to: a page of its own for each.
    private var list: HTML {
        """
        <ul class="rows" role="list">\(each: done, { one in
            let words = TimeWords.dayAndTime(one.time.start, in: zone, clock)
            return """
                <li class="row"><p>\
                <a class="row-link" href="\(Path("/booking/\(one.token)"))"><time>\(words)</time></a>\
                \(if: !one.time.label.isEmpty, then: "<br><span class=\"third\"><bdi>\(one.time.label)</bdi></span>")\
                </p></li>
                """
        })</ul><p class="second">\(say("Each can be moved or cancelled on its own page."))</p>
        """
    }

    package static var example: SheetPage {
        var one = OneOff.example
        one.perAddress = 2
        one.times[1].places = 5
        one.times[1].label = "Cakes"
        return SheetPage(
            found: SheetVisit.Found(
                one: one, link: .example, scope: Scope(workspace: Principal.example.workspace, actor: .visitor),
                workspaceName: "Nordhavn Instruments",
                places: SheetPlaces(left: [one.times[1].start: 3], full: [one.times[0].start]), names: [:]),
            token: "example", ask: PickerAsk(zone: .utc), zone: .utc, zones: [], form: "example", now: one.createdAt)
    }
}
