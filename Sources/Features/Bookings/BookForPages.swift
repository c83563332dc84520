/// The pages on which a host picks a time: for somebody else, or for a booking to be moved.
import Scheduling
import Web

/// `/calendar/bookings/new`: which link.
package struct BookForPage: Page {
    let principal: Principal
    let links: [Link]

    package var html: HTML {
        Layout.app(title: plain("Book for someone"), tab: .bookings, principal, """
            \(Components.crumbs([(plain("Bookings"), "/calendar/bookings")], plain("Book for someone")))\
            \(Components.pageHead(plain("Book for someone"), say("On which link?")))\
            \(if: links.isEmpty, then: Components.empty(
                plain("No links yet"), say("A time is booked on a link. Make one first, or switch one on."),
                action: Components.link(plain("Your links"), to: "/calendar/event-types", .primary)))\
            \(if: !links.isEmpty, then: "<ul class=\"rows\" role=\"list\">\(each: links, row)</ul>")
            """)
    }

    private func row(_ link: Link) -> HTML {
        let path = Path("/calendar/bookings/new").adding(query: [("link", link.id.text)])
        let hosts = link.hosts.map(\.name).joined(separator: ", ")
        return """
            <li class="row"><p class="cut"><a class="row-link" href="\(path)"><bdi>\(link.rules.title)</bdi></a><br>\
            <span class="third">\(link.rules.lengthWords) · <bdi>\(hosts)</bdi></span></p>\
            </li>
            """
    }

    package static var example: BookForPage { BookForPage(principal: .example, links: [.example]) }
}

/// The times of the link.
package struct BookForTimesPage: Page {
    let principal: Principal
    let picker: Picker
    let form: String
    let zones: [String]
    let namesZone: Bool
    var alert: HTML = .empty

    package var html: HTML {
        let title = picker.link.rules.title
        let address = PickerAddress(
            base: "/calendar/bookings/new", zone: namesZone ? picker.zone.name : nil, clock: picker.clock,
            extra: [("link", picker.link.id.text)] + length)
        let part = PickerPart(
            picker: picker, address: address, action: "/calendar/bookings/new",
            hidden: Components.csrf(principal) + Components.hidden("link", picker.link.id.text)
                + Components.hidden("form", form) + HTML(length.map { Components.hidden($0.0, $0.1) }),
            zones: zones, alert: alert)
        let above: [(String, Path)] = [
            (plain("Bookings"), "/calendar/bookings"), (plain("Book for someone"), "/calendar/bookings/new"),
        ]
        return Layout.app(title: plain("Book for someone"), tab: .bookings, principal, """
            \(Components.crumbs(above, title))\
            \(Components.pageHead(title, say("Pick a time. It is held for you while you type.")))\
            \(LengthChoice(picker: picker, address: address).html)\(part.html)
            """)
    }

    /// Unless it is the usual one.
    private var length: [(String, String)] {
        picker.minutes == picker.link.rules.duration ? [] : [("duration", String(picker.minutes))]
    }

    package static var example: BookForTimesPage {
        BookForTimesPage(principal: .example, picker: .example, form: "example", zones: [], namesZone: false)
    }
}

