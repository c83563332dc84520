/// Changing the guests of a booking: who is told what, what is refused, and that nothing is sent by mistake.
import Fakes
import Scheduling
import Testing
import Web

@testable import Database
@testable import Features

struct ChangeGuestsTests {
    @Test("a guest sees the meeting by their own address, says no for themselves alone, and is told so",
          arguments: Engine.all)
    func declines(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (visitor, mail) = (try Visitor(stage), FakeMail())
            let booked = try await stage.book(stage.at(10)) { $0.guests = ["mo@x.example", "Al@x.example"] }
            try await stage.mailRunner(mail).drain()
            let before = mail.sent.count
            let invitation = try #require(mail.sent.first { $0.to.address.text == "Al@x.example" })
            let path = try #require(invitation.text.firstRange(of: "/booking/guest/").map { start in
                String(invitation.text[start.lowerBound...].prefix { !$0.isWhitespace })
            })
            let page = await visitor.get(path)
            #expect(page.status == 200 && page.text.contains("Al@x.example") && page.text.contains("I will not come"))
            // Neither who else comes nor how the attendee is reached.
            #expect(!page.text.contains("mo@x.example") && !page.text.contains("yuko@kpuh.example"))
            #expect(try await stage.find(booked.id).guests.count == 2)

            #expect(await visitor.post("\(path)/decline", [:]).location == path)
            #expect(try await stage.find(booked.id).guests == ["mo@x.example"])
            #expect(await visitor.get(path).text.contains("You are no longer a guest"))
            // A second press finds nothing to do.
            #expect(await visitor.post("\(path)/decline", [:]).status == 303)
            try await stage.mailRunner(mail).drain()
            let news = mail.sent.dropFirst(before)
            let goodbye = try #require(news.first { $0.to.address.text == "Al@x.example" })
            #expect(goodbye.text.contains("You said that you will not come."))
            #expect(goodbye.invitation?.text.contains("METHOD:CANCEL") == true)
            #expect(news.count == 4 && Set(news.map(\.to.address.text)).count == 4)
            #expect(try await stage.history(booked.id).map(\.event) == ["booked", "changed"])
        }
    }

    @Test("the address of a guest opens nothing for anybody else, and nothing once the meeting has begun")
    func strangers() async throws {
        try await Stage.on(.sqlite) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10)) { $0.guests = ["mo@x.example"] }
            let other = try await stage.book(stage.at(11)) { $0.guests = ["mo@x.example"] }
            let keyring = stage.installation.keyring
            let own = GuestToken.text(of: "mo@x.example", booked.id, keyring)
            let sealed = own.split(separator: ".")[1]
            for wrong in ["\(other.id).\(sealed)", "\(booked.id).x", "\(booked.id)", "\(own)x", booked.token] {
                #expect(await visitor.get("/booking/guest/\(wrong)").status == 404, "\(wrong)")
                #expect(await visitor.post("/booking/guest/\(wrong)/decline", [:]).status == 404, "\(wrong)")
            }
            #expect(await visitor.get("/booking/\(own)").status == 404)
            stage.clock.move(to: stage.at(10))
            #expect(await visitor.post("/booking/guest/\(own)/decline", [:]).status == 409)
            #expect(try await stage.find(booked.id).guests == ["mo@x.example"])
        }
    }

    @Test("new guests are invited, those taken off get a CANCEL, the others hear of it, a second press does nothing",
          arguments: Engine.all)
    func changes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (visitor, mail) = (try Visitor(stage), FakeMail())
            let booked = try await stage.book(stage.at(10)) { $0.guests = ["mo@x.example", "al@x.example"] }
            try await stage.mailRunner(mail).drain()
            let before = mail.sent.count
            let page = await visitor.get("/booking/\(booked.token)")
            #expect(page.text.contains("Change guests") && page.text.contains("mo@x.example\nal@x.example</textarea>"))
            let form = ["guests": "al@x.example\r\nzoe@x.example", "version": page.field("version") ?? ""]
            let path = "/booking/\(booked.token)/guests"
            for _ in 1...2 {
                let answer = await visitor.post(path, form)
                #expect(answer.status == 303 && answer.location == "/booking/\(booked.token)")
            }
            let booking = try await stage.find(booked.id)
            #expect(booking.guests == ["al@x.example", "zoe@x.example"] && booking.state.version == 2)
            #expect(try await stage.history(booked.id).map(\.event) == ["booked", "changed"])
            #expect(await visitor.get("/booking/\(booked.token)").text.contains("Your guests have been told by mail."))

            try await stage.mailRunner(mail).drain()
            let sent = Dictionary(grouping: mail.sent.dropFirst(before), by: \.to.address.text)
            #expect(sent.values.allSatisfy { $0.count == 1 } && sent.count == 5)
            let zoe = try sent["zoe@x.example"]?.first.wanted("zoe"), mo = try sent["mo@x.example"]?.first.wanted("mo")
            #expect(zoe?.subject.hasPrefix("Invitation: ") == true && zoe?.invitation?.method == "REQUEST")
            #expect(mo?.subject.hasPrefix("You are no longer a guest: ") == true && mo?.invitation?.method == "CANCEL")
            #expect(mo?.text.contains("took you off the guests") == true)
            #expect(sent["al@x.example"]?.first?.subject.hasPrefix("Changed: ") == true)
            #expect(sent["yuko@kpuh.example"]?.first?.text.hasPrefix("Your guests are changed.") == true)
            // Only the attendee's mail has the way to the booking.
            for (address, mails) in sent where address != "yuko@kpuh.example" {
                #expect(!mails[0].text.contains(booked.token), "\(address)")
            }
            let ada = try Visitor(stage, who: "ada")
            let told = await ada.get("/calendar/bookings/\(booked.id)").text
            #expect(told.contains("Guests changed by the attendee"))
            // Nothing was cancelled: the mail's form is one thing, what it tells another.
            #expect(told.contains("Mail to a guest who was taken off: the meeting goes on without them"))
            #expect(!told.contains("it was cancelled"))
        }
    }

    @Test("no job names a guest who was taken off, and who is a guest again is not told otherwise",
          arguments: Engine.all)
    func sealed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let booked = try await stage.book(stage.at(10)) { $0.guests = ["mo@x.example"] }
            try await stage.mailRunner(mail).drain()
            let change = ChangeGuests(stage.installation)
            #expect(try await change(booked.id, to: [], version: 1, scope: stage.scope))
            let payloads = try await stage.database.lookUp { tx in
                try tx.all("SELECT payload FROM job WHERE state = 'ready'") { try $0["payload"] as String }
            }
            #expect(payloads.count == 3 && payloads.allSatisfy { !$0.contains("mo@") && !$0.contains("x.example") })
            #expect(try await change(booked.id, to: ["MO@x.example"], version: 2, scope: stage.scope))
            let before = mail.sent.count
            try await stage.mailRunner(mail).drain()
            let told = mail.sent.dropFirst(before).filter { $0.to.address.text.lowercased() == "mo@x.example" }
            #expect(told.map(\.subject).allSatisfy { $0.hasPrefix("Invitation: ") } && told.count == 1)
        }
    }

    @Test("bad addresses, too many, a changed booking, a started or cancelled one: all is kept, nothing is sent",
          arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10)) { $0.guests = ["mo@x.example"] }
            let path = "/booking/\(booked.token)/guests"
            let jobs = try await stage.rows()["job"]
            let many = (0...10).map { "g\($0)@x.example" }.joined(separator: "\n")
            for typed in ["nonsense", "a@x.example\u{1}", many, String(repeating: "a@x.example ", count: 5_000)] {
                let answer = await visitor.post(path, ["guests": typed, "version": "1"])
                #expect(answer.status == 422 && answer.text.contains("id=\"f-guests-error\""), "\(typed.prefix(20))")
                #expect(answer.text.contains("<details class=\"more\" open>"), "\(typed.prefix(20))")
            }
            let asked = await visitor.post(path, ["guests": "mo@gmial.com", "version": "1"])
            #expect(asked.status == 422 && asked.buttons("meant.guests") == ["1"])
            let filled = await visitor.post(path, ["guests": "mo@gmial.com", "version": "1", "meant.guests": "1"])
            #expect(filled.status == 200 && filled.text.contains("mo@gmail.com</textarea>"))
            let stale = await visitor.post(path, ["guests": "al@x.example", "version": "7"])
            #expect(stale.status == 409 && stale.text.contains("al@x.example</textarea>"))
            #expect(try await stage.find(booked.id).guests == ["mo@x.example"])
            #expect(try await stage.rows()["job"] == jobs)
            #expect(await visitor.post("/booking/nonsense/guests", ["guests": "a@x.example"]).status == 404)

            stage.clock.move(to: stage.at(10))
            let late = await visitor.post(path, ["guests": "al@x.example", "version": "1"])
            #expect(late.status == 409 && late.text.contains("The meeting has started"))
            #expect(!(await visitor.get("/booking/\(booked.token)").text.contains("Change guests")))
        }
    }
}
