/// Series as the API tells them.
import Scheduling
import Web

enum SeriesJSON {
    /// What a booking says of the series it is in.
    static func place(_ place: SeriesPlace) -> JSON {
        [
            "id": .string(place.series.text), "index": .int(Int64(place.index)), "count": .int(Int64(place.count)),
            "everyWeeks": .int(Int64(place.weeks)),
        ]
    }

    static func occurrence(_ booking: Booking, token: String?, _ zones: Zones) -> JSON {
        let zone = zones.zone(booking.attendee.zone)
        return JSON(present: [
            ("id", .string(booking.id.text)), ("index", .int(Int64(booking.series?.index ?? 0))),
            ("status", .string(booking.state.status.rawValue)),
            ("start", .string(booking.state.starts.rfc3339(in: zone))),
            ("end", .string(booking.state.ends.rfc3339(in: zone))), ("version", .int(Int64(booking.state.version))),
            ("token", token.map { .string($0) }),
        ])
    }

    /// - Parameters:
    ///   - changed: those that a change was about; nil for a look.
    ///   - tokens: told once, to their attendee.
    static func series(
        _ series: Series, _ bookings: [Booking], changed: [ID<Booking>]? = nil, tokens: [ID<Booking>: String] = [:],
        _ zones: Zones
    ) -> JSON {
        JSON(present: [
            ("id", .string(series.id.text)), ("everyWeeks", .int(Int64(series.weeks))),
            ("count", .int(Int64(series.count))), ("timezone", .string(series.anchorZone)),
            ("createdAt", .string(series.createdAt.rfc3339())),
            ("changed", changed.map { .array($0.map { .string($0.text) }) }),
            ("occurrences", .array(bookings.map { occurrence($0, token: tokens[$0.id], zones) })),
        ])
    }

    static func plan(_ plan: SeriesPlan) -> JSON {
        [
            "everyWeeks": .int(Int64(plan.weeks)), "count": .int(Int64(plan.count)),
            "timezone": .string(plan.zone.name),
            "occurrences": .array(plan.occurrences.map { $0.json(in: plan.zone) }),
        ]
    }
}
