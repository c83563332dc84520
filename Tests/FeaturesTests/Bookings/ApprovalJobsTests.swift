/// What follows from asking a host: mails before and after the decision, the reminder, and the end of a wish.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ApprovalJobsTests {
    private static let (yuko, ada, mo) = ("yuko@kpuh.example", "ada@nordhavn.example", "mo@kpuh.example")

    /// Subjects by address, in the order in which they were sent.
    private func told(_ mail: FakeMail, _ address: String) -> [OutgoingMail] {
        mail.sent.filter { $0.to.address.text == address }
    }

    @Test("the attendee reads until when, the host gets the address to decide at, nobody gets an invitation",
          arguments: Engine.all)
    func asked(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.askLink())
            let booked = try await stage.book(stage.at(10, day: 3), on: link) { $0.guests = [Self.mo] }
            try await stage.approvalRunner(mail).drain()
            #expect(Set(mail.sent.map(\.to.address.text)) == [Self.yuko, Self.ada])
            #expect(mail.sent.allSatisfy { $0.invitation == nil })
            let attendee = try told(mail, Self.yuko).first.wanted("attendee's")
            #expect(attendee.subject == "Asked: Introduction, Thursday 10 January, 18:00")
            #expect(attendee.text.contains("Ada Lindqvist answers until Wednesday 9 January, 16:00."))
            #expect(attendee.text.contains("/book/cancel/\(booked.token)"))
            #expect(!attendee.text.contains("video.example"))
            let host = try told(mail, Self.ada).first.wanted("host's")
            let token = try await stage.askToken(booked.id).wanted("token")
            #expect(host.subject == "Approve or decline: Introduction with Yuko Hasegawa, Thursday 10 January, 10:00")
            #expect(host.text.contains("http://meet.example/book/approve/\(token)"))
            #expect(![host.text, host.html].contains { $0.contains(booked.token) })
            #expect(!attendee.text.contains(token))
        }
    }

    @Test("approved, everybody gets one invitation; SEQUENCE 0 is the first they see", arguments: Engine.all)
    func approved(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.askLink())
            let booked = try await stage.book(stage.at(10, day: 1), on: link) { $0.guests = [Self.mo] }
            try await stage.approvalRunner(mail).drain()
            try await stage.decide(booked.id, .approved)
            try await stage.approvalRunner(mail).drain()
            for address in [Self.yuko, Self.ada, Self.mo] {
                let all = told(mail, address).compactMap(\.invitation)
                #expect(all.map(\.method) == ["REQUEST"])
                #expect(all.allSatisfy { $0.text.contains("SEQUENCE:0") })
            }
            let attendee = try told(mail, Self.yuko).last.wanted("attendee's")
            #expect(attendee.subject == "Confirmed: Introduction, Tuesday 8 January, 18:00")
            #expect(attendee.text.hasPrefix("Ada Lindqvist approved the time. Your meeting is confirmed."))
            #expect(attendee.text.contains("https://video.example/ada"))
            #expect(told(mail, Self.ada).last?.subject.hasPrefix("Approved: Introduction with Yuko") == true)
        }
    }

    @Test("declined, the attendee reads the host's words and where to book again, and no calendar hears of it",
          arguments: Engine.all)
    func declined(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.askLink())
            let booked = try await stage.book(stage.at(10, day: 1), on: link) { $0.guests = [Self.mo] }
            try await stage.decide(booked.id, .declined("I am at a <fair>."))
            try await stage.approvalRunner(mail).drain()
            let attendee = try told(mail, Self.yuko).last.wanted("attendee's")
            #expect(attendee.subject == "Declined: Introduction, Tuesday 8 January, 18:00")
            #expect(attendee.text.contains("Reason: I am at a <fair>."))
            #expect(attendee.html.contains("I am at a &lt;fair&gt;."))
            #expect(attendee.text.contains("Book another time: http://meet.example/booking/\(booked.token)/again"))
            #expect(mail.sent.allSatisfy { $0.invitation == nil } && told(mail, Self.mo).isEmpty)
        }
    }

    @Test("a wish taken back before any answer sends no CANCEL", arguments: Engine.all)
    func takenBack(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.askLink())
            let booked = try await stage.book(stage.at(10, day: 1), on: link) { $0.guests = [Self.mo] }
            try await stage.approvalRunner(mail).drain()
            _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.attendees)
            try await stage.approvalRunner(mail).drain()
            #expect(told(mail, Self.ada).last?.subject.hasPrefix("Cancelled: Introduction with Yuko") == true)
            #expect(mail.sent.allSatisfy { $0.invitation == nil } && told(mail, Self.mo).isEmpty)
            #expect(mail.sent.allSatisfy { !$0.text.contains("attached file") })
        }
    }

    @Test("a move that is asked for invites nobody before it is approved, and then once, with a larger SEQUENCE",
          arguments: Engine.all)
    func moved(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.askLink())
            let booked = try await stage.book(stage.at(10, day: 1), on: link) { $0.guests = [Self.mo] }
            try await stage.decide(booked.id, .approved)
            try await stage.approvalRunner(mail).drain()
            try await stage.wish(booked.id, stage.at(14, day: 1))
            try await stage.approvalRunner(mail).drain()
            let asked = try told(mail, Self.yuko).last.wanted("attendee's")
            #expect(asked.text.contains("Until the answer, it stays on Tuesday 8 January, 18:00."))
            #expect(asked.text.contains("Reason: A train.") && asked.invitation == nil)
            #expect(told(mail, Self.ada).last?.text.contains("Until you approve, it stays on") == true)
            try await stage.decide(booked.id, .approved)
            try await stage.approvalRunner(mail).drain()
            for address in [Self.yuko, Self.ada, Self.mo] {
                let all = told(mail, address).compactMap(\.invitation)
                #expect(all.map(\.method) == ["REQUEST", "REQUEST"])
                #expect(all.last?.text.contains("SEQUENCE:1") == true)
                #expect(Set(all.map { $0.text.components(separatedBy: "UID:")[1].prefix(30) }).count == 1)
            }
            let attendee = try told(mail, Self.yuko).last.wanted("attendee's")
            #expect(attendee.subject == "Moved: Introduction, now Tuesday 8 January, 22:00")
            #expect(attendee.text.contains("Before: Tuesday 8 January, 18:00"))
        }
    }

    @Test("a wish that came before the first invitation went out holds it back from nobody", arguments: Engine.all)
    func overtaken(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.askLink())
            let booked = try await stage.book(stage.at(10, day: 1), on: link) { $0.guests = [Self.mo] }
            stage.clock.move(minutes: 1)
            try await stage.decide(booked.id, .approved)
            stage.clock.move(minutes: 1)
            try await stage.wish(booked.id, stage.at(14, day: 1))
            stage.clock.move(minutes: 1)
            try await stage.decide(booked.id, .declined("No."))
            try await stage.approvalRunner(mail).drain()
            let guest = told(mail, Self.mo)
            #expect(guest.compactMap(\.invitation?.method) == ["REQUEST"])
            #expect(guest.first?.text.contains("18:00") == true && guest.first?.text.contains("22:00") == false)
            #expect(told(mail, Self.yuko).map(\.subject) == [
                "Confirmed: Introduction, Tuesday 8 January, 18:00",
                "Not moved: Introduction, still Tuesday 8 January, 18:00",
            ])
            #expect(told(mail, Self.yuko).last?.text.contains("cannot make Tuesday 8 January, 22:00.") == true)
        }
    }

    @Test("at half time the host is reminded once, and not of what is decided", arguments: Engine.all)
    func reminded(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.askLink())
            let first = try await stage.book(stage.at(10, day: 3), on: link)
            let second = try await stage.book(stage.at(12, day: 3), on: link)
            try await stage.approvalRunner(mail).drain()
            try await stage.decide(second.id, .approved)
            stage.clock.move(to: monday.adding(hours: 24))
            try await stage.approvalRunner(mail).drain()
            let reminders = mail.sent.filter { $0.subject.hasPrefix("Still open:") }
            #expect(reminders.map(\.to.address.text) == [Self.ada])
            let token = try await stage.askToken(first.id).wanted("token")
            #expect(reminders.first?.text.contains("/book/approve/\(token)") == true)
            #expect(reminders.first?.text.contains("until Wednesday 9 January, 08:00") == true)
            try await stage.approvalRunner(mail).drain()
            #expect(mail.sent.count { $0.subject.hasPrefix("Still open:") } == 1)
        }
    }

    @Test("a mistyped address is put right while it waits, and gets the answer; the other one hears nothing more",
          arguments: Engine.all)
    func corrected(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link, visitor) = (FakeMail(), try await stage.askLink(), try Visitor(stage))
            let booked = try await stage.book(stage.at(10, day: 3), on: link)
            try await stage.approvalRunner(mail).drain()
            let page = await visitor.get("/booking/\(booked.token)")
            #expect(page.text.contains("Correct the e-mail address"))
            stage.clock.move(minutes: 1)
            let form = ["form": page.field("form") ?? "", "email": "yoko@kpuh.example", "sure": "yoko@kpuh.example"]
            let corrected = await visitor.post("/booking/\(booked.token)/address", form)
            #expect(corrected.status == 303)
            try await stage.approvalRunner(mail).drain()
            let asked = try told(mail, "yoko@kpuh.example").first.wanted("mail")
            #expect(asked.subject.hasPrefix("Asked: ") && asked.text.contains(corrected.location.dropFirst(9)))
            #expect(told(mail, Self.ada).last?.text.hasPrefix("Yuko Hasegawa has another e-mail address.") == true)
            stage.clock.move(to: monday.adding(hours: 24))
            try await stage.approvalRunner(mail).drain()
            #expect(told(mail, Self.ada).last?.subject.hasPrefix("Still open: ") == true)
            #expect(mail.sent.allSatisfy { $0.invitation == nil } && told(mail, Self.yuko).count == 1)
            try await stage.decide(booked.id, .approved)
            try await stage.approvalRunner(mail).drain()
            #expect(told(mail, "yoko@kpuh.example").last?.invitation?.text.contains("SEQUENCE:0") == true)
        }
    }

    @Test("when the time to answer is over, nothing is booked, and all are told; not a second sooner",
          arguments: Engine.all)
    func expires(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.askLink())
            let booked = try await stage.book(stage.at(10, day: 3), on: link)
            stage.clock.move(to: monday.adding(hours: 48).adding(seconds: -1))
            try await stage.approvalRunner(mail).drain()
            #expect(try await stage.find(booked.id).state.status == .pendingApproval)
            stage.clock.move(to: monday.adding(hours: 48))
            // Too late for a host, whether or not the job was there first.
            #expect(try await stage.refused(booked.id, .approved) == .tooLate)
            try await stage.approvalRunner(mail).drain()
            #expect(try await stage.find(booked.id).state.status == .expired)
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.history(booked.id).last?.actor == "system")
            #expect(told(mail, Self.yuko).last?.subject == "No answer: Introduction, Thursday 10 January, 18:00")
            #expect(told(mail, Self.ada).last?.subject.hasPrefix("No answer: ") == true)
            try await stage.approvalRunner(mail).drain()
            #expect(try await stage.find(booked.id).state.version == 2)
        }
    }

    @Test("a newer wish has a deadline of its own, and without an answer the confirmed time stands",
          arguments: Engine.all)
    func newer(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.askLink())
            let booked = try await stage.book(stage.at(10, day: 8), on: link)
            stage.clock.move(to: monday.adding(hours: 40))
            try await stage.wish(booked.id, stage.at(12, day: 8))
            stage.clock.move(to: monday.adding(hours: 50))
            try await stage.approvalRunner(mail).drain()
            #expect(try await stage.find(booked.id).state.status == .pendingApproval)
            try await stage.decide(booked.id, .approved)
            try await stage.wish(booked.id, stage.at(14, day: 8))
            stage.clock.move(to: monday.adding(hours: 98))
            try await stage.approvalRunner(mail).drain()
            let state = try await stage.find(booked.id).state
            #expect(state.status == .confirmed && state.starts == stage.at(12, day: 8))
            #expect(try await stage.ledger().map(\.kind) == [.booking])
            #expect(told(mail, Self.yuko).last?.text.contains("did not answer about Tuesday 15 January, 22:00") == true)
        }
    }

    @Test("who opens an old link of what waits gets the current one", arguments: Engine.all)
    func currentLink(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link, visitor) = (FakeMail(), try await stage.askLink(), try Visitor(stage))
            let booked = try await stage.book(stage.at(10, day: 3), on: link)
            let moved = try await stage.wish(booked.id, stage.at(12, day: 3))
            _ = await visitor.post("/booking/\(booked.token)/current-link", [:])
            try await stage.approvalRunner(mail).drain()
            #expect(mail.sent.contains { $0.subject.hasPrefix("Your booking:") && $0.text.contains(moved.token) })
        }
    }
}
