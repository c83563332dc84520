/// Every SQL statement on files that are answers.
import Capabilities
import Database
import Scheduling

package enum AnswerFileStore {
    private static let columns: SQL = "id, link, question, file, name, kind, size, booking, created_at"

    static func insert(_ file: AnswerFile, tokenHash: [UInt8]?, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO answer_file (id, workspace, link, question, token_hash, file, name, kind, size, booking,
                created_at, client)
            VALUES (\(file.id), \(scope.workspace), \(file.link), \(file.question), \(tokenHash), \(file.file.text),
                \(file.name), \(file.kind), \(file.bytes), \(file.booking), \(file.createdAt),
                \(file.client))
            """)
    }

    /// - Parameters:
    ///   - client: the network the next one comes from, hashed.
    ///   - factor: multiplies what a network and a workspace may have; 1 but for measurements.
    /// - Throws: `FileObjection.tooMany` where as many of the link, of the network, or as many bytes of the workspace
    ///   wait for their bookings as may.
    static func checkRoom(
        for bytes: Int, on link: ID<Link>, client: [UInt8], factor: Int, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        struct Waiting { var link: String, client: [UInt8]?, bytes: Int, since: Instant }
        let since = now.adding(hours: -AnswerFile.hours)
        let all = try tx.all("""
            SELECT link, client, size, created_at FROM answer_file
            WHERE workspace = \(scope.workspace) AND booking IS NULL AND created_at > \(since) ORDER BY created_at
            """) {
            Waiting(link: try $0["link"], client: try $0["client"], bytes: try $0["size"], since: try $0["created_at"])
        }
        func check(_ isFull: Bool, _ first: Waiting?) throws {
            guard isFull else { return }
            let end = first?.since.adding(hours: AnswerFile.hours) ?? now.adding(hours: AnswerFile.hours)
            throw FileObjection.tooMany(seconds: max(1, Int(end.seconds - now.seconds)))
        }
        let ofLink = all.filter { $0.link == link.text }
        let ofClient = ofLink.filter { $0.client == client }
        try check(ofClient.count >= AnswerFile.mostOfClient * factor, ofClient.first)
        try check(ofLink.count >= AnswerFile.mostWaiting, ofLink.first)
        let sum = all.reduce(bytes) { $0 + $1.bytes }
        try check(sum > AnswerFile.mostWaitingBytes * factor, all.first)
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
            UPDATE answer_file SET booking = \(booking), client = NULL
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

    /// Lets go those of bookings that were over some time ago without having taken place, of all workspaces.
    package static func pruneEnded(world: World, now: Instant, in tx: Transaction) throws {
        let limit = now.adding(days: -AnswerFile.daysAfterEnd)
        // Housekeeping goes across workspaces: it is of the whole installation.
        let gone: [String] = try tx.all("""
            DELETE FROM answer_file WHERE id IN (
                SELECT f.id FROM answer_file f JOIN booking b ON b.id = f.booking
                WHERE b.status IN ('cancelled', 'declined', 'expired') AND b.updated_at <= \(limit)
                ORDER BY f.id LIMIT \(mostAtOnce))
            RETURNING file
            """) { try $0["file"] }
        try removeUnnamed(gone, world: world, now: now, in: tx)
    }

    /// As many as one round of the housekeeping lets go; the others wait for the next.
    private static let mostAtOnce = 500

    /// Lets go the answer of a booking; the bytes go with a job, once no other meeting of its series names them.
    /// - Parameter isOfSeries: the other meetings of its series let go of it too.
    package static func delete(
        of booking: ID<Booking>, to question: ID<Question>, isOfSeries: Bool, world: World, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        guard let file = try find(of: booking, to: question, scope: scope, in: tx) else { return }
        let own: SQL = isOfSeries ? "" : " AND id = \(file.id)"
        try tx.run("""
            DELETE FROM answer_file WHERE workspace = \(scope.workspace) AND file = \(file.file.text)\(own)
            """)
        try removeUnnamed([file.file.text], world: world, now: now, in: tx)
    }

    /// The questions of a booking whose files are there.
    package static func kept(of booking: Booking, scope: Scope, in tx: Transaction) throws -> Set<ID<Question>> {
        guard booking.answers.contains(where: { $0.kind == .file }) else { return [] }
        return Set(try tx.all("""
            SELECT question FROM answer_file WHERE workspace = \(scope.workspace) AND booking = \(booking.id)
            """) { try $0["question"] as ID<Question> })
    }

    private static func removeUnnamed(_ gone: [String], world: World, now: Instant, in tx: Transaction) throws {
        guard !gone.isEmpty else { return }
        let names = Set(gone)
        // A name is that of one file, and is looked for across workspaces, as the housekeeping goes.
        let named: [String] = try tx.all("""
            SELECT DISTINCT file FROM answer_file WHERE file IN \(list: Array(names))
            """) { try $0["file"] }
        try removeBytes(of: names.subtracting(named).sorted(), world: world, now: now, in: tx)
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
