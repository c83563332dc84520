/// The mails of a booking: who gets which, and what is skipped, tried again or given up.
import Capabilities
import Fakes
import Scheduling
import Testing
import Web

@testable import Database
@testable import Features

struct SendBookingMailTests {
    private func states(_ stage: Stage) async throws -> [String] {
        try await stage.database.lookUp { tx in
            try tx.all("SELECT state, reason, version FROM job ORDER BY version, dedupe_key") { row in
                "\(try row["version"] as Int) \(try row["state"] as String) \(try row["reason"] as String)"
            }
        }
    }

    @Test("attendee and host each get their own mail about a new booking", arguments: Engine.all)
    func two(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let booked = try await stage.book(stage.at(10))
            try await stage.mailRunner(mail).drain()

            #expect(Set(mail.sent.map(\.to.address.text)) == ["yuko@kpuh.example", "ada@nordhavn.example"])
            #expect(Set(mail.sent.map(\.messageID)).count == 2)
            let attendee = try mail.sent.first { $0.to.address.text == "yuko@kpuh.example" }.wanted("attendee's")
            let host = try mail.sent.first { $0.to.address.text == "ada@nordhavn.example" }.wanted("host's")
            #expect(attendee.text.contains("http://meet.example/book/reschedule/\(booked.token)"))
            #expect(attendee.text.contains("http://meet.example/book/cancel/\(booked.token)"))
            #expect(attendee.invitation?.method == "REQUEST")
            // The token is the attendee's alone.
            #expect(![host.text, host.html, host.invitation?.text ?? ""].contains { $0.contains(booked.token) })
            #expect(host.text.contains("http://meet.example/calendar/bookings/\(booked.id)"))
            // 10:00 in Berlin is 18:00 in Tokyo; each reads their own time.
            #expect(attendee.text.contains("18:00") && host.text.contains("10:00"))
            #expect(try await states(stage) == ["1 done ", "1 done "])
        }
    }

    @Test("a host who does not want a kind of news is not told; the attendee always is", arguments: Engine.all)
    func muted(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            _ = try await SaveProfile(stage.installation)(stage.ada, scope: stage.scope) { profile in
                var wish = profile.wish
                wish.muted = [MutedNotice(.booked, .mail)]
                wish.clock = .twelve
                return wish
            }
            let booked = try await stage.book(stage.at(10))
            try await stage.mailRunner(mail).drain()
            #expect(mail.sent.map(\.to.address.text) == ["yuko@kpuh.example"])
            #expect(try await states(stage).contains("1 skipped muted by its recipient"))

            stage.clock.move(minutes: 1)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(14), scope: stage.scope)
            try await stage.mailRunner(mail).drain()
            let host = try mail.sent.first { $0.to.address.text == "ada@nordhavn.example" }.wanted("host's")
            #expect(host.text.contains("2:00"))
        }
    }

    @Test("what a move has overtaken is skipped; the new time is told with a higher SEQUENCE and the new token",
          arguments: Engine.all)
    func overtaken(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let booked = try await stage.book(stage.at(10))
            stage.clock.move(minutes: 1)
            let moved = try Booked(
                try await MoveBooking(stage.installation)(booked.id, to: stage.at(14), scope: stage.scope))
            try await stage.mailRunner(mail).drain()
            #expect(try await states(stage) == ["1 skipped moved", "1 skipped moved", "2 done ", "2 done "])
            #expect(mail.sent.count == 2)
            let attendee = try mail.sent.first { $0.to.address.text == "yuko@kpuh.example" }.wanted("attendee's")
            let uid = try await stage.find(booked.id).uid
            #expect(attendee.invitation?.text.contains("SEQUENCE:1") == true)
            #expect(attendee.invitation?.text.replacing("\r\n ", with: "").contains("UID:\(uid)") == true)
            #expect(attendee.text.contains(moved.token) && !attendee.text.contains(booked.token))
        }
    }

    @Test("a cancellation is told as CANCEL, and nothing is said of the booking before it", arguments: Engine.all)
    func cancelled(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let booked = try await stage.book(stage.at(10))
            _ = try await CancelBooking(stage.installation)(booked.id, reason: "Ill.", scope: stage.scope)
            try await stage.mailRunner(mail).drain()
            #expect(try await states(stage) == ["1 skipped cancelled", "1 skipped cancelled", "2 done ", "2 done "])
            #expect(mail.sent.allSatisfy { $0.invitation?.method == "CANCEL" })
            #expect(mail.sent.contains { $0.text.contains("Ill.") })
        }
    }

    @Test("a server that is away is tried again with the very same Message-ID", arguments: Engine.all)
    func again(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let send: JobWork
            let mail = FakeMail()
            let sending = SendBookingMail(stage.installation, mail: mail)
            send = { try await sending($0) }
            try await stage.book(stage.at(10))
            let job = try await firstJob(stage)
            mail.fail(call: 1)
            guard case .retry = try await send(job) else { Issue.record("not tried again"); return }
            #expect(try await send(job) == .done)
            stage.clock.move(minutes: 30)
            // The process died before it could note the end of the job, but that the server took it was noted.
            #expect(try await send(job) == .skipped("accepted before"))
            // It died before that, too: the mail goes out once more, as the same mail.
            try await stage.database.writeUnscoped { tx in _ = try tx.run("DELETE FROM effect") }
            #expect(try await send(job) == .done)
            #expect(mail.sent.count == 2 && mail.sent[0].messageID == mail.sent[1].messageID)
            #expect(mail.sent[0].invitation?.text.contains("SEQUENCE:0") == true)
        }
    }

    @Test("an address the server refuses is a dead job, and the other mail still goes out", arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            mail.fail(call: 1, with: ProviderError(.refused(code: 550), "no such user"))
            try await stage.book(stage.at(10))
            try await stage.mailRunner(mail).drain()
            let states = try await states(stage).map { $0.split(separator: " ")[1] }
            #expect(states.sorted() == ["dead", "done"] && mail.sent.count == 1)
        }
    }

    @Test("a limit waits as long as the server asks", arguments: Engine.all)
    func limited(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let send = SendBookingMail(stage.installation, mail: mail)
            try await stage.book(stage.at(10))
            let job = try await firstJob(stage)
            mail.fail(call: 1, with: ProviderError(.limited(until: monday.adding(seconds: 90)), "slow down"))
            guard case .retry(_, let after) = try await send(job) else { Issue.record("not tried again"); return }
            #expect(after == 90)
        }
    }

    @Test("a job that makes no sense is dead, and says what it lacks", arguments: Engine.all)
    func unreadable(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let send = SendBookingMail(stage.installation, mail: FakeMail())
            let booked = try await stage.book(stage.at(10))
            func job(_ subject: String, _ payload: String, version: Int = 1) -> Job {
                Job(id: stage.world.id(), kind: BookingJobs.kind, workspace: stage.workspace, subject: subject,
                    version: version, payload: payload, attempt: 1, maxAttempts: 12, notAfter: nil, leaseToken: "t")
            }
            let good = #"{"news":"booked","recipient":"attendee"}"#
            #expect(try await send(job(booked.id.text, "{")) == .dead("unreadable payload"))
            let sung = job(booked.id.text, #"{"news":"sung","recipient":"attendee"}"#)
            #expect(try await send(sung) == .dead("unreadable payload"))
            #expect(try await send(job("bk_nonsense", good)) == .dead("unreadable payload"))
            let unknown: ID<Booking> = stage.world.id()
            #expect(try await send(job(unknown.text, good)) == .dead("no such booking"))
            let nobody = job(booked.id.text, #"{"news":"booked","recipient":"usr_x"}"#)
            #expect(try await send(nobody) == .skipped("no recipient"))
            #expect(try await send(job(booked.id.text, good, version: 2)) == .skipped("moved"))
        }
    }

    @Test("a mail about a meeting that is over is not sent", arguments: Engine.all)
    func tooLate(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            try await stage.book(stage.at(10))
            stage.clock.move(to: stage.at(11))
            try await stage.mailRunner(mail).drain()
            #expect(mail.sent.isEmpty)
            #expect(try await states(stage) == ["1 skipped too late", "1 skipped too late"])
        }
    }

    /// The attendee's, as a runner would lease it.
    private func firstJob(_ stage: Stage) async throws -> Job {
        let found = try await stage.database.lookUp { tx in
            try tx.all("SELECT * FROM job ORDER BY dedupe_key") { row in
                Job(id: try row["id"], kind: try row["kind"], workspace: try row["workspace"],
                    subject: try row["subject"], version: try row["version"], payload: try row["payload"],
                    attempt: 1, maxAttempts: 12, notAfter: nil, leaseToken: "t")
            }
        }
        return try found.first { $0.payload.contains("attendee") }.wanted("job")
    }
}
