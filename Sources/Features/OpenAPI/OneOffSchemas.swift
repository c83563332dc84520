/// What the API says of one-offs.
import Scheduling
import Web

extension APIOperation {
    static let oneOffs: [String: APIOperation] = [
        "GET /api/v1/one-offs": APIOperation(
            summary: "One-offs, newest first, without their addresses.", query: page,
            success: (200, list(of: "OneOff")), problems: [422]),
        "POST /api/v1/one-offs": APIOperation(
            summary: "Offer up to ten times for one meeting; the address is told once.",
            body: "NewOneOff", success: (201, reference("OneOff")), problems: [409, 422], takesKey: true),
        "GET /api/v1/one-offs/:id": APIOperation(
            summary: "One one-off, without its address.", success: (200, reference("OneOff")), problems: [404]),
        "DELETE /api/v1/one-offs/:id": APIOperation(
            summary: "Take it back: its times are free.", success: (204, nil), problems: [404]),
        "GET /api/v1/public/one-offs/:token": APIOperation(
            summary: "The times that can be picked.", success: (200, reference("OpenOneOff")), problems: [404, 410]),
        "POST /api/v1/public/one-offs/:token/bookings": APIOperation(
            summary: "Pick one of the times; the first pick is the meeting.", body: "OneOffBooking",
            success: (201, reference("Booking")), problems: [404, 409, 410, 422], takesKey: true),
    ]
}

extension APISchemas {
    private static let length: JSON = [
        "type": "integer", "minimum": .int(Int64(OneOff.lengths.lowerBound)),
        "maximum": .int(Int64(OneOff.lengths.upperBound)),
    ]

    static let oneOffs: [(String, JSON)] = [
        ("NewOneOff", object([
            ("title", text(120)), ("place", text(Int64(OneOff.longestPlace))), ("timezone", string),
            ("times", [
                "type": "array", "minItems": 1, "maxItems": .int(Int64(OneOff.mostTimes)),
                "items": object(
                    [("start", instant), ("durationMinutes", length)], required: ["start", "durationMinutes"],
                    strict: true),
            ]),
            ("expiresAt", instant), ("reserves", flag), ("hostId", string),
        ], required: ["title", "timezone", "times", "expiresAt"], strict: true)),
        ("OneOff", object([
            ("id", string), ("state", words(OneOffState.allCases.map(\.rawValue))), ("title", string),
            ("place", string), ("timezone", string), ("reserves", flag), ("expiresAt", instant),
            ("times", array(object(
                [("start", instant), ("end", instant), ("durationMinutes", length)],
                required: ["start", "end", "durationMinutes"]))),
            ("hostId", string), ("bookingId", ["type": ["string", "null"]]), ("createdAt", instant),
            ("endedAt", ["type": ["string", "null"], "format": "date-time"]), ("url", string),
        ], required: ["id", "state", "title", "timezone", "reserves", "expiresAt", "times", "createdAt"])),
        ("OpenOneOff", object([
            ("title", string), ("place", string), ("hosts", array(object([("name", string)], required: ["name"]))),
            ("timezone", string), ("expiresAt", instant),
            ("times", array(object(
                [("start", instant), ("end", instant), ("durationMinutes", length), ("free", flag)],
                required: ["start", "end", "durationMinutes", "free"]))),
        ], required: ["title", "timezone", "expiresAt", "times"])),
    ]
}
