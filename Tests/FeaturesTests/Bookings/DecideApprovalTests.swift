/// Times that a host decides about: who has them meanwhile, what a decision does, and that there is only one.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct DecideApprovalTests {
    @Test("a stranger's wish takes the time like a booking, and is not confirmed", arguments: Engine.all)
    func asks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.askLink()
            let booked = try await stage.book(stage.at(10, day: 3), on: link)
            let booking = try await stage.find(booked.id)
            #expect(booking.state.status == .pendingApproval && booking.state.version == 1)
            #expect(booking.state.waiting == Waiting(until: monday.adding(hours: 48)))
            #expect(booked.json["status"]?.string == "pending_approval")
            #expect(booked.json["approval"]?["answerBy"]?.string == "2030-01-09T16:00:00+09:00")
            let rows = try await stage.ledger()
            #expect(rows.map(\.kind) == [.pending] && rows.map(\.claim) == [booked.id.text])
            // For every link of the host: nobody else gets it.
            #expect(try await refusal { try await stage.book(stage.at(10, day: 3)) } != nil)
            #expect(try await stage.jobs(booked.id) == [
                "1  ready", "1 reminder ready", "1 asked ready", "1 asked ready",
            ])
        }
    }

    @Test("who books as a host, or by a host's key, is confirmed at once; other links ask nobody",
          arguments: Engine.all)
    func hosts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.askLink()
            for (day, actor) in [Actor.user(stage.bob), .key("key_1", stage.ada)].enumerated() {
                let scope = Scope(workspace: stage.workspace, actor: actor)
                let reply = try Booked(try await BookSlot(stage.installation)(
                    stage.request(stage.at(10, day: day)), link: link.id, scope: scope))
                #expect(reply.json["status"]?.string == "confirmed" && reply.json["approval"] == nil)
            }
            let other = try await stage.book(stage.at(12))
            #expect(other.json["status"]?.string == "confirmed")
            #expect(Set(try await stage.ledger().map(\.kind)) == [.booking])
        }
    }

    @Test("a wish dies no later than the meeting would begin", arguments: Engine.all)
    func deadline(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.askLink { $0.approval.hours = 168 }
            let soon = try await stage.book(stage.at(10), on: link)
            #expect(try await stage.find(soon.id).state.waiting?.until == stage.at(10))
            // Nobody is reminded half an hour before something is over.
            stage.clock.move(to: stage.at(9, 40))
            let near = try await stage.book(stage.at(11), on: link)
            let last = try await stage.book(stage.at(10, 30, day: 0), on: link)
            #expect(try await stage.jobs(near.id).contains("1 reminder ready"))
            stage.clock.move(to: stage.at(11, 35))
            let nearest = try await stage.book(stage.at(12), on: link)
            #expect(try await !stage.jobs(nearest.id).contains("1 reminder ready"))
            #expect(last.json["status"]?.string == "pending_approval")
        }
    }

    @Test("approved, the same time is a booking; guests hear of it, the log and programs too", arguments: Engine.all)
    func approves(on engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooked in
            let stage = hooked.stage
            let link = try await stage.askLink()
            let booked = try await stage.book(stage.at(10, day: 1), on: link) { $0.guests = ["mo@kpuh.example"] }
            let row = try await stage.ledger()
            let reply = try Booked(try await stage.decide(booked.id, .approved, seen: 1))
            #expect(reply.json["status"]?.string == "confirmed" && reply.json["approval"] == nil)
            #expect(reply.json["token"] == nil && reply.json["moves"]?.array?.isEmpty == true)
            let booking = try await stage.find(booked.id)
            #expect(booking.state.status == .confirmed && booking.state.sequence == 0 && booking.state.version == 2)
            #expect(booking.state.waiting == nil)
            let now = try await stage.ledger()
            #expect(now.map(\.kind) == [.booking] && now.map(\.id) == row.map(\.id))
            #expect(try await stage.history(booked.id).last == BookingRecord(
                version: 2, event: "approved", actor: "user:\(stage.ada)", from: nil, to: stage.at(10, day: 1),
                reason: "", at: monday))
            #expect(try await stage.jobs(booked.id).suffix(3) == Array(repeating: "2 approved ready", count: 3))
            #expect(try await events(stage) == ["booking.confirmed 2", "booking.created 1", "booking.pending 1"])
            #expect(try await logged(stage).contains("booking_approved"))
        }
    }

    @Test("declined, the time is free at once, with the host's words", arguments: Engine.all)
    func declines(on engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooked in
            let stage = hooked.stage
            let link = try await stage.askLink()
            let booked = try await stage.book(stage.at(10), on: link) { $0.guests = ["mo@kpuh.example"] }
            try await stage.decide(booked.id, .declined("I am at a fair."))
            let booking = try await stage.find(booked.id)
            #expect(booking.state.status == .declined && booking.reason == "I am at a fair.")
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.jobs(booked.id).suffix(2) == ["2 declined ready", "2 declined ready"])
            #expect(try await events(stage).first == "booking.created 1")
            #expect(try await events(stage).contains("booking.declined 2"))
            #expect(try await logged(stage).contains("booking_declined"))
            try await stage.book(stage.at(10), on: link)
        }
    }

    @Test("there is one decision: a second one, and one about another version, changes nothing",
          arguments: Engine.all)
    func once(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.askLink()
            let booked = try await stage.book(stage.at(10), on: link)
            #expect(try await refusal { try await stage.decide(booked.id, .approved, seen: 2) } == .changedMeanwhile)
            let key = RequestKey(text: "press", request: "r")
            let first = try await stage.decide(booked.id, .approved, key: key)
            let again = try await stage.decide(booked.id, .approved, key: key)
            #expect(again.replayed && again.body == first.body)
            let rows = try await stage.rows()
            #expect(try await stage.refused(booked.id, .approved) == .notWaiting(.confirmed))
            #expect(try await stage.refused(booked.id, .declined("No.")) == .notWaiting(.confirmed))
            #expect(ApprovalRefusal.notWaiting(.confirmed).status == 409)
            #expect(try await stage.rows() == rows)
            #expect(try await stage.find(booked.id).state.version == 2)
        }
    }

    @Test("of many decisions at once one counts, and its mails are planned once", arguments: Engine.all)
    func race(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.askLink()
            let booked = try await stage.book(stage.at(10), on: link)
            let won = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let decision = number % 4 == 0 ? Decision.declined("No.") : .approved
                        return (try? await stage.decide(booked.id, decision)) != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(won == 1)
            let booking = try await stage.find(booked.id)
            #expect(booking.state.version == 2)
            #expect(try await stage.ledger().count == (booking.state.status == .confirmed ? 1 : 0))
            #expect(try await stage.jobs(booked.id).count { $0.hasPrefix("2 ") } == 2)
        }
    }

    @Test("an attendee may take it back or ask for another time while it waits", arguments: Engine.all)
    func whileWaiting(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.askLink()
            let booked = try await stage.book(stage.at(10, day: 3), on: link) { $0.guests = ["mo@kpuh.example"] }
            stage.clock.move(minutes: 60)
            let moved = try await stage.wish(booked.id, stage.at(14, day: 3))
            #expect(moved.json["status"]?.string == "pending_approval" && !moved.token.isEmpty)
            #expect(moved.json["approval"]?["confirmedStart"] == nil && moved.json["moves"]?.array?.isEmpty == true)
            let waiting = try await stage.find(booked.id).state
            #expect(waiting.waiting == Waiting(until: monday.adding(hours: 49)) && waiting.sequence == 0)
            #expect(try await stage.ledger().map(\.kind) == [.pending])
            #expect(try await stage.ledger().map(\.starts) == [stage.at(14, day: 3)])

            _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.attendees)
            let cancelled = try await stage.find(booked.id).state
            #expect(cancelled.status == .cancelled && cancelled.sequence == 0)
            #expect(try await stage.ledger().isEmpty)
            // The guest never heard of it.
            #expect(try await stage.jobs(booked.id).filter { $0.hasPrefix("3 ") }
                == ["3 cancelled ready", "3 cancelled ready"])
            #expect(try await stage.refused(booked.id, .approved)
                == .notWaiting(.cancelled))
        }
    }

    @Test("a host who moves what waits has decided", arguments: Engine.all)
    func hostMoves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.askLink()
            let booked = try await stage.book(stage.at(10), on: link)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(15), scope: stage.adas)
            let state = try await stage.find(booked.id).state
            #expect(state.status == .confirmed && state.starts == stage.at(15) && state.waiting == nil)
            #expect(try await stage.ledger().map(\.kind) == [.booking])
            #expect(try await stage.askToken(booked.id) == nil)
        }
    }

    private func events(_ stage: Stage) async throws -> [String] {
        try await stage.database.lookUp { tx in
            try tx.all("SELECT event, version FROM webhook_delivery ORDER BY event, version") {
                "\(try $0["event"] as String) \(try $0["version"] as Int)"
            }
        }
    }

    private func logged(_ stage: Stage) async throws -> [String] {
        try await stage.database.lookUp { tx in try tx.all("SELECT action FROM audit") { try $0["action"] } }
    }
}
