/// Every address of the program with the policy it must have: a new one fails here until somebody has decided.
import Features
import Foundation
import Logging
import Testing
import Web

@testable import Server

struct RouteInventoryTests {
    private static let expected = RouteTable.api + "\n" + RouteTable.pages

    private func describe(_ policy: Policy) -> String {
        switch policy {
        case .open: "open"
        case .token: "token"
        case .signedIn(nil): "page"
        case .signedIn(let permission?): "page \(permission)"
        case .api(let permission): "key \(permission)"
        case .loopback: "loopback"
        }
    }

    private func withSite(_ body: (Site) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "routes-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let zones = ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo"
        let settings = try Settings(environment: [
            "WORKESTRA_DATA": folder, "WORKESTRA_ENV": "test", "WORKESTRA_ZONEINFO": zones,
            "WORKESTRA_RATE_FACTOR": "1000",
        ])
        let app = try await App(
            settings, exclusive: false, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        _ = try await app.installation.database.migrate()
        try await body(try app.site())
        await app.close()
    }

    @Test("the table names every route and its policy, and no other")
    func inventory() async throws {
        try await withSite { site in
            let found = Set(site.routes.map { "\($0.method.rawValue) \($0.path) \(describe($0.policy))" })
            let expected = Set((Self.expected + "\n" + Self.given).split(separator: "\n").map(String.init))
            #expect(found.subtracting(expected).sorted() == [], "decide about these and add them to the table")
            #expect(expected.subtracting(found).sorted() == [], "these are gone or have another policy")
        }
    }

    @Test("nobody gets past a policy: every guarded route refuses a stranger before it reads a body")
    func refused() async throws {
        try await withSite { site in
            for route in site.routes {
                let path = route.path.split(separator: "/").map { $0.hasPrefix(":") ? "x" : $0 }.joined(separator: "/")
                let answer = await site.answer(RawRequest(route.method.rawValue, "/" + path,
                    body: Array("nonsense".utf8)))
                switch route.policy {
                case .api: #expect(answer.status == 401, "\(route.method.rawValue) \(route.path)")
                case .signedIn:
                    let wanted = route.method.isSafe ? 303 : 401
                    #expect(answer.status == wanted, "\(route.method.rawValue) \(route.path)")
                // Whether a machine that runs all tests at once is ready within half a second is not asked here.
                case .open where route.path == "/readyz": continue
                case .open, .token, .loopback:
                    #expect(answer.status < 500, "\(route.method.rawValue) \(route.path)")
                }
            }
        }
    }

    @Test("writing is never open to a page of somebody else")
    func foreign() async throws {
        try await withSite { site in
            for route in site.routes where !route.method.isSafe && !route.isAPI && route.policy != .token {
                let path = route.path.split(separator: "/").map { $0.hasPrefix(":") ? "x" : $0 }.joined(separator: "/")
                let answer = await site.answer(RawRequest(
                    route.method.rawValue, "/" + path, headers: ["Sec-Fetch-Site": "cross-site"]))
                #expect([401, 403].contains(answer.status), "\(route.path)")
            }
        }
    }
}
