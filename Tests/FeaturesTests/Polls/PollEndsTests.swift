/// Polls at their edges: assistants, viewers, whoever is switched off, and what a calendar says of kept times.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Edges of polls")
struct PollEndsTests {
    @Test("an assistant makes and decides one for the person they act for, and for nobody else", arguments: Engine.all)
    func assistants(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, cleo) = (place.stage, place.visitor)
            let new = "/calendar/polls/new"
            #expect(await cleo.get(new).text.contains("Bob Osei"))
            let page = await cleo.get("\(new)?of=\(stage.bob)&day=2030-01-08")
            let form = ["of", "form", "day", "kind"].map { ($0, page.field($0) ?? "") }
                + [("options", "\(stage.at(19, day: 1).seconds).30")]
                + [("csrf", "csrf-cleo"), ("title", "Board"), ("open", "on"), ("holds", "on")]
            let made = await cleo.post("/calendar/polls", pairs: form)
            #expect(made.status == 303, "\(made.text)")
            let kept = try await stage.ledger(of: stage.bob).filter { $0.kind == .placeholder }
            #expect(kept.map(\.starts) == [stage.at(19, day: 1)])
            let bob = cleo.asked(by: "bob")
            #expect(await bob.get(made.location).status == 200)
            #expect(await bob.get("/calendar/bookings?view=week&date=2030-01-08").text.contains("Kept for a poll"))
            let row = try await place.log().first { $0.action == .pollMade }.wanted("row")
            #expect(row.personName == "Cleo Marsh" && row.behalfName == "Bob Osei")

            let id = try ID<Poll>(String(made.location.split(separator: "/").last ?? "")).wanted("poll")
            let option = try await stage.find(id).options[0].id
            let told = try (await bob.get(made.location).text.firstRange(of: "/poll/")).wanted("address")
            let token = String((await bob.get(made.location)).text[told.upperBound...].prefix(43))
            _ = await cleo.asked(by: nil).vote(token, [(option, .yes)], email: "oscar@x.example")
            let voter = try await stage.voters(id)[0].id
            let done = await cleo.post("\(made.location)/finalization", [
                "csrf": "csrf-cleo", "optionId": option.text, "voterIds": voter.text,
            ])
            #expect(done.status == 303, "\(done.text)")
            let booking = try await stage.find(try (try await stage.find(id)).booking.wanted("booking"))
            #expect(booking.hosts.map(\.id) == [stage.bob])

            func body(_ host: ID<User>) -> JSON {
                [
                    "title": "Board", "timezone": "UTC", "hostId": .string(host.text),
                    "times": [["start": .string(stage.at(20, day: 2).rfc3339()), "durationMinutes": 30]],
                ]
            }
            let called = await cleo.call("POST", "/api/v1/polls", body(stage.bob))
            #expect(called.status == 201 && called.json["hostId"]?.string == stage.bob.text, "\(called.text)")
            for stranger in [place.dan.account.id, try await stage.neighbour().user] {
                #expect(await cleo.call("POST", "/api/v1/polls", body(stranger)).status == 422)
            }
        }
    }

    @Test("whoever becomes a viewer or is switched off keeps no time, and makes no more", arguments: Engine.all)
    func viewers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let member = try await stage.member("Fay Free")
            let (fay, change) = (member.account.id, ChangeMember(stage.installation))
            let owner = Principal(
                kind: .session, workspace: stage.workspace, workspaceName: "Nordhavn", user: stage.ada, name: "Ada",
                permissions: Permission.granted(to: .owner))
            let scope = stage.principal(member).scope
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))], by: scope) { $0.holds = true }
            #expect(try await stage.ledger(of: fay).count == 1)
            try await change.set(role: .viewer, grants: [], of: fay, by: owner, from: .console)
            #expect(try await stage.ledger(of: fay).isEmpty)
            #expect(try await Visitor(stage).get("/poll/\(made.token)").status == 410)
            try await change.switchOff(fay, by: owner, from: .console)
            await #expect(throws: Invalid.self) {
                _ = try await stage.poll([stage.time(stage.at(9, day: 1))], by: scope)
            }
        }
    }

    @Test("a meeting that came of one does not tell its voters where its host is booked", arguments: Engine.all)
    func hidden(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (stranger, ada) = (try Visitor(stage), try Visitor(stage, who: "ada"))
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))])
            let option = try await stage.find(made.id).options[0].id
            _ = await stranger.vote(made.token, [(option, .yes)], email: "oscar@x.example")
            let path = "/api/v1/polls/\(made.id)/finalization"
            #expect(await ada.call("POST", path, ["optionId": .string(option.text)]).status == 201)
            let booking = try await stage.find(try (try await stage.find(made.id)).booking.wanted("booking"))
            let scope = stage.scope
            let link = try await stage.database.read(scope) { try LinkStore.find(booking.link, scope: scope, in: $0) }
            let told = BookingJSON(booking, link: try link.wanted("link"), zones: stage.zones)
            #expect(told.told(to: .attendee).json(token: nil)["link"]?["slug"] == nil)
            #expect(told.json(token: nil)["link"]?["slug"] != nil)
        }
    }
}
