/// Who booked for somebody else at the door and afterwards: blocked and counted as the attendee is, and told in time.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookedByDoorTests {
    private let mia = BookedBy(name: "Mia Brandt", email: "mia@office.example")
    private let api = "/api/v1/public/links/intro/bookings"

    private func wish(_ start: Instant, for email: String = "yuko@kpuh.example") -> JSON {
        [
            "start": .string(start.rfc3339()), "timezone": "Europe/Berlin",
            "attendee": ["name": "Yuko", "email": .string(email)], "bookedBy": mia.json,
        ]
    }

    private func block(_ stage: Stage, _ email: String, at start: Instant) async throws {
        let spam = try await stage.book(start) {
            $0.attendee = Attendee(name: "Sam", email: email, zone: "UTC", language: "en")
        }
        let ada = try Visitor(stage, who: "ada")
        #expect(await ada.post("/calendar/bookings/\(spam.id)/spam", ["who": "address"]).status == 303)
    }

    private func token(_ mail: OutgoingMail, _ path: String) throws -> String {
        let start = try mail.text.firstRange(of: path).wanted(path).upperBound
        return String(mail.text[start...].prefix(43))
    }

    @Test("a blocked address books for nobody, by page or by API", arguments: Engine.all)
    func blocked(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await block(stage, mia.email, at: stage.at(16))
            let visitor = try Visitor(stage)
            let before = try await stage.rows()["booking"]
            #expect(await visitor.call("POST", api, wish(stage.at(10))).status == 201)
            let details = await visitor.hold(stage.at(11))
            let page = await visitor.post("/book/intro/bookings", [
                "form": details.field("form") ?? "", "start": String(stage.at(11).seconds),
                "timezone": "Europe/Berlin", "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
                "bookedBy.name": mia.name, "bookedBy.email": mia.email,
            ])
            #expect(page.status == 200 && page.text.contains("Your wish has arrived"))
            #expect(try await stage.rows()["booking"] == before)
        }
    }

    @Test("who booked is told although the attendee's address was put right before", arguments: Engine.all)
    func late(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let booked = try await stage.book(stage.at(10)) { $0.bookedBy = mia }
            _ = try await CorrectAddress(stage.installation)(
                booked.id, to: "yuki@kpuh.example", scope: stage.attendees)
            try await stage.mailRunner(mail).drain()
            let own = mail.sent.filter { $0.to.address.text == mia.email }
            #expect(own.count == 1 && own.first?.text.contains("/book/cancel/\(booked.token)") == true)
        }
    }

    @Test("both are asked for another time, each with a token of their own", arguments: Engine.all)
    func proposed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let booked = try await stage.book(stage.at(10)) { $0.bookedBy = mia }
            try await stage.proposalRunner(mail).drain()
            try await stage.propose(booked.id, [stage.at(11, day: 1)])
            try await stage.proposalRunner(mail).drain()
            let asked = mail.sent.filter { $0.subject.contains("Another time proposed") }
            #expect(asked.count == 2 && Set(asked.map(\.messageID)).count == 2)
            let own = try asked.first { $0.to.address.text == mia.email }.wanted("mail")
            let attendees = try asked.first { $0.to.address.text == "yuko@kpuh.example" }.wanted("mail")
            #expect(try token(own, "/booking/") == booked.token)
            #expect(try token(attendees, "/booking/") != booked.token)
            let page = await (try Visitor(stage)).get("/booking/\(booked.token)/proposal")
            #expect(page.status == 200)
        }
    }

    @Test("whoever books for others has ten bookings an hour, too", arguments: Engine.all)
    func counted(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let old = stage.installation
            var strict = stage
            strict.installation = Installation(
                database: old.database, world: old.world, keyring: old.keyring, address: old.address,
                mailFrom: old.mailFrom, languages: old.languages)
            let visitor = try Visitor(strict)
            for number in 0..<10 {
                let start = stage.at(9 + number % 7, (number / 7) * 30, day: 1)
                #expect(await visitor.call("POST", api, wish(start, for: "a\(number)@x.example")).status == 201)
            }
            let eleventh = await visitor.call("POST", api, wish(stage.at(9, day: 2), for: "b@x.example"))
            #expect(eleventh.status == 429)
            let other: JSON = [
                "start": .string(stage.at(9, day: 2).rfc3339()), "timezone": "UTC",
                "attendee": ["name": "Yuko", "email": "b@x.example"],
            ]
            #expect(await visitor.call("POST", api, other).status == 201)
        }
    }

    @Test("the attendee's token tells the name of who booked, not their address", arguments: Engine.all)
    func told(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, program) = (FakeMail(), try Visitor(stage))
            let booked = try await stage.book(stage.at(10)) { $0.bookedBy = mia }
            try await stage.mailRunner(mail).drain()
            let path = "/api/v1/public/bookings"
            let first = try token(
                mail.sent.first { $0.to.address.text == "yuko@kpuh.example" }.wanted("mail"), "/book/cancel/")
            let name: JSON = ["name": "Mia Brandt"]
            #expect(await program.call("GET", "\(path)/\(booked.token)").json["bookedBy"] == mia.json)
            #expect(await program.call("GET", "\(path)/\(first)").json["bookedBy"] == name)
            let moved = await program.call(
                "POST", "\(path)/\(first)/reschedule", ["start": .string(stage.at(14).rfc3339())])
            #expect(moved.status == 200 && moved.json["bookedBy"] == name)
            let second = try (moved.json["token"]?.string).wanted("token")
            #expect(await program.call("POST", "\(path)/\(second)/cancel", [:]).json["bookedBy"] == name)
            let host = await program.asked(by: "ada").call("GET", "/api/v1/bookings/\(booked.id)")
            #expect(host.json["bookedBy"] == mia.json)
        }
    }

    @Test("the attendee's address is corrected to none that is blocked or of who booked", arguments: Engine.all)
    func corrected(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await block(stage, "spam@bot.example", at: stage.at(16))
            let booked = try await stage.book(stage.at(10)) { $0.bookedBy = mia }
            let visitor = try Visitor(stage)
            for email in ["MIA@office.example", "spam@bot.example"] {
                let answer = await visitor.post("/booking/\(booked.token)/address", ["email": email])
                #expect(answer.status == 422 && answer.field("email") == email, "\(email)")
            }
            #expect(try await stage.find(booked.id).attendee.email == "yuko@kpuh.example")
        }
    }
}
