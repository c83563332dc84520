/// Every statement on counted tries to sign in and on the browsers that signed in before.
import Database
import Scheduling

package enum SignInTryStore {
    // MARK: Tries

    /// The count of a name, locked until the transaction ends.
    static func locked(_ name: String, now: Instant, in tx: Transaction) throws -> SignInTry {
        try tx.run("""
            INSERT INTO sign_in_try (name, tries, last_at) VALUES (\(name), 0, \(now)) ON CONFLICT (name) DO NOTHING
            """)
        let found = try tx.one("""
            SELECT tries, last_at, paused_until FROM sign_in_try WHERE name = \(name)\(.forUpdate)
            """) { row in
            SignInTry(tries: try row["tries"], last: try row["last_at"], pausedUntil: try row["paused_until"])
        }
        return found ?? SignInTry(tries: 0, last: now, pausedUntil: nil)
    }

    /// Counts that a mail is asked for. False where too many were: nothing is sent, and nobody is told.
    static func mayAsk(_ name: String, now: Instant, in tx: Transaction) throws -> Bool {
        var asked = try locked(name, now: now, in: tx)
        if asked.isOver(at: now) { asked.tries = 0 }
        let may = asked.tries < SignInLimits.tries
        if may { (asked.tries, asked.last) = (asked.tries + 1, now) }
        try save(asked, name: name, in: tx)
        return may
    }

    /// Until when a name is paused, if it is.
    static func pause(of name: String, now: Instant, in tx: Transaction) throws -> Instant? {
        let until = try tx.one("SELECT paused_until FROM sign_in_try WHERE name = \(name)") { row in
            try row["paused_until"] as Instant?
        }
        return until?.flatMap { now < $0 ? $0 : nil }
    }

    static func save(_ tried: SignInTry, name: String, in tx: Transaction) throws {
        try tx.run("""
            UPDATE sign_in_try SET tries = \(tried.tries), last_at = \(tried.last),
                paused_until = \(tried.pausedUntil)
            WHERE name = \(name)
            """)
    }

    /// The right password was given.
    static func forget(_ name: String, in tx: Transaction) throws {
        try tx.run("DELETE FROM sign_in_try WHERE name = \(name)")
    }

    /// Throws away counts that no longer pause anybody, and browsers not seen for longer than their cookie lasts.
    package static func prune(now: Instant, in tx: Transaction) throws {
        try tx.run("DELETE FROM sign_in_try WHERE last_at < \(now.adding(days: -1))")
        try tx.run("DELETE FROM device WHERE seen_at < \(now.adding(seconds: -Int64(KnownDevice.cookieSeconds)))")
    }

    // MARK: Known browsers

    /// Whether this browser signed in before, to that address and to any.
    static func known(device hash: [UInt8], email: String, in tx: Transaction) throws -> KnownDevice {
        let accounts = try tx.all("""
            SELECT a.email_folded FROM device d JOIN account a ON a.id = d.account WHERE d.token_hash = \(hash)
            """) { row in try row["email_folded"] as String }
        return KnownDevice(isKnown: !accounts.isEmpty, fits: accounts.contains(Account.folded(email)))
    }

    static func remember(device hash: [UInt8], of account: ID<User>, now: Instant, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO device (token_hash, account, created_at, seen_at) VALUES (\(hash), \(account), \(now), \(now))
            ON CONFLICT (token_hash, account) DO UPDATE SET seen_at = excluded.seen_at
            """)
    }

    static func forgetDevices(of account: ID<User>, in tx: Transaction) throws {
        try tx.run("DELETE FROM device WHERE account = \(account)")
    }
}

/// What is known of the browser at the other end.
struct KnownDevice: Sendable, Equatable {
    static let cookieName = "workestra_device"
    /// As long as browsers keep a cookie.
    static let cookieSeconds = 400 * 86_400

    /// Somebody signed in here before.
    let isKnown: Bool
    /// The owner of the address did.
    let fits: Bool

    static let none = KnownDevice(isKnown: false, fits: false)
}
