/// The troubleshooter: what it says of a day, what it shows to whom, and what it asks again.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct TroubleshooterRoutesTests {
    @Test("a day is told in one sentence, as a strip, and reason by reason with what would help", arguments: Engine.all)
    func day(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("visit") {
                ($0.title, $0.bufferAfter) = ("Visit", 30)
                $0.rhythm.limits = [Limit(.link, per: .day, count: 2)]
            }
            let booked = try await stage.book(stage.at(10), on: link)
            let ada = try Visitor(stage, who: "ada")
            let address = "/calendar/troubleshooter?link=\(link.id)&day=2030-01-07"
            var page = await ada.get(address)
            #expect(page.status == 200 && page.text.contains("On Monday 7 January bookers see 13 of 16 times."))
            #expect(page.text.contains("class=\"strip\"") && page.text.contains("What bookers see"))
            #expect(page.text.contains("Booked: <bdi>Visit, Yuko Hasegawa</bdi>"))
            #expect(page.text.contains("/calendar/bookings/\(booked.id)"))
            #expect(page.text.contains("Pause or travel beside another meeting"))
            try await stage.book(stage.at(14), on: link)
            page = await ada.get(address)
            #expect(page.text.contains("bookers see 0 of 16 times"))
            #expect(page.text.contains("The link’s limit is reached") && page.text.contains("09:00–16:30"))
            #expect(page.text.contains("/settings/booking-links/\(link.id)#rhythm"))
        }
    }

    @Test("a day without any time says why", arguments: Engine.all)
    func closed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let sunday = await ada.get("/calendar/troubleshooter?link=\(stage.link.id)&day=2030-01-13")
            #expect(sunday.text.contains("this link has no times: Closed."))
            // Without a question the first link and today.
            let first = await ada.get("/calendar/troubleshooter")
            #expect(first.status == 200 && first.text.contains("On Monday 7 January bookers see 16 of 16 times."))
        }
    }

    @Test("the length can be chosen where there are several", arguments: Engine.all)
    func length(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("talk") { $0.rhythm.otherLengths = [60] }
            let ada = try Visitor(stage, who: "ada")
            let address = "/calendar/troubleshooter?link=\(link.id)&day=2030-01-07"
            #expect(await ada.get("\(address)&duration=60").text.contains("bookers see 8 of 8 times"))
            #expect(await ada.get("\(address)&duration=45").text.contains("bookers see 16 of 16 times"))
            #expect(await ada.get(address).text.contains("name=\"duration\""))
            let single = await ada.get("/calendar/troubleshooter?link=\(stage.link.id)")
            #expect(!single.text.contains("name=\"duration\""))
        }
    }

    @Test("people see their own links, and a day that is none is asked for again", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bob = try Visitor(stage, who: "bob")
            let address = "/calendar/troubleshooter"
            #expect(await bob.get(address).text.contains("No links yet"))
            #expect(await bob.get("\(address)?link=\(stage.link.id)").status == 404)
            #expect(await bob.asked(by: "eve").get(address).status == 403)
            #expect(await bob.asked(by: nil).get(address).status == 303)
            let ada = bob.asked(by: "ada")
            for wrong in ["tomorrow", "2030-02-30", "2050-01-01", "0001-01-01", "a%07"] {
                let page = await ada.get("\(address)?link=\(stage.link.id)&day=\(wrong)")
                #expect(page.status == 422 && page.text.contains("id=\"f-day-error\""), "\(wrong)")
            }
            #expect(await ada.get("\(address)?link=lnk_x").status == 404)
        }
    }

    @Test("every reason has words of its own")
    func words() {
        let words = Reason.allCases.map(\.hostWords)
        #expect(Set(words).count == Reason.allCases.count && !words.contains(""))
    }
}
