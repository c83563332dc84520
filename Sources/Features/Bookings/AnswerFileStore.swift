/// Every SQL statement on files that are answers.
import Capabilities
import Database
import Scheduling

package enum AnswerFileStore {
    private static let columns: SQL = "id, link, question, file, name, kind, size, booking, created_at"

    static func insert(_ file: AnswerFile, tokenHash: [UInt8]?, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO answer_file (id, workspace, link, question, token_hash, file, name, kind, size, booking,
                created_at)
            VALUES (\(file.id), \(scope.workspace), \(file.link), \(file.question), \(tokenHash), \(file.file.text),
                \(file.name), \(file.kind), \(file.bytes), \(file.booking), \(file.createdAt))
            """)
    }

    /// - Throws: `FileObjection.tooMany` where as many of the link wait for their bookings as may.
    static func checkRoom(on link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        let waiting: Int = try tx.one("""
            SELECT count(*) AS n FROM answer_file
            WHERE workspace = \(scope.workspace) AND link = \(link) AND booking IS NULL
            """) { try $0["n"] } ?? 0
        guard waiting < AnswerFile.mostWaiting else { throw FileObjection.tooMany }
    }

    /// When the latest of those there are was taken.
    package static func last(scope: Scope, in tx: Transaction) throws -> Instant? {
        try tx.one("SELECT max(created_at) AS last FROM answer_file WHERE workspace = \(scope.workspace)") {
            try $0["last"] as Instant?
        } ?? nil
    }

    /// Lets one go that waits; its bytes go with a job.
    static func drop(token: String, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        let gone: [String] = try tx.all("""
            DELETE FROM answer_file
            WHERE workspace = \(scope.workspace) AND token_hash = \(sha256(Array(token.utf8))) AND booking IS NULL
            RETURNING file
            """) { try $0["file"] }
        try removeBytes(of: gone, world: world, now: now, in: tx)
    }

    static func find(token: String, scope: Scope, in tx: Transaction) throws -> AnswerFile? {
        try tx.one("""
            SELECT \(columns) FROM answer_file
            WHERE workspace = \(scope.workspace) AND token_hash = \(sha256(Array(token.utf8)))
            """, file(from:))
    }

    /// The answer of a booking.
    static func find(
        of booking: ID<Booking>, to question: ID<Question>, scope: Scope, in tx: Transaction
    ) throws -> AnswerFile? {
        try tx.one("""
            SELECT \(columns) FROM answer_file
            WHERE workspace = \(scope.workspace) AND booking = \(booking) AND question = \(question)
            """, file(from:))
    }

    /// It is the booking's from now on.
    /// - Returns: false when it is another's.
    static func give(
        _ file: ID<AnswerFile>, to booking: ID<Booking>, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            UPDATE answer_file SET booking = \(booking)
            WHERE workspace = \(scope.workspace) AND id = \(file) AND booking IS NULL
            """) == 1
    }

    /// Lets go what nobody booked with, of all workspaces; its bytes go with a job of their own.
    package static func prune(world: World, now: Instant, in tx: Transaction) throws {
        let limit = now.adding(hours: -AnswerFile.hours)
        // Housekeeping goes across workspaces: it is of the whole installation.
        let gone: [String] = try tx.all("""
            DELETE FROM answer_file WHERE booking IS NULL AND created_at <= \(limit) RETURNING file
            """) { try $0["file"] }
        try removeBytes(of: gone, world: world, now: now, in: tx)
    }

    private static func removeBytes(of names: [String], world: World, now: Instant, in tx: Transaction) throws {
        for name in names.compactMap(FileName.init) {
            try tx.enqueue(RemoveFile.job(name, now: now), now: now, id: world.id())
        }
    }

    private static func file(from row: Row) throws -> AnswerFile {
        guard let file = FileName(try row["file"] as String) else { throw DatabaseError.check("answer_file.file") }
        return AnswerFile(
            id: try row["id"], link: try row["link"], question: try row["question"], file: file,
            name: try row["name"], kind: try row["kind"], bytes: try row["size"], booking: try row["booking"],
            createdAt: try row["created_at"])
    }
}
