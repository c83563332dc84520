/// Every SQL statement on single-use links.
import Database
import Scheduling
import Web

package enum SingleUseStore {
    package static let sealed = SealedColumn("single_use", "token_sealed", key: ["id", "workspace"]) { key in
        "single_use|\(key[0])|\(key[1])"
    }

    static func insert(
        _ one: SingleUse, tokenHash: [UInt8], sealed: [UInt8], scope: Scope, in tx: Transaction
    ) throws {
        let answers = JSON.array(one.answers.map { answer in
            [
                "question": .string(answer.question.text), "kind": .string(answer.kind.rawValue),
                "value": .string(answer.value),
            ]
        }).text
        try tx.run("""
            INSERT INTO single_use (id, workspace, link, author, name, email, answers, host, revives, expires,
                token_hash, token_sealed, created_at)
            VALUES (\(one.id), \(scope.workspace), \(one.link), \(one.author), \(one.name), \(one.email),
                \(answers), \(one.host), \(one.revives ? 1 : 0), \(one.expires), \(tokenHash), \(sealed),
                \(one.createdAt))
            """)
    }

    package static func find(_ id: ID<SingleUse>, scope: Scope, in tx: Transaction) throws -> SingleUse? {
        try select("AND s.id = \(id)", scope: scope, in: tx).first
    }

    /// Those of the links on which these people act (nil = everybody's), the newest first; those after `last`.
    package static func page(
        of people: Set<ID<User>>?, state: SingleUseState? = nil, after last: ID<SingleUse>? = nil, most: Int,
        now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [SingleUse] {
        let after: SQL = last.map { "AND s.id < \($0)" } ?? ""
        let whose: SQL = people.map { people in
            """
            AND EXISTS (SELECT 1 FROM link_host h WHERE h.workspace = s.workspace AND h.link = s.link
                AND h.account IN \(list: people.map(\.text).sorted() + [""]))
            """
        } ?? ""
        return try select(
            "\(whose) \(state.map { condition($0, now: now) } ?? "") \(after)", order: "s.id DESC LIMIT \(most)",
            scope: scope, in: tx)
    }

    /// How many of a link can still be used.
    static func countOpen(of link: ID<Link>, now: Instant, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS n FROM single_use s
            JOIN link l ON l.workspace = s.workspace AND l.id = s.link
            LEFT JOIN booking b ON b.workspace = s.workspace AND b.id = s.booking
            WHERE s.workspace = \(scope.workspace) AND s.link = \(link) \(condition(.unused, now: now))
            """) { try $0["n"] } ?? 0
    }

    /// The token in its address; nil when the key file is another.
    static func token(
        of id: ID<SingleUse>, keyring: Keyring, scope: Scope, in tx: Transaction
    ) throws -> String? {
        let sealed: [UInt8]? = try tx.one("""
            SELECT token_sealed FROM single_use WHERE workspace = \(scope.workspace) AND id = \(id)
            """) { try $0["token_sealed"] }
        return sealed.flatMap { MailedToken.open($0, bound: SingleUse.binding(id, scope.workspace), keyring) }
    }

    /// It has led to that booking. The row of its link is locked, so of all who press at once one is here first.
    static func take(_ id: ID<SingleUse>, by booking: ID<Booking>, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE single_use SET booking = \(booking) WHERE workspace = \(scope.workspace) AND id = \(id)
            """)
    }

    static func withdraw(_ id: ID<SingleUse>, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE single_use SET withdrawn_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND withdrawn_at IS NULL
            """)
    }

    /// Counts one mail more.
    static func mailed(_ id: ID<SingleUse>, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE single_use SET mails = mails + 1, mailed_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(id)
            """)
    }

    /// Forgets what ended long ago, and with it whom it was for.
    package static func prune(now: Instant, in tx: Transaction) throws {
        let limit = now.adding(days: -SingleUse.daysKept)
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.run("""
            DELETE FROM single_use WHERE (withdrawn_at < \(limit) OR expires < \(limit)
                    OR EXISTS (SELECT 1 FROM link l
                        WHERE l.workspace = single_use.workspace AND l.id = single_use.link AND l.deleted_at < \(limit))
                    OR EXISTS (SELECT 1 FROM booking b
                        WHERE b.workspace = single_use.workspace AND b.id = single_use.booking AND b.ends < \(limit)
                            AND b.status NOT IN ('declined', 'expired')
                            AND NOT (b.status = 'cancelled' AND (single_use.revives = 1 OR b.sequence = 0))))
                AND NOT EXISTS (SELECT 1 FROM booking b
                    WHERE b.workspace = single_use.workspace AND b.id = single_use.booking AND b.ends >= \(limit))
            """)
    }

    /// Those of a link that is deleted are taken back with it.
    private static let withdrawnAt: SQL = "coalesce(s.withdrawn_at, l.deleted_at)"

    private static func condition(_ state: SingleUseState, now: Instant) -> SQL {
        let isUsed: SQL = """
            (b.id IS NOT NULL AND b.status NOT IN ('declined', 'expired')
                AND NOT (b.status = 'cancelled' AND (s.revives = 1 OR b.sequence = 0)))
            """
        return switch state {
        case .withdrawn: "AND \(withdrawnAt) IS NOT NULL"
        case .used: "AND \(withdrawnAt) IS NULL AND \(isUsed)"
        case .expired: "AND \(withdrawnAt) IS NULL AND NOT \(isUsed) AND s.expires <= \(now)"
        case .unused:
            "AND \(withdrawnAt) IS NULL AND NOT \(isUsed) AND (s.expires IS NULL OR s.expires > \(now))"
        }
    }

    private static func select(
        _ condition: SQL, order: SQL = "s.id", scope: Scope, in tx: Transaction
    ) throws -> [SingleUse] {
        try tx.all("""
            SELECT s.id, s.link, s.author, s.name, s.email, s.answers, s.host, s.revives, s.expires, s.booking,
                b.status, b.sequence, s.mails, s.mailed_at, s.created_at, \(withdrawnAt) AS withdrawn_at
            FROM single_use s JOIN link l ON l.workspace = s.workspace AND l.id = s.link
            LEFT JOIN booking b ON b.workspace = s.workspace AND b.id = s.booking
            WHERE s.workspace = \(scope.workspace) \(condition) ORDER BY \(order)
            """) { row in
            var one = SingleUse(
                id: try row["id"], link: try row["link"], author: try row["author"], name: try row["name"],
                email: try row["email"], answers: answers(try row["answers"]), host: try row["host"],
                revives: try row["revives"] as Int == 1, expires: try row["expires"], createdAt: try row["created_at"])
            let booking: ID<Booking>? = try row["booking"]
            let status: BookingStatus? = try row["status"]
            // A wish that its asker took back was told to no calendar, so its sequence never grew.
            let sequence: Int? = try row["sequence"]
            one.use = booking.flatMap { id in
                status.map { SingleUse.Use(booking: id, status: $0, wasConfirmed: sequence != 0) }
            }
            (one.mails, one.mailedAt) = (try row["mails"], try row["mailed_at"])
            one.withdrawnAt = try row["withdrawn_at"]
            return one
        }
    }

    private static func answers(_ text: String) -> [Answered] {
        ((try? JSON(reading: Array(text.utf8)))?.array ?? []).compactMap { one in
            guard let question = one["question"]?.string.flatMap(ID<Question>.init),
                let kind = one["kind"]?.string.flatMap(Question.Kind.init(rawValue:)),
                let value = one["value"]?.string
            else { return nil }
            return Answered(question: question, label: "", value: value, kind: kind)
        }
    }
}
