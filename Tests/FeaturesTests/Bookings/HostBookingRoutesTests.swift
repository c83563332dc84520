/// The page of one booking: notes, no-shows, moving and mailing again, with everything that can be wrong with them.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct HostBookingRoutesTests {
    private func note(_ stage: Stage, _ booking: ID<Booking>) async throws -> BookingNote? {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in
            try BookingNoteStore.all(of: booking, scope: scope, in: tx).first
        }
    }

    @Test("notes are for hosts: added, kept apart from the attendee, deleted by their author", arguments: Engine.all)
    func notes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            let booked = try await stage.book(stage.at(10), on: bobs)
            let path = "/calendar/bookings/\(booked.id)"
            let ada = try Visitor(stage, who: "ada")
            let bob = ada.asked(by: "bob")
            let added = await ada.post("\(path)/notes", ["text": "Line one\n<b>two</b>"])
            #expect(added.status == 303 && added.location == "\(path)?done=noted")
            #expect(await ada.get(added.location).text.contains("The note is kept."))
            let page = await bob.get(path).text
            #expect(page.contains("Line one\n&lt;b&gt;two&lt;/b&gt;") && page.contains("Ada Lindqvist"))
            #expect(!page.contains("Delete this note"), "it is not Bob's")
            for address in ["/booking/\(booked.token)", "/api/v1/public/bookings/\(booked.token)"] {
                #expect(await ada.asked(by: nil).get(address).text.contains("Line one") == false)
            }
            #expect(await ada.call("GET", "/api/v1/bookings/\(booked.id)").text.contains("Line one") == false)

            let id = try await note(stage, booked.id).wanted("note").id
            #expect(await bob.post("\(path)/notes/\(id)/deletion", [:]).status == 404)
            for _ in 1...2 { #expect(await ada.post("\(path)/notes/\(id)/deletion", [:]).status == 303) }
            #expect(try await note(stage, booked.id) == nil)
        }
    }

    @Test("a note that cannot be kept comes back with its text", arguments: [
        "", "   ", String(repeating: "x", count: 5001), "a\u{7}b",
    ])
    func badNotes(text: String) async throws {
        try await Stage.on(.sqlite) { stage in
            let booked = try await stage.book(stage.at(10))
            let ada = try Visitor(stage, who: "ada")
            let answer = await ada.post("/calendar/bookings/\(booked.id)/notes", ["text": text])
            #expect(answer.status == 422 && answer.text.contains("f-text-error"))
            #expect(answer.text.contains(">\n\(text)</textarea>"))
            #expect(try await note(stage, booked.id) == nil)
        }
    }

    @Test("no-show and its undo, in order and out of it", arguments: Engine.all)
    func noShow(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let path = "/calendar/bookings/\(booked.id)"
            let ada = try Visitor(stage, who: "ada")
            #expect(await !ada.get(path).text.contains("Did not come"))
            let early = await ada.post("\(path)/no-show", [:])
            #expect(early.status == 409 && early.text.contains("has not started yet"))
            #expect(await ada.post("\(path)/no-show/undo", [:]).status == 409)
            stage.clock.move(to: stage.at(10, 10))
            #expect(await ada.get(path).text.contains("Did not come"))
            for _ in 1...2 { #expect(await ada.post("\(path)/no-show", [:]).location == "\(path)?done=missed") }
            #expect(await ada.get("\(path)?done=missed").text.contains("You can take it back"))
            #expect(await !ada.get("\(path)?done=nonsense").text.contains("role=\"status\""))
            let marked = await ada.get(path).text
            #expect(marked.contains("Marked as a no-show by Ada Lindqvist") && marked.contains("Take the no-show back"))
            #expect(await ada.get("/calendar/bookings?show=no-shows").text.contains("Yuko Hasegawa"))
            for _ in 1...2 { #expect(await ada.post("\(path)/no-show/undo", [:]).location == "\(path)?done=undone") }
            #expect(await ada.get(path).text.contains("No-show taken back by Ada Lindqvist"))
            _ = await ada.post("\(path)/no-show", [:])
            stage.clock.move(to: stage.at(10, 26))
            #expect(await !ada.get(path).text.contains("Take the no-show back"))
            #expect(await ada.post("\(path)/no-show/undo", [:]).status == 409)
        }
    }

    @Test("a host moves a booking: times, one question, done; the attendee is told", arguments: Engine.all)
    func moves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let path = "/calendar/bookings/\(booked.id)"
            let ada = try Visitor(stage, who: "ada")
            let times = await ada.get("\(path)/move").buttons("start")
            #expect(times.contains(String(stage.at(11).seconds)) && !times.contains(String(stage.at(10).seconds)))
            let picked = await ada.post("\(path)/move", ["start": String(stage.at(11).seconds)])
            #expect(picked.status == 303 && picked.location == "\(path)/move?start=\(stage.at(11).seconds)")
            #expect(await ada.get(picked.location).text.contains("The old time becomes free"))
            let fields = ["start": String(stage.at(11).seconds), "reason": "A train strike"]
            let long = await ada.post("\(path)/reschedule", fields.merging(
                ["reason": String(repeating: "x", count: 1001)]) { $1 })
            #expect(long.status == 422 && long.text.contains(String(repeating: "x", count: 1001)))
            #expect(await ada.post("\(path)/reschedule", fields).location == "\(path)?done=moved")
            #expect(await ada.post("\(path)/reschedule", fields).location == path, "pressed twice")
            let page = await ada.get("\(path)?done=moved").text
            #expect(page.contains("Moved by Ada Lindqvist from Monday 7 January, 10:00 to Monday 7 January, 11:00"))
            #expect(page.contains("A train strike") && page.contains("A new invitation is on its way"))
            #expect(try await stage.jobs(booked.id).filter { $0.hasPrefix("2 moved") }.count == 2)
        }
    }

    @Test("a move to a time that is taken, closed or no time at all keeps the old one", arguments: Engine.all)
    func badMoves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            try await stage.book(stage.at(12))
            let path = "/calendar/bookings/\(booked.id)"
            let ada = try Visitor(stage, who: "ada")
            for (start, status) in [(String(stage.at(12).seconds), 409), (String(stage.at(3).seconds), 422)] {
                let answer = await ada.post("\(path)/reschedule", ["start": start])
                #expect(answer.status == status && answer.text.contains("role=\"alert\""), "\(start)")
                #expect(!answer.buttons("start").isEmpty)
            }
            for start in ["", "x", "-1", "99999999999999"] {
                #expect(await ada.post("\(path)/reschedule", ["start": start]).status == 422, "\(start)")
                #expect(await ada.post("\(path)/move", ["start": start]).status == 422, "\(start)")
            }
            #expect(try await stage.find(booked.id).state.starts == stage.at(10))
            stage.clock.move(to: stage.at(10))
            #expect(await ada.get("\(path)/move").location == path)
            let late = await ada.post("\(path)/reschedule", ["start": String(stage.at(14).seconds)])
            #expect(late.status == 409 && late.text.contains("The meeting has started"))
        }
    }

    @Test("the details are mailed again, once an hour at most, and never of a cancelled meeting", arguments: Engine.all)
    func mails(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let path = "/calendar/bookings/\(booked.id)"
            let ada = try Visitor(stage, who: "ada")
            for _ in 1...2 { #expect(await ada.post("\(path)/confirmation", [:]).location == "\(path)?done=mailed") }
            #expect(try await stage.jobs(booked.id).filter { $0.hasPrefix("1 link") }.count == 1)
            _ = await ada.post("\(path)/cancellation", [:])
            #expect(await ada.post("\(path)/confirmation", [:]).status == 409)
        }
    }

    @Test("none of it works on somebody else's booking, by a viewer, or without our own form", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let before = try await stage.rows()
            let nobody = try Visitor(stage)
            let start = ["start": String(stage.at(11).seconds)]
            let posts: [(String, [String: String])] = [
                ("notes", ["text": "x"]), ("notes/note_\(String(repeating: "0", count: 26))/deletion", [:]),
                ("no-show", [:]), ("no-show/undo", [:]), ("move", start), ("reschedule", start), ("confirmation", [:]),
            ]
            for (action, form) in posts {
                let path = "/calendar/bookings/\(booked.id)/\(action)"
                #expect(await nobody.asked(by: "bob").post(path, form).status == 404, "\(action)")
                #expect(await nobody.asked(by: "eve").post(path, form).status == 403, "\(action)")
                #expect(await nobody.post(path, form).status == 401, "\(action)")
            }
            #expect(await nobody.asked(by: "bob").get("/calendar/bookings/\(booked.id)/move").status == 404)
            #expect(try await stage.rows() == before)
        }
    }
}
