/// What the API says of single-use links.
import Scheduling
import Web

extension APIOperation {
    static let singleUse: [String: APIOperation] = [
        "GET /api/v1/single-use-links": APIOperation(
            summary: "Single-use links, newest first, without their addresses.",
            query: page + [("state", APISchemas.words(SingleUseState.allCases.map(\.rawValue)))],
            success: (200, list(of: "SingleUseLink")), problems: [422]),
        "POST /api/v1/single-use-links": APIOperation(
            summary: "Make an address of a link for one person and one booking; it is told once.",
            body: "NewSingleUseLink", success: (201, reference("SingleUseLink")), problems: [404, 409, 410, 422],
            takesKey: true),
        "GET /api/v1/single-use-links/:id": APIOperation(
            summary: "One single-use link, without its address.", success: (200, reference("SingleUseLink")),
            problems: [404]),
        "DELETE /api/v1/single-use-links/:id": APIOperation(
            summary: "Take it back: nothing can be booked with it any more.", success: (204, nil), problems: [404]),
        "GET /api/v1/public/single-use/:token": APIOperation(
            summary: "For whom it is, and the link it leads to.", success: (200, reference("OpenSingleUse")),
            problems: [404, 410]),
        "GET /api/v1/public/single-use/:token/slots": APIOperation(
            summary: "Free times by date, at most 92 days.",
            query: [
                ("from", ["type": "string", "format": "date"]), ("to", ["type": "string", "format": "date"]),
                ("timezone", text), ("duration", ["type": "integer", "minimum": 5, "maximum": 480]),
            ], requiredQuery: ["from", "to"], success: (200, reference("Slots")), problems: [404, 410, 422]),
        "POST /api/v1/public/single-use/:token/bookings": APIOperation(
            summary: "Book a time for its contact, or ask the host for somebody else; the first booking uses it up.",
            body: "SingleUseBooking", success: (201, reference("Booking")), problems: [404, 409, 410, 422],
            takesKey: true),
    ]
}

extension APISchemas {
    private static let answers: JSON = [
        "type": "object", "additionalProperties": answer,
    ]
    private static let noText: JSON = ["type": ["string", "null"]]
    private static let noInstant: JSON = ["type": ["string", "null"], "format": "date-time"]

    static let singleUse: [(String, JSON)] = [
        ("NewSingleUseLink", object([
            ("linkId", string), ("name", text(Int64(BookingLimits.name))), ("email", string), ("answers", answers),
            ("hostId", string), ("revives", flag), ("expiresAt", instant),
        ], required: ["linkId", "name", "email"], strict: true)),
        ("SingleUseLink", object([
            ("id", string), ("linkId", string), ("state", words(SingleUseState.allCases.map(\.rawValue))),
            ("name", string), ("email", string), ("answers", answers), ("hostId", noText), ("revives", flag),
            ("expiresAt", noInstant), ("bookingId", noText), ("mailedAt", noInstant), ("createdAt", instant),
            ("withdrawnAt", noInstant), ("url", string),
        ], required: ["id", "linkId", "state", "name", "email", "revives", "createdAt"])),
        ("OpenSingleUse", object([
            ("contact", object([("name", string), ("email", string)], required: ["name", "email"])),
            ("answers", answers), ("expiresAt", noInstant), ("link", ["$ref": "#/components/schemas/OpenLink"]),
        ], required: ["contact", "link"])),
    ]
}
