/// Spam: a host's press cancels what an address has booked without a word to it, and turns it away; `BlockStore`.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BlockTests {
    private let api = "/api/v1/public/links/intro/bookings"

    private func wish(_ stage: Stage, _ start: Instant, _ email: String) -> JSON {
        [
            "start": .string(start.rfc3339()), "timezone": "UTC",
            "attendee": ["name": "Sam", "email": .string(email)],
        ]
    }

    private func attendee(_ email: String) -> Attendee {
        Attendee(name: "Sam", email: email, zone: "UTC", language: "en")
    }

    private func status(_ stage: Stage, _ booked: Booked) async throws -> BookingStatus {
        try await stage.find(booked.id).state.status
    }

    @Test("one press cancels every meeting of an address quietly; from then on it gets an answer and no booking",
          arguments: Engine.all)
    func address(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let spam = try await stage.book(stage.at(10)) { $0.attendee = attendee("Spam@bot.example") }
            let more = try await stage.book(stage.at(11)) { $0.attendee = attendee("spam@bot.example") }
            let colleague = try await stage.book(stage.at(12)) { $0.attendee = attendee("kim@bot.example") }
            let page = await ada.get("/calendar/bookings/\(spam.id)/spam")
            #expect(page.status == 200 && page.text.contains("2 upcoming meetings are cancelled."))
            #expect(page.text.contains("3 upcoming meetings are cancelled.") && page.text.contains("spam@bot.example"))
            #expect(await ada.get("/calendar/bookings/\(spam.id)").text.contains("/spam\""))

            let pressed = await ada.post("/calendar/bookings/\(spam.id)/spam", ["who": "address"])
            #expect(pressed.status == 303 && pressed.location == "/calendar/blocked?cancelled=2")
            #expect(try await status(stage, spam) == .cancelled)
            #expect(try await status(stage, more) == .cancelled)
            #expect(try await status(stage, colleague) == .confirmed)
            // The hosts are told; whoever booked is not.
            let told = try await stage.recipients(spam.id, version: 2)
            #expect(told == [stage.ada.text])
            let list = await ada.get("/calendar/blocked?cancelled=2")
            #expect(list.text.contains("spam@bot.example") && list.text.contains("2 meetings are cancelled"))

            let before = try await stage.rows()
            let visitor = ada.asked(by: nil)
            let decoy = await visitor.call("POST", api, wish(stage, stage.at(14), "SPAM@bot.example"))
            #expect(decoy.status == 201 && decoy.json["status"] == "confirmed")
            let real = await visitor.call("POST", api, wish(stage, stage.at(15), "kim@bot.example"))
            #expect(real.status == 201)
            #expect(Set(decoy.json.members?.map(\.0) ?? []) == Set(real.json.members?.map(\.0) ?? []))
            #expect(try await stage.rows()["booking"] == (before["booking"] ?? 0) + 1)
            #expect(try await stage.free().contains(stage.at(14)))
        }
    }

    @Test("what waits for its host is cancelled too, and the decoy of such a link waits as well",
          arguments: Engine.all)
    func waiting(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, link) = (try Visitor(stage, who: "ada"), try await stage.askLink())
            let asked = try await stage.book(stage.at(10), on: link) { $0.attendee = attendee("spam@bot.example") }
            #expect(try await status(stage, asked) == .pendingApproval)
            let pressed = await ada.post("/calendar/bookings/\(asked.id)/spam", ["who": "address"])
            #expect(pressed.status == 303 && pressed.location == "/calendar/blocked?cancelled=1")
            #expect(try await status(stage, asked) == .cancelled)
            let path = "/api/v1/public/links/ask/bookings"
            let decoy = await ada.asked(by: nil).call("POST", path, wish(stage, stage.at(14), "spam@bot.example"))
            #expect(decoy.status == 201 && decoy.json["status"] == "pending_approval")
        }
    }

    @Test("a page turns the blocked away with everything as it was, and lifting the block lets them in",
          arguments: Engine.all)
    func onPage(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let visitor = ada.asked(by: nil)
            let spam = try await stage.book(stage.at(10)) { $0.attendee = attendee("spam@bot.example") }
            #expect(await ada.post("/calendar/bookings/\(spam.id)/spam", ["who": "address"]).status == 303)
            let details = await visitor.hold(stage.at(14))
            let form = [
                "form": details.field("form") ?? "", "start": String(stage.at(14).seconds), "timezone": "UTC",
                "attendee.name": "Sam", "attendee.email": "spam@bot.example",
            ]
            let before = try await stage.rows()
            let answer = await visitor.post("/book/intro/bookings", form)
            #expect(answer.status == 200 && answer.text.contains("Your wish has arrived"))
            let after = try await stage.rows()
            #expect(after["booking"] == before["booking"] && after["job"] == before["job"] && after["hold"] == 0)

            let blocks = await ada.get("/calendar/blocked").text
            let id = try #require(blocks.split(separator: "/calendar/blocked/").last?.prefix { $0 != "/" })
            #expect(await ada.post("/calendar/blocked/\(id)/removal", [:]).status == 303)
            #expect(await ada.post("/calendar/blocked/\(id)/removal", [:]).status == 404)
            #expect(await ada.get("/calendar/blocked").text.contains("Nobody is blocked"))
            let again = await visitor.hold(stage.at(15))
            let booked = await visitor.post("/book/intro/bookings", form.merging([
                "form": again.field("form") ?? "", "start": String(stage.at(15).seconds),
            ]) { $1 })
            #expect(booked.status == 303)
            let log = try await stage.actions()
            #expect(log.contains(.senderBlocked) && log.contains(.senderUnblocked))
        }
    }

    @Test("a domain turns everybody below it away, but no domain that strangers share", arguments: Engine.all)
    func domain(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let spam = try await stage.book(stage.at(10)) { $0.attendee = attendee("a@bot.example") }
            let below = try await stage.book(stage.at(11)) { $0.attendee = attendee("b@mx.bot.example") }
            let near = try await stage.book(stage.at(12)) { $0.attendee = attendee("c@robot.example") }
            let shared = try await stage.book(stage.at(13)) { $0.attendee = attendee("d@gmail.com") }
            let pressed = await ada.post("/calendar/bookings/\(spam.id)/spam", ["who": "domain"])
            #expect(pressed.location == "/calendar/blocked?cancelled=2")
            #expect(try await status(stage, below) == .cancelled)
            #expect(try await status(stage, near) == .confirmed)
            #expect(await ada.get("/calendar/blocked").text.contains("Everybody at <bdi>bot.example</bdi>"))
            let scope = stage.scope
            let blocked = try await stage.database.read(scope) { tx in
                try ["x@bot.example", "x@MX.bot.example", "x@robot.example", "x@example", "bot.example"].map {
                    try BlockStore.isBlocked($0, scope: scope, in: tx)
                }
            }
            #expect(blocked == [true, true, false, false, false])

            let page = await ada.get("/calendar/bookings/\(shared.id)/spam").text
            #expect(page.contains("d@gmail.com") && !page.contains("Everybody at"))
            let refused = await ada.post("/calendar/bookings/\(shared.id)/spam", ["who": "domain"])
            #expect(refused.status == 422 && refused.text.contains("Choose the address"))
            for bad in ["", "everybody", "a\u{0007}"] {
                let answer = await ada.post("/calendar/bookings/\(shared.id)/spam", ["who": bad])
                #expect(answer.status == 422, "\(bad)")
            }
            #expect(try await status(stage, shared) == .confirmed)
        }
    }

    @Test("a member cancels their own meetings alone, blocks no domain, and sees no block of others",
          arguments: Engine.all)
    func member(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("bobs", host: stage.bob)
            let bobs = try await stage.book(stage.at(10), on: link) { $0.attendee = attendee("a@bot.example") }
            let adas = try await stage.book(stage.at(10)) { $0.attendee = attendee("a@bot.example") }
            let bob = try Visitor(stage, who: "bob")
            #expect(await bob.get("/calendar/bookings/\(adas.id)/spam").status == 404)
            #expect(await bob.post("/calendar/bookings/\(adas.id)/spam", ["who": "address"]).status == 404)
            #expect(await bob.post("/calendar/bookings/\(bobs.id)/spam", ["who": "domain"]).status == 422)
            let pressed = await bob.post("/calendar/bookings/\(bobs.id)/spam", ["who": "address"])
            #expect(pressed.location == "/calendar/blocked?cancelled=1")
            #expect(try await status(stage, adas) == .confirmed)
            let ada = bob.asked(by: "ada")
            #expect(await ada.post("/calendar/bookings/\(adas.id)/spam", ["who": "domain"]).status == 303)
            let own = await bob.get("/calendar/blocked").text
            #expect(own.contains("a@bot.example") && !own.contains("Everybody at"))
            #expect(await ada.get("/calendar/blocked").text.contains("Everybody at"))
            // The neighbours know nothing of it.
            let other = try await stage.neighbour()
            let isBlocked = try await stage.database.read(other.scope) { tx in
                try BlockStore.isBlocked("a@bot.example", scope: other.scope, in: tx)
            }
            #expect(!isBlocked)
        }
    }

    @Test("the pages draw their examples")
    func examples() {
        #expect(SpamPage.example.html.text.contains("Cancel and block"))
        #expect(BlocksPage.example.html.text.contains("Unblock spam.example"))
        #expect(DecoyPage.example.html.text.contains("sam@example.org"))
    }
}

extension Stage {
    /// Whom the mails of one version of a booking go to.
    fileprivate func recipients(_ id: ID<Booking>, version: Int) async throws -> [String] {
        try await database.lookUp { tx in
            try tx.all("""
                SELECT payload FROM job WHERE subject = \(id) AND version = \(version) AND kind = \(BookingJobs.kind)
                """) { row in
                try JSON(reading: Array((try row["payload"] as String).utf8))["recipient"]?.string ?? ""
            }
        }
    }

    fileprivate func actions() async throws -> [AuditAction] {
        let scope = scope
        return try await database.read(scope) { tx in
            try AuditStore.rows(AuditFilter(), scope: scope, in: tx).compactMap(\.action)
        }
    }
}
