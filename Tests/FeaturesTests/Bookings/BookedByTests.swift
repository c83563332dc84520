/// Booking for somebody else: who is told what, by which token, and who reads of it.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookedByTests {
    private let mia = BookedBy(name: "Mia Brandt", email: "mia@office.example")

    private func sent(_ mail: FakeMail, to address: String) throws -> OutgoingMail {
        try mail.sent.last { $0.to.address.text == address }.wanted("mail to \(address)")
    }

    private func wish(_ start: Instant, _ booker: JSON, _ more: [(String, JSON)] = []) -> JSON {
        .object([
            ("start", .string(start.rfc3339())), ("timezone", "Europe/Berlin"),
            ("attendee", ["name": "Yuko", "email": "yuko@kpuh.example"]), ("bookedBy", booker),
        ] + more)
    }

    @Test("who booked gets the attendee's mails with a token of their own, and no file for the calendar",
          arguments: Engine.all)
    func mails(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let booked = try await stage.book(stage.at(10)) { $0.bookedBy = mia }
            #expect(try await stage.find(booked.id).bookedBy == mia)
            try await stage.mailRunner(mail).drain()
            #expect(mail.sent.count == 3 && Set(mail.sent.map(\.messageID)).count == 3)
            let own = try sent(mail, to: mia.email)
            #expect(own.text.contains("You booked this meeting for Yuko Hasegawa.") && own.invitation == nil)
            #expect(own.text.contains("/book/cancel/\(booked.token)"), "the answer's token is theirs")
            let attendee = try sent(mail, to: "yuko@kpuh.example")
            #expect(attendee.text.contains("Booked by: Mia Brandt\n") && !attendee.text.contains(mia.email))
            #expect(attendee.invitation != nil && !attendee.text.contains(booked.token))
            let host = try sent(mail, to: "ada@nordhavn.example")
            #expect(host.text.contains("Booked by: Mia Brandt, mia@office.example"))
            #expect(!host.text.contains("/book/cancel/"))
        }
    }

    @Test("either moves it with their own token; both tokens end, and each is told the new one of their own",
          arguments: Engine.all)
    func moves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, program) = (FakeMail(), try Visitor(stage))
            let booked = try await stage.book(stage.at(10)) { $0.bookedBy = mia }
            try await stage.mailRunner(mail).drain()
            let path = "/api/v1/public/bookings"
            let first = try sent(mail, to: "yuko@kpuh.example").text.token()
            #expect(first != booked.token)
            for token in [first, booked.token] {
                #expect(await program.call("GET", "\(path)/\(token)").json["bookedBy"]?["name"] == "Mia Brandt")
            }
            stage.clock.move(minutes: 1)
            let moved = await program.call(
                "POST", "\(path)/\(booked.token)/reschedule", ["start": .string(stage.at(14).rfc3339())])
            let second = try (moved.json["token"]?.string).wanted("token")
            for token in [first, booked.token] { #expect(await program.call("GET", "\(path)/\(token)").status == 410) }
            try await stage.mailRunner(mail).drain()
            #expect(try sent(mail, to: mia.email).text.contains(second))
            let attendees = try sent(mail, to: "yuko@kpuh.example").text.token()
            #expect(attendees != second)
            #expect(await program.call("POST", "\(path)/\(attendees)/cancel", [:]).status == 200)
            try await stage.mailRunner(mail).drain()
            #expect(try sent(mail, to: mia.email).subject.hasPrefix("Cancelled"))
        }
    }

    @Test("the form keeps what was typed, refuses half of it, and books with it", arguments: Engine.all)
    func onPage(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let details = await visitor.hold(stage.at(10))
            #expect(details.text.contains("I book for someone else"))
            func form(_ more: [String: String]) -> [String: String] {
                [
                    "form": details.field("form") ?? "", "start": String(stage.at(10).seconds),
                    "timezone": "Europe/Berlin", "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
                ].merging(more) { $1 }
            }
            for (name, email) in [
                ("Mia", ""), ("", "mia@office.example"), ("Mia", "nobody"), ("Mia", "YUKO@kpuh.example"),
                (String(repeating: "x", count: 201), "mia@office.example"), ("a\u{202e}b", "mia@office.example"),
            ] {
                let sent = form(["bookedBy.name": name, "bookedBy.email": email])
                let refused = await visitor.post("/book/intro/bookings", sent)
                #expect(refused.status == 422 && refused.field("bookedBy.name") == name, "\(name) \(email)")
            }
            let answer = await visitor.post(
                "/book/intro/bookings", form(["bookedBy.name": "Mia Brandt", "bookedBy.email": mia.email]))
            #expect(answer.status == 303)
            let page = await visitor.get(answer.location).text
            #expect(page.contains("Booked by") && page.contains("Mia Brandt"))
            let host = visitor.asked(by: "ada")
            let list = await host.get("/calendar/bookings?q=mia@office.example").text
            #expect(list.contains("Yuko"))
            #expect(await host.get("/calendar/bookings.csv").text.contains("Mia Brandt,mia@office.example"))
        }
    }

    @Test("the API takes it with both fields, and not where it cannot be", arguments: Engine.all)
    func byAPI(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage)
            let path = "/api/v1/public/links/intro/bookings"
            for wrong: JSON in [
                ["name": "Mia"], ["email": "mia@office.example"], ["name": "", "email": "mia@office.example"],
                ["name": "Mia", "email": "x"], ["name": 1, "email": "mia@office.example"], "Mia", .null, ["who": "Mia"],
                ["name": "Mia", "email": "yuko@kpuh.example"], ["name": "Mia", "email": "mia@office.example", "x": 1],
            ] {
                let answer = await program.call("POST", path, wish(stage.at(10), wrong))
                #expect(answer.status == 422, "\(wrong.text)")
            }
            let guests: JSON = ["mia@office.example", "sam@example.com"]
            let made = await program.call("POST", path, wish(stage.at(10), mia.json, [("guests", guests)]))
            #expect(made.status == 201 && made.json["bookedBy"] == mia.json)
            #expect(made.json["guests"] == ["sam@example.com"])

            _ = try await stage.makeLink("proved") { $0.door.verifiesEmail = true }
            let proved = await program.call(
                "POST", "/api/v1/public/links/proved/bookings", wish(stage.at(12), mia.json))
            #expect(proved.status == 422 && proved.problemFields == ["bookedBy.email"])
            _ = try await stage.makeLink("weekly") { $0.series = LinkSeries() }
            let weekly = await program.call(
                "POST", "/api/v1/public/links/weekly/bookings",
                wish(stage.at(13), mia.json, [("recurrence", ["count": 3])]))
            #expect(weekly.status == 422 && weekly.problemFields == ["bookedBy.email"])
        }
    }
}

extension String {
    /// The token of the first address of a booking in a mail.
    fileprivate func token() throws -> String {
        let start = try firstRange(of: "/book/cancel/").wanted("address").upperBound
        return String(self[start...].prefix(43))
    }
}
