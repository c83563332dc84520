/// Calls to the store: signed, few at once, tried again where that may help, and never longer than allowed.
import AsyncHTTPClient
import Capabilities
import NIOCore
import Scheduling

/// How patient calls are.
struct S3Patience: Sendable {
    /// To connect.
    var connectSeconds: Int64 = 5
    /// Nothing comes, or nothing is taken.
    var idleSeconds: Int64 = 15
    /// A call with every try at it.
    var totalSeconds: Int64 = 25
    /// The same for one that brings a file.
    var fileSeconds: Int64 = 120
    /// Between the tries.
    var pauses: [Duration] = [.milliseconds(300), .milliseconds(1_500)]
    /// Names in a page of a list.
    var mostListed = 1_000
}

/// One request.
struct S3Call: Sendable {
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Read from its beginning for each try. Its length in bytes, and its SHA-256 in hexadecimal.
        case file(any FileDraft, count: Int, hash: String)
    }

    let method: String
    /// Of an object, without the prefix; empty for the bucket itself.
    var name = ""
    var query: [(name: String, value: String)] = []
    var headers: [HTTPHeader] = []
    var body = Body.none
    /// An answer that is longer is none.
    var mostReplyBytes = 65_536
}

/// What was answered to a call that went well.
struct S3Reply: Sendable {
    let status: Int
    let body: [UInt8]
    /// When, by the store's clock.
    let date: Instant?
}

/// The store under one key, with connections that are used again.
final class S3API: Sendable {
    let settings: S3Settings
    let patience: S3Patience
    private let clock: Clock
    private let signature: S3Signature
    private let client: HTTPClient
    private let turns = S3Turns(most: mostAtOnce)

    /// Connections, of which each has a descriptor: those that the server keeps for files must be enough.
    private static let mostAtOnce = 16
    /// Of the reason why it says no.
    private static let mostErrorBytes = 65_536
    private static let nothing = S3Signature.hash([])

