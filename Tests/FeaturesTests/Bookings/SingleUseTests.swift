/// Single-use links: whom they are for, what uses them up, and what gives the use back.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Single-use links")
struct SingleUseTests {
    /// Made by Ada for Anna; gives what the API told of it and its token.
    private func make(
        _ stage: Stage, link: Link? = nil, _ change: (inout SingleUseWish) -> Void = { _ in }
    ) async throws -> (id: ID<SingleUse>, token: String) {
        var wish = SingleUseWish(name: "Anna Berg", email: "anna@berg.example")
        change(&wish)
        let reply = try await MakeSingleUse(stage.installation, from: .console)(
            wish, link: (link ?? stage.link).id, key: nil, scope: stage.adas)
        let json = try JSON(reading: reply.body)
        let id = try (json["id"]?.string).flatMap(ID<SingleUse>.init).wanted("id")
        let url = try (json["url"]?.string).wanted("url")
        return (id, String(url.suffix(43)))
    }

    private func find(_ id: ID<SingleUse>, _ stage: Stage) async throws -> SingleUse {
        let scope = stage.scope
        let found = try await stage.database.read(scope) { try SingleUseStore.find(id, scope: scope, in: $0) }
        return try found.wanted("single use")
    }

    /// Holds the time under the token and gives the page of details.
    private func hold(_ visitor: Visitor, _ token: String, _ start: Instant) async -> Answer {
        let month = await visitor.get("/single-use/\(token)")
        let press = ["start": String(start.seconds), "form": month.field("form") ?? ""]
        return await visitor.get(await visitor.post("/single-use/\(token)/holds", press).location)
    }

    private func book(
        _ visitor: Visitor, _ token: String, _ details: Answer, _ start: Instant, _ more: [String: String] = [:]
    ) async -> Answer {
        let form = [
            "form": details.field("form") ?? "", "start": String(start.seconds), "timezone": "Europe/Berlin",
        ]
        return await visitor.post("/single-use/\(token)/bookings", form.merging(more) { $1 })
    }

