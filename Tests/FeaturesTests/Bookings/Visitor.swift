/// Requests to the feature's own routes, in process: pages as a browser sees them, the API as a program does.
import Capabilities
import Database
import Fakes
import Foundation
import Logging
import Scheduling
import Web

@testable import Features

/// A browser or a program; `who` is `ada`, `bob` or nobody.
struct Visitor: Sendable {
    let stage: Stage
    let site: Site
    var who: String?

    /// - Parameters:
    ///   - http: the world outside, for webhooks.
    ///   - owners: the CRMs that know whose contact somebody is.
    ///   - members: further people, who act for those whose assistants they are in the database.
    init(
        _ stage: Stage, who: String? = nil, http: FakeHTTP = FakeHTTP(), members: [String: Member] = [:],
        owners: [OwnerSource: any ContactOwners] = [:]
    ) throws {
        let installation = stage.installation
        let routes = LinkRoutes(installation, times: OfferedTimes.asked(installation)).routes
            + LinkAPI(installation).routes + BookingRoutes(installation).routes + ChangeRoutes(installation).routes
            + TokenRoutes(installation).routes + GuestRoutes(installation).routes + HostRoutes(installation).routes
            + BookingAPI(installation).routes + AnswerFileRoutes(installation).routes
            + SessionAPI(installation).routes
            + PublicAPI(installation).routes + TokenAPI(installation).routes
            + ScheduleRoutes(installation).routes + AwayRoutes(installation).routes
            + ScheduleAPI(installation).routes + TimeAwayAPI(installation).routes
            + ExplanationAPI(installation).routes + TroubleshooterRoutes(installation).routes
            + FindBookings(installation).routes + LinkMarkdown.routes(installation)
            + ApprovalRoutes(installation).routes
            + SeriesRoutes(installation).routes + SeriesAPI(installation).routes
            + WaitlistRoutes(installation).routes + WaitlistAPI(installation).routes
            + KeptOfferAPI(installation).routes + SingleUseRoutes(installation).routes
            + SingleUseAPI(installation).routes + OneOffVisit(installation).routes + OneOffRoutes(installation).routes
            + OneOffAPI(installation).routes + PollVisit(installation).routes + PollRoutes(installation).routes
            + PollAPI(installation).routes + SheetVisit(installation).routes + SheetRoutes(installation).routes
            + SheetAPI(installation).routes
            + OutTodayAPI(installation).routes + HandOverAPI(installation).routes
            + DashboardRoutes(installation).routes + ClockChangeRoutes(installation).routes
            + Webhooks(installation, sender: http).routes
            + OutsideHostRoutes(installation, mailHost: "mail.example").routes
            + MemberRoutes(installation).routes + TeamAPI(installation).routes
            + AuditRoutes(installation).routes + TemplateRoutes(installation).routes + TemplateAPI(installation).routes
            + ResourceRoutes(installation).routes + ResourceAPI(installation).routes
            + RingHostRoutes(installation).routes
            + RoutingFormRoutes(installation, owners: owners).routes + RoutingFormAPI(installation).routes
            + PublicFormRoutes(installation, owners: owners).routes + EmbedRoutes(installation).routes
            + ProfileRoutes(installation, files: FakeFiles()).routes + PublicTeamRoutes(installation).routes
        var settings = Site.Settings(publicURL: try WebURL(installation.address).wanted("address"))
        settings.limits = Site.Limits(key: 100_000, writes: 100_000, anonymousWrites: 100_000)
        let people = ["ada": (stage.ada, Role.owner), "bob": (stage.bob, Role.member), "eve": (stage.bob, Role.viewer)]
        let workspace = stage.workspace
        site = Site(
            settings: settings, routes: routes,
            authenticate: { request in
                let name = request.isForAPI ? request.bearer : request.cookie("session")
                guard let name else { return nil }
                if let member = members[name] {
                    return try await Self.principal(member, name, isForAPI: request.isForAPI, stage)
                }
                if let (user, permissions) = Self.keys(stage)[name] {
                    return Principal(
                        kind: .key("key-\(name)"), workspace: workspace, workspaceName: "Nordhavn", user: user,
                        name: name, permissions: permissions, sessionID: name, csrf: "")
                }
                guard let (user, role) = people[name] else { return nil }
                return Principal(
                    kind: request.isForAPI ? .key("key-\(name)") : .session, workspace: workspace,
                    workspaceName: "Nordhavn", user: user, name: name, permissions: Permission.granted(to: role),
                    sessionID: name, csrf: "csrf-\(name)")
            }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        self.stage = stage
        self.who = who
    }

    /// Keys that may less than their owners.
    private static func keys(_ stage: Stage) -> [String: (ID<User>, Set<Permission>)] {
        ["booker": (stage.bob, [.bookingsRead, .bookingsWrite]), "linker": (stage.ada, [.linksRead])]
    }

    private static func principal(
        _ member: Member, _ name: String, isForAPI: Bool, _ stage: Stage
    ) async throws -> Principal {
        let assists = try await stage.database.lookUp { try AccountStore.assisted(by: member, in: $0) }
        return Principal(
            kind: isForAPI ? .key("key-\(name)") : .session, workspace: member.workspace, workspaceName: "Nordhavn",
            user: member.account.id, name: member.account.name, permissions: Permission.granted(to: member.role),
            assists: assists, sessionID: name, csrf: "csrf-\(name)")
    }

    func asked(by who: String?) -> Visitor {
        var visitor = self
        visitor.who = who
        return visitor
    }

    private func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: [UInt8] = []
    ) async -> Answer {
        var headers = headers
        if let who {
            headers += [("Cookie", "session=\(who)"), ("Authorization", "Bearer \(who)")]
        }
        return await site.answer(RawRequest(method, target, headers: Headers(headers), body: body))
    }

