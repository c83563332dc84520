/// Who reads whose bookings: hosts their own, managers their teams', everybody where the workspace says so.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

struct ReadingTests {
    /// Who, by which method, which address; the status.
    private typealias Ask = (String, String, String) async throws -> Int

    /// Ada owns; Bob hosts a booking; Mia is a manager and Max a member.
    private func withBooking(
        _ engine: Engine, _ body: (Stage, _ booking: ID<Booking>, _ ask: Ask) async throws -> Void
    ) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("bobs", host: stage.bob)
            let booking = try await stage.book(stage.at(10), on: link).id
            let site = try Self.site(stage)
            let operate = Operate(database: stage.database, world: stage.world, passwords: Passwords())
            for (name, role) in [("mia", Role.manager), ("max", .member)] {
                _ = try await operate.addUser(
                    email: "\(name)@nordhavn.example", name: name, role: role, workspace: nil)
            }
            var keys: [String: String] = [:]
            for name in ["ada", "bob", "mia", "max"] {
                keys[name] = try await operate.addKey(email: "\(name)@nordhavn.example", scopes: nil).text
            }
            let found = keys
            try await body(stage, booking) { who, method, path in
                try await Program(site: site, key: found[who]).call(method, path).status
            }
        }
    }

    private static func site(_ stage: Stage) throws -> Site {
        let authenticate = Authenticate(stage.installation)
        var settings = Site.Settings(publicURL: try #require(WebURL("http://meet.example")))
        settings.limits = Site.Limits(key: 10_000, writes: 10_000, anonymousWrites: 10_000)
        return Site(
            settings: settings, routes: BookingAPI(stage.installation).routes,
            authenticate: { try await authenticate($0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("a manager reads the bookings of the teams they manage and changes none", arguments: Engine.all)
    func managers(engine: Engine) async throws {
        try await withBooking(engine) { stage, booking, ask in
            let path = "/api/v1/bookings/\(booking)"
            for (who, status) in [("ada", 200), ("bob", 200), ("mia", 404), ("max", 404)] {
                #expect(try await ask(who, "GET", path) == status, "\(who)")
            }
            let scope = Scope(workspace: stage.workspace, actor: .system)
            let people = try await stage.database.read(scope) { tx in
                try AccountStore.members(of: scope.workspace, in: tx)
            }
            func id(_ name: String) throws -> ID<User> {
                let found = people.first { $0.account.name == name }
                return try (found?.account.id).wanted(name)
            }
            let (mia, max) = (try id("mia"), try id("max"))
            var wish = TeamWish(name: "Sales", slug: "sales")
            wish.people = [
                .init(user: mia, manages: true), .init(user: max, manages: true),
                .init(user: stage.bob, manages: false),
            ]
            _ = try await SaveTeam(stage.installation).create(wish, scope: scope, from: .console)
            #expect(try await ask("mia", "GET", path) == 200)
            #expect(try await ask("mia", "GET", "/api/v1/bookings?host=\(stage.bob)") == 200)
            #expect(try await ask("mia", "GET", "/api/v1/bookings?host=\(stage.ada)") == 403)
            #expect(try await ask("mia", "POST", "\(path)/cancellation") == 404)
            // A member who is said to manage is no manager.
            #expect(try await ask("max", "GET", path) == 404)
        }
    }

    @Test("where everybody reads all, everybody reads and nobody more changes", arguments: Engine.all)
    func everybody(engine: Engine) async throws {
        try await withBooking(engine) { stage, booking, ask in
            let scope = Scope(workspace: stage.workspace, actor: .system)
            let open = WorkspaceSettings(
                name: "Nordhavn", zone: "UTC", language: "en", isTest: false, everyoneReads: true)
            try await SaveWorkspace(stage.installation)(open, scope: scope, from: .console)
            let path = "/api/v1/bookings/\(booking)"
            #expect(try await ask("max", "GET", path) == 200)
            #expect(try await ask("max", "POST", "\(path)/cancellation") == 404)
            #expect(try await ask("bob", "POST", "\(path)/cancellation") == 200)
        }
    }
}
