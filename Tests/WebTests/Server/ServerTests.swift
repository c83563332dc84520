/// Tests over real sockets: compression, hostile bytes, a stop without losses.

import Logging
import ServiceLifecycle
import Testing
@testable import Web

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A server on a free port for the time of a test.
private func withServer(_ fixture: SiteFixture = SiteFixture(), mostConnections: Int? = nil,
    _ test: @Sendable (Int) async throws -> Void) async throws {
    let (ports, started) = AsyncStream<Int>.makeStream()
    let server = fixture.site.server(
        host: "127.0.0.1", port: 0, drain: .zero, mostConnections: mostConnections) { started.yield($0) }
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [server], logger: quiet))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let port = await iterator.next() ?? 0
        do { try await test(port) } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// Sends bytes and reads what comes back until the other side closes. A request that asks for the close waits for it,
/// however busy the machine; after others, two quiet seconds are the end.
private func exchange(_ port: Int, _ bytes: [UInt8]) async -> [UInt8] {
    await withCheckedContinuation { continuation in
        Thread.detached { continuation.resume(returning: talk(port, bytes)) }
    }
}

private enum Thread {
    /// Blocking reads do not belong on the threads of tasks.
    static func detached(_ work: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(work))
        var thread = pthread_t()
        pthread_create(&thread, nil, { pointer in
            guard let pointer else { return nil }
            Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().work()
            return nil
        }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Box {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
}

/// A connection that says nothing; whoever opens it closes it.
private func connected(_ port: Int) -> Int32? {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(socket, $0, UInt32(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard connected == 0 else {
        close(socket)
        return nil
    }
    return socket
}

/// What comes on a connection until those words have come, or it is closed.
private func received(_ socket: Int32, until words: String) async -> String {
    await withCheckedContinuation { continuation in
        Thread.detached {
            var text = "", buffer = [UInt8](repeating: 0, count: 1024)
            while !text.contains(words), case let count = recv(socket, &buffer, buffer.count, 0), count > 0 {
                text += String(decoding: buffer[..<count], as: UTF8.self)
            }
            continuation.resume(returning: text)
        }
    }
}

private func talk(_ port: Int, _ bytes: [UInt8]) -> [UInt8] {
    guard let socket = connected(port) else { return [] }
    defer { close(socket) }
    let asksForClose = String(decoding: bytes.prefix(4096), as: UTF8.self).contains("Connection: close")
    var limit = timeval(tv_sec: asksForClose ? 30 : 2, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, UInt32(MemoryLayout<timeval>.size))
    // The server may close while we are still sending: no signal, just fewer bytes sent.
    var sent = 0
    while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count > 0 else { break }
        sent += count
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { return answer }
        answer += buffer[..<count]
    }
}

private func exchange(_ port: Int, _ text: String) async -> String {
    String(decoding: await exchange(port, Array(text.utf8)), as: UTF8.self)
}

private func get(_ path: String, _ headers: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(headers)\r\n"
}

@Suite(.serialized) struct ServerTests {
    @Test("pages go over a socket with their headers, HEAD without a body")
    func serves() async throws {
        try await withServer { port in
            let page = await exchange(port, get("/book/intro?q=1"))
            #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(page.hasSuffix("\r\n\r\n<p>intro 1</p>"))
            #expect(page.lowercased().contains("\r\ncontent-length: 14\r\n"))
            #expect(!page.contains("x-workestra-plain"))
            let head = await exchange(port, get("/book/intro?q=1").replacing("GET", with: "HEAD"))
            #expect(head.hasSuffix("\r\n\r\n"))
            #expect(head.lowercased().contains("\r\ncontent-length: 14\r\n"))
            let large = await exchange(port, get("/large", "Accept-Encoding: gzip\r\n").replacing("GET", with: "HEAD"))
            #expect(large.hasSuffix("\r\n\r\n") && large.lowercased().contains("content-length: 30000"))
        }
    }

    @Test("a connection beyond the most waits until one of them ends")
    func mostConnections() async throws {
        try await withServer(mostConnections: 2) { port in
            let silent = [connected(port), connected(port)].compactMap(\.self)
            #expect(silent.count == 2)
            try await Task.sleep(for: .milliseconds(200))
            let start = ContinuousClock.now
            async let late = exchange(port, get("/book/intro?q=1"))
            try await Task.sleep(for: .milliseconds(400))
            silent.forEach { close($0) }
            #expect(await late.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(ContinuousClock.now - start >= .milliseconds(400))
        }
    }

    @Test("a large page is compressed for those who take it, and reads the same; a private one is not")
    func compresses() async throws {
        try await withServer { port in
            let plain = await exchange(port, get("/large"))
            #expect(plain.utf8.count > 30_000)
            let bytes = await exchange(port, Array(get("/large", "Accept-Encoding: gzip\r\n").utf8))
            let head = String(decoding: bytes.prefix(2000), as: UTF8.self).lowercased()
            #expect(head.contains("content-encoding: gzip"))
            #expect(bytes.count < 3000)
            let text = try gunzipped(body(of: bytes))
            #expect(text == Array(String(repeating: "a line of text\n", count: 2000).utf8))
            let secret = await exchange(port, get("/calendar/large",
                "Accept-Encoding: gzip\r\nCookie: __Host-session=ingrid\r\n"))
            #expect(!secret.lowercased().contains("content-encoding") && secret.utf8.count > 30_000)
            #expect(!secret.contains("x-workestra-plain"))
        }
    }

    @Test("a form arrives, a body that is too long is 413")
    func readsBodies() async throws {
        try await withServer { port in
            let start = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/"
            let form = "POST /book/intro \(start)x-www-form-urlencoded\r\n"
            #expect(await exchange(port, form + "Content-Length: 8\r\n\r\nname=Ada").hasSuffix("<p>Ada</p>"))
            #expect(await exchange(port,
                form + "Transfer-Encoding: chunked\r\n\r\n8\r\nname=Ada\r\n0\r\n\r\n").hasSuffix("<p>Ada</p>"))
            let json = "POST /api/v1/public/holds \(start)json\r\n"
            let long = String(repeating: "a", count: 500)
            #expect(await exchange(port, json + "Content-Length: 500\r\n\r\n" + long).hasPrefix("HTTP/1.1 413"))
            let chunked = json + "Transfer-Encoding: chunked\r\n\r\n1f4\r\n\(long)\r\n0\r\n\r\n"
            #expect(await exchange(port, chunked).hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("hostile bytes are refused and the server lives on")
    func survives() async throws {
        try await withServer { port in
            for (name, bytes, statuses) in hostile {
                let answer = await exchange(port, bytes)
                let status = answer.isEmpty ? "closed" : String(answer.dropFirst(9).prefix(3))
                #expect(statuses.contains(status), "\(name): \(status)")
                #expect(await exchange(port, get("/livez")).hasSuffix("alive\n"), "dead after \(name)")
            }
        }
    }

    /// What is sent, and the statuses that are right; `closed` where no answer is due.
    private var hostile: [(String, String, [String])] {
        let start = "GET /livez HTTP/1.1\r\nHost: x\r\n"
        let many = { (count: Int) in (0..<count).map { "X-\($0): 1\r\n" }.joined() }
        let post = "POST /book/intro HTTP/1.1\r\nHost: x\r\n"
        return [
            ("300 headers", start + many(300) + "\r\n", ["431"]),
            ("100 000 headers", start + many(100_000) + "\r\n", ["431", "closed"]),
            ("a header of 100 KB", start + "X: " + String(repeating: "a", count: 100_000) + "\r\n\r\n", ["431"]),
            ("3 MB of headers",
                start + (0..<100).map { "X-\($0): \(String(repeating: "a", count: 30_000))\r\n" }.joined() + "\r\n",
                ["431", "closed"]),
            ("a path of 1 MB", "GET /\(String(repeating: "a", count: 1_000_000)) HTTP/1.1\r\nHost: x\r\n\r\n",
                ["400", "404", "414", "431", "closed"]),
            ("length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ["400"]),
            ("two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", ["400"]),
            ("a negative length", post + "Content-Length: -5\r\n\r\n", ["400"]),
            ("a bare CR", start + "X: a\rY: b\r\n\r\n", ["400"]),
            ("a NUL", start + "X: a\0b\r\n\r\n", ["400"]),
            ("a blank before the colon", start + "X : a\r\n\r\n", ["400"]),
            ("a folded header", start + "X: a\r\n b\r\nConnection: close\r\n\r\n", ["400", "200"]),
            ("no HTTP", "hello\r\n\r\n", ["400"]),
            ("HTTP/9", "GET / HTTP/9.9\r\n\r\n", ["400", "closed"]),
            ("a wrong chunk", post + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n", ["400"]),
            ("a chunk of 2^64", post + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nffffffffffffffffff\r\n",
                ["400"]),
        ]
    }

    /// A server that takes no more a fifth of a second after it is told to stop, and the port it gets. It cuts nothing
    /// off: what it waits for in vain it waits for until the test's own limit.
    private func briefly(_ fixture: SiteFixture) -> (group: ServiceGroup, ports: AsyncStream<Int>) {
        let (ports, started) = AsyncStream<Int>.makeStream()
        let server = fixture.site.server(
            host: "127.0.0.1", port: 0, drain: .milliseconds(200), patience: .seconds(3_600)) { started.yield($0) }
        let configuration = ServiceGroupConfiguration(services: [server], logger: fixture.lines.logger)
        return (ServiceGroup(configuration: configuration), ports)
    }

    @Test("a stop says not ready, lets the running request end and takes no more", .timeLimit(.minutes(10)))
    func stops() async throws {
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        let slow = Route(.get, "/slow", .open) { _ in
            arrived.yield()
            try await Task.sleep(for: .milliseconds(400))
            return .text("done")
        }
        let fixture = SiteFixture(more: [slow])
        let (group, ports) = briefly(fixture)
        async let running: Void = group.run()
        let port = await ports.first { _ in true } ?? 0
        async let slowly = exchange(port, get("/slow"))
        for await _ in arrivals { break }
        await group.triggerGracefulShutdown()
        #expect(await exchange(port, get("/readyz")).hasPrefix("HTTP/1.1 503"))
        let answer = await slowly
        #expect(answer.hasSuffix("done"))
        try await running
        #expect(await exchange(port, get("/livez")).isEmpty)
    }

    /// A stream that gives a sign each ten milliseconds for as long as somebody reads it, and says when nobody does.
    private func endless(_ ended: AsyncStream<Void>.Continuation, part: String) -> Route {
        Route(.get, "/stream", .open) { _ in
            let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
            let signs = Task {
                continuation.yield(Array("retry: 3000\n\n".utf8))
                while !Task.isCancelled {
                    continuation.yield(Array(part.utf8))
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            continuation.onTermination = { _ in
                signs.cancel()
                ended.yield()
            }
            return .events(stream)
        }
    }

    @Test("a stop ends a stream that is open, and does not wait for its reader", .timeLimit(.minutes(10)))
    func stopsStreams() async throws {
        let (ends, ended) = AsyncStream<Void>.makeStream()
        let fixture = SiteFixture(more: [endless(ended, part: "")])
        let (group, ports) = briefly(fixture)
        async let running: Void = group.run()
        let port = await ports.first { _ in true } ?? 0
        // Only once its first part is here is the stream open.
        let socket = try #require(connected(port))
        defer { close(socket) }
        let asked = Array(get("/stream").utf8)
        #expect(asked.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } > 0)
        #expect(await received(socket, until: "retry: 3000").hasPrefix("HTTP/1.1 200"))
        await group.triggerGracefulShutdown()
        try await running
        for await _ in ends { break }
    }

    @Test("a reader who leaves ends the stream, so that their place is free again", .timeLimit(.minutes(10)))
    func leavesStreams() async throws {
        let (ends, ended) = AsyncStream<Void>.makeStream()
        try await withServer(SiteFixture(more: [endless(ended, part: ": here\n\n")])) { port in
            let socket = try #require(connected(port))
            let asked = Array(get("/stream").utf8)
            #expect(asked.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } > 0)
            var buffer = [UInt8](repeating: 0, count: 1024)
            #expect(recv(socket, &buffer, buffer.count, 0) > 0)
            close(socket)
            for await _ in ends { break }
        }
    }
}
