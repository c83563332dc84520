/// What we ask of an HTTP client: one request to somebody else's server, and what came back.

/// Calls addresses that people have typed. It decides by itself where it may connect to; see ``EgressProblem``.
package protocol HTTPSender: Sendable {
    /// Why this address is not called; nil when it may be. Looks its host up, and connects to nothing.
    func problem(with address: OutsideAddress) async -> EgressProblem?

    /// Sends one request, follows no redirect, keeps no cookie.
    /// - Returns: whatever was answered, errors too.
    /// - Throws: `.notAllowed` for an address that is not called, `.unavailable` when there was no whole answer.
    func send(_ call: HTTPCall) async throws(ProviderError) -> HTTPReply
}

/// One request.
package struct HTTPCall: Hashable, Sendable {
    package let method: String
    package let address: OutsideAddress
    /// Names and values without line breaks.
    package let headers: [HTTPHeader]
    package let body: [UInt8]
    /// For everything: looking up, connecting, sending, the whole answer.
    package var seconds: Int64 = 15
    /// Of an answer that is longer, the rest is not read.
    package var mostReplyBytes = 65_536

    package init(_ method: String, _ address: OutsideAddress, headers: [HTTPHeader], body: [UInt8]) {
        (self.method, self.address, self.headers, self.body) = (method, address, headers, body)
    }
}

package struct HTTPHeader: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }
}

/// What was answered.
package struct HTTPReply: Hashable, Sendable {
    package let status: Int
    package let headers: [HTTPHeader]
    /// At most as much as the call asked for.
    package let body: [UInt8]

    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// The first value of a header, whatever its case.
    package subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
