/// The table of addresses: method, pattern, policy, limits and what answers.

/// The methods the program answers. `HEAD` is answered wherever `GET` is, without a body.
package enum Method: String, Sendable, CaseIterable, Hashable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// RFC 9110 §9.2.1: changes nothing.
    package var isSafe: Bool { self == .get }

    /// The value of `Allow`.
    static func allowed(_ methods: [Method]) -> String {
        let names = allCases.filter(methods.contains).flatMap { $0 == .get ? ["GET", "HEAD"] : [$0.rawValue] }
        return names.joined(separator: ", ")
    }
}

/// How often a route may be asked.
package enum RateLimit: Sendable, Hashable {
    /// The limits of the settings: per key, per session's writes, per address's anonymous writes.
    case standard
    /// No limit: probes and assets.
    case none
    /// Six times the anonymous writes of the settings, in a bucket of its own: what many people of one office send at
    /// once, each for themselves.
    case crowd
    /// A limit of its own per minute and client, in its own bucket, beside the standard one.
    case perMinute(Int, bucket: String)
}

/// One address of the program.
///
/// ```swift
/// Route(.get, "/book/:slug", .open) { request in try await bookingPage(request) }
/// ```
package struct Route: Sendable {
    package let method: Method
    /// Segments, `:name` for a value: `/book/:slug`. This, not the path, goes into logs.
    package let path: String
    package let policy: Policy
    package let limit: RateLimit
    /// Most bytes of a body that are read; more is 413.
    package let bodyLimit: Int
    /// Reads `multipart/form-data` into ``Request/uploads``; nil refuses it.
    package let uploads: UploadLimits?
    /// Where its files go while they come; nil keeps them in memory.
    let place: (any UploadPlace)?
    /// Asked before a form with files is read: which are taken. What it throws is the answer, and nothing is read.
    let before: (@Sendable (Request) async throws -> AskedFiles)?
    let answer: @Sendable (Request) async throws -> Answer

    /// Most bytes of a body that is read as one, unless a route takes fewer.
    static let plainBytes = 1 << 20

    package init(_ method: Method, _ path: String, _ policy: Policy, limit: RateLimit = .standard,
                 bodyLimit: Int = Route.plainBytes, uploads: UploadLimits? = nil, place: (any UploadPlace)? = nil,
                 before: (@Sendable (Request) async throws -> AskedFiles)? = nil,
                 _ answer: @escaping @Sendable (Request) async throws -> Answer) {
        precondition(path.hasPrefix("/") && (path == "/" || !path.hasSuffix("/")), "A route is /a/b without end slash")
        self.method = method
        self.path = path
        self.policy = policy
        self.limit = limit
        self.bodyLimit = bodyLimit
        (self.uploads, self.place, self.before) = (uploads, place, before)
        self.answer = answer
    }

    /// Under `/api`, refusals are problem documents.
    package var isAPI: Bool { path.hasPrefix("/api/") }
}

/// Finds the route of a path.
struct RouteTable: Sendable {
    private let root: Node
    /// Every route, for tests that walk all of them.
    let routes: [Route]

    /// One segment of the tree of patterns.
    private struct Node: Sendable {
        var children: [String: Node] = [:]
        /// The child of a `:name` segment: at most one, whatever its name.
        var value: [Node] = []
        var routes: [Method: Route] = [:]
    }

    init(_ routes: [Route]) {
        var root = Node()
        for route in routes { RouteTable.add(route, RouteTable.segments(route.path)[...], to: &root) }
        self.root = root
        self.routes = routes
    }

    /// What the table says about a path.
    enum Match {
        case route(Route, parameters: [String: String])
        case otherMethods([Method])
        case nothing
    }

    /// - Parameter segments: decoded, none empty.
    func match(_ method: Method?, _ segments: [String]) -> Match {
        guard let found = RouteTable.find(segments[...], in: root) else { return .nothing }
        guard let method, let route = found.routes[method] else {
            return .otherMethods(Array(found.routes.keys))
        }
        return .route(route, parameters: RouteTable.parameters(route.path, segments))
    }

    private static func add(_ route: Route, _ segments: ArraySlice<String>, to node: inout Node) {
        guard let segment = segments.first else {
            precondition(node.routes.updateValue(route, forKey: route.method) == nil,
                         "Two routes for \(route.method.rawValue) \(route.path)")
            return
        }
        if segment.hasPrefix(":") {
            if node.value.isEmpty { node.value = [Node()] }
            add(route, segments.dropFirst(), to: &node.value[0])
        } else {
            add(route, segments.dropFirst(), to: &node.children[segment, default: Node()])
        }
    }

    /// A written segment goes before a value, and a value is tried when the written one leads nowhere.
    private static func find(_ segments: ArraySlice<String>, in node: Node) -> Node? {
        guard let segment = segments.first else { return node.routes.isEmpty ? nil : node }
        if let child = node.children[segment], let found = find(segments.dropFirst(), in: child) {
            return found
        }
        return node.value.first.flatMap { find(segments.dropFirst(), in: $0) }
    }

    private static func segments(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }

    private static func parameters(_ pattern: String, _ segments: [String]) -> [String: String] {
        var parameters: [String: String] = [:]
        for (part, value) in zip(self.segments(pattern), segments) where part.hasPrefix(":") {
            parameters[String(part.dropFirst())] = value
        }
        return parameters
    }
}
