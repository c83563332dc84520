/// Every guarded page, every role: who comes in is written here by hand, and asked of the running site.
import Database
import Features
import Foundation
import Logging
import Scheduling
import Testing
import Web

@testable import Server

struct RoleMatrixTests {
    /// Letters of the roles that come in (owner, admin, Manager, member, viewer), then the addresses.
    /// `*` in place of a method: whatever it is.
    private static let pages: [(roles: String, addresses: [String])] = [
        ("OAMmv", [
            "* /calendar", "GET /calendar/bookings", "* /calendar/bookings/:id", "* /calendar/event-types",
            "GET /calendar/clock-changes",
            "GET /settings/booking-links", "* /settings/security", "* /settings/security/password",
            "* /settings/security/sessions/:id/end", "* /settings/security/other-sessions/end",
            "* /settings/assistants", "* /settings/assistants/:id/end", "* /settings/assisted/:id/end",
            "* /settings/security/workspaces/:id/entry", "* /settings/profile", "* /settings/profile/picture",
            "* /settings/profile/picture/removal", "GET /calendar/bookings.csv", "GET /calendar/bookings/:id/series",
            "GET /calendar/bookings/:id/files/:question",
            "GET /calendar/sessions/:id", "GET /settings/booking-links/:id/waitlist",
            "* /calendar/rings", "* /calendar/rings/stream", "* /calendar/routing-forms",
            "GET /settings/routing-forms",
        ]),
        ("OAMm", [
            "* /calendar/admin/keys", "* /calendar/admin/keys/:id/revocation",
            "POST /calendar/bookings/:id/cancellation", "POST /calendar/bookings/:id/approval",
            "POST /settings/booking-links",
            "* /settings/booking-links/:id", "* /settings/booking-links/new", "* /setup/done", "* /setup/hours",
            "* /setup/link", "POST /calendar/bookings", "* /calendar/bookings/:id/confirmation",
            "* /calendar/bookings/:id/move", "* /calendar/bookings/:id/no-show",
            "POST /calendar/bookings/:id/series/cancellation", "POST /calendar/bookings/:id/series/reschedule",
            "* /calendar/bookings/:id/reassignment", "GET /settings/booking-links/:id/distribution",
            "* /calendar/clock-changes/:id/keep", "* /calendar/clock-changes/:id/move",
            "* /calendar/bookings/:id/no-show/undo", "* /calendar/bookings/:id/notes",
            "* /calendar/bookings/:id/notes/:note/deletion", "* /calendar/bookings/:id/reschedule",
            "POST /calendar/bookings/:id/files/:question/deletion",
            "* /calendar/bookings/new", "* /calendar/schedules", "* /calendar/schedules/:id",
            "* /calendar/schedules/:id/default", "* /calendar/schedules/:id/deletion", "* /calendar/schedules/away",
            "* /calendar/schedules/away/:id/deletion", "* /calendar/schedules/holidays", "* /calendar/schedules/new",
            "* /settings/booking-links/:id/bookings", "* /settings/booking-links/:id/copy",
            "* /settings/booking-links/:id/delete", "* /settings/booking-links/:id/switch",
            "* /calendar/troubleshooter", "* /calendar/bookings/:id/spam", "* /calendar/blocked",
            "* /calendar/blocked/:id/removal", "* /calendar/sessions/:id/cancellation",
            "* /calendar/sessions/:id/move", "* /calendar/sessions/:id/reschedule",
            "* /calendar/bookings/:id/proposal", "* /calendar/bookings/:id/proposal/times",
            "* /calendar/bookings/:id/proposal/withdrawal", "* /calendar/bookings/:id/rebook",
            "GET /settings/booking-links/:id/offer", "* /settings/booking-links/:id/offer/times",
            "* /settings/booking-links/:id/offers", "* /settings/booking-links/:id/offers/:offer",
            "* /settings/booking-links/:id/offers/:offer/release",
            "* /calendar/single-use", "* /calendar/single-use/new", "* /calendar/single-use/:id",
            "* /calendar/one-off", "* /calendar/one-off/new", "* /calendar/one-off/:id",
            "* /calendar/one-off/:id/withdrawal", "* /calendar/polls", "* /calendar/polls/new",
            "* /calendar/sheets", "* /calendar/sheets/new", "* /calendar/sheets/:id",
            "* /calendar/sheets/:id/sign-ups.csv", "* /calendar/sheets/:id/closing",
            "* /calendar/sheets/:id/reopening", "* /calendar/sheets/:id/deletion",
            "* /calendar/polls/:id", "* /calendar/polls/:id/finalization", "* /calendar/polls/:id/closing",
            "* /calendar/polls/:id/reopening", "* /calendar/polls/:id/deletion",
            "* /calendar/polls/:id/removal",
            "* /calendar/single-use/:id/mail", "* /calendar/single-use/:id/withdrawal",
            "* /calendar/out-today", "* /calendar/waitlist/:id/removal", "* /calendar/waitlist/:id/offer",
            "* /calendar/rings/:id/acceptance", "* /calendar/rings/:id/pass", "POST /settings/routing-forms",
            "* /settings/routing-forms/new", "* /settings/routing-forms/:id", "* /settings/routing-forms/:id/deletion",
            "* /settings/routing-forms/:id/responses", "* /settings/routing-forms/:id/responses.csv",
            "* /settings/routing-forms/:id/responses/:response/route", "* /settings/routing-forms/:id/routes",
            "* /settings/routing-forms/:id/samples", "* /settings/routing-forms/:id/test",
            "* /settings/routing-forms/:id/embed", "* /settings/booking-links/:id/embed",
        ]),
        ("OA", [
            "* /calendar/admin/audit", "* /calendar/admin/members", "* /calendar/admin/members/:id",
            "* /calendar/admin/members/:id/deactivation", "* /calendar/admin/members/:id/reactivation",
            "* /calendar/admin/members/:id/removal", "* /calendar/admin/invitations",
            "* /calendar/admin/members/:id/hand-over", "* /calendar/admin/members/:id/assistants",
            "* /calendar/admin/members/:id/assistants/:assistant/end",
            "* /calendar/admin/invitations/:id/resend", "* /calendar/admin/invitations/:id/withdrawal",
            "* /calendar/admin/teams", "* /calendar/admin/teams/:id", "* /calendar/admin/teams/:id/deletion",
            "* /calendar/admin/managed-links", "* /calendar/admin/managed-links/:id",
            "* /calendar/admin/managed-links/:id/deletion",
            "* /calendar/admin/resources", "* /calendar/admin/resources/:id",
            "* /calendar/admin/resources/:id/deletion", "* /calendar/admin/resources/new",
            "* /calendar/admin/teams/new", "* /settings/webhooks", "* /settings/webhooks/new",
            "* /settings/webhooks/:id", "* /settings/webhooks/:id/deletion", "* /settings/webhooks/:id/rotation",
            "* /settings/webhooks/:id/test", "* /settings/webhooks/:id/deliveries/:delivery",
            "* /settings/webhooks/:id/deliveries/:delivery/resend", "* /settings/outside-hosts",
        ]),
        ("O", ["* /settings/workspace"]),
    ]
    private static let letters: [(Role, Character)] = [
        (.owner, "O"), (.admin, "A"), (.manager, "M"), (.member, "m"), (.viewer, "v"),
    ]
    /// These take the browser out of its session or ask more than a role: who may found depends on the installation.
    private static let apart: Set<String> = ["POST /sign-out", "POST /sign-up/further"]

