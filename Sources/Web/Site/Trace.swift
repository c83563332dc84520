/// The trace a request belongs to, as a caller or a proxy names it (W3C Trace Context, level 1).

/// What `traceparent` says: `00-` trace id `-` parent id `-` flags.
package struct Trace: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let id: String
    private let flags: String

    /// The trace of the request that is being answered; calls to others carry its ``header(span:)``.
    @TaskLocal package static var current: Trace?

    /// - Returns: nil for a value that is none; such a one is ignored, as the standard asks for.
    package init?(_ header: String?) {
        let parts = (header ?? "").split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 4, parts[0] == "00" ? parts.count == 4 : parts[0] != "ff",
              zip(parts, [2, 32, 16, 2]).allSatisfy({ $0.utf8.count == $1 && Trace.isHexadecimal($0) }),
              parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        id = parts[1]
        flags = parts[3]
    }

    /// The value to pass on.
    ///
    /// - Parameter span: 8 random bytes for our own part of the trace.
    package func header(span: [UInt8]) -> String {
        let digits = span.flatMap { [Trace.digits[Int($0 >> 4)], Trace.digits[Int($0 & 15)]] }
        return "00-\(id)-\(String(decoding: digits, as: UTF8.self))-\(flags)"
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func isHexadecimal(_ text: String) -> Bool { text.utf8.allSatisfy(digits.contains) }
}
