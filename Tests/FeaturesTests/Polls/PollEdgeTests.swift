/// Polls at their edges: who reads addresses, mails that wait, a host who leaves, one key at a closed door.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Polls at their edges")
struct PollEdgeTests {
    @Test("e-mail addresses of voters are for keys that may read bookings, and in no webhook", arguments: Engine.all)
    func addresses(on engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooked in
            let stage = hooked.stage
            let ada = try Visitor(stage, who: "ada")
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))], invited: ["may@x.example"])
            let option = try await stage.find(made.id).options[0].id
            _ = try await Visitor(stage).vote(made.token, [(option, .yes)], email: "oscar@x.example")
            let path = "/api/v1/polls/\(made.id)"
            let full = await ada.call("GET", path)
            #expect(full.json["voters"]?.array?.compactMap { $0["email"]?.string }.sorted() == [
                "may@x.example", "oscar@x.example",
            ])
            for target in [path, "/api/v1/polls"] {
                let less = await ada.asked(by: "linker").call("GET", target)
                #expect(less.status == 200 && !less.text.contains("@x.example"), "\(less.text)")
            }
            #expect(await ada.asked(by: "linker").call("GET", path).json["voters"]?.array?.count == 2)
            let decided = await ada.call("POST", "\(path)/finalization", ["optionId": .string(option.text)])
            #expect(decided.text.contains("oscar@x.example"))
            try await hooked.work()
            let told = hooked.http.calls.map { String(decoding: $0.body, as: UTF8.self) }
                .first { $0.contains("poll.finalized") }
            let body = try told.wanted("webhook")
            #expect(body.contains("\"voters\"") && !body.contains("may@x.example"), "\(body)")
        }
    }

    @Test("a decided poll is not deleted before those who do not come have been told", arguments: Engine.all)
    func telling(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, stranger, mail) = (try Visitor(stage, who: "ada"), try Visitor(stage), FakeMail())
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))])
            let option = try await stage.find(made.id).options[0].id
            for (name, answer) in [("oscar", PollAnswer.yes), ("may", .no)] {
                _ = await stranger.vote(made.token, [(option, answer)], name: name, email: "\(name)@x.example")
            }
            try await stage.pollRunner(mail).drain()
            let path = "/api/v1/polls/\(made.id)"
            #expect(await ada.call("POST", "\(path)/finalization", ["optionId": .string(option.text)]).status == 201)
            #expect(await ada.call("DELETE", path).status == 409)
            let page = await ada.post("/calendar/polls/\(made.id)/deletion", ["csrf": "csrf-ada"])
            #expect(page.status == 409 && page.text.contains("are being told by mail"))
            try await stage.pollRunner(mail).drain()
            #expect(mail.sent.last?.to.address.text == "may@x.example")
            #expect(await ada.call("DELETE", path).status == 204)
        }
    }

    @Test("an invitation that came too late is sent once the poll is open again, and once", arguments: Engine.all)
    func invitedLate(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let mail = FakeMail()
            let made = try await stage.poll([stage.time(stage.at(12, day: 2))], invited: ["may@x.example"])
            let ends = EndPoll(stage.installation)
            try await ends.close(made.id, scope: stage.adas)
            try await stage.pollRunner(mail).drain()
            #expect(mail.sent.isEmpty)
            for _ in 0..<2 {
                try await ends.reopen(made.id, until: nil, scope: stage.adas)
                try await stage.pollRunner(mail).drain()
                #expect(mail.sent.map(\.to.address.text) == ["may@x.example"])
                try await ends.close(made.id, scope: stage.adas)
            }
        }
    }

    @Test("a poll closes with its host, which is logged and told to those who wait; nobody else hears of it",
          arguments: Engine.all)
    func leavers(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let (fay, mail) = (try await stage.member("Fay Free"), FakeMail())
            let owner = Principal(
                kind: .session, workspace: stage.workspace, workspaceName: "Nordhavn", user: stage.ada, name: "Ada",
                permissions: Permission.granted(to: .owner))
            let scope = stage.principal(fay).scope
            let late = try await stage.poll([stage.time(stage.at(9, day: 2))], by: scope) {
                $0.deadline = stage.at(8, day: 1)
            }
            stage.clock.move(to: stage.at(8, day: 1))
            _ = try await EndPoll(stage.installation).lapse(late.id, version: 1, scope: stage.scope)
            let made = try await stage.poll([stage.time(stage.at(9, day: 3))], by: scope) { $0.holds = true }
            try await ChangeMember(stage.installation).switchOff(fay.account.id, by: owner, from: .console)
            let log = try await stage.database.lookUp { tx in
                try tx.all("SELECT action FROM audit WHERE target = \(made.id)") { try $0["action"] as String }
            }
            #expect(log.contains("poll_closed"), "\(log)")
            try await stage.pollRunner(mail).drain()
            #expect(mail.sent.isEmpty, "who is switched off decides nothing")
        }
    }

    @Test("times a year apart: what lies near each is seen, what lies between is not read", arguments: Engine.all)
    func around(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let days = [1, 120, 300]
            let scope = stage.scope
            let rows = days.map { day in
                LedgerRow(
                    id: stage.world.id(LedgerEntry.self).text, subject: stage.ada.text, workspace: stage.workspace,
                    kind: .calendar, ref: "event", claim: nil, starts: stage.at(9, day: day),
                    ends: stage.at(10, day: day))
            }
            try await stage.database.write(scope) { try $0.add(rows) }
            let times = [1, 300].map { OneOff.Time(start: stage.at(9, day: $0), minutes: 30) }
            let (ada, now) = (stage.ada, stage.world.now)
            let found = try await stage.database.read(scope) { tx in
                try tx.ledger(of: ada, around: times, now: now)
            }
            #expect(found.map(\.starts) == [stage.at(9, day: 1), stage.at(9, day: 300)])
        }
    }

    @Test("a poll that is made for somebody else is in their zone", arguments: Engine.all)
    func zones(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bob = stage.bob
            _ = try await stage.makeLink("bobs", host: bob)
            try await stage.database.writeUnscoped { tx in
                try tx.run("UPDATE schedule SET zone = 'Asia/Tokyo' WHERE account = \(bob)")
            }
            let ada = try Visitor(stage, who: "ada")
            for (who, zone) in [(bob.text, "Asia/Tokyo"), (stage.ada.text, "Europe/Berlin")] {
                let made = await ada.post("/calendar/polls", pairs: [
                    ("kind", "days"), ("options", "2030-01-09"), ("title", "Board"), ("open", "on"), ("of", who),
                ])
                let id = try ID<Poll>(String(made.location.split(separator: "/").last ?? "")).wanted("id")
                #expect(try await stage.find(id).zone == zone)
            }
        }
    }

    @Test("whoever is turned away gets the same answer for one key", arguments: Engine.all)
    func decoys(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))])
            let poll = try await stage.find(made.id)
            let ballot = PollBallot(
                name: "Mallory", email: "m@x.example", zone: "UTC", language: "en", votes: [poll.options[0].id: .yes])
            let voting = VoteOnPoll(stage.installation)
            func url(_ key: String?) throws -> String {
                let key = key.map { RequestKey(text: $0, request: "votes") }
                return try JSON(reading: voting.decoy(ballot, on: poll, key: key).body)["url"]?.string ?? ""
            }
            let first = try url("one")
            let again = try url("one")
            #expect(first == again && first.suffix(44).first == "/")
            let (other, none) = (try url("two"), try url(nil))
            #expect(Set([first, other, none]).count == 3 && none.count == first.count)
        }
    }
}
