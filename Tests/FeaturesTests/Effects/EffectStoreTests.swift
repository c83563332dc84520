/// Effects on both engines: noted once, read in order, kept apart by workspace; and mails that write and heed them.
import Capabilities
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

struct EffectStoreTests {
    private func effect(_ recipient: String, key: String, at: Instant = monday, note: String = "250 OK") -> Effect {
        Effect(.mail, of: "bk_1", version: 1, news: "booked", to: recipient, key: key, note: note, acceptedAt: at)
    }

    @Test("the same effect is noted once, and its first note stays", arguments: Engine.all)
    func once(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (scope, first) = (stage.scope, effect("attendee", key: "<1@a>"))
            let again = effect("attendee", key: "<1@a>", at: monday.adding(minutes: 1), note: "again")
            let host = effect("usr_1", key: "<2@a>", at: monday.adding(minutes: 2))
            try await stage.database.write(scope) { tx in
                for effect in [host, first, again] { try EffectStore.record(effect, scope: scope, in: tx) }
            }
            try await stage.database.read(scope) { tx throws in
                #expect(try EffectStore.all(of: "bk_1", scope: scope, in: tx) == [first, host])
                #expect(try EffectStore.isAccepted(.mail, key: "<1@a>", scope: scope, in: tx))
                #expect(try !EffectStore.isAccepted(.webhook, key: "<1@a>", scope: scope, in: tx))
                #expect(try !EffectStore.isAccepted(.mail, key: "<3@a>", scope: scope, in: tx))
                #expect(try EffectStore.lastAccepted(.mail, scope: scope, in: tx) == host.acceptedAt)
                #expect(try EffectStore.lastAccepted(.webhook, scope: scope, in: tx) == nil)
            }
        }
    }

    @Test("another workspace sees none of them", arguments: Engine.all)
    func apart(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (scope, other) = (stage.scope, try await stage.neighbour().scope)
            let effect = effect("attendee", key: "<1@a>")
            try await stage.database.write(scope) { tx in try EffectStore.record(effect, scope: scope, in: tx) }
            try await stage.database.read(other) { tx throws in
                #expect(try EffectStore.all(of: "bk_1", scope: other, in: tx).isEmpty)
                #expect(try !EffectStore.isAccepted(.mail, key: "<1@a>", scope: other, in: tx))
                #expect(try EffectStore.lastAccepted(.mail, scope: other, in: tx) == nil)
            }
        }
    }

    @Test("a mail that was accepted is noted, shown to hosts, and never sent a second time", arguments: Engine.all)
    func mails(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let mail = FakeMail()
            let send = SendBookingMail(stage.installation, mail: mail)
            let runner = JobRunner(
                database: stage.database, work: [BookingJobs.kind: { try await send($0) }], world: stage.world,
                logger: .silent)
            let booked = try await stage.book(stage.at(10))
            try await runner.drain()
            #expect(mail.sent.count == 2)
            // As after a crash between the server's word and ours that the job is done.
            _ = try await stage.database.writeUnscoped { tx in
                try tx.run("UPDATE job SET state = 'ready', ended_at = NULL WHERE kind = 'booking_mail'")
            }
            try await runner.drain()
            #expect(mail.sent.count == 2)
            let page = try await Visitor(stage, who: "ada").get("/calendar/bookings/\(booked.id)").text
            #expect(page.contains("Who was told") && page.contains("Mail to Yuko Hasegawa: it is booked"))
            #expect(page.contains("Mail to Ada Lindqvist: it is booked"))
            #expect(page.contains("Accepted: <code>fake 1</code>"))
        }
    }
}
