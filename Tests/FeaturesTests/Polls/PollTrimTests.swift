/// What a host takes off a poll, what many at once may do, and what is told once it is decided.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Polls are trimmed")
struct PollTrimTests {
    @Test("somebody's answers go with what they alone proposed, and their address leads nowhere", arguments: Engine.all)
    func voters(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, stranger) = (try Visitor(stage, who: "ada"), try Visitor(stage))
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))]) { $0.takesProposals = true }
            let option = try await stage.find(made.id).options[0].id
            var own: [String: String] = [:]
            for name in ["mallory", "oscar"] {
                let answer = await stranger.vote(made.token, [(option, .yes)], name: name, email: "\(name)@x.example")
                own[name] = String(answer.location.dropFirst("/poll/".count).prefix(43))
            }
            let mallory = own["mallory"] ?? ""
            for day in [2, 3] {
                let body: JSON = ["start": .string(stage.at(10, day: day).rfc3339())]
                let answer = await stranger.call("POST", "/api/v1/public/polls/\(mallory)/options", body)
                #expect(answer.status == 201, "\(answer.text)")
            }
            let liked = try await stage.find(made.id).options[1].id
            _ = await stranger.vote(own["oscar"] ?? "", [(liked, .yes)], name: "oscar")
            let voter = try (try await stage.voters(made.id).first { $0.name == "mallory" }).wanted("voter")
            let path = "/calendar/polls/\(made.id)/removal"
            for who in ["bob", "eve"] {
                let answer = await ada.asked(by: who).post(path, ["voterId": voter.id.text])
                #expect([403, 404].contains(answer.status), "\(who)")
            }
            #expect(await ada.post(path, ["voterId": voter.id.text]).status == 303)
            #expect(try await stage.voters(made.id).map(\.name) == ["oscar"])
            // The second was answered by nobody else.
            #expect(try await stage.find(made.id).options.map(\.id) == [option, liked])
            #expect(await stranger.get("/poll/\(mallory)").status == 404)
            #expect(await ada.post(path, ["voterId": voter.id.text]).status == 404)
        }
    }

    @Test("an option goes with the time it kept; one stays, and a decided poll stays as it is", arguments: Engine.all)
    func options(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, stranger) = (try Visitor(stage, who: "ada"), try Visitor(stage))
            let moments = [stage.time(stage.at(9, day: 1)), stage.time(stage.at(14, day: 1))]
            let made = try await stage.poll(moments) { $0.holds = true }
            let other = try await stage.poll([stage.time(stage.at(9, day: 2))])
            let ids = try await stage.find(made.id).options.map(\.id)
            let (first, second) = (ids[0], ids[1])
            let foreign = try await stage.find(other.id).options[0].id
            _ = await stranger.vote(made.token, [(first, .yes), (second, .yes)], email: "oscar@x.example")
            let path = "/api/v1/polls/\(made.id)/options"
            #expect(await ada.call("DELETE", "\(path)/\(foreign)").status == 404)
            #expect(await ada.call("DELETE", "\(path)/\(first)").status == 204)
            let kept = try await stage.ledger(of: stage.ada).filter { $0.kind == .placeholder }
            #expect(kept.map(\.starts) == [stage.at(14, day: 1)])
            #expect(try await stage.voters(made.id)[0].votes == [second: .yes])
            #expect(await ada.call("DELETE", "\(path)/\(second)").status == 409)
            let done: JSON = ["optionId": .string(second.text)]
            #expect(await ada.call("POST", "/api/v1/polls/\(made.id)/finalization", done).status == 201)
            #expect(await ada.call("DELETE", "\(path)/\(second)").status == 409)
        }
    }

    @Test("closing and opening again by a key", arguments: Engine.all)
    func closing(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))])
            let path = "/api/v1/polls/\(made.id)"
            #expect(await ada.call("POST", "\(path)/closing").json["state"]?.string == "closed")
            let late: JSON = ["deadline": .string(stage.at(9, day: 400).rfc3339())]
            #expect(await ada.call("POST", "\(path)/reopening", late).status == 422)
            let soon: JSON = ["deadline": .string(stage.at(9, day: 3).rfc3339())]
            let again = await ada.call("POST", "\(path)/reopening", soon)
            #expect(again.json["state"]?.string == "open" && again.json["deadline"]?.string != nil, "\(again.text)")
        }
    }

    @Test("whoever has invited too many within the hour still makes a poll without addresses")
    func invitations() async throws {
        try await Stage.on(.sqlite) { stage in
            let doors = stage.installation.doors
            let now = stage.installation.world.now
            let most = DoorLimits.invitations * doors.factor
            guard case .counted = doors.take(invitations: most, by: stage.ada, now: now) else {
                Issue.record("turned away too early")
                return
            }
            await #expect(throws: PollHostRefusal.self) {
                _ = try await stage.poll([stage.time(stage.at(9, day: 1))], invited: ["one@x.example"])
            }
            _ = try await stage.poll([stage.time(stage.at(9, day: 1))])
            let later = now.adding(minutes: 60)
            if case .full = doors.take(invitations: 1, by: stage.ada, now: later) { Issue.record("an hour later") }
        }
    }

    @Test("who looks later is told when the meeting is by now, or that it is cancelled", arguments: Engine.all)
    func later(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, stranger) = (try Visitor(stage, who: "ada"), try Visitor(stage))
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))])
            let option = try await stage.find(made.id).options[0].id
            _ = await stranger.vote(made.token, [(option, .yes)], email: "oscar@x.example")
            let page = await ada.get("/calendar/polls/\(made.id)?option=\(option)")
            let voter = try await stage.voters(made.id)[0].id
            let decision = ["form": page.field("form") ?? "", "optionId": option.text, "voterIds": voter.text]
            // Pressed twice, it is one meeting and no refusal.
            for _ in 0..<2 {
                #expect(await ada.post("/calendar/polls/\(made.id)/finalization", decision).status == 303)
            }
            #expect(try await stage.rows()["booking"] == 1)
            let open = await stranger.call("GET", "/api/v1/public/polls/\(made.token)")
            #expect(open.json["place"] == nil && open.json["state"]?.string == "finalized", "\(open.text)")
            let booking = try await stage.find(made.id).booking.wanted("booking")
            let cancelled = await ada.post("/calendar/bookings/\(booking)/cancellation", ["message": ""])
            #expect(cancelled.status == 303, "\(cancelled.text)")
            let told = await stranger.get("/poll/\(made.token)")
            #expect(told.status == 410 && told.text.contains("This meeting is cancelled"), "\(told.text)")
        }
    }
}
