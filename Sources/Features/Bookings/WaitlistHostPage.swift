/// A link's waitlist as its hosts see it: who waits for what, since when, and how it stands.
import Scheduling
import Web

/// `/settings/booking-links/<id>/waitlist`.
package struct WaitlistHostPage: Page {
    let principal: Principal
    let link: Link
    /// Those that are open in their order, then those that are over.
    let entries: [WaitlistEntry]
    let zone: Zone
    let clock: HourClock
    let now: Instant
    /// What was done a moment ago.
    var done: String?
    var refusal: String?

    static func path(_ link: Link) -> Path { Path("/settings/booking-links/\(link.id)/waitlist") }

    package var html: HTML {
        let title = plain("Waitlist")
        let (open, over) = (entries.filter(\.isOpen), entries.filter { !$0.isOpen })
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs([
                (plain("Links"), "/calendar/event-types"),
                (link.rules.title, Path("/settings/booking-links/\(link.id)")),
            ], title))\
            \(refusal.map { Components.banner(.fails, "\($0)", isMet: true) })\
            \(done.map { Components.banner(.notes, "\($0)") })\
            \(Components.pageHead(title, answer(open.count)))\
            \(if: !open.isEmpty, then: list("waiting", plain("In line"), open))\
            \(if: !over.isEmpty, then: list("over", plain("Over"), over))
            """)
    }

    private func answer(_ count: Int) -> HTML {
        guard link.rules.waitlist.isOn || count > 0 else {
            return say("This link has no waitlist. You can switch one on among its settings.")
        }
        return count == 0 ? say("Nobody waits.") : say("\(count)|one:One person waits.|other:%1 people wait.")
    }

    private func list(_ id: String, _ title: String, _ entries: [WaitlistEntry]) -> HTML {
        """
        <section class="stack near" aria-labelledby="\(id)"><h2 class="label" id="\(id)">\(title)</h2>\
        <ul class="rows" role="list">\(each: entries, row)</ul></section>
        """
    }

    private func row(_ entry: WaitlistEntry) -> HTML {
        let wanted = entry.target.words(in: zone, clock)
        let since = TimeWords.dayAndTime(entry.createdAt, in: zone, clock)
        return """
            <li class="row"><p class="cut"><bdi>\(entry.name)</bdi><br>\
            <span class="third"><bdi>\(entry.email)</bdi></span></p>\
            <p class="cut">\(wanted)<br><span class="third">\(say("since \(since)"))</span></p>\
            <p>\(state(entry))</p>\(if: entry.isOpen, then: deeds(entry))</li>
            """
    }

    private func state(_ entry: WaitlistEntry) -> HTML {
        switch entry.state {
        case .waiting: Components.state(.pendingApproval, plain("Waiting"))
        case .offered: """
            \(Components.state(.held, plain("Offered")))<br><span class="third">\(offered(entry))</span>
            """
        case .taken: booked(entry)
        case .refused: say("Said no")
        case .lapsed: say("Did not answer")
        case .left: say("Left")
        case .removed: say("Taken off")
        case .ended: say("Nothing became free")
        }
    }

    private func offered(_ entry: WaitlistEntry) -> HTML {
        guard let offer = entry.offer else { return .empty }
        let start = TimeWords.dayAndTime(offer.start, in: zone, clock)
        let until = TimeWords.dayAndTime(offer.until, in: zone, clock)
        return say("\(start), until \(until)")
    }

    private func booked(_ entry: WaitlistEntry) -> HTML {
        guard let booking = entry.booking else { return say("Booked") }
        return "<a class=\"inline\" href=\"\(Path("/calendar/bookings/\(booking)"))\">\(say("Booked"))</a>"
    }

    private func deeds(_ entry: WaitlistEntry) -> HTML {
        guard principal.may(.manageBookings) else { return .empty }
        let offer: HTML = entry.state != .waiting ? .empty : Components.form(
            action: Path("/calendar/waitlist/\(entry.id)/offer"), csrf: principal, style: "line",
            Components.button(plain("Offer what is free"), .quiet))
        return """
            <div class="line">\(offer)\(Components.form(
                action: Path("/calendar/waitlist/\(entry.id)/removal"), csrf: principal, style: "line",
                Components.button(plain("Take off"), .danger)))</div>
            """
    }

    package static var example: WaitlistHostPage {
        WaitlistHostPage(
            principal: .example, link: .example, entries: [WaitingPerson.example.entry], zone: .utc,
            clock: .twentyFour, now: Booking.example.createdAt)
    }
}
