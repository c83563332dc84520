/// Offering times of a link in a mail: what is picked, the text that is copied, and the addresses in it.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Offering times in a mail")
struct OfferRoutesTests {
    @Test("picked times become text and HTML with an address each, and nothing is stored", arguments: Engine.all)
    func offers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(stage.link.id)/offer"
            #expect(await ada.get("/calendar/event-types").text.contains(path))
            let rows = try await stage.rows()
            let first = await ada.post("\(path)/times", ["start": String(stage.at(10, day: 1).seconds)])
            #expect(first.status == 303 && first.location.contains("day=2030-01-08"))
            let page = await ada.get(first.location)
            #expect(page.text.contains("One time so far"))
            #expect(!page.buttons("start").contains(String(stage.at(10, day: 1).seconds)))
            // 10:00 in Berlin.
            let address = "http://meet.example/book/intro?start=2030-01-08T09%3A00%3A00Z&amp;timezone=Europe%2FBerlin"
            #expect(page.text.contains("Tuesday 8 January, 10:00–10:30\n\(address)"), "\(page.text)")
            #expect(page.text.contains("min. Times are Berlin time."))
            #expect(try await stage.rows() == rows)
            let straight = await ada.asked(by: nil).get("/book/intro?start=2030-01-08T09:00:00Z&timezone=Europe/Berlin")
            #expect(straight.status == 303 && straight.location.hasPrefix("/book/intro/details?"))
        }
    }

    @Test("an address whose time is gone leads to the nearest ones", arguments: Engine.all)
    func gone(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            try await stage.book(stage.at(10, day: 1))
            let page = await visitor.get("/book/intro?start=\(stage.at(10, day: 1).rfc3339())")
            #expect(page.status == 200 && page.text.contains("That time is not free any more. The nearest free times:"))
            #expect(page.buttons("start").contains(String(stage.at(10, 30, day: 1).seconds)))
            // Years ahead nothing is near.
            let far = await visitor.get("/book/intro?start=2040-01-08T09:00:00Z")
            #expect(far.status == 200 && far.text.contains("That time is not free any more. Pick another one."))
        }
    }

    @Test("what is no time is not picked, ten are enough, and links of others are not found")
    func bad() async throws {
        try await Stage.on(.sqlite) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(stage.link.id)/offer"
            for start in ["", "x", "-1", "99999999999999999999"] {
                #expect(await ada.post("\(path)/times", ["start": start]).status == 422, "\(start)")
            }
            let many = (0..<12).map { "starts=\(stage.at(9, day: $0).seconds)" }.joined(separator: "&")
            #expect(await ada.get("\(path)?\(many)&starts=x").text.contains("10 times so far"))
            #expect(await ada.get("\(path)?starts=x&starts=&day=x&duration=7").status == 200)
            #expect(await ada.asked(by: "bob").get(path).status == 404, "not Bob's")
            #expect(await ada.asked(by: "eve").get(path).status == 403)
            #expect(await ada.get("/settings/booking-links/lnk_0/offer").status == 404)
        }
    }
}
