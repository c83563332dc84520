/// Links at which all hosts meet the attendee together.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Collective links")
struct CollectiveTests {
    @Test("a time is free when all hosts are, and a booking takes it from all of them", arguments: Engine.all)
    func together(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("both", .collective, [HostWish(stage.ada), HostWish(stage.bob)])
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            try await stage.book(stage.at(9), on: bobs)
            try await stage.book(stage.at(10), on: stage.link)
            let free = try await stage.free(link)
            #expect(!free.contains(stage.at(9)) && !free.contains(stage.at(10)) && free.contains(stage.at(11)))
            #expect(try await refusal { try await stage.book(stage.at(9), on: link) }?.code == "slot_taken")
            let booked = try await stage.book(stage.at(11), on: link)
            #expect(try await stage.hosts(of: booked.id) == [stage.ada, stage.bob])
            #expect(try await !stage.free(bobs).contains(stage.at(11)))
            #expect(try await !stage.free().contains(stage.at(11)))
            #expect(try await stage.assignments(of: link).isEmpty)
            #expect(try await stage.contradictions() == [])
        }
    }

    @Test("a hold keeps all hosts' time, a move and a cancellation free all of it", arguments: Engine.all)
    func changes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("both", .collective, [HostWish(stage.ada), HostWish(stage.bob)])
            let held = try await stage.hold(stage.at(9), on: link)
            #expect(try await stage.ledger(of: stage.ada).count == 1)
            #expect(try await stage.ledger(of: stage.bob).count == 1)
            let booked = try await stage.book(stage.at(9), on: link) { $0.holdToken = held.token }
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(13), scope: stage.adas)
            for host in [stage.ada, stage.bob] {
                #expect(try await stage.ledger(of: host).map(\.starts) == [stage.at(13)])
            }
            _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.adas)
            #expect(try await stage.ledger(of: stage.ada).isEmpty)
            #expect(try await stage.ledger(of: stage.bob).isEmpty)
        }
    }

    @Test("the hosts' different hours are cut to what they share, in one grid", arguments: Engine.all)
    func hours(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let late = try await stage.people(1)[0]
            let (scope, now) = (stage.adas, stage.world.now)
            let hours = Schedule(
                id: stage.world.id(), name: "Late", zone: "Europe/London",
                weekly: Array(repeating: [Window(opens: 14 * 60 + 10, closes: 20 * 60)], count: 7))
            try await stage.database.write(scope) { tx in
                try ScheduleStore.insert(hours, account: late, scope: scope, now: now, in: tx)
            }
            let link = try await stage.makeLink("cut", .collective, [HostWish(stage.ada), HostWish(late)])
            // 14:10 in London is 15:10 in Berlin; the grid of several hosts begins on the half hour.
            #expect(try await stage.free(link) == [stage.at(15, 30), stage.at(16), stage.at(16, 30)])
        }
    }

    @Test("every host and the attendee get a mail, with all of them in the invitation", arguments: Engine.all)
    func mails(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("both", .collective, [HostWish(stage.ada), HostWish(stage.bob)])
            try await stage.book(stage.at(9), on: link)
            let mail = FakeMail()
            try await stage.mailRunner(mail).drain()
            let sent = mail.sent
            #expect(Set(sent.map(\.to.address.text)) == [
                "yuko@kpuh.example", "ada@nordhavn.example", "bob@nordhavn.example",
            ])
            for mail in sent {
                let event = (mail.invitation?.text ?? "").replacing("\r\n ", with: "")
                #expect(event.contains("ada@nordhavn.example") && event.contains("bob@nordhavn.example"))
                #expect(mail.text.contains("Ada Lindqvist") && mail.text.contains("Bob Osei"))
            }
        }
    }

    @Test("a booking of all hosts is not given to one", arguments: Engine.all)
    func given(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("both", .collective, [HostWish(stage.ada), HostWish(stage.bob)])
            let booked = try await stage.book(stage.at(9), on: link)
            let refused = try await reassignRefusal {
                try await ReassignBooking(stage.installation)(booked.id, to: stage.bob, scope: stage.adas)
            }
            #expect(refused == .together)
        }
    }
}