    func get(_ target: String) async -> Answer { await send("GET", target) }

    /// Presses a time on a link's page: the page of details that follows, with the time held.
    func hold(_ start: Instant, on slug: String = "intro", _ more: [String: String] = [:]) async -> Answer {
        let month = await get("/book/\(slug)")
        let press = ["start": String(start.seconds), "form": month.field("form") ?? ""].merging(more) { $1 }
        return await get(await post("/book/\(slug)/holds", press).location)
    }

    func head(_ target: String) async -> Answer { await send("HEAD", target) }

    /// A form of our own page.
    func post(_ target: String, _ form: [String: String]) async -> Answer {
        await post(target, pairs: form.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    /// The same with names that occur several times.
    func post(_ target: String, pairs: [(String, String)]) async -> Answer {
        let own = who.map { [("csrf", "csrf-\($0)")] } ?? []
        let pairs = (pairs + own).map { "\(encoded($0.0))=\(encoded($0.1))" }
        return await send(
            "POST", target,
            [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")],
            body: Array(pairs.joined(separator: "&").utf8))
    }

    /// A call of the API.
    func call(
        _ method: String, _ target: String, _ json: JSON? = nil, key: String? = nil, code: String? = nil,
        ifMatch: String? = nil, _ more: [(String, String)] = []
    ) async -> Answer {
        var headers = [("Content-Type", "application/json")] + more
        if let code { headers.append(("Workestra-Access-Code", code)) }
        if let ifMatch { headers.append(("If-Match", ifMatch)) }
        if let key { headers.append(("Idempotency-Key", key)) }
        return await send(method, target, headers, body: json?.bytes ?? [])
    }

    private func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension Request {
    fileprivate var isForAPI: Bool { route.hasPrefix("/api/") }
}

extension Answer {
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { (try? JSON(reading: body)) ?? .null }
    var location: String { self[header: "Location"] ?? "" }

    /// The value of the first field of that name in a page, as a browser would send it back.
    func field(_ name: String) -> String? {
        guard let tag = text.tags("input").first(where: { $0.attribute("name") == name }) else { return nil }
        return tag.attribute("value")
    }

    /// The values of all fields of that name, in the order they stand.
    func values(_ name: String) -> [String] {
        text.tags("input").filter { $0.attribute("name") == name }.compactMap { $0.attribute("value") }
    }

    /// The values of all buttons of that name.
    func buttons(_ name: String) -> [String] {
        text.tags("button").filter { $0.attribute("name") == name }.compactMap { $0.attribute("value") }
    }

    /// The fields a problem names.
    var problemFields: [String] { json["errors"]?.array?.compactMap { $0["field"]?.string } ?? [] }
}

extension String {
    fileprivate func tags(_ name: String) -> [Substring] {
        components(separatedBy: "<\(name) ").dropFirst().map { $0.prefix { $0 != ">" } }
    }
}

extension Substring {
    fileprivate func attribute(_ name: String) -> String? {
        let parts = " \(self)".components(separatedBy: " \(name)=\"")
        guard parts.count > 1 else { return nil }
        let value = String(parts[1].prefix { $0 != "\"" })
        return value.replacing("&amp;", with: "&").replacing("&lt;", with: "<").replacing("&#39;", with: "'")
            .replacing("&quot;", with: "\"").replacing("&gt;", with: ">")
    }
}
