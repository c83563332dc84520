/// A link's pages on somebody's website: who may show them, the way through them, and what is never shown there.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct FramedVisitTests {
    static let site = "https://shop.example"
    static let frame = "embed=1&origin=https%3A%2F%2Fshop.example"

    /// A link that the shop may show.
    private func framed(_ stage: Stage, _ change: (inout LinkRules) -> Void = { _ in }) async throws -> Link {
        try await stage.makeLink("framed") { rules in
            rules.look.origins = [SiteOrigin(Self.site)].compactMap(\.self)
            change(&rules)
        }
    }

    private func ancestors(_ answer: Answer) -> String {
        let policy = answer[header: "content-security-policy"] ?? ""
        return policy.range(of: "frame-ancestors ").map { String(policy[$0.upperBound...]) } ?? ""
    }

    /// From the month in a frame to the answer of the form.
    private func book(_ visitor: Visitor, _ stage: Stage, at start: Instant) async throws -> Answer {
        let month = await visitor.get("/book/framed?\(Self.frame)")
        let press = [
            "start": String(start.seconds), "form": month.field("form") ?? "", "embed": month.field("embed") ?? "",
            "origin": month.field("origin") ?? "",
        ]
        let details = await visitor.get(await visitor.post("/book/framed/holds", press).location)
        return await visitor.post("/book/framed/bookings", [
            "form": details.field("form") ?? "", "start": details.field("start") ?? "",
            "embed": details.field("embed") ?? "", "origin": details.field("origin") ?? "",
            "timezone": details.field("timezone") ?? "", "clock": details.field("clock") ?? "",
            "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
        ])
    }

    @Test("a link's pages are framed by its sites, every other page by nobody", arguments: Engine.all)
    func frames(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await framed(stage)
            let visitor = try Visitor(stage)
            for path in ["/book/framed", "/book/framed?embed=1", "/book/framed?\(Self.frame)",
                "/book/framed?embed=1&origin=https://evil.example"] {
                #expect(ancestors(await visitor.get(path)) == Self.site, "\(path)")
            }
            #expect(ancestors(await visitor.get("/book/framed?embed=1&origin=http://meet.example")) == "'self'")
            let booked = try await stage.book(stage.at(9))
            for path in ["/book/intro", "/book/intro?\(Self.frame)", "/book/find", "/book/nothing?\(Self.frame)",
                "/booking/\(booked.token)?\(Self.frame)", "/book/cancel/\(booked.token)?\(Self.frame)",
                "/book/reschedule/\(booked.token)?\(Self.frame)", "/book/approve/x?\(Self.frame)"] {
                #expect(ancestors(await visitor.get(path)) == "'none'", "\(path)")
            }
        }
    }

    @Test("a page names the site it speaks to only where that is on the list", arguments: Engine.all)
    func speaks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await framed(stage)
            let visitor = try Visitor(stage)
            let named = await visitor.get("/book/framed?\(Self.frame)").text
            #expect(named.contains("data-frame=\"framed\" data-frame-site=\"\(Self.site)\""))
            #expect(!named.contains("<footer"))
            for origin in ["https://evil.example", "https://shop.example.evil", "null", "*"] {
                let page = await visitor.get("/book/framed?embed=1&origin=\(origin)").text
                #expect(page.contains("data-frame=\"framed\"") && !page.contains("data-frame-site"), "\(origin)")
            }
            #expect(!(await visitor.get("/book/framed?origin=https://shop.example").text).contains("data-frame"))
        }
    }

    @Test("in a frame the whole way is one of frames, without a cookie, and ends on a page of its own",
          arguments: Engine.all)
    func way(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await framed(stage)
            let visitor = try Visitor(stage)
            let sent = try await book(visitor, stage, at: stage.at(10))
            #expect(sent.status == 303 && sent.location.hasPrefix("/book/framed/booked?embed=1&origin="))
            #expect(sent.cookies.isEmpty)
            let page = await visitor.get(sent.location)
            #expect(page.status == 200 && ancestors(page) == Self.site)
            #expect(page.text.contains("data-frame-event=\"booking_confirmed\""))
            #expect(page.text.contains("&quot;version&quot;:1") && !page.text.contains("attendee.email"))
            let own = try page.text.firstMatch(of: #/href="(/booking/[\w-]{43})" target="_blank" rel="noopener"/#)
                .wanted("the booking's own page").output.1
            #expect(await visitor.get(String(own)).text.contains("Yuko"))
            let row = try await stage.database.lookUp { tx in
                try tx.all("SELECT source FROM booking") { try $0["source"] as String }
            }
            #expect(row == ["embed"])
            // The same address outside of a frame is the booking's own page, and the details' form leads there, too.
            let plain = sent.location.replacingOccurrences(of: "embed=1&", with: "")
            #expect(await visitor.get(plain).location == String(own))
            let form = try sent.location.firstMatch(of: #/form=([^&]+)/#).wanted("form").output.1
            let again = await visitor.get(
                "/book/framed/details?\(Self.frame)&start=\(stage.at(10).seconds)&form=\(form)")
            #expect(again.location.hasPrefix("/book/framed/booked?"))
        }
    }

    @Test("the page tells what becomes of the booking, with its newest address", arguments: Engine.all)
    func changes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await framed(stage) { $0.approval.isRequired = true }
            let visitor = try Visitor(stage)
            let sent = try await book(visitor, stage, at: stage.at(10))
            let asked = await visitor.get(sent.location)
            #expect(asked.text.contains("data-frame-event=\"booking_pending\""))
            let scope = stage.scope
            let id = try await stage.database.read(scope) { tx in
                try BookingListStore.list(BookingFilter(), scope: scope, in: tx).first?.id
            }.wanted("booking")
            let ada = try Visitor(stage, who: "ada")
            _ = await ada.post("/calendar/bookings/\(id)/approval", ["csrf": "csrf-ada", "decision": "approve"])
            #expect(await visitor.get(sent.location).text.contains("data-frame-event=\"booking_confirmed\""))
            let moved = await ada.post("/calendar/bookings/\(id)/reschedule", [
                "csrf": "csrf-ada", "start": String(stage.at(14).seconds),
            ])
            #expect(moved.status == 303, "\(moved.text)")
            #expect(await visitor.get(sent.location).text.contains("data-frame-event=\"rescheduled\""))
            _ = await ada.post("/calendar/bookings/\(id)/cancellation", ["csrf": "csrf-ada", "reason": ""])
            let over = await visitor.get(sent.location).text
            #expect(over.contains("data-frame-event=\"cancelled\"") && over.contains("<s>"))
        }
    }

    @Test("a wrong code is said in the frame; a form gives nobody a newer token outside of one", arguments: Engine.all)
    func doors(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await framed(stage)
            let answer = try await book(visitor, stage, at: stage.at(9))
            let form = answer.location.split(separator: "form=").last.map { String($0.prefix { $0 != "&" }) } ?? ""
            let page = await visitor.get(answer.location)
            let old = try page.text.firstRange(of: "/booking/").map { page.text[$0.upperBound...].prefix(43) }
                .wanted("token")
            let id = try await stage.database.lookUp { tx in
                try tx.one("SELECT id FROM booking") { try $0["id"] as ID<Booking> }
            }.wanted("booking")
            _ = try Booked(try await MoveBooking(stage.installation)(id, to: stage.at(14), scope: stage.attendees))
            let inFrame = await visitor.get(answer.location)
            #expect(inFrame.status == 200 && !inFrame.text.contains(old), "the newest, where the frame goes on with it")
            let outside = await visitor.get("/book/framed/booked?form=\(form)")
            #expect(outside.status == 303 && outside.location.hasPrefix("/booking/\(old)"), "\(outside.location)")

            let coded = try await stage.makeLink("coded") { rules in
                rules.look.origins = [SiteOrigin(Self.site)].compactMap(\.self)
                rules.access.code = "open sesame"
            }
            let wrong = await visitor.post("\(coded.path.text)/code", [
                "code": "x", "embed": "1", "origin": Self.site,
            ])
            #expect(wrong.status == 422 && ancestors(wrong) == Self.site)
        }
    }

    @Test("what somebody picked and what was refused is told, and no name with it", arguments: Engine.all)
    func tells(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await framed(stage) { $0.access.mostUses = 1 }
            let visitor = try Visitor(stage)
            let month = await visitor.get("/book/framed?\(Self.frame)&name=Ada&email=ada@secret.example")
            let press = [
                "start": String(stage.at(10).seconds), "form": month.field("form") ?? "", "embed": "1",
                "origin": Self.site, "email": "ada@secret.example",
            ]
            let details = await visitor.get(await visitor.post("/book/framed/holds", press).location)
            let told = try details.text.firstMatch(of: #/data-frame-event="slot_selected" data-frame-data="([^"]+)"/#)
                .wanted("event").output.1
            #expect(told.contains("&quot;start&quot;:&quot;2") && !told.contains("secret"))
            try await stage.book(stage.at(12), on: link)
            let over = await visitor.get("/book/framed?\(Self.frame)")
            #expect(over.status == 410 && ancestors(over) == Self.site)
            #expect(over.text.contains("data-frame-data=\"{&quot;code&quot;:&quot;link_expired&quot;}\""))
            // A form of nobody leads back to the times, and stays framed.
            #expect(await visitor.get("/book/framed/booked?\(Self.frame)&form=x").location.contains("embed=1"))
        }
    }

    @Test("a single-use link is framed as its link is, and what it led to stays to be seen", arguments: Engine.all)
    func singleUse(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await framed(stage)
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get("/calendar/single-use/new?link=\(link.id)")
            let made = await ada.post("/calendar/single-use", [
                "csrf": "csrf-ada", "link": link.id.text, "name": "Anna Berg", "email": "anna@berg.example",
                "days": "7", "form": page.field("form") ?? "",
            ])
            let path = try await ada.get(made.location).text.firstMatch(of: #//single-use/[\w-]{43}/#)
                .map { String($0.output) }.wanted("address")
            let visitor = try Visitor(stage)
            let month = await visitor.get("\(path)?\(Self.frame)")
            #expect(month.status == 200 && ancestors(month) == Self.site)
            let more = ["embed": "1", "origin": Self.site]
            let press = ["start": String(stage.at(10).seconds), "form": month.field("form") ?? ""]
            let held = await visitor.post("\(path)/holds", press.merging(more) { $1 })
            let details = await visitor.get(held.location)
            let sent = await visitor.post("\(path)/bookings", [
                "form": details.field("form") ?? "", "start": details.field("start") ?? "",
                "timezone": details.field("timezone") ?? "", "clock": details.field("clock") ?? "",
            ].merging(more) { $1 })
            #expect(sent.location.hasPrefix("\(path)/booked?"), "\(sent.location)")
            #expect(await visitor.get(sent.location).text.contains("data-frame-event=\"booking_confirmed\""))
            #expect(await visitor.get("\(path)?\(Self.frame)").status == 410)
        }
    }

    @Test("a form in a frame is answered in the language the site asked for, however much it brings along",
          arguments: Engine.all)
    func speaksItsLanguage(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await framed(stage)
            let visitor = try Visitor(stage)
            let long = (0..<12).map { ("utm_\($0)", String(repeating: "x", count: 255)) }
                + [("name", String(repeating: "y", count: 500)), ("email", String(repeating: "z", count: 500))]
            let asked = Path("/book/framed").adding(query: long + [
                ("embed", "1"), ("origin", Self.site), ("lang", "en-XB"),
            ])
            let month = await visitor.get(asked.text)
            #expect(month.field("embed") == "1" && month.field("origin") == Self.site && month.field("lang") == "en-XB")
            let details = await visitor.get(await visitor.post("/book/framed/holds", [
                "start": String(stage.at(10).seconds), "form": month.field("form") ?? "", "embed": "1",
                "origin": Self.site, "lang": "en-XB",
            ]).location)
            let again = await visitor.post("/book/framed/bookings", [
                "form": details.field("form") ?? "", "start": details.field("start") ?? "", "embed": "1",
                "origin": Self.site, "lang": "en-XB", "attendee.name": "", "attendee.email": "",
            ])
            #expect(again.status == 422 && again.text.contains("<html lang=\"en-XB\""), "\(again.text.prefix(80))")
        }
    }

    @Test("what leads to a page that is never framed opens in a tab of its own", arguments: Engine.all)
    func beside(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await framed(stage) { $0.kind = .instant }
            let visitor = try Visitor(stage)
            let page = await visitor.get("/book/framed?\(Self.frame)").text
            #expect(page.contains("href=\"/book/framed/now\" target=\"_blank\""))
        }
    }
}
