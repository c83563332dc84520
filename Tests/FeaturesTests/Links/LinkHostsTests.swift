/// The hosts of a link: how they are read, kept, told and shown, and who may name them.
import Database
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Hosts of links")
struct LinkHostsTests {
    private let entropy = Entropy.seeded(1)
    private let one = ID<User>(milliseconds: 1, random: [UInt8](repeating: 1, count: 10)).text
    private let two = ID<User>(milliseconds: 2, random: [UInt8](repeating: 2, count: 10)).text

    private func read(_ json: JSON, over base: LinkRules? = nil) -> (wish: LinkWish?, errors: [String]) {
        var fields = Fields(json: json)
        let wish = try? LinkReading.read(&fields, over: base, entropy: entropy)
        try? fields.finish()
        return (wish, fields.errors.map { "\($0.field) \($0.code)" })
    }

    private func errors(_ hosts: JSON, kind: JSON = "round_robin") -> [String] {
        read(["title": "Intro", "kind": kind, "hosts": hosts]).errors
    }

    // MARK: Reading

    @Test("hosts are read with priority and weight, each within its bounds")
    func bounds() {
        let host: (String, JSON) -> JSON = { name, value in
            .array([.object([("userId", .string(one)), (name, value)])])
        }
        #expect(errors(host("weight", 1)).isEmpty && errors(host("weight", 1000)).isEmpty)
        #expect(errors(host("priority", 0)).isEmpty && errors(host("priority", 4)).isEmpty)
        for (name, value) in [("weight", 0), ("weight", 1001), ("priority", -1), ("priority", 5)] {
            #expect(errors(host(name, .int(Int64(value)))) == ["hosts.0.\(name) out_of_range"])
        }
        #expect(errors(host("weight", "many")) == ["hosts.0.weight invalid"])
        #expect(errors(host("priority", .double(1.5))) == ["hosts.0.priority invalid"])
        #expect(errors(host("role", "king")) == ["hosts.0.role invalid"])
        #expect(errors(host("role", "fixed")) == ["hosts.0.role invalid"])
        #expect(errors(host("role", "fixed"), kind: "collective").isEmpty)
        #expect(errors(host("nonsense", 1)) == ["hosts.0.nonsense unknown"])
    }

    @Test("nobody, the same one twice and too many are refused, each beside its field")
    func wrong() {
        let pair: JSON = [["userId": .string(one)], ["userId": .string(two)]]
        #expect(errors([]) == ["hosts missing"] && errors("me") == ["hosts invalid"])
        #expect(errors([[:]]) == ["hosts.0.userId missing"] && errors([["userId": "x"]]) == ["hosts.0.userId invalid"])
        #expect(errors([["userId": .string(one)], ["userId": .string(one)]]) == ["hosts.1.userId invalid"])
        #expect(errors(pair).isEmpty && errors(pair, kind: "one_on_one") == ["hosts too_many"])
        let many = (0...100).map { _ in ["userId": .string(ID<User>(
            milliseconds: 1, random: (0..<10).map { _ in UInt8.random(in: 0...255) }).text)] as JSON }
        #expect(errors(.array(many)) == ["hosts too_many"] && errors(.array(Array(many.dropLast()))).isEmpty)
        #expect(errors(pair, kind: "instant").isEmpty && errors(pair, kind: "sung").first == "kind invalid")
    }

