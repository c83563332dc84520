/// The job queue: dedupe, leases, fencing, order, attempts.
import Fakes
import Scheduling
import Testing

@testable import Database

@Suite("The job queue")
struct JobQueueTests {
    @Test("takes two jobs with one dedupe key for one, even after it is done", arguments: Engine.all)
    func dedupe(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("a", "a", "b")
            let jobs = try await db.claim()
            #expect(jobs.count == 2)
            for job in jobs { try await db.end(job, .done) }
            try await db.enqueue("a")
            #expect(try await db.jobs() == ["a": "done 1", "b": "done 1"])
        }
    }

    @Test("rolls a job back with the change it belongs to", arguments: Engine.all)
    func outbox(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let world = HandClock().world
            let (now, id) = (world.now, world.id(QueuedJob.self))
            await #expect(throws: Refused()) {
                try await db.write(.test) { tx in
                    let job = NewJob(
                        kind: "mail", workspace: Scope.test.workspace, subject: "bk", version: 1, dedupeKey: "a",
                        runAt: now)
                    try tx.enqueue(job, now: now, id: id)
                    throw Refused()
                }
            }
            let jobs = try await db.jobs()
            #expect(jobs.isEmpty)
        }
    }

    @Test("hands out what is due, the earliest first, up to the limit", arguments: Engine.all)
    func due(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("later", runAt: noon.adding(seconds: 1))
            try await db.enqueue("second", runAt: noon)
            try await db.enqueue("first", runAt: noon.adding(seconds: -5))
            try await db.enqueue("other", kind: "sms")
            #expect(try await db.claim(1).map(\.attempt) == [1])
            #expect(try await db.jobs()["first"] == "leased 1")
            #expect(try await db.claim().count == 1)
            #expect(try await db.claim().isEmpty)
            #expect(try await db.jobs()["other"] == "ready 0")
        }
    }

    @Test("gives a job to somebody else when its lease runs out, and ignores the first one then", arguments: Engine.all)
    func fencing(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("a")
            let first = try #require(try await db.claim(token: "one").first)
            let early = noon.adding(seconds: 59), late = noon.adding(seconds: 60)
            #expect(try await db.claim(now: early, token: "two").isEmpty)
            let second = try #require(try await db.claim(now: late, token: "two").first)
            #expect(second.attempt == 2)
            #expect(try await db.end(first, .done, now: late) == false)
            #expect(try await db.writeUnscoped { tx in try tx.renewLease(first, now: late) } == 0)
            #expect(try await db.jobs() == ["a": "leased 2"])
            #expect(try await db.end(second, .skipped("cancelled"), now: late))
            #expect(try await db.jobs() == ["a": "skipped 2 cancelled"])
        }
    }

    @Test("keeps a lease that is renewed", arguments: Engine.all)
    func renewal(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("a")
            let job = try #require(try await db.claim().first)
            let later = noon.adding(seconds: 40)
            #expect(try await db.writeUnscoped { tx in try tx.renewLease(job, now: later) } == 1)
            #expect(try await db.claim(now: later.adding(seconds: 59), token: "other").isEmpty)
            #expect(try await db.claim(now: later.adding(seconds: 60), token: "other").count == 1)
        }
    }

    @Test("buries a job that kills its process, after five rounds, the last an hour later", arguments: Engine.all)
    func poison(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("poison")
            var now = noon
            for round in 1...4 {
                #expect(try await db.claim(now: now, token: "t\(round)").count == 1)
                now = now.adding(seconds: 60)
            }
            // Whoever kills from outside has stopped by then.
            #expect(try await db.claim(now: now, token: "early").isEmpty)
            now = now.adding(seconds: JobLease.lastPause)
            #expect(try await db.claim(now: now, token: "t5").count == 1)
            now = now.adding(seconds: 60)
            #expect(try await db.claim(now: now, token: "t6").isEmpty)
            #expect(try await db.jobs() == ["poison": "dead 5 its process died in every attempt"])
        }
    }

    @Test("tells attempts that failed from those a process did not survive", arguments: Engine.all)
    func crashesAreNotAttempts(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("a")
            var now = noon
            // A mail server that is away for hours, then the process is killed: the mail must still go out.
            for _ in 1...6 {
                try await db.end(try #require(try await db.claim(now: now).first), .retry("no answer"), now: now)
                now = now.adding(seconds: 60)
            }
            #expect(try await db.claim(now: now).map(\.isSuspect) == [false])
            now = now.adding(seconds: 60)
            let again = try #require(try await db.claim(now: now).first)
            #expect(again.attempt == 8 && again.isSuspect)
            // One that ended, however it ended, is no longer what the process dies of.
            try await db.end(again, .retry("no answer"), now: now)
            #expect(try await db.claim(now: now.adding(seconds: 60)).map(\.isSuspect) == [false])
        }
    }

    @Test("buries a job whose process died in its last attempt", arguments: Engine.all)
    func lastCrash(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("a", maxAttempts: 1)
            #expect(try await db.claim().count == 1)
            #expect(try await db.claim(now: noon.adding(seconds: 60)).isEmpty)
            #expect(try await db.jobs() == ["a": "dead 1 its process died in the last attempt"])
        }
    }

    @Test("hands out one job at a time of those a process died under, beside all others", arguments: Engine.all)
    func suspects(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            for index in 0..<3 { try await db.enqueue("s\(index)", runAt: noon.adding(seconds: -9)) }
            #expect(try await db.claim().count == 3)
            try await db.enqueue("new", "newer")
            let later = noon.adding(seconds: 60)
            let claimed = try await db.claim(now: later, token: "two")
            #expect(claimed.map(\.isSuspect) == [true, false, false])
            let none = try await db.writeUnscoped { tx in
                try tx.claimJobs(kinds: ["mail"], limit: 9, now: later, token: "three", suspects: false)
            }
            #expect(none.isEmpty)
            #expect(try await db.claim(now: later, token: "four").count == 1)
        }
    }

    @Test("runs jobs of one order one at a time, however many claim", arguments: Engine.all)
    func ordering(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("b", ordering: "x", runAt: noon.adding(seconds: -1))
            try await db.enqueue("a", ordering: "x", runAt: noon.adding(seconds: -2))
            try await db.enqueue("free", ordering: "y", runAt: noon.adding(seconds: -1))
            try await db.enqueue("future", ordering: "x", runAt: noon.adding(hours: 1))
            let claimed = try await db.claim()
            #expect(try await db.jobs().filter { $0.value == "leased 1" }.keys.sorted() == ["a", "free"])
            #expect(try await db.claim(token: "other").isEmpty)
            // While one waits for its next attempt, the next one in order may pass.
            try await db.end(claimed[0], .retry("later"))
            #expect(try await db.claim(token: "other").count == 1)
            #expect(try await db.jobs()["b"] == "leased 1")
            #expect(try await db.claim(now: noon.adding(seconds: 59), token: "third").isEmpty)
        }
    }

    @Test("keeps two claimers from taking two jobs of one order, each unseen by the other")
    func lateHead() async throws {
        // SQLite's claims follow one another in any case.
        guard Engine.all.contains(.postgres) else { return }
        try await withDatabase(.postgres) { db in
            try await db.enqueue("second", ordering: "x", runAt: noon.adding(seconds: -1))
            let claimed = Gate(), release = Gate()
            let first = Task {
                try await db.writeUnscoped { tx in
                    let jobs = try tx.claimJobs(kinds: ["mail"], limit: 20, now: noon, token: "one")
                    claimed.open()
                    release.wait()
                    return jobs.count
                }
            }
            await claimed.opened()
            // The clocks of two processes differ, or a commit takes its time: the head of the order comes last.
            try await db.enqueue("first", ordering: "x", runAt: noon.adding(seconds: -2))
            async let other = db.claim(token: "two").count
            try await Task.sleep(for: .milliseconds(200))
            release.open()
            let counts = try await (first.value, other)
            #expect(counts == (1, 0))
        }
    }

    @Test("wakes its process after a commit that asked for jobs, and after no other", arguments: Engine.all)
    func wake(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let journal = Journal()
            db.onJobs { journal.note("wake") }
            try await db.enqueue("a")
            #expect(journal.all == ["wake"])
            // Whether it was there already is not waited for.
            try await db.enqueue("a")
            try await db.writeUnscoped { tx in try tx.addSubjects(["ada"]) }
            #expect(journal.all == ["wake", "wake"])
        }
    }

    @Test("hands each of 300 jobs to one of eight claimers, and no two of one order at once", arguments: Engine.all)
    func crowd(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let world = HandClock().world
            let ids = (0..<300).map { _ in world.id(QueuedJob.self) }
            try await db.write(.test) { tx in
                for (index, id) in ids.enumerated() {
                    let job = NewJob(
                        kind: "mail", workspace: Scope.test.workspace, subject: "bk", version: 1,
                        dedupeKey: "j\(index)",
                        ordering: index % 3 == 0 ? "order\(index % 5)" : nil, runAt: noon)
                    try tx.enqueue(job, now: noon, id: id)
                }
            }
            let journal = Journal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for claimer in 0..<8 {
                    group.addTask {
                        var round = 0
                        while case let jobs = try await db.claim(20, token: "\(claimer).\(round)"), !jobs.isEmpty {
                            round += 1
                            let twice = try await db.count(
                                """
                                SELECT count(*) AS n FROM (SELECT ordering_key FROM job WHERE state = 'leased'
                                AND ordering_key IS NOT NULL GROUP BY ordering_key HAVING count(*) > 1) AS doubled
                                """)
                            if twice > 0 { journal.note("two of one order") }
                            for job in jobs {
                                journal.note("\(job.id)")
                                try await db.end(job, .done)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            // A claimer may stop while another one still holds the head of an order: the rest is claimed here.
            while let job = try await db.claim(1).first {
                journal.note("\(job.id)")
                try await db.end(job, .done)
            }
            #expect(journal.all.count == 300)
            #expect(Set(journal.all) == Set(ids.map(\.text)))
        }
    }

    @Test("says dead after the last attempt, and a dead job can be replayed", arguments: Engine.all)
    func lastAttempt(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("a", maxAttempts: 2)
            try await db.end(try #require(try await db.claim().first), .retry("no answer"))
            #expect(try await db.jobs() == ["a": "ready 1 no answer"])
            #expect(try await db.claim(now: noon.adding(seconds: 59)).isEmpty)
            let second = try #require(try await db.claim(now: noon.adding(seconds: 60)).first)
            try await db.end(second, .retry("no\u{0} answer"))
            #expect(try await db.jobs() == ["a": "dead 2 no answer"])
            #expect(try await db.writeUnscoped { tx in try tx.replayJob(second.id, now: noon) })
            #expect(try await db.jobs() == ["a": "ready 0"])
            #expect(try await db.writeUnscoped { tx in try tx.replayJob(second.id, now: noon) } == false)
        }
    }

    @Test("forgets what ended long ago, but not the dead", arguments: Engine.all)
    func pruning(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("done", "dead", "ready")
            let jobs = try await db.claim(2)
            try await db.end(jobs[0], .done)
            try await db.end(jobs[1], .dead("no such address"))
            let pruned = try await db.writeUnscoped { tx in try tx.pruneJobs(endedBefore: noon.adding(seconds: 1)) }
            #expect(pruned == 1)
            #expect(try await db.jobs().count == 2)
        }
    }
}
