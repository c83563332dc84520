/// Correcting a mistyped address: new mail and token, a CANCEL without details for the old one (CorrectionStore).
import Fakes
import Scheduling
import Testing
import Web

@testable import Database
@testable import Features

struct CorrectAddressTests {
    @Test("the new address gets the meeting, the old one a CANCEL that names nothing, and the old token ends",
          arguments: Engine.all)
    func corrects(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (visitor, mail) = (try Visitor(stage), FakeMail())
            let booked = try await stage.book(stage.at(10)) { $0.guests = ["mo@x.example"] }
            try await stage.mailRunner(mail).drain()
            let before = mail.sent.count
            let page = await visitor.get("/booking/\(booked.token)")
            #expect(page.field("email") == "yuko@kpuh.example")
            let form = ["form": page.field("form") ?? "", "email": "yuko@hospital.example"]
            let corrected = await visitor.post("/booking/\(booked.token)/address", form)
            #expect(corrected.status == 303 && corrected.location != "/booking/\(booked.token)")
            // Pressed twice: the second shows what the first did.
            #expect(await visitor.post("/booking/\(booked.token)/address", form).location == corrected.location)
            let ended = await visitor.get("/booking/\(booked.token)")
            #expect(ended.status == 410 && ended.text.contains("This link has ended"))
            #expect(!ended.text.contains("moved") && ended.text.contains("Nordhavn"))
            #expect(await visitor.get(corrected.location).text.contains("Sent again to yuko@hospital.example."))

            try await stage.mailRunner(mail).drain()
            let sent = mail.sent.dropFirst(before)
            #expect(Set(sent.map(\.to.address.text)) == [
                "yuko@hospital.example", "ada@nordhavn.example", "yuko@kpuh.example",
            ])
            let old = try sent.first { $0.to.address.text == "yuko@kpuh.example" }.wanted("recall")
            let calendar = (old.invitation?.text ?? "").replacing("\r\n ", with: "")
            #expect(old.invitation?.method == "CANCEL" && calendar.contains("SEQUENCE:1"))
            #expect(calendar.contains("UID:\(try await stage.find(booked.id).uid)"))
            for detail in ["Yuko", "Ada", "Introduction", "video.example", "hospital", "/booking/"] {
                #expect(![old.text, old.html, calendar, old.subject].contains { $0.contains(detail) }, "\(detail)")
            }
            let new = try sent.first { $0.to.address.text == "yuko@hospital.example" }.wanted("new")
            #expect(new.invitation?.method == "REQUEST" && new.text.contains(corrected.location))
        }
    }

    @Test("every bad address keeps the booking as it was and stands in the form again", arguments: Engine.all)
    func bad(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let rows = try await stage.rows()
            for email in ["", "nonsense", "a@b", "a\u{7}@x.example", "YUKO@kpuh.example",
                String(repeating: "x", count: 250) + "@x.example"] {
                let answer = await visitor.post("/booking/\(booked.token)/address", ["email": email])
                #expect(answer.status == 422 && answer.field("email") == email, "\(email)")
                #expect(answer.text.contains("<details class=\"more\" open>"))
            }
            #expect(await visitor.post("/booking/nonsense/address", ["email": "a@x.example"]).status == 404)
            #expect(try await stage.rows() == rows)
        }
    }

    @Test("after 30 minutes, three times, or once it is cancelled, the address stays", arguments: Engine.all)
    func over(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let correct = CorrectAddress(stage.installation)
            let scope = stage.scope
            let booked = try await stage.book(stage.at(10))
            for number in 1...3 { _ = try await correct(booked.id, to: "y\(number)@x.example", scope: scope) }
            await #expect(throws: ChangeRefusal.tooManyCorrections) {
                try await correct(booked.id, to: "y4@x.example", scope: scope)
            }
            #expect(try await stage.find(booked.id).attendee.email == "y3@x.example")
            let former = try await stage.database.read(scope) { tx in
                try (CorrectionStore.count(of: booked.id, scope: scope, in: tx),
                     CorrectionStore.former(of: booked.id, version: 3, scope: scope, in: tx))
            }
            #expect(former == (3, "y1@x.example"))
            let events = try await stage.history(booked.id).map(\.event)
            #expect(events == ["booked", "corrected", "corrected", "corrected"])
            let late = try await stage.book(stage.at(12))
            stage.clock.move(minutes: 30)
            await #expect(throws: ChangeRefusal.correctionOver) {
                try await correct(late.id, to: "y@x.example", scope: scope)
            }
            _ = try await CancelBooking(stage.installation)(late.id, scope: scope)
            await #expect(throws: BookingRefusal.over(.cancelled)) {
                try await correct(late.id, to: "y@x.example", scope: scope)
            }
        }
    }

    @Test("a hold kept for moving the booking blocks nobody once its address is another one", arguments: Engine.all)
    func withHold(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            _ = try await HoldSlot(stage.installation)(
                start: stage.at(14), visitor: booked.id.text, link: stage.link.id,
                moving: try await stage.find(booked.id), scope: stage.scope)
            _ = try await CorrectAddress(stage.installation)(
                booked.id, to: "other@kpuh.example", scope: Scope(workspace: stage.workspace, actor: .attendee))
            #expect(try await stage.rows()["hold"] == 0)
            #expect(try await stage.ledger().map(\.starts) == [stage.at(10)])
            #expect(try await stage.free().contains(stage.at(14)))
        }
    }

    @Test("a booking of another workspace cannot be corrected", arguments: Engine.all)
    func elsewhere(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let other = try await stage.neighbour().scope
            await #expect(throws: BookingRefusal.unknownToken) {
                try await CorrectAddress(stage.installation)(booked.id, to: "y@x.example", scope: other)
            }
        }
    }
}
