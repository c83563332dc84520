/// The pages on which hosts see their bookings.
import Scheduling
import Web

/// Which part of the list is on show.
package enum BookingBucket: String, CaseIterable, Sendable {
    case upcoming, past, cancelled

    var label: String {
        switch self {
        case .upcoming: plain("Upcoming")
        case .past: plain("Past")
        case .cancelled: plain("Cancelled")
        }
    }

    var path: Path {
        self == .upcoming ? "/calendar/bookings" : Path("/calendar/bookings").adding(query: [("show", rawValue)])
    }
}

/// One row of the list.
package struct BookingRowModel: Sendable {
    let booking: Booking
    let link: Link
}

/// `/calendar/bookings`.
package struct BookingsPage: Page {
    let principal: Principal
    let bucket: BookingBucket
    let rows: [BookingRowModel]
    let zone: Zone
    let clock: HourClock
    let today: LocalDate
    let later: Path?

    package var html: HTML {
        let tabs = BookingBucket.allCases.map { Components.Choice($0.label, $0.path, isCurrent: $0 == bucket) }
        return Layout.app(title: plain("Bookings"), tab: .bookings, principal, """
            \(Components.pageHead(plain("Bookings")))\(Components.tabs(label: plain("Which bookings"), tabs))\(list)
            """)
    }

    private var list: HTML {
        guard !rows.isEmpty else { return nothing }
        var days: [(LocalDate, [BookingRowModel])] = []
        for row in rows {
            let day = zone.local(at: row.booking.state.starts).date
            if days.last?.0 != day { days.append((day, [])) }
            days[days.count - 1].1.append(row)
        }
        return """
            \(each: days, { day, rows in """
                <section class="stack near" aria-label="\(day.dayWords)"><h2 class="label">\(name(day))</h2>\
                <ul class="rows" role="list">\(each: rows, row)</ul></section>
                """ })\
            \(later.map { "<p>\(Components.link(plain("Show more"), to: $0))</p>" })
            """
    }

    private func name(_ day: LocalDate) -> String {
        day == today ? plain("Today, \(day.dayWords)") : day.dayWords
    }

    private var nothing: HTML {
        switch bucket {
        case .upcoming:
            Components.empty(
                plain("No bookings yet"),
                say("Send your link to one person, or open it yourself to see what they see."),
                action: Components.link(plain("Your links"), to: "/calendar/event-types", .primary))
        case .past: Components.empty(plain("Nothing took place yet"), say("Meetings appear here once they are over."))
        case .cancelled:
            Components.empty(plain("Nothing cancelled"), say("Cancelled meetings appear here with their reason."))
        }
    }

    private func row(_ row: BookingRowModel) -> HTML {
        let state = row.booking.state
        return """
            <li class="booking-row">\
            <time class="when">\(TimeWords.range(state.starts, state.ends, in: zone, clock))</time>\
            <div class="stack tight"><a class="row-link" href="\(Path("/calendar/bookings/\(row.booking.id)"))">\
            <b><bdi>\(row.booking.attendee.name)</bdi></b></a>\
            <span class="meta third">\(row.booking.attendee.email)</span></div>\
            <div class="stack tight"><span>\(row.link.rules.title)</span>\
            <span class="meta third">\(row.link.rules.firstLocation.openWords)</span></div>\
            \(Components.state(BookingWords.mark(state.status), BookingWords.state(state.status)))</li>
            """
    }

    package static var example: BookingsPage {
        BookingsPage(
            principal: .example, bucket: .upcoming, rows: [BookingRowModel(booking: .example, link: .example)],
            zone: .utc, clock: .twentyFour, today: Zone.utc.local(at: Booking.example.state.starts).date, later: nil)
    }
}

/// `/calendar/bookings/<id>`.
package struct HostBookingPage: Page {
    let principal: Principal
    let booking: Booking
    let link: Link
    let history: [BookingRecord]
    let zone: Zone
    let clock: HourClock
    let now: Instant
    var filled = Filled.empty
    var refusal: String?

    package var html: HTML {
        let state = booking.state
        let when = "\(TimeWords.dayAndTime(state.starts, in: zone, clock))"
        return Layout.app(title: booking.attendee.name, tab: .bookings, principal, """
            \(Components.crumbs([(plain("Bookings"), "/calendar/bookings")], booking.attendee.name))\
            \(refusal.map { Components.banner(.fails, "\($0)") })\
            <header class="page-head"><div class="stack near"><p>\
            \(Components.state(BookingWords.mark(state.status), BookingWords.state(state.status)))</p>\
            <h1>\(when)</h1><p class="second">\(say("\(TimeWords.city(zone)) time."))</p></div></header>\
            \(BookingFacts(booking: booking, link: link, showsAddress: true).html)\(past)\(cancel)
            """)
    }

    private var past: HTML {
        """
        <section class="stack near" aria-labelledby="history"><h2 class="label" id="history">\(say("History"))</h2>\
        <ol class="steps history" role="list">\(each: history, { record in """
            <li><time class="meta third">\(TimeWords.dayAndTime(record.at, in: zone, clock))</time>\
            <div>\(words(record))</div></li>
            """ })</ol></section>
        """
    }

    private func words(_ record: BookingRecord) -> String {
        let byHost = record.actor.hasPrefix("user") || record.actor.hasPrefix("key")
        switch record.event {
        case "booked": return plain("Booked")
        case "rescheduled":
            let to = record.to.map { TimeWords.dayAndTime($0, in: zone, clock) } ?? ""
            return byHost ? plain("Moved by the host to \(to)") : plain("Moved by the attendee to \(to)")
        case "cancelled": return byHost ? plain("Cancelled by the host") : plain("Cancelled by the attendee")
        default: return record.event
        }
    }

    private var cancel: HTML {
        guard booking.state.status == .confirmed, now < booking.state.starts, principal.may(.manageBookings),
              principal.sees == nil || booking.hosts.contains(where: { $0.id == principal.sees })
        else {
            return .empty
        }
        let name = booking.attendee.name
        return """
            <section class="stack near" aria-labelledby="cancel"><h2 class="label" id="cancel">\
            \(say("Cancel the meeting"))</h2>\
            <p class="second">\(say("\(name) gets a mail at once, and the time becomes free."))</p>\
            \(Components.form(action: Path("/calendar/bookings/\(booking.id)/cancellation"), csrf: principal, """
                \(Components.mistakes(filled))\
                \(Components.textarea("reason", plain("Message to \(name)"), in: filled, optional: plain("optional")))\
                <p>\(Components.button(plain("Cancel the meeting"), .danger))</p>
                """))</section>
            """
    }

    package static var example: HostBookingPage {
        HostBookingPage(
            principal: .example, booking: .example, link: .example, history: [], zone: .utc, clock: .twentyFour,
            now: Booking.example.createdAt)
    }
}
