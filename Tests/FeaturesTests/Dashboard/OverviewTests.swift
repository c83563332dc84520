/// The overview: the sentence that answers, and what it says when there is nothing yet.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct OverviewTests {
    private func page(_ change: (inout OverviewPage) -> Void) -> String {
        var page = OverviewPage.example
        change(&page)
        return page.html.text
    }

    @Test("how many are left today and when the next one starts")
    func sentence() {
        let starts = Booking.example.state.starts
        #expect(page { _ in }.contains("One meeting left today; the next one starts at 10:30."))
        #expect(page { $0.leftToday = 3; $0.now = starts.adding(minutes: -130) }.contains(
            "3 meetings left today; the next one starts at 10:30."))
        #expect(page { $0.now = starts.adding(minutes: 5) }.contains(
            "One meeting left today; one is on now, until 11:00."))
        #expect(page { $0.leftToday = 0; $0.now = starts.adding(days: -2) }.contains(
            "No more meetings today. The next one is Thursday 3 December, 10:30."))
        let none = page { $0.next = []; $0.leftToday = 0 }
        #expect(none.contains("Nothing is booked. Your times are open."))
        // What is copied is named, by its title or beside it.
        #expect(none.contains("Copy “\(Link.example.rules.title)”"))
        let line = "<span>Copy link</span> <span class=\"hidden\">\(Link.example.rules.title)</span>"
        #expect(page { _ in }.contains(line) && !page { _ in }.contains("Copy my link"))
    }

    @Test("who has nothing yet is told what to do next", arguments: Engine.all)
    func empty(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = Browser(try test.open())
            await browser.post("/sign-in", [("email", "ingrid@example.com"), ("password", "three calm rivers")])
            await #expect(browser.get("/calendar").status == 200)
            #expect(browser.page.contains("there is no link to book you on yet"))
            #expect(browser.page.contains("href=\"/setup/hours\""))
        }
    }

    @Test("numbers, what keeps busy today, and at most one banner on what keeps others from booking")
    func health() {
        let well = page { _ in }
        #expect(well.contains("<dt>ahead</dt><dd>12</dd>") && well.contains("<dt>no-shows in 30 days</dt><dd>1</dd>"))
        #expect(well.contains("<li class=\"tag\"><bdi>Away</bdi></li>") && !well.contains("banner"))
        let many = page { $0.figures?.ahead = 201 }
        #expect(many.contains("<dd>200+</dd>"))
        #expect(page { $0.hasHours = false }.contains("You have no working hours"))
        let off = page { $0.links[0].rules.active = false; $0.main = nil }
        #expect(off.contains("All your links are switched off"))
        let nothing = page { ($0.hasHours, $0.links) = (false, []) }
        #expect(!nothing.contains("You have no working hours"), "there is nothing to book")
        #expect(!page { $0.busy = [] }.contains("Also today"))
    }
}
