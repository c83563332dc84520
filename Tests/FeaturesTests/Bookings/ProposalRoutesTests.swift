/// Proposals over the web: the host's pages, the page behind the attendee's token, and the API, with bad input.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Proposals over the web")
struct ProposalRoutesTests {
    @Test("a host picks times, writes a message and proposes; the booking says so until it is taken back",
          arguments: Engine.all)
    func proposes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            let ada = try Visitor(stage, who: "ada")
            let own = "/calendar/bookings/\(booked.id)", path = "\(own)/proposal"
            let before = await ada.get(own).text
            #expect(before.contains("\(own)/proposal") && before.contains("\(own)/rebook"))
            let rows = try await stage.rows()
            let (first, second) = (stage.at(11, day: 1), stage.at(14, day: 2))
            #expect(await ada.get(path).buttons("start").isEmpty == false)
            let once = await ada.post("\(path)/times", ["start": String(first.seconds)])
            #expect(once.status == 303 && once.location.contains("starts=\(first.seconds)"))
            let page = await ada.get(once.location)
            #expect(page.text.contains("One time so far") && !page.buttons("start").contains(String(first.seconds)))
            let form = await ada.get("\(path)?starts=\(first.seconds)&starts=\(second.seconds)&ready=1")
            #expect(form.text.contains("Kept for") && form.text.contains("11:00–11:30"))
            #expect(try await stage.rows() == rows, "looking and picking keeps nothing")

            // The other buttons of the form lose nothing.
            let more = await ada.post(path, ["starts": String(first.seconds), "message": "Dear Yuko", "more": "1"])
            #expect(more.status == 303 && more.location.contains("message=Dear"))
            let less = await ada.post(
                path, ["starts": String(first.seconds), "message": "Dear Yuko", "drop": String(first.seconds)])
            #expect(less.status == 303 && !less.location.contains("starts=") && less.location.contains("Dear"))

