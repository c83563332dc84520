/// What the API's calls about resources do, take and answer; and how a link names what it needs.
import Web

extension APIOperation {
    static let resources: [String: APIOperation] = [
        "GET /api/v1/resources": APIOperation(
            summary: "Rooms, desks, equipment and vehicles, newest first.", query: page,
            success: (200, list(of: "Resource")), problems: [422]),
        "POST /api/v1/resources": APIOperation(
            summary: "Make a resource.", body: "NewResource", success: (201, reference("Resource")),
            problems: [409, 422], takesKey: true),
        "GET /api/v1/resources/:id": APIOperation(
            summary: "One resource.", success: (200, reference("Resource")), problems: [404]),
        "PATCH /api/v1/resources/:id": APIOperation(
            summary: "Change the fields that are sent.", body: "ResourceBody", success: (200, reference("Resource")),
            problems: [404, 409, 422]),
        "DELETE /api/v1/resources/:id": APIOperation(
            summary: "Delete a resource that no upcoming booking has.", success: (204, nil), problems: [404, 409]),
    ]
}

extension APISchemas {
    /// Of each need one resource is taken, the first that is free.
    static let linkNeeds: JSON = [
        "type": "array", "maxItems": .int(Int64(LinkNeed.most)),
        "items": object(
            [
                ("required", flag),
                ("oneOf", [
                    "type": "array", "items": string, "minItems": 1, "maxItems": .int(Int64(LinkNeed.mostChoices)),
                ]),
            ], required: ["oneOf"], strict: true),
    ]

    static var resources: [(String, JSON)] {
        [
            ("Resource", object(
                resourceWish + [("id", string), ("version", ["type": "integer"])],
                required: ["id", "name", "kind", "timezone", "active", "version"])),
            ("NewResource", object(resourceWish, required: ["name"], strict: true)),
            ("ResourceBody", object(resourceWish + [("version", ["type": "integer"])], strict: true)),
        ]
    }

    private static var resourceWish: [(String, JSON)] {
        [
            ("name", text(120)), ("kind", words(ResourceKind.allCases.map(\.rawValue))),
            ("seats", ["type": ["integer", "null"], "minimum": 1, "maximum": 1000]), ("place", text(200)),
            ("timezone", string), ("hours", ["type": ["object", "null"]]), ("active", flag),
        ]
    }
}
