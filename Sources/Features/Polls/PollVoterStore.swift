/// Every SQL statement on those who are asked by a poll, and on what they said.
import Database
import Scheduling

package enum PollVoterStore {
    package static let sealed = SealedColumn("poll_voter", "token_sealed", key: ["id", "workspace"]) { key in
        "poll_voter|\(key[0])|\(key[1])"
    }

    /// - Returns: false where the poll knows the address already.
    static func insert(
        _ voter: PollVoter, token: MailedToken, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            INSERT INTO poll_voter (id, workspace, poll, name, email, folded, zone, language, invited, token_hash,
                token_sealed, voted_at, created_at)
            VALUES (\(voter.id), \(scope.workspace), \(voter.poll), \(voter.name), \(voter.email),
                \(Account.folded(voter.email)), \(voter.zone), \(voter.language), \(voter.invited ? 1 : 0),
                \(token.hash), \(token.sealed), \(voter.votedAt), \(voter.createdAt))
            ON CONFLICT (poll, folded) DO NOTHING
            """) == 1
    }

    static func find(_ id: ID<PollVoter>, scope: Scope, in tx: Transaction) throws -> PollVoter? {
        try select("AND id = \(id)", scope: scope, in: tx).first
    }

    static func find(email: String, of poll: ID<Poll>, scope: Scope, in tx: Transaction) throws -> PollVoter? {
        try select("AND poll = \(poll) AND folded = \(Account.folded(email))", scope: scope, in: tx).first
    }

    /// All of a poll: those who have answered in the order in which they did, then the others.
    package static func all(of poll: ID<Poll>, scope: Scope, in tx: Transaction) throws -> [PollVoter] {
        let voters = try select("AND poll = \(poll)", scope: scope, in: tx)
        return voters.filter { $0.votedAt != nil } + voters.filter { $0.votedAt == nil }
    }

    /// How many have answered, of each of these.
    static func answered(_ polls: [ID<Poll>], scope: Scope, in tx: Transaction) throws -> [ID<Poll>: Int] {
        guard !polls.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT poll, count(*) AS n FROM poll_voter
            WHERE workspace = \(scope.workspace) AND poll IN \(list: polls) AND voted_at IS NOT NULL GROUP BY poll
            """) { (try $0["poll"] as ID<Poll>, try $0["n"] as Int) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    static func ids(of poll: ID<Poll>, scope: Scope, in tx: Transaction) throws -> [ID<PollVoter>] {
        try tx.all("""
            SELECT id FROM poll_voter WHERE workspace = \(scope.workspace) AND poll = \(poll)
            """) { try $0["id"] }
    }

    static func count(of poll: ID<Poll>, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS n FROM poll_voter WHERE workspace = \(scope.workspace) AND poll = \(poll)
            """) { try $0["n"] } ?? 0
    }

    /// With all that they said.
    static func delete(_ id: ID<PollVoter>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM poll_voter WHERE workspace = \(scope.workspace) AND id = \(id)")
    }

    /// The token of somebody's own address; nil when the key file is another.
    static func token(
        of id: ID<PollVoter>, keyring: Keyring, scope: Scope, in tx: Transaction
    ) throws -> String? {
        let sealed: [UInt8]? = try tx.one("""
            SELECT token_sealed FROM poll_voter WHERE workspace = \(scope.workspace) AND id = \(id)
            """) { try $0["token_sealed"] }
        return sealed.flatMap { MailedToken.open($0, bound: PollVoter.binding(id, scope.workspace), keyring) }
    }

    /// What somebody says now; what they said to other options stays.
    static func vote(_ voter: PollVoter, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE poll_voter SET name = \(voter.name), zone = \(voter.zone), language = \(voter.language),
                voted_at = coalesce(voted_at, \(now))
            WHERE workspace = \(scope.workspace) AND id = \(voter.id)
            """)
        for (option, answer) in voter.votes.sorted(by: { $0.key.text < $1.key.text }) {
            try tx.post("""
                INSERT INTO poll_vote (workspace, poll, voter, option, answer)
                VALUES (\(scope.workspace), \(voter.poll), \(voter.id), \(option), \(answer))
                ON CONFLICT (voter, option) DO UPDATE SET answer = excluded.answer
                """)
        }
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [PollVoter] {
        let found = try tx.all("""
            SELECT id, poll, name, email, zone, language, invited, voted_at, created_at FROM poll_voter
            WHERE workspace = \(scope.workspace) \(condition) ORDER BY voted_at, id
            """) { row in
            PollVoter(
                id: try row["id"], poll: try row["poll"], name: try row["name"], email: try row["email"],
                zone: try row["zone"], language: try row["language"], invited: try row["invited"] as Int == 1,
                votedAt: try row["voted_at"], createdAt: try row["created_at"])
        }
        guard !found.isEmpty else { return [] }
        let rows = try tx.all("""
            SELECT voter, option, answer FROM poll_vote
            WHERE workspace = \(scope.workspace) AND voter IN \(list: found.map(\.id))
            """) { row in
            (try row["voter"] as ID<PollVoter>, try row["option"] as ID<PollOption>, try row["answer"] as PollAnswer)
        }
        let votes = Dictionary(grouping: rows, by: \.0)
        return found.map { voter in
            var voter = voter
            voter.votes = Dictionary((votes[voter.id] ?? []).map { ($0.1, $0.2) }) { first, _ in first }
            return voter
        }
    }
}
