/// What the API says of proposals: asking an attendee for another time, and the answer.
import Web

extension APIOperation {
    static let proposals: [String: APIOperation] = [
        "POST /api/v1/bookings/:id/proposal": APIOperation(
            summary: "Ask for another time: with up to three that are kept until the answer, or leaving the choice.",
            body: "NewProposal", success: (200, reference("Booking")), problems: [404, 409, 422], takesKey: true),
        "DELETE /api/v1/bookings/:id/proposal": APIOperation(
            summary: "Take back what was asked; the times are free again.", success: (204, nil), problems: [404]),
        "POST /api/v1/public/bookings/:token/proposal": APIOperation(
            summary: "Take one of the times, or say that none suits; the first ends the token and tells a new one.",
            body: "ProposalAnswer", success: (200, reference("Booking")), problems: [404, 409, 410, 422],
            takesKey: true),
    ]
}

extension APISchemas {
    static let proposals: [(String, JSON)] = [
        ("NewProposal", object([
            ("starts", ["type": "array", "items": instant, "maxItems": .int(Int64(Proposal.mostTimes))]),
            ("message", text(1000)),
            ("answerWithinHours", [
                "type": "integer", "minimum": 1, "maximum": .int(Int64(Proposal.mostHours)),
            ]),
        ], strict: true)),
        ("ProposalAnswer", object([("start", instant), ("declined", flag), ("reason", text(1000))], strict: true)),
    ]

    /// What an attendee is asked, as a part of their booking.
    static let proposal = object([
        ("id", string), ("starts", array(instant)), ("message", string), ("expiresAt", instant),
    ], required: ["id", "starts", "expiresAt"])
}
