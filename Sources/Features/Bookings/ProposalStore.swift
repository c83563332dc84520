/// Every SQL statement on proposals and the times they name.
import Database
import Scheduling

package enum ProposalStore {
    package static func insert(_ proposal: Proposal, scope: Scope, in tx: Transaction) throws {
        try tx.post("""
            INSERT INTO proposal (id, workspace, booking, author, behalf, about, message, state, expires, created_at)
            VALUES (\(proposal.id), \(scope.workspace), \(proposal.booking), \(proposal.author), \(proposal.behalf),
                \(proposal.about), \(proposal.message), \(proposal.state), \(proposal.expires), \(proposal.createdAt))
            """)
        for time in proposal.times {
            try tx.post("""
                INSERT INTO proposal_time (workspace, proposal, starts, ends)
                VALUES (\(scope.workspace), \(proposal.id), \(time.start), \(time.end))
                """)
        }
    }

    /// Ends an open one; its times are free again with that. The subjects are locked by the caller.
    static func close(
        _ proposal: Proposal, as state: ProposalState, reply: String = "", now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE proposal SET state = \(state), answered_at = \(now), reply = \(reply)
            WHERE workspace = \(scope.workspace) AND id = \(proposal.id) AND state = 'open'
            """)
        try tx.removeLedger(kind: .hold, ref: proposal.id.text)
    }

    /// What a change of the booking makes of an open one: it is accepted by moving to a time it named, and over with
    /// another time, another host or the end of the booking.
    static func follow(
        _ next: Booking, over before: Booking, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        guard let proposal = before.proposal else { return }
        let (was, state) = (before.state, next.state)
        let isSame = was.status == state.status && was.starts == state.starts && before.hosts.map(\.id)
            == next.hosts.map(\.id)
        guard !isSame else { return }
        let isNamed = state.status == .confirmed && proposal.times.contains { $0.start == state.starts }
        let isAnswer = isNamed || proposal.times.isEmpty && was.starts != state.starts && scope.actor == .attendee
        let end: ProposalState = isAnswer ? .accepted : proposal.isOpen(now: now) ? .ended : .lapsed
        try close(proposal, as: end, now: now, scope: scope, in: tx)
    }

    /// Whether a booking `b` has an open one: most have none, and nothing more is asked about them.
    static let hasOpen: SQL = """
        EXISTS (SELECT 1 FROM proposal q WHERE q.workspace = b.workspace AND q.booking = b.id AND q.state = 'open')
        """

    static func open(
        of bookings: [ID<Booking>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>: Proposal] {
        guard !bookings.isEmpty else { return [:] }
        let found = try select("AND p.booking IN \(list: bookings) AND p.state = 'open'", scope: scope, in: tx)
        return Dictionary(found.map { ($0.booking, $0) }) { first, _ in first }
    }

    /// All there ever were of a booking, the oldest first.
    package static func all(of booking: ID<Booking>, scope: Scope, in tx: Transaction) throws -> [Proposal] {
        try select("AND p.booking = \(booking)", scope: scope, in: tx)
    }

    package static func find(_ id: ID<Proposal>, scope: Scope, in tx: Transaction) throws -> Proposal? {
        try select("AND p.id = \(id)", scope: scope, in: tx).first
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [Proposal] {
        let found = try tx.all("""
            SELECT p.id, p.booking, p.author, a.name, p.behalf, b.name AS behalf_name, p.about, p.message, p.state,
                p.expires, p.created_at, p.answered_at, p.reply
            FROM proposal p JOIN account a ON a.id = p.author LEFT JOIN account b ON b.id = p.behalf
            WHERE p.workspace = \(scope.workspace) \(condition) ORDER BY p.created_at, p.id
            """) { row in
            Proposal(
                id: try row["id"], booking: try row["booking"], author: try row["author"],
                authorName: try row["name"], behalf: try row["behalf"], behalfName: try row["behalf_name"],
                about: try row["about"], times: [], message: try row["message"], expires: try row["expires"],
                createdAt: try row["created_at"], state: try row["state"], answeredAt: try row["answered_at"],
                reply: try row["reply"])
        }
        guard !found.isEmpty else { return [] }
        let rows = try tx.all("""
            SELECT proposal, starts, ends FROM proposal_time
            WHERE workspace = \(scope.workspace) AND proposal IN \(list: found.map(\.id)) ORDER BY proposal, starts
            """) { row in
            (try row["proposal"] as ID<Proposal>, Span(start: try row["starts"], end: try row["ends"]))
        }
        let times = Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
        return found.map { proposal in
            var proposal = proposal
            proposal.times = times[proposal.id] ?? []
            return proposal
        }
    }
}
