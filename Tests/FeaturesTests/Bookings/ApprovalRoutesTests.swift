/// Deciding over the web: the page behind the mailed address, the booking's own page, and the API.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ApprovalRoutesTests {
    private func asked(_ stage: Stage) async throws -> (booked: Booked, path: String) {
        let link = try await stage.askLink()
        let booked = try await stage.book(stage.at(10, day: 1), on: link)
        return (booked, "/book/approve/\(try await stage.askToken(booked.id).wanted("token"))")
    }

    @Test("the mailed page asks, one press approves, and from then on it says so", arguments: Engine.all)
    func approves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (booked, path) = try await asked(stage)
            let visitor = try Visitor(stage)
            let rows = try await stage.rows()
            let page = await visitor.get(path)
            #expect(page.status == 200 && page.text.contains("Yuko Hasegawa</bdi> asks to meet you on"))
            #expect(page.text.contains("10:00–10:30") && page.text.contains("yuko@kpuh.example"))
            #expect(try await stage.rows() == rows)

            let pressed = await visitor.post(path, ["decision": "approve", "version": "1"])
            #expect(pressed.status == 303 && pressed.location == path)
            #expect(try await stage.find(booked.id).state.status == .confirmed)
            #expect(try await stage.history(booked.id).last?.actor == "user:\(stage.ada)")
            let done = await visitor.get(path)
            #expect(done.status == 200 && done.text.contains("This is approved"))
            #expect(done.text.contains("Ada Lindqvist approved Tuesday 8 January, 10:00"))
            #expect(!done.text.contains("yuko@kpuh.example"))
            // Pressed again, or the other button of a page that was left open: nothing more happens.
            for decision in ["approve", "decline"] {
                let late = await visitor.post(path, ["decision": decision, "version": "1", "words": "No."])
                #expect(late.status == 303 && late.location == path)
            }
            #expect(try await stage.find(booked.id).state.version == 2)
        }
    }

    @Test("declined with words, which come back when they are too long", arguments: Engine.all)
    func declines(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (booked, path) = try await asked(stage)
            let visitor = try Visitor(stage)
            let long = "Sorry, " + String(repeating: "x", count: BookingLimits.reason)
            let refused = await visitor.post(path, ["decision": "decline", "words": long, "version": "1"])
            #expect(refused.status == 422 && refused.text.contains(long) && refused.text.contains("f-words-error"))
            for form in [["version": "1"], ["decision": "maybe"], ["decision": "decline", "words": "a\u{1}b"],
                         ["decision": "approve", "version": "x"]] {
                #expect(await visitor.post(path, form).status == 422, "\(form)")
            }
            #expect(try await stage.find(booked.id).state.version == 1)

            _ = await visitor.post(path, ["decision": "decline", "words": "At a fair.", "version": "1"])
            #expect(try await stage.find(booked.id).reason == "At a fair.")
            #expect(await visitor.get(path).text.contains("This is declined"))
            let attendee = await visitor.get("/booking/\(booked.token)")
            #expect(attendee.text.contains("cannot meet you then") && attendee.text.contains("At a fair."))
            #expect(attendee.text.contains("/booking/\(booked.token)/again"))
            #expect(await visitor.get("/booking/\(booked.token)/meeting.ics").status == 404)
        }
    }

    @Test("what the attendee changed meanwhile is looked at before it is decided", arguments: Engine.all)
    func stale(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (booked, path) = try await asked(stage)
            let visitor = try Visitor(stage)
            try await stage.wish(booked.id, stage.at(14, day: 1))
            let stale = await visitor.post(path, ["decision": "approve", "version": "1"])
            #expect(stale.status == 409 && stale.text.contains("14:00–14:30"))
            #expect(stale.text.contains("changed a moment ago"))
            #expect(try await stage.find(booked.id).state.status == .pendingApproval)
            _ = await visitor.post(path, ["decision": "approve", "version": "2"])
            #expect(try await stage.find(booked.id).state.status == .confirmed)
        }
    }

    @Test("the address works for its own host alone, and only as long as they are one", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (booked, path) = try await asked(stage)
            let visitor = try Visitor(stage)
            for other in ["/book/approve/x", "/book/approve/\(booked.token)", path + "x"] {
                let answer = await visitor.get(other)
                #expect(answer.status == 404 && !answer.text.contains("Yuko"), "\(other)")
                #expect(await visitor.post(other, ["decision": "approve"]).status == 404)
            }
            _ = try await stage.database.write(stage.scope) { tx in
                try MemberStore.set(state: .off, of: stage.ada, now: monday, scope: stage.scope, in: tx)
            }
            #expect(await visitor.get(path).status == 404)
            #expect(await visitor.post(path, ["decision": "approve"]).status == 404)
            #expect(try await stage.find(booked.id).state.status == .pendingApproval)
        }
    }

    @Test("after the deadline the page says so, and a press changes nothing", arguments: Engine.all)
    func late(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (booked, path) = try await asked(stage)
            stage.clock.move(to: stage.at(10, day: 1))
            let visitor = try Visitor(stage)
            #expect(await visitor.get(path).text.contains("The time to answer is over"))
            #expect(await visitor.post(path, ["decision": "approve"]).status == 303)
            #expect(try await stage.find(booked.id).state.status == .pendingApproval)
        }
    }

    @Test("the booking's own page has the same two buttons, for those who may", arguments: Engine.all)
    func ownPage(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (booked, _) = try await asked(stage)
            let (ada, bob) = (try Visitor(stage, who: "ada"), try Visitor(stage, who: "bob"))
            let path = "/calendar/bookings/\(booked.id)"
            let page = await ada.get(path).text
            #expect(page.contains("Waiting for the host") && page.contains("Your answer"))
            #expect(page.contains("Asked for by the attendee") && !page.contains("Cancel the meeting"))
            #expect(await bob.post("\(path)/approval", ["decision": "approve"]).status == 404)
            let bad = await ada.post("\(path)/approval", [
                "decision": "decline", "words": String(repeating: "y", count: 1001), "version": "1",
            ])
            #expect(bad.status == 422 && bad.text.contains("f-words-error"))
            let pressed = await ada.post("\(path)/approval", ["decision": "approve", "version": "1"])
            #expect(pressed.location.hasSuffix("?done=approved"))
            #expect(await ada.get(pressed.location).text.contains("Approved. A mail tells Yuko Hasegawa."))
            let again = await ada.post("\(path)/approval", ["decision": "decline", "version": "1"])
            #expect(again.status == 409 && again.text.contains("Nothing waits for an answer here"))
        }
    }

    @Test("lists and the overview say who waits", arguments: Engine.all)
    func lists(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await !ada.get("/calendar").text.contains("wait for your answer"))
            let (booked, _) = try await asked(stage)
            #expect(await ada.get("/calendar").text.contains("One person waits for your answer."))
            let list = await ada.get("/calendar/bookings?show=pending").text
            #expect(list.contains("Waiting for you") && list.contains("/calendar/bookings/\(booked.id)"))
            #expect(await !ada.get("/calendar/bookings").text.contains("/calendar/bookings/\(booked.id)"))
            let week = "/calendar/bookings?view=week&date=2030-01-07"
            #expect(await ada.get(week).text.contains("Yuko Hasegawa"))
            try await stage.decide(booked.id, .approved)
            try await stage.wish(booked.id, stage.at(14, day: 1))
            #expect(await ada.get(week).text.contains("Confirmed; another time is asked for"))
        }
    }

    @Test("the attendee's pages say that the host decides, before and after the button", arguments: Engine.all)
    func attendee(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.askLink { $0.look.redirect = "https://nordhavn.example/thanks" }
            let visitor = try Visitor(stage)
            #expect(await visitor.get("/book/ask").text.contains(
                "Ada Lindqvist decides about each request and answers within 2 days"))
            let details = await visitor.hold(stage.at(10, day: 1), on: "ask", ["timezone": "Asia/Tokyo"])
            #expect(details.text.contains("Ask for this time") && !details.text.contains("Confirm booking"))
            let booked = await visitor.post("/book/ask/bookings", [
                "form": details.field("form") ?? "", "start": details.field("start") ?? "",
                "timezone": "Asia/Tokyo", "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
            ])
            // First what has happened; the host's own page can wait.
            #expect(booked.status == 303 && !booked.location.hasSuffix("/next"))
            let page = await visitor.get(booked.location).text
            #expect(page.contains("Waiting for the host") && page.contains("You asked for this time"))
            #expect(page.contains("by <time>Tuesday 8 January, 18:00</time> at the latest"))
            #expect(page.contains("Take it back") && page.contains("Ask for another time"))
            #expect(!page.contains("Add to your calendar") && !page.contains("On its way to"))
            let question = await visitor.get(booked.location.replacing("/booking/", with: "/book/cancel/"))
            #expect(question.text.contains("Take back what you asked Ada Lindqvist for?"))
        }
    }

    @Test("while another time is asked for, one press keeps the confirmed one", arguments: Engine.all)
    func keeps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (booked, _) = try await asked(stage)
            try await stage.decide(booked.id, .approved)
            let visitor = try Visitor(stage)
            let picker = await visitor.get("/book/reschedule/\(booked.token)")
            #expect(picker.text.contains("decides about another time; until then what is confirmed stays"))
            let moved = try await stage.wish(booked.id, stage.at(14, day: 1))
            let page = await visitor.get("/booking/\(moved.token)")
            #expect(page.text.contains("your meeting stays on <time>Tuesday 8 January, 18:00</time>"))
            // The calendar has what is confirmed.
            let file = await visitor.get("/booking/\(moved.token)/meeting.ics").text
            #expect(file.contains("DTSTART:20300108T090000Z") && file.contains("METHOD:PUBLISH"))
            let kept = await visitor.post("/book/reschedule/\(moved.token)", [
                "form": page.field("form") ?? "", "start": String(stage.at(10, day: 1).seconds),
            ])
            #expect(kept.status == 303)
            #expect(try await stage.find(booked.id).state.status == .confirmed)
            #expect(await visitor.get(kept.location).text.contains("Confirmed"))
        }
    }

    @Test("the API decides once for each key, and says what is wrong with anything else", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (booked, _) = try await asked(stage)
            let (ada, bob) = (try Visitor(stage, who: "ada"), try Visitor(stage, who: "bob"))
            let path = "/api/v1/bookings/\(booked.id)/approval"
            let bad: [(JSON, String)] = [
                ([:], "approved"), (["approved": "yes"], "approved"), (["approved": true, "why": "x"], "why"),
                (["approved": false, "reason": .string(String(repeating: "x", count: 1001))], "reason"),
            ]
            for (body, field) in bad {
                let answer = await ada.call("POST", path, body)
                #expect(answer.status == 422 && answer.problemFields == [field], "\(body.text)")
            }
            #expect(await bob.call("POST", path, ["approved": true]).status == 404)
            #expect(await ada.call("POST", "/api/v1/bookings/bk_x/approval", ["approved": true]).status == 404)
            let first = await ada.call("POST", path, ["approved": false, "reason": "At a fair."], key: "k")
            #expect(first.status == 200 && first.json["status"]?.string == "declined")
            #expect(first.json["reason"]?.string == "At a fair." && first.json["token"] == nil)
            let again = await ada.call("POST", path, ["approved": false, "reason": "At a fair."], key: "k")
            #expect(again.status == 200 && again[header: "Idempotency-Replayed"] == "true")
            #expect(await ada.call("POST", path, ["approved": true], key: "k").status == 422)
            let late = await ada.call("POST", path, ["approved": true])
            #expect(late.status == 409 && late.json["code"]?.string == "conflict")
            #expect(await ada.get("/api/v1/bookings?status=declined").json["data"]?.array?.count == 1)
        }
    }
}
