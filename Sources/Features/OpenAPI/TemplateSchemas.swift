/// What the API says of templates and the links made from them.
import Web

extension APIOperation {
    static let templates: [String: APIOperation] = [
        "GET /api/v1/link-templates": APIOperation(
            summary: "Templates of links, newest first; for admins.", query: page,
            success: (200, list(of: "LinkTemplate")), problems: [422]),
        "POST /api/v1/link-templates": APIOperation(
            summary: "Make a link a template and give each of these people one like it.", body: "NewLinkTemplate",
            success: (201, reference("LinkTemplate")), problems: [404, 409, 422], takesKey: true),
        "GET /api/v1/link-templates/:id": APIOperation(
            summary: "One template, by the id of its link.", success: (200, reference("LinkTemplate")),
            problems: [404]),
        "PATCH /api/v1/link-templates/:id": APIOperation(
            summary: "Change what it keeps and who has a link; all its links follow at once.",
            body: "LinkTemplateBody", success: (200, reference("LinkTemplate")), problems: [404, 409, 422]),
        "DELETE /api/v1/link-templates/:id": APIOperation(
            summary: "Delete a template; its link stays, and those made from it no longer follow.",
            success: (204, nil), problems: [404]),
    ]
}

extension APISchemas {
    private static let sections = words(LinkSection.allCases.map(\.rawValue))
    private static let body: [(String, JSON)] = [
        ("locked", array(sections)),
        ("userIds", [
            "type": "array", "items": ["type": "string", "maxLength": 40],
            "maxItems": .int(Int64(LinkTemplate.mostPeople)),
        ]),
        ("newMembers", flag), ("version", ["type": "integer", "minimum": 1]),
    ]

    /// What a link made from a template must keep.
    static let managed: JSON = ["oneOf": .array([
        object(
            [("templateId", string), ("title", string), ("locked", array(sections))],
            required: ["templateId", "title", "locked"]),
        ["type": "null"],
    ])]

    static let templates: [(String, JSON)] = [
        ("NewLinkTemplate", object([("linkId", string)] + body, required: ["linkId"], strict: true)),
        ("LinkTemplateBody", object(body, strict: true)),
        ("LinkTemplate", object([
            ("linkId", string), ("title", string), ("locked", array(sections)), ("newMembers", flag),
            ("version", ["type": "integer"]),
            ("links", array(object([
                ("userId", string), ("name", string), ("linkId", string), ("slug", string),
            ], required: ["userId", "name", "linkId", "slug"]))),
            ("createdAt", instant),
        ], required: ["linkId", "title", "locked", "newMembers", "version", "links", "createdAt"])),
    ]
}
