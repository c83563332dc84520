/// The one HTTP client for addresses that people have typed: it connects to the address it has checked, only there.
import AsyncHTTPClient
import Capabilities
import NIOCore

package struct GuardedHTTP: HTTPSender {
    private let rules: EgressRules
    private let resolver: Resolver
    private let blocked: @Sendable (EgressProblem) -> Void
    /// The file of an authority to trust in place of the system's, for tests alone: a server's are the system's.
    var authority: String?

    /// How many addresses of one host are tried.
    private static let mostAddresses = 3
    private static let connectSeconds: Int64 = 5

    /// - Parameter blocked: told of every call that is not made.
    package init(
        _ rules: EgressRules, resolver: Resolver = .system,
        blocked: @escaping @Sendable (EgressProblem) -> Void = { _ in }
    ) {
        (self.rules, self.resolver, self.blocked) = (rules, resolver, blocked)
    }

    package func problem(with address: OutsideAddress) async -> EgressProblem? {
        let problem = rules.problem(with: address, at: await resolver.addresses(address.host))
        if let problem { blocked(problem) }
        return problem
    }

    package func send(_ call: HTTPCall) async throws(ProviderError) -> HTTPReply {
        // Looked up once: the addresses that are judged are those that are connected to.
        let found = await resolver.addresses(call.address.host)
        if let problem = rules.problem(with: call.address, at: found) {
            blocked(problem)
            if problem == .unknownHost { throw ProviderError(.unavailable, "There is no host of that name.") }
            throw ProviderError(.notAllowed, "This address is not called: \(problem.rawValue).")
        }
        do {
            return try await within(call.seconds) { try await self.exchange(call, at: found) }
        } catch let error as ProviderError {
            throw error
        } catch {
            throw Self.read(error)
        }
    }

    private func exchange(_ call: HTTPCall, at addresses: [IPAddress]) async throws -> HTTPReply {
        var last: any Error = ProviderError(.unavailable, Self.notReached)
        for address in addresses.prefix(Self.mostAddresses) {
            do {
                return try await exchange(call, at: address)
            } catch where Self.wasNotConnected(error) {
                last = error
            }
        }
        throw last
    }

    /// A client for one call: it has no other connection that could be used, and its name leads to this address only.
    private func exchange(_ call: HTTPCall, at address: IPAddress) async throws -> HTTPReply {
        var configuration = HTTPClient.Configuration()
        configuration.dnsOverride = [call.address.host: address.description]
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        // A third of the time at most, so that a port nobody answers at is told apart from a server that thinks.
        configuration.timeout.connect = .milliseconds(min(Self.connectSeconds * 1_000, call.seconds * 333))
        configuration.tlsConfiguration = .makeClientConfiguration()
        configuration.tlsConfiguration?.minimumTLSVersion = .tlsv12
        if let authority { configuration.tlsConfiguration?.trustRoots = .file(authority) }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let reply = try await ask(client, call)
            try await client.shutdown()
            return reply
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private func ask(_ client: HTTPClient, _ call: HTTPCall) async throws -> HTTPReply {
        var request = HTTPClientRequest(url: call.address.text)
        request.method = .init(rawValue: call.method)
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: call.body))
        let response = try await client.execute(request, deadline: .now() + .seconds(call.seconds))
        var body: [UInt8] = []
        for try await part in response.body {
            body += part.readableBytesView.prefix(call.mostReplyBytes - body.count)
            if body.count >= call.mostReplyBytes { break }
        }
        return HTTPReply(
            status: Int(response.status.code), headers: response.headers.map { HTTPHeader($0.name, $0.value) },
            body: body)
    }

    /// Whoever is done first ends the other.
    private func within(
        _ seconds: Int64, _ work: @escaping @Sendable () async throws -> HTTPReply
    ) async throws -> HTTPReply {
        try await withThrowingTaskGroup(of: HTTPReply.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw ProviderError(.unavailable, Self.tooSlow)
            }
            defer { group.cancelAll() }
            return try await group.next() ?? HTTPReply(status: 0)
        }
    }

    // MARK: Failures in words

    /// The same for a closed port and for one behind a wall, or the words would draw a map of a network.
    private static let notReached = "The server was not reached."
    private static let tooSlow = "The server did not answer in time."

    private static func wasNotConnected(_ error: any Error) -> Bool {
        error as? HTTPClientError == .connectTimeout || error is ChannelError || error is IOError
            || String(describing: type(of: error)) == "NIOConnectionError"
    }

    private static func read(_ error: any Error) -> ProviderError {
        if wasNotConnected(error) { return ProviderError(.unavailable, notReached) }
        switch error as? HTTPClientError {
        case .deadlineExceeded?, .readTimeout?, .writeTimeout?, .cancelled?: return ProviderError(.unavailable, tooSlow)
        case .remoteConnectionClosed?: return ProviderError(.unavailable, "The server closed the connection.")
        case .tlsHandshakeTimeout?: return ProviderError(.unavailable, tooSlow)
        case let known?: return ProviderError(.unavailable, "The answer was not whole: \(known.shortDescription).")
        case nil: break
        }
        if "\(type(of: error))".contains("SSL") {
            return ProviderError(.unavailable, "The encrypted connection failed: is the certificate good?")
        }
        return ProviderError(.unavailable, "The answer could not be read.")
    }
}
