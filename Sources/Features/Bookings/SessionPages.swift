/// A session as its hosts see it: who comes, how many places are taken, moving and cancelling all of it.
import Scheduling
import Web

/// `/calendar/sessions/<id>`.
package struct SessionPage: Page {
    let principal: Principal
    let session: GroupSession
    let link: Link
    /// Those who take seats, in the order they came.
    let bookings: [Booking]
    let zone: Zone
    let clock: HourClock
    let now: Instant
    /// How many wait for a place of it.
    var waiting = 0
    var filled = Filled.empty
    var refusal: String?
    /// What was done a moment ago.
    var done: String?

    package var html: HTML {
        let range = TimeWords.range(session.starts, session.ends, in: zone, clock)
        let when = plain("[day and time] \(zone.local(at: session.starts).date.dayWords), \(range)")
        return Layout.app(title: link.rules.title, tab: .bookings, principal, """
            \(Components.crumbs([(plain("Bookings"), "/calendar/bookings")], link.rules.title))\
            \(refusal.map { Components.banner(.fails, "\($0)") })\(done.map { Components.banner(.notes, "\($0)") })\
            <header class="page-head"><div class="stack near"><p>\(state)</p>\
            <h1>\(when)</h1><p class="second">\(say("\(TimeWords.city(zone)) time."))</p></div>\
            <div class="line">\(actions)</div></header>\
            \(Components.pairs(facts))\(people)\(cancel)
            """)
    }

    private var isOff: Bool { session.closedAt != nil || session.taken == 0 }
    private var mayChange: Bool {
        principal.may(.manageBookings) && principal.acts(on: session.hosts.map(\.id))
    }
    private var isOpen: Bool { !isOff && now < session.starts }

    private var state: HTML {
        isOff ? Components.state(BookingWords.mark(.cancelled), plain("Nobody comes"))
            : Components.state(
                BookingWords.mark(.confirmed), plain("\(session.taken) of \(session.capacity) places taken"))
    }

    private var actions: HTML {
        guard mayChange, isOpen else { return .empty }
        let move = Path("/calendar/sessions/\(session.id)/move")
        return Components.link(plain("Move everybody to another time"), to: move, icon: .move)
            + Components.link(plain("Cancel"), to: Path("").fragment("f-reason"), .danger, icon: .x)
    }

    private var facts: [(String, HTML)] {
        let hosts = session.hosts.map(\.name).joined(separator: ", ")
        return [
            (plain("What"), "\(link.rules.title)"), (plain("With"), "<bdi>\(hosts)</bdi>"),
            (plain("Where"), "\(link.rules.firstLocation.words)"),
        ] + (waiting == 0 ? [] : [(plain("Waitlist"), line)])
    }

    private var line: HTML {
        let words = say("\(waiting)|one:One person waits for a place|other:%1 people wait for a place")
        return "<a class=\"inline\" href=\"\(WaitlistHostPage.path(link))\">\(words)</a>"
    }

    private var people: HTML {
        let row: (Booking) -> HTML = { booking in
            let more: HTML = booking.guests.isEmpty ? .empty
                : " · \(say("\(booking.guests.count)|one:and one guest|other:and %1 guests"))"
            return """
                <li class="row"><p class="cut"><a class="row-link" href="\(Path("/calendar/bookings/\(booking.id)"))">\
                <bdi>\(booking.attendee.name)</bdi></a><br>\
                <span class="third"><bdi>\(booking.attendee.email)</bdi>\(more)</span></p>\
                \(Components.state(BookingWords.mark(booking.state.status), BookingWords.state(booking.state.status)))\
                </li>
                """
        }
        return """
            <section class="stack near" aria-labelledby="people"><h2 class="label" id="people">\(say("Who comes"))</h2>\
            \(if: bookings.isEmpty, then: "<p class=\"second\">\(say("Nobody has a place at this time any more."))</p>",
              else: "<ul class=\"rows\" role=\"list\">\(each: bookings, row)</ul>")</section>
            """
    }

    private var cancel: HTML {
        guard isOpen, mayChange else { return .empty }
        let count = bookings.count
        // The message is the question: nothing happens before the button inside.
        return """
            <section class="stack near" aria-labelledby="cancel"><h2 class="label" id="cancel">\
            \(say("Cancel for everybody"))</h2>\
            <details class="more"\(if: filled.error("reason") != nil, then: " open")>\
            <summary class="button quiet danger">\(Components.icon(.x))\(say("Cancel it, with a message"))</summary>\
            \(Components.form(action: Path("/calendar/sessions/\(session.id)/cancellation"), csrf: principal, """
                \(if: filled.error("reason") != nil, then: Components.mistakes(filled))\
                <p class="second">\(say("""
                    \(count)|one:The one person who comes gets a mail at once, and the time becomes free.|\
                    other:All %1 people get a mail at once, and the time becomes free.
                    """))</p>\
                \(Components.textarea(
                    "reason", plain("Message to everybody"), in: filled, optional: plain("optional")))\
                <p>\(Components.button(plain("Cancel for everybody"), .grave))</p>
                """))</details></section>
            """
    }

    package static var example: SessionPage {
        SessionPage(
            principal: .example, session: .example, link: .example, bookings: [.example], zone: .utc,
            clock: .twentyFour, now: Booking.example.createdAt)
    }
}

