/// A request before anything is known or checked about it.

/// What a connection delivers.
package struct RawRequest: Sendable {
    /// As it came: also methods we do not know.
    let method: String
    /// Path and query as they came.
    let target: String
    let headers: Headers
    /// The address of the other end of the connection.
    let peer: String
    /// Reads the body piece by piece; throws ``Common/payloadTooLarge(_:)`` beyond the limit.
    let stream: @Sendable (_ limit: Int, _ take: Take) async throws -> Void

    /// What is done with a piece, before the next one is read.
    typealias Take = (ArraySlice<UInt8>) async throws -> Void

    init(method: String, target: String, headers: Headers, peer: String,
         stream: @escaping @Sendable (_ limit: Int, _ take: Take) async throws -> Void) {
        self.method = method
        self.target = target
        self.headers = headers
        self.peer = peer
        self.stream = stream
    }

    /// The body as a whole.
    func body(atMost limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await stream(limit) { bytes += $0 }
        return bytes
    }

    /// A request with its body at hand: tests, and routes that ask other routes.
    package init(_ method: String, _ target: String, headers: Headers = [:], body: [UInt8] = [],
                 peer: String = "127.0.0.1") {
        self.init(method: method, target: target, headers: headers, peer: peer) { limit, take in
            guard body.count <= limit else { throw Common.payloadTooLarge(limit) }
            try await take(body[...])
        }
    }
}

/// A path and a query, taken apart strictly.
struct Target {
    /// Without the query, as it came.
    let path: String
    let rawQuery: String
    /// Decoded; nil if the path is one that no page of ours has: empty or dot segments, an encoded slash, a backslash,
    /// a control character, a broken escape.
    let segments: [String]?
    let endsWithSlash: Bool

    init(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        rawQuery = parts.count > 1 ? String(parts[1]) : ""
        endsWithSlash = path.utf8.count > 1 && path.hasSuffix("/")
        segments = path.utf8.count <= 4096 ? Target.segments(endsWithSlash ? path.dropLast() : path[...]) : nil
    }

    /// The target without the slash at the end of its path.
    var canonical: String {
        (endsWithSlash ? String(path.dropLast()) : path) + (rawQuery.isEmpty ? "" : "?" + rawQuery)
    }

    private static func segments(_ path: Substring) -> [String]? {
        guard path.hasPrefix("/") else { return nil }
        guard path != "/" else { return [] }
        var segments: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = percentDecoded(part, plusIsBlank: false), !segment.isEmpty, segment != ".",
                  segment != "..", segment.utf8.allSatisfy({ $0 > 0x1f && $0 != 0x7f && $0 != 0x2f && $0 != 0x5c })
            else { return nil }
            segments.append(segment)
        }
        return segments
    }
}
