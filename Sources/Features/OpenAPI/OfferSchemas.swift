/// What the API says of kept offers, of a day out, and of handing over what a leaving member does.
import Web

extension APIOperation {
    static let offers: [String: APIOperation] = [
        "GET /api/v1/links/:id/offers": APIOperation(
            summary: "Offers of a link whose times are or were kept, newest first.", query: page,
            success: (200, list(of: "Offer")), problems: [404, 422]),
        "POST /api/v1/links/:id/offers": APIOperation(
            summary: "Keep up to ten times for whoever has their addresses, which are told once. All or none.",
            body: "NewOffer", success: (201, reference("Offer")), problems: [404, 409, 410, 422], takesKey: true),
        "GET /api/v1/links/:id/offers/:offer": APIOperation(
            summary: "One offer, without its addresses.", success: (200, reference("Offer")), problems: [404]),
        "DELETE /api/v1/links/:id/offers/:offer": APIOperation(
            summary: "Let its times go: they are free for everybody.", success: (204, nil), problems: [404]),
    ]

    static let deeds: [String: APIOperation] = [
        "GET /api/v1/out-today": APIOperation(
            summary: "Meetings of today or `day` that are to come, the key owner’s or `user`’s, and what can be done.",
            query: [
                ("day", ["type": "string", "format": "date"]), ("user", ["type": "string", "maxLength": 40]),
            ], success: (200, reference("DayOut")),
            problems: [422]),
        "POST /api/v1/out-today": APIOperation(
            summary: "Close the day, and keep, ask about, give away or cancel each meeting that is named.",
            body: "NewDayOut", success: (200, reference("DayOutDone")), problems: [422], takesKey: true),
        "GET /api/v1/members/:id/hand-over": APIOperation(
            summary: "The open links and coming bookings of a member, and who could take them over; for admins.",
            success: (200, reference("Duties")), problems: [404]),
        "POST /api/v1/members/:id/hand-over": APIOperation(
            summary: "Give away or end links and bookings of a member, and remove them if asked; each by itself.",
            body: "NewHandOver", success: (200, reference("HandedOver")), problems: [404, 422],
            takesKey: true),
    ]
}

extension APISchemas {
    private static let noText: JSON = ["type": ["string", "null"]]
    private static let noInstant: JSON = ["type": ["string", "null"], "format": "date-time"]
    private static let date: JSON = ["type": "string", "format": "date"]
    private static let number: JSON = ["type": "integer"]

    static let offers: [(String, JSON)] = [
        ("NewOffer", object([
            ("starts", [
                "type": "array", "items": instant, "minItems": 1, "maxItems": .int(Int64(Offer.mostTimes)),
            ]),
            ("until", instant), ("duration", ["type": "integer", "minimum": 5, "maximum": 480]),
            ("timezone", string), ("whom", text(Int64(KeptOffer.longestWhom))),
        ], required: ["starts", "until", "timezone"], strict: true)),
        ("Offer", object([
            ("id", string), ("linkId", string), ("state", words(KeptOfferState.allCases.map(\.rawValue))),
            ("whom", string), ("durationMinutes", number), ("timezone", string), ("until", instant),
            ("times", array(object([
                ("start", instant), ("end", instant), ("until", instant), ("url", string), ("holdToken", string),
            ], required: ["start", "end", "until"]))),
            ("bookingId", noText), ("createdAt", instant), ("endedAt", noInstant), ("text", string), ("html", string),
        ], required: ["id", "linkId", "state", "durationMinutes", "timezone", "until", "times", "createdAt"])),
    ]

    static let deeds: [(String, JSON)] = [
        ("DayOut", object([
            ("day", date), ("timezone", string),
            ("meetings", array(object([
                ("bookingId", string), ("title", string), ("start", instant), ("end", instant),
                ("attendee", object([("name", string)])), ("deeds", array(out)),
                ("freeHosts", ["type": ["integer", "null"]]),
            ], required: ["bookingId", "title", "start", "end", "deeds"]))),
        ], required: ["day", "timezone", "meetings"])),
        ("NewDayOut", object([
            ("day", date), ("user", text(40)), ("closes", flag),
            ("meetings", array(object(
                [("bookingId", string), ("deed", out), ("message", text(1000))], required: ["bookingId", "deed"],
                strict: true))),
        ], strict: true)),
        ("DayOutDone", object([
            ("day", date), ("closed", flag),
            ("meetings", array(object(
                [("bookingId", string), ("deed", out), ("done", flag), ("problem", noText)],
                required: ["bookingId", "deed", "done", "problem"]))),
        ], required: ["day", "closed", "meetings"])),
        ("Duties", object([
            ("memberId", string), ("name", string),
            ("links", array(object([
                ("id", string), ("title", string), ("slug", string), ("kind", string), ("hosts", array(string)),
            ], required: ["id", "title", "slug", "kind", "hosts"]))),
            ("bookings", array(object([
                ("id", string), ("linkId", string), ("start", instant), ("end", instant),
                ("attendee", object([("name", string)])),
            ], required: ["id", "linkId", "start", "end"]))),
            ("colleagues", array(object([("id", string), ("name", string)], required: ["id", "name"]))),
        ], required: ["memberId", "name", "links", "bookings", "colleagues"])),
        ("NewHandOver", object([
            ("links", array(deed(["give", "leave", "off"]))), ("bookings", array(deed(["give", "next", "cancel"]))),
            ("message", text(1000)), ("removes", flag),
        ], strict: true)),
        ("HandedOver", object([
            ("memberId", string),
            ("outcomes", array(object(
                [("what", string), ("done", flag), ("problem", noText)], required: ["what", "done", "problem"]))),
        ], required: ["memberId", "outcomes"])),
    ]

    private static let out = words(["keep", "ask", "give", "cancel"])

    private static func deed(_ names: [String]) -> JSON {
        object([("id", string), ("deed", words(names)), ("to", string)], required: ["id", "deed"], strict: true)
    }
}
