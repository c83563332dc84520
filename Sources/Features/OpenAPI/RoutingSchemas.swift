/// What the API's calls about routing forms do, take and answer.
import Web

extension APIOperation {
    static let forms: [String: APIOperation] = [
        "GET /api/v1/routing-forms": APIOperation(
            summary: "Routing forms, newest first.", query: page, success: (200, list(of: "RoutingForm")),
            problems: [422]),
        "POST /api/v1/routing-forms": APIOperation(
            summary: "Make a routing form. Conditions name questions by their number, the first being 1, or their id.",
            body: "NewRoutingForm", success: (201, reference("RoutingForm")), problems: [409, 422], takesKey: true),
        "GET /api/v1/routing-forms/:id": APIOperation(
            summary: "One routing form.", success: (200, reference("RoutingForm")), problems: [404]),
        "PATCH /api/v1/routing-forms/:id": APIOperation(
            summary: "Change the fields that are sent; questions and routes as a whole.", body: "RoutingFormBody",
            success: (200, reference("RoutingForm")), problems: [404, 409, 422]),
        "DELETE /api/v1/routing-forms/:id": APIOperation(
            summary: "Delete a routing form.", success: (204, nil), problems: [404]),
        "GET /api/v1/routing-forms/:id/responses": APIOperation(
            summary: "What people answered, newest first.", query: page, success: (200, list(of: "FormResponse")),
            problems: [404, 422]),
        "GET /api/v1/public/routing-forms/:id": APIOperation(
            summary: "What a form asks.", success: (200, reference("OpenRoutingForm")), problems: [404]),
        "POST /api/v1/public/routing-forms/:id/responses": APIOperation(
            summary: "Answer a form, and be told where it leads.", body: "NewFormResponse",
            success: (201, reference("FormOutcome")), problems: [404, 422], takesKey: true),
    ]
}

extension APISchemas {
    private static let action = object([
        ("kind", words(RouteAction.Kind.allCases.map(\.rawValue))), ("linkId", string), ("userId", string),
        ("heading", text(120)), ("text", text(2000)), ("buttonLabel", text(60)), ("buttonUrl", text(2000)),
        ("url", text(2000)), ("provider", words(OwnerSource.allCases.map(\.rawValue))),
    ], required: ["kind"], strict: true)

    private static let condition = object([
        ("question", ["type": ["string", "integer"]]),
        ("operator", words(RouteCondition.Comparison.allCases.map(\.rawValue))),
        ("values", array(text(Int64(QuestionWish.longestOption)))),
    ], required: ["question", "operator"], strict: true)

    private static let joining = words(Joining.allCases.map(\.rawValue))

    private static let route = object([
        ("name", text(120)), ("join", joining),
        ("groups", array(object([("join", joining), ("conditions", array(condition))], strict: true))),
        ("action", action), ("freeWithinDays", ["type": ["integer", "null"], "minimum": 1, "maximum": 60]),
    ], required: ["action"], strict: true)

    private static var formWish: [(String, JSON)] {
        [
            ("title", text(120)), ("description", text(2000)), ("active", flag), ("questions", array(question)),
            ("nameQuestion", ["type": ["string", "integer", "null"]]), ("routes", array(route)), ("fallback", action),
            ("allowedOrigins", ["type": "array", "maxItems": 20, "items": ["type": "string", "maxLength": 200]]),
        ]
    }

    static var forms: [(String, JSON)] {
        let answers: JSON = ["type": "object", "additionalProperties": answer]
        return [
            ("RoutingForm", object(
                [("id", string), ("ownerId", string)] + formWish
                    + [("version", ["type": "integer"]), ("createdAt", instant)],
                required: ["id", "title", "active", "questions", "routes", "fallback", "version"])),
            ("NewRoutingForm", object(formWish, required: ["title"], strict: true)),
            ("RoutingFormBody", object(formWish + [("version", ["type": "integer"])], strict: true)),
            ("OpenRoutingForm", object(
                [("id", string), ("title", string), ("description", string), ("questions", array(question))],
                required: ["id", "title", "questions"])),
            ("NewFormResponse", object([("answers", answers)], strict: true)),
            ("FormOutcome", object([
                ("id", string), ("outcome", object([
                    ("kind", words(["page", "url", "message"])), ("url", string), ("heading", string),
                    ("text", string), ("buttonLabel", string), ("buttonUrl", string),
                ], required: ["kind"])),
            ], required: ["id", "outcome"])),
            ("FormResponse", object([
                ("id", string), ("formId", string), ("answers", answers), ("route", ["type": ["string", "null"]]),
                ("action", action), ("bookingId", ["type": ["string", "null"]]),
                ("reroutedLinkId", ["type": ["string", "null"]]), ("createdAt", instant),
            ], required: ["id", "formId", "answers", "action", "createdAt"])),
        ]
    }
}
