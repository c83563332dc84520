/// Polls and the people around them: hosts who leave, admins who ask for others, voters who do not know each other.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Polls and people")
struct PollPeopleTests {
    private func owner(_ stage: Stage) -> Principal {
        Principal(
            kind: .session, workspace: stage.workspace, workspaceName: "Nordhavn", user: stage.ada, name: "Ada",
            permissions: Permission.granted(to: .owner))
    }

    @Test("nothing is decided or opened again for a host who left; who comes back keeps no time", arguments: Engine.all)
    func hosts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let member = try await stage.member("Fay Free")
            let (fay, change) = (member.account.id, ChangeMember(stage.installation))
            let scope = stage.principal(member).scope
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))], by: scope) { $0.holds = true }
            let option = try await stage.find(made.id).options[0].id
            _ = await try Visitor(stage).vote(made.token, [(option, .yes)], email: "oscar@x.example")
            let (ada, path) = (try Visitor(stage, who: "ada"), "/calendar/polls/\(made.id)")
            let voter = try await stage.voters(made.id)[0].id
            let decision = ["csrf": "csrf-ada", "optionId": option.text, "voterIds": voter.text]
            try await change.set(role: .viewer, grants: [], of: fay, by: owner(stage), from: .console)
            for (end, fields) in [("finalization", decision), ("reopening", ["csrf": "csrf-ada"])] {
                let answer = await ada.post("\(path)/\(end)", fields)
                #expect(answer.status == 409 && answer.text.contains("cannot be booked any more"), "\(answer.text)")
            }
            #expect(try await stage.rows()["booking"] == 0)
            try await change.set(role: .member, grants: [], of: fay, by: owner(stage), from: .console)
            #expect(await ada.post("\(path)/reopening", ["csrf": "csrf-ada"]).status == 303)
            #expect(try await !stage.find(made.id).rules.holds)
            #expect(try await stage.ledger(of: fay).isEmpty)
            #expect(await ada.post("\(path)/finalization", decision).status == 303)
        }
    }

    @Test("an admin's poll for somebody is that person's, by page and by API", arguments: Engine.all)
    func admins(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let made = await ada.call("POST", "/api/v1/polls", [
                "title": "Team", "timezone": "UTC", "hostId": .string(stage.bob.text), "holds": true,
                "times": [["start": .string(stage.at(20, day: 2).rfc3339()), "durationMinutes": 30]],
            ])
            #expect(made.status == 201 && made.json["hostId"]?.string == stage.bob.text, "\(made.text)")
            #expect(try await stage.ledger(of: stage.bob).map(\.kind) == [.placeholder])
            #expect(try await stage.ledger().isEmpty)
        }
    }

    @Test("two people at one device have a vote each", arguments: Engine.all)
    func device(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let stranger = try Visitor(stage)
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))])
            let option = try await stage.find(made.id).options[0].id
            let form = await stranger.get("/poll/\(made.token)").field("form")
            func vote(_ email: String) async -> Answer {
                await stranger.vote(made.token, [(option, .yes)], email: email, form: form)
            }
            let first = await vote("mia@x.example")
            #expect(first.status == 303)
            let second = await vote("noa@x.example")
            #expect(second.status == 303 && second.location != first.location)
            #expect(await vote("Mia@x.example").location == first.location, "pressed twice it is one")
            #expect(try await stage.voters(made.id).map(\.email).sorted() == ["mia@x.example", "noa@x.example"])
        }
    }

    @Test("those who come learn no addresses of each other, and bring nobody; the host sees all", arguments: Engine.all)
    func addresses(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (stranger, ada, mail) = (try Visitor(stage), try Visitor(stage, who: "ada"), FakeMail())
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))])
            let option = try await stage.find(made.id).options[0].id
            for name in ["mia", "noa", "oscar"] {
                _ = await stranger.vote(made.token, [(option, .yes)], name: name, email: "\(name)@x.example")
            }
            let path = "/api/v1/polls/\(made.id)/finalization"
            #expect(await ada.call("POST", path, ["optionId": .string(option.text)]).status == 201)
            let booking = try await stage.find(try (try await stage.find(made.id)).booking.wanted("booking"))
            let attendee = booking.attendee.email
            #expect(attendee.hasSuffix("@x.example") && booking.guests.count == 2)
            try await stage.mailRunner(mail).drain()
            #expect(mail.sent.count == 4)
            for one in mail.sent {
                let own = one.to.address.text
                let all = one.text + one.html + (one.invitation?.text ?? "")
                for name in ["mia", "noa", "oscar"] where own != "\(name)@x.example" {
                    let isHost = !own.hasSuffix("@x.example")
                    #expect(all.contains("\(name)@x.example") == isHost, "\(own) reads of \(name)")
                }
                #expect(!all.contains("Invited by"))
            }
            let text = try mail.sent.first { $0.to.address.text == attendee }.wanted("mail").text
            let start = try text.firstRange(of: "/booking/").wanted("address").upperBound
            let token = String(text[start...].prefix(43))
            let page = await stranger.get("/booking/\(token)")
            #expect(page.status == 200 && page.text.contains(attendee) && !page.text.contains("/guests"))
            #expect(booking.guests.allSatisfy { !page.text.contains($0) })
            // Not by hand, either: nobody is thrown out by an empty list.
            let version = page.field("version") ?? String(booking.state.version)
            let pressed = await stranger.post("/booking/\(token)/guests", ["guests": "", "version": version])
            #expect(pressed.status != 303, "\(pressed.location)")
            #expect(try await stage.find(booking.id).guests.count == 2)
            let guestMail = try mail.sent.first { booking.guests.contains($0.to.address.text) }.wanted("guest's mail")
            let way = try guestMail.text.firstRange(of: "/booking/guest/").wanted("guest's address").upperBound
            let address = guestMail.text[way...].prefix { !$0.isWhitespace }
            let guests = await stranger.get("/booking/guest/\(address)")
            #expect(guests.status == 200 && !guests.text.contains("Invited by"))
            #expect(!guests.text.contains(booking.attendee.name))
            let json = await stranger.call("GET", "/api/v1/public/bookings/\(token)").json
            #expect(json["guests"] == [])
            let host = await ada.call("GET", "/api/v1/bookings/\(booking.id)").json
            #expect(host["guests"]?.array?.count == 2)
        }
    }
}