    @Test("the pages under the token lead to one booking for the contact, and then say so", arguments: Engine.all)
    func journey(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await make(stage) {
                $0.answers = [
                    Answered(question: stage.question, label: "", value: "The yearly talk.", kind: .textarea),
                ]
             }
            let stranger = try Visitor(stage)
            let month = await stranger.get("/single-use/\(made.token)")
            #expect(month.status == 200 && month.text.contains("/single-use/\(made.token)/holds"))
            #expect(!month.text.contains("/book/intro"), "the link's own address stays its host's to give")
            let details = await hold(stranger, made.token, stage.at(10))
            #expect(details.text.contains("anna@berg.example") && details.text.contains("The yearly talk."))
            #expect(details.text.contains("Held for you until") && !details.text.contains("I book for someone else"))
            let late = await hold(stranger, made.token, stage.at(11))

            // What a form claims of the contact counts for nothing: name and address are the host's words.
            let booked = await book(stranger, made.token, details, stage.at(10), [
                "attendee.name": "Somebody", "attendee.email": "ANNA@berg.example", "bookedBy.email": "x@x.example",
            ])
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"), "\(booked.text)")
            let use = try await find(made.id, stage).use.wanted("use")
            let booking = try await stage.find(use.booking)
            #expect(booking.attendee.name == "Anna Berg" && booking.attendee.email == "anna@berg.example")
            #expect(booking.source == .singleUse && booking.state.status == .confirmed && booking.bookedBy == nil)
            #expect(!booking.mayBeCorrected)

            let second = await book(stranger, made.token, late, stage.at(11))
            #expect(second.status == 410 && second.text.contains("This address is used"))
            #expect(second.text.contains("href=\"/book/intro\""), "the way onward, where everybody may know it")
            #expect(await stranger.get("/single-use/\(made.token)").status == 410)
            // The same press again is the same booking.
            #expect(await book(stranger, made.token, details, stage.at(10)).location == booked.location)
            #expect(try await stage.ledger().filter { $0.kind == .booking }.count == 1)
        }
    }

    @Test("for somebody else the host is asked, even after a move; a no gives the use back", arguments: Engine.all)
    func somebodyElse(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await make(stage)
            let stranger = try Visitor(stage)
            let details = await hold(stranger, made.token, stage.at(10))
            let wrong = await book(stranger, made.token, details, stage.at(10), ["attendee.email": "nobody"])
            #expect(wrong.status == 422 && wrong.text.contains("value=\"nobody\""))
            let asked = await book(stranger, made.token, details, stage.at(10), [
                "attendee.name": "Carl", "attendee.email": "carl@berg.example",
            ])
            #expect(asked.status == 303, "\(asked.text)")
            let use = try await find(made.id, stage).use.wanted("use")
            #expect(try await stage.find(use.booking).state.status == .pendingApproval)
            #expect(try await stage.find(use.booking).attendee.name == "Carl")
            #expect(await stranger.get("/single-use/\(made.token)").status == 410)
            _ = try await stage.wish(use.booking, stage.at(12))
            #expect(try await stage.find(use.booking).state.status == .pendingApproval, "a move is no yes")
            try await stage.decide(use.booking, .declined("Only Anna, please."))
            #expect(try await find(made.id, stage).state(now: stage.world.now) == .unused)
            #expect(await stranger.get("/single-use/\(made.token)").status == 200)
        }
    }

    @Test("a cancelled booking gives the use back where that is wanted, and nowhere else", arguments: Engine.all)
    func reviving(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let stranger = try Visitor(stage)
            for (revives, hour) in [(false, 10), (true, 12)] {
                let made = try await make(stage) { $0.revives = revives }
                let start = stage.at(hour)
                let details = await hold(stranger, made.token, start)
                #expect(await book(stranger, made.token, details, start).status == 303)
                let use = try await find(made.id, stage).use.wanted("use")
                _ = try await CancelBooking(stage.installation)(use.booking, scope: stage.attendees)
                let page = await stranger.get("/single-use/\(made.token)")
                #expect(page.status == (revives ? 200 : 410))
                if revives {
                    let again = await book(stranger, made.token, await hold(stranger, made.token, start), start)
                    #expect(again.status == 303, "\(again.text)")
                    #expect(try await find(made.id, stage).use?.booking != use.booking)
                }
            }
        }
    }

    @Test("over by its minute, taken back, switched off or never made: each is said, none books", arguments: Engine.all)
    func over(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let stranger = try Visitor(stage)
            let until = stage.at(8, day: 2)
            let short = try await make(stage) { $0.expires = until }
            let back = try await make(stage)
            let make = MakeSingleUse(stage.installation, from: .console)
            let details = await hold(stranger, back.token, stage.at(10))
            try await make.withdraw(back.id, scope: stage.adas)
            try await make.withdraw(back.id, scope: stage.adas)
            let refused = await book(stranger, back.token, details, stage.at(10))
            #expect(refused.status == 410 && refused.text.contains("was taken back"))
            #expect(await stranger.get("/single-use/\(short.token)").status == 200)
            stage.clock.move(to: until)
            #expect(await stranger.get("/single-use/\(short.token)").text.contains("could be used until a while ago"))
            #expect(await stranger.get("/single-use/\(String(repeating: "A", count: 43))").status == 404)
            #expect(await stranger.get("/single-use/x").status == 404)

            let hidden = try await stage.makeLink("hidden") { rules in
                (rules.access.hidden, rules.access.code) = (true, "open sesame")
            }
            let given = try await self.make(stage, link: hidden)
            #expect(await stranger.get("/single-use/\(given.token)").status == 200, "the token is the code")
            let scope = stage.adas
            _ = try await SaveLink(stage.installation).update(hidden.id, version: nil, scope: scope) { link in
                var wish = LinkWish(rules: link.rules)
                wish.rules.active = false
                return wish
            }
            let off = await stranger.get("/single-use/\(given.token)")
            #expect(off.status == 410 && off.text.contains("Nothing can be booked here at present"))
            #expect(!off.text.contains("/book/hidden"))
            await #expect(throws: LinkRefusal.inactive) { _ = try await self.make(stage, link: hidden) }
        }
    }

    @Test("what ended long ago is forgotten, and what can still be used is not", arguments: Engine.all)
    func forgetting(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let soon = stage.at(8, day: 1)
            let kept = try await make(stage)
            let over = try await make(stage) { $0.expires = soon }
            let withdrawn = try await make(stage)
            let revived = try await make(stage) { $0.revives = true }
            let used = try await make(stage)
            try await MakeSingleUse(stage.installation, from: .console).withdraw(withdrawn.id, scope: stage.adas)
            for (made, hour) in [(revived, 10), (used, 11)] {
                try await stage.book(stage.at(hour)) { ($0.singleUse, $0.source) = (made.id, .singleUse) }
            }
            let use = try await find(revived.id, stage).use.wanted("use")
            _ = try await CancelBooking(stage.installation)(use.booking, scope: stage.attendees)
            func left(_ days: Int) async throws -> Set<ID<SingleUse>> {
                let now = monday.adding(days: days)
                try await stage.database.writeUnscoped { try SingleUseStore.prune(now: now, in: $0) }
                let scope = stage.scope
                return try await stage.database.read(scope) { tx in
                    Set(try SingleUseStore.page(of: nil, most: 50, now: now, scope: scope, in: tx).map(\.id))
                }
            }
            #expect(try await left(60).count == 5)
            #expect(try await left(100) == [kept.id, revived.id], "\(over) \(used)")
        }
    }
}
