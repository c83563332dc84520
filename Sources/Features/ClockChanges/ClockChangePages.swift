/// The report of bookings whose clock has changed, with what to do about each.
import Scheduling
import Web

package struct ClockChangesPage: Page {
    struct Row: Hashable, Sendable {
        var change: ClockChange
        /// Who booked.
        var attendee: String
        /// The link's.
        var title: String
    }

    var principal: Principal
    var rows: [Row]
    var clock: HourClock
    /// There are more than are shown.
    var hasMore = false
    /// What was not possible, in words.
    var refusal: String?

    package static var example: ClockChangesPage {
        let zone = Zone.utc
        let change = ClockChange(
            booking: Booking.example.id, starts: Booking.example.state.starts, zone: zone,
            agreed: TimeWords.wall(Booking.example.state.starts.adding(minutes: -60), in: zone))
        return ClockChangesPage(
            principal: .example, rows: [Row(change: change, attendee: "Yūko Hasegawa", title: "Introduction")],
            clock: .twentyFour)
    }

    package var html: HTML {
        Layout.app(title: plain("Clock changes"), tab: .bookings, principal, """
            \(Components.pageHead(plain("Clock changes"), lead))\(problem)\(list)
            """)
    }

    private var problem: HTML { refusal.map { Components.banner(.fails, "\($0)", isMet: true) } ?? .empty }

    private var lead: HTML {
        rows.isEmpty
            ? say("Every meeting is at the time that was agreed.")
            : say("""
                The rules of a time zone have changed. These meetings now show another time on the clock than was \
                agreed; nothing was moved.
                """)
    }

    private var list: HTML {
        guard !rows.isEmpty else {
            return Components.empty(
                plain("Nothing to decide"),
                say("When a government changes its clocks, the meetings it concerns are listed here."))
        }
        return """
            <ul class="stack" role="list">\(each: rows, row)</ul>
            \(if: hasMore, then: "<p class=\"second\">\(say("More follow once these are decided."))</p>")
            """
    }

    private func row(_ row: Row) -> HTML {
        let (change, zone) = (row.change, row.change.zone)
        let base = "/calendar/clock-changes/\(change.booking)"
        let meant = change.agreedInstant ?? change.starts
        let (agreed, shown) = (time(meant, zone), time(change.starts, zone))
        let (day, city) = (zone.local(at: meant).date.dayWords, TimeWords.city(zone))
        return """
            <li class="stack near"><h2><a href="\(Path("/calendar/bookings/\(change.booking)"))">\
            <bdi>\(row.attendee)</bdi></a> · <bdi>\(row.title)</bdi></h2>
            <p>\(say("Agreed: \(day), \(agreed) in \(city)."))<br>\
            \(say("The clock there now shows \(shown) when it begins."))</p>
            <div class="line">\(if: change.agreedInstant != nil, then: Components.form(
                action: Path("\(base)/move"), csrf: principal, style: "line",
                Components.button(plain("Move to \(agreed) and tell everybody"))))\
            \(Components.form(
                action: Path("\(base)/keep"), csrf: principal, style: "line",
                Components.button(plain("Leave it at \(shown)"), .quiet)))\
            </div></li>
            """
    }

    private func time(_ instant: Instant, _ zone: Zone) -> String { zone.local(at: instant).words(clock) }
}
