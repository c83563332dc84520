/// The mails of an installation without a mail server: every statement on `local_mail`, which belongs to no workspace.
import Database
import Scheduling

/// A mail as it would have been sent.
package struct LocalMail: Identified, Sendable {
    package static let idPrefix = "ml"

    package let id: ID<LocalMail>
    package let messageID: String
    package let recipient: String
    package let subject: String
    package let text: String
    package let html: String
    /// The whole message.
    package let raw: [UInt8]
    package let createdAt: Instant
}

package enum LocalMailStore {
    /// Stores a mail and drops those beyond the newest `kept`.
    static func add(_ mail: LocalMail, keeping kept: Int, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO local_mail (id, message_id, recipient, subject, body_text, body_html, raw, created_at)
            VALUES (\(mail.id), \(mail.messageID), \(mail.recipient), \(mail.subject), \(mail.text), \(mail.html),
                    \(mail.raw), \(mail.createdAt))
            """)
        try tx.run("""
            DELETE FROM local_mail WHERE id IN (
                SELECT id FROM local_mail ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET \(kept))
            """)
    }

    /// Newest first.
    static func all(in tx: Transaction) throws -> [LocalMail] {
        try tx.all("""
            SELECT id, message_id, recipient, subject, body_text, body_html, raw, created_at FROM local_mail
            ORDER BY created_at DESC, id DESC
            """, read)
    }

    static func find(_ id: ID<LocalMail>, in tx: Transaction) throws -> LocalMail? {
        try tx.one("""
            SELECT id, message_id, recipient, subject, body_text, body_html, raw, created_at FROM local_mail
            WHERE id = \(id)
            """, read)
    }

    private static func read(_ row: Row) throws -> LocalMail {
        LocalMail(
            id: try row["id"], messageID: try row["message_id"], recipient: try row["recipient"],
            subject: try row["subject"], text: try row["body_text"], html: try row["body_html"], raw: try row["raw"],
            createdAt: try row["created_at"])
    }
}
