/// Every SQL statement on the codes that prove addresses.
import Database
import Scheduling

package enum EmailCodeStore {
    /// False when the address has as many living codes as it may; the schema knows no fourth place.
    /// - Parameter email: as it was typed, to be written to.
    static func insert(
        _ code: EmailCode, sentTo email: String, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            DELETE FROM email_code
            WHERE workspace = \(scope.workspace) AND email = \(code.email) AND expires_at <= \(now)
            """)
        let taken: [Int] = try tx.all("""
            SELECT turn FROM email_code WHERE workspace = \(scope.workspace) AND email = \(code.email)
            """) { try $0["turn"] }
        guard let turn = (1...EmailCode.mostOfAddress).first(where: { !taken.contains($0) }) else { return false }
        // Two at the same moment: one of them is enough.
        return try tx.run("""
            INSERT INTO email_code (id, workspace, link, email, turn, sent_to, language, tries, created_at, expires_at)
            VALUES (\(code.id), \(scope.workspace), \(code.link), \(code.email), \(turn), \(email),
                \(code.language), 0, \(now), \(code.expires))
            ON CONFLICT (workspace, email, turn) DO NOTHING
            """) == 1
    }

    /// Codes that open something now, locked: tries are counted one after another.
    static func living(
        of email: String, link: ID<Link>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [EmailCode] {
        try tx.all("""
            SELECT id, link, email, language, expires_at FROM email_code
            WHERE workspace = \(scope.workspace) AND link = \(link) AND email = \(email) AND expires_at > \(now)
                AND tries < \(EmailCode.mostTries)
            ORDER BY id\(.forUpdate)
            """, code(from:))
    }

    static func countTry(_ codes: [ID<EmailCode>], scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE email_code SET tries = tries + 1
            WHERE workspace = \(scope.workspace) AND id IN \(list: codes) AND tries < \(EmailCode.mostTries)
            """)
    }

    /// With the address as it was typed.
    static func find(
        _ id: ID<EmailCode>, scope: Scope, in tx: Transaction
    ) throws -> (code: EmailCode, sentTo: String)? {
        try tx.one("""
            SELECT id, link, email, sent_to, language, expires_at FROM email_code
            WHERE workspace = \(scope.workspace) AND id = \(id)
            """) { (code: try code(from: $0), sentTo: try $0["sent_to"]) }
    }

    /// Forgets what is over.
    package static func prune(now: Instant, in tx: Transaction) throws {
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.run("DELETE FROM email_code WHERE expires_at <= \(now)")
    }

    private static func code(from row: Row) throws -> EmailCode {
        EmailCode(
            id: try row["id"], link: try row["link"], email: try row["email"], language: try row["language"],
            expires: try row["expires_at"])
    }
}
