/// The job runner: outcomes, back-off, wake-up, renewal of nothing, graceful stop.
import Fakes
import Logging
import Scheduling
import ServiceLifecycle
import Synchronization
import Testing

@testable import Database

@Suite("The job runner")
struct JobRunnerTests {
    @Test("writes down what the work says", arguments: Engine.all)
    func outcomes(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let hand = HandClock()
            for name in ["done", "skipped", "dead", "retry"] {
                try await db.enqueue(name, runAt: noon, world: hand.world)
                let outcome: JobOutcome = switch name {
                case "done": .done
                case "skipped": .skipped("cancelled")
                case "dead": .dead("no address")
                default: .retry("busy", after: 30)
                }
                try await JobRunner.test(db, hand.world) { _ in outcome }.drain()
            }
            #expect(
                try await db.jobs() == [
                    "done": "done 1", "skipped": "skipped 1 cancelled", "dead": "dead 1 no address",
                    "retry": "ready 1 busy",
                ])
            hand.move(29)
            try await JobRunner.test(db, hand.world) { _ in .done }.drain()
            #expect(try await db.jobs()["retry"] == "ready 1 busy")
            hand.move(1)
            try await JobRunner.test(db, hand.world) { _ in .done }.drain()
            #expect(try await db.jobs()["retry"] == "done 2")
        }
    }

    @Test("tries a job that throws again, later and later, until it is dead", arguments: Engine.all)
    func patience(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let hand = HandClock()
            try await db.enqueue("a", maxAttempts: 3)
            let runner = JobRunner.test(db, hand.world) { _ in throw Refused(why: "mail server") }
            for bound in [10, 20, 40] as [Int64] {
                try await runner.drain()
                hand.move(4)
                try await runner.drain()
                hand.move(bound - 4)
            }
            let state = try #require(try await db.jobs()["a"])
            #expect(state.hasPrefix("dead 3") && state.contains("mail server"))
        }
    }

    @Test("skips what is too late without doing it", arguments: Engine.all)
    func tooLate(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let hand = HandClock(), journal = Journal()
            try await db.enqueue("a", notAfter: noon.adding(seconds: 10))
            hand.move(11)
            try await JobRunner.test(db, hand.world) { job in
                journal.note("\(job.id)")
                return .done
            }.drain()
            #expect(journal.all.isEmpty)
            #expect(try await db.jobs() == ["a": "skipped 1 too late"])
        }
    }

    @Test("begins at once when a write of its process enqueues, and stops gracefully", arguments: Engine.all)
    func service(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let world = HandClock().world, did = Gate(), stopping = Gate(), hold = Gate()
            let runner = JobRunner.test(db, world) { _ in
                did.open()
                try await gracefulShutdown()
                stopping.open()
                await hold.opened()
                return .done
            }
            let group = ServiceGroup(services: [runner], logger: Logger(label: "test"))
            async let running: Void = group.run()
            try await Task.sleep(for: .milliseconds(50))
            let began = ContinuousClock.now
            try await db.enqueue("a")
            await did.opened()
            print("a job began \(ContinuousClock.now - began) after its commit on \(engine)")
            await group.triggerGracefulShutdown()
            await stopping.opened()
            try await db.enqueue("b")
            hold.open()
            try await running
            // The one that ran was finished; the one that came after the stop was left alone.
            #expect(try await db.jobs() == ["a": "done 1", "b": "ready 0"])
        }
    }

    @Test("keeps what it has in hand when the clock is put forward", arguments: Engine.all)
    func jump(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let hand = HandClock(), did = Gate(), hold = Gate(), other = Gate(), runs = Mutex(0)
            try await db.enqueue("a", world: hand.world)
            let runner = JobRunner.test(db, hand.world) { _ in
                if runs.withLock({ $0 += 1; return $0 }) > 1 {
                    other.open()
                } else {
                    did.open()
                    await hold.opened()
                }
                return .done
            }
            let running = Task { try await runner.run() }
            await did.opened()
            hand.move(86_400)
            // Claimed after the jump, and so after whatever the claim before it took for lost.
            try await db.enqueue("b", world: hand.world)
            await other.opened()
            hold.open()
            while try await db.jobs().values.contains(where: { !$0.hasPrefix("done") }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            running.cancel()
            _ = await running.result
            #expect(try await db.jobs() == ["a": "done 1", "b": "done 1"])
        }
    }

    @Test("gives jobs back without counting the attempt when it is cancelled", arguments: Engine.all)
    func cancelled(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let did = Gate()
            try await db.enqueue("a")
            let runner = JobRunner.test(db, HandClock().world) { _ in
                did.open()
                try await Task.sleep(for: .seconds(60))
                return .done
            }
            let running = Task { try await runner.run() }
            await did.opened()
            running.cancel()
            _ = await running.result
            #expect(try await db.jobs() == ["a": "ready 0"])
        }
    }

    @Test("cuts work that hangs and tries it again", arguments: Engine.all)
    func hanging(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("a")
            try await db.enqueue("b", kind: "sms")
            let hang: JobWork = { _ in
                try await Task.sleep(for: .seconds(60))
                return .done
            }
            let runner = JobRunner(
                database: db, work: ["mail": hang, "sms": { _ in .done }], limits: ["mail": .milliseconds(50)],
                world: HandClock().world, logger: Logger(label: "test"))
            try await runner.drain()
            #expect(try await db.jobs() == ["a": "ready 1 took longer than 0 seconds", "b": "done 1"])
        }
    }

    @Test("takes over at once what a dead process had, where there is only one process")
    func takeOver() async throws {
        try await withDatabase(.sqlite) { db in
            try await db.enqueue("a")
            try await db.enqueue("b", kind: "other")
            #expect(try await db.claim(token: "dead").count == 1)
            let held = try await db.writeUnscoped { tx in
                try tx.claimJobs(kinds: ["other"], limit: 1, now: noon, token: "neighbour")
            }
            let did = Gate()
            let running = Task {
                try await JobRunner.test(db, HandClock().world) { _ in
                    did.open()
                    return .done
                }.run()
            }
            await did.opened()
            running.cancel()
            _ = await running.result
            // Another runner of this process is at work on another kind: its lease stays.
            #expect(try await db.writeUnscoped { tx in try tx.renewLease(held[0], now: noon) } == 1)
        }
    }

    @Test("waits between 5 seconds and a bound that doubles up to an hour")
    func jitter() {
        let entropy = Entropy.seeded(7)
        for (attempt, bound) in [(1, 10), (2, 20), (5, 160), (9, 2_560), (10, 3_600), (60, 3_600)] {
            let delays = (0..<2_000).map { _ in backOff(attempt: attempt, entropy: entropy) }
            #expect(delays.allSatisfy { (5...Int64(bound)).contains($0) })
            // Spread over all of it, or a crowd of jobs that failed together would come back together.
            #expect(delays.contains { $0 < 5 + Int64(bound) / 10 } && delays.contains { $0 > Int64(bound) * 9 / 10 })
        }
    }

    @Test("is tried for a day before it is given up, however the pauses fall")
    func patience() {
        let entropy = Entropy.seeded(8)
        let shortest = (0..<1_000).map { _ in
            (1..<QueuedJob.mostAttempts).reduce(0) { $0 + backOff(attempt: $1, entropy: entropy) }
        }.min() ?? 0
        #expect(shortest >= 86_400)
    }
}
