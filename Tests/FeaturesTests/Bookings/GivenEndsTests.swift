/// What is given to one person, at its edges: wishes taken back, links that end, bots, assistants, viewers.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Edges of single-use links and one-offs")
struct GivenEndsTests {
    private func give(
        _ stage: Stage, link: Link? = nil, _ change: (inout SingleUseWish) -> Void = { _ in }
    ) async throws -> (id: ID<SingleUse>, token: String) {
        var wish = SingleUseWish(name: "Anna Berg", email: "anna@berg.example")
        change(&wish)
        let reply = try await MakeSingleUse(stage.installation, from: .console)(
            wish, link: (link ?? stage.link).id, key: nil, scope: stage.adas)
        let json = try JSON(reading: reply.body)
        let id = try (json["id"]?.string).flatMap(ID<SingleUse>.init).wanted("id")
        return (id, String((json["url"]?.string ?? "").suffix(43)))
    }

    private func oneOff(
        _ stage: Stage, _ times: [OneOff.Time], of host: ID<User>? = nil, scope: Scope? = nil
    ) async throws -> (id: ID<OneOff>, token: String) {
        let wish = OneOffWish(
            title: "Site visit", place: "Pier 3", times: times, expires: stage.at(8, day: 5), reserves: true,
            zone: "Europe/Berlin")
        let reply = try await MakeOneOff(stage.installation, from: .console)(
            wish, of: host ?? stage.ada, key: nil, scope: scope ?? stage.adas)
        let json = try JSON(reading: reply.body)
        let id = try (json["id"]?.string).flatMap(ID<OneOff>.init).wanted("id")
        return (id, String((json["url"]?.string ?? "").suffix(43)))
    }

    private func switchOff(_ link: Link, _ stage: Stage) async throws {
        _ = try await SaveLink(stage.installation).update(link.id, version: nil, scope: stage.adas) { link in
            var wish = LinkWish(rules: link.rules)
            wish.rules.active = false
            return wish
        }
    }

