/// A block in line for SQLite's writer, with the continuation of the task that waits for it.
internal import GRDB

/// A `WaitingWrite` of any result, as the line holds it.
protocol PendingWrite: Sendable {
    /// Goes alone: it may write so many pages that memory would not hold them.
    var isLarge: Bool { get }

    /// Runs the block and keeps its result.
    /// - Returns: false when it threw.
    func run(on database: GRDB.Database) -> Bool

    /// What the block threw when it last ran.
    var failure: (any Error)? { get }

    /// Resumes the task with what the block returned or threw.
    func answer()

    /// Resumes the task with an error of the group.
    func answer(failing error: any Error)
}

/// Only the writer's queue touches a write once it is in line, hence unchecked.
final class WaitingWrite<T: Sendable>: PendingWrite, @unchecked Sendable {
    let isLarge: Bool
    private let scope: Scope?
    private let body: @Sendable (Transaction) throws -> T
    private let continuation: CheckedContinuation<T, any Error>
    private var result: Result<T, any Error>?

    init(
        _ scope: Scope?, isLarge: Bool, _ body: @escaping @Sendable (Transaction) throws -> T,
        _ continuation: CheckedContinuation<T, any Error>
    ) {
        self.isLarge = isLarge
        self.scope = scope
        self.body = body
        self.continuation = continuation
    }

    func run(on database: GRDB.Database) -> Bool {
        let connection = SQLiteConnection(database: database)
        let outcome = Result {
            try Transaction(engine: .sqlite, scope: scope, connection: connection).finishing(body)
        }
        result = outcome
        return failure == nil
    }

    var failure: (any Error)? {
        if case .failure(let error) = result { error } else { nil }
    }

    func answer() {
        guard let result else { preconditionFailure("a write is answered before it has run") }
        continuation.resume(with: result)
    }

    func answer(failing error: any Error) {
        continuation.resume(throwing: error)
    }
}
