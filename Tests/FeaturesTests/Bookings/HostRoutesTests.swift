/// The pages on which hosts see and cancel their bookings.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct HostRoutesTests {
    @Test("upcoming, past and cancelled each show their own, in the host's zone", arguments: Engine.all)
    func buckets(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/bookings").text.contains("No bookings yet"))
            try await stage.book(stage.at(10)) { $0.attendee.name = "First Person" }
            try await stage.book(stage.at(15)) { $0.attendee.name = "Second <Person>" }
            let gone = try await stage.book(stage.at(16)) { $0.attendee.name = "Third Person" }
            _ = try await CancelBooking(stage.installation)(gone.id, scope: stage.scope)
            stage.clock.move(to: stage.at(12))
            func shows(_ query: String) async -> [Bool] {
                let text = await ada.get("/calendar/bookings\(query)").text
                return ["First Person", "Second &lt;Person&gt;", "Third Person"].map(text.contains)
            }
            #expect(await shows("") == [false, true, false])
            #expect(await shows("?show=past") == [true, false, false])
            #expect(await shows("?show=cancelled") == [false, false, true])
            #expect(await shows("?show=nonsense&cursor=x") == [false, true, false])
            #expect(await ada.get("/calendar/bookings").text.contains("15:00–15:30"))
        }
    }

    @Test("more than a page leads on to the rest, none lost and none twice", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("short") { $0.duration = 5 }
            for index in 0..<53 {
                try await stage.book(stage.at(9, index * 5), on: link) { $0.attendee.name = "Person \(index)." }
            }
            let ada = try Visitor(stage, who: "ada")
            let first = await ada.get("/calendar/bookings").text
            let address = try first.components(separatedBy: "/calendar/bookings?cursor=").dropFirst().first
                .wanted("more").prefix { $0 != "\"" }
            let second = await ada.get("/calendar/bookings?cursor=\(address)").text
            for index in 0..<53 {
                let name = ">Person \(index).<"
                #expect(first.contains(name) == (index < 50) && second.contains(name) == (index >= 50), "\(index)")
            }
        }
    }

    @Test("a host cancels with a message, twice is no error, too long keeps what was typed", arguments: Engine.all)
    func cancels(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let booked = try await stage.book(stage.at(10))
            let path = "/calendar/bookings/\(booked.id)"
            let page = await ada.get(path).text
            #expect(page.contains("yuko@kpuh.example") && page.contains("Monday 7 January, 10:00–10:30</h1>"))
            #expect(page.contains("For <bdi>Yuko Hasegawa</bdi> in Tokyo it is <time>18:00</time>."))
            #expect(page.contains("href=\"#f-reason\""), "a way to the question beside the other buttons")
            let question = try page.components(separatedBy: "<details class=\"more\">").last.wanted("question")
            #expect(question.contains("name=\"reason\"") && question.contains("Cancel the meeting</button>"))
            #expect(page.components(separatedBy: "Cancel the meeting</button>").count == 2, "only inside the question")
            let long = String(repeating: "x", count: 1001)
            let refused = await ada.post("\(path)/cancellation", ["reason": long])
            #expect(refused.status == 422 && refused.text.contains(long))
            #expect(refused.text.contains("<details class=\"more\" open>"))
            for _ in 1...2 {
                let answer = await ada.post("\(path)/cancellation", ["reason": "Ill."])
                #expect(answer.status == 303 && answer.location == "\(path)?done=cancelled")
            }
            #expect(try await stage.find(booked.id).reason == "Ill.")
            let told = await ada.get("\(path)?done=cancelled").text
            #expect(told.contains("Cancelled. A mail tells Yuko Hasegawa, and the time is free again."))
            #expect(told.contains("<dt>Message from Ada Lindqvist</dt>") && !told.contains("<dt>Reason</dt>"))
            #expect(try await stage.history(booked.id).last?.actor == "user:\(stage.ada)")
            #expect(await ada.get(path).text.contains("Cancelled by Ada Lindqvist"))
            let second = try await stage.book(stage.at(11))
            stage.clock.move(to: stage.at(11))
            let late = await ada.post("/calendar/bookings/\(second.id)/cancellation", [:])
            #expect(late.status == 409 && late.text.contains("The meeting has started"))
        }
    }

    @Test("members see only their own, viewers change nothing, strangers are sent to sign in", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let nobody = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let path = "/calendar/bookings/\(booked.id)"
            let bob = nobody.asked(by: "bob")
            #expect(await bob.get(path).status == 404)
            #expect(await bob.get("/calendar/bookings/x").status == 404)
            #expect(await bob.post("\(path)/cancellation", [:]).status == 404)
            #expect(await bob.get("/calendar/bookings").text.contains("No bookings yet"))
            #expect(await nobody.asked(by: "eve").post("\(path)/cancellation", [:]).status == 403)
            let away = await nobody.get(path)
            #expect(away.status == 303 && away.location.hasPrefix("/sign-in?next="))
            #expect(await nobody.post("\(path)/cancellation", [:]).status == 401)
        }
    }

    @Test("search and filters narrow the list, stand in every address, and can be taken off", arguments: Engine.all)
    func narrowed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bobs = try await stage.makeLink("bobs", host: stage.bob) { $0.title = "Energy <audit>" }
            try await stage.book(stage.at(10)) { $0.attendee.name = "Yūko Hasegawa" }
            try await stage.book(stage.at(10, day: 1), on: bobs) { ($0.attendee.name, $0.source) = ("Zoë", .api) }
            let ada = try Visitor(stage, who: "ada")
            func shows(_ query: String) async -> [Bool] {
                let text = await ada.get("/calendar/bookings?host=all&\(query)").text
                return [text.contains("<bdi>Yūko Hasegawa</bdi>"), text.contains("<bdi>Zoë</bdi>")]
            }
            #expect(await shows("q=HASEGAWA") == [true, false])
            #expect(await shows("q=audit") == [false, true])
            #expect(await shows("link=\(bobs.id)") == [false, true])
            #expect(await shows("source=api") == [false, true])
            #expect(await shows("from=2030-01-08") == [false, true])
            #expect(await shows("to=2030-01-07") == [true, false])
            #expect(await shows("from=2030-01-07&to=2030-01-08&q=zo&source=api&link=\(bobs.id)") == [false, true])
            let page = await ada.get("/calendar/bookings?q=hasegawa&link=\(bobs.id)").text
            #expect(page.contains("Nothing matches") && page.contains("“hasegawa”"))
            #expect(page.contains("href=\"/calendar/bookings?q=hasegawa\""), "the link can be taken off")
            #expect(page.contains("href=\"/calendar/bookings?link=\(bobs.id)\""), "the search can be taken off")
            #expect(page.contains("href=\"/calendar/bookings?show=past&amp;link=\(bobs.id)&amp;q=hasegawa\""))
        }
    }

    @Test("nonsense in the address is no filter, and what is typed comes back as text", arguments: Engine.all)
    func hostile(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(10)) { $0.attendee.name = "Yuko" }
            let ada = try Visitor(stage, who: "ada")
            for query in [
                "link=x", "host=%27", "source=moon", "from=2030-02-30&to=0000-01-01", "cursor=x&before=9-9",
                "show=", "view=year", "from=9999-12-31",
            ] {
                let answer = await ada.get("/calendar/bookings?\(query)")
                #expect(answer.status == 200 && answer.text.contains("<bdi>Yuko</bdi>"), "\(query)")
            }
            for text in ["%22%3E%3Cscript%3E", "%27%20OR%201%3D1%20--", "%25", "%F4%8F%BF%BF", "%0A%0D%09"] {
                let answer = await ada.get("/calendar/bookings?q=a\(text)")
                #expect(answer.status == 200 && !answer.text.contains("<script>"), "\(text)")
            }
            let long = await ada.get("/calendar/bookings?q=" + String(repeating: "x", count: 3000))
            #expect(long.status == 200 && long.text.contains("Nothing matches"))
        }
    }

    @Test("pages lead forth and back again", arguments: Engine.all)
    func bothWays(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("short") { $0.duration = 5 }
            for index in 0..<53 {
                try await stage.book(stage.at(9, index * 5), on: link) { $0.attendee.name = "Person \(index)." }
            }
            let ada = try Visitor(stage, who: "ada")
            func follow(_ page: String, _ parameter: String) throws -> String {
                let parts = page.components(separatedBy: "/calendar/bookings?\(parameter)=")
                return "/calendar/bookings?\(parameter)=" + (try parts.dropFirst().first.wanted(parameter)
                    .prefix { $0 != "\"" })
            }
            let first = await ada.get("/calendar/bookings").text
            #expect(!first.contains("Previous page"))
            let second = await ada.get(try follow(first, "cursor")).text
            #expect(!second.contains("Show more"))
            let back = await ada.get(try follow(second, "before")).text
            #expect(back.contains(">Person 0.<") && back.contains(">Person 49.<") && !back.contains(">Person 50.<"))
        }
    }

    @Test("members and other workspaces are kept apart in every view and in the file", arguments: Engine.all)
    func apart(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(10)) { $0.attendee.name = "Secret Person" }
            let theirs = try await stage.neighbour().user
            let bob = try Visitor(stage, who: "bob")
            for query in ["", "?host=\(stage.ada)", "?view=week&date=2030-01-07&host=\(stage.ada)",
                "?view=month&date=2030-01-07&host=\(stage.ada)", "?q=secret"] {
                let text = await bob.get("/calendar/bookings\(query)").text
                #expect(!text.contains("Secret Person"), "\(query)")
            }
            #expect(await !bob.get("/calendar/bookings.csv?host=\(stage.ada)").text.contains("Secret Person"))
            let ada = bob.asked(by: "ada")
            let stranger = await ada.get("/calendar/bookings?view=week&date=2030-01-07&host=\(theirs)").text
            #expect(!stranger.contains("Eve") && stranger.contains("Secret Person"), "it is one's own week")
        }
    }

    @Test("the file holds what the list shows, with the filters of the list", arguments: Engine.all)
    func file(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(10)) { $0.attendee.name = "=HYPERLINK(\"http://evil\")" }
            try await stage.book(stage.at(11)) { $0.attendee.name = "Zoë, \"Z\"" }
            let ada = try Visitor(stage, who: "ada")
            let answer = await ada.get("/calendar/bookings.csv")
            #expect(answer.body.prefix(3) == [0xef, 0xbb, 0xbf] && answer.text.hasSuffix("\r\n"))
            #expect(answer[header: "Content-Type"] == "text/csv; charset=utf-8")
            #expect(answer[header: "Content-Disposition"]?.contains("bookings.csv") == true)
            #expect(answer.text.contains("\"'=HYPERLINK(\"\"http://evil\"\")\""))
            #expect(answer.text.contains("\"Zoë, \"\"Z\"\"\"") && answer.text.contains("2030-01-07T10:00:00+01:00"))
            let one = await ada.get("/calendar/bookings.csv?q=zoe&cursor=x").text
            #expect(one.contains("Zoë") && !one.contains("HYPERLINK"))
            #expect(await ada.asked(by: nil).get("/calendar/bookings.csv").status == 303)
        }
    }

    @Test("whose bookings: one's own first, everyone's on a press, one host's by a filter", arguments: Engine.all)
    func whose(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            try await stage.book(stage.at(10)) { $0.attendee.name = "Yūko" }
            try await stage.book(stage.at(10, day: 1), on: bobs) { $0.attendee.name = "Zoë" }
            let ada = try Visitor(stage, who: "ada")
            func look(_ query: String, by host: Visitor) async -> (shown: [Bool], text: String) {
                let text = await host.get("/calendar/bookings?\(query)").text
                return ([text.contains("<bdi>Yūko</bdi>"), text.contains("<bdi>Zoë</bdi>")], text)
            }
            let own = await look("", by: ada)
            #expect(own.shown == [true, false] && own.text.contains("Bookings with you. Times are Berlin time."))
            #expect(own.text.contains("Download this one as CSV"))
            #expect(own.text.contains("<option value=\"all\">Everyone"))
            // Everyone stays chosen on the way through the week and back.
            #expect(all(in: await ada.get("/calendar/bookings?host=all").text).count >= 3)
            #expect(all(in: await ada.get("/calendar/bookings?view=week&host=all").text).count >= 6)
            #expect(all(in: own.text).isEmpty)
            // Every booking there is, whatever became of it.
            let every = await look("show=all&host=all", by: ada)
            #expect(every.shown == [true, true] && every.text.contains("bookings.csv?show=all&amp;host=all"))

            #expect(await look("host=me", by: ada).shown == [true, false])
            let all = await look("host=all", by: ada)
            #expect(all.shown == [true, true] && all.text.contains("Bookings with everyone here."))
            #expect(all.text.contains("Download these 2 as CSV") && all.text.contains("bookings.csv?host=all\""))
            #expect(all.text.contains("?show=past&amp;host=all"), "it stays in the address")
            let one = await look("host=\(stage.bob)", by: ada)
            #expect(one.shown == [false, true] && one.text.contains("Bookings with Bob Osei."))
            let bob = await look("host=all", by: ada.asked(by: "bob"))
            #expect(bob.shown == [false, true] && !bob.text.contains(">Everyone<"))
            let missed = await look("q=zoe", by: ada)
            #expect(missed.shown == [false, false] && missed.text.contains("Look through everyone"))
            for query in ["", "?host=all"] {
                let file = await ada.get("/calendar/bookings.csv\(query)").text
                #expect(file.contains("Yūko") && file.contains("Zoë") == !query.isEmpty, "\(query)")
            }
        }
    }

    /// The ways to views of everyone's.
    private func all(in page: String) -> [Substring] {
        page.split(separator: "href=\"/calendar/bookings?").filter { $0.prefix { $0 != "\"" }.contains("view=")
            && $0.prefix { $0 != "\"" }.hasSuffix("host=all") }
    }

    @Test("who only looks after others begins with everyone's", arguments: Engine.all)
    func noHost(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (scope, ada, bob) = (stage.scope, stage.ada, stage.bob)
            let bobs = try await stage.makeLink("bobs", host: bob)
            try await stage.book(stage.at(10), on: bobs) { $0.attendee.name = "Zoë" }
            try await stage.database.write(scope) { tx in
                try tx.run("UPDATE link_host SET account = \(bob) WHERE workspace = \(scope.workspace)")
                #expect(try !BookingListStore.isHost(ada, scope: scope, in: tx))
            }
            let text = await (try Visitor(stage, who: "ada")).get("/calendar/bookings").text
            #expect(text.contains("<bdi>Zoë</bdi>") && text.contains("Bookings with everyone here."))
        }
    }

    @Test("a file that leaves stands in the log, with its number and whose it was", arguments: Engine.all)
    func exported(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(10))
            let ada = try Visitor(stage, who: "ada")
            _ = await ada.get("/calendar/bookings.csv?q=yuko")
            _ = await ada.asked(by: nil).get("/calendar/bookings.csv")
            let scope = stage.scope
            let rows = try await stage.database.read(scope) { tx in
                try AuditStore.rows(AuditFilter(action: .exported), scope: scope, in: tx)
            }
            #expect(rows.map(\.actor) == ["user:\(stage.ada)"])
            #expect(rows.first?.after == #"{"bookings":1}"# && rows.first?.target == "bookings")
        }
    }
}
