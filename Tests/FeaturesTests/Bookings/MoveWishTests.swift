/// Another time for what is confirmed: both times are the attendee's until the host has decided.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct MoveWishTests {
    /// Confirmed on Tuesday at ten, and now asked for at two.
    private func wished(_ stage: Stage) async throws -> (link: Link, booked: Booked, moved: Booked) {
        let link = try await stage.askLink()
        let booked = try await stage.book(stage.at(10, day: 1), on: link) { $0.guests = ["mo@kpuh.example"] }
        try await stage.decide(booked.id, .approved)
        return (link, booked, try await stage.wish(booked.id, stage.at(14, day: 1)))
    }

    /// Which of these hours of the Tuesday the link offers.
    private func free(_ stage: Stage, _ hours: Int...) async throws -> [Int] {
        let free = try await stage.free(day: 1)
        return hours.filter { free.contains(stage.at($0, day: 1)) }
    }

    @Test("both times are taken, the booking tells of the one that stands, and calendars hear nothing",
          arguments: Engine.all)
    func asks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, booked, moved) = try await wished(stage)
            let state = try await stage.find(booked.id).state
            #expect(state.status == .pendingApproval && state.sequence == 0 && state.version == 3)
            #expect(state.confirmed == Span(start: stage.at(10, day: 1), end: stage.at(10, 30, day: 1)))
            #expect(moved.json["start"]?.string == "2030-01-08T22:00:00+09:00")
            #expect(moved.json["approval"]?["confirmedStart"]?.string == "2030-01-08T18:00:00+09:00")
            #expect(moved.json["approval"]?["answerBy"]?.string == "2030-01-08T18:00:00+09:00")
            #expect(try await stage.ledger().map(\.kind) == [.booking, .pending])
            #expect(Set(try await stage.ledger().map(\.claim)) == [booked.id.text])
            #expect(try await free(stage, 10, 14, 15) == [15])
            // No guest is told before it is so.
            #expect(try await stage.jobs(booked.id).filter { $0.hasPrefix("3 asked") }.count == 2)
        }
    }

    @Test("approved, it is moved with a larger SEQUENCE, and the old time is free", arguments: Engine.all)
    func approves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, booked, _) = try await wished(stage)
            let reply = try Booked(try await stage.decide(booked.id, .approved))
            let state = try await stage.find(booked.id).state
            #expect(state.status == .confirmed && state.sequence == 1 && state.starts == stage.at(14, day: 1))
            #expect(try await stage.ledger().map(\.kind) == [.booking])
            #expect(try await free(stage, 10, 14) == [10])
            let moves = reply.json["moves"]?.array ?? []
            #expect(moves.map { $0["from"]?.string } == ["2030-01-08T18:00:00+09:00"])
            #expect(moves.map { $0["by"]?.string } == ["user"])
            #expect(try await stage.jobs(booked.id).filter { $0.hasPrefix("4 approved") }.count == 3)
        }
    }

    @Test("declined, it stands where it stood, and the other time is free", arguments: Engine.all)
    func declines(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, booked, _) = try await wished(stage)
            let reply = try Booked(try await stage.decide(booked.id, .declined("Not that day.")))
            #expect(reply.json["status"]?.string == "confirmed" && reply.json["moves"]?.array?.isEmpty == true)
            let booking = try await stage.find(booked.id)
            #expect(booking.state.starts == stage.at(10, day: 1) && booking.state.sequence == 0)
            #expect(booking.anchorLocal == "2030-01-08T10:00" && booking.reason == "Not that day.")
            #expect(try await stage.ledger().map(\.starts) == [stage.at(10, day: 1)])
            #expect(try await free(stage, 10, 14) == [14])
            // It can be asked for again, with a new address for the host.
            #expect(try await stage.askToken(booked.id) == nil)
            let again = try await stage.wish(booked.id, stage.at(15, day: 1))
            #expect(again.json["status"]?.string == "pending_approval")
            #expect(try await stage.askToken(booked.id) != nil)
        }
    }

    @Test("another wish takes the first one's place; asking for what stands takes the wish back",
          arguments: Engine.all)
    func again(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, booked, _) = try await wished(stage)
            let second = try await stage.wish(booked.id, stage.at(16, day: 1))
            #expect(second.json["approval"]?["confirmedStart"]?.string == "2030-01-08T18:00:00+09:00")
            #expect(try await stage.ledger().map(\.starts) == [stage.at(10, day: 1), stage.at(16, day: 1)])
            let back = try await stage.wish(booked.id, stage.at(10, day: 1))
            #expect(back.json["status"]?.string == "confirmed" && back.json["moves"]?.array?.isEmpty == true)
            let state = try await stage.find(booked.id).state
            #expect(state.sequence == 0 && state.waiting == nil)
            #expect(try await stage.ledger().map(\.kind) == [.booking])
            #expect(try await stage.jobs(booked.id).filter { $0.hasPrefix("5 stays") }.count == 2)
            #expect(try await stage.askToken(booked.id) == nil)
        }
    }

    @Test("what stands is kept even where it could not be booked any more", arguments: Engine.all)
    func tooNear(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked, _) = try await wished(stage)
            _ = try await SaveLink(stage.installation).update(link.id, version: nil, scope: stage.adas) { link in
                var wish = LinkWish(rules: link.rules)
                wish.rules.notice = MinimumNotice(value: 300, unit: .hour)
                return wish
            }
            #expect(try await stage.wish(booked.id, stage.at(10, day: 1)).json["status"]?.string == "confirmed")
        }
    }

    @Test("cancelled, both times are free, and calendars are told of the one they know", arguments: Engine.all)
    func cancels(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, booked, _) = try await wished(stage)
            let reply = try Booked(try await CancelBooking(stage.installation)(booked.id, scope: stage.attendees))
            #expect(reply.json["start"]?.string == "2030-01-08T18:00:00+09:00")
            let booking = try await stage.find(booked.id)
            #expect(booking.state.sequence == 1 && booking.anchorLocal == "2030-01-08T10:00")
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.jobs(booked.id).filter { $0.hasPrefix("4 cancelled") }.count == 3)
        }
    }

    @Test("a host's own move is confirmed, also of what waits", arguments: Engine.all)
    func byHost(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (_, booked, _) = try await wished(stage)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(11, day: 2), scope: stage.adas)
            let state = try await stage.find(booked.id).state
            #expect(state.status == .confirmed && state.sequence == 1 && state.waiting == nil)
            #expect(try await stage.ledger().map(\.starts) == [stage.at(11, day: 2)])
        }
    }

    @Test("where hosts take turns, the confirmed time and the wish are of one host; a decline counts for nobody",
          arguments: Engine.all)
    func rotation(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            var rules = Stage.rules
            (rules.slug, rules.kind, rules.approval.isRequired) = ("turns", .roundRobin, true)
            rules.rotation.movesReassign = true
            var wish = LinkWish(rules: rules)
            wish.hosts = [HostWish(stage.ada), HostWish(stage.bob)]
            let link = try await SaveLink(stage.installation).create(wish, host: stage.ada, scope: stage.adas)
            let booked = try await stage.book(stage.at(10, day: 1), on: link)
            let host = try await stage.find(booked.id).hosts[0].id
            try await stage.decide(booked.id, .approved)
            // The host is busy at two, so nobody else takes the meeting over behind their back.
            let busy = LedgerRow(
                id: "led_x", subject: host.text, workspace: stage.workspace, kind: .focus, ref: "x", claim: "x",
                starts: stage.at(14, day: 1), ends: stage.at(15, day: 1))
            try await stage.database.write(stage.scope) { tx in try tx.add([busy]) }
            #expect(try await refusal { try await stage.wish(booked.id, stage.at(14, day: 1)) }?.code == "slot_taken")
            try await stage.wish(booked.id, stage.at(16, day: 1))
            #expect(try await stage.find(booked.id).hosts.map(\.id) == [host])
            try await stage.decide(booked.id, .declined(""))
            #expect(try await stage.find(booked.id).state.starts == stage.at(10, day: 1))

            let other = try await stage.book(stage.at(11, day: 2), on: link)
            try await stage.decide(other.id, .declined(""))
            let counts: [Int] = try await stage.database.lookUp { tx in
                try tx.all("SELECT counts FROM assignment ORDER BY number") { try $0["counts"] }
            }
            #expect(counts == [1, 0])
        }
    }
}
