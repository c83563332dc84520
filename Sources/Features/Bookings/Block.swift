/// Blocks: addresses and domains from which a workspace takes no bookings, and the press that makes one.
import Capabilities
import Database
import Scheduling
import Web

package struct Block: Identified, Hashable, Sendable {
    package static let idPrefix = "blk"

    package enum Kind: String, CaseIterable, Sendable, SQLValue { case address, domain }

    /// What is turned away: a folded address, or a domain with all below it.
    struct Whom: Hashable, Sendable {
        let kind: Kind
        let value: String

        /// Nil for a domain that strangers share, such as that of a big mail service.
        init?(_ kind: Kind, of email: String) {
            guard let address = EmailAddress(email) else { return nil }
            (self.kind, value) = (kind, kind == .address ? address.folded : address.wireDomain.lowercased())
            if kind == .domain, NearMiss.isShared(value) { return nil }
        }

        init(kind: Kind, value: String) { (self.kind, self.value) = (kind, value) }

        func covers(_ email: String) -> Bool { Self.all(of: email).contains(self) }

        /// Every block that would turn the address away.
        static func all(of email: String) -> [Whom] {
            guard let address = EmailAddress(email) else { return [] }
            let labels = address.wireDomain.lowercased().split(separator: ".")
            let domains = labels.indices.dropLast().map { labels[$0...].joined(separator: ".") }
            return [Whom(kind: .address, value: address.folded)] + domains.map { Whom(kind: .domain, value: $0) }
        }
    }

    let id: ID<Block>
    let whom: Whom
    /// Who pressed it; nil for somebody who is no member any more.
    let author: ID<User>?
    let authorName: String?
    let at: Instant
}

/// Cancels what an address or a domain has booked, without a word to it, and turns it away from then on.
package struct BlockSender: Sendable {
    let installation: Installation
    let origin: Origin

    /// Meetings one press cancels; what is beyond takes another one.
    static let most = 500

    /// - Parameter hosts: whose bookings are cancelled; nil is everybody's.
    /// - Returns: how many meetings were cancelled.
    func callAsFunction(
        _ whom: Block.Whom, by author: ID<User>, with hosts: Set<ID<User>>?, scope: Scope
    ) async throws -> Int {
        let (id, now): (ID<Block>, Instant) = (installation.world.id(), installation.world.now)
        let entry = AuditEntry(.senderBlocked, of: id.text, named: whom.value, from: origin, installation.world)
        // First the door, so that nothing comes in behind.
        let bookings = try await installation.database.write(scope) { tx in
            if try BlockStore.insert(whom, id: id, by: author, now: now, scope: scope, in: tx) {
                try AuditStore.record(entry, scope: scope, in: tx)
            }
            return try BlockStore.upcoming(whom, with: hosts, most: Self.most, now: now, scope: scope, in: tx)
        }
        var count = 0
        for booking in bookings {
            do {
                _ = try await CancelBooking(installation, from: origin)(booking, quietly: true, scope: scope)
                count += 1
            } catch is BookingRefusal {
                // It has begun, or somebody else was faster: there is nothing left to cancel.
            }
        }
        return count
    }

    /// - Throws: `Common.notFound` for a block of somebody for whom the person does not act.
    func lift(_ id: ID<Block>, by principal: Principal) async throws {
        let scope = principal.scope
        let entry = AuditEntry(.senderUnblocked, of: id.text, from: origin, installation.world)
        try await installation.database.write(scope) { tx in
            let block = try BlockStore.all(by: principal.acts, scope: scope, in: tx).first { $0.id == id }
            guard let block, try BlockStore.delete(id, scope: scope, in: tx) else { throw Common.notFound }
            let author = [block.author].compactMap(\.self)
            try AuditStore.record(entry.about(block.whom.value), scope: principal.scope(on: author), in: tx)
        }
    }
}
