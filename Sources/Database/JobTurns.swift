/// Whose jobs come next: workspaces with work take turns, so that one with thousands of jobs delays nobody.
import Scheduling
import Synchronization

/// Whose turn it may be: a workspace, or the installation's own jobs.
struct JobTurn: Hashable, Sendable {
    let workspace: ID<Workspace>?
}

/// The round of one runner. Who has work is looked up when nobody is left, and once a second while somebody is.
final class JobTurns: Sendable {
    private struct State {
        var waiting: [JobTurn] = []
        var asOf: Instant?
    }

    private let state = Mutex(State())

    /// Whether it is time to look who has work: nobody waits, or the second has passed.
    func isOld(now: Instant) -> Bool {
        state.withLock { $0.waiting.isEmpty || $0.asOf != now }
    }

    /// Whoever was waiting keeps the place; the others come after them.
    func refresh(_ due: [JobTurn], now: Instant) {
        state.withLock { state in
            let (known, working) = (Set(state.waiting), Set(due))
            state.waiting = state.waiting.filter(working.contains) + due.filter { !known.contains($0) }
            state.asOf = now
        }
    }

    /// The next ones in line, who go to its end.
    func next(_ count: Int) -> [JobTurn] {
        state.withLock { state in
            let turns = Array(state.waiting.prefix(count))
            state.waiting = state.waiting.dropFirst(turns.count) + turns
            return turns
        }
    }

    /// Nothing of theirs is left for now.
    func leave(_ turns: Set<JobTurn>) {
        state.withLock { $0.waiting.removeAll(where: turns.contains) }
    }
}

extension Transaction {
    /// Leases up to `limit` jobs, of each of the turns about as many.
    /// - Returns: the jobs, and whose were fewer than their share.
    func claimByTurns(
        _ asked: [JobTurn], kinds: [String], limit: Int, now: Instant, token: String, suspects: Bool
    ) throws -> ([Job], Set<JobTurn>) {
        var (jobs, idle): ([Job], Set<JobTurn>) = ([], [])
        func claim(_ turn: JobTurn, _ share: Int) throws {
            let mayBeSuspect = suspects && !jobs.contains(where: \.isSuspect)
            let claimed = try claimJobs(
                kinds: kinds, limit: share, now: now, token: token, turn: turn, suspects: mayBeSuspect)
            if claimed.count < share { idle.insert(turn) }
            jobs += claimed
        }
        for (index, turn) in asked.enumerated() {
            try claim(turn, (limit - jobs.count) / (asked.count - index))
        }
        // What some leave of their shares goes to those who have more.
        for turn in asked where jobs.count < limit && !idle.contains(turn) { try claim(turn, limit - jobs.count) }
        return (jobs, idle)
    }
}
