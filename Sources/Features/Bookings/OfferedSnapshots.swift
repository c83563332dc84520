/// The snapshots of links that are asked often, and how one is known to be true still.
import Database
import Scheduling
import Synchronization
import Web

/// A bounded cache that is never stale, not even by one commit:
///
/// 1. SQLite: nothing was committed since the snapshot was last found true, says the database's mark; nothing is read.
/// 2. Else one statement asks for the versions of the link and of its hosts. Whoever writes what times hang on counts
///    one of them up in the same transaction: the ledger, schedules, time away, members and profiles the subject's;
///    everything about the link, its own.
/// 3. Else it is read anew, in the transaction that asked, but for hosts whose version is as it was.
///
/// Only lists are answered from it. Who holds, books or moves reads under the locks of their own transaction.
package final class OfferedSnapshots: Sendable {
    /// A link that takes bookings, with its snapshot if it can have one.
    package struct Found: Sendable {
        package let link: Link
        package let scope: Scope
        package let snapshot: OfferedSnapshot?
        /// The database's mark before it was found true.
        let mark: Int64?
    }

    private struct Entry {
        var snapshot: OfferedSnapshot
        var mark: Int64?
        var used: Int
    }

    private struct Shelf {
        var entries: [String: Entry] = [:]
        var weight = 0
        var uses = 0

        mutating func remove(_ slug: String) {
            if let old = entries.removeValue(forKey: slug) { weight -= old.snapshot.weight }
        }
    }

    private let mostEntries: Int
    /// Some 25 MB.
    private static let mostWeight = 500_000

    /// Whether each answer is compared with one that is read anew: in tests.
    let checksItself: Bool
    private let shelf = Mutex(Shelf())

    package init(checksItself: Bool, mostEntries: Int = 2_000) {
        (self.checksItself, self.mostEntries) = (checksItself, mostEntries)
    }

    /// The open link of a slug.
    /// - Throws: `LinkRefusal` as `OpenLink` does.
    package func find(slug: String, now: Instant, _ installation: Installation) async throws -> Found {
        if let known = try await known(slug, now: now, installation) { return known }
        let (link, scope) = try await OpenLink(installation).find(slug: slug)
        guard link.keepsSnapshot, link.rules.slug == slug else {
            return Found(link: link, scope: scope, snapshot: nil, mark: nil)
        }
        // After a start everybody wants the same large team: one or two read it, the others wait and look again.
        return try await installation.gate.pass(["slots of \(slug)"]) {
            if let known = try await self.known(slug, now: now, installation) { return known }
            let mark = installation.database.commitMark
            let found = try await self.read(slug, mark: mark, now: now, installation)
            if let snapshot = found.snapshot { self.put(snapshot, slug: slug, mark: mark) }
            return found
        }
    }

    /// What is on the shelf, true as of now; nil for what is not there or leads elsewhere by now.
    private func known(_ slug: String, now: Instant, _ installation: Installation) async throws -> Found? {
        // Before anything is looked at: what is committed from here on shows as another mark next time.
        let mark = installation.database.commitMark
        guard let entry = take(slug) else { return nil }
        if let mark, entry.mark == mark, entry.snapshot.reaches(now: now, zones: installation.world.zones) {
            return try opened(entry.snapshot, mark: mark, now: now)
        }
        if let renewed = try await renewed(entry.snapshot, slug: slug, now: now, installation) {
            put(renewed, slug: slug, mark: mark)
            return try opened(renewed, mark: mark, now: now)
        }
        forget(slug)
        return nil
    }

    private func opened(_ snapshot: OfferedSnapshot, mark: Int64?, now: Instant) throws -> Found {
        try snapshot.link.checkOpen(uses: 0, now: now)
        return Found(link: snapshot.link, scope: snapshot.scope, snapshot: snapshot, mark: mark)
    }

    /// The same when it is true still, else a new one; nil when the slug leads to no such link any more.
    private func renewed(
        _ old: OfferedSnapshot, slug: String, now: Instant, _ installation: Installation
    ) async throws -> OfferedSnapshot? {
        let (zones, scope) = (installation.world.zones, old.scope)
        return try await installation.database.read(scope) { tx in
            guard let stamp = try SnapshotStore.stamp(of: old.link.id, slug: slug, scope: scope, in: tx) else {
                return nil
            }
            if stamp == old.stamp, old.reaches(now: now, zones: zones) { return old }
            guard let link = try LinkStore.find(old.link.id, scope: scope, in: tx), link.deletedAt == nil,
                link.keepsSnapshot
            else { return nil }
            return try OfferedSnapshot(
                link, keeping: old, stamp: stamp, now: now, zones: zones, scope: scope, in: tx)
        }
    }

    private func read(_ slug: String, mark: Int64?, now: Instant, _ installation: Installation) async throws -> Found {
        let zones = installation.world.zones
        return try await OpenLink(installation).reading(slug: slug, now: now) { link, scope, tx in
            guard link.keepsSnapshot,
                let stamp = try SnapshotStore.stamp(of: link.id, slug: slug, scope: scope, in: tx)
            else { return Found(link: link, scope: scope, snapshot: nil, mark: mark) }
            let snapshot = try OfferedSnapshot(link, stamp: stamp, now: now, zones: zones, scope: scope, in: tx)
            return Found(link: link, scope: scope, snapshot: snapshot, mark: mark)
        }
    }
}

