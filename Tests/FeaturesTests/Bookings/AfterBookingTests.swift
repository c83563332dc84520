/// After a booking: the host's words, calendar links, and the way on to another site.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct AfterBookingTests {
    @Test("addresses in the host's words can be pressed, everything else stays text", arguments: [
        (
            "See https://a.example/x.",
            "See <a href=\"https://a.example/x\" rel=\"noreferrer nofollow\">https://a.example/x</a>."
        ),
        ("(http://a.example)", "(<a href=\"http://a.example\" rel=\"noreferrer nofollow\">http://a.example</a>)"),
        ("<b>https://</b>", "&lt;b&gt;https://&lt;/b&gt;"),
        ("javascript:alert(1) xhttp://a.example", "javascript:alert(1) xhttp://a.example"),
        ("https://a.example/\"onclick=x", "https://a.example/&quot;onclick=x"),
        ("http http http", "http http http"), ("", ""),
    ])
    func linked(_ text: String, _ html: String) {
        #expect(BookedPage.linked(text).text == html)
    }

    @Test("each calendar service gets title, times in UTC and the place")
    func calendars() throws {
        let links = CalendarLinks(.example, link: .example).all
        #expect(links.map(\.name) == ["Google", "Outlook", "Office 365", "Yahoo"])
        let google = try links.first.wanted("Google").url.text
        #expect(google.contains("dates=20261203T103000Z%2F20261203T110000Z"))
        #expect(google.contains("text=Product%20walkthrough%3A%20Ingrid"))
        #expect(links.allSatisfy { !$0.url.text.contains(" ") })
    }

    @Test("the way on carries the booking's details when the link asks for them, and keeps query and fragment")
    func onward() throws {
        var link = Link.example
        link.rules.look.redirect = "https://a.example/thanks?x=1#top"
        var booking = Booking.example
        booking.utm = ["utm_source": "mail & more"]
        let zones = Stage.zones
        #expect(Onward.url(booking, link: link, zones: zones)?.text == "https://a.example/thanks?x=1#top")
        link.rules.look.redirectDetails = true
        let url = try Onward.url(booking, link: link, zones: zones).wanted("url").text
        #expect(url.hasPrefix("https://a.example/thanks?x=1&booking=bk_") && url.hasSuffix("#top"))
        for part in ["start=2026-12-03T10%3A30%3A00", "timezone=Europe%2FLisbon", "email=y.hasegawa%40kpuh.example",
            "utm_source=mail%20%26%20more"] { #expect(url.contains(part), "\(part)") }
        link.rules.look.redirect = "javascript:alert(1)"
        #expect(Onward.url(booking, link: link, zones: zones) == nil)
    }

    @Test("a link with a way on leads there by a page of ours, and the booking stays reachable", arguments: Engine.all)
    func next(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("onward") { rules in
                rules.look.redirect = "https://a.example/thanks"
                rules.look.confirmation = "Bring <ID>; see https://a.example/map."
            }
            let month = await visitor.get("/book/onward")
            let held = await visitor.post("/book/onward/holds", [
                "start": String(stage.at(10).seconds), "form": month.field("form") ?? "",
            ])
            let page = await visitor.get(held.location)
            let booked = await visitor.post("/book/onward/bookings", [
                "form": page.field("form") ?? "", "start": page.field("start") ?? "", "timezone": "UTC",
                "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
            ])
            #expect(booked.status == 303 && booked.location.hasSuffix("/next"))
            let next = await visitor.get(booked.location)
            #expect(next.text.contains("<meta http-equiv=\"refresh\" content=\"0; url=https://a.example/thanks\">"))
            #expect(next[header: "Referrer-Policy"] == "no-referrer")
            let shown = await visitor.get(String(booked.location.dropLast("/next".count)))
            #expect(shown.text.contains("Bring &lt;ID&gt;; see <a href=\"https://a.example/map\""))
            // Back to the form: what it led to, not the way on once more.
            #expect(await visitor.get(held.location).location == String(booked.location.dropLast("/next".count)))
            let plain = try await stage.book(stage.at(12))
            #expect(await visitor.get("/booking/\(plain.token)/next").location == "/booking/\(plain.token)")
        }
    }

    @Test("the chosen clock stays through to the confirmation", arguments: Engine.all)
    func clock(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(14))
            #expect(await visitor.get("/booking/\(booked.token)?clock=12").text.contains("PM"))
            #expect(await visitor.get("/booking/\(booked.token)?clock=x").status == 200)
        }
    }
}
