/// Cancelling and moving several meetings of a series: which, by whom, all or none, and one mail for each person.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ChangeSeriesTests {
    private func states(_ stage: Stage, _ ids: [ID<Booking>]) async throws -> [BookingStatus] {
        var states: [BookingStatus] = []
        for id in ids { states.append(try await stage.find(id).state.status) }
        return states
    }

    private func starts(_ stage: Stage, _ ids: [ID<Booking>]) async throws -> [Instant] {
        var starts: [Instant] = []
        for id in ids { starts.append(try await stage.find(id).state.starts) }
        return starts
    }

    @Test("this and the later ones are cancelled, those before stay; asked twice nothing is left",
          arguments: Engine.all)
    func later(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let booked = try await stage.bookSeries(4, from: stage.at(10), on: link)
            let cancel = CancelSeries(stage.installation)
            let reply = try await cancel(booked.ids[2], .later, reason: "ill", scope: stage.attendees)
            let json = try JSON(reading: reply.body)
            #expect(json["changed"]?.array?.compactMap(\.string) == booked.ids[2...].map(\.text))
            #expect(try await states(stage, booked.ids) == [.confirmed, .confirmed, .cancelled, .cancelled])
            #expect(try await stage.rows()["ledger"] == 2)
            #expect(try await stage.history(booked.ids[3]).map(\.event) == ["booked", "cancelled"])
            let again = try await stage.seriesRefusal {
                try await cancel(booked.ids[2], .later, scope: stage.attendees)
            }
            #expect(again == .nothingLeft)
            // One of the first two is free for others as soon as all are gone.
            _ = try await cancel(booked.ids[3], .all, scope: stage.attendees)
            #expect(try await states(stage, booked.ids) == Array(repeating: .cancelled, count: 4))
            #expect(try await stage.rows()["ledger"] == 0)
        }
    }

    @Test("what has begun stays, and so does what is too near for its attendee; its host may cancel that",
          arguments: Engine.all)
    func near(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly { $0.changes.cancelNotice = 1_440 }
            let booked = try await stage.bookSeries(3, from: stage.at(10), on: link)
            stage.clock.move(to: stage.at(9, day: 7))
            _ = try await CancelSeries(stage.installation)(booked.ids[0], .all, scope: stage.attendees)
            #expect(try await states(stage, booked.ids) == [.confirmed, .confirmed, .cancelled])
            _ = try await CancelSeries(stage.installation)(booked.ids[0], .all, scope: stage.adas)
            #expect(try await states(stage, booked.ids) == [.confirmed, .cancelled, .cancelled])
        }
    }

    @Test("a host who sees their own bookings alone changes those alone", arguments: Engine.all)
    func own(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("rotate", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)]) {
                $0.series = LinkSeries()
                $0.series?.host = .rotate
            }
            let booked = try await stage.bookSeries(4, from: stage.at(14), on: link)
            var bobs: [ID<Booking>] = []
            for id in booked.ids where try await stage.hosts(of: id) == [stage.bob] { bobs.append(id) }
            let first = try bobs.first.wanted("a booking of Bob's")
            let scope = Scope(workspace: stage.workspace, actor: .user(stage.bob))
            _ = try await CancelSeries(stage.installation)(first, .all, by: [stage.bob], scope: scope)
            for id in booked.ids {
                #expect(try await stage.find(id).state.status == (bobs.contains(id) ? .cancelled : .confirmed))
            }
        }
    }

    @Test("all move by the same step and keep their order, even onto each other's old times", arguments: Engine.all)
    func moves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let booked = try await stage.bookSeries(4, from: stage.at(10), on: link)
            let move = MoveSeries(stage.installation)
            _ = try await move(booked.ids[1], .later, to: stage.at(11, day: 8), scope: stage.attendees)
            #expect(try await starts(stage, booked.ids)
                == [stage.at(10), stage.at(11, day: 8), stage.at(11, day: 15), stage.at(11, day: 22)])
            // A week later: each onto where the next one was.
            let reply = try await move(booked.ids[0], .all, to: stage.at(11, day: 8), scope: stage.attendees)
            #expect(try await starts(stage, booked.ids)
                == [stage.at(11, day: 8), stage.at(11, day: 15), stage.at(11, day: 22), stage.at(11, day: 29)])
            let told = try BookedSeries(reply)
            #expect(told.tokens.count == 4 && Set(told.tokens).isDisjoint(with: booked.tokens))
            #expect(try await stage.rows()["ledger"] == 4)
            #expect(try await stage.history(booked.ids[3]).map(\.event) == ["booked", "rescheduled", "rescheduled"])
        }
    }

    @Test("one that cannot be at its new time keeps all where they are, or stays behind when that is wanted",
          arguments: Engine.all)
    func conflict(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let booked = try await stage.bookSeries(3, from: stage.at(10), on: link)
            try await stage.book(stage.at(14, day: 7))
            let (move, before) = (MoveSeries(stage.installation), try await stage.rows())
            let refused = try await stage.seriesRefusal {
                try await move(booked.ids[0], .all, to: stage.at(14), scope: stage.attendees)
            }
            guard case .taken(let plan) = refused else {
                Issue.record("refused was \(String(describing: refused))")
                return
            }
            #expect(plan.conflicts.map(\.index) == [1])
            #expect(try await starts(stage, booked.ids) == booked.starts)
            #expect(try await stage.rows() == before)
            _ = try await move(booked.ids[0], .all, to: stage.at(14), leavingTaken: true, scope: stage.attendees)
            #expect(try await starts(stage, booked.ids) == [stage.at(14), stage.at(10, day: 7), stage.at(14, day: 14)])
        }
    }

    @Test("beyond the booking window a meeting of a series can be moved, alone and with the others",
          arguments: Engine.all)
    func window(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly { $0.window = .rollingDays(7) }
            let booked = try await stage.bookSeries(5, from: stage.at(10), on: link)
            _ = try await MoveBooking(stage.installation)(
                booked.ids[4], to: stage.at(15, day: 28), scope: stage.attendees)
            #expect(try await stage.find(booked.ids[4]).state.starts == stage.at(15, day: 28))
            _ = try await MoveSeries(stage.installation)(
                booked.ids[2], .later, to: stage.at(12, day: 14), scope: stage.attendees)
            #expect(try await starts(stage, booked.ids).last == stage.at(12, day: 28))
        }
    }

    @Test("a single meeting is no series, and where a host decides each is moved alone")
    func refusals() async throws {
        try await Stage.on(.sqlite) { stage in
            let booked = try await stage.book(stage.at(10))
            #expect(try await stage.seriesRefusal {
                try await CancelSeries(stage.installation)(booked.id, .all, scope: stage.attendees)
            } == .noSeries)
            let link = try await stage.weekly()
            let series = try await stage.bookSeries(2, from: stage.at(12), on: link)
            let scope = stage.scope
            try await stage.database.write(scope) { tx in
                var changed = try LinkStore.find(link.id, scope: scope, in: tx).wanted("link")
                (changed.rules.series, changed.rules.approval.isRequired) = (nil, true)
                _ = try LinkStore.update(changed, scope: scope, now: monday, in: tx)
            }
            #expect(try await stage.seriesRefusal {
                try await MoveSeries(stage.installation)(
                    series.ids[0], .all, to: stage.at(15), scope: stage.attendees)
            } == .asksHost)
        }
    }

    @Test("each person gets one mail for all, with every date and one file that holds them", arguments: Engine.all)
    func mails(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.weekly())
            let booked = try await stage.bookSeries(4, from: stage.at(10), on: link, guests: ["kim@kpuh.example"])
            try await stage.seriesRunner(mail).drain()
            #expect(mail.sent.count == 3)
            #expect(Set(mail.sent.map(\.to.address.text)) == [
                "yuko@kpuh.example", "ada@nordhavn.example", "kim@kpuh.example",
            ])
            let told = try mail.sent.first { $0.to.address.text == "yuko@kpuh.example" }.wanted("attendee's")
            #expect(told.subject.hasPrefix("Confirmed: 4 meetings"))
            #expect(told.invitation?.method == "PUBLISH")
            let file = told.invitation?.text ?? ""
            #expect(file.components(separatedBy: "BEGIN:VEVENT").count == 5)
            #expect(Set(file.split(separator: "\r\n").filter { $0.hasPrefix("UID:") }).count == 4)
            // RFC 5546: nobody is asked to answer a PUBLISH.
            #expect(!file.contains("ATTENDEE") && file.contains("STATUS:CONFIRMED"))
            #expect(told.text.contains("28 January") && told.text.contains(booked.tokens[0]))
            let others = mail.sent.filter { $0.to.address.text != "yuko@kpuh.example" }
            #expect(!others.contains { other in
                booked.tokens.contains { (other.text + other.html + (other.invitation?.text ?? "")).contains($0) }
            })

            mail.forget()
            _ = try await MoveSeries(stage.installation)(
                booked.ids[1], .later, to: stage.at(11, day: 7), scope: stage.attendees)
            // Two jobs of one millisecond have no order.
            stage.clock.move(minutes: 1)
            _ = try await CancelSeries(stage.installation)(booked.ids[2], .later, scope: stage.attendees)
            try await stage.seriesRunner(mail).drain()
            // What was cancelled a moment after is not told as moved any more; the rest of the move is.
            let subjects = mail.sent.filter { $0.to.address.text == "yuko@kpuh.example" }.map(\.subject)
            #expect(subjects.count == 2)
            #expect(subjects.contains { $0.hasPrefix("Cancelled: 2 meetings") })
            let last = try mail.sent.last { $0.to.address.text == "kim@kpuh.example" }.wanted("guest's")
            #expect(last.invitation?.text.contains("STATUS:CANCELLED") == true)
            #expect(Set(mail.sent.map(\.messageID)).count == mail.sent.count)
        }
    }

    @Test("guests at one place of different meetings each get a mail of their own", arguments: Engine.all)
    func guests(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.weekly())
            let booked = try await stage.bookSeries(3, from: stage.at(10), on: link, guests: ["kim@kpuh.example"])
            _ = try await ChangeGuests(stage.installation)(
                booked.ids[1], to: ["lee@kpuh.example"], version: 1, scope: stage.attendees)
            try await stage.seriesRunner(mail).drain()
            mail.forget()
            _ = try await CancelSeries(stage.installation)(booked.ids[0], .all, scope: stage.attendees)
            try await stage.seriesRunner(mail).drain()
            #expect(events(mail) == [
                "ada@nordhavn.example 3", "kim@kpuh.example 2", "lee@kpuh.example 1", "yuko@kpuh.example 3",
            ])
        }
    }

    @Test("where the address of one meeting was put right, each address hears of its own meetings",
          arguments: Engine.all)
    func corrected(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.weekly())
            let booked = try await stage.bookSeries(3, from: stage.at(10), on: link)
            _ = try await CorrectAddress(stage.installation)(
                booked.ids[1], to: "yuka@kpuh.example", scope: stage.attendees)
            try await stage.seriesRunner(mail).drain()
            mail.forget()
            _ = try await CancelSeries(stage.installation)(booked.ids[0], .all, scope: stage.attendees)
            try await stage.seriesRunner(mail).drain()
            #expect(events(mail) == ["ada@nordhavn.example 3", "yuka@kpuh.example 1", "yuko@kpuh.example 2"])
        }
    }

    @Test("a guest hears of all meetings though an address was put right before the mail went out",
          arguments: Engine.all)
    func correctedBefore(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (mail, link) = (FakeMail(), try await stage.weekly())
            let booked = try await stage.bookSeries(3, from: stage.at(10), on: link, guests: ["kim@kpuh.example"])
            _ = try await CorrectAddress(stage.installation)(
                booked.ids[1], to: "yuka@kpuh.example", scope: stage.attendees)
            try await stage.seriesRunner(mail).drain()
            #expect(events(mail).filter { $0.hasPrefix("kim") } == ["kim@kpuh.example 3"])
        }
    }

    /// To whom mails went, and of how many meetings each tells.
    private func events(_ mail: FakeMail) -> [String] {
        mail.sent.map { sent in
            let count = (sent.invitation?.text ?? "").components(separatedBy: "BEGIN:VEVENT").count - 1
            return "\(sent.to.address.text) \(count)"
        }.sorted()
    }
}