/// For whom.
package struct BookForDetailsPage: Page {
    let principal: Principal
    let link: Link
    let start: Instant
    let minutes: Int
    let zone: Zone
    let clock: HourClock
    let form: String
    let zones: [String]
    var filled = Filled.empty
    var refusal: String?
    /// The dates of all meetings, once more than one is asked for.
    var plan: SeriesPlan?

    package var html: HTML {
        let length = minutes == link.rules.duration ? [] : [("duration", String(minutes))]
        let again = Path("/calendar/bookings/new").adding(query: [("link", link.id.text)] + length)
        let ends = start.adding(minutes: minutes)
        let when = plain("\(TimeWords.dayAndTime(start, in: zone, clock)) to \(zone.local(at: ends).words(clock))")
        let above: [(String, Path)] = [(plain("Bookings"), "/calendar/bookings"), (link.rules.title, again)]
        let answer: HTML = "<bdi>\(link.rules.title)</bdi>, \(when). \(say("\(TimeWords.city(zone)) time."))"
        return Layout.app(title: plain("Book for someone"), tab: .bookings, principal, """
            \(Components.crumbs(above, plain("Details")))\(refusal.map { Components.banner(.fails, "\($0)") })\
            \(Components.pageHead(plain("For whom?"), answer))\
            \(Components.form(action: "/calendar/bookings", csrf: principal, """
                \(Components.mistakes(filled))\(Components.hidden("link", link.id.text))\
                \(Components.hidden("form", form))\(Components.hidden("start", String(start.seconds)))\
                \(Components.hidden("duration", String(minutes)))\
                \(Components.field("attendee.name", plain("Name"), in: filled))\
                \(Components.field("attendee.email", plain("E-mail"), in: filled, typing: .email,
                                   hint: say("The invitation goes there at once.")))\
                \(repeats)\(places)\(phone)\
                \(Components.select("timezone", plain("Their time zone"), choices, in: chosen))\
                \(QuestionFields(link.questions, filled).html)\(guests)\
                \(Components.textarea("note", plain("A note for the hosts"), in: filled,
                                      hint: say("Attendees never see it."), optional: plain("optional")))\
                <p class="line">\(Components.button(plain("Book the time"), .primary))\
                \(Components.link(plain("Another time"), to: again, .quiet))</p>
                """))
            """)
    }

    // MARK: Where, and who comes along

    private var places: HTML {
        let all = link.rules.locations
        let chosen = filled.values["location"] ?? "0"
        let mistake: HTML = filled.error("location").map { message in
            "<p class=\"field-error\" id=\"f-location-error\">\(Components.icon(.warning))\(message)</p>"
        } ?? .empty
        let radios: HTML = """
            <fieldset class="field" id="f-location"><legend>\(say("Where"))</legend>\
            \(each: Array(all.enumerated()), { index, place in """
                <label class="choice"><input type="radio" name="location" value="\(String(index))"\
                \(if: String(index) == chosen, then: " checked")> <span>\(place.openWords)</span></label>
                """ })\(mistake)</fieldset>
            """
        let own: HTML = Components.field(
            "location.text", plain("Where do they want to meet?"), in: filled,
            optional: all.count > 1 ? plain("if they choose the place") : nil)
        return """
            \(if: all.count > 1, then: radios)\
            \(if: all.contains { $0.kind == .attendeeChoice }, then: own)
            """
    }

    private var phone: HTML {
        let all = link.rules.locations
        let isCalled = all.contains { $0.kind == .phoneHostCalls }
        let optional: String? = if !isCalled { plain("optional") } else if all.count > 1 {
            plain("if you call them")
        } else { nil }
        return Components.field("attendee.phone", plain("Phone"), in: filled, typing: .tel, optional: optional)
    }

    private var guests: HTML {
        let most = link.rules.access.mostGuests
        guard most > 0 else { return .empty }
        return Components.textarea(
            "guests", plain("Guests"), in: filled,
            hint: say("\(most)|one:The e-mail address of one guest.|other:Up to %1 e-mail addresses, one to a line."),
            optional: plain("optional"))
    }

    private var choices: [(String, String)] {
        (zones.isEmpty ? [zone.name] : zones).map { ($0, $0.replacing("_", with: " ")) }
    }

    private var chosen: Filled {
        var filled = filled
        if filled["timezone"].isEmpty { filled.values["timezone"] = zone.name }
        return filled
    }

    package static var example: BookForDetailsPage {
        BookForDetailsPage(
            principal: .example, link: .example, start: Booking.example.state.starts, minutes: 30, zone: .utc,
            clock: .twentyFour, form: "example", zones: ["Europe/Lisbon"])
    }
}

/// `/calendar/bookings/<id>/move`: the link's times, the old one set free.
package struct HostMovePage: Page {
    let principal: Principal
    let booking: Booking
    let picker: Picker
    let zones: [String]
    let namesZone: Bool
    var alert: HTML = .empty

    package var html: HTML {
        let path = Path("/calendar/bookings/\(booking.id)/move")
        let address = PickerAddress(base: path, zone: namesZone ? picker.zone.name : nil, clock: picker.clock)
        let part = PickerPart(
            picker: picker, address: address, action: path, hidden: Components.csrf(principal), zones: zones,
            alert: alert)
        let name = booking.attendee.name
        let now = TimeWords.dayAndTime(booking.state.starts, in: picker.zone, picker.clock)
        let above: [(String, Path)] = [
            (plain("Bookings"), "/calendar/bookings"), (name, Path("/calendar/bookings/\(booking.id)")),
        ]
        return Layout.app(title: plain("Move the meeting"), tab: .bookings, principal, """
            \(Components.crumbs(above, plain("Move")))\
            \(Components.pageHead(plain("Move the meeting with \(name)"), say("Currently booked: \(now).")))\(part.html)
            """)
    }

    package static var example: HostMovePage {
        HostMovePage(principal: .example, booking: .example, picker: .example, zones: [], namesZone: false)
    }
}

/// One question before it is moved.
package struct HostConfirmMovePage: Page {
    let principal: Principal
    let booking: Booking
    let start: Instant
    let zone: Zone
    let clock: HourClock
    var filled = Filled.empty

    package var html: HTML {
        let name = booking.attendee.name
        let to = TimeWords.dayAndTime(start, in: zone, clock)
        let own = Path("/calendar/bookings/\(booking.id)")
        let series = Path("/calendar/bookings/\(booking.id)/series/reschedule")
        return Layout.app(title: plain("Move the meeting"), tab: .bookings, principal, """
            \(Components.crumbs([(plain("Bookings"), "/calendar/bookings"), (name, own)], plain("Move")))\
            \(Components.pageHead(to, say("\(name) gets a new invitation at once. The old time becomes free.")))\
            \(Components.form(action: Path("/calendar/bookings/\(booking.id)/reschedule"), csrf: principal, """
                \(Components.mistakes(filled))\(Components.hidden("start", String(start.seconds)))\
                \(Components.textarea("reason", plain("Message to \(name)"), in: filled, optional: plain("optional")))\
                <p class="line">\(Components.button(plain("Move the meeting"), .primary))\
                \(Components.link(plain("Another time"), to: Path("/calendar/bookings/\(booking.id)/move"), .quiet))</p>
                \(booking.seriesButtons(series))
                """))
            """)
    }

    package static var example: HostConfirmMovePage {
        HostConfirmMovePage(
            principal: .example, booking: .example, start: Booking.example.state.starts.adding(days: 1), zone: .utc,
            clock: .twentyFour)
    }
}
