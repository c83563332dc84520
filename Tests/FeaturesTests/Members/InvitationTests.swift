/// Invitations from the mail to the first page, in `InvitationStore` of both engines.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct InvitationTests {
    private let invitations = "/calendar/admin/invitations"
    private let person = [
        ("name", "Jonas Lind"), ("password", "four calm rivers"), ("timezone", "Europe/Oslo"),
    ]

    private func invited(
        _ test: TestSite, _ email: String = "jonas@example.com", role: String = "member"
    ) async throws -> (Browser, token: String) {
        let browser = try await test.browser(of: "ingrid@example.com")
        await browser.post(invitations, [("email", email), ("role", role)])
        return (browser, try await token(test))
    }

    /// The token in the newest mail.
    private func token(_ test: TestSite) async throws -> String {
        let text = try #require(try await test.mails().last).text
        let start = try #require(text.firstRange(of: "/invitation/")?.upperBound)
        return String(text[start...].prefix(43))
    }

    @Test("a mail leads to a page, the page to an account with the role, and the link is used up",
          arguments: Engine.all)
    func joins(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let owner = try await test.addPerson()
            let (_, token) = try await invited(test)
            let new = Browser(try test.open())
            await #expect(new.get("/invitation/\(token)").status == 200)
            #expect(new.page.contains("Ingrid Aasland invites you as Member"))
            await #expect(new.get("/invitation/\(token)").status == 200, "looking changes nothing")
            await #expect(new.post("/invitation/\(token)", person).goesTo == "/calendar")
            await #expect(new.get("/calendar").status == 200)
            #expect(new.page.contains("Jonas Lind"))
            let found = try await LookUps(database: database).member(email: "jonas@example.com", workspace: nil)
            #expect(found.role == .member && found.account.zone == "Europe/Oslo")
            let late = Browser(try test.open())
            await #expect(late.get("/invitation/\(token)").status == 410)
            await #expect(late.post("/invitation/\(token)", person).status == 410)
            let actions = try await test.log(of: owner.workspace).compactMap(\.action)
            #expect(actions.count == 3 && Set(actions) == [.joined, .invited, .signedIn])
        }
    }

    @Test("an unknown, a withdrawn, a resent and an old link get the same page", arguments: Engine.all)
    func over(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let (owner, first) = try await invited(test)
            await owner.get("/calendar/admin/members")
            let action = try #require(owner.page.firstRange(of: "\(invitations)/inv_"))
            let id = "inv_" + owner.page[action.upperBound...].prefix(26)
            await #expect(owner.post("\(invitations)/\(id)/resend", []).status == 303)
            let second = try await token(test)
            let browser = Browser(try test.open())
            await #expect(browser.get("/invitation/\(second)").status == 200)
            await browser.get("/invitation/\(String(repeating: "A", count: 43))")
            let unknown = browser.page
            await #expect(browser.get("/invitation/\(first)").status == 410)
            #expect(browser.page == unknown)
            test.wait(seconds: 7 * 86_400)
            await browser.get("/invitation/\(second)")
            #expect(browser.page == unknown)
            await owner.post("/sign-in", [("email", "ingrid@example.com"), ("password", "three calm rivers")])
            await owner.get("/calendar/admin/members")
            #expect(owner.page.contains("too old: send it again"))
            await #expect(owner.post("\(invitations)/\(id)/withdrawal", []).status == 303)
            await #expect(owner.post("\(invitations)/\(id)/withdrawal", []).status == 404)
            await #expect(owner.post("\(invitations)/\(id)/resend", []).status == 404)
            #expect(try await test.mails().isEmpty)
        }
    }

    @Test("an invitation is over once its inviter may no longer invite", arguments: Engine.all)
    func inviterLosesTheRight(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let owner = try await test.addPerson()
            let (_, token) = try await invited(test)
            let scope = Scope(workspace: owner.workspace, actor: .system)
            let people = try await database.read(scope) { tx in try AccountStore.members(of: scope.workspace, in: tx) }
            let inviter = try #require(people.first)
            _ = try await database.write(scope) { tx in
                try tx.run("""
                    UPDATE member SET role = 'viewer'
                    WHERE workspace = \(scope.workspace) AND account = \(inviter.account.id)
                    """)
            }
            let browser = Browser(try test.open())
            await #expect(browser.post("/invitation/\(token)", person).status == 410)
            #expect(browser.cookies.isEmpty)
        }
    }

    @Test("an account that is there joins with its password alone, and a wrong one is counted", arguments: Engine.all)
    func known(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            try await test.addPerson("eve@else.example", role: .owner, workspace: "Elsewhere", name: "Eve")
            let (_, token) = try await invited(test, "eve@else.example", role: "admin")
            let browser = Browser(try test.open())
            await browser.get("/invitation/\(token)")
            #expect(browser.page.contains("has an account here") && !browser.page.contains("Your name"))
            await #expect(browser.post("/invitation/\(token)", [("password", "wrong but long")]).status == 422)
            #expect(browser.page.contains("5 tries are left"))
            let answer = await browser.post("/invitation/\(token)", [("password", "three calm rivers")])
            #expect(answer.goesTo == "/calendar")
            await browser.get("/calendar")
            #expect(browser.page.contains("Nordhavn") && !browser.page.contains("Elsewhere"))
        }
    }

    @Test("whoever holds an invitation to an account changes nothing of it, and two at once join it once",
          arguments: Engine.all)
    func credentials(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            try await test.addPerson("eve@else.example", role: .owner, workspace: "Elsewhere", name: "Eve")
            let before = try await LookUps(database: database).signIn(email: "eve@else.example")
            // However the address is written, it is the account's.
            let (_, token) = try await invited(test, "EVE@Else.Example", role: "admin")
            let (site, thief) = (try test.open(), Browser(try test.open()))
            // The mail was forwarded, and the form of a new person is filled in.
            await #expect(thief.post("/invitation/\(token)", person + [("email", "thief@example.com")]).status == 422)
            #expect(thief.page.contains("5 tries are left") && thief.cookies["workestra_session"] == nil)
            let after = try await LookUps(database: database).signIn(email: "eve@else.example")
            #expect(after?.passwordHash == before?.passwordHash && after?.passwordHash != nil)
            let eve = try await LookUps(database: database).member(email: "eve@else.example", workspace: nil)
            #expect(eve.account.name == "Eve" && eve.account.zone != "Europe/Oslo")

            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        await Browser(site).post("/invitation/\(token)", [("password", "three calm rivers")]).status
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [303, 410])

            // With a sign more it is somebody else's address, and no way to this account.
            let (_, other) = try await invited(test, "eve+x@else.example")
            await thief.get("/invitation/\(other)")
            #expect(!thief.page.contains("has an account here"))
        }
    }

    @Test("what is wrong goes back beside its field with what was typed, and no account is made")
    func mistakes() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let (owner, token) = try await invited(test)
            let browser = Browser(try test.open())
            for (field, bad) in [("name", ""), ("name", String(repeating: "x", count: 201)), ("name", "a\u{7}b"),
                                 ("password", "short"), ("password", "password123"), ("timezone", "Mars/Base")] {
                let form = person.map { $0.0 == field ? ($0.0, bad) : $0 }
                await #expect(browser.post("/invitation/\(token)", form).status == 422)
                #expect(browser.isWrong(field), "\(field) \(bad)")
                if field != "name" { #expect(browser.page.contains(#"value="Jonas Lind""#)) }
            }
            #expect(browser.cookies.isEmpty)
            for (field, bad) in [("email", "nobody"), ("email", ""), ("email", "ingrid@example.com"),
                                 ("email", "Jonas@Example.com"), ("role", "emperor"), ("role", "")] {
                let form = [("email", "new@example.com"), ("role", "member")].map { $0.0 == field ? ($0.0, bad) : $0 }
                let answer = await owner.post(invitations, form)
                #expect([409, 422].contains(answer.status) && owner.isWrong(field), "\(bad)")
            }
            #expect(try await test.mails().isEmpty)
        }
    }

    @Test("an admin invites no owner, and does not send one's invitation again", arguments: Engine.all)
    func roles(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            try await test.addPerson("ada@example.com", role: .admin)
            let (owner, _) = try await invited(test, role: "owner")
            await owner.get("/calendar/admin/members")
            let action = try #require(owner.page.firstRange(of: "\(invitations)/inv_"))
            let id = "inv_" + owner.page[action.upperBound...].prefix(26)
            let admin = try await test.browser(of: "ada@example.com")
            let answer = await admin.post(invitations, [("email", "x@example.com"), ("role", "owner")])
            #expect(answer.status == 403)
            await #expect(admin.post("\(invitations)/\(id)/resend", []).status == 403)
            // Another workspace's owner knows of none of them.
            let eves = try await test.addPerson("eve@else.example", workspace: "Elsewhere")
            let eve = try await test.browser(of: "eve@else.example")
            await #expect(eve.post("\(invitations)/\(id)/withdrawal", []).status == 404)
            let scope = Scope(workspace: eves.workspace, actor: .system)
            let open = try await database.read(scope) { tx in try InvitationStore.open(scope: scope, in: tx) }
            #expect(open.isEmpty)
        }
    }
}
