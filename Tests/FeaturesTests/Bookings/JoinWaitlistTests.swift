/// Joining a waitlist: for what one can wait, once for each, and how many.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Joining a waitlist")
struct JoinWaitlistTests {
    @Test("a full day can be waited for, one with a free time or none at all cannot", arguments: Engine.all)
    func days(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full()
            try await stage.wait("Cleo", on: link, day: 1)
            let entry = try await stage.entry("Cleo", on: link)
            #expect(entry.state == .waiting && entry.minutes == 30 && entry.target.day?.description == "2030-01-08")
            #expect(entry.target.span == Span(start: stage.at(0, day: 1), end: stage.at(24, day: 1)))
            // Tuesday's neighbours: free, a Sunday, and days nobody can book yet or any more.
            for day in [2, 6, 300, -1] {
                #expect(try await waitlistRefusal { try await stage.wait("Cleo", on: link, day: day) } == .notFull)
            }
            // The same in a zone whose Tuesday begins in the afternoon before.
            try await stage.wait("Tom", on: link, day: 1) { $0.zone = stage.zones.zone("Asia/Tokyo") ?? .utc }
            // A single time of a link without places is no session.
            #expect(try await waitlistRefusal {
                try await stage.wait("Cleo", on: link, start: stage.at(9, day: 1))
            } == .notFull)
            _ = try await CancelBooking(stage.installation)(booked[0].id, scope: stage.scope)
            stage.clock.move(minutes: 10)
            #expect(try await waitlistRefusal { try await stage.wait("Dan", on: link, day: 1) } == .notFull)
        }
    }

    @Test("a day that only the host's own hours close is not full", arguments: Engine.all)
    func closed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.short()
            let (ada, workspace, id) = (stage.ada.text, stage.workspace, stage.world.id(LedgerEntry.self).text)
            let span = Span(start: stage.at(8, day: 1), end: stage.at(12, day: 1))
            try await stage.database.write(stage.scope) { tx in
                try tx.add([LedgerRow(
                    id: id, subject: ada, workspace: workspace, kind: .calendar, ref: "outside", claim: nil,
                    starts: span.start, ends: span.end)])
            }
            #expect(try await stage.free(link, day: 1).isEmpty)
            #expect(try await waitlistRefusal { try await stage.wait("Cleo", on: link, day: 1) } == .notFull)
        }
    }

    @Test("a limit that is reached makes a day full", arguments: Engine.all)
    func limits(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.short { $0.rhythm.limits = [Limit(.link, per: .day, count: 1)] }
            try await stage.seat("A", stage.at(9, day: 1), on: link)
            try await stage.wait("Cleo", on: link, day: 1)
            #expect(try await stage.line(link) == "Cleo waiting")
        }
    }

    @Test("a full session can be waited for, one with places cannot", arguments: Engine.all)
    func sessions(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2) { $0.waitlist.isOn = true }
            let start = stage.at(10, day: 1)
            try await stage.seat("A", start, on: link)
            #expect(try await waitlistRefusal { try await stage.wait("Cleo", on: link, start: start) } == .notFull)
            try await stage.seat("B", start, on: link)
            try await stage.wait("Cleo", on: link, start: start)
            let entry = try await stage.entry("Cleo", on: link)
            #expect(entry.target == .session(Span(start: start, end: stage.at(11, day: 1))) && entry.minutes == 60)
            #expect(try await waitlistRefusal { try await stage.wait("Cleo", on: link, day: 1) } == .notFull)
        }
    }

    @Test("one open entry for each address and day; joining again keeps the place and mails once an hour",
          arguments: Engine.all)
    func once(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, _) = try await stage.full()
            try await stage.wait("Cleo", on: link, day: 1)
            try await stage.wait("Dan", on: link, day: 1)
            let mail = FakeMail()
            try await stage.waitlistRunner(mail).drain()
            let first = mail.sent.filter { $0.subject.contains("waitlist") }
            #expect(first.map(\.to.address.text) == ["cleo@kpuh.example", "dan@kpuh.example"])
            for _ in 0..<3 { try await stage.wait("Cleo", on: link, day: 1) { $0.email = "CLEO@kpuh.example" } }
            try await stage.waitlistRunner(mail).drain()
            #expect(try await stage.line(link) == "Cleo waiting, Dan waiting")
            #expect(mail.sent.count { $0.subject.contains("waitlist") } == 3)
            let token = try await stage.token(try await stage.entry("Cleo", on: link))
            #expect(mail.sent.last?.text.contains("/book/waitlist/\(token)") ?? false)
            #expect(mail.sent.last?.text.contains("Tuesday 8 January") ?? false)
        }
    }

    @Test("at most so many wait for a day, and for a link")
    func most() async throws {
        try await Stage.on(.sqlite) { stage in
            let (link, _) = try await stage.full()
            for place in 0..<WaitlistEntry.mostOfTarget { try await stage.wait("P\(place)", on: link, day: 1) }
            #expect(try await waitlistRefusal { try await stage.wait("Late", on: link, day: 1) } == .tooMany)
            // Who is in line already hears so.
            #expect(try await waitlistRefusal { try await stage.wait("P7", on: link, day: 1) } == nil)
            for minute in [0, 30] { try await stage.seat("C\(minute)", stage.at(9, minute, day: 2), on: link) }
            try await stage.wait("Late", on: link, day: 2)
            #expect(try await stage.entries(link).count == WaitlistEntry.mostOfTarget + 1)
        }
    }

    @Test("a link without a waitlist, a closed one, and a deleted one let nobody wait", arguments: Engine.all)
    func off(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, _) = try await stage.full { $0.waitlist.isOn = false }
            #expect(try await waitlistRefusal { try await stage.wait("Cleo", on: link, day: 1) } == .off)
            let (other, _) = try await stage.full("other", day: 2)
            let set: @Sendable (Bool) async throws -> Void = { isActive in
                _ = try await SaveLink(stage.installation).update(other.id, version: nil, scope: stage.adas) {
                    var wish = LinkWish(rules: $0.rules)
                    wish.rules.active = isActive
                    return wish
                }
            }
            try await set(false)
            await #expect(throws: LinkRefusal.self) { try await stage.wait("Cleo", on: other, day: 2) }
            try await set(true)
            try await DeleteLink(stage.installation)(other.id, scope: stage.adas)
            await #expect(throws: LinkRefusal.self) { try await stage.wait("Cleo", on: other, day: 2) }
            #expect(try await stage.entries(other).isEmpty)
        }
    }
}