    private static func roles(of route: Route) -> String? {
        pages.first { row in
            row.addresses.contains("\(route.method.rawValue) \(route.path)")
                || row.addresses.contains("* \(route.path)")
        }?.roles
    }

    @Test("every page of the signed-in lets in exactly the roles of the table, and the table knows every page")
    func matrix() async throws {
        try await withApp { app, site in
            for (role, letter) in Self.letters {
                let principal = try await person(role, app)
                for route in site.routes {
                    guard case .signedIn = route.policy else { continue }
                    let name = "\(route.method.rawValue) \(route.path)"
                    guard !Self.apart.contains(name) else { continue }
                    let roles = try #require(Self.roles(of: route), "decide who may: \(name)")
                    let status = await ask(site, route, principal)
                    if roles.contains(letter) {
                        #expect(status != 403 && status < 500, "\(role) is kept out of \(name): \(status)")
                    } else {
                        #expect(status == 403, "\(role) gets into \(name): \(status)")
                    }
                }
            }
        }
    }

    @Test("the table names no page that is gone")
    func noGhosts() async throws {
        try await withApp { _, site in
            let known = Set(site.routes.flatMap { ["\($0.method.rawValue) \($0.path)", "* \($0.path)"] })
            let ghosts = Self.pages.flatMap(\.addresses).filter { !known.contains($0) }
            #expect(ghosts == [])
        }
    }

    private struct Person {
        let cookie: String
        let csrf: String
    }

    private func person(_ role: Role, _ app: App) async throws -> Person {
        let operate = Operate(
            database: app.installation.database, world: app.installation.world, passwords: app.passwords)
        let email = "\(role.rawValue)@example.com"
        if try await operate.workspaces().isEmpty { _ = try await operate.addWorkspace(name: "Nordhavn") }
        let added = try await operate.addUser(email: email, name: role.rawValue, role: role, workspace: nil)
        let signIn = SignIn(
            database: app.installation.database, world: app.installation.world, passwords: app.passwords)
        let session = try await signIn(
            email: email, password: added.password ?? "", remote: "192.0.2.7", userAgent: "")
        let key = app.installation.keyring.mac([], purpose: "csrf")
        return Person(
            cookie: "workestra_session=\(session.token)", csrf: CSRF.token(session: session.token, key: key))
    }

    /// A call that gets through every other check: what is wrong with it is found after the right was asked.
    private func ask(_ site: Site, _ route: Route, _ person: Person) async -> Int {
        let path = route.path.split(separator: "/").map { $0.hasPrefix(":") ? "x" : $0 }.joined(separator: "/")
        let headers: Headers = [
            "Host": "127.0.0.1:8080", "Cookie": person.cookie, "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        ]
        let body = route.method.isSafe ? [] : Array("csrf=\(person.csrf)".utf8)
        let answer = await site.answer(
            RawRequest(route.method.rawValue, "/" + path, headers: headers, body: body))
        return answer.status
    }

    private func withApp(_ body: (App, Site) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "roles-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let zones = ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo"
        let settings = try Settings(environment: [
            "WORKESTRA_DATA": folder, "WORKESTRA_ENV": "test", "WORKESTRA_ZONEINFO": zones,
            "WORKESTRA_RATE_FACTOR": "1000",
        ])
        let app = try await App(
            settings, exclusive: false, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        _ = try await app.installation.database.migrate()
        try await body(app, try app.site())
        await app.close()
    }
}
