/// The OpenAPI 3.1 document of exactly the routes that run, served at `/api/v1/openapi.json`.
import Web

package struct OpenAPI: Sendable {
    /// The routes of the program; those under `/api/v1` are described.
    let routes: [Route]
    let address: String

    package init(routes: [Route], address: String) {
        self.routes = routes.filter { $0.isAPI }
        self.address = address
    }

    package static let path = "/api/v1/openapi.json"

    package var route: Route {
        let bytes = document.bytes
        return Route(.get, Self.path, .open) { _ in
            Answer(status: 200, headers: [("Content-Type", "application/json")], body: bytes)
        }
    }

    /// Routes that no operation describes; empty unless somebody added one and forgot.
    package var undescribed: [String] {
        routes.map { "\($0.method.rawValue) \($0.path)" }.filter { APIOperation.all[$0] == nil }
    }

    package var document: JSON {
        var paths: [(String, [(String, JSON)])] = []
        for route in routes {
            guard let operation = APIOperation.all["\(route.method.rawValue) \(route.path)"] else { continue }
            let template = Self.template(route.path)
            let described = (route.method.rawValue.lowercased(), operation.json(route))
            if let index = paths.firstIndex(where: { $0.0 == template }) {
                paths[index].1.append(described)
            } else {
                paths.append((template, [described]))
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Workestra", "version": "1",
                "description": "Book, move and cancel meetings; manage links and bookings with a key.",
            ],
            "servers": [["url": .string(address)]],
            "paths": .object(paths.map { ($0.0, .object($0.1)) }),
            "components": [
                "schemas": APISchemas.all,
                "securitySchemes": ["key": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    /// `/links/:id` as OpenAPI writes it: `/links/{id}`.
    static func template(_ path: String) -> String {
        path.split(separator: "/").map { $0.hasPrefix(":") ? "/{\($0.dropFirst())}" : "/\($0)" }.joined()
    }
}

/// What one call does, takes and answers.
struct APIOperation: Sendable {
    var summary: String
    var query: [(String, JSON)] = []
    var requiredQuery: Set<String> = []
    /// Name of the schema of the body.
    var body: String?
    var success: (status: Int, schema: JSON?) = (200, nil)
    /// Further codes this call answers with a problem document.
    var problems: [Int] = []
    var takesKey = false

    func json(_ route: Route) -> JSON {
        let answers = [(String(success.status), answer)] + refused(route).map { (String($0), Self.problem) }
        return JSON(present: [
            ("summary", .string(summary)),
            ("operationId", .string(Self.name(route))),
            ("parameters", .array(parameters(route))),
            ("requestBody", body.map { name in
                ["required": true, "content": ["application/json": ["schema": Self.reference(name)]]]
            }),
            ("responses", .object(answers)),
            ("security", isKeyed(route) ? [["key": []]] : []),
        ])
    }

    /// Every code of a problem this call can answer with: its own, and those of its parts.
    private func refused(_ route: Route) -> [Int] {
        // 400: a path, a query or a body that cannot be read at all.
        var codes = Set(problems + [400, 429])
        if isKeyed(route) { codes.formUnion([401, 403]) }
        if body != nil { codes.formUnion([413, 415, 422]) }
        return codes.sorted()
    }

    private func isKeyed(_ route: Route) -> Bool {
        if case .api = route.policy { true } else { false }
    }

    private var answer: JSON {
        guard let schema = success.schema else { return ["description": "Done."] }
        return ["description": "Done.", "content": ["application/json": ["schema": schema]]]
    }

    private func parameters(_ route: Route) -> [JSON] {
        let inPath: [JSON] = route.path.split(separator: "/").filter { $0.hasPrefix(":") }.map { part in
            ["name": .string(String(part.dropFirst())), "in": "path", "required": true, "schema": ["type": "string"]]
        }
        let inQuery: [JSON] = query.map { name, schema in
            ["name": .string(name), "in": "query", "required": .bool(requiredQuery.contains(name)), "schema": schema]
        }
        let key: [JSON] = takesKey
            ? [["name": "Idempotency-Key", "in": "header", "schema": ["type": "string", "maxLength": 255]]] : []
        return inPath + inQuery + key
    }

    static func reference(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

    static func list(of name: String) -> JSON {
        [
            "type": "object", "required": ["data", "nextCursor"],
            "properties": [
                "data": ["type": "array", "items": reference(name)], "nextCursor": ["type": ["string", "null"]],
            ],
        ]
    }

    private static let problem: JSON = [
        "description": "A problem document (RFC 9457).",
        "content": ["application/problem+json": ["schema": reference("Problem")]],
    ]

    /// `getLinksId`: method and path in camel case.
    private static func name(_ route: Route) -> String {
        let words = route.path.split(separator: "/").dropFirst(2).flatMap { $0.split { !$0.isLetter && !$0.isNumber } }
        return route.method.rawValue.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
