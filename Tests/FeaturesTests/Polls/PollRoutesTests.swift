/// The pages on which polls are made and kept, their API, and who is turned away.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Pages and API of polls")
struct PollRoutesTests {
    @Test("made on its page option by option, listed, closed, deleted; others do not find it", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/polls").text.contains("None yet"))
            let page = await ada.get("/calendar/polls/new?day=2030-01-08")
            let times = (0..<41).map { stage.time(stage.at(9, $0, day: 1), 5).text }
            let fields = [("form", page.field("form") ?? ""), ("options", times[0]), ("options", times[30])]
            let good = [("title", "Board"), ("open", "on"), ("days", "7"), ("invited", "a@x.example, b@x.example")]
            let crowd = (0..<51).map { "p\($0)@x.example" }.joined(separator: "\n")
            for wrong in [("title", ""), ("days", "0"), ("days", "91"), ("invited", "nobody"), ("invited", crowd)] {
                let answer = await ada.post(
                    "/calendar/polls", pairs: fields + good.map { $0.0 == wrong.0 ? wrong : $0 })
                #expect(answer.status == 422 && picked(answer).count == 2, "\(wrong)")
            }
            for wrong in [[], times, ["1577836800.30"]] {
                let answer = await ada.post(
                    "/calendar/polls", pairs: [fields[0]] + wrong.map { ("options", $0) } + good)
                #expect(answer.status == 422 && answer.text.contains("id=\"f-options-error\""), "\(wrong.count)")
            }
            for wrong in ["2029-01-08", "2032-01-08"] {
                let answer = await ada.post("/calendar/polls", pairs: [("kind", "days"), ("options", wrong)] + good)
                #expect(answer.status == 422, "\(wrong)")
            }
            let closed = good.filter { $0.0 != "open" && $0.0 != "invited" }
            #expect(await ada.post("/calendar/polls", pairs: fields + closed).status == 422, "nobody could answer")
            let made = await ada.post("/calendar/polls", pairs: fields + good)
            #expect(made.status == 303 && made.location.hasPrefix("/calendar/polls/pol_"), "\(made.text)")
            #expect(await ada.post("/calendar/polls", pairs: fields + good).location == made.location, "one form")
            let own = await ada.get(made.location)
            #expect(own.text.contains("http://meet.example/poll/") && own.text.contains("a@x.example, b@x.example"))
            #expect(await ada.get("/calendar/polls").text.contains("Board"))
            for who in ["bob", "eve"] {
                #expect([403, 404].contains(await ada.asked(by: who).get(made.location).status))
                for deed in ["finalization", "closing", "reopening", "deletion"] {
                    let answer = await ada.asked(by: who).post("\(made.location)/\(deed)", [:])
                    #expect([403, 404].contains(answer.status), "\(who) \(deed)")
                }
            }
            #expect(await ada.post("\(made.location)/closing", [:]).status == 303)
            #expect(await ada.get(made.location).text.contains("Open it again"))
            #expect(await ada.post("\(made.location)/reopening", ["days": "x"]).status == 422)
            #expect(await ada.post("\(made.location)/reopening", ["days": "3"]).status == 303)
            #expect(await ada.post("\(made.location)/deletion", [:]).location == "/calendar/polls")
            #expect(await ada.get(made.location).status == 404)
        }
    }

    /// The values of the boxes that are ticked.
    private func picked(_ answer: Answer) -> [String] {
        answer.text.components(separatedBy: "name=\"options\" value=\"").dropFirst()
            .filter { $0.prefix { $0 != ">" }.hasSuffix(" checked") }.map { String($0.prefix { $0 != "\"" }) }
    }

    @Test("steps on the way pick times and days, and lose nothing that was typed", arguments: Engine.all)
    func steps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let typed = [("kind", "times"), ("day", "2030-01-08"), ("minutes", "30"), ("title", "Board & friends"),
                         ("invited", "a@x.example\nb@x.example"), ("holds", "on")]
            func step(_ more: [(String, String)]) async -> Answer {
                let names = Set(more.map(\.0))
                return await ada.post(
                    "/calendar/polls", pairs: more + typed.filter { !names.contains($0.0) || $0.0 == "options" })
            }
            let nine = "\(stage.at(9, day: 1).seconds).30"
            for wrong in [[("at", "25:00")], [("at", "")], [("at", "9:00"), ("minutes", "4")],
                          [("at", "9:00"), ("day", "x")], [("at", "9:00"), ("day", "2029-01-08")]] {
                let answer = await step([("adds", "on"), ("options", nine)] + wrong)
                #expect(answer.status == 422 && picked(answer) == [nine], "\(wrong)")
                #expect(answer.text.contains("Board &amp; friends") && answer.text.contains("a@x.example\nb@x.example"))
            }
            let full = (0..<40).map { ("options", stage.time(stage.at(9, $0, day: 1), 5).text) }
            #expect(await step([("adds", "on"), ("at", "9:00")] + full).status == 422)
            let added = await step([("adds", ""), ("at", "9:10")])
            #expect(added.status == 200 && picked(added) == ["\(stage.at(9, 10, day: 1).seconds).30"])
            #expect(added.text.contains("Board &amp; friends"), "\(added.text)")
            #expect(picked(await step([("adds", ""), ("at", ""), ("options", nine)])) == [nine], "Enter in the title")
            let longer = await step([("length", "90"), ("options", nine)])
            #expect(longer.field("minutes") == "90" && picked(longer) == [nine], "what is picked keeps its length")
            #expect(longer.text.contains("value=\"\(stage.at(9, day: 1).seconds).90\""), "what is free is that long")
            let next = await step([("shows", "2030-01-09"), ("options", nine)])
            #expect(next.field("day") == "2030-01-09" && picked(next) == [nine])
            let later = await step([("repeats", "7"), ("options", nine)])
            #expect(picked(later) == [nine, "\(stage.at(9, day: 8).seconds).30"])
            let days = await step([("asks", "days")])
            #expect(days.text.contains("value=\"2030-01-09\"") && !days.text.contains("value=\"2030-01-06\""))
            let month = await step([("kind", "days"), ("shows", "2030-02-01"), ("options", "2030-01-09")])
            #expect(month.text.contains("value=\"2030-02-28\"") && picked(month) == ["2030-01-09"])
            #expect(await ada.get("/calendar/polls").text.contains("None yet"), "nothing was made")
        }
    }

    private func body(_ stage: Stage, _ more: [(String, JSON)] = []) -> JSON {
        let all: [(String, JSON)] = [
            ("title", "Board"), ("timezone", "Europe/Berlin"), ("invited", ["a@x.example"]), ("holds", true),
            ("deadline", .string(stage.at(8, day: 3).rfc3339())),
            ("times", [
                ["start": .string(stage.at(9, day: 1).rfc3339()), "durationMinutes": 45],
                ["start": .string(stage.at(19, day: 1).rfc3339()), "durationMinutes": 30],
            ]),
        ]
        return .object(all.filter { one in !more.contains { $0.0 == one.0 } } + more)
    }

    @Test("the API makes, reads, lists and deletes them, each for its own host", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, path) = (try Visitor(stage, who: "ada"), "/api/v1/polls")
            let many: JSON = .array((0..<41).map { number in
                ["start": .string(stage.at(9, number, day: 1).rfc3339()), "durationMinutes": 5]
            })
            for wrong in [
                ("title", JSON.string("")), ("times", []), ("times", many), ("timezone", "Nowhere"),
                ("times", [["start": .string(stage.at(7).rfc3339()), "durationMinutes": 30]]),
                ("times", [["start": .string(stage.at(9, day: 1).rfc3339()), "durationMinutes": 4]]),
                ("deadline", .string(stage.at(8, day: 100).rfc3339())), ("deadline", .string(stage.at(7).rfc3339())),
                ("place", .string(String(repeating: "x", count: 501))), ("dates", ["2030-01-09"]), ("hosts", 2),
                ("invited", ["x"]), ("holds", "yes"),
            ] {
                #expect(await ada.call("POST", path, body(stage, [wrong])).status == 422, "\(wrong)")
            }
            for wrong in ["2030-13-01", "2029-01-01", "tomorrow"] {
                let answer = await ada.call("POST", path, [
                    "title": "Days", "timezone": "UTC", "dates": [.string(wrong)],
                ])
                #expect(answer.status == 422, "\(wrong)")
            }
            let made = await ada.call("POST", path, body(stage), key: "once")
            #expect(made.status == 201 && made.json["state"]?.string == "open", "\(made.text)")
            #expect(await ada.call("POST", path, body(stage), key: "once").json["id"] == made.json["id"])
            let id = try (made.json["id"]?.string).wanted("id")
            let read = await ada.call("GET", "\(path)/\(id)")
            #expect(read.json["url"] == nil && read.json["options"]?.array?.allSatisfy { $0["free"] == true } == true)
            #expect(await ada.call("GET", path).json["data"]?.array?.first?["voters"] == nil)
            #expect(await ada.asked(by: "bob").call("GET", "\(path)/\(id)").status == 404)
            #expect(await ada.asked(by: "bob").call("GET", path).json["data"]?.array?.count == 0)
            #expect(await ada.asked(by: "bob").call("DELETE", "\(path)/\(id)").status == 404)
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 204)
            #expect(await ada.call("GET", "\(path)/\(id)").status == 404)
            #expect(try await stage.ledger().isEmpty)
        }
    }

    @Test("apps of strangers answer, and the API decides", arguments: Engine.all)
    func votes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, path) = (try Visitor(stage, who: "ada"), "/api/v1/polls")
            let made = await ada.call("POST", path, body(stage))
            let id = try (made.json["id"]?.string).wanted("id")
            let open = "/api/v1/public/polls/\((made.json["url"]?.string ?? "").suffix(43))"
            let app = ada.asked(by: nil)
            let option = try (await app.call("GET", open).json["options"]?.array?[1]["id"]?.string).wanted("option")
            func votes(_ more: [(String, JSON)] = []) -> JSON {
                .object([
                    ("name", "Anna"), ("email", "anna@berg.example"),
                    ("votes", [["optionId": .string(option), "answer": "yes"]]),
                ].filter { one in !more.contains { $0.0 == one.0 } } + more)
            }
            for wrong in [
                ("votes", JSON.array([])), ("votes", [["optionId": "opt_0000000005o010000000000000", "answer": "yes"]]),
                ("votes", [["optionId": .string(option), "answer": "perhaps"]]), ("email", "x"), ("name", ""),
                ("timezone", "Nowhere"), ("phone", "1"),
            ] {
                #expect(await app.call("POST", "\(open)/votes", votes([wrong])).status == 422, "\(wrong)")
            }
            let voted = await app.call("POST", "\(open)/votes", votes(), key: "mine")
            #expect(voted.status == 201, "\(voted.text)")
            #expect(await app.call("POST", "\(open)/votes", votes(), key: "mine").json["url"] == voted.json["url"])
            #expect(await app.call("POST", "\(open)/votes", votes()).status == 409)
            let own = "/api/v1/public/polls/\((voted.json["url"]?.string ?? "").suffix(43))"
            let changed = await app.call("POST", "\(own)/votes", [
                "votes": [["optionId": .string(option), "answer": "if_need_be"]],
            ])
            #expect(changed.status == 200 && changed.json["name"]?.string == "Anna", "\(changed.text)")
            #expect(await app.call("GET", own).json["votes"]?.array?.first?["answer"]?.string == "if_need_be")

            let decide = "\(path)/\(id)/finalization"
            for wrong in [
                JSON.object([]), ["optionId": "opt_0000000005o010000000000000"],
                ["optionId": .string(option), "voterIds": []], ["optionId": .string(option), "voterIds": ["x"]],
                ["optionId": .string(option), "start": "now"],
            ] {
                #expect(await ada.call("POST", decide, wrong).status == 422, "\(wrong)")
            }
            #expect(await ada.asked(by: "bob").call("POST", decide, ["optionId": .string(option)]).status == 404)
            let done = await ada.call("POST", decide, ["optionId": .string(option)])
            #expect(done.status == 201 && done.json["chosenOptionId"]?.string == option, "\(done.text)")
            let late = await app.call("POST", "\(own)/votes", votes())
            #expect(late.status == 410 && late.json["code"]?.string == "link_expired")
            try await stage.pollRunner(FakeMail()).drain()
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 204)
            #expect(await ada.call("GET", "\(path)/\(id)").status == 404)
            #expect(try await stage.ledger().map(\.kind) == [.booking], "the meeting stays")
        }
    }

    @Test("programs and blocked addresses get an answer like any other, and nothing is kept", arguments: Engine.all)
    func turnedAway(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let stranger = try Visitor(stage)
            let made = try await stage.poll([stage.time(stage.at(10, day: 1))])
            let option = try await stage.find(made.id).options[0].id
            let bot = await stranger.vote(
                made.token, [(option, .yes)], email: "bot@x.example", ["website": "http://spam.example"])
            #expect(bot.status == 200 && bot.text.contains("Your answers have arrived"))
            let (scope, id, now, ada) = (stage.scope, stage.world.id(Block.self), stage.world.now, stage.ada)
            _ = try await stage.database.write(scope) { tx in
                try tx.run("""
                    INSERT INTO block (id, workspace, kind, value, author, created_at)
                    VALUES (\(id), \(scope.workspace), 'domain', 'spam.example', \(ada), \(now))
                    """)
            }
            let blocked = await stranger.vote(made.token, [(option, .yes)], email: "me@spam.example")
            #expect(blocked.status == 200 && blocked.text.contains("Your answers have arrived"))
            let api = await stranger.call("POST", "/api/v1/public/polls/\(made.token)/votes", [
                "name": "Me", "email": "me@spam.example",
                "votes": [["optionId": .string(option.text), "answer": "yes"]],
            ])
            #expect(api.status == 201 && api.json["url"] != nil)
            #expect(try await stage.voters(made.id).isEmpty)
        }
    }

    @Test("every page of it can be drawn, in a language from right to left too")
    func examples() {
        for page in [PollListPage.example.html, PollFormPage.example.html, PollHostPage.example.html,
                     PollVotePage.example.html, PollDecoyPage.example.html] {
            #expect(page.text.contains("<h1"))
        }
        Language.$current.withValue(.pseudo) {
            #expect(PollVotePage.example.html.text.contains("dir=\"rtl\""))
        }
    }
}
