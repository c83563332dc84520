/// What a link lets attendees do with their booking, and until when: pages and API say the same.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookingChangesTests {
    @Test("until when is minutes before the start, to the second")
    func notice() {
        var changes = LinkChanges()
        (changes.moveNotice, changes.cancelNotice) = (120, 0)
        let start = monday.adding(minutes: 180)
        #expect(changes.moveRefusal(starts: start, now: monday.adding(seconds: 3_599)) == nil)
        #expect(changes.moveRefusal(starts: start, now: monday.adding(minutes: 60)) == .tooLateToMove(minutes: 120))
        #expect(changes.cancelRefusal(starts: start, now: monday.adding(minutes: 179)) == nil)
        #expect(ChangeWords.before(120) == "2 hours before the start" && ChangeWords.before(0) == "it starts")
        #expect(ChangeWords.before(2_880) == "2 days before the start")
    }

    @Test("a link that forbids changes says so before and after, and both its page and its API refuse",
          arguments: Engine.all)
    func forbidden(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let link = try await stage.makeLink("fixed") { rules in
                (rules.changes.attendeeMoves, rules.changes.attendeeCancels) = (false, false)
            }
            let booked = try await stage.book(stage.at(10), on: link)
            #expect(await visitor.get("/book/fixed").text.contains("Only the host can change it"))
            let page = await visitor.get("/booking/\(booked.token)")
            #expect(!page.text.contains("/book/reschedule/") && !page.text.contains("/book/cancel/"))
            for path in ["/book/reschedule/\(booked.token)", "/book/cancel/\(booked.token)"] {
                #expect(await visitor.get(path).status == 409)
            }
            let start = String(stage.at(12).seconds)
            #expect(await visitor.post("/book/reschedule/\(booked.token)/holds", ["start": start]).status == 409)
            #expect(await visitor.post("/book/reschedule/\(booked.token)", ["start": start]).status == 409)
            #expect(await visitor.post("/book/cancel/\(booked.token)", ["reason": "Ill"]).status == 409)
            let api = "/api/v1/public/bookings/\(booked.token)"
            for (call, body) in [("reschedule", ["start": .string(stage.at(12).rfc3339())] as JSON), ("cancel", [:]),
                ("holds", ["start": .string(stage.at(12).rfc3339())])] {
                let answer = await visitor.call("POST", "\(api)/\(call)", body)
                #expect(answer.status == 409 && answer.json["code"]?.string == "conflict", "\(call)")
            }
            #expect(try await stage.find(booked.id).state.version == 1)
            // The host may always.
            let host = Scope(workspace: stage.workspace, actor: .user(stage.ada))
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(12), scope: host)
            #expect(try await stage.find(booked.id).state.version == 2)
        }
    }

    @Test("a link that wants a reason refuses a cancellation without one, and keeps the page", arguments: Engine.all)
    func reason(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let link = try await stage.makeLink("why") { $0.changes.needsReason = true }
            let booked = try await stage.book(stage.at(10), on: link)
            let form = await visitor.get("/book/cancel/\(booked.token)")
            #expect(form.status == 200 && form.text.contains("required"))
            for reason in ["", "  ", String(repeating: "x", count: 1_001), "a\u{7}b"] {
                #expect(await visitor.post("/book/cancel/\(booked.token)", ["reason": reason]).status == 422)
            }
            let call = await visitor.call("POST", "/api/v1/public/bookings/\(booked.token)/cancel", [:])
            #expect(call.status == 422 && call.problemFields == ["reason"])
            #expect(await visitor.post("/book/cancel/\(booked.token)", ["reason": "Ill"]).status == 303)
            #expect(try await stage.find(booked.id).state.status == .cancelled)
        }
    }

    @Test("past the notice the page says until when it was possible", arguments: Engine.all)
    func late(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let link = try await stage.makeLink("late") { $0.changes.moveNotice = 60 }
            let booked = try await stage.book(stage.at(10), on: link)
            stage.clock.move(minutes: 61)
            let page = await visitor.get("/booking/\(booked.token)")
            #expect(page.text.contains("It can be moved until one hour before the start"))
            #expect(!page.text.contains("/book/reschedule/") && page.text.contains("/book/cancel/"))
        }
    }
}
