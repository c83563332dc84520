/// The pages of a series: its meetings one under the other, and the forms that change several of them.
import Scheduling
import Web

/// A move that not all meetings can follow.
struct SeriesConflict: Sendable {
    let plan: SeriesPlan
    let part: SeriesPart
    let start: Instant
    let reason: String
    let zone: Zone?
}

/// `/booking/<token>/series`.
package struct SeriesPage: Page {
    let booking: Booking
    let link: Link
    let bookings: [Booking]
    /// The living tokens of the bookings.
    let tokens: [ID<Booking>: String]
    let workspaceName: WorkspaceName
    let token: String
    let form: String
    let zone: Zone
    let clock: HourClock
    let now: Instant
    var filled = Filled.empty
    var refusal: String?
    var conflict: SeriesConflict?
    var done: SeriesDone?

    package var html: HTML {
        let parts = SeriesParts(bookings: bookings, here: booking, zone: zone, clock: clock, now: now)
        return Layout.publicPage(
            title: plain("All dates: \(link.rules.title)"), workspaceName: workspaceName, foot: FindPage.foot(link), """
            \(refusal.map { Components.banner(.fails, "\($0)") })\(done.map { Components.banner(.notes, $0.words) })\
            \(conflict.map { parts.conflict($0, action: Path("/booking/\(token)/series/reschedule"), fields) })\
            <header class="stack near"><h1 class="display">\(parts.title)</h1>\
            <p class="second lead">\(say("\(link.rules.title) with \(host)."))\(" ")\
            \(say("\(TimeWords.city(zone)) time."))</p></header>\
            \(parts.list { booking in tokens[booking.id].map { Path("/booking/\($0)").adding(query: clock.pairs) } })\
            \(moving(parts))\(cancelling(parts))\
            <p>\(Components.link(plain("Back to this meeting"), to: own, .quiet))</p>
            """)
    }

    private var host: HTML { "<bdi>\(booking.hosts.first?.name ?? workspaceName.text)</bdi>" }
    private var own: Path { Path("/booking/\(token)").adding(query: clock.pairs) }

    private var fields: HTML {
        """
        \(Components.hidden("form", form))\
        \(if: clock != .usual, then: Components.hidden("clock", clock.rawValue))
        """
    }

    private func moving(_ parts: SeriesParts) -> HTML {
        guard parts.hasMore, link.rules.changes.attendeeMoves else { return .empty }
        let path = Path("/book/reschedule/\(token)").adding(query: clock.pairs)
        return """
            <section class="stack near" aria-labelledby="move"><h2 class="label" id="move">\(say("Move them"))</h2>\
            <p class="second">\(say("Pick a new time for this meeting; the others can move along with it."))</p>\
            <p>\(Components.link(plain("Move to another time"), to: path, icon: .move))</p></section>
            """
    }

    private func cancelling(_ parts: SeriesParts) -> HTML {
        guard parts.hasMore, link.rules.changes.attendeeCancels else { return .empty }
        let optional = link.rules.changes.needsReason ? nil : plain("optional")
        return parts.cancelForm(action: Path("/booking/\(token)/series/cancellation"), csrf: nil, filled, """
            \(fields)\
            \(Components.textarea("reason", plain("Reason"), in: filled,
                                  hint: say("\(booking.hosts.first?.name ?? workspaceName.text) reads it in the mail."),
                                  optional: optional))
            """)
    }

    package static var example: SeriesPage {
        SeriesPage(
            booking: .example, link: .example, bookings: [.example], tokens: [:], workspaceName: "Nordhavn Instruments",
            token: "example", form: "example", zone: .utc, clock: .twentyFour, now: Booking.example.createdAt)
    }
}

/// `/calendar/bookings/<id>/series`.
package struct HostSeriesPage: Page {
    let principal: Principal
    let booking: Booking
    let link: Link
    let bookings: [Booking]
    let zone: Zone
    let clock: HourClock
    let now: Instant
    var filled = Filled.empty
    var refusal: String?
    var conflict: SeriesConflict?
    var done: SeriesDone?

    package var html: HTML {
        let parts = SeriesParts(bookings: bookings, here: booking, zone: zone, clock: clock, now: now)
        let path = Path("/calendar/bookings/\(booking.id)")
        let action = Path("/calendar/bookings/\(booking.id)/series/reschedule")
        return Layout.app(title: plain("All dates"), tab: .bookings, principal, """
            \(Components.crumbs([
                (plain("Bookings"), "/calendar/bookings"), (booking.attendee.name, path),
            ], plain("All dates")))\
            \(refusal.map { Components.banner(.fails, "\($0)") })\(done.map { Components.banner(.notes, $0.words) })\
            \(conflict.map { parts.conflict($0, action: action, Components.csrf(principal)) })\
            <header class="page-head"><div class="stack near"><h1>\(parts.title)</h1>\
            <p class="second">\(link.rules.title), <bdi>\(booking.attendee.name)</bdi>. \
            \(say("\(TimeWords.city(zone)) time."))</p></div></header>\
            \(parts.list { Path("/calendar/bookings/\($0.id)") })\(change(parts))
            """)
    }

    private var mayChange: Bool {
        principal.may(.manageBookings) && principal.acts(on: booking.hosts.map(\.id))
    }

    private func change(_ parts: SeriesParts) -> HTML {
        guard parts.hasMore, mayChange else { return .empty }
        let name = booking.attendee.name
        let move = Components.link(
            plain("Move to another time"), to: Path("/calendar/bookings/\(booking.id)/move"), icon: .move)
        let action = Path("/calendar/bookings/\(booking.id)/series/cancellation")
        return """
            <section class="stack near" aria-labelledby="move"><h2 class="label" id="move">\(say("Move them"))</h2>\
            <p class="second">\(say("Pick a new time for this meeting; the others can move along with it."))</p>\
            <p>\(move)</p></section>\
            \(parts.cancelForm(action: action, csrf: principal, filled, Components.textarea(
                "reason", plain("Message to \(name)"), in: filled, optional: plain("optional"))))
            """
    }

    package static var example: HostSeriesPage {
        HostSeriesPage(
            principal: .example, booking: .example, link: .example, bookings: [.example], zone: .utc,
            clock: .twentyFour, now: Booking.example.createdAt)
    }
}

