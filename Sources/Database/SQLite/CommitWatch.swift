/// Tells whether anything was committed to a SQLite file, by whichever process, without reading it.
internal import GRDB

/// A connection of its own that never writes and holds no lock between two questions.
///
/// `PRAGMA data_version` answers a number that stays as long as no other connection, of this process or another one,
/// has committed (https://sqlite.org/pragma.html#pragma_data_version). It looks at the header of the write-ahead log in
/// shared memory, which a commit changes before it is answered. So who reads the same number twice knows that all that
/// was read in between still holds. It costs a few microseconds, a read transaction of the pool ten times as much.
final class CommitWatch: Sendable {
    private let queue: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "database.watch"
        configuration.readonly = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Nil when SQLite does not say, as while the database is being closed.
    var mark: Int64? {
        try? queue.unsafeRead { database in
            var mark: Int64?
            try database.cachedStatement(sql: "PRAGMA data_version").run([], on: database) { row in
                mark = try row["data_version"]
            }
            return mark
        }
    }

    func close() throws { try queue.close() }
}
