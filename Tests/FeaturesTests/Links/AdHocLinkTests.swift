/// Links nobody has made: whom an address leads to, what is offered and booked there, and who is never named.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Ad-hoc links")
struct AdHocLinkTests {
    private let path = "/api/v1/public/links/ada+bob"

    private func on(_ engine: Engine, _ body: (Stage) async throws -> Void) async throws {
        try await Stage.on(engine) { stage in
            try await stage.allow(stage.ada, "ada")
            try await stage.allow(stage.bob, "bob")
            try await body(stage)
        }
    }

    private func body(_ start: Instant, _ more: (String, JSON)...) -> JSON {
        .object([
            ("start", .string(start.rfc3339())), ("timezone", "Europe/Berlin"),
            ("attendee", ["name": "Yuko", "email": "yuko@kpuh.example"]),
        ] + more)
    }

    @Test("the times of both are offered by the hours each keeps; looking stores nothing", arguments: Engine.all)
    func offered(on engine: Engine) async throws {
        try await on(engine) { stage in
            try await stage.book(stage.at(14), on: stage.link)
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            try await stage.book(stage.at(15), on: bobs)
            let stranger = try Visitor(stage)
            let before = try await stage.links()
            let page = await stranger.get("/book/ada+bob?timezone=Europe/Berlin")
            // Four hours of notice from eight in the morning, without two and three.
            #expect(page.status == 200 && page.text.contains("Ada Lindqvist") && page.text.contains("Bob Osei"))
            #expect(page.buttons("start").count == 8)
            let days = "from=2030-01-07&to=2030-02-28&timezone=Europe/Berlin"
            let slots = await stranger.call("GET", "\(path)/slots?\(days)").json["slots"]
            #expect(slots?["2030-01-07"]?.array?.count == 8)
            #expect(slots?["2030-01-18"]?.array?.count == 16 && slots?["2030-01-22"] == nil)
            let told = await stranger.call("GET", path)
            #expect(told.json["kind"] == "collective" && told.json["durations"] == [30])
            #expect(told.json["hosts"]?.array?.map { $0["name"]?.string } == ["Ada Lindqvist", "Bob Osei"])
            #expect(await stranger.get("/book/ada+bob.md").text.contains("With: Ada Lindqvist, Bob Osei"))
            let straight = await stranger.get("/book/ada+bob?start=\(stage.at(13).seconds)")
            #expect(straight.status == 303 && straight.location.hasPrefix("/book/ada+bob/details"))
            #expect(await stranger.get(straight.location).status == 200)
            #expect(try await stage.links() == before)
        }
    }

