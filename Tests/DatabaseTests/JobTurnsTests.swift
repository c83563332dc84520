/// Turns of workspaces: a long queue of one delays nobody else's job by more than a round.
import Fakes
import Logging
import Scheduling
import Testing

@testable import Database

@Suite("Turns of jobs")
struct JobTurnsTests {
    @Test("give every workspace with work its share, whoever came first", arguments: Engine.all)
    func shares(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let hand = HandClock()
            let (crowd, lone): (ID<Workspace>, ID<Workspace>) = (hand.world.id(), hand.world.id())
            for index in 0..<40 {
                try await db.enqueue("crowd\(index)", runAt: noon.adding(seconds: -60), of: crowd)
            }
            try await db.enqueue("ours", of: nil)
            try await db.enqueue("lone", of: lone)
            let runner = JobRunner.test(db, hand.world) { _ in .done }
            let first = try await runner.claim(limit: 8)
            #expect(first.count == 8)
            #expect(Set(first.map(\.workspace)) == [crowd, lone, nil])
            // Nobody else has work: the crowd gets everything.
            #expect(try await runner.claim(limit: 8).map(\.workspace) == Array(repeating: crowd, count: 8))
        }
    }

    @Test("go round one by one when only one place is free", arguments: Engine.all)
    func rounds(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let hand = HandClock()
            let workspaces: [ID<Workspace>] = (0..<3).map { _ in hand.world.id() }
            for (index, workspace) in workspaces.enumerated() {
                for number in 0..<3 {
                    try await db.enqueue(
                        "\(index)-\(number)", runAt: noon.adding(seconds: Int64(index)), of: workspace)
                }
            }
            hand.move(10)
            let runner = JobRunner.test(db, hand.world) { _ in .done }
            var order: [ID<Workspace>?] = []
            while let job = try await runner.claim(limit: 1).first { order.append(job.workspace) }
            #expect(order.count == 9)
            for round in 0..<3 { #expect(Set(order[3 * round..<3 * round + 3]) == Set(workspaces)) }
        }
    }

    @Test("show who is due, with what a dead process left, and nobody whose time has not come", arguments: Engine.all)
    func due(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await db.enqueue("now", of: nil)
            try await db.enqueue("later", runAt: noon.adding(seconds: 30))
            let turns = { @Sendable (now: Instant) in
                try await db.lookUp { try $0.dueTurns(kinds: ["mail"], now: now) }
            }
            #expect(try await turns(noon) == [JobTurn(workspace: nil)])
            #expect(try await db.claim().count == 1)
            #expect(try await turns(noon).isEmpty)
            #expect(Set(try await turns(noon.adding(seconds: 60))).count == 2)
            #expect(try await db.lookUp { try $0.dueTurns(kinds: ["sms"], now: noon.adding(hours: 1)) }.isEmpty)
        }
    }

    @Test("keep the place of who waits when others join")
    func places() {
        let (turns, a) = (JobTurns(), JobTurn(workspace: nil))
        let b = JobTurn(workspace: HandClock().world.id())
        #expect(turns.isOld(now: noon) && turns.next(3).isEmpty)
        turns.refresh([b], now: noon)
        turns.refresh([a, b], now: noon)
        #expect(!turns.isOld(now: noon) && turns.isOld(now: noon.adding(seconds: 1)))
        #expect(turns.next(1) == [b] && turns.next(2) == [a, b] && turns.next(1) == [a])
        turns.leave([a, b])
        #expect(turns.isOld(now: noon) && turns.next(1).isEmpty)
    }

    @Test("looks at a few jobs to claim one of 3,000, though the statistics know of none")
    func shortClaim() async throws {
        // Statistics of other tests' rows, or taken in the midst of the write below, would be others than those the
        // test is about.
        try await withOwnDatabase(.postgres) { db in
            let (world, turn) = (HandClock().world, JobTurn(workspace: Scope.test.workspace))
            try await db.writeUnscoped { tx in _ = try tx.run("ALTER TABLE job SET (autovacuum_enabled = false)") }
            let ids = (0..<3_000).map { _ in world.id(QueuedJob.self) }.sorted { $0.text < $1.text }
            try await db.write(.test) { tx in
                for (index, id) in ids.enumerated() {
                    let job = NewJob(
                        kind: "mail", workspace: Scope.test.workspace, subject: "bk", version: 1,
                        dedupeKey: "j\(index)", ordering: "order\(index)", runAt: noon)
                    try tx.enqueue(job, now: noon, id: id)
                }
            }
            let looked = try await db.writeUnscoped { tx in
                func looks() throws -> Int? {
                    try tx.one("""
                        SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS n FROM pg_stat_xact_user_tables
                        WHERE relname = 'job'
                        """) { try $0["n"] as Int }
                }
                let before = try looks()
                let jobs = try tx.claimJobs(kinds: ["mail"], limit: 1, now: noon, token: "t", turn: turn)
                #expect(jobs.map(\.id) == [ids[0]])
                return (before: before ?? 0, after: try looks() ?? 0)
            }
            #expect(looked.after > looked.before)
            #expect(looked.after - looked.before < 50)
        }
    }
}
