/// Every statement on profiles: the columns of `account` that a person fills in, handles of before, muted notices.
import Capabilities
import Database
import Scheduling
import Web

package enum ProfileStore {
    /// The profile of somebody who is not switched off.
    package static func find(_ id: ID<User>, in tx: Transaction) throws -> Profile? {
        let muted = try muted(by: id, in: tx)
        return try tx.one("""
            SELECT id, email, name, zone, clock, language, handle, profile_workspace, profile_text, picture,
                picture_kind, ad_hoc_links
            FROM account WHERE id = \(id) AND active
            """) { row in
            let wish = ProfileWish(
                name: try row["name"], zone: try row["zone"], clock: try row["clock"], language: try row["language"],
                handle: try row["handle"], text: try row["profile_text"],
                allowsAdHoc: try row["ad_hoc_links"] as Int == 1, muted: muted)
            return Profile(
                id: try row["id"], email: try row["email"], wish: wish, picture: try picture(row),
                workspace: try row["profile_workspace"])
        }
    }

    /// Writes what the person wishes; a handle given up stays theirs and leads to the new one.
    package static func save(_ wish: ProfileWish, over old: Profile, scope: Scope, now: Instant, in tx: Transaction)
        throws {
        let workspace = wish.handle == old.wish.handle ? old.workspace ?? scope.workspace : scope.workspace
        try tx.run("""
            UPDATE account SET name = \(wish.name), zone = \(wish.zone), clock = \(wish.clock),
                language = \(wish.language), handle = \(wish.handle), profile_workspace = \(workspace),
                profile_text = \(wish.text), ad_hoc_links = \(wish.allowsAdHoc ? 1 : 0)
            WHERE id = \(old.id)
            """)
        // Their links say the name, and hours that nobody wrote down are the usual ones in this zone.
        try tx.countUp([old.id.text])
        if wish.handle != old.wish.handle { try remember(old.wish.handle, of: old.id, now: now, in: tx) }
        if let handle = wish.handle {
            try tx.run("DELETE FROM former_handle WHERE handle = \(handle) AND account = \(old.id)")
        }
        guard wish.muted != old.wish.muted else { return }
        try tx.run("DELETE FROM muted_notice WHERE account = \(old.id)")
        for notice in wish.muted.sorted(by: { $0.event.rawValue < $1.event.rawValue }) {
            try tx.run("""
                INSERT INTO muted_notice (account, event, channel)
                VALUES (\(old.id), \(notice.event), \(notice.channel))
                """)
        }
    }

    /// Whether a handle is somebody else's, or was.
    package static func isTaken(_ handle: String, except id: ID<User>, in tx: Transaction) throws -> Bool {
        let owners: [ID<User>] = try tx.all("""
            SELECT id AS owner FROM account WHERE handle = \(handle)
            UNION ALL SELECT account AS owner FROM former_handle WHERE handle = \(handle)
            """) { row in try row["owner"] }
        return owners.contains { $0 != id }
    }

    package static func set(picture: ProfilePicture?, of id: ID<User>, in tx: Transaction) throws {
        try tx.run("""
            UPDATE account SET picture = \(picture?.file.text), picture_kind = \(picture?.kind) WHERE id = \(id)
            """)
    }

    private static func remember(_ handle: String?, of id: ID<User>, now: Instant, in tx: Transaction) throws {
        guard let handle else { return }
        try tx.run("""
            INSERT INTO former_handle (handle, account, since) VALUES (\(handle), \(id), \(now))
            ON CONFLICT (handle) DO NOTHING
            """)
    }

    private static func muted(by id: ID<User>, in tx: Transaction) throws -> Set<MutedNotice> {
        Set(try tx.all("SELECT event, channel FROM muted_notice WHERE account = \(id)") { row in
            MutedNotice(try row["event"], try row["channel"])
        })
    }

    private static func picture(_ row: Row) throws -> ProfilePicture? {
        guard let name: String = try row["picture"], let kind: Picture.Kind = try row["picture_kind"] else {
            return nil
        }
        guard let file = FileName(name) else { throw DatabaseError.mismatch("picture of account") }
        return ProfilePicture(file: file, kind: kind)
    }
}

extension Picture.Kind: SQLValue {}
