/// What the API says of waitlists: joining one, who waits, and taking somebody off.
import Web

extension APIOperation {
    static let waitlists: [String: APIOperation] = [
        "GET /api/v1/links/:id/waitlist": APIOperation(
            summary: "Who waits for a place of a link, and who did, in the order they came.", query: page,
            success: (200, list(of: "WaitlistEntry")), problems: [404, 422]),
        "DELETE /api/v1/waitlist/:id": APIOperation(
            summary: "Take somebody off a waitlist; what was kept for them goes to the next in line.",
            success: (204, nil), problems: [404, 409]),
        "POST /api/v1/public/links/:slug/waitlist": APIOperation(
            summary: "Wait for a full day (any time of it) or a full session; the same answer for every address.",
            body: "NewWaitlistEntry", success: (202, reference("Waiting")), problems: [401, 404, 409, 410, 422]),
    ]
}

extension APISchemas {
    private static let date: JSON = ["type": "string", "format": "date"]
    private static let noDate: JSON = ["type": ["string", "null"], "format": "date"]
    private static let noInstant: JSON = ["type": ["string", "null"], "format": "date-time"]

    static let linkWaitlist: [(String, JSON)] = [
        ("waitlist", flag),
        ("waitlistHoldMinutes", [
            "type": "integer", "minimum": .int(Int64(LinkWaitlist.minutesKept.lowerBound)),
            "maximum": .int(Int64(LinkWaitlist.minutesKept.upperBound)),
        ]),
    ]

    static let waitlists: [(String, JSON)] = [
        ("NewWaitlistEntry", object([
            ("start", instant), ("day", date), ("duration", ["type": "integer", "minimum": 5, "maximum": 480]),
            ("timezone", string), ("emailCode", text(20)), ("proof", text(Int64(Proof.longest))),
            ("attendee", object([
                ("name", text(Int64(BookingLimits.name))), ("email", ["type": "string", "maxLength": 254]),
                ("locale", text(35)),
            ], required: ["name", "email"], strict: true)),
        ], required: ["attendee", "timezone"], strict: true)),
        ("Waiting", object(
            [("state", string), ("start", noInstant), ("day", noDate), ("offerMinutes", ["type": "integer"])],
            required: ["state", "offerMinutes"])),
        ("WaitlistEntry", object([
            ("id", string), ("state", words(WaitlistState.allCases.map(\.rawValue))), ("day", noDate),
            ("start", noInstant), ("durationMinutes", ["type": "integer"]),
            ("attendee", object([("name", string), ("email", string), ("timezone", string)])),
            ("offer", ["oneOf": .array([object([("start", instant), ("until", instant)]), ["type": "null"]])]),
            ("bookingId", ["type": ["string", "null"]]), ("createdAt", instant), ("endedAt", noInstant),
        ], required: ["id", "state", "day", "start", "attendee", "offer", "createdAt"])),
    ]
}
