/// A session in a list of bookings: one row, its people inside.
import Database
import Scheduling
import Web

extension BookingRowModel {
    /// Rows in the order of the bookings; those of one session that people still come to are one. Who asks for a place
    /// is a row of their own, to be answered.
    package static func rows(
        _ bookings: [Booking], titles: [ID<Link>: String], scope: Scope, in tx: Transaction
    ) throws -> [BookingRowModel] {
        let ids = Set(bookings.compactMap { $0.takesSeats ? $0.session : nil })
        let sessions = try SeatStore.find(ids, now: Instant(0), scope: scope, in: tx)
        var places: [ID<GroupSession>: Int] = [:]
        return bookings.reduce(into: []) { rows, booking in
            var row = BookingRowModel(booking: booking, title: titles[booking.link] ?? "")
            guard booking.takesSeats, !booking.isWaiting, let id = booking.session, let session = sessions[id] else {
                return rows.append(row)
            }
            if let place = places[id] { return rows[place].people.append(booking) }
            places[id] = rows.count
            (row.session, row.people) = (session, [booking])
            rows.append(row)
        }
    }

    package var path: Path {
        session.map { Path("/calendar/sessions/\($0.id)") } ?? Path("/calendar/bookings/\(booking.id)")
    }

    /// Whom or what the row is called by.
    package var name: String { session == nil ? booking.attendee.name : title }

    /// What stands below.
    package var note: String {
        session.map { plain("\($0.taken) of \($0.capacity) places taken") } ?? title
    }
}

struct SessionRow: Sendable {
    let row: BookingRowModel
    let session: GroupSession
    let zone: Zone
    let clock: HourClock

    var html: HTML {
        let times = TimeWords.range(session.starts, session.ends, in: zone, clock)
        let state = row.people.contains { $0.state.status == .confirmed } ? .confirmed : row.booking.state.status
        return """
            <li class="booking-row">\
            <time class="when"><bdi dir="ltr">\(times)</bdi></time>\
            <div class="stack tight"><a class="row-link" href="\(row.path)"><b><bdi>\(row.title)</bdi></b></a>\
            <span class="meta third">\(row.note)</span></div>\
            <div class="stack"><details class="more"><summary class="button quiet">\(Components.icon(.users))\
            \(say("Who comes"))</summary><ul class="rows" role="list">\(each: row.people, person)</ul></details></div>\
            \(Components.state(BookingWords.mark(state), BookingWords.state(state)))</li>
            """
    }

    private func person(_ booking: Booking) -> HTML {
        let more: HTML = booking.guests.isEmpty ? .empty
            : " · \(say("\(booking.guests.count)|one:and one guest|other:and %1 guests"))"
        return """
            <li class="row"><p class="cut"><a class="row-link" href="\(Path("/calendar/bookings/\(booking.id)"))">\
            <bdi>\(booking.attendee.name)</bdi></a>\
            <br><span class="third"><bdi>\(booking.attendee.email)</bdi>\(more)</span></p></li>
            """
    }
}
