/// More people for a stage, and links that several of them host.
import Database
import Scheduling
import Testing

@testable import Features

extension Stage {
    /// Members of the workspace beside Ada and Bob, named Host 1, Host 2 and so on, with hours of 9 to 17 in Berlin.
    func people(_ count: Int) async throws -> [ID<User>] {
        let ids: [ID<User>] = (0..<count).map { _ in world.id() }
        let (workspace, now) = (workspace, world.now)
        try await database.writeUnscoped { tx in
            for (number, id) in ids.enumerated() {
                let account = Account(
                    id: id, email: "host\(number + 1)@nordhavn.example", name: "Host \(number + 1)",
                    zone: "Europe/Berlin")
                try AccountStore.insert(account, passwordHash: nil, now: now, in: tx)
                try AccountStore.addMember(id, role: .member, workspace: workspace, now: now, in: tx)
            }
        }
        return ids
    }

    var adas: Scope { Scope(workspace: workspace, actor: .user(ada)) }

    func makeLink(
        _ slug: String, _ kind: LinkKind, _ hosts: [HostWish], _ change: (inout LinkRules) -> Void = { _ in }
    ) async throws -> Link {
        var rules = Self.rules
        (rules.slug, rules.kind) = (slug, kind)
        change(&rules)
        var wish = LinkWish(rules: rules)
        wish.hosts = hosts
        return try await SaveLink(installation).create(wish, host: ada, scope: adas)
    }

    func find(_ link: Link) async throws -> Link {
        let scope = scope
        return try await database.read(scope) { try LinkStore.find(link.id, scope: scope, in: $0) }.wanted("link")
    }

    @discardableResult
    func change(_ link: Link, _ change: @escaping @Sendable (inout LinkWish) -> Void) async throws -> Link {
        try await SaveLink(installation).update(link.id, version: nil, scope: adas) { link in
            var wish = LinkWish(rules: link.rules)
            change(&wish)
            return wish
        }
    }

    /// How many hosts could take a time.
    func eligible(_ link: Link, at start: Instant) async throws -> Int {
        let (now, scope, zones) = (world.now, scope, zones)
        return try await database.read(scope) { tx in
            try OfferedTimes(
                link: link, from: start, to: start.adding(minutes: 30), now: now, zones: zones, scope: scope, in: tx
            ).eligible(at: start).count
        }
    }

    func hosts(of booking: ID<Booking>) async throws -> [ID<User>] { try await find(booking).hosts.map(\.id) }

    func assignments(of link: Link) async throws -> [Assignment] {
        let scope = scope
        return try await database.read(scope) { tx in
            try AssignmentStore.all(of: link.id, in: nil, by: .creation, limit: 10_000, scope: scope, in: tx).reversed()
        }
    }

    /// Two bookings of one host at one time, unless they share a session, and ledger rows that belong to nobody who
    /// hosts the booking.
    func contradictions() async throws -> [String] {
        let scope = scope
        return try await database.read(scope) { tx in
            let overlaps: [String] = try tx.all("""
                SELECT a.booking FROM booking_host a JOIN booking_host b ON b.account = a.account
                    AND b.booking > a.booking AND b.workspace = a.workspace AND a.starts < b.ends AND b.starts < a.ends
                JOIN booking p ON p.id = a.booking JOIN booking q ON q.id = b.booking
                WHERE a.workspace = \(scope.workspace) AND a.status = 'confirmed' AND b.status = 'confirmed'
                    AND COALESCE(p.session, p.id) <> COALESCE(q.session, q.id)
                """) { "overlap of \(try $0["booking"] as String)" }
            let strangers: [String] = try tx.all("""
                SELECT l.ref FROM ledger l WHERE l.workspace = \(scope.workspace) AND l.kind = 'booking'
                AND NOT EXISTS (SELECT 1 FROM booking_host h WHERE h.workspace = l.workspace AND h.booking = l.ref
                    AND h.account = l.subject AND h.starts = l.starts AND h.ends = l.ends)
                AND NOT EXISTS (SELECT 1 FROM booking_resource r WHERE r.workspace = l.workspace
                    AND r.booking = l.ref AND r.resource = l.subject)
                """) { "ledger of \(try $0["ref"] as String)" }
            let missing: [String] = try tx.all("""
                SELECT h.booking FROM booking_host h JOIN booking b ON b.id = h.booking
                WHERE h.workspace = \(scope.workspace) AND h.status = 'confirmed'
                AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.workspace = h.workspace
                    AND l.ref = COALESCE(b.session, h.booking)
                    AND l.kind IN ('booking', 'session') AND h.account = l.subject
                    AND h.starts = l.starts AND h.ends = l.ends)
                """) { "no ledger of \(try $0["booking"] as String)" }
            return overlaps + strangers + missing
        }
    }
}

/// The refusal that `body` throws about giving a booking away; nil when it throws none.
func reassignRefusal<T>(_ body: () async throws -> T) async throws -> ReassignRefusal? {
    do {
        _ = try await body()
        return nil
    } catch let refusal as ReassignRefusal {
        return refusal
    }
}
