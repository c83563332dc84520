/// Who names and stops whom, what ends it, and what mails, histories and the log say of what an assistant did.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Naming assistants")
struct NameAssistantTests {
    @Test("a person names and stops their own by page, and both stand in the log", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (bob, dan) = (place.visitor.asked(by: "bob"), place.visitor.asked(by: "dan"))
            let page = await bob.get("/settings/assistants").text
            #expect(page.contains("One person acts for you.") && page.contains("Cleo Marsh"))
            #expect(page.contains(place.dan.account.id.text), "Dan can be named")
            let named = await bob.post("/settings/assistants", ["userId": place.dan.account.id.text])
            #expect(named.location == "/settings/assistants?done=named")
            #expect(await dan.get("/calendar/bookings/\(place.bobs.booking)").status == 200)
            let theirs = await dan.get("/settings/assistants").text
            #expect(theirs.contains("You act for") && theirs.contains("Bob Osei"))
            // Named twice is named; stopped twice is stopped.
            #expect(await bob.post("/settings/assistants", ["userId": place.dan.account.id.text]).status == 303)
            for _ in 1...2 {
                let stopped = await bob.post("/settings/assistants/\(place.dan.account.id)/end", [:])
                #expect(stopped.location == "/settings/assistants?done=stopped")
            }
            #expect(await dan.get("/calendar/bookings/\(place.bobs.booking)").status == 404)
            let rows = try await place.log().filter { $0.target == place.stage.bob.text }
            #expect(rows.map(\.action) == [.assistantStopped, .assistantNamed, .assistantNamed])
            #expect(rows.first?.targetName == "Dan Wu for Bob Osei" && rows.first?.personName == "Bob Osei")
            #expect(rows.first?.behalfName == nil)
        }
    }

    @Test("whoever cannot be named is refused beside the field, with nothing kept", arguments: Engine.all)
    func refuses(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let bob = place.visitor.asked(by: "bob")
            let viewer = try await place.stage.member("Vera Viewer", role: .viewer)
            let elsewhere = try await place.stage.neighbour().user
            for id in [
                "", "x", place.stage.bob.text, viewer.account.id.text, elsewhere.text,
                place.stage.world.id(User.self).text,
            ] {
                let page = await bob.post("/settings/assistants", ["userId": id])
                #expect(page.status == 422 && page.text.contains("f-userId"), "\(id)")
                let path = "/api/v1/members/\(place.stage.bob)/assistants"
                let call = await bob.call("POST", path, ["userId": .string(id)])
                #expect(call.status == 422 && call.problemFields == ["userId"], "\(id)")
            }
            #expect(try await place.assistants() == [place.cleo.account.id])
        }
    }

    @Test("nobody has, and nobody is, more assistants than statements can name", arguments: Engine.all)
    func bounds(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let stage = place.stage
            let use = NameAssistant(stage.installation)
            var people: [Member] = []
            for number in 1...Principal.mostAssisted { people.append(try await stage.member("P\(number) Person")) }
            for person in people.dropLast() {
                _ = try await use(person.account.id, of: stage.bob, by: place.bob())
            }
            let last = try people.last.wanted("last")
            await #expect(throws: AssistantRefusal.tooMany("Bob Osei")) {
                try await use(last.account.id, of: stage.bob, by: place.bob())
            }
            for person in people.dropLast() {
                _ = try await use(place.cleo.account.id, of: person.account.id, by: stage.principal(person))
            }
            await #expect(throws: AssistantRefusal.assistsTooMany("Cleo Marsh")) {
                try await use(place.cleo.account.id, of: last.account.id, by: stage.principal(last))
            }
            let found = try await stage.database.lookUp { try AccountStore.assisted(by: place.cleo, in: $0) }
            #expect(found.count == Principal.mostAssisted)
        }
    }

    @Test("an assistant names nobody for them, stops nobody else, and may go themselves", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (cleo, dan) = (place.visitor, place.visitor.asked(by: "dan"))
            let path = "/api/v1/members/\(place.stage.bob)/assistants"
            let wish: JSON = ["userId": .string(place.dan.account.id.text)]
            for stranger in [cleo, dan] {
                #expect(await stranger.call("POST", path, wish).status == 404)
                #expect(await stranger.call("GET", path).status == 404)
            }
            #expect(await dan.call("DELETE", "\(path)/\(place.cleo.account.id)").status == 404)
            #expect(await dan.get("/calendar/admin/members/\(place.stage.bob)/assistants").status == 403)
            let left = try await place.assistants()
            #expect(left == [place.cleo.account.id])
            #expect(await cleo.call("DELETE", "\(path)/\(place.cleo.account.id)").status == 204)
            #expect(await cleo.call("DELETE", "\(path)/\(place.cleo.account.id)").status == 404)
            #expect(await cleo.get("/calendar/bookings/\(place.bobs.booking)").status == 404)
            #expect(await cleo.post("/settings/assisted/\(place.stage.bob)/end", [:]).status == 303)
        }
    }

    @Test("an admin names and stops for members, by page and by API; for owners only an owner", arguments: Engine.all)
    func admins(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let admin = try await place.stage.member("Amir Admin", role: .admin)
            let visitor = try Visitor(place.stage, who: "amir", members: ["amir": admin, "dan": place.dan])
            let page = "/calendar/admin/members/\(place.stage.bob)/assistants"
            #expect(await visitor.get(page).text.contains("One person acts for Bob Osei."))
            let named = await visitor.post(page, ["userId": place.dan.account.id.text])
            #expect(named.location == "\(page)?done=named")
            #expect(await visitor.asked(by: "dan").get("/calendar/bookings/\(place.bobs.booking)").status == 200)
            #expect(await visitor.post("\(page)/\(place.dan.account.id)/end", [:]).status == 303)
            let path = "/api/v1/members/\(place.stage.bob)/assistants"
            let wish: JSON = ["userId": .string(place.dan.account.id.text)]
            let made = await visitor.call("POST", path, wish, key: "k")
            #expect(made.status == 201 && made.json["name"] == "Dan Wu")
            #expect(await visitor.call("POST", path, wish, key: "k").body == made.body)
            let list = await visitor.call("GET", path).json["data"]?.array?.compactMap { $0["name"]?.string }
            #expect(list == ["Cleo Marsh", "Dan Wu"])
            #expect(await visitor.call("DELETE", "\(path)/\(place.dan.account.id)").status == 204)
            let owners = "/calendar/admin/members/\(place.stage.ada)/assistants"
            #expect(await visitor.post(owners, ["userId": admin.account.id.text]).status == 403)
            #expect(await visitor.call("POST", "/api/v1/members/\(place.stage.ada)/assistants", wish).status == 403)
        }
    }

    @Test("whoever is switched off or leaves is nobody's assistant and has none, also when they come back",
          arguments: Engine.all)
    func ends(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let stage = place.stage
            let fay = try await stage.member("Fay Free"), gus = try await stage.member("Gus Gone")
            let use = NameAssistant(stage.installation)
            _ = try await use(fay.account.id, of: stage.bob, by: place.bob())
            _ = try await use(gus.account.id, of: fay.account.id, by: stage.principal(fay))
            let change = ChangeMember(stage.installation)
            let owner = try await place.owner()
            try await change.switchOff(fay.account.id, by: owner, from: .console)
            #expect(try await place.assistants() == [place.cleo.account.id])
            try await change.switchOn(fay.account.id, by: owner, from: .console)
            let found = try await stage.database.lookUp { tx in
                try (AccountStore.assisted(by: fay, in: tx), AccountStore.assisted(by: gus, in: tx))
            }
            #expect(found.0 == [] && found.1 == [])
            _ = try await use(fay.account.id, of: stage.bob, by: place.bob())
            try await change.remove(fay.account.id, by: owner, from: .console)
            #expect(try await place.assistants() == [place.cleo.account.id])
        }
    }

    @Test("mails, the history and the log say who did it for whom", arguments: Engine.all)
    func tells(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            let mail = FakeMail()
            try await stage.mailRunner(mail).drain()
            mail.forget()
            stage.clock.move(minutes: 1)
            let start = String(stage.at(11, day: 1).seconds)
            #expect(await visitor.post(
                "/calendar/bookings/\(place.bobs.booking)/reschedule", ["start": start]).status == 303)
            try await stage.mailRunner(mail).drain()
            #expect(mail.sent.count == 2)
            for letter in mail.sent {
                #expect(letter.text.contains("Moved by: Cleo Marsh for Bob Osei"), "\(letter.text)")
                #expect(letter.text.contains("Your meeting is moved."))
            }
            mail.forget()
            stage.clock.move(minutes: 1)
            #expect(await visitor.post(
                "/calendar/bookings/\(place.bobs.booking)/cancellation", ["reason": "Ill."]).status == 303)
            // What a mail says stays true when they are stopped before it leaves.
            _ = try await NameAssistant(stage.installation).stop(
                place.cleo.account.id, of: stage.bob, by: place.bob())
            try await stage.mailRunner(mail).drain()
            #expect(mail.sent.count == 2)
            #expect(mail.sent.allSatisfy { $0.text.contains("Cancelled by: Cleo Marsh for Bob Osei") })
            let page = await visitor.asked(by: "bob").get("/calendar/bookings/\(place.bobs.booking)").text
            #expect(page.contains("Cleo Marsh for Bob Osei"))
            let history = try await stage.history(place.bobs.booking)
            #expect(history.map(\.behalf) == [nil, stage.bob, stage.bob])
            let row = try await place.log().first { $0.action == .bookingCancelled }.wanted("row")
            #expect(row.personName == "Cleo Marsh" && row.behalfName == "Bob Osei")
            // Her own, she cancels for herself.
            mail.forget()
            #expect(await visitor.post(
                "/calendar/bookings/\(place.own.booking)/cancellation", ["reason": ""]).status == 303)
            try await stage.mailRunner(mail).drain()
            #expect(mail.sent.count == 2 && mail.sent.allSatisfy { !$0.text.contains(" for Cleo") })
            let log = try await Visitor(stage, who: "ada").get("/calendar/admin/audit").text
            #expect(log.contains("Cleo Marsh for Bob Osei"))
        }
    }

    @Test("what she asks for in his place, and books, says so too", arguments: Engine.all)
    func asks(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            let path = "/api/v1/bookings/\(place.bobs.booking)/proposal"
            let wish: JSON = ["starts": [.string(stage.at(15, day: 1).rfc3339())], "message": "Better?"]
            #expect(await visitor.call("POST", path, wish).status == 200)
            let mail = FakeMail()
            try await stage.proposalRunner(mail).drain()
            let letter = try mail.sent.first { $0.text.contains("Better?") }.wanted("proposal")
            #expect(letter.text.contains("Asked by Cleo Marsh for Bob Osei.") && letter.html.contains("Asked by"))
            #expect(await visitor.asked(by: "bob").get("/calendar/bookings/\(place.bobs.booking)").text
                .contains("Cleo Marsh for Bob Osei"))
            let rows = try await stage.rows()["booking"] ?? 0
            let times = await visitor.get("/calendar/bookings/new?link=\(place.bobs.link.id)&day=2030-01-09")
            let picked = await visitor.post("/calendar/bookings/new", [
                "link": place.bobs.link.id.text, "start": String(stage.at(10, day: 2).seconds),
                "form": times.field("form") ?? "",
            ])
            let form = await visitor.get(picked.location)
            let done = await visitor.post("/calendar/bookings", [
                "link": place.bobs.link.id.text, "start": String(stage.at(10, day: 2).seconds),
                "form": form.field("form") ?? "", "attendee.name": "Mia", "attendee.email": "mia@kpuh.example",
                "timezone": "Europe/Berlin",
            ])
            #expect(done.status == 303, "\(done.text.suffix(300))")
            #expect(try await stage.rows()["booking"] == rows + 1)
            mail.forget()
            try await stage.mailRunner(mail).drain()
            let told = mail.sent.filter { $0.text.contains("Mia") }
            #expect(!told.isEmpty && told.allSatisfy { $0.text.contains("Booked by: Cleo Marsh for Bob Osei") })
        }
    }
}

extension AssistantStage {
    func bob() -> Principal {
        Principal(
            kind: .session, workspace: stage.workspace, workspaceName: "", user: stage.bob, name: "Bob Osei",
            permissions: Permission.granted(to: .member))
    }

    func owner() async throws -> Principal {
        Principal(
            kind: .session, workspace: stage.workspace, workspaceName: "", user: stage.ada, name: "Ada Lindqvist",
            permissions: Permission.granted(to: .owner))
    }

    /// Who acts for Bob.
    func assistants() async throws -> [ID<User>] {
        let (scope, bob) = (stage.scope, stage.bob)
        return try await stage.database.read(scope) { tx in
            try AssistantStore.assistants(of: bob, scope: scope, in: tx).map(\.assistant)
        }
    }
}
