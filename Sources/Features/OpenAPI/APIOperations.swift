/// What each call of the API does, takes and answers; one entry for each route under `/api/v1`.
import Web

extension APIOperation {
    private static let date: JSON = ["type": "string", "format": "date"]
    private static let instant: JSON = ["type": "string", "format": "date-time"]
    static let text: JSON = ["type": "string"]
    private static let minutes: JSON = ["type": "integer", "minimum": 5, "maximum": 480]
    static let page: [(String, JSON)] = [
        ("limit", ["type": "integer", "minimum": 1, "maximum": 200]), ("cursor", text),
    ]
    private static let slots: [(String, JSON)] = [
        ("from", date), ("to", date), ("timezone", text), ("duration", minutes),
    ]

    /// By method and pattern.
    static let all: [String: APIOperation] = people.merging(teams) { $1 }.merging(links) { $1 }.merging(hours) { $1 }
        .merging(webhooks) { $1 }.merging(resources) { $1 }.merging(bookings) { $1 }.merging(sessions) { $1 }
        .merging(strangers) { $1 }.merging(tokens) { $1 }.merging(doors) { $1 }
        .merging(proposals) { $1 }.merging(series) { $1 }.merging(waitlists) { $1 }.merging(templates) { $1 }
        .merging(assistants) { $1 }.merging(forms) { $1 }.merging(offers) { $1 }.merging(deeds) { $1 }
        .merging(singleUse) { $1 }.merging(oneOffs) { $1 }.merging(sheets) { $1 }.merging(polls) { $1 }
        .merging(answerFiles) { $1 }

    private static let people: [String: APIOperation] = [
        "GET \(OpenAPI.path)": APIOperation(summary: "This document.", success: (200, ["type": "object"])),
        "GET /api/v1/me": APIOperation(summary: "Whose key this is.", success: (200, reference("Me"))),
        "PATCH /api/v1/me": APIOperation(
            summary: "Change the fields that are sent.", body: "MeBody", success: (200, reference("Me")),
            problems: [409, 422]),
        "GET /api/v1/keys": APIOperation(
            summary: "Keys; their text is never told again.", query: page, success: (200, list(of: "Key")),
            problems: [422]),
        "POST /api/v1/keys": APIOperation(
            summary: "Make a key; its text is told once.", body: "NewKey", success: (201, reference("Key")),
            problems: [422], takesKey: true),
        "DELETE /api/v1/keys/:id": APIOperation(summary: "Revoke a key.", success: (204, nil), problems: [404]),
    ]

    private static let teams: [String: APIOperation] = [
        "GET /api/v1/members": APIOperation(
            summary: "Who works here.", query: page, success: (200, list(of: "Member")), problems: [422]),
        "GET /api/v1/members/:id": APIOperation(
            summary: "One member.", success: (200, reference("Member")), problems: [404]),
        "GET /api/v1/teams": APIOperation(
            summary: "Teams, newest first.", query: page, success: (200, list(of: "Team")), problems: [422]),
        "POST /api/v1/teams": APIOperation(
            summary: "Make a team.", body: "TeamBody", success: (201, reference("Team")), problems: [422],
            takesKey: true),
        "GET /api/v1/teams/:id": APIOperation(summary: "One team.", success: (200, reference("Team")), problems: [404]),
        "PATCH /api/v1/teams/:id": APIOperation(
            summary: "Change the fields that are sent.", body: "TeamBody", success: (200, reference("Team")),
            problems: [404, 422]),
        "DELETE /api/v1/teams/:id": APIOperation(
            summary: "Delete a team; its people stay.", success: (204, nil), problems: [404]),
    ]

    private static let links: [String: APIOperation] = [
        "GET /api/v1/links": APIOperation(
            summary: "Links, newest first.", query: page + [("active", ["type": "boolean"]), ("host", text)],
            success: (200, list(of: "Link")), problems: [422]),
        "GET /api/v1/links/:id/distribution": APIOperation(
            summary: "How the bookings of a round_robin link fell to its hosts in a month, and why.",
            query: [("month", text)], success: (200, reference("Distribution")), problems: [404, 422]),
        "POST /api/v1/links": APIOperation(
            summary: "Make a link.", body: "LinkBody", success: (201, reference("Link")), problems: [422],
            takesKey: true),
        "GET /api/v1/links/:id": APIOperation(summary: "One link.", success: (200, reference("Link")), problems: [404]),
        "PATCH /api/v1/links/:id": APIOperation(
            summary: "Change the fields that are sent.", body: "LinkBody", success: (200, reference("Link")),
            problems: [404, 409, 422]),
        "GET /api/v1/links/:id/explanation": APIOperation(
            summary: "Why a time (at) or the times of a date can or cannot be booked, host by host.",
            query: [("at", instant), ("date", date), ("duration", minutes)],
            success: (200, reference("Explanation")), problems: [404, 422]),
        "DELETE /api/v1/links/:id": APIOperation(
            summary: "Delete a link; its bookings stay.", success: (204, nil), problems: [404, 409]),
    ]

