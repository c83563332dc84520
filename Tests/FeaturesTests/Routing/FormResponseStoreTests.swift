/// Routing forms and responses (`RoutingFormStore`, `FormResponseStore`): stored, answered, led on and told, on both
/// databases.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct FormResponseStoreTests {
    /// A form that leads those who ask about air to the link, the others to words.
    private static func form(_ stage: Stage, _ program: Visitor, _ route: JSON? = nil) async -> JSON {
        let body: JSON = [
            "title": "Who is right for you?", "nameQuestion": 1, "questions": [
                ["kind": "text", "label": "Your name", "required": true],
                ["kind": "email", "label": "E-mail", "required": true],
                ["kind": "radio", "label": "Topic?", "options": ["Air", "Water"], "required": true],
                ["kind": "textarea", "label": "What is it about?"],
            ],
            "routes": [route ?? [
                "name": "Air", "action": ["kind": "link", "linkId": .string(stage.link.id.text)],
                "groups": [["conditions": [["question": 3, "operator": "equals", "values": ["Air"]]]]],
            ]],
            "fallback": ["kind": "message", "heading": "We write", "text": "Within a day."],
        ]
        let made = await program.call("POST", "/api/v1/routing-forms", body)
        #expect(made.status == 201, "\(made.text)")
        return made.json
    }

    private static func answers(_ form: JSON, topic: String) -> JSON {
        let ids = (0..<4).compactMap { form["questions"]?[$0]?["id"]?.string }
        return ["answers": .object([
            (ids[0], .string("Ben Booker")), (ids[1], .string("ben@example.com")), (ids[2], .string(topic)),
            (ids[3], .string("Sensors.")),
        ])]
    }

    @Test("what is saved is told again, changed in part, and gone when it is deleted", arguments: Engine.all)
    func stored(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let form = await Self.form(stage, program)
            let path = "/api/v1/routing-forms/\(form["id"]?.string ?? "")"
            #expect(await program.call("GET", path).json == form)
            #expect(await program.call("GET", "/api/v1/routing-forms").json["data"] == [form])
            let changed = await program.call("PATCH", path, ["title": "Other", "version": 1])
            #expect(changed.json["title"] == "Other" && changed.json["routes"] == form["routes"])
            #expect(changed.json["questions"] == form["questions"] && changed.json["version"] == 2)
            #expect(await program.call("PATCH", path, ["title": "Late", "version": 1]).status == 409)
            let id = form["id"]?.string ?? ""
            let open = await program.asked(by: nil).call("GET", "/api/v1/public/routing-forms/\(id)")
            #expect(open.json["questions"] == form["questions"] && open.json["routes"] == nil)
            #expect(await program.call("DELETE", path).status == 204)
            #expect(await program.call("GET", path).status == 404)
            #expect(await program.asked(by: nil).call("GET", "/form/\(form["id"]?.string ?? "")").status == 404)
        }
    }

    @Test("answers lead to the link with all it can fill in, and the booking is known by them", arguments: Engine.all)
    func led(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let form = await Self.form(stage, program)
            let path = "/api/v1/public/routing-forms/\(form["id"]?.string ?? "")/responses"
            let told = await program.asked(by: nil).call("POST", path, Self.answers(form, topic: "Air"))
            #expect(told.status == 201 && told.json["outcome"]?["kind"] == "page", "\(told.text)")
            let url = told.json["outcome"]?["url"]?.string ?? ""
            for words in ["/book/intro?", "name=Ben%20Booker", "email=ben%40example.com", "a%5B", "Sensors."] {
                #expect(url.contains(words), "\(url)")
            }
            let words = await program.asked(by: nil).call("POST", path, Self.answers(form, topic: "Water"))
            #expect(words.json["outcome"]?["kind"] == "message" && words.json["outcome"]?["heading"] == "We write")

            let pass = url.split(separator: "response=").last.map { String($0.prefix { $0 != "&" }) } ?? ""
            let response = CameByForm.response(
                pass, workspace: stage.workspace, keyring: stage.installation.keyring)
            #expect(response?.text == told.json["id"]?.string)
            let other: ID<Workspace> = stage.installation.world.id()
            #expect(CameByForm.response(pass, workspace: other, keyring: stage.installation.keyring) == nil)
            let booking = try await stage.book(stage.at(10)) { request in
                request.cameBy(pass, scope: stage.scope, keyring: stage.installation.keyring)
            }
            _ = try await stage.book(stage.at(14)) { request in
                request.cameBy(pass, scope: stage.scope, keyring: stage.installation.keyring)
            }
            let listed = await program.call("GET", "/api/v1/routing-forms/\(form["id"]?.string ?? "")/responses").json
            #expect(listed["data"]?.array?.count == 2 && listed["data"]?[0]?["route"] == .null)
            #expect(listed["data"]?[1]?["bookingId"]?.string == booking.id.text, "the first it led to")
            #expect(listed["data"]?[1]?["route"] == "Air")
            let shown = await program.call("GET", "/api/v1/bookings/\(booking.id)")
            #expect(shown.json["source"] == "routing_form")
        }
    }

    @Test("the same request is one response; the same key with other answers is refused", arguments: Engine.all)
    func repeated(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let form = await Self.form(stage, program)
            let id = form["id"]?.string ?? ""
            let path = "/api/v1/public/routing-forms/\(id)/responses"
            let visitor = program.asked(by: nil)
            let first = await visitor.call("POST", path, Self.answers(form, topic: "Air"), key: "k")
            let again = await visitor.call("POST", path, Self.answers(form, topic: "Air"), key: "k")
            #expect(first.json["id"] == again.json["id"] && again.status == 201)
            let other = await visitor.call("POST", path, Self.answers(form, topic: "Water"), key: "k")
            #expect(other.status == 422 && other.json["code"] == "idempotency_mismatch")
            let listed = await program.call("GET", "/api/v1/routing-forms/\(id)/responses").json
            #expect(listed["data"]?.array?.count == 1)
        }
    }

    @Test("a route whose link is closed, or has no free time soon enough, is passed over", arguments: Engine.all)
    func passedOver(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let form = await Self.form(stage, program, [
                "name": "Soon", "freeWithinDays": 30, "action": ["kind": "link", "linkId": .string(stage.link.id.text)],
            ])
            let path = "/api/v1/public/routing-forms/\(form["id"]?.string ?? "")/responses"
            func kind() async -> JSON? {
                let told = await program.asked(by: nil).call("POST", path, Self.answers(form, topic: "Air"))
                return told.json["outcome"]?["kind"]
            }
            #expect(await kind() == "page")
            let link = "/api/v1/links/\(stage.link.id)"
            let away: JSON = ["window": ["kind": "range", "from": "2038-01-04", "to": "2038-01-15"]]
            #expect(await program.call("PATCH", link, away).status == 200)
            #expect(await kind() == "message", "nothing is free in thirty days")
            let near: JSON = ["window": ["kind": "rolling_days", "days": 60]]
            _ = await program.call("PATCH", link, near)
            #expect(await kind() == "page")
            _ = await program.call("PATCH", link, ["active": false])
            #expect(await kind() == "message", "and a closed link takes nobody")
        }
    }

    @Test("whoever owns the contact in the CRM gets it; nobody, a stranger and a silence are the next way", arguments: [
        (["ben@example.com": "bob@nordhavn.example"], Duration.zero, false, true),
        ([:], .zero, false, false), (["ben@example.com": "stranger@example.org"], .zero, false, false),
        (["ben@example.com": "bob@nordhavn.example"], .seconds(30), false, false),
        (["ben@example.com": "bob@nordhavn.example"], .zero, true, false),
    ])
    func owners(known: [String: String], delay: Duration, fails: Bool, isFound: Bool) async throws {
        try await Stage.on(.sqlite) { stage in
            let crm = FakeOwners(known, delay: delay, fails: fails)
            let program = try Visitor(stage, who: "ada", owners: [.hubspot: crm])
            let link = await program.call("POST", "/api/v1/links", [
                "title": "With Bob", "hosts": [["userId": .string(stage.bob.text)]],
            ]).json
            let form = await Self.form(stage, program, [
                "name": "Known", "action": ["kind": "crm_owner", "provider": "hubspot", "linkId": link["id"] ?? .null],
            ])
            let path = "/api/v1/public/routing-forms/\(form["id"]?.string ?? "")/responses"
            let told = await program.asked(by: nil).call("POST", path, Self.answers(form, topic: "Air"))
            #expect(told.json["outcome"]?["kind"] == (isFound ? "page" : "message"), "\(told.text)")
            #expect(crm.asked == ["ben@example.com"])
        }
    }

    @Test("a form leads to nobody and nothing of another workspace", arguments: [
        ["kind": "link", "linkId": "lnk_0000000005o010000000000000"],
        ["kind": "member", "userId": "usr_0000000005o010000000000000"],
    ] as [JSON])
    func foreign(action: JSON) async throws {
        try await Stage.on(.sqlite) { stage in
            let program = try Visitor(stage, who: "ada")
            let told = await program.call("POST", "/api/v1/routing-forms", [
                "title": "x", "routes": [["action": action]],
            ])
            #expect(told.status == 422, "\(told.text)")
            #expect(told.problemFields.first?.hasPrefix("routes.0.action.") == true)
        }
    }

    @Test("a question or an answer a route hangs on cannot be taken out under it", arguments: Engine.all)
    func inUse(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let form = await Self.form(stage, program)
            let path = "/api/v1/routing-forms/\(form["id"]?.string ?? "")"
            let questions = form["questions"]?.array ?? []
            let fewer = await program.call("PATCH", path, ["questions": .array(Array(questions.prefix(2)))])
            #expect(fewer.status == 422 && fewer.problemFields == ["questions"], "\(fewer.text)")
            let topic = JSON.object((questions[2].members ?? []).map { $0.0 == "options" ? ($0.0, ["Fire"]) : $0 })
            let renamed = await program.call("PATCH", path, ["questions": .array([questions[0], questions[1], topic])])
            #expect(renamed.status == 422 && renamed.problemFields == ["questions.2.options"], "\(renamed.text)")
            #expect(await program.call("GET", path).json == form, "nothing is half stored")
            let both = await program.call("PATCH", path, [
                "questions": .array(Array(questions.prefix(2))), "routes": [],
            ])
            #expect(both.status == 200)
        }
    }

    @Test("with a form goes what people answered to it", arguments: Engine.all)
    func deleted(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let form = await Self.form(stage, program)
            let id = form["id"]?.string ?? ""
            _ = await program.asked(by: nil).call(
                "POST", "/api/v1/public/routing-forms/\(id)/responses", Self.answers(form, topic: "Air"))
            let scope = stage.scope
            func count() async throws -> Int {
                try await stage.database.read(scope) { tx in
                    try FormResponseStore.count(of: try #require(ID(id)), scope: scope, in: tx)
                }
            }
            #expect(try await count() == 1)
            #expect(await program.call("DELETE", "/api/v1/routing-forms/\(id)").status == 204)
            #expect(try await count() == 0)
        }
    }

    @Test("a route leads to a person only where they are whom one meets, and to no hidden link of others")
    func people() async throws {
        try await Stage.on(.sqlite) { stage in
            let ada = try Visitor(stage, who: "ada")
            let hosts: JSON = [
                ["userId": .string(stage.ada.text), "role": "rotating"],
                ["userId": .string(stage.bob.text), "role": "rotating"],
            ]
            let link = await ada.call("POST", "/api/v1/links", [
                "title": "In turn", "kind": "round_robin", "hosts": hosts, "hidden": true,
            ]).json
            func form(_ who: String, _ action: JSON) async -> Int {
                let body: JSON = ["title": "x", "routes": [["action": action]]]
                return await ada.asked(by: who).call("POST", "/api/v1/routing-forms", body).status
            }
            let person: JSON = ["kind": "member", "userId": .string(stage.bob.text), "linkId": link["id"] ?? .null]
            #expect(await form("ada", person) == 422, "whoever's turn it is would have it")
            let path = "/api/v1/links/\(link["id"]?.string ?? "")"
            #expect(await ada.call("PATCH", path, ["hostChoice": "allowed"]).status == 200)
            #expect(await form("ada", person) == 201)
            #expect(await form("bob", person) == 201, "Bob hosts it, too")
            let own = await ada.call("POST", "/api/v1/links", ["title": "Ada alone", "hidden": true]).json
            let hidden: JSON = ["kind": "link", "linkId": own["id"] ?? .null]
            #expect(await form("ada", hidden) == 201)
            #expect(await form("bob", hidden) == 422, "a hidden link of somebody else is not his to give away")
        }
    }

    @Test("a person's only link is filled in; one who chose their address elsewhere leads to nobody's page")
    func ownPage() async throws {
        try await Stage.on(.sqlite) { stage in
            let ada = try Visitor(stage, who: "ada")
            let form = await Self.form(stage, ada, [
                "name": "Ada", "action": ["kind": "member", "userId": .string(stage.ada.text)],
            ])
            let path = "/api/v1/public/routing-forms/\(form["id"]?.string ?? "")/responses"
            func outcome() async -> JSON? {
                await ada.asked(by: nil).call("POST", path, Self.answers(form, topic: "Air")).json["outcome"]
            }
            let one = await outcome()?["url"]?.string ?? ""
            #expect(one.contains("/book/intro?response=") && one.contains("name=Ben"), "\(one)")
            _ = try await stage.makeLink("second")
            #expect(await outcome()?["kind"] == "message", "several, and no page of theirs")
            let (workspace, user) = (stage.workspace, stage.ada)
            _ = try await stage.database.writeUnscoped { tx in
                try tx.run("UPDATE account SET handle = 'ada', profile_workspace = \(workspace) WHERE id = \(user)")
            }
            #expect(await outcome()?["url"]?.string?.hasSuffix("/u/ada") == true)
            let (other, _, _) = try await stage.neighbour()
            _ = try await stage.database.writeUnscoped { tx in
                try tx.run("UPDATE account SET profile_workspace = \(other) WHERE id = \(user)")
            }
            #expect(await outcome()?["kind"] == "message", "their page is another workspace's")
        }
    }

    @Test("what is too long for an address is left out, and the response is not")
    func long() {
        var response = FormResponsesPage.example.responses[0]
        var link = Link.example
        link.questions = (0..<12).map { number in
            Question(
                id: ID(milliseconds: Int64(number), random: [UInt8](repeating: 0, count: 10)), kind: .textarea,
                label: "Q\(number)", required: false)
        }
        response.answers = link.questions.map { question in
            Answered(question: question.id, label: question.label, value: String(repeating: "x", count: 450))
        } + [Answered(question: link.questions[0].id, label: "Long", value: String(repeating: "x", count: 600))]
        let pairs = response.prefill(link, nameQuestion: nil)
        #expect(!pairs.isEmpty && pairs.count < 12)
        #expect(Path("/x").adding(query: pairs).text.utf8.count < 5_000)
    }

    @Test("members see their own forms, admins all of them")
    func whose() async throws {
        try await Stage.on(.sqlite) { stage in
            let ada = try Visitor(stage, who: "ada")
            let form = await Self.form(stage, ada)
            let bob = ada.asked(by: "bob")
            let path = "/api/v1/routing-forms/\(form["id"]?.string ?? "")"
            #expect(await bob.call("GET", path).status == 404)
            #expect(await bob.call("PATCH", path, ["title": "Mine"]).status == 404)
            #expect(await bob.call("GET", "/api/v1/routing-forms").json["data"] == [])
            let own = await bob.call("POST", "/api/v1/routing-forms", ["title": "Bob's"]).json
            #expect(await ada.call("GET", "/api/v1/routing-forms/\(own["id"]?.string ?? "")").status == 200)
        }
    }

    @Test("a file of responses holds no formulas")
    func file() throws {
        var form = RoutingForm.example
        form.questions = [form.questions[0]]
        let response = FormResponse(
            id: FormResponsesPage.example.responses[0].id, form: form.id,
            answers: [
                Answered(question: form.questions[0].id, label: "x", value: "=HYPERLINK(\"x\")"),
                Answered(
                    question: RoutingForm.example.questions[1].id, label: "+Gone", value: "a\nb", kind: .multiSelect),
            ], route: "@one", action: form.fallback, createdAt: Instant(1_800_000_000))
        var csv = FormCSV(form, zone: .utc)
        csv.learn([response])
        csv.add([response])
        let lines = String(decoding: csv.bytes, as: UTF8.self).split(separator: "\r\n")
        #expect(lines[0] == "id,answered,route,booking,led to,What is it about?,\"'+Gone\"", "\(lines[0])")
        #expect(lines[1].hasSuffix(",\"'@one\",,,\"'=HYPERLINK(\"\"x\"\")\",\"a, b\""), "\(lines[1])")
    }
}