/// What both pages show.
struct SeriesParts {
    let bookings: [Booking]
    /// The one the page was opened from.
    let here: Booking
    let zone: Zone
    let clock: HourClock
    let now: Instant

    private var toCome: [Booking] {
        bookings.filter { ($0.state.status == .confirmed || $0.isWaiting) && now < $0.state.firstStart }
    }

    /// Whether there is something to change together.
    var hasMore: Bool { toCome.count > 0 }

    var title: HTML {
        say("\(bookings.count)|one:One meeting|other:%1 meetings")
    }

    func list(_ path: (Booking) -> Path?) -> HTML {
        """
        <ol class="rows" role="list">\(each: bookings, { row($0, path($0)) })</ol>
        """
    }

    private func row(_ booking: Booking, _ path: Path?) -> HTML {
        let when = words(booking.state.starts)
        let time: HTML = booking.state.status == .cancelled
            ? "<s><time>\(when)</time></s>" : "<time>\(when)</time>"
        let link: HTML = path.map { "<a class=\"inline\" href=\"\($0)\">\(time)</a>" } ?? time
        let mark: HTML = if booking.id == here.id { " <span class=\"meta third\">\(say("this one"))</span>" } else {
            .empty
        }
        let state = Components.state(BookingWords.mark(booking.state.status), BookingWords.state(booking.state.status))
        return "<li class=\"line\"><span>\(link)\(mark)</span>\(state)</li>"
    }

    private func words(_ start: Instant) -> String {
        let local = zone.local(at: start)
        return plain("[day and time] \(local.date.dayWordsWithYear), \(local.words(clock))")
    }

    func cancelForm(action: Path, csrf: Principal?, _ filled: Filled, _ content: HTML) -> HTML {
        var filled = filled
        if filled["part"].isEmpty { filled.values["part"] = SeriesPart.later.rawValue }
        let choices = [
            (SeriesPart.later.rawValue, plain("This and later ones")),
            (SeriesPart.all.rawValue, plain("All to come")),
        ]
        return """
            <section class="stack near" aria-labelledby="cancel"><h2 class="label" id="cancel">\
            \(say("Cancel several"))</h2>\
            <details class="more"\(if: !filled.errors.isEmpty, then: " open")>\
            <summary class="button quiet danger">\(Components.icon(.x))\(say("Cancel several meetings"))</summary>\
            \(Components.form(action: action, csrf: csrf, """
                \(Components.mistakes(filled))\(Components.choices("part", plain("Which"), choices, in: filled))\
                \(content)\
                <p class="second">\(say("Everybody gets one mail, and the times are free at once."))</p>\
                <p>\(Components.button(plain("Cancel these meetings"), .grave))</p>
                """))</details></section>
            """
    }

    /// What cannot be moved, and the one way on: to leave that as it is.
    func conflict(_ conflict: SeriesConflict, action: Path, _ fields: HTML) -> HTML {
        let taken = conflict.plan.conflicts
        let words = say("""
            \(taken.count)|one:One meeting cannot be at its new time. Nothing was moved.|\
            other:%1 meetings cannot be at their new times. Nothing was moved.
            """)
        return """
            <div class="banner fails" role="alert" tabindex="-1" autofocus>\(Components.icon(.warning))\
            <div class="stack near"><p>\(words)</p>\
            <ul>\(each: taken, { "<li><time>\(self.words($0.start))</time>: \($0.words)</li>" })</ul>\
            <form method="post" action="\(action)" data-once>\(fields)\
            \(Components.hidden("start", String(conflict.start.seconds)))\
            \(Components.hidden("part", conflict.part.rawValue))\(Components.hidden("reason", conflict.reason))\
            \(conflict.zone.map { Components.hidden("timezone", $0.name) })\
            \(Components.hidden("leaveTaken", "on"))\
            <p>\(Components.button(plain("Move the others, leave these where they are")))</p></form></div></div>
            """
    }
}

extension Booking {
    /// The way from one meeting to all of its series.
    func seriesLine(_ path: Path) -> HTML {
        guard let series else { return .empty }
        return """
            <p class="line">\(Components.icon(.calendar))<span>\(say("Meeting \(series.words)."))</span>\
            \(Components.link(plain("See all dates"), to: path, .quiet))</p>
            """
    }

    /// More buttons for the form that moves one meeting: they move others along.
    func seriesButtons(_ action: Path) -> HTML {
        guard series != nil else { return .empty }
        let buttons: [(SeriesPart, String)] = [
            (.later, plain("Move this and the later ones")), (.all, plain("Move all that are to come")),
        ]
        return """
            <p class="line">\(each: buttons, { part, words in """
                <button class="button" name="part" value="\(part.rawValue)" formaction="\(action)">\(words)</button>
                """ })</p>
            """
    }
}
