/// `/book/find`: a mail to the address, and nothing on the page that tells whether there was one.
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Database
@testable import Features

struct FindBookingsTests {
    @Test("every page of a booker leads there from its foot", arguments: Engine.all)
    func foot(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let paths = [
                "/book/intro", "/booking/\(booked.token)", "/book/reschedule/\(booked.token)",
                "/book/cancel/\(booked.token)", "/book/nowhere",
            ]
            for path in paths {
                let page = await visitor.get(path).text
                #expect(page.contains(">Find your booking</a>"), "\(path)")
                // From a page of a link that is, with a way back to it.
                let way = path == "/book/nowhere" ? "/book/find" : "/book/find?from=intro"
                #expect(page.contains("<a href=\"\(way)\">"), "\(path)")
            }
        }
    }

    private func drain(_ stage: Stage, _ mail: FakeMail) async throws {
        let found = MailFoundBookings(stage.installation, mail: mail)
        try await JobRunner(
            database: stage.database, work: [MailFoundBookings.kind: { try await found($0) }], world: stage.world,
            logger: Logger(label: "test")
        ).drain()
    }

    @Test("who booked for somebody else finds that booking, with their own address to it", arguments: Engine.all)
    func bookers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (visitor, mail) = (try Visitor(stage), FakeMail())
            let booked = try await stage.book(stage.at(10)) {
                $0.bookedBy = BookedBy(name: "Mia Brandt", email: "mia@office.example")
            }
            let own = try await stage.book(stage.at(12)) { $0.attendee.email = "mia@office.example" }
            #expect(await visitor.post("/book/find", ["email": "Mia@office.example"]).status == 200)
            #expect(await visitor.post("/book/find", ["email": "yuko@kpuh.example"]).status == 200)
            try await drain(stage, mail)
            #expect(mail.sent.count == 2)
            let found = mail.sent.first { $0.to.address.text.lowercased() == "mia@office.example" }
            let text = try found.wanted("mail").text
            #expect(text.contains("/booking/\(booked.token)") && text.contains("/booking/\(own.token)"))
            #expect(text.contains("Introduction, for Yuko Hasegawa"))
            let attendees = try mail.sent.first { $0.to.address.text == "yuko@kpuh.example" }.wanted("mail").text
            #expect(!attendees.contains(booked.token) && attendees.contains("/booking/"))
        }
    }

    @Test("an address with bookings gets one mail with its links, one without gets none, and the page says the same",
          arguments: Engine.all)
    func same(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (visitor, mail) = (try Visitor(stage), FakeMail())
            let one = try await stage.book(stage.at(10))
            let other = try await stage.book(stage.at(12))
            let cancelled = try await stage.book(stage.at(14))
            _ = try await CancelBooking(stage.installation)(cancelled.id, scope: stage.scope)

            let known = await visitor.post("/book/find", ["email": "YUKO@kpuh.example"])
            let unknown = await visitor.post("/book/find", ["email": "nobody@x.example"])
            #expect(known.status == 200 && unknown.status == 200 && known.text.contains("YUKO@kpuh.example"))
            #expect(known.text.contains("If upcoming meetings are booked with <bdi>"))
            #expect(known.text.replacing("YUKO@kpuh.example", with: "nobody@x.example") == unknown.text)
            // Asked again within the hour: still one mail.
            #expect(await visitor.post("/book/find", ["email": "yuko@kpuh.example"]).status == 200)
            try await drain(stage, mail)
            #expect(mail.sent.map { $0.to.address.text.lowercased() } == ["yuko@kpuh.example"])
            let text = try mail.sent.first.wanted("mail").text
            #expect(text.contains("/booking/\(one.token)") && text.contains("/booking/\(other.token)"))
            #expect(!text.contains(cancelled.token) && text.contains("Introduction") && text.contains("18:00"))
            #expect(text.contains("Tokyo time, with Ada Lindqvist, Nordhavn") && !text.contains("Asia/Tokyo"))
            #expect(mail.sent.first?.from.name == "Nordhavn")
        }
    }

    @Test("reached from a booking page it keeps whose page that is and leads back, also after a mistake",
          arguments: Engine.all)
    func back(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let wrong = await visitor.post("/book/find", ["email": "half", "from": "intro"])
            #expect(wrong.status == 422 && wrong.field("from") == "intro" && wrong.field("email") == "half")
            for page in [await visitor.get("/book/find?from=intro"), wrong] {
                #expect(page.text.contains("· Nordhavn</title>"))
                #expect(page.text.contains("<a href=\"/book/intro\">Back to the booking page</a>"))
            }
            for nowhere in ["", "?from=", "?from=nowhere", "?from=%3Cb%3E", "?from=..%2Fx"] {
                let page = await visitor.get("/book/find\(nowhere)")
                #expect(page.status == 200 && page.text.contains("· Workestra</title>"), "\(nowhere)")
                #expect(!page.text.contains("Back to the booking page"), "\(nowhere)")
            }
        }
    }

    @Test("a workspace in test mode mails nobody their bookings", arguments: Engine.all)
    func testMode(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (visitor, mail, workspace) = (try Visitor(stage), FakeMail(), stage.workspace)
            try await stage.book(stage.at(10))
            for isTest in [1, 0] {
                try await stage.database.writeUnscoped { tx in
                    _ = try tx.run("UPDATE workspace SET test_mode = \(isTest) WHERE id = \(workspace)")
                }
                stage.clock.move(minutes: 60)
                #expect(await visitor.post("/book/find", ["email": "yuko@kpuh.example"]).status == 200)
                try await drain(stage, mail)
                #expect(mail.sent.count == 1 - isTest)
            }
        }
    }

    @Test("jobs tell no address; one that cannot be read is dead", arguments: Engine.all)
    func sealed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = await visitor.post("/book/find", ["email": "yuko@kpuh.example"])
            let rows = try await stage.database.lookUp { tx in
                try tx.all("SELECT payload, subject, dedupe_key FROM job") { row in
                    "\(try row["payload"] as String) \(try row["subject"] as String) \(try row["dedupe_key"] as String)"
                }
            }
            #expect(rows.count == 1 && !rows[0].contains("yuko") && !rows[0].contains("kpuh"))
            let work = MailFoundBookings(stage.installation, mail: FakeMail())
            for payload in ["{", "{}", #"{"sealed":"AAAA","language":"en"}"#] {
                let job = Job(
                    id: stage.world.id(), kind: MailFoundBookings.kind, workspace: nil, subject: "x", version: 1,
                    payload: payload, attempt: 1, maxAttempts: 12, notAfter: nil, leaseToken: "t")
                #expect(try await work(job) == .dead("unreadable payload"))
            }
        }
    }

    @Test("every bad address stands in the form again, and no job is written", arguments: Engine.all)
    func bad(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            for email in ["", "nonsense", "a\u{7}@x.example", String(repeating: "x", count: 300)] {
                let answer = await visitor.post("/book/find", ["email": email])
                #expect(answer.status == 422 && answer.field("email") == email, "\(email)")
            }
            #expect(try await stage.rows()["job"] == 0)
            // Six in a minute are too many, whatever they ask for; a slow machine needs longer for the first of them.
            var statuses: [Int] = []
            for _ in 0..<30 where !statuses.contains(429) {
                statuses.append(await visitor.post("/book/find", ["email": "a@x.example"]).status)
            }
            #expect(statuses.contains(429))
        }
    }
}
