/// An address is proved by a code before it books: on the page and in the API, in `EmailCodeStore` and by mail.
import Database
import Fakes
import Foundation
import Logging
import Scheduling
import Testing
import Web

@testable import Features

struct EmailCodeTests {
    private let api = "/api/v1/public/links/proved"

    private func onLink(_ engine: Engine, _ body: (Stage, Visitor, FakeMail) async throws -> Void) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.makeLink("proved") { $0.door.verifiesEmail = true }
            try await body(stage, try Visitor(stage), FakeMail())
        }
    }

    /// Sends what is planned; the newest code to an address.
    private func code(_ stage: Stage, _ mail: FakeMail, to email: String = "sam@example.org") async throws -> String? {
        let send = SendEmailCode(stage.installation, mail: mail)
        try await JobRunner(
            database: stage.database, work: [SendEmailCode.kind: { try await send($0) }], world: stage.world,
            logger: Logger(label: "test")
        ).drain()
        let sent = mail.sent.last { $0.to.address.text == email }
        let lines = (sent?.text ?? "").split(whereSeparator: \.isNewline)
        return lines.first { $0.count == 6 && $0.allSatisfy(\.isNumber) }.map(String.init)
    }

    private func form(_ stage: Stage, _ details: Answer, _ more: [String: String] = [:]) -> [String: String] {
        [
            "form": details.field("form") ?? "", "start": String(stage.at(10).seconds), "timezone": "Europe/Berlin",
            "attendee.name": "Sam", "attendee.email": "sam@example.org",
        ].merging(more) { $1 }
    }

    private func wish(_ stage: Stage, _ code: JSON? = nil, _ email: String = "sam@example.org") -> JSON {
        JSON(present: [
            ("start", .string(stage.at(10).rfc3339())), ("timezone", "UTC"), ("emailCode", code),
            ("attendee", ["name": "Sam", "email": .string(email)]),
        ])
    }

    private func proved(_ stage: Stage) async throws -> Link {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in
            try LinkStore.find(slug: "proved", scope: scope, in: tx)
        }.wanted("link")
    }

    /// A number that is none of these codes.
    private func other(than code: String) -> String { code == "000000" ? "111111" : "000000" }

    @Test("the page asks for the code after the first press, keeps what was typed and the time, and books with it",
          arguments: Engine.all)
    func page(on engine: Engine) async throws {
        try await onLink(engine) { stage, visitor, mail in
            let details = await visitor.hold(stage.at(10), on: "proved")
            #expect(details.text.contains("It gets a code") && !details.text.contains("name=\"emailCode\""))
            stage.clock.move(minutes: 8)
            let asked = await visitor.post("/book/proved/bookings", form(stage, details, ["guests": "kim@example.org"]))
            #expect(asked.status == 200 && asked.text.contains("A code is on its way to <bdi>sam@example.org</bdi>"))
            #expect(asked.text.contains("autocomplete=\"one-time-code\"") && asked.text.contains("kim@example.org"))
            #expect(asked.field("attendee.name") == "Sam" && asked.field("form") == details.field("form"))
            // The hold had two minutes left, and lives on while the mail is looked for.
            stage.clock.move(minutes: 8)
            #expect(try await !stage.free(proved(stage)).contains(stage.at(10)))

            let code = try #require(try await code(stage, mail))
            let wrong = await visitor.post(
                "/book/proved/bookings", form(stage, details, ["emailCode": other(than: code)]))
            #expect(wrong.status == 422 && wrong.text.contains("id=\"f-emailCode-error\""))
            let spaced = "\(code.prefix(3)) \(code.suffix(3))"
            let booked = await visitor.post("/book/proved/bookings", form(stage, details, ["emailCode": spaced]))
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"))
            // Pressed again, it is that booking, without another code.
            let again = await visitor.post("/book/proved/bookings", form(stage, details))
            #expect(again.location == booked.location && mail.sent.count == 1)
        }
    }

    @Test("another code is mailed when asked for; a code of one address is none of another's")
    func another() async throws {
        try await onLink(.sqlite) { stage, visitor, mail in
            let details = await visitor.hold(stage.at(10), on: "proved")
            await _ = visitor.post("/book/proved/bookings", form(stage, details))
            let first = try #require(try await code(stage, mail))
            let again = await visitor.post("/book/proved/bookings", form(stage, details, ["again": "1"]))
            #expect(again.status == 200)
            let second = try #require(try await code(stage, mail))
            #expect(mail.sent.count == 2 && second != first)
            let elsewhere = await visitor.post(
                "/book/proved/bookings",
                form(stage, details, ["attendee.email": "pat@example.org", "emailCode": first]))
            #expect(elsewhere.status == 200 && elsewhere.text.contains("<bdi>pat@example.org</bdi>"))
            _ = try await code(stage, mail)
            #expect(mail.sent.last?.to.address.text == "pat@example.org")
            // The older one of the same address still works.
            let booked = await visitor.post("/book/proved/bookings", form(stage, details, ["emailCode": first]))
            #expect(booked.status == 303)
        }
    }

    @Test("a program has a code mailed and books with it; without one it is told what is missing",
          arguments: Engine.all)
    func byAPI(on engine: Engine) async throws {
        try await onLink(engine) { stage, visitor, mail in
            let bare = await visitor.call("POST", "\(api)/bookings", wish(stage))
            #expect(bare.status == 422 && bare.json["code"] == "email_code_required")
            #expect(bare.problemFields == ["emailCode"])
            let asked = await visitor.call("POST", "\(api)/email-codes", ["email": "Sam@Example.org"])
            #expect(asked.status == 204 && asked.body.isEmpty)
            let code = try #require(try await code(stage, mail, to: "Sam@example.org"))
            for wrong in [.string(other(than: code)), "12345", "abc"] as [JSON] {
                let answer = await visitor.call("POST", "\(api)/bookings", wish(stage, wrong))
                #expect(answer.status == 422 && answer.json["code"] == "email_code_required")
            }
            for bad in [123_456, .string(String(repeating: "1", count: 21)), "1\u{0007}"] as [JSON] {
                let answer = await visitor.call("POST", "\(api)/bookings", wish(stage, bad))
                #expect(answer.status == 422 && answer.problemFields == ["emailCode"], "\(bad.text)")
            }
            let booked = await visitor.call("POST", "\(api)/bookings", wish(stage, .string(code)), key: "k")
            #expect(booked.status == 201)
            // The key gets the booking when the code is long over.
            stage.clock.move(minutes: 30)
            let again = await visitor.call("POST", "\(api)/bookings", wish(stage, .string(code)), key: "k")
            #expect(again.status == 201 && again.json["id"] == booked.json["id"])
        }
    }

    @Test("a code is over after ten minutes and after five wrong ones, whichever link it was tried on",
          arguments: Engine.all)
    func over(on engine: Engine) async throws {
        try await onLink(engine) { stage, visitor, mail in
            _ = try await stage.makeLink("second") { $0.door.verifiesEmail = true }
            _ = await visitor.call("POST", "\(api)/email-codes", ["email": "sam@example.org"])
            let code = try #require(try await code(stage, mail))
            // It opens this link alone, and trying it elsewhere costs nothing here.
            let elsewhere = await visitor.call(
                "POST", "/api/v1/public/links/second/bookings", wish(stage, .string(code)))
            #expect(elsewhere.status == 422)
            for _ in 1...5 {
                _ = await visitor.call("POST", "\(api)/bookings", wish(stage, .string(other(than: code))))
            }
            let tooLate = await visitor.call("POST", "\(api)/bookings", wish(stage, .string(code)))
            #expect(tooLate.status == 422)

            _ = await visitor.call("POST", "\(api)/email-codes", ["email": "sam@example.org"])
            let second = try #require(try await self.code(stage, mail))
            stage.clock.move(minutes: 10)
            #expect(await visitor.call("POST", "\(api)/bookings", wish(stage, .string(second))).status == 422)
            _ = await visitor.call("POST", "\(api)/email-codes", ["email": "sam@example.org"])
            let third = try #require(try await self.code(stage, mail))
            #expect(await visitor.call("POST", "\(api)/bookings", wish(stage, .string(third))).status == 201)
        }
    }

    @Test("an address has three codes at a time, and the answer does not tell", arguments: Engine.all)
    func three(on engine: Engine) async throws {
        try await onLink(engine) { stage, visitor, mail in
            for _ in 1...5 {
                // However it is written, it is one mailbox.
                let answer = await visitor.call("POST", "\(api)/email-codes", ["email": "sam@EXAMPLE.org"])
                #expect(answer.status == 204)
            }
            _ = try await code(stage, mail)
            #expect(mail.sent.count == 3)
            stage.clock.move(minutes: 10)
            // Another site: the limit of requests is no matter of this test.
            let visitor = try Visitor(stage)
            _ = await visitor.call("POST", "\(api)/email-codes", ["email": "sam@example.org"])
            _ = try await code(stage, mail)
            #expect(mail.sent.count == 4)
            for bad in [["email": "no address"], ["email": 1], ["mail": "sam@example.org"], [:]] as [JSON] {
                #expect(await visitor.call("POST", "\(api)/email-codes", bad).status == 422, "\(bad.text)")
            }
            let free = await visitor.call("POST", "/api/v1/public/links/intro/email-codes", ["email": "a@b.example"])
            #expect(free.status == 422 && free.problemFields == ["email"])
        }
    }

    @Test("neither rows nor jobs hold the digits; what is over is forgotten, and its mail is not sent",
          arguments: Engine.all)
    func unseen(on engine: Engine) async throws {
        try await onLink(engine) { stage, visitor, mail in
            _ = await visitor.call("POST", "\(api)/email-codes", ["email": "sam@example.org"])
            let (scope, now) = (stage.scope, stage.world.now)
            let link = try await proved(stage).id
            let found = try await stage.database.write(scope) { tx in
                try EmailCodeStore.living(of: "sam@example.org", link: link, now: now, scope: scope, in: tx)
            }
            let digits = try #require(found.first).text(stage.installation.keyring)
            let stored: [String] = try await stage.database.lookUp { tx in
                try tx.all("SELECT payload, subject, dedupe_key FROM job") { row in
                    "\(try row["payload"] as String) \(try row["subject"] as String) \(try row["dedupe_key"] as String)"
                }
            }
            #expect(stored.count == 1 && !stored[0].contains(digits) && !stored[0].contains("sam"))
            stage.clock.move(minutes: 10)
            #expect(try await code(stage, mail) == nil)
            let later = stage.world.now
            let rest = try await stage.database.writeUnscoped { tx in
                try EmailCodeStore.prune(now: later, in: tx)
                return try tx.one("SELECT count(*) AS n FROM email_code") { try $0["n"] as Int }
            }
            #expect(rest == 0)
        }
    }

    @Test("an address that was proved cannot be swapped for another one afterwards", arguments: Engine.all)
    func swapped(on engine: Engine) async throws {
        try await onLink(engine) { stage, visitor, _ in
            let booked = try await stage.book(stage.at(10), on: try await proved(stage))
            let page = await visitor.get("/booking/\(booked.token)")
            #expect(!page.text.contains("/booking/\(booked.token)/address"))
            let swap = await visitor.post("/booking/\(booked.token)/address", ["email": "eve@else.example"])
            #expect(swap.status == 409)
            #expect(try await stage.find(booked.id).attendee.email == "yuko@kpuh.example")
        }
    }
}
