/// What a script cannot do: fill a form it does not see, keep a month of times, book one full.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct DoorLimitsTests {
    private let link = ID<Link>(milliseconds: 1, random: Array(repeating: 1, count: 10))

    private func take(_ limits: DoorLimits, _ client: UInt8, _ email: String, at now: Instant = monday) -> Int? {
        switch limits.take(client: [client], email: email, link: link, now: now) {
        case .counted: nil
        case .full(let seconds): seconds
        }
    }

    @Test("thirty bookings from a network, ten with an address and six hundred on a link fit into an hour")
    func counted() {
        let limits = DoorLimits()
        for number in 0..<DoorLimits.ofClient { #expect(take(limits, 1, "a\(number)@x.example") == nil) }
        #expect(take(limits, 1, "b@x.example", at: monday.adding(minutes: 59)) == 60)
        #expect(take(limits, 1, "b@x.example", at: monday.adding(minutes: 60)) == nil)
        for _ in 1..<DoorLimits.ofEmail {
            #expect(take(limits, 2, "b@x.example", at: monday.adding(minutes: 60)) == nil)
        }
        #expect(take(limits, 3, "B@X.example", at: monday.adding(minutes: 60)) != nil)
        let crowd = DoorLimits()
        for number in 0..<DoorLimits.ofLink { #expect(take(crowd, UInt8(number / 25), "c\(number)@x.example") == nil) }
        #expect(take(crowd, 99, "d@x.example") != nil)
    }

    @Test("what was refused is given back, and a full counter counts nothing")
    func givenBack() {
        let limits = DoorLimits()
        for number in 0..<100 {
            let verdict = limits.take(client: [1], email: "a\(number)@x.example", link: link, now: monday)
            guard case .counted(let keys) = verdict else { Issue.record("\(number)"); return }
            limits.giveBack(keys)
        }
        for number in 0..<DoorLimits.ofClient { #expect(take(limits, 1, "b\(number)@x.example") == nil) }
        for _ in 0..<50 { #expect(take(limits, 1, "c@x.example") != nil) }
        #expect(take(limits, 2, "c@x.example") == nil)
    }

    @Test("a whole office answers one poll from one network")
    func office() async throws {
        try await strict(.sqlite) { stage in
            let made = try await stage.poll([stage.time(stage.at(9, day: 1))])
            let option = try await stage.find(made.id).options[0].id
            let stranger = try Visitor(stage)
            for number in 0...DoorLimits.ofClient {
                let answer = await stranger.vote(made.token, [(option, .yes)], email: "p\(number)@x.example")
                #expect(answer.status == 303, "\(number)")
            }
            #expect(try await stage.voters(made.id).count == DoorLimits.ofClient + 1)
        }
    }

    @Test("the eleventh booking of an address waits, with everything typed; a repeated request does not",
          arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await strict(engine) { stage in
            let visitor = try Visitor(stage)
            func wish(_ number: Int) -> JSON {
                let start = stage.at(9 + number % 7, (number / 7) * 30, day: 1)
                return [
                    "start": .string(start.rfc3339()), "timezone": "UTC",
                    "attendee": ["name": "Sam", "email": "sam@example.org"],
                ]
            }
            let path = "/api/v1/public/links/intro/bookings"
            for number in 0..<10 {
                #expect(await visitor.call("POST", path, wish(number), key: "k\(number)").status == 201)
            }
            let eleventh = await visitor.call("POST", path, wish(10), key: "k10")
            #expect(eleventh.status == 429 && eleventh.json["code"] == "rate_limited")
            #expect(Int(eleventh[header: "Retry-After"] ?? "").map { (1...3_600).contains($0) } == true)
            #expect(await visitor.call("POST", path, wish(3), key: "k3").status == 201)
            let details = await visitor.hold(stage.at(16, day: 2))
            let page = await visitor.post("/book/intro/bookings", [
                "form": details.field("form") ?? "", "start": String(stage.at(16, day: 2).seconds),
                "timezone": "UTC", "attendee.name": "Sam", "attendee.email": "sam@example.org",
            ])
            #expect(page.status == 429 && page.text.contains("A lot was booked from here"))
            #expect(page.field("attendee.name") == "Sam" && page[header: "Retry-After"] != nil)
        }
    }

    @Test("a client keeps two times of a link; the third lets the oldest go, whether hosts rotate or not",
          arguments: Engine.all)
    func holds(on engine: Engine) async throws {
        try await strict(engine) { stage in
            var rules = Stage.rules
            (rules.slug, rules.kind) = ("turns", .roundRobin)
            var wish = LinkWish(rules: rules)
            wish.hosts = [HostWish(stage.ada), HostWish(stage.bob)]
            let turns = try await SaveLink(stage.installation).create(
                wish, host: stage.ada, scope: Scope(workspace: stage.workspace, actor: .user(stage.ada)))
            for link in [stage.link, turns] {
                func hold(_ hour: Int, _ visitor: String, _ client: UInt8) async throws {
                    stage.clock.move(minutes: 1)
                    _ = try await HoldSlot(stage.installation)(
                        start: stage.at(hour), visitor: visitor, client: [client], link: link.id, scope: stage.scope)
                }
                try await hold(9, "a", 1)
                try await hold(10, "b", 1)
                // Somebody else's, and one that the same visitor picks anew: nobody loses anything by these.
                try await hold(11, "c", 2)
                try await hold(12, "b", 1)
                #expect(try await held(stage, link) == [9, 11, 12])
                try await hold(13, "d", 1)
                #expect(try await held(stage, link) == [11, 12, 13])
                try await hold(14, "e", 1)
                #expect(try await held(stage, link) == [11, 13, 14])
                // What has run out is no hold any more.
                stage.clock.move(minutes: 11)
                try await hold(15, "f", 1)
                #expect(try await held(stage, link) == [15])
                stage.clock.move(minutes: 11)
            }
        }
    }

    @Test("the API's holds are a client's, too: a month cannot be closed by asking", arguments: Engine.all)
    func byAPI(on engine: Engine) async throws {
        try await strict(engine) { stage in
            let visitor = try Visitor(stage)
            for hour in 9..<17 {
                stage.clock.move(minutes: 1)
                let answer = await visitor.call(
                    "POST", "/api/v1/public/links/intro/holds", ["start": .string(stage.at(hour).rfc3339())])
                #expect(answer.status == 201)
            }
            #expect(try await held(stage, stage.link) == [15, 16])
            stage.clock.move(minutes: 1)
            let page = await visitor.hold(stage.at(9))
            #expect(page.status == 200)
            #expect(try await held(stage, stage.link) == [9, 16])
        }
    }

    @Test("the field nobody sees: whoever fills it in is thanked, and nothing is booked or kept")
    func decoy() async throws {
        try await Stage.on(.sqlite) { stage in
            let visitor = try Visitor(stage)
            let details = await visitor.hold(stage.at(10))
            #expect(details.text.contains("<div class=\"hidden\" inert aria-hidden=\"true\">"))
            #expect(details.text.contains("name=\"website\" tabindex=\"-1\""))
            var form = [
                "form": details.field("form") ?? "", "start": String(stage.at(10).seconds), "timezone": "UTC",
                "attendee.name": "Sam", "attendee.email": "sam@example.org", "website": "http://spam.example",
            ]
            let answer = await visitor.post("/book/intro/bookings", form)
            #expect(answer.status == 200 && answer.text.contains("Your wish has arrived"))
            let rows = try await stage.rows()
            #expect(rows["booking"] == 0 && rows["hold"] == 0 && rows["ledger"] == 0 && rows["job"] == 0)
            form["website"] = ""
            #expect(await visitor.post("/book/intro/bookings", form).status == 303)
        }
    }

    /// With the limits that strangers meet.
    private func strict(_ engine: Engine, _ body: (Stage) async throws -> Void) async throws {
        try await Stage.on(engine) { stage in
            var stage = stage
            let old = stage.installation
            stage.installation = Installation(
                database: old.database, world: old.world, keyring: old.keyring, address: old.address,
                mailFrom: old.mailFrom, languages: old.languages, checksSnapshots: true)
            try await body(stage)
        }
    }

    /// The hours that somebody keeps on a link now.
    private func held(_ stage: Stage, _ link: Link) async throws -> [Int] {
        let (id, now) = (link.id, stage.world.now)
        let starts: [Instant] = try await stage.database.lookUp { tx in
            try tx.all("SELECT starts FROM hold WHERE link = \(id) AND expires > \(now) ORDER BY starts") {
                try $0["starts"]
            }
        }
        let rows: Int = try await stage.database.lookUp { tx in
            try tx.one("""
                SELECT count(DISTINCT l.ref) AS n FROM ledger l JOIN hold h ON h.id = l.ref
                WHERE l.kind = 'hold' AND h.link = \(id) AND l.expires > \(now)
                """) { try $0["n"] as Int } ?? 0
        }
        #expect(rows == starts.count, "the ledger keeps what the holds say")
        return starts.map { Int(($0.seconds - monday.seconds) / 3_600) + 8 }
    }
}