    @Test("the rules of turns are read, and a lead that could not be told beforehand is refused")
    func rotation() throws {
        let wish = try read([
            "title": "a", "kind": "round_robin", "rotation": [
                "strategy": "equal_distribution", "maximumLead": 3, "period": "all_time", "countsBy": "start",
                "creditsCancelled": false, "creditsNoShow": true, "movesReassign": true,
            ],
        ]).wish.wanted("wish")
        let rotation = wish.rules.rotation
        #expect(rotation.strategy == .equalDistribution && rotation.maximumLead == 3 && rotation.period == .allTime)
        #expect(rotation.countsBy == .start && !rotation.creditsCancelled && rotation.creditsNoShow)
        #expect(rotation.movesReassign)
        let bad: [(JSON, String)] = [
            (["strategy": "luck"], "rotation.strategy invalid"),
            (["maximumLead": 0], "rotation.maximumLead out_of_range"),
            (["maximumLead": 1001], "rotation.maximumLead out_of_range"),
            (["maximumLead": "far"], "rotation.maximumLead invalid"), (["period": "week"], "rotation.period invalid"),
            (["countsBy": "weight"], "rotation.countsBy invalid"),
            (["creditsNoShow": "yes"], "rotation.creditsNoShow invalid"),
            (["maximumLead": 2, "countsBy": "start"], "rotation.maximumLead invalid"),
            (["luck": 1], "rotation.luck unknown"),
        ]
        for (json, error) in bad { #expect(read(["title": "a", "rotation": json]).errors == [error]) }
    }

    @Test("a row of the form to be removed, or with nobody in it, is no host; ticks are what is sent")
    func form() throws {
        let form: [(String, String)] = [
            ("title", "Intro"), ("kind", "round_robin"), ("hoursFrom", "schedule"), ("hosts.0.userId", one),
            ("hosts.0.priority", "3"), ("hosts.0.weight", "50"), ("hosts.1.userId", two), ("hosts.1.priority", "2"),
            ("hosts.1.weight", "100"), ("hosts.1.remove", "on"), ("hosts.2.userId", ""),
            ("rotation.strategy", "equal_distribution"), ("rotation.maximumLead", ""),
        ]
        let wish = try LinkFormReading(FormData(form), zone: .utc, entropy: entropy).wish.wanted("wish")
        #expect(wish.hosts == [HostWish(try ID<User>(one).wanted("id"), priority: 3, weight: 50)])
        #expect(!wish.rules.rotation.creditsCancelled && wish.rules.rotation.maximumLead == nil)
        // What the form does not ask stays as it was.
        var rules = Stage.rules
        (rules.kind, rules.rotation.creditsNoShow) = (.collective, true)
        let kept = LinkFormReading(FormData(Array(form.prefix(1))), over: rules, zone: .utc, entropy: entropy).wish
        #expect(kept?.rules.kind == .collective && kept?.rules.rotation == rules.rotation && kept?.hosts == nil)
    }

    // MARK: Saving

    @Test("hosts are kept in their order with their shares, and told as they were sent", arguments: Engine.all)
    func saved(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(2)
            let wishes = [
                HostWish(more[1], priority: 4, weight: 10), HostWish(stage.ada), HostWish(more[0], weight: 1000),
            ]
            let link = try await stage.makeLink("team", .roundRobin, wishes) { $0.rotation.maximumLead = 5 }
            let found = try await stage.find(link)
            #expect(found == link && found.hostWishes == wishes)
            #expect(found.shares.values.allSatisfy { $0.joinedAt == stage.world.now && $0.isActive })
            let json = LinkJSON(found).full
            #expect(json["hosts"]?.array?.map { $0["weight"]?.int } == [10, 100, 1000])
            #expect(json["hosts"]?.array?.allSatisfy { $0["role"]?.string == "rotating" } == true)
            #expect(json["rotation"]?["maximumLead"]?.int == 5)
            #expect(LinkJSON(found).open(zone: "UTC")["hosts"]?.array?.first?.members?.count == 1)
        }
    }

