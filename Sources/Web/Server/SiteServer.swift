/// The site on a socket: the only place where Hummingbird's requests and ours meet.

import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

extension Site {
    /// The site as a service of the program.
    ///
    /// On a graceful stop `/readyz` turns to 503 first; after `drain` no connection is taken any more, and running
    /// requests have `patience` to end.
    ///
    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - drain: how long the world has to notice; 2 seconds in production, none in tests.
    ///   - patience: after it what still runs is cut off.
    ///   - mostConnections: further ones wait until one of these ends; nil for as many as come.
    ///   - started: called with the port once connections are taken.
    package func server(host: String, port: Int, drain: Duration = .seconds(2), patience: Duration = .seconds(20),
                        mostConnections: Int? = nil,
                        started: @escaping @Sendable (Int) async -> Void = { _ in }) -> any Service {
        SiteServer(
            site: self, host: host, port: port, drain: drain, patience: patience, mostConnections: mostConnections,
            started: started)
    }
}

/// Runs Hummingbird in a group of its own, so that it stops later than the signal.
private struct SiteServer: Service {
    let site: Site
    let host: String
    let port: Int
    let drain: Duration
    let patience: Duration
    let mostConnections: Int?
    let started: @Sendable (Int) async -> Void

    func run() async throws {
        var configuration = ServiceGroupConfiguration(services: [application], logger: site.logger)
        configuration.maximumGracefulShutdownDuration = patience
        let group = ServiceGroup(configuration: configuration)
        // Detached: a group inside a group would hear the signal itself, at once.
        let running = Task.detached { try await group.run() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await running.value
            } onGracefulShutdown: {
                site.stop()
                Task {
                    try? await Task.sleep(for: drain)
                    await group.triggerGracefulShutdown()
                }
            }
        } onCancel: {
            running.cancel()
        }
    }

    private var application: some ApplicationProtocol {
        var quiet = site.logger
        // Hummingbird's own lines hold addresses; ours say what is needed.
        quiet.logLevel = max(quiet.logLevel, .warning)
        return Application(
            responder: SiteResponder(site: site), server: HTTPServerBuilder { Connection(responder: $0) },
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: mostConnections.map { MaximumAvailableConnections($0) }),
            onServerRunning: { channel in await started(channel.localAddress?.port ?? port) }, logger: quiet)
    }
}

/// The peer of a request.
private struct Peer: InitializableFromSource {
    let address: String

    init(source: ApplicationRequestContextSource) {
        address = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }
}

private struct SiteResponder: HTTPResponder {
    let site: Site

    func respond(to request: Hummingbird.Request, context: Peer) async throws -> Response {
        let fields = request.headers.map { ($0.name.rawName, $0.value) }
        // HTTPTypes keeps Host apart from the other fields.
        let host = request.head.authority.map { [("Host", $0)] } ?? []
        let body = request.body
        let raw = RawRequest(method: request.method.rawValue, target: request.head.path ?? "/",
                             headers: Headers(host + fields), peer: context.address) { limit, take in
            try await SiteResponder.read(body, atMost: limit, take)
        }
        return response(await site.answer(raw))
    }

    private static func read(_ body: RequestBody, atMost limit: Int,
                             _ take: (ArraySlice<UInt8>) async throws -> Void) async throws {
        var count = 0
        do {
            for try await part in body {
                count += part.readableBytes
                guard count <= limit else { throw Common.payloadTooLarge(limit) }
                try await take(Array(part.readableBytesView)[...])
            }
        } catch let refusal as Common {
            throw refusal
        } catch let mistake as MultipartMistake {
            throw mistake.refusal
        } catch {
            // A body that ends early or breaks its framing; whoever sent it may be gone already.
            throw Common.malformed(plain("The body ended early."))
        }
    }

    private func response(_ answer: Answer) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        if !answer.isCompressible, let plain = HTTPField.Name(Connection.plain) { headers[plain] = "1" }
        if let stream = answer.stream {
            let (site, length) = (site, answer[header: "content-length"].flatMap(Int.init))
            return Response(status: .init(code: answer.status), headers: headers, body: ResponseBody { writer in
                var sent = 0
                for await part in stream {
                    // What has an end is sent to it.
                    guard length != nil || !site.isStopping else { break }
                    sent += part.count
                    if !part.isEmpty { try await writer.write(ByteBuffer(bytes: part)) }
                }
                guard length ?? sent == sent else { throw ChannelError.eof }
                try await writer.finish(nil)
            })
        }
        let body: ResponseBody = answer.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: answer.body))
        var response = Response(status: .init(code: answer.status), headers: headers, body: body)
        if answer.status == 204 { response.headers[.contentLength] = nil }
        return response
    }
}

extension Answer {
    /// Worth compressing, and safe to: an answer that must not be stored may hold a secret, and compressed secrets can
    /// be guessed by their length (BREACH).
    var isCompressible: Bool {
        body.count > 1024 && self[header: "content-encoding"] == nil && self[header: "cache-control"] != "no-store"
            && (self[header: "content-type"].map { $0.hasPrefix("text/") || $0.contains("json") } ?? false)
    }
}
