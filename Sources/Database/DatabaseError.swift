/// What can go wrong in the database, as a closed set that is the same for both engines.

/// The world said no. A refusal of the product is another type, thrown by the closure and passed through unchanged.
package enum DatabaseError: Error, Hashable, Sendable {
    /// The ledger's last defence: two claims on one subject at one time. The subject lock should have come before.
    case overlap
    /// Another row has these values already. `constraint` is `table(column, …)`, or the name of an expression index.
    case unique(constraint: String)
    /// A row points at a row that is not there, or is pointed at and was to be deleted.
    case foreignKey
    /// A CHECK, NOT NULL or type of a column refused a value, or a trigger raised (then its own word).
    case check(String)
    /// A lock was not had in time (3 s on PostgreSQL, 5 s on SQLite). Answer 503 and let the caller try again.
    case busy
    /// A write inside `read`.
    case readOnly
    /// No space left on the disk.
    case full
    /// The database cannot be reached; nothing was changed.
    case unavailable(String)
    /// The answer to COMMIT was lost, so that nobody knows what happened; a later look tells, by the idempotency key.
    case unanswered
    /// A stored value is not what the program expects.
    case mismatch(String)
    /// Everything else: SQLSTATE on PostgreSQL, the extended result code on SQLite.
    case sql(code: String, message: String)
}

extension DatabaseError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .overlap: "two claims overlap in the ledger"
        case .unique(let constraint): "already there: \(constraint)"
        case .foreignKey: "a row points at a row that is not there"
        case .check(let rule): "refused by a rule of the schema: \(rule)"
        case .busy: "a lock was not had in time"
        case .readOnly: "a read must not write"
        case .full: "no space left on the disk"
        case .unavailable(let why): "the database is not available: \(why)"
        case .unanswered: "the answer to COMMIT was lost"
        case .mismatch(let what): "a stored value is not as expected: \(what)"
        case .sql(let code, let message): "\(message) (\(code))"
        }
    }
}