    init(_ settings: S3Settings, clock: Clock, patience: S3Patience = S3Patience()) {
        (self.settings, self.clock, self.patience) = (settings, clock, patience)
        signature = S3Signature(keyID: settings.keyID, secret: settings.secret, region: settings.region)
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(
            connect: .seconds(patience.connectSeconds), read: .seconds(patience.idleSeconds),
            write: .seconds(patience.idleSeconds))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.mostAtOnce
        configuration.connectionPool.idleTimeout = .seconds(20)
        // Tries are counted here, not there.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tlsConfiguration = .makeClientConfiguration()
        configuration.tlsConfiguration?.minimumTLSVersion = .tlsv12
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { client.shutdown { _ in } }

    /// - Returns: an answer of the two hundreds.
    func send(_ call: S3Call) async throws(S3Fault) -> S3Reply {
        let isFile = if case .file = call.body { true } else { false }
        let limit = isFile ? patience.fileSeconds : patience.totalSeconds
        return try await within(.seconds(limit)) {
            guard await self.turns.take() else { return .failure(.slow) }
            let result = await self.tries(call, seconds: limit)
            await self.turns.end()
            return result
        }.get()
    }

    private func tries(_ call: S3Call, seconds: Int64) async -> Result<S3Reply, S3Fault> {
        var pauses = patience.pauses[...]
        while true {
            do throws(S3Fault) {
                return .success(try await exchange(call, seconds: seconds))
            } catch {
                guard error.passes, !Task.isCancelled, let pause = pauses.popFirst() else { return .failure(error) }
                // Cancelled, it ends at once, and so does the next try.
                try? await Task.sleep(for: pause)
            }
        }
    }

    private func exchange(_ call: S3Call, seconds: Int64) async throws(S3Fault) -> S3Reply {
        do {
            let response = try await client.execute(request(call), deadline: .now() + .seconds(seconds))
            let (status, date) = (Int(response.status.code), response.headers.first(name: "Date"))
            let isWell = (200..<300).contains(status)
            let most = isWell ? call.mostReplyBytes : Self.mostErrorBytes
            var body: [UInt8] = []
            for try await part in response.body {
                body += part.readableBytesView.prefix(most + 1 - body.count)
                if body.count > most { break }
            }
            let (now, stores) = (clock.now, date.flatMap(Instant.init(httpDate:)))
            guard isWell else {
                throw S3Fault(
                    status: status, body: body, region: response.headers.first(name: "x-amz-bucket-region"),
                    date: stores, now: now)
            }
            // Something between us and the store may answer that all is well; a store tags what it keeps.
            let isTagged = response.headers.contains(name: "ETag") || call.name.isEmpty || call.method == "DELETE"
            guard body.count <= most, isTagged else { throw S3Fault.unreadable }
            return S3Reply(status: status, body: body, date: stores)
        } catch {
            throw S3Fault(error)
        }
    }

    private func request(_ call: S3Call) -> HTTPClientRequest {
        let key = call.name.isEmpty ? "" : settings.prefix + call.name
        let path = S3Signature.encoded(
            settings.isHostStyle ? "/\(key)" : key.isEmpty ? "/\(settings.bucket)" : "/\(settings.bucket)/\(key)",
            keeping: "/")
        let (query, now) = (S3Signature.query(call.query), clock.now)
        let payload = switch call.body {
        case .none: Self.nothing
        case .bytes(let bytes): S3Signature.hash(bytes)
        case .file(_, _, let hash): hash
        }
        let headers = call.headers + [
            HTTPHeader("Host", settings.authority), HTTPHeader("x-amz-content-sha256", payload),
            HTTPHeader("x-amz-date", S3Signature.time(now)),
        ]
        var request = HTTPClientRequest(
            url: "\(settings.isSecure ? "https" : "http")://\(settings.authority)\(path)"
                + (query.isEmpty ? "" : "?\(query)"))
        request.method = .init(rawValue: call.method)
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        request.headers.add(name: "Authorization", value: signature.authorization(
            call.method, path: path, query: query, headers: headers, payload: payload, at: now))
        switch call.body {
        case .none: break
        case .bytes(let bytes): request.body = .bytes(ByteBuffer(bytes: bytes))
        case .file(let draft, let count, _):
            request.body = .stream(DraftPieces(draft: draft), length: .known(Int64(count)))
        }
        return request
    }

    /// Whoever is done first ends the other.
    private func within(
        _ limit: Duration, _ work: @escaping @Sendable () async -> Result<S3Reply, S3Fault>
    ) async -> Result<S3Reply, S3Fault> {
        await withTaskGroup(of: Result<S3Reply, S3Fault>.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try? await Task.sleep(for: limit)
                return .failure(.slow)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.slow)
        }
    }
}

/// A draft as it is sent: one piece in memory at a time, as fast as the store takes them.
struct DraftPieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// In bytes.
    static let piece = 65_536

    let draft: any FileDraft

    func makeAsyncIterator() -> Iterator { Iterator(draft: draft) }

    struct Iterator: AsyncIteratorProtocol {
        let draft: any FileDraft
        private var offset = 0

        init(draft: any FileDraft) { self.draft = draft }

        mutating func next() async throws -> ByteBuffer? {
            let bytes = try await draft.read(from: offset, atMost: DraftPieces.piece)
            guard !bytes.isEmpty else { return nil }
            offset += bytes.count
            return ByteBuffer(bytes: bytes)
        }
    }
}

/// So many calls at once; others wait in line.
actor S3Turns {
    private var free: Int
    private var waiting: [(number: Int, turn: CheckedContinuation<Bool, Never>)] = []
    private var last = 0

    init(most: Int) { free = most }

    /// - Returns: false when the caller was cancelled while it waited: then it has no turn to end.
    func take() async -> Bool {
        if free > 0 {
            free -= 1
            return true
        }
        last += 1
        let number = last
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiting.append((number, $0)) }
        } onCancel: {
            Task { await self.leave(number) }
        }
    }

    /// To be called once for each turn that was taken; the turn is the next one's.
    func end() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().turn.resume(returning: true) }
    }

    private func leave(_ number: Int) {
        guard let place = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: place).turn.resume(returning: false)
    }
}
