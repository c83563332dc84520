/// Members in a browser and in `MemberStore`: who may change whom, what ends with a member, and what keeps one here.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct MemberTests {
    private let members = "/calendar/admin/members"

    /// Ingrid owns, Ada is admin, Bo a member.
    private func withPeople(
        _ engine: Engine, _ body: (TestSite, _ ingrid: Member, _ ada: Member, _ bo: Member) async throws -> Void
    ) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let ingrid = try await test.addPerson()
            let ada = try await test.addPerson("ada@example.com", role: .admin, name: "Ada")
            let bo = try await test.addPerson("bo@example.com", role: .member, name: "Bo")
            try await body(test, ingrid, ada, bo)
        }
    }

    @Test("a role and grants are saved, shown again, and written into the log", arguments: Engine.all)
    func changes(engine: Engine) async throws {
        try await withPeople(engine) { test, ingrid, _, bo in
            let browser = try await test.browser(of: "ingrid@example.com")
            await browser.get("\(members)/\(bo.account.id)")
            let answer = await browser.post("\(members)/\(bo.account.id)", [
                ("role", "manager"), ("grants", "finance"), ("grants", "people"), ("grants", "nonsense"),
            ])
            #expect(answer.goesTo == "\(members)?done=saved")
            await browser.get("\(members)/\(bo.account.id)")
            #expect(browser.page.contains(#"value="manager" selected"#))
            #expect(browser.page.contains(#"value="finance" checked"#))
            #expect(!browser.page.contains(#"value="dispatch" checked"#))
            let row = try #require(try await test.log(of: ingrid.workspace).first { $0.action == .memberChanged })
            #expect(row.targetName == "Bo" && row.before == #"{"role":"member","grants":[]}"#)
            #expect(row.after == #"{"role":"manager","grants":["finance","people"]}"#)
            await browser.get("/calendar/admin/audit?action=member_changed")
            #expect(browser.page.contains("Role or grants changed") && browser.page.contains("Ingrid Aasland"))
            #expect(browser.page.contains("role: member → manager"))
            #expect(browser.page.contains("grants: none → finance, people"))
        }
    }

    @Test("an admin touches no owner and makes none; the last owner stays one", arguments: Engine.all)
    func owners(engine: Engine) async throws {
        try await withPeople(engine) { test, ingrid, ada, bo in
            let admin = try await test.browser(of: "ada@example.com")
            await #expect(admin.post("\(members)/\(ingrid.account.id)", [("role", "member")]).status == 403)
            await #expect(admin.post("\(members)/\(ingrid.account.id)/removal", []).status == 403)
            await #expect(admin.post("\(members)/\(bo.account.id)", [("role", "owner")]).status == 403)
            #expect(admin.isWrong("role"))
            await #expect(admin.post("\(members)/\(ada.account.id)", [("role", "owner")]).status == 403)
            await #expect(admin.post("\(members)/\(bo.account.id)", [("role", "admin")]).status == 303)

            let owner = try await test.browser(of: "ingrid@example.com")
            for verb in ["", "/removal", "/deactivation"] {
                let answer = await owner.post("\(members)/\(ingrid.account.id)\(verb)", [("role", "admin")])
                #expect(answer.status == 409 && owner.page.contains("at least one owner"), "\(verb)")
            }
            await #expect(owner.post("\(members)/\(ada.account.id)", [("role", "owner")]).status == 303)
            await #expect(owner.post("\(members)/\(ingrid.account.id)", [("role", "admin")]).status == 303)
        }
    }

    @Test("two owners who demote each other at once leave one", arguments: Engine.all)
    func race(engine: Engine) async throws {
        try await withPeople(engine) { test, ingrid, ada, _ in
            let owner = try await test.browser(of: "ingrid@example.com")
            await owner.post("\(members)/\(ada.account.id)", [("role", "owner")])
            let change = ChangeMember(test.installation)
            func demote(_ target: Member, by actor: Member) async -> Bool {
                let principal = Principal(
                    kind: .session, workspace: actor.workspace, workspaceName: "", user: actor.account.id, name: "",
                    permissions: Permission.granted(to: .owner))
                do {
                    try await change.set(
                        role: .member, grants: [], of: target.account.id, by: principal, from: .console)
                    return true
                } catch {
                    return false
                }
            }
            async let first = demote(ingrid, by: ada)
            async let second = demote(ada, by: ingrid)
            let done = await (first, second)
            #expect(done.0 != done.1, "one of the two was too late")
            let scope = Scope(workspace: ingrid.workspace, actor: .system)
            let owners = try await test.installation.database.read(scope) { tx in
                try MemberStore.owners(scope: scope, in: tx)
            }
            #expect(owners == 1)
        }
    }

    @Test("whoever is switched off or removed is out at once, with every key; back in only by an admin",
          arguments: Engine.all)
    func out(engine: Engine) async throws {
        try await withPeople(engine) { test, _, _, bo in
            let key = try await test.operate.addKey(email: "bo@example.com", scopes: nil)
            let program = Program(site: try test.open(), key: key.text)
            let his = try await test.browser(of: "bo@example.com")
            let admin = try await test.browser(of: "ada@example.com")
            #expect(try await program.call("GET", "/api/v1/me").status == 200)

            await #expect(admin.post("\(members)/\(bo.account.id)/deactivation", []).goesTo == "\(members)?done=off")
            await #expect(his.get("/calendar").status == 303)
            #expect(try await program.call("GET", "/api/v1/me").status == 401)
            let right = [("email", "bo@example.com"), ("password", "three calm rivers")]
            await #expect(his.post("/sign-in", right).status == 422)

            await #expect(admin.post("\(members)/\(bo.account.id)/reactivation", []).status == 303)
            await #expect(his.post("/sign-in", right).status == 303)
            #expect(try await program.call("GET", "/api/v1/me").status == 401)

            await #expect(admin.post("\(members)/\(bo.account.id)/removal", []).status == 303)
            await #expect(his.get("/calendar").status == 303)
            await #expect(admin.get("\(members)/\(bo.account.id)").status == 404)
            await admin.get(members)
            #expect(!admin.page.contains("bo@example.com"))
            // He can be invited again, and gets his place back without what he was granted.
            try await test.addPerson("bo@example.com", role: .viewer)
            await #expect(his.post("/sign-in", right).status == 303)
        }
    }

    @Test("nobody goes while an active link is theirs: the page says how many and leads there", arguments: Engine.all)
    func duties(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let principal = Principal(
                kind: .session, workspace: stage.workspace, workspaceName: "Nordhavn", user: stage.ada, name: "Ada",
                permissions: Permission.granted(to: .owner))
            let change = ChangeMember(stage.installation)
            let link = try await stage.makeLink("bobs", host: stage.bob)
            let expected = MemberRefusal.hasDuties(
                name: "Bob Osei", MemberDuties(activeLinks: 1, upcomingBookings: 0))
            await #expect(throws: expected) {
                try await change.remove(stage.bob, by: principal, from: .console)
            }
            #expect(expected.message.contains("one active link and 0 upcoming bookings"))
            _ = try await SaveLink(stage.installation).update(
                link.id, version: nil, scope: principal.scope
            ) { link in
                var wish = LinkWish(rules: link.rules)
                wish.rules.active = false
                return wish
            }
            // A page that strangers asked for is none that somebody would have to hand over.
            let both = try await stage.makeLink("both", .collective, [HostWish(stage.ada), HostWish(stage.bob)])
            try await stage.database.write(stage.scope) { [scope = stage.scope] tx in
                try AdHocStore.mark(both.id, AdHocLink.key(of: both.hosts), scope: scope, in: tx)
            }
            try await change.remove(stage.bob, by: principal, from: .console)
        }
    }

    @Test("people of another workspace and ids that never were get one answer; other roles none at all")
    func strangers() async throws {
        try await withPeople(.sqlite) { test, _, _, bo in
            let stranger = try await test.addPerson("eve@else.example", workspace: "Elsewhere")
            let owner = try await test.browser(of: "ingrid@example.com")
            for path in ["", "/removal", "/deactivation", "/reactivation"] {
                for id in [stranger.account.id.text, "usr_nonsense"] {
                    let answer = await owner.post("\(members)/\(id)\(path)", [("role", "member")])
                    #expect(answer.status == 404, "\(path) \(id)")
                }
            }
            await #expect(owner.post("\(members)/\(bo.account.id)", [("role", "emperor")]).status == 422)
            let member = try await test.browser(of: "bo@example.com")
            for path in [members, "\(members)/\(bo.account.id)", "/calendar/admin/audit"] {
                await #expect(member.get(path).status == 403, "\(path)")
            }
            await member.get("/calendar")
            #expect(!member.page.contains(members))
            await owner.get("/calendar")
            #expect(owner.page.contains(members))
        }
    }
}
