/// Every SQL statement on polls and their options.
import Database
import Scheduling

package enum PollStore {
    package static let sealed = SealedColumn("poll", "token_sealed", key: ["id", "workspace"]) { key in
        "poll|\(key[0])|\(key[1])"
    }

    static func insert(
        _ poll: Poll, lastAt: Instant, tokenHash: [UInt8], sealed: [UInt8], scope: Scope, in tx: Transaction
    ) throws {
        let rules = poll.rules
        try tx.run("""
            INSERT INTO poll (id, workspace, link, author, zone, kind, anyone, hides_votes, takes_proposals, holds,
                deadline, state, version, last_at, token_hash, token_sealed, created_at)
            VALUES (\(poll.id), \(scope.workspace), \(poll.link), \(poll.author), \(poll.zone), \(poll.kind),
                \(rules.anyone ? 1 : 0), \(rules.hidesVotes ? 1 : 0), \(rules.takesProposals ? 1 : 0),
                \(rules.holds ? 1 : 0), \(rules.deadline), \(poll.state), \(poll.version), \(lastAt), \(tokenHash),
                \(sealed), \(poll.createdAt))
            """)
        for option in poll.options { try write(option, of: poll.id, now: poll.createdAt, scope: scope, in: tx) }
    }

    /// One more, by a voter. The row of the poll's link is locked by the caller.
    static func add(
        _ option: PollOption, of poll: ID<Poll>, lastAt: Instant, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try write(option, of: poll, now: now, scope: scope, in: tx)
        try tx.run("""
            UPDATE poll SET last_at = \(lastAt)
            WHERE workspace = \(scope.workspace) AND id = \(poll) AND last_at < \(lastAt)
            """)
    }

    private static func write(
        _ option: PollOption, of poll: ID<Poll>, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let time = option.moment.time
        try tx.post("""
            INSERT INTO poll_option (id, workspace, poll, starts, minutes, day, proposer, created_at)
            VALUES (\(option.id), \(scope.workspace), \(poll), \(time?.start), \(time?.minutes), \(option.moment.day),
                \(option.proposer), \(now))
            """)
    }

    package static func find(_ id: ID<Poll>, scope: Scope, in tx: Transaction) throws -> Poll? {
        try select("AND p.id = \(id)", scope: scope, in: tx).first
    }

    /// Those of these people (nil = everybody's), the newest first; those after `last`.
    package static func page(
        of people: Set<ID<User>>?, after last: ID<Poll>? = nil, most: Int, scope: Scope, in tx: Transaction
    ) throws -> [Poll] {
        let after: SQL = last.map { "AND p.id < \($0)" } ?? ""
        let whose: SQL = people.map { "AND p.author IN \(list: $0.map(\.text).sorted() + [""])" } ?? ""
        return try select("\(whose) \(after)", order: "p.id DESC LIMIT \(most)", scope: scope, in: tx)
    }

    /// Of one person, those that nobody has decided.
    package static func undecided(of author: ID<User>, scope: Scope, in tx: Transaction) throws -> [Poll] {
        try select("AND p.author = \(author) AND p.state <> 'finalized'", scope: scope, in: tx)
    }

    /// The token in its open address; nil when the key file is another.
    package static func token(
        of id: ID<Poll>, keyring: Keyring, scope: Scope, in tx: Transaction
    ) throws -> String? {
        let sealed: [UInt8]? = try tx.one("""
            SELECT token_sealed FROM poll WHERE workspace = \(scope.workspace) AND id = \(id)
            """) { try $0["token_sealed"] }
        return sealed.flatMap { MailedToken.open($0, bound: Poll.binding(id, scope.workspace), keyring) }
    }

    static func close(_ id: ID<Poll>, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE poll SET state = 'closed', closed_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND state = 'open'
            """)
    }

    /// It keeps no time any more, also when it is opened again.
    static func letGo(_ id: ID<Poll>, scope: Scope, in tx: Transaction) throws {
        try tx.run("UPDATE poll SET holds = 0 WHERE workspace = \(scope.workspace) AND id = \(id)")
    }

    static func reopen(_ id: ID<Poll>, until deadline: Instant?, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE poll SET state = 'open', closed_at = NULL, deadline = \(deadline), version = version + 1
            WHERE workspace = \(scope.workspace) AND id = \(id) AND state <> 'finalized'
            """)
    }

    static func finalize(
        _ id: ID<Poll>, _ chosen: ID<PollOption>, as booking: ID<Booking>, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE poll SET state = 'finalized', chosen = \(chosen), booking = \(booking), closed_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(id)
            """)
    }

    /// With everything that anybody said; the row of its link stays for the booking that may hang on it.
    static func delete(_ id: ID<Poll>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM poll WHERE workspace = \(scope.workspace) AND id = \(id)")
    }

    /// With what was said to it.
    static func delete(_ option: ID<PollOption>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM poll_option WHERE workspace = \(scope.workspace) AND id = \(option)")
    }

    /// Forgets those whose last option is long past, and with them who said what and the past time they kept.
    package static func prune(now: Instant, in tx: Transaction) throws {
        let limit = now.adding(days: -Poll.daysKept)
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.run("""
            DELETE FROM ledger WHERE kind = 'placeholder' AND ref IN (SELECT id FROM poll WHERE last_at < \(limit))
            """)
        // The same of the polls themselves, across workspaces.
        try tx.run("DELETE FROM poll WHERE last_at < \(limit)")
    }

    private static func select(
        _ condition: SQL, order: SQL = "p.id", scope: Scope, in tx: Transaction
    ) throws -> [Poll] {
        let found = try tx.all("""
            SELECT p.id, p.link, p.author, p.zone, p.kind, p.anyone, p.hides_votes, p.takes_proposals, p.holds,
                p.deadline, p.state, p.version, p.chosen, p.booking, p.created_at, p.closed_at
            FROM poll p WHERE p.workspace = \(scope.workspace) \(condition) ORDER BY \(order)
            """) { row in
            var rules = PollRules()
            rules.anyone = try row["anyone"] as Int == 1
            rules.hidesVotes = try row["hides_votes"] as Int == 1
            rules.takesProposals = try row["takes_proposals"] as Int == 1
            rules.holds = try row["holds"] as Int == 1
            rules.deadline = try row["deadline"]
            var poll = Poll(
                id: try row["id"], link: try row["link"], author: try row["author"], zone: try row["zone"],
                kind: try row["kind"], rules: rules, createdAt: try row["created_at"])
            (poll.state, poll.version) = (try row["state"], try row["version"])
            (poll.chosen, poll.booking, poll.closedAt) = (
                try row["chosen"], try row["booking"], try row["closed_at"])
            return poll
        }
        guard !found.isEmpty else { return [] }
        let rows = try tx.all("""
            SELECT id, poll, starts, minutes, day, proposer FROM poll_option
            WHERE workspace = \(scope.workspace) AND poll IN \(list: found.map(\.id))
            ORDER BY poll, starts, minutes, day, id
            """) { row in (try row["poll"] as ID<Poll>, try option(row)) }
        let options = Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
        return found.map { poll in
            var poll = poll
            poll.options = options[poll.id] ?? []
            return poll
        }
    }

    private static func option(_ row: Row) throws -> PollOption {
        let day: LocalDate? = try row["day"]
        let moment: PollMoment = try day.map { .day($0) }
            ?? .time(OneOff.Time(start: try row["starts"], minutes: try row["minutes"]))
        return PollOption(id: try row["id"], moment: moment, proposer: try row["proposer"])
    }
}
