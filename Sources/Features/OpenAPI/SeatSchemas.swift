/// The shapes of places and of sessions of seats, as JSON Schema 2020-12.
import Scheduling
import Web

extension APISchemas {
    private static let count: JSON = ["type": "integer"]

    static let linkSeats: [(String, JSON)] = [
        ("capacity", [
            "type": "integer", "minimum": .int(Int64(LinkSeats.capacities.lowerBound)),
            "maximum": .int(Int64(LinkSeats.capacities.upperBound)),
        ]),
        ("showsSeats", flag), ("showsNames", flag),
    ]

    /// One start of a link with places, and the bookings that take them.
    static let session = object([
        ("id", string), ("uid", string), ("start", instant), ("end", instant), ("open", flag), ("capacity", count),
        ("seatsTaken", count), ("seatsLeft", count), ("link", object([("slug", string), ("title", string)])),
        ("hosts", array(object([("name", string)]))), ("bookings", array(APIOperation.reference("Booking"))),
    ], required: ["id", "start", "end", "open", "capacity", "seatsTaken", "seatsLeft", "bookings"])
}

extension APIOperation {
    static let sessions: [String: APIOperation] = [
        "GET /api/v1/sessions/:id": APIOperation(
            summary: "One session of seats, with the bookings in it.", success: (200, reference("Session")),
            problems: [404]),
        "POST /api/v1/sessions/:id/cancellation": APIOperation(
            summary: "Cancel a session and all its bookings; everybody is told.", body: "Cancellation",
            success: (200, reference("Session")), problems: [404, 409, 422], takesKey: true),
        "POST /api/v1/sessions/:id/reschedule": APIOperation(
            summary: "Move a session with all its bookings; everybody is told.", body: "Move",
            success: (200, reference("Session")), problems: [404, 409, 422], takesKey: true),
    ]
}