            let done = await ada.post(
                path, ["starts": String(first.seconds), "message": "Dear Yuko", "answerWithinHours": "24"])
            #expect(done.status == 303 && done.location == "\(own)?done=proposed")
            let told = await ada.get(done.location).text
            #expect(told.contains("proposed Tuesday 8 January, 11:00") && told.contains("Take it back"))
            #expect(await ada.get("/calendar/bookings").text.contains("Asked for another time"))
            #expect(await ada.post("\(path)/withdrawal", [:]).location == "\(own)?done=withdrawn")
            #expect(await ada.get(own).text.contains("Taken back."))
            #expect(await !ada.get("/calendar/bookings").text.contains("Asked for another time"))
        }
    }

    @Test("what cannot be proposed comes back with all that was typed")
    func badProposals() async throws {
        try await Stage.on(.sqlite) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            let ada = try Visitor(stage, who: "ada")
            let path = "/calendar/bookings/\(booked.id)/proposal"
            let good = String(stage.at(11, day: 1).seconds)
            let long = String(repeating: "x", count: 1001)
            for form in [["starts": good, "message": long], ["starts": good, "message": "a\u{7}b"],
                         ["starts": "soon", "message": "M"], ["message": "M"],
                         ["starts": good, "answerWithinHours": "0"],
                         ["starts": good, "answerWithinHours": "x"], ["starts": "-1"]] {
                let answer = await ada.post(path, form)
                #expect(answer.status == 422, "\(form)")
                if form["message"] == long { #expect(answer.text.contains(long)) }
            }
            try await stage.book(stage.at(11, day: 1))
            let gone = await ada.post(path, ["starts": good, "message": "Dear Yuko"])
            #expect(gone.status == 409 && gone.text.contains("is not free any more"))
            #expect(gone.text.contains("Dear Yuko"))
            #expect(await ada.post("\(path)/times", ["start": "x"]).status == 422)
            for target in [path, "/calendar/bookings/\(booked.id)/rebook"] {
                #expect(await ada.asked(by: "eve").get(target).status == 403)
                #expect(await ada.asked(by: "bob").get(target).status == 404, "not Bob's")
                #expect(await ada.asked(by: "bob").post(target, ["starts": good, "until": "kept"]).status == 404)
            }
            _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.adas)
            #expect(await ada.get(path).status == 303)
            #expect(await ada.post(path, ["starts": good]).status == 409)
        }
    }

    @Test("asking without times: the meeting stays, or is cancelled, as the host says", arguments: Engine.all)
    func rebooks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            let ada = try Visitor(stage, who: "ada")
            let own = "/calendar/bookings/\(booked.id)"
            #expect(await ada.get("\(own)/rebook").text.contains("The meeting stays"))
            let bad = await ada.post("\(own)/rebook", ["until": "later", "message": "Dear Yuko"])
            #expect(bad.status == 422 && bad.text.contains("Dear Yuko"))
            for _ in 1...2 {
                let asked = await ada.post("\(own)/rebook", ["until": "kept", "message": "I am ill."])
                #expect(asked.location == "\(own)?done=asked")
            }
            #expect(await ada.get(own).text.contains("asked <bdi>Yuko Hasegawa</bdi> to choose another time"))
            let visitor = ada.asked(by: nil)
            let page = await visitor.get("/booking/\(booked.token)")
            #expect(page.text.contains("asks you to choose another time") && page.text.contains("I am ill."))
            let straight = await visitor.get("/booking/\(booked.token)/proposal").location
            #expect(straight == "/book/reschedule/\(booked.token)")
            let mail = FakeMail()
            try await stage.proposalRunner(mail).drain()
            let asked = try mail.sent.first { $0.subject.hasPrefix("Choose another") }.wanted("the question")
            #expect(asked.text.contains("Choose another time: http://meet.example/book/reschedule/\(booked.token)"))

            let freed = await ada.post("\(own)/rebook", ["until": "freed", "message": "I am ill."])
            #expect(freed.location == "\(own)?done=freed")
            #expect(try await stage.find(booked.id).state.status == .cancelled)
            #expect(await ada.post("\(own)/rebook", ["until": "freed"]).location == "\(own)?done=freed")
            #expect(try await stage.proposals(booked.id).map(\.state) == [.ended])
            #expect(await !visitor.get("/booking/\(booked.token)").text.contains("asks you to choose"))
        }
    }

    @Test("the attendee takes a time with one press; looking changes nothing; a second press shows the same",
          arguments: Engine.all)
    func takes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            let (first, second) = (stage.at(11, day: 1), stage.at(14, day: 2))
            try await stage.propose(booked.id, [first, second], message: "A fair.")
            let visitor = try Visitor(stage)
            let path = "/booking/\(booked.token)/proposal"
            let rows = try await stage.rows()
            let page = await visitor.get("\(path)?start=\(second.seconds)")
            #expect(page.status == 200 && page.text.contains("A fair.") && page.text.contains("proposes another time"))
            #expect(page.text.contains("Take Wednesday 9 January, 22:00–22:30"))
            #expect(await visitor.get("/booking/\(booked.token)").text.contains(path))
            #expect(try await stage.rows() == rows)

            let press = [
                "form": page.field("form") ?? "", "proposal": page.field("proposal") ?? "",
                "start": String(second.seconds),
            ]
            for bad in [["start": "x"], ["start": ""], ["proposal": "prp_x"], ["start": String(stage.at(9).seconds)]] {
                let answer = await visitor.post(path, press.merging(bad) { $1 })
                #expect([409, 422].contains(answer.status), "\(bad)")
            }
            let taken = await visitor.post(path, press)
            #expect(taken.status == 303 && taken.location.hasPrefix("/booking/"))
            #expect(await visitor.post(path, press).location == taken.location)
            #expect(await visitor.get(taken.location).text.contains("22:00–22:30"))
            #expect(await visitor.get(path).status == 410)
            #expect(try await stage.find(booked.id).state.starts == second)
        }
    }

    @Test("none suits, with words that come back when they are too long", arguments: Engine.all)
    func noneSuits(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            try await stage.propose(booked.id, [stage.at(11, day: 1)])
            let visitor = try Visitor(stage)
            let path = "/booking/\(booked.token)/proposal"
            let page = await visitor.get(path)
            let form = ["proposal": page.field("proposal") ?? "", "answer": "none"]
            let long = String(repeating: "y", count: 1001)
            let bad = await visitor.post(path, form.merging(["words": long]) { $1 })
            #expect(bad.status == 422 && bad.text.contains(long))
            for _ in 1...2 {
                #expect(await visitor.post(path, form.merging(["words": "Away."]) { $1 }).location == path)
            }
            #expect(await visitor.get(path).text.contains("knows that none of the times suits"))
            #expect(await visitor.post(path, ["proposal": form["proposal"] ?? "", "start": "1893999600"]).status == 409)
            let host = await visitor.asked(by: "ada").get("/calendar/bookings/\(booked.id)").text
            #expect(host.contains("None of them suits") && host.contains("Away."))
        }
    }

    @Test("programs ask, take back, accept and decline by the same rules", arguments: Engine.all)
    func programs(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 2))
            let ada = try Visitor(stage, who: "ada")
            let path = "/api/v1/bookings/\(booked.id)/proposal"
            let theirs = "/api/v1/public/bookings/\(booked.token)/proposal"
            let wish: JSON = ["starts": ["2030-01-08T10:00:00Z", "2030-01-09T13:00:00Z"], "message": "A fair."]
            let asked = await ada.call("POST", path, wish, key: "one")
            #expect(asked.status == 200 && asked.json["proposal"]?["starts"]?.array?.count == 2)
            #expect(await ada.call("POST", path, wish, key: "one").body == asked.body)
            let again = await ada.call("GET", "/api/v1/public/bookings/\(booked.token)")
            #expect(again.json["proposal"]?["message"]?.string == "A fair.")
            #expect(await ada.call("DELETE", path).status == 204)
            #expect(await ada.call("DELETE", path).status == 204)
            #expect(await ada.call("POST", theirs, ["start": "2030-01-08T10:00:00Z"]).status == 409)
            for bad: JSON in [["starts": "soon"], ["starts": ["soon"]], ["starts": [1]], ["hosts": []],
                              ["answerWithinHours": 1000],
                              ["starts": ["2030-01-08T10:00:00Z", "2030-01-08T11:00:00Z", "2030-01-08T12:00:00Z",
                                          "2030-01-08T13:00:00Z"]]] {
                #expect(await ada.call("POST", path, bad).status == 422, "\(bad.text)")
            }
            #expect(await ada.asked(by: "bob").call("POST", path, wish).status == 404)
            _ = await ada.call("POST", path, wish)
            #expect(await ada.call("POST", theirs, ["declined": true, "reason": "No."]).json["proposal"] == nil)
            _ = await ada.call("POST", path, ["starts": ["2030-01-08T10:00:00Z"]])
            let taken = await ada.call("POST", theirs, ["start": "2030-01-08T10:00:00Z"], key: "two")
            #expect(taken.status == 200 && taken.json["token"]?.string != nil)
            let repeated = await ada.call("POST", theirs, ["start": "2030-01-08T10:00:00Z"], key: "two")
            #expect(repeated.body == taken.body)
            #expect(await ada.call("POST", theirs, ["start": "2030-01-09T13:00:00Z"]).status == 410)
        }
    }
}