    @Test("who stays keeps the time they joined, who comes back joins anew", arguments: Engine.all)
    func joined(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, bob) = (stage.ada, stage.bob)
            let link = try await stage.makeLink("team", .roundRobin, [HostWish(ada), HostWish(bob)])
            stage.clock.move(minutes: 60)
            try await stage.change(link) { $0.hosts = [HostWish(ada, weight: 7)] }
            let left = try await stage.find(link)
            #expect(left.hosts.map(\.id) == [ada] && left.share(of: ada).weight == 7)
            try await stage.change(link) { $0.hosts = [HostWish(bob), HostWish(ada)] }
            let back = try await stage.find(link)
            #expect(back.hosts.map(\.id) == [bob, ada] && back.share(of: ada).joinedAt == monday)
            #expect(back.share(of: bob).joinedAt == monday.adding(minutes: 60))
        }
    }

    @Test("one host becomes several, and several become one once the others are removed", arguments: Engine.all)
    func kinds(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, bob) = (stage.ada, stage.bob)
            let more = try await stage.change(stage.link) {
                ($0.rules.kind, $0.hosts) = (.collective, [HostWish(ada), HostWish(bob)])
            }
            #expect(more.rules.kind == .collective && more.hosts.count == 2)
            await #expect(throws: Invalid.self) { try await stage.change(stage.link) { $0.rules.kind = .oneOnOne } }
            #expect(try await stage.find(stage.link).rules.kind == .collective)
            // Ada leaves: her schedule goes with her, and the link follows Bob's.
            let bobs = try await stage.change(stage.link) { ($0.rules.kind, $0.hosts) = (.oneOnOne, [HostWish(bob)]) }
            #expect(bobs.hosts.map(\.id) == [bob] && bobs.schedule != stage.link.schedule)
            #expect(try await stage.free(bobs).first == stage.at(9))
        }
    }

    @Test("people of elsewhere, unknown and switched off ones are no hosts, each named by its row",
          arguments: Engine.all)
    func strangers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let elsewhere = try await stage.neighbour()
            let off = try await stage.people(1)[0]
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE member SET state = 'off' WHERE account = \(off)")
            }
            for stranger in [elsewhere.user, stage.world.id(), off] {
                do {
                    _ = try await stage.makeLink("x", .collective, [HostWish(stage.ada), HostWish(stranger)])
                    Issue.record("it was made")
                } catch let invalid as Invalid {
                    #expect(invalid.fields.map(\.field) == ["hosts.1.userId"])
                }
                await #expect(throws: Invalid.self) {
                    try await stage.change(stage.link) {
                        ($0.rules.kind, $0.hosts) = (.roundRobin, [HostWish(stranger)])
                    }
                }
            }
            let scope = stage.scope
            let found = try await stage.database.read(scope) { tx in
                try LinkHostStore.people([elsewhere.user, off], scope: scope, in: tx)
            }
            #expect(found.isEmpty)
        }
    }

    // MARK: Pages and permissions

    @Test("an admin names hosts in the editor, without script, and reads them there again", arguments: Engine.all)
    func editor(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get("/settings/booking-links/new")
            #expect(page.text.contains("Add a host") && page.text.contains("Bob Osei"))
            let form = [
                "title": "Team talk", "durationMinutes": "30", "minimumNotice.value": "0",
                "minimumNotice.unit": "hour", "window.kind": "rolling_days", "window.days": "30",
                "hoursFrom": "schedule", "locations.0.kind": "video", "locations.0.text": "https://a.example/",
                "active": "on", "kind": "round_robin", "hosts.0.userId": stage.ada.text, "hosts.0.priority": "2",
                "hosts.0.weight": "100", "hosts.1.userId": stage.bob.text, "hosts.2.userId": "",
                "rotation.strategy": "equal_distribution", "rotation.period": "month",
                "rotation.countsBy": "creation", "rotation.creditsCancelled": "on", "maxGuests": "5",
                "rescheduleNoticeMinutes": "0", "cancelNoticeMinutes": "0", "bufferBeforeMinutes": "0",
                "bufferAfterMinutes": "0", "alignMinutes": "0", "offsetMinutes": "0",
            ]
            let bad = await ada.post("/settings/booking-links", form.merging(["hosts.1.weight": "0"]) { $1 })
            #expect(bad.status == 422 && bad.text.contains("Bob Osei") && bad.text.contains("hosts.1.weight"))
            let made = await ada.post("/settings/booking-links", form)
            #expect(made.status == 303, "\(made.text.prefix(0))")
            let path = String(made.location.prefix { $0 != "?" })
            let edited = await ada.get(path)
            #expect(edited.text.contains("Weight of Bob Osei") && edited.text.contains("Distribution"))
            let preview = await ada.post(path, form.merging(["preview": "typed"]) { $1 })
            #expect(preview.status == 200)
            let removed = await ada.post(path, form.merging(["hosts.1.remove": "on"]) { $1 })
            #expect(removed.status == 303)
            #expect(await !ada.get(path).text.contains("Weight of Bob Osei"))
            let none = await ada.post(path, form.merging(["hosts.1.remove": "on", "hosts.0.remove": "on"]) { $1 })
            #expect(none.status == 422 && none.text.contains("Name at least one host"))
        }
    }

    @Test("whoever makes a link for others alone leaves each of them to their own hours", arguments: Engine.all)
    func forOthers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let people = try await stage.people(2)
            var wish = LinkWish(rules: Stage.rules)
            (wish.rules.slug, wish.rules.kind) = ("others", .collective)
            wish.hosts = people.map { HostWish($0) }
            (wish.schedule, wish.followsSchedule) = (stage.link.schedule, true)
            let link = try await SaveLink(stage.installation).create(wish, host: stage.ada, scope: stage.adas)
            #expect(link.schedule != stage.link.schedule)
            #expect(try await stage.free(link).first == stage.at(9))
            // A program that names it means it.
            wish.followsSchedule = false
            wish.rules.slug = "named"
            let named = wish
            await #expect(throws: Invalid.self) {
                try await SaveLink(stage.installation).create(named, host: stage.ada, scope: stage.adas)
            }
        }
    }

    @Test("a host who is no admin changes the rest of a link, not who hosts it", arguments: Engine.all)
    func members(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("team", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            let bob = try Visitor(stage, who: "bob")
            let path = "/settings/booking-links/\(link.id)", api = "/api/v1/links/\(link.id)"
            let page = await bob.get(path)
            #expect(page.status == 200 && page.text.contains("Hosted by Ada Lindqvist, Bob Osei"))
            #expect(!page.text.contains("hosts.0.userId"))
            #expect(await bob.call("PATCH", api, ["title": "Other"]).status == 200)
            #expect(try await stage.find(link).hosts.count == 2)
            for body in [
                ["hosts": [["userId": .string(stage.bob.text)]]], ["kind": "collective"],
                ["rotation": ["strategy": "equal_distribution"]],
            ] as [JSON] {
                #expect(await bob.call("PATCH", api, body).status == 403)
            }
            let wish: JSON = ["title": "x", "kind": "round_robin", "hosts": [["userId": .string(stage.ada.text)]]]
            #expect(await bob.call("POST", "/api/v1/links", wish).status == 403)
            let own: JSON = ["title": "x", "kind": "round_robin", "hosts": [["userId": .string(stage.bob.text)]]]
            #expect(await bob.call("POST", "/api/v1/links", own).status == 201)
            // A copy is Bob's alone.
            let copied = await bob.post("\(path)/copy", [:])
            #expect(copied.status == 303)
            let id = copied.location.split(separator: "/").last?.prefix { $0 != "?" } ?? ""
            let copy = await bob.call("GET", "/api/v1/links/\(id)").json
            #expect(copy["hosts"]?.array?.compactMap { $0["userId"]?.string } == [stage.bob.text])
        }
    }

    @Test("the public page says who, and never who is free", arguments: Engine.all)
    func open(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let pair = [HostWish(stage.ada), HostWish(stage.bob)]
            _ = try await stage.makeLink("turns", .roundRobin, pair)
            _ = try await stage.makeLink("both", .collective, pair)
            let visitor = try Visitor(stage)
            #expect(await visitor.get("/book/turns").text.contains("With one of Ada Lindqvist, Bob Osei"))
            #expect(await visitor.get("/book/both").text.contains("With Ada Lindqvist, Bob Osei"))
            let slots = await visitor.call(
                "GET", "/api/v1/public/links/turns/slots?from=2030-01-07&to=2030-01-07&timezone=Europe/Berlin")
            #expect(slots.status == 200 && !slots.text.contains("Ada") && !slots.text.contains("usr_"))
        }
    }
}