    private static let hours: [String: APIOperation] = [
        "GET /api/v1/schedules": APIOperation(
            summary: "Schedules, newest first.", query: page, success: (200, list(of: "Schedule")), problems: [422]),
        "POST /api/v1/schedules": APIOperation(
            summary: "Make a schedule.", body: "ScheduleBody", success: (201, reference("Schedule")),
            problems: [422], takesKey: true),
        "GET /api/v1/schedules/:id": APIOperation(
            summary: "One schedule.", success: (200, reference("Schedule")), problems: [404]),
        "PATCH /api/v1/schedules/:id": APIOperation(
            summary: "Change the fields that are sent; links that follow it change at once.", body: "ScheduleBody",
            success: (200, reference("Schedule")), problems: [404, 409, 422]),
        "DELETE /api/v1/schedules/:id": APIOperation(
            summary: "Delete a schedule that no link follows.", success: (204, nil), problems: [404, 409]),
        "GET /api/v1/time-off": APIOperation(
            summary: "Trips and out of office, newest first.", query: page, success: (200, list(of: "TimeOff")),
            problems: [422]),
        "POST /api/v1/time-off": APIOperation(
            summary: "Enter a trip or days out of office.", body: "NewTimeOff", success: (201, reference("TimeOff")),
            problems: [422], takesKey: true),
        "DELETE /api/v1/time-off/:id": APIOperation(
            summary: "Take days back.", success: (204, nil), problems: [404]),
    ]

    private static let bookings: [String: APIOperation] = [
        "GET /api/v1/bookings": APIOperation(
            summary: "Bookings, oldest start first.",
            query: page + [
                ("status", reference("BookingStatus")), ("from", instant), ("to", instant), ("host", text),
                ("link", text), ("q", ["type": "string", "maxLength": 200]),
            ], success: (200, list(of: "Booking")), problems: [422]),
        "GET /api/v1/bookings/:id": APIOperation(
            summary: "One booking.", success: (200, reference("Booking")), problems: [404]),
        "POST /api/v1/bookings/:id/reschedule": APIOperation(
            summary: "Move a booking; the attendee is told.", body: "Move", success: (200, reference("Booking")),
            problems: [404, 409, 422], takesKey: true),
        "POST /api/v1/bookings/:id/no-show": APIOperation(
            summary: "Mark that the attendee did not come; once the meeting has started.",
            success: (200, reference("Booking")), problems: [404, 409, 422], takesKey: true),
        "GET /api/v1/busy": APIOperation(
            summary: "When a person is busy, at most 92 days; without what with.",
            query: [("host", text), ("from", instant), ("to", instant)], requiredQuery: ["from", "to"],
            success: (200, reference("BusyTime")), problems: [404, 422]),
        "POST /api/v1/bookings/:id/reassignment": APIOperation(
            summary: "Give the booking to another host, or to whose turn it is.", body: "Reassignment",
            success: (200, reference("Booking")), problems: [404, 409, 422], takesKey: true),
        "POST /api/v1/bookings/:id/approval": APIOperation(
            summary: "Approve or decline a booking that waits for its host; the attendee is told.", body: "Decision",
            success: (200, reference("Booking")), problems: [404, 409, 422], takesKey: true),
        "POST /api/v1/bookings/:id/cancellation": APIOperation(
            summary: "Cancel a booking; the attendee is told.", body: "Cancellation",
            success: (200, reference("Booking")), problems: [404, 409, 422], takesKey: true),
    ]

    private static let strangers: [String: APIOperation] = [
        "GET /api/v1/public/links/:slug": APIOperation(
            summary: "A link as bookers see it.", success: (200, reference("OpenLink")), problems: [401, 404, 410]),
        "GET /api/v1/public/links/:slug/slots": APIOperation(
            summary: "Free times by date, at most 92 days.", query: slots + [("holdToken", text), ("host", text)],
            requiredQuery: ["from", "to"], success: (200, reference("Slots")), problems: [401, 404, 410, 422]),
        "POST /api/v1/public/links/:slug/holds": APIOperation(
            summary: "Keep a time for ten minutes.", body: "NewHold", success: (201, reference("Hold")),
            problems: [401, 404, 409, 410, 422]),
        "DELETE /api/v1/public/holds/:token": APIOperation(
            summary: "Let a held time go.", success: (204, nil), problems: [404]),
        "POST /api/v1/public/links/:slug/bookings": APIOperation(
            summary: "Book a time.", body: "NewBooking", success: (201, reference("Booking")),
            problems: [401, 404, 409, 410, 422], takesKey: true),
    ]

    private static let doors: [String: APIOperation] = [
        "GET /api/v1/public/teams/:slug": APIOperation(
            summary: "A team's page: its people with their links, and the links of several of them.",
            success: (200, reference("OpenTeam")), problems: [404]),
        "POST /api/v1/public/links/:slug/email-codes": APIOperation(
            summary: "Mail an address the code that a link asks for; the same answer for every address.",
            body: "EmailCodeAsk", success: (204, nil), problems: [401, 404, 410]),
    ]

    private static let tokens: [String: APIOperation] = [
        "GET /api/v1/public/bookings/:token": APIOperation(
            summary: "The booking of a token.", success: (200, reference("Booking")), problems: [404, 410]),
        "GET /api/v1/public/bookings/:token/slots": APIOperation(
            summary: "Times it can be moved to; its own time counts as free.", query: slots,
            requiredQuery: ["from", "to"], success: (200, reference("Slots")), problems: [404, 410, 422]),
        "POST /api/v1/public/bookings/:token/holds": APIOperation(
            summary: "Keep a time to move to.", body: "MoveHold", success: (201, reference("Hold")),
            problems: [404, 409, 410, 422]),
        "POST /api/v1/public/bookings/:token/reschedule": APIOperation(
            summary: "Move the booking; the answer holds the new token.", body: "Move",
            success: (200, reference("Booking")), problems: [404, 409, 410, 422], takesKey: true),
        "POST /api/v1/public/bookings/:token/cancel": APIOperation(
            summary: "Cancel the booking.", body: "Cancellation", success: (200, reference("Booking")),
            problems: [404, 409, 410, 422], takesKey: true),
    ]
}
