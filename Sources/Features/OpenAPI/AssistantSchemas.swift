/// What the API says of assistants.
import Web

extension APIOperation {
    static let assistants: [String: APIOperation] = [
        "GET /api/v1/members/:id/assistants": APIOperation(
            summary: "Who acts for a member, by name: for that member and for admins.",
            success: (200, list(of: "Assistant")), problems: [404]),
        "POST /api/v1/members/:id/assistants": APIOperation(
            summary: "Name an assistant: from now on they act on that member's bookings, links, hours and days away.",
            body: "NewAssistant", success: (201, reference("Assistant")), problems: [404, 422], takesKey: true),
        "DELETE /api/v1/members/:id/assistants/:assistant": APIOperation(
            summary: "Stop an assistant, at once; assistants may do so themselves.", success: (204, nil),
            problems: [404]),
    ]
}

extension APISchemas {
    static let assistants: [(String, JSON)] = [
        ("NewAssistant", object([("userId", text(40))], required: ["userId"], strict: true)),
        ("Assistant", object(
            [("id", string), ("name", string), ("email", string), ("createdAt", instant)],
            required: ["id", "name", "email", "createdAt"])),
    ]
}
