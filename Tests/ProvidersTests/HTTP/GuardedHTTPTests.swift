/// The guarded client against a real server that misbehaves, and against names that change where they lead.
import Capabilities
import Foundation
import Synchronization
import Testing

@testable import Providers

struct GuardedHTTPTests {
    private static let home = IPAddress(bytes: [127, 0, 0, 1])
    private static let listed = IPAddress(bytes: [127, 0, 0, 2])

    /// A client for which 127.0.0.2 is allowed and everything else is as it is.
    private func client(
        _ resolver: Resolver = Resolver { _ in [GuardedHTTPTests.listed] },
        blocked: @escaping @Sendable (EgressProblem) -> Void = { _ in }
    ) throws -> GuardedHTTP {
        let rules = EgressRules(allowed: [try #require(IPNetwork("127.0.0.2"))])
        return GuardedHTTP(rules, resolver: resolver, blocked: blocked)
    }

    /// - Parameter seconds: for calls that are to be too slow; others take what a busy machine needs.
    private func call(_ address: String, seconds: Int64 = 60, body: String = "hello") throws -> HTTPCall {
        var call = HTTPCall(
            "POST", try OutsideAddress(address), headers: [HTTPHeader("X-Ours", "yes")], body: Array(body.utf8))
        call.seconds = seconds
        return call
    }

    private func failure(_ client: GuardedHTTP, _ call: HTTPCall) async -> ProviderError? {
        do throws(ProviderError) {
            _ = try await client.send(call)
            return nil
        } catch {
            return error
        }
    }

    @Test("a call arrives as it was made, under the name that was typed, and its answer comes back")
    func arrives() async throws {
        let server = try WebServer("127.0.0.2")
        let reply = try await client().send(call("http://hooks.example.org:\(server.port)/ok?a=b"))
        #expect(reply.status == 200 && reply.body == Array("thank you".utf8))
        let request = try #require(try server.seen().requests.first)
        let headers = request["headers"] as? [String: String]
        #expect(request["method"] as? String == "POST" && request["path"] as? String == "/ok?a=b")
        #expect(request["body"] as? String == "hello" && headers?["x-ours"] == "yes")
        #expect(headers?["host"] == "hooks.example.org:\(server.port)" && headers?["cookie"] == nil)
    }

    @Test("a name that leads home a moment later is never followed there")
    func rebinding() async throws {
        let server = try WebServer("127.0.0.1", "127.0.0.2")
        let asked = Mutex(0)
        let turning = Resolver { _ in
            asked.withLock { count in
                count += 1
                return count == 1 ? [Self.listed] : [Self.home]
            }
        }
        let client = try client(turning)
        let call = try call("http://turning.example.org:\(server.port)/ok")
        #expect(try await client.send(call).status == 200)
        // One look for one call: the second look, had there been one, would have led home.
        #expect(asked.withLock { $0 } == 1)
        #expect(await failure(client, call)?.reason == .notAllowed)
        #expect(try server.seen().connections == ["127.0.0.1": 0, "127.0.0.2": 1])
    }

    @Test("however home is written, nothing is connected to and the figure says why", arguments: [
        "127.0.0.1", "localhost", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "[::1]",
    ])
    func home(host: String) async throws {
        let server = try WebServer("127.0.0.1")
        let blocked = Mutex<[EgressProblem]>([])
        let client = try client(.system) { problem in blocked.withLock { $0.append(problem) } }
        let address = "http://\(host):\(server.port)/ok"
        let problem = await client.problem(with: try OutsideAddress(address))
        #expect(problem == .privateHost || problem == .unknownHost, "\(String(describing: problem))")
        #expect(await failure(client, try call(address)) != nil)
        #expect(blocked.withLock { $0.count } == 2)
        #expect(try server.seen().connections == ["127.0.0.1": 0])
    }

    @Test("a redirect is an answer like any other and is not followed")
    func redirect() async throws {
        let server = try WebServer("127.0.0.1", "127.0.0.2")
        let reply = try await client().send(call("http://a.example:\(server.port)/moved"))
        #expect(reply.status == 301)
        #expect(try server.seen().connections == ["127.0.0.1": 0, "127.0.0.2": 1])
    }

    @Test("a closed port and a silent one read alike; what hangs, drips or ends too soon is a failure in time")
    func failures() async throws {
        let server = try WebServer("127.0.0.2")
        let client = try client()
        let base = "http://a.example:\(server.port)"
        let words = "The server did not answer in time."
        #expect(await failure(client, try call("\(base)/hang", seconds: 9))?.detail == words)
        #expect(await failure(client, try call("\(base)/drip", seconds: 9))?.detail == words)
        for path in ["/closes", "/cut"] {
            #expect(await failure(client, try call(base + path))?.reason == .unavailable, "\(path)")
        }
        let closed = try WebServer("127.0.0.3")
        let other = await failure(client, try call("http://a.example:\(closed.port)/ok"))
        #expect(other?.detail == "The server was not reached.")
    }

    @Test("of a gigabyte 64 KiB are read")
    func big() async throws {
        let server = try WebServer("127.0.0.2")
        let reply = try await client().send(call("http://a.example:\(server.port)/big"))
        #expect(reply.status == 200 && reply.body.count == 65_536)
    }

    @Test("only a certificate of this host, of today and of a trusted authority will do, by TLS 1.2 or newer",
          arguments: ["good", "self-signed", "stranger", "expired", "elsewhere", "old"])
    func certificates(kind: String) async throws {
        let server = try WebServer("127.0.0.2", "--tls", kind)
        let call = try call("https://localhost:\(server.port)/ok")
        var client = try client()
        // The system knows none of our authorities.
        let stranger = await failure(client, call)
        #expect(stranger?.reason == .unavailable)
        #expect(stranger?.detail == "The encrypted connection failed: is the certificate good?")
        client.authority = server.authority
        if kind == "good" {
            #expect(try await client.send(call).status == 200)
        } else {
            #expect(await failure(client, call)?.detail == stranger?.detail)
        }
        #expect(try server.seen().requests.count == (kind == "good" ? 1 : 0))
    }

    @Test("the system's resolver knows this machine and no host that is none")
    func system() async {
        #expect(await Resolver.system.addresses("127.0.0.1") == [Self.home])
        #expect(await Resolver.system.addresses("no-such-host.invalid").isEmpty)
    }
}