extension GroupSession {
    static var example: GroupSession {
        let booking = Booking.example
        return GroupSession(
            id: ID(milliseconds: 0, random: [UInt8](repeating: 7, count: 10)), link: booking.link,
            uid: "example", starts: booking.state.starts, ends: booking.state.ends, capacity: 8, taken: 1,
            hosts: booking.hosts)
    }
}

/// `/calendar/sessions/<id>/move`: to which time, and a message to all.
package struct SessionMovePage: Page {
    let principal: Principal
    let session: GroupSession
    let picker: Picker
    let zones: [String]
    let namesZone: Bool
    var alert: HTML = .empty

    package var html: HTML {
        let path = Path("/calendar/sessions/\(session.id)/move")
        let address = PickerAddress(base: path, zone: namesZone ? picker.zone.name : nil, clock: picker.clock)
        let part = PickerPart(
            picker: picker, address: address, action: path, hidden: Components.csrf(principal), zones: zones,
            alert: alert)
        let title = picker.link.rules.title
        let now = TimeWords.dayAndTime(session.starts, in: picker.zone, picker.clock)
        let above: [(String, Path)] = [
            (plain("Bookings"), "/calendar/bookings"), (title, Path("/calendar/sessions/\(session.id)")),
        ]
        return Layout.app(title: plain("Move everybody"), tab: .bookings, principal, """
            \(Components.crumbs(above, plain("Move")))\
            \(Components.pageHead(plain("Move everybody of \(title)"), say("Currently booked: \(now).")))\(part.html)
            """)
    }

    package static var example: SessionMovePage {
        SessionMovePage(principal: .example, session: .example, picker: .example, zones: [], namesZone: false)
    }
}

/// One question before all are moved.
package struct SessionConfirmMovePage: Page {
    let principal: Principal
    let session: GroupSession
    let link: Link
    /// How many bookings it has.
    let count: Int
    let start: Instant
    let zone: Zone
    let clock: HourClock
    var filled = Filled.empty

    package var html: HTML {
        let to = TimeWords.dayAndTime(start, in: zone, clock)
        let own = Path("/calendar/sessions/\(session.id)")
        let answer = say("""
            \(count)|one:The one person who comes gets a new invitation at once. The old time becomes free.|\
            other:All %1 people get a new invitation at once. The old time becomes free.
            """)
        return Layout.app(title: plain("Move everybody"), tab: .bookings, principal, """
            \(Components.crumbs([(plain("Bookings"), "/calendar/bookings"), (link.rules.title, own)], plain("Move")))\
            \(Components.pageHead(to, answer))\
            \(Components.form(action: Path("/calendar/sessions/\(session.id)/reschedule"), csrf: principal, """
                \(Components.mistakes(filled))\(Components.hidden("start", String(start.seconds)))\
                \(Components.textarea(
                    "reason", plain("Message to everybody"), in: filled, optional: plain("optional")))\
                <p class="line">\(Components.button(plain("Move everybody"), .primary))\
                \(Components.link(plain("Another time"), to: Path("/calendar/sessions/\(session.id)/move"), .quiet))</p>
                """))
            """)
    }

    package static var example: SessionConfirmMovePage {
        SessionConfirmMovePage(
            principal: .example, session: .example, link: .example, count: 3,
            start: Booking.example.state.starts.adding(days: 1), zone: .utc, clock: .twentyFour)
    }
}
