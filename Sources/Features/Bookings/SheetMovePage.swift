/// Moving a sign-up: the other times of its sheet that have a place, instead of a picker.
import Database
import Scheduling
import Web

extension TokenRoutes {
    /// Where a sign-up can be moved to; nil for any other booking.
    func sheetChoice(_ held: HeldBooking) async throws -> SheetMove.Choice? {
        let now = now
        return try await installation.database.read(held.scope) { tx in
            try SheetMove.choice(for: held.booking, now: now, scope: held.scope, in: tx)
        }
    }

    func sheetPage(
        _ held: HeldBooking, _ ask: PickerAsk, _ choice: SheetMove.Choice, alert: HTML
    ) async throws -> SheetMovePage {
        SheetMovePage(
            booking: held.booking, link: held.link, workspaceName: try await workspaceName(held), token: held.token,
            choice: choice, zone: ask.zone ?? zones.zone(held.booking.attendee.zone) ?? .utc, clock: ask.clock,
            alert: alert)
    }
}

/// `/book/reschedule/<token>` of a sign-up.
package struct SheetMovePage: Page {
    let booking: Booking
    let link: Link
    let workspaceName: WorkspaceName
    let token: String
    let choice: SheetMove.Choice
    let zone: Zone
    let clock: HourClock
    var alert: HTML = .empty

    package var html: HTML {
        Layout.publicPage(
            title: plain("Move your meeting"), workspaceName: workspaceName, shape: .column, foot: FindPage.foot(link),
            """
            <header class="stack near"><h1 class="display">\(say("Move your meeting"))</h1>\
            <p class="second lead">\(say("\(TimeWords.city(zone)) time."))</p></header>\(alert)\
            \(Components.facts(MoveWords.facts(booking, link: link, zone: zone, clock: clock)))\
            \(if: choice.times.isEmpty, then: Components.banner(.notes, nothing))\
            \(if: !choice.times.isEmpty, then: "<ul class=\"rows\" role=\"list\">\(each: choice.times, row)</ul>")
            """)
    }

    private var nothing: HTML {
        choice.isOpen ? say("No other time has a place left.") : "\(SheetRefusal.closed.message)"
    }

    private func row(_ time: OneOff.Time) -> HTML {
        let here: Path = "/book/reschedule/\(token)"
        let path = here.adding(
            query: [("start", String(time.start.seconds)), ("timezone", zone.name)] + clock.pairs)
        let day = zone.local(at: time.start).date.dayWords
        let range = TimeWords.range(time.start, time.ends, in: zone, clock)
        return """
            <li class="row"><p><a class="row-link" href="\(path)">\(day), <time>\(range)</time></a>\
            \(if: !time.label.isEmpty, then: "<br><span class=\"third\"><bdi>\(time.label)</bdi></span>")</p></li>
            """
    }

    package static var example: SheetMovePage {
        SheetMovePage(
            booking: .example, link: .example, workspaceName: "Nordhavn Instruments", token: "example",
            choice: SheetMove.Choice(times: OneOff.example.times, isOpen: true), zone: .utc, clock: .twentyFour)
    }
}