    @Test("a press books both under one claim; the link is stored once, and listed nowhere", arguments: Engine.all)
    func booked(on engine: Engine) async throws {
        try await on(engine) { stage in
            let stranger = try Visitor(stage)
            let details = await stranger.hold(stage.at(13), on: "ada+bob", ["timezone": "Europe/Berlin"])
            #expect(details.text.contains("Held for you until"))
            for host in [stage.ada, stage.bob] { #expect(try await stage.ledger(of: host).map(\.kind) == [.hold]) }
            let booked = await stranger.post("/book/ada+bob/bookings", [
                "form": details.field("form") ?? "", "start": String(stage.at(13).seconds),
                "timezone": "Europe/Berlin", "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
            ])
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"))
            let rows = try await stage.ledger(of: stage.ada) + stage.ledger(of: stage.bob)
            #expect(rows.count == 2 && Set(rows.map(\.claim)).count == 1 && rows.allSatisfy { $0.kind == .booking })
            let again = await stranger.call("POST", "/api/v1/public/links/bob+ada/bookings", body(stage.at(14)))
            #expect(again.status == 201 && again.json["link"]?["title"] == "Ada Lindqvist + Bob Osei")
            #expect(try await stage.links() == 2)
            // Moved and cancelled like any other.
            let token = again.json["token"]?.string ?? ""
            let moved = await stranger.call(
                "POST", "/api/v1/public/bookings/\(token)/reschedule", ["start": .string(stage.at(15).rfc3339())])
            #expect(moved.status == 200)
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.call("GET", "/api/v1/links").json["data"]?.array?.count == 1)
            #expect(await !ada.get("/calendar/event-types").text.contains("Ada Lindqvist + Bob Osei"))
            let scope = stage.scope
            let id = try await stage.database.read(scope) { tx in
                try tx.one("SELECT id FROM link WHERE workspace = \(scope.workspace) AND ad_hoc IS NOT NULL") {
                    try $0["id"] as String
                }
            }
            #expect(await ada.call("GET", "/api/v1/links/\(id ?? "")").status == 404)
            #expect(await ada.get("/settings/booking-links/\(id ?? "")").status == 404)
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("two who press in the same moment book on one link", arguments: Engine.all)
    func atOnce(on engine: Engine) async throws {
        try await on(engine) { stage in
            let stranger = try Visitor(stage)
            let statuses = await withTaskGroup(of: Int.self) { group in
                for hour in 12..<17 {
                    for slug in ["ada+bob", "bob+ada"] {
                        let wish = body(stage.at(hour))
                        group.addTask {
                            await stranger.call("POST", "/api/v1/public/links/\(slug)/bookings", wish).status
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 5 && statuses.count { $0 == 409 } == 5, "\(statuses)")
            #expect(try await stage.links() == 2)
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("whoever does not want it, is unknown, or is of elsewhere is not told apart", arguments: Engine.all)
    func hidden(on engine: Engine) async throws {
        try await on(engine) { stage in
            let more = try await stage.people(5)
            for (number, id) in more.enumerated() { try await stage.allow(id, "host-\(number)", allows: number > 0) }
            let eve = try await stage.neighbour()
            try await stage.allow(eve.user, "eve", in: eve.workspace)
            let stranger = try Visitor(stage)
            let addresses = [
                "ada+nobody", "ada+host-0", "ada+eve", "ada+ada", "ada+", "+ada", "ada++bob", "ada+BOB", "ada",
                "ada+bob+host-1+host-2+host-3+host-4", String(repeating: "x", count: 300) + "+ada", "ada+admin",
            ]
            let unknown = await stranger.call("GET", "/api/v1/public/links/ada+nobody")
            for address in addresses {
                for path in ["/book/\(address)", "/api/v1/public/links/\(address)"] {
                    #expect(await stranger.get(path).status == 404, "\(path)")
                }
                let answer = await stranger.call("POST", "/api/v1/public/links/\(address)/bookings", body(stage.at(13)))
                #expect(answer.status == 404, "\(address)")
            }
            let absent = await stranger.call("GET", "/api/v1/public/links/ada+host-0")
            #expect(absent.json["detail"] == unknown.json["detail"] && absent.json["code"] == unknown.json["code"])
            #expect(await stranger.get("/book/ada+bob+host-1+host-2+host-3").status == 200)
            #expect(try await stage.links() == 1)
        }
    }

    @Test("who allows it no more is asked no more; what is booked stays and can be moved", arguments: Engine.all)
    func withdrawn(on engine: Engine) async throws {
        try await on(engine) { stage in
            let stranger = try Visitor(stage)
            let made = await stranger.call("POST", "\(path)/bookings", body(stage.at(13)))
            let token = made.json["token"]?.string ?? ""
            let held = await stranger.call("POST", "\(path)/holds", ["start": .string(stage.at(15).rfc3339())])
            #expect(held.status == 201)
            try await stage.allow(stage.bob, "bob", allows: false)
            #expect(await stranger.get("/book/ada+bob").status == 404)
            let scope = stage.scope
            let link = try await stage.find(ID<Booking>(made.json["id"]?.string ?? "").wanted("id")).link
            await #expect(throws: LinkRefusal.self) {
                try await BookSlot(stage.installation)(
                    stage.request(stage.at(15)) { $0.holdToken = held.json["holdToken"]?.string }, link: link,
                    scope: scope)
            }
            let moved = await stranger.call(
                "POST", "/api/v1/public/bookings/\(token)/reschedule", ["start": .string(stage.at(14).rfc3339())])
            #expect(moved.status == 200)
            // And back again, it is the same link.
            try await stage.allow(stage.bob, "bob")
            #expect(await stranger.call("POST", "\(path)/bookings", body(stage.at(16))).status == 201)
            #expect(try await stage.links() == 2)
        }
    }

    @Test("an older handle leads on, and the order of the names does not matter", arguments: Engine.all)
    func renamed(on engine: Engine) async throws {
        try await on(engine) { stage in
            let stranger = try Visitor(stage)
            #expect(await stranger.call("POST", "\(path)/bookings", body(stage.at(13))).status == 201)
            let turned = await stranger.get("/book/bob+ada?timezone=UTC")
            #expect(turned.status == 308 && turned.location == "/book/ada+bob?timezone=UTC")
            _ = try await SaveProfile(stage.installation)(stage.bob, scope: stage.adas) { profile in
                var wish = profile.wish
                wish.handle = "aaron"
                return wish
            }
            let old = await stranger.get("/book/ada+bob")
            #expect(old.status == 308 && old.location == "/book/aaron+ada")
            #expect(await stranger.get(old.location).status == 200)
            #expect(await stranger.call("POST", "\(path)/bookings", body(stage.at(14))).status == 201)
            #expect(try await stage.links() == 2)
        }
    }

    @Test("a schedule that only such links follow can go, and a later usual one counts at once", arguments: Engine.all)
    func hours(on engine: Engine) async throws {
        try await on(engine) { stage in
            let (scope, now, bob) = (stage.adas, stage.world.now, stage.bob)
            let early = Schedule(
                id: stage.world.id(), name: "Early", zone: "Europe/Berlin",
                weekly: Array(repeating: [Window(opens: 720, closes: 840)], count: 7))
            try await stage.database.write(scope) { tx in
                try ScheduleStore.insert(early, account: bob, scope: scope, now: now, in: tx)
            }
            let stranger = try Visitor(stage)
            #expect(await stranger.call("POST", "\(path)/bookings", body(stage.at(13))).status == 201)
            let refused = await stranger.call("POST", "\(path)/bookings", body(stage.at(15)))
            #expect(refused.status == 422 && refused.problemFields == ["start"])
            let late = Schedule(
                id: stage.world.id(), name: "Late", zone: "Europe/Berlin",
                weekly: Array(repeating: [Window(opens: 900, closes: 1020)], count: 7))
            try await stage.database.write(scope) { tx in
                try ScheduleStore.insert(late, account: bob, scope: scope, now: now, in: tx)
                try ScheduleStore.prefer(late.id, of: bob, scope: scope, in: tx)
            }
            let followers = try await stage.database.read(scope) { tx in
                try LinkStore.following(early.id, scope: scope, in: tx)
            }
            #expect(followers.isEmpty)
            #expect(await stranger.call("POST", "\(path)/bookings", body(stage.at(15))).status == 201)
        }
    }

    @Test("profile and API say whether somebody allows it; unless they do, nobody is booked so", arguments: Engine.all)
    func setting(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let zones = stage.zones
            let read: @Sendable (Fields, ProfileWish) -> Bool = { fields, wish in
                var fields = fields
                return ProfileReading(zones: zones, languages: [.english]).read(&fields, over: wish).allowsAdHoc
            }
            let scope = stage.adas
            let ada = stage.ada
            let profile = try await stage.database.read(scope) { tx in try ProfileStore.find(ada, in: tx) }
            var wish = try profile.wanted("profile").wish
            #expect(!wish.allowsAdHoc)
            #expect(read(Fields(form: FormData([("adHocLinks", "on")])), wish))
            #expect(read(Fields(json: ["adHocLinks": true]), wish))
            wish.allowsAdHoc = true
            #expect(wish.filled["adHocLinks"] == "on")
            #expect(!read(Fields(form: FormData([("name", "Ada")])), wish) && read(Fields(json: ["name": "Ada"]), wish))
        }
    }

    @Test("a store that has too many of them says so, and stores no more", arguments: Engine.all)
    func store(on engine: Engine) async throws {
        try await on(engine) { stage in
            let (scope, link) = (stage.scope, stage.link)
            let found = try await stage.database.write(scope) { tx in
                let before = try AdHocStore.count(scope: scope, in: tx)
                let wanted = try AdHocStore.isWanted(link, scope: scope, in: tx)
                try AdHocStore.mark(link.id, "key", scope: scope, in: tx)
                let count = try AdHocStore.count(scope: scope, in: tx)
                return (before, wanted, count, try AdHocStore.find("key", slug: "a+b", scope: scope, in: tx))
            }
            #expect(found.0 == 0 && found.1 && found.2 == 1)
            #expect(found.3?.id == link.id && found.3?.rules.slug == "a+b" && found.3?.adHoc == "key")
            let elsewhere = try await stage.neighbour().scope
            let (other, none) = try await stage.database.read(elsewhere) { tx in
                (
                    try AdHocStore.find("key", slug: "a+b", scope: elsewhere, in: tx),
                    try AdHocStore.count(scope: elsewhere, in: tx)
                )
            }
            #expect(other == nil && none == 0)
        }
    }
}

extension Stage {
    /// Gives somebody a page, and says whether strangers may book them together with others.
    fileprivate func allow(
        _ user: ID<User>, _ handle: String, in other: ID<Workspace>? = nil, allows: Bool = true
    ) async throws {
        let workspace = other ?? workspace
        try await database.writeUnscoped { tx in
            _ = try tx.run("""
                UPDATE account SET handle = \(handle), profile_workspace = \(workspace),
                    ad_hoc_links = \(allows ? 1 : 0) WHERE id = \(user)
                """)
        }
    }

    /// How many links there are.
    fileprivate func links() async throws -> Int {
        try await database.lookUp { tx in try tx.one("SELECT count(*) AS n FROM link") { try $0["n"] as Int } } ?? 0
    }
}
