/// What the API's calls about series do, take and answer; and how a link says that it repeats.
import Web

extension APIOperation {
    static let series: [String: APIOperation] = [
        "POST /api/v1/public/links/:slug/occurrences": APIOperation(
            summary: "The meetings of a series one by one, before it is booked: free, or why not. Stores nothing.",
            body: "OccurrencesAsk", success: (200, reference("Occurrences")), problems: [401, 404, 410, 422]),
        "GET /api/v1/public/bookings/:token/series": APIOperation(
            summary: "The series a booking is in.", success: (200, reference("Series")), problems: [404, 410]),
        "POST /api/v1/public/bookings/:token/series/cancel": APIOperation(
            summary: "Cancel this and the later meetings, or all that are to come.", body: "SeriesCancellation",
            success: (200, reference("Series")), problems: [404, 409, 410, 422], takesKey: true),
        "POST /api/v1/public/bookings/:token/series/reschedule": APIOperation(
            summary: "Move this meeting to a time and others along; the answer holds their new tokens.",
            body: "SeriesMove", success: (200, reference("Series")), problems: [404, 409, 410, 422], takesKey: true),
        "GET /api/v1/bookings/:id/series": APIOperation(
            summary: "The series a booking is in.", success: (200, reference("Series")), problems: [404]),
        "POST /api/v1/bookings/:id/series/cancellation": APIOperation(
            summary: "Cancel this and the later meetings, or all that are to come.", body: "SeriesCancellation",
            success: (200, reference("Series")), problems: [404, 409, 422], takesKey: true),
        "POST /api/v1/bookings/:id/series/reschedule": APIOperation(
            summary: "Move this meeting to a time and others along.", body: "SeriesMove",
            success: (200, reference("Series")), problems: [404, 409, 422], takesKey: true),
    ]
}

extension APISchemas {
    static let series: [(String, JSON)] = [
        ("OccurrencesAsk", object([
            ("start", instant), ("duration", whole(5, 480)), ("recurrence", recurrence), ("timezone", string),
            ("holdToken", text(100)),
        ], required: ["start", "recurrence"], strict: true)),
        ("Occurrences", object([
            ("everyWeeks", ["type": "integer"]), ("count", ["type": "integer"]), ("timezone", string),
            ("occurrences", array(plannedMeeting)),
        ], required: ["everyWeeks", "count", "timezone", "occurrences"])),
        ("Series", object([
            ("id", string), ("everyWeeks", ["type": "integer"]), ("count", ["type": "integer"]), ("timezone", string),
            ("createdAt", instant), ("changed", array(string)), ("occurrences", array(seriesMeeting)),
        ], required: ["id", "everyWeeks", "count", "timezone", "occurrences"])),
        ("SeriesCancellation", object(
            [("part", parts), ("reason", text(1000))], required: ["part"], strict: true)),
        ("SeriesMove", object([
            ("part", parts), ("start", instant), ("reason", text(1000)), ("leaveTaken", flag),
        ], required: ["part", "start"], strict: true)),
    ]

    /// How a link repeats; null where it takes one meeting at a time.
    static let recurring: JSON = [
        "type": ["object", "null"], "properties": .object([
            ("everyWeeks", [
                "type": ["integer", "null"], "minimum": .int(Int64(LinkSeries.everyWeeks.lowerBound)),
                "maximum": .int(Int64(LinkSeries.everyWeeks.upperBound)),
            ]),
            ("count", whole(Int64(LinkSeries.counts.lowerBound), Int64(LinkSeries.counts.upperBound))),
            ("countIs", words(LinkSeries.CountIs.allCases.map(\.rawValue))),
            ("host", words(LinkSeries.HostRule.allCases.map(\.rawValue))),
        ]),
        "additionalProperties": false,
    ]

    static let openRecurring: JSON = [
        "type": ["object", "null"], "properties": .object([
            ("everyWeeks", ["type": "integer"]), ("count", ["type": "integer"]), ("countIs", string),
        ]),
    ]

    /// How many meetings a booker asks for; `exceptions` with a null `start` are left out.
    static let recurrence: JSON = [
        "type": ["object", "null"], "properties": .object([
            ("count", whole(1, Int64(LinkSeries.counts.upperBound))),
            ("exceptions", ["type": "array", "maxItems": 51, "items": object([
                ("index", whole(1, 51)), ("start", ["type": ["string", "null"], "format": "date-time"]),
            ], required: ["index"], strict: true)]),
        ]),
        "additionalProperties": false,
    ]

    static let seriesPlace = object([
        ("id", string), ("index", ["type": "integer"]), ("count", ["type": "integer"]),
        ("everyWeeks", ["type": "integer"]),
    ], required: ["id", "index", "count", "everyWeeks"])

    static let seriesMeeting = object([
        ("id", string), ("index", ["type": "integer"]), ("status", APIOperation.reference("BookingStatus")),
        ("start", instant), ("end", instant), ("version", ["type": "integer"]), ("token", string),
    ], required: ["id", "index", "status", "start", "end"])

    static let plannedMeeting = object([
        ("index", ["type": "integer"]), ("start", instant), ("end", instant), ("free", flag), ("reason", string),
        ("alternatives", array(instant)),
    ], required: ["index", "start", "end", "free"])

    private static let parts = words(SeriesPart.allCases.map(\.rawValue))

    private static func whole(_ least: Int64, _ most: Int64) -> JSON {
        ["type": "integer", "minimum": .int(least), "maximum": .int(most)]
    }
}
