/// Mails that are sent late: whatever has happened meanwhile, everybody's calendar comes to show what is so.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Mails that are late")
struct LateMailTests {
    private func mailed(_ stage: Stage) async throws -> [String: [OutgoingMail]] {
        let mail = FakeMail()
        try await stage.mailRunner(mail).drain()
        return Dictionary(grouping: mail.sent, by: \.to.address.text)
    }

    private func file(_ mail: OutgoingMail?) -> String {
        (mail?.invitation?.text ?? "").replacing("\r\n ", with: "")
    }

    @Test("guests are invited although the attendee's address was put right before", arguments: Engine.all)
    func guests(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(9)) { $0.guests = ["mo@x.example"] }
            _ = try await CorrectAddress(stage.installation)(
                booked.id, to: "yuki@kpuh.example", scope: stage.attendees)
            let sent = try await mailed(stage)
            #expect(sent["mo@x.example"]?.count == 1 && sent["mo@x.example"]?.first?.invitation?.method == "REQUEST")
            let invitation = file(sent["mo@x.example"]?.first)
            #expect(invitation.contains("yuki@kpuh.example"))
            #expect(sent["yuki@kpuh.example"]?.count == 1 && sent["ada@nordhavn.example"]?.count == 1)
        }
    }

    @Test("a host is asked although the attendee's address was put right before", arguments: Engine.all)
    func asked(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(9, day: 1), on: try await stage.askLink())
            _ = try await CorrectAddress(stage.installation)(
                booked.id, to: "yuki@kpuh.example", scope: stage.attendees)
            let sent = try await mailed(stage)
            let asks = (sent["ada@nordhavn.example"] ?? []).filter { $0.text.contains("/book/approve/") }
            #expect(asks.count == 1 && asks.first?.subject.contains("Yuko") == true)
            #expect(sent["yuki@kpuh.example"]?.count == 1)
        }
    }

    @Test("a former host hears of the end of a meeting that was cancelled before", arguments: Engine.all)
    func left(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let hosts = [HostWish(stage.ada), HostWish(stage.bob)]
            let booked = try await stage.book(
                stage.at(9), on: try await stage.makeLink("turns", .roundRobin, hosts))
            let invited = try await mailed(stage)
            #expect(invited["ada@nordhavn.example"]?.first?.invitation?.method == "REQUEST")
            _ = try await ReassignBooking(stage.installation)(booked.id, to: stage.bob, scope: stage.adas)
            _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.adas)
            let sent = try await mailed(stage)
            let former = sent["ada@nordhavn.example"] ?? []
            #expect(former.count == 1 && former.first?.invitation?.method == "CANCEL")
            #expect(former.first?.subject.hasPrefix("Cancelled: ") == true)
            #expect(former.first?.text.contains("takes this meeting over") == false)
        }
    }

    @Test("while another time is asked for, calendars are told of the one that is certain, and of its room",
          arguments: Engine.all)
    func certain(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (fjord, aula) = (try await stage.makeRoom("Fjord"), try await stage.makeRoom("Aula"))
            let link = try await stage.askLink { rules in
                rules.needs = [LinkNeed([fjord.id, aula.id])]
                rules.locations = [Location(kind: .custom, text: "Quay 4")]
            }
            let other = try await stage.makeLink("other", host: stage.bob) { $0.needs = [LinkNeed([fjord.id])] }
            let booked = try await stage.book(stage.at(9, day: 1), on: link) { $0.guests = ["mo@x.example"] }
            try await stage.decide(booked.id, .approved)
            _ = try await mailed(stage)
            try await stage.book(stage.at(11, day: 1), on: other)
            _ = try await ChangeGuests(stage.installation)(booked.id, to: [], version: 2, scope: stage.attendees)
            let wish = try await stage.wish(booked.id, stage.at(11, day: 1))
            #expect(wish.json["resources"]?[0]?["name"]?.string == "Aula")
            let sent = try await mailed(stage)
            let time = "DTSTART:\(stage.at(9, day: 1).rfc3339().filter { $0 != "-" && $0 != ":" })"
            let mo = file(sent["mo@x.example"]?.first)
            // Another mail asks, and changes nothing in a calendar; the third is about the other booking.
            let files = (sent["yuko@kpuh.example"] ?? []).map(file)
            let yuko = files.first { $0.contains(booked.id.text) } ?? ""
            #expect(mo.contains("METHOD:CANCEL") && mo.contains(time))
            #expect(yuko.contains("METHOD:REQUEST") && yuko.contains(time))
            #expect(yuko.contains("Fjord") && !yuko.contains("Aula"))
            // The file of the page says the same.
            let page = try await Visitor(stage).get("/booking/\(wish.token)/meeting.ics")
            #expect(page.text.contains(time) && page.text.contains("Fjord") && !page.text.contains("Aula"))
        }
    }

    @Test("a booking can be given away although its link asks for longer gaps by now", arguments: Engine.all)
    func gaps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(1)
            let hosts = [HostWish(stage.ada), HostWish(stage.bob, pool: "x"), HostWish(more[0], pool: "x")]
            let link = try await stage.makeLink("crew", .multiHost, hosts) { $0.pools = [LinkPool(name: "x")] }
            let booked = try await stage.book(stage.at(9), on: link)
            try await stage.book(stage.at(9, 30))
            _ = try await SaveLink(stage.installation).update(link.id, version: nil, scope: stage.adas) { link in
                var rules = link.rules
                rules.bufferAfter = 15
                return LinkWish(rules: rules)
            }
            _ = try await ReassignBooking(stage.installation)(booked.id, to: more[0], scope: stage.adas)
            #expect(try await stage.hosts(of: booked.id) == [stage.ada, more[0]])
            let (stays, new) = (try await stage.ledger(of: stage.ada), try await stage.ledger(of: more[0]))
            #expect(stays.first?.gapAfter == 0 && new.first?.gapAfter == 900)
            #expect(try await stage.ledger(of: stage.bob).isEmpty)
            #expect(try await stage.contradictions() == [])
        }
    }
}
