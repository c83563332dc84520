/// What follows from a change of several bookings of a series: one mail to each person that tells of all of them.
import Database
import Scheduling
import Web

package enum SeriesJobs {
    package static let kind = "series_mail"

    /// Plans the mails of one change.
    /// - Parameters:
    ///   - bookings: as they are after the change, in their order.
    ///   - version: the series', which sets the mails of this change apart from others.
    static func tell(
        _ news: BookingNews, of bookings: [Booking], series: ID<Series>, version: Int, world: World, now: Instant,
        scope: Scope, in tx: Transaction
    ) throws {
        guard let last = bookings.map(\.state.ends).max() else { return }
        for (recipient, told) in parties(bookings) {
            let job = NewJob(
                kind: kind, workspace: scope.workspace, subject: series.text, version: version,
                payload: payload(news, recipient, told), dedupeKey: "\(kind)|\(series)|\(version)|\(recipient)",
                ordering: "\(series)|\(recipient)", runAt: now, notAfter: last)
            try tx.enqueue(job, now: now, id: world.id())
        }
    }

    /// Everybody who hears of it, with the bookings they take part in and who they are there.
    private static func parties(_ bookings: [Booking]) -> [(recipient: String, [(Booking, String)])] {
        var order: [String] = [], told: [String: [(Booking, String)]] = [:]
        func add(_ key: String, _ booking: Booking, as recipient: String) {
            if told[key] == nil { order.append(key) }
            told[key, default: []].append((booking, recipient))
        }
        for booking in bookings {
            // Who mistyped their address may have put it right in one of them.
            add("attendee:\(booking.attendee.email.lowercased())", booking, as: "attendee")
            for host in booking.hosts { add(host.id.text, booking, as: host.id.text) }
            // A guest may stand at another place in another booking.
            for (place, guest) in booking.guests.enumerated() {
                add("guest:\(guest.lowercased())", booking, as: "guest.\(place)")
            }
        }
        return order.enumerated().map { place, key in
            // Addresses are for no job. The first is the attendee of the first booking.
            let name = key.prefix { $0 != ":" }
            return (name == key ? key : place == 0 ? "attendee" : "\(name).\(place)", told[key] ?? [])
        }
    }

    private static func payload(_ news: BookingNews, _ recipient: String, _ told: [(Booking, String)]) -> String {
        JSON(present: [
            ("news", .string(news.rawValue)), ("recipient", .string(recipient)),
            ("bookings", .array(told.map { booking, who in
                [.string(booking.id.text), .int(Int64(booking.state.version)), .string(who)]
            })),
        ]).text
    }
}