    @Test("a wish that its asker takes back was no use; a booking that is cancelled was one", arguments: Engine.all)
    func takenBack(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await give(stage)
            let scope = stage.scope
            func state() async throws -> SingleUseState? {
                let now = stage.world.now
                return try await stage.database.read(scope) { tx in
                    let one = try SingleUseStore.find(made.id, scope: scope, in: tx)
                    // Both ways of reading say the same.
                    let listed = try SingleUseStore.page(
                        of: nil, state: one?.state(now: now), most: 5, now: now, scope: scope, in: tx)
                    #expect(listed.map(\.id) == [made.id])
                    return one?.state(now: now)
                }
            }
            for (email, hour, after) in [
                ("carl@berg.example", 10, SingleUseState.unused), ("anna@berg.example", 11, .used),
            ] {
                let booking = try await stage.book(stage.at(hour)) { request in
                    (request.singleUse, request.source) = (made.id, .singleUse)
                    request.attendee = Attendee(name: "Carl", email: email, zone: "UTC", language: "en")
                }
                #expect(try await state() == .used)
                _ = try await CancelBooking(stage.installation)(booking.id, scope: stage.attendees)
                #expect(try await state() == after)
            }
        }
    }

    @Test("with its link off nothing is mailed or offered; with its link deleted it is taken back",
          arguments: Engine.all)
    func closed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let link = try await stage.makeLink("short")
            let made = try await give(stage, link: link)
            let path = "/calendar/single-use/\(made.id)"
            #expect(await ada.post("\(path)/mail", ["csrf": "csrf-ada", "mails": "0"]).status == 303)
            try await switchOff(link, stage)
            let mail = FakeMail()
            let send = SendSingleUseMail(stage.installation, mail: mail)
            try await JobRunner(
                database: stage.database, work: [SendSingleUseMail.kind: { try await send($0) }], world: stage.world,
                logger: Logger(label: "test")
            ).drain()
            #expect(mail.sent.isEmpty, "it was asked for before")
            let page = await ada.get(path)
            #expect(page.text.contains("switched off or over") && !page.text.contains("\(path)/mail"))
            #expect(await ada.post("\(path)/mail", ["csrf": "csrf-ada", "mails": "1"]).status == 410)

            try await DeleteLink(stage.installation)(link.id, scope: stage.adas)
            let over = await ada.get(path)
            #expect(over.status == 200 && over.text.contains("You took it back"))
            #expect(await ada.get("/calendar/single-use").text.contains(link.rules.title))
            let json = await ada.call("GET", "/api/v1/single-use-links/\(made.id)").json
            #expect(json["state"]?.string == "withdrawn")
        }
    }

    @Test("one booking of a hidden link does not tell where others are made", arguments: Engine.all)
    func hidden(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("secret-door") { $0.access.hidden = true }
            let made = try await give(stage, link: link)
            let app = try Visitor(stage)
            let open = "/api/v1/public/single-use/\(made.token)"
            let read = await app.call("GET", open)
            #expect(read.status == 200 && !read.text.contains("secret-door"))
            let booked = await app.call("POST", "\(open)/bookings", [
                "start": .string(stage.at(10).rfc3339()), "timezone": "Europe/Berlin",
            ])
            #expect(booked.status == 201 && !booked.text.contains("secret-door"), "\(booked.text)")
            let token = try (booked.json["token"]?.string).wanted("token")
            #expect(await !app.call("GET", "/api/v1/public/bookings/\(token)").text.contains("secret-door"))
            for path in ["/booking/\(token)", "/book/reschedule/\(token)", "/book/cancel/\(token)"] {
                let page = await app.get(path)
                #expect(page.status == 200 && !page.text.contains("secret-door"), "\(path)")
            }
            let host = await app.asked(by: "ada").call("GET", "/api/v1/bookings/\(booked.json["id"]?.string ?? "")")
            #expect(host.json["link"]?["slug"]?.string == "secret-door")
        }
    }

    @Test("a program and a blocked person get an answer, and the times stay for whom they were meant",
          arguments: Engine.all)
    func programs(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let spam = try await stage.book(stage.at(16)) {
                $0.attendee = Attendee(name: "Sam", email: "sam@bot.example", zone: "UTC", language: "en")
            }
            #expect(await ada.post("/calendar/bookings/\(spam.id)/spam", ["who": "address"]).status == 303)
            let time = OneOff.Time(start: stage.at(9, day: 1), minutes: 90)
            let made = try await oneOff(stage, [time])
            let stranger = try Visitor(stage)
            for (more, email) in [(["website": "x"], "anna@berg.example"), ([:], "sam@bot.example")] {
                let page = await stranger.get("/one-off/\(made.token)")
                #expect(page.text.contains("name=\"website\""))
                let form = [
                    "form": page.field("form") ?? "", "time": time.text, "timezone": "Europe/Berlin",
                    "attendee.name": "Anna Berg", "attendee.email": email,
                ]
                let answer = await stranger.post("/one-off/\(made.token)/bookings", form.merging(more) { $1 })
                #expect(answer.status == 200 && answer.text.contains("Your wish has arrived"), "\(answer.text)")
            }
            #expect(await stranger.get("/one-off/\(made.token)").status == 200, "nobody has booked")
            let decoy = await stranger.call("POST", "/api/v1/public/one-offs/\(made.token)/bookings", [
                "start": .string(time.start.rfc3339()), "timezone": "UTC",
                "attendee": ["name": "Sam", "email": "sam@bot.example"],
            ])
            let ends = decoy.json["end"]?.string.flatMap(Instant.init(rfc3339:))
            #expect(decoy.status == 201 && ends == time.ends)
        }
    }

    @Test("the zone and the clock of a one-off's page are chosen without script", arguments: [Engine.sqlite])
    func zones(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let time = OneOff.Time(start: stage.at(9, day: 1), minutes: 30)
            let path = "/one-off/\(try await oneOff(stage, [time]).token)"
            let stranger = try Visitor(stage)
            #expect(await stranger.get(path).text.contains("zone=pick"))
            #expect(await stranger.get("\(path)?zone=pick").text.contains("<datalist"))
            #expect(await stranger.get("\(path)?timezone=Nowhere").text.contains("There is no time zone"))
            let tokyo = await stranger.get("\(path)?timezone=Asia/Tokyo&clock=12")
            #expect(tokyo.text.contains("5:00") && tokyo.field("timezone") == "Asia/Tokyo")
        }
    }

    @Test("an assistant makes one for the person they act for, by page and by API, and for nobody else",
          arguments: Engine.all)
    func assistants(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, cleo) = (place.stage, place.visitor)
            let new = "/calendar/one-off/new"
            #expect(await cleo.get(new).text.contains("Bob Osei"))
            let picked = await cleo.get("\(new)?of=\(stage.bob)&day=2030-01-08&at=19:00&minutes=30")
            #expect(picked.status == 303 && picked.location.contains("of=\(stage.bob)"), "\(picked.text)")
            let page = await cleo.get(picked.location)
            let form = ["of", "form", "day", "times"].map { ($0, page.field($0) ?? "") }
                + [("csrf", "csrf-cleo"), ("title", "Visit"), ("days", "7"), ("reserves", "on")]
            let made = await cleo.post("/calendar/one-off", pairs: form)
            #expect(made.status == 303, "\(made.text)")
            let kept = try await stage.ledger(of: stage.bob).filter { $0.kind == .placeholder }
            #expect(kept.map(\.starts) == [stage.at(19, day: 1)])
            let bob = cleo.asked(by: "bob")
            #expect(await bob.get(made.location).status == 200)
            #expect(await bob.get("/calendar/bookings?view=week&date=2030-01-08").text.contains("Kept for a one-off"))
            let row = try await place.log().first { $0.action == .oneOffMade }.wanted("row")
            #expect(row.personName == "Cleo Marsh" && row.behalfName == "Bob Osei")

            func body(_ host: ID<User>) -> JSON {
                [
                    "title": "Visit", "timezone": "UTC", "expiresAt": .string(stage.at(8, day: 3).rfc3339()),
                    "times": [["start": .string(stage.at(20, day: 2).rfc3339()), "durationMinutes": 30]],
                    "hostId": .string(host.text),
                ]
            }
            let called = await cleo.call("POST", "/api/v1/one-offs", body(stage.bob))
            #expect(called.status == 201 && called.json["hostId"]?.string == stage.bob.text, "\(called.text)")
            // An admin acts for everybody, and what they make is that person's.
            let admins = await cleo.asked(by: "ada").call("POST", "/api/v1/one-offs", body(place.dan.account.id))
            #expect(admins.status == 201 && admins.json["hostId"]?.string == place.dan.account.id.text)
            for stranger in [place.dan.account.id, try await stage.neighbour().user] {
                #expect(await cleo.call("POST", "/api/v1/one-offs", body(stranger)).problemFields == ["hostId"])
                #expect(await cleo.get("\(new)?of=\(stranger)").status == 404)
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
            let time = OneOff.Time(start: stage.at(9, day: 1), minutes: 30)
            let one = try await oneOff(stage, [time], of: fay, scope: scope)
            #expect(try await stage.ledger(of: fay).count == 1)
            try await change.set(role: .viewer, grants: [], of: fay, by: owner, from: .console)
            #expect(try await stage.ledger(of: fay).isEmpty)
            #expect(await try Visitor(stage).get("/one-off/\(one.token)").status == 410)
            try await change.switchOff(fay, by: owner, from: .console)
            await #expect(throws: Invalid.self) {
                _ = try await self.oneOff(
                    stage, [OneOff.Time(start: stage.at(9, day: 1), minutes: 30)], of: fay, scope: scope)
            }
        }
    }
}