extension OfferedSnapshots {
    private func take(_ slug: String) -> Entry? {
        shelf.withLock { shelf in
            shelf.uses += 1
            shelf.entries[slug]?.used = shelf.uses
            return shelf.entries[slug]
        }
    }

    /// Those that were not asked for longest make room.
    private func put(_ snapshot: OfferedSnapshot, slug: String, mark: Int64?) {
        shelf.withLock { shelf in
            if shelf.entries[slug]?.snapshot === snapshot {
                shelf.entries[slug]?.mark = mark
                return
            }
            shelf.remove(slug)
            shelf.entries[slug] = Entry(snapshot: snapshot, mark: mark, used: shelf.uses)
            shelf.weight += snapshot.weight
            while shelf.entries.count > 1, shelf.entries.count > mostEntries || shelf.weight > Self.mostWeight {
                let oldest = shelf.entries.filter { $0.key != slug }.min { $0.value.used < $1.value.used }
                guard let oldest else { return }
                shelf.remove(oldest.key)
            }
        }
    }

    private func forget(_ slug: String) {
        shelf.withLock { $0.remove(slug) }
    }

    /// How many links it knows.
    var count: Int { shelf.withLock { $0.entries.count } }
}

// MARK: The check

extension OfferedSnapshots {
    /// An answer that was not the one the database gives.
    struct Differs: Error, CustomStringConvertible {
        let description: String
    }

    /// Compares an answer with one that is read anew.
    /// - Throws: ``Differs`` when they are not the same although nothing has been committed that could explain it.
    func check(
        _ answer: [UInt8], from found: Found, _ installation: Installation,
        _ anew: @escaping @Sendable (Link, Transaction) throws -> [UInt8]
    ) async throws {
        guard let snapshot = found.snapshot else { return }
        let (link, scope) = (found.link, found.scope)
        let (fresh, stamp) = try await installation.database.read(scope) { tx in
            let stamp = try SnapshotStore.stamp(of: link.id, slug: link.rules.slug, scope: scope, in: tx)
            return (try LinkStore.find(link.id, scope: scope, in: tx).map { try anew($0, tx) } ?? [], stamp)
        }
        if fresh == answer { return }
        let isSameCommit = found.mark != nil && installation.database.commitMark == found.mark
        guard stamp == snapshot.stamp || isSameCommit else { return }
        let place = zip(answer, fresh).prefix { $0 == $1 }.count
        let words = [answer, fresh].map { bytes in
            String(decoding: bytes.dropFirst(max(0, place - 60)).prefix(160), as: UTF8.self)
        }
        throw Differs(description: """
            the snapshot of link \(link.id) is wrong at byte \(place): it says “\(words[0])”, the database “\(words[1])”
            """)
    }
}
