/// What the API says of sign-up sheets.
import Scheduling
import Web

extension APIOperation {
    static let sheets: [String: APIOperation] = [
        "GET /api/v1/sheets": APIOperation(
            summary: "Sign-up sheets, newest first, without their addresses and what is left of them.", query: page,
            success: (200, list(of: "ListedSheet")), problems: [422]),
        "POST /api/v1/sheets": APIOperation(
            summary: "Offer up to sixty times with places; the address is told once.",
            body: "NewSheet", success: (201, reference("Sheet")), problems: [409, 422], takesKey: true),
        "GET /api/v1/sheets/:id": APIOperation(
            summary: "One sheet with its sign-ups, without its address.", success: (200, reference("Sheet")),
            problems: [404]),
        "DELETE /api/v1/sheets/:id": APIOperation(
            summary: "Forget it, once nobody who signed up is still to come.", success: (204, nil),
            problems: [404, 409]),
        "GET /api/v1/public/sheets/:token": APIOperation(
            summary: "Its times and the places that are left.", success: (200, reference("OpenSheet")),
            problems: [404, 410]),
        "POST /api/v1/public/sheets/:token/sign-ups": APIOperation(
            summary: "Take places of one or several times: all of them or none.", body: "NewSignUps",
            success: (201, reference("SignUps")), problems: [404, 409, 410, 422], takesKey: true),
    ]
}

extension APISchemas {
    private static let length: JSON = [
        "type": "integer", "minimum": .int(Int64(OneOff.lengths.lowerBound)),
        "maximum": .int(Int64(OneOff.lengths.upperBound)),
    ]
    private static let places: JSON = ["type": "integer", "minimum": 1, "maximum": 100]
    private static let perAddress: JSON = ["type": "integer", "minimum": 1, "maximum": 10]
    private static let count: JSON = ["type": "integer", "minimum": 0]

    private static func time(tellsLeft: Bool = true, _ more: [(String, JSON)] = []) -> JSON {
        let members: [(String, JSON)] = [
            ("start", instant), ("end", instant), ("durationMinutes", length), ("label", string), ("places", places),
        ] + (tellsLeft ? [("placesLeft", count)] : [])
        return array(object(members + more, required: members.map(\.0)))
    }

    private static func sheet(_ times: JSON, _ more: [(String, JSON)] = []) -> JSON {
        object(
            [
                ("id", string), ("state", words(["open", "closed"])), ("title", string), ("note", string),
                ("place", string), ("timezone", string), ("reserves", flag), ("perAddress", perAddress),
                ("showsNames", flag), ("closesAt", instant), ("times", times), ("hostId", string),
                ("createdAt", instant), ("closedAt", ["type": ["string", "null"], "format": "date-time"]),
            ] + more,
            required: [
                "id", "state", "title", "timezone", "reserves", "perAddress", "closesAt", "times", "createdAt",
            ])
    }

    static let sheets: [(String, JSON)] = [
        ("NewSheet", object([
            ("title", text(120)), ("note", text(Int64(Sheet.longestNote))),
            ("place", text(Int64(OneOff.longestPlace))), ("timezone", string),
            ("times", [
                "type": "array", "minItems": 1, "maxItems": .int(Int64(Sheet.mostTimes)),
                "items": object(
                    [
                        ("start", instant), ("durationMinutes", length), ("places", places),
                        ("label", text(Int64(Sheet.longestLabel))),
                    ], required: ["start", "durationMinutes"], strict: true),
            ]),
            ("closesAt", instant), ("perAddress", perAddress), ("showsNames", flag), ("reserves", flag),
            ("hostId", string),
        ], required: ["title", "timezone", "times"], strict: true)),
        ("ListedSheet", sheet(time(tellsLeft: false))),
        ("Sheet", sheet(time(), [
            ("signUps", array(["$ref": "#/components/schemas/Booking"])), ("url", string),
        ])),
        ("OpenSheet", object([
            ("title", string), ("note", string), ("place", string),
            ("hosts", array(object([("name", string)], required: ["name"]))), ("timezone", string),
            ("closesAt", instant), ("perAddress", perAddress), ("times", time([("names", array(string))])),
        ], required: ["title", "timezone", "closesAt", "perAddress", "times"])),
        ("NewSignUps", object([
            ("starts", ["type": "array", "minItems": 1, "maxItems": 10, "items": instant]), ("timezone", string),
            ("attendee", object([
                ("name", text(200)), ("email", ["type": "string", "format": "email", "maxLength": 254]),
                ("phone", text(40)), ("locale", text(35)),
            ], required: ["name", "email"], strict: true)),
            ("utm", ["type": "object", "additionalProperties": text(255)]),
        ], required: ["starts", "timezone", "attendee"], strict: true)),
        ("SignUps", object(
            [("signUps", array(["$ref": "#/components/schemas/Booking"]))], required: ["signUps"])),
    ]
}
