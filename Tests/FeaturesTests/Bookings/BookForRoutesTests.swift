/// A host books for somebody else: link, time, details; and what is refused on the way.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct BookForRoutesTests {
    private func details(_ stage: Stage, _ page: Answer) -> [String: String] {
        [
            "link": page.field("link") ?? "", "form": page.field("form") ?? "", "start": page.field("start") ?? "",
            "attendee.name": "Zoë Guest", "attendee.email": "zoe@else.example", "timezone": "Asia/Tokyo",
            "answers.\(stage.question)": "By phone",
        ]
    }

    /// Up to the form with the details.
    private func open(
        _ stage: Stage, _ host: Visitor, at start: Instant, on link: Link? = nil
    ) async throws -> Answer {
        let link = (link ?? stage.link).id
        let times = await host.get("/calendar/bookings/new?link=\(link)")
        let form = try times.field("form").wanted("form")
        let picked = await host.post("/calendar/bookings/new", [
            "link": link.text, "form": form, "start": String(start.seconds),
        ])
        #expect(picked.status == 303)
        return await host.get(picked.location)
    }

    @Test("the time is held, then booked once, by the host for the attendee", arguments: Engine.all)
    func books(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/bookings/new").text.contains("?link=\(stage.link.id)"))
            let page = try await open(stage, ada, at: stage.at(10))
            #expect(page.text.contains("Monday 7 January, 10:00 to 10:30"))
            #expect(try await stage.ledger().map(\.kind) == [.hold])
            let form = details(stage, page)
            let booked = await ada.post("/calendar/bookings", form)
            #expect(booked.status == 303 && booked.location.hasSuffix("?done=booked"))
            #expect(await ada.post("/calendar/bookings", form).location == booked.location, "pressed twice")
            let shown = await ada.get(booked.location).text
            #expect(shown.contains("Booked by Ada Lindqvist for Zoë Guest") && shown.contains("Booked. The invitation"))
            #expect(shown.contains("Host, for somebody else") && shown.contains("By phone"))
            let text = booked.location.components(separatedBy: "/").last?.prefix { $0 != "?" }
            let id = try ID<Booking>(String(text ?? "")).wanted("id")
            let booking = try await stage.find(id)
            #expect(booking.source == .host && booking.attendee.zone == "Asia/Tokyo")
            #expect(try await stage.jobs(id).count == 2)
            #expect(try await stage.ledger().map(\.kind) == [.booking])
        }
    }

    @Test("what is wrong comes back beside its field, all that was typed with it", arguments: Engine.all)
    func mistakes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let page = try await open(stage, ada, at: stage.at(10))
            let good = details(stage, page)
            for (field, value) in [
                ("attendee.name", ""), ("attendee.name", String(repeating: "x", count: 201)),
                ("attendee.email", "nobody"), ("attendee.phone", "call me"), ("timezone", "Moon/Base"),
                ("answers.\(stage.question)", String(repeating: "y", count: 5001)), ("attendee.name", "a\u{7}"),
            ] {
                let answer = await ada.post("/calendar/bookings", good.merging([field: value]) { $1 })
                #expect(answer.status == 422 && answer.text.contains("id=\"f-\(field)-error\""), "\(field)")
                #expect(answer.field("attendee.email") == (field == "attendee.email" ? value : "zoe@else.example"))
            }
            #expect(try await stage.rows()["booking"] == 0)
            let unsigned = await ada.post("/calendar/bookings", good.merging(["form": "x"]) { $1 })
            #expect(unsigned.location == "/calendar/bookings/new?link=\(stage.link.id)")
        }
    }

    @Test("a time somebody took is refused with the nearest free ones, and nothing is lost", arguments: Engine.all)
    func taken(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let page = try await open(stage, ada, at: stage.at(10))
            stage.clock.move(minutes: 11)
            try await stage.book(stage.at(10))
            let answer = await ada.post("/calendar/bookings", details(stage, page))
            #expect(answer.status == 409 && answer.text.contains("Zoë Guest") && answer.text.contains("10:30"))
            let again = await ada.post("/calendar/bookings/new", [
                "link": stage.link.id.text, "start": String(stage.at(10).seconds),
            ])
            #expect(again.status == 409 && !again.buttons("start").isEmpty)
            let nothing = await ada.post("/calendar/bookings/new", ["link": stage.link.id.text, "start": "x"])
            #expect(nothing.status == 422)
        }
    }

    @Test("links of others, of other workspaces and those that never were are not found", arguments: Engine.all)
    func links(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bob = try Visitor(stage, who: "bob")
            #expect(await !bob.get("/calendar/bookings/new").text.contains(stage.link.id.text))
            for link in [stage.link.id.text, "x", "lnk_\(String(repeating: "0", count: 26))", ""] {
                #expect(await bob.get("/calendar/bookings/new?link=\(link)").status == 404, "\(link)")
                #expect(await bob.post("/calendar/bookings/new", ["link": link]).status == 404, "\(link)")
                #expect(await bob.post("/calendar/bookings", ["link": link]).status == 404, "\(link)")
            }
            #expect(await bob.asked(by: "eve").get("/calendar/bookings/new").status == 403)
            #expect(await bob.asked(by: "eve").post("/calendar/bookings", [:]).status == 403)
        }
    }

    @Test("one of the link's places, guests and a note for the hosts go with it", arguments: Engine.all)
    func further(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("places") { rules in
                rules.locations = [
                    Location(kind: .video, text: "https://video.example/ada"),
                    Location(kind: .phoneHostCalls, text: ""), Location(kind: .attendeeChoice, text: ""),
                ]
                rules.access.mostGuests = 2
            }
            let ada = try Visitor(stage, who: "ada")
            let times = await ada.get("/calendar/bookings/new?link=\(link.id)")
            let token = try times.field("form").wanted("form")
            let picked = await ada.post("/calendar/bookings/new", [
                "link": link.id.text, "form": token, "start": String(stage.at(10).seconds),
            ])
            let page = await ada.get(picked.location)
            for index in 0...2 {
                #expect(page.text.contains("type=\"radio\" name=\"location\" value=\"\(index)\""), "\(index)")
            }
            let form = [
                "link": link.id.text, "form": page.field("form") ?? "", "start": page.field("start") ?? "",
                "attendee.name": "Zoë", "attendee.email": "zoe@else.example", "timezone": "Asia/Tokyo",
                "location": "2", "location.text": "The café", "guests": "sam@else.example",
                "note": "Bring <both>\nkeys",
            ]
            for (field, value) in [
                ("location", "9"), ("location.text", ""), ("guests", "nobody"),
                ("guests", "a@x.example b@x.example c@x.example"), ("note", String(repeating: "x", count: 5001)),
                ("note", "a\u{7}"),
            ] {
                let answer = await ada.post("/calendar/bookings", form.merging([field: value]) { $1 })
                #expect(answer.status == 422 && answer.text.contains("id=\"f-\(field)-error\""), "\(field) \(value)")
                #expect(answer.text.contains("Zoë"))
            }
            let uncalled = await ada.post("/calendar/bookings", form.merging(["location": "1"]) { $1 })
            #expect(uncalled.status == 422 && uncalled.text.contains("f-attendee.phone-error"))
            #expect(uncalled.text.contains("value=\"1\" checked"), "what was chosen stays chosen")

            let booked = await ada.post("/calendar/bookings", form)
            #expect(booked.status == 303)
            let shown = await ada.get(booked.location).text
            #expect(shown.contains("The café") && shown.contains("sam@else.example"))
            #expect(shown.contains("Bring &lt;both&gt;\nkeys") && shown.contains("Ada Lindqvist"))
            #expect(try await stage.rows()["booking_note"] == 1)
            #expect(await ada.post("/calendar/bookings", form).location == booked.location, "pressed twice")
            #expect(try await stage.rows()["booking_note"] == 1)
        }
    }

    @Test("on a link that repeats the host sees all dates first, then books them with one press, each with the note",
          arguments: Engine.all)
    func series(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            try await stage.book(stage.at(10, day: 14))
            let ada = try Visitor(stage, who: "ada")
            let page = try await open(stage, ada, at: stage.at(10), on: link)
            #expect(page.text.contains("name=\"recurrence.count\""))
            let more = ["recurrence.count": "4", "note": "Bring the plan."]
            var form = details(stage, page).merging(more) { $1 }
            form["answers.\(stage.question)"] = nil
            let dates = await ada.post("/calendar/bookings", form)
            #expect(dates.status == 200 && dates.text.contains("One date cannot be had"))
            #expect(try await stage.rowsOfSeries() == [0, 0])
            form["recurrence.seen"] = dates.field("recurrence.seen")
            form["recurrence.1"] = String(stage.at(10, day: 7).seconds)
            form["recurrence.3"] = "soon"
            #expect(await ada.post("/calendar/bookings", form).status == 422)
            // The third is left out. Somebody else has the second meanwhile: nothing is booked, and the page says so.
            form["recurrence.3"] = String(stage.at(10, day: 21).seconds)
            let taken = try await stage.book(stage.at(10, day: 7)).id
            let gone = await ada.post("/calendar/bookings", form)
            #expect(gone.status == 409 && gone.text.contains("id=\"f-recurrence.1\""), "\(gone.text.suffix(600))")
            #expect(try await stage.rowsOfSeries() == [0, 0])
            _ = try await CancelBooking(stage.installation)(taken, scope: stage.adas)
            let booked = await ada.post("/calendar/bookings", form)
            #expect(booked.status == 303 && booked.location.hasSuffix("?done=booked"))
            #expect(await ada.post("/calendar/bookings", form).location == booked.location, "pressed twice")
            #expect(try await stage.rowsOfSeries() == [1, 3])
            #expect(try await stage.rows()["booking_note"] == 3)
            let shown = await ada.get(booked.location).text
            #expect(shown.contains("Host, for somebody else") && shown.contains("Bring the plan."))

            // So many in any case: also then the dates come first, and one meeting alone is not offered.
            let fixed = try await stage.weekly("fixed") { $0.series?.countIs = .fixed }
            let other = try await open(stage, ada, at: stage.at(15), on: fixed)
            var fields = details(stage, other)
            fields["answers.\(stage.question)"] = nil
            let all = await ada.post("/calendar/bookings", fields)
            #expect(all.status == 200 && all.text.contains("All 10 dates are free."))
            #expect(try await stage.rowsOfSeries() == [1, 3])
        }
    }
}
