/// Every SQL statement on resources, and on the bookings that have them.
import Database
import Scheduling
import Web

package enum ResourceStore {
    package static func insert(_ resource: BookableResource, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.addSubjects([resource.id.text])
        try tx.run("""
            INSERT INTO resource (id, workspace, name, kind, seats, place, zone, hours, active, version, created_at)
            VALUES (\(resource.id), \(scope.workspace), \(resource.name), \(resource.kind), \(resource.seats),
                \(resource.place), \(resource.zone), \(hours(resource)), \(resource.isActive ? 1 : 0), 1, \(now))
            """)
    }

    /// Writes it when its version is still the one that was read; false when somebody was faster.
    package static func update(_ resource: BookableResource, scope: Scope, in tx: Transaction) throws -> Bool {
        let changed = try tx.run("""
            UPDATE resource SET name = \(resource.name), kind = \(resource.kind), seats = \(resource.seats),
                place = \(resource.place), zone = \(resource.zone), hours = \(hours(resource)),
                active = \(resource.isActive ? 1 : 0), version = version + 1
            WHERE workspace = \(scope.workspace) AND id = \(resource.id) AND version = \(resource.version)
                AND deleted_at IS NULL
            """)
        if changed == 1 { try tx.countUp([resource.id.text]) }
        return changed == 1
    }

    package static func delete(
        _ id: ID<BookableResource>, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE resource SET deleted_at = \(now), active = 0, version = version + 1
            WHERE workspace = \(scope.workspace) AND id = \(id) AND deleted_at IS NULL
            """)
        try tx.countUp([id.text])
    }

    /// Also a deleted one.
    package static func find(
        _ id: ID<BookableResource>, scope: Scope, in tx: Transaction
    ) throws -> BookableResource? {
        try select("AND id = \(id)", scope: scope, in: tx).first
    }

    /// Several by id, also deleted ones.
    package static func find(
        _ ids: Set<ID<BookableResource>>, scope: Scope, in tx: Transaction
    ) throws -> [ID<BookableResource>: BookableResource] {
        guard !ids.isEmpty else { return [:] }
        let found = try select("AND id IN \(list: ids.sorted())", scope: scope, in: tx)
        return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Those that are not deleted, by name.
    package static func all(scope: Scope, in tx: Transaction) throws -> [BookableResource] {
        try select("AND deleted_at IS NULL ORDER BY name, id", scope: scope, in: tx)
    }

    /// The workspace's, for a new one.
    package static func zoneName(scope: Scope, in tx: Transaction) throws -> String {
        // The table of workspaces is its own tenant: a row is one workspace.
        try tx.one("SELECT zone FROM workspace WHERE id = \(scope.workspace)") { try $0["zone"] } ?? "UTC"
    }

    /// Bookings that have it and are not over, the next first.
    package static func upcoming(
        of id: ID<BookableResource>, now: Instant, limit: Int = 50, scope: Scope, in tx: Transaction
    ) throws -> [ResourceBooking] {
        try tx.all("""
            SELECT b.id, b.starts, b.ends, l.title, b.attendee_name FROM booking_resource r
            JOIN booking b ON b.workspace = r.workspace AND b.id = r.booking
            JOIN link l ON l.workspace = b.workspace AND l.id = b.link
            WHERE r.workspace = \(scope.workspace) AND r.resource = \(id) AND b.ends > \(now)
                AND b.status IN ('pending_payment', 'pending_approval', 'confirmed')
            ORDER BY b.starts, b.id LIMIT \(limit)
            """) { row in
            ResourceBooking(
                id: try row["id"], starts: try row["starts"], ends: try row["ends"], title: try row["title"],
                attendee: try row["attendee_name"])
        }
    }

    private static func hours(_ resource: BookableResource) -> String? {
        resource.hours.map { WeeklyJSON.write($0).text }
    }

    private static func select(
        _ condition: SQL, scope: Scope, in tx: Transaction
    ) throws -> [BookableResource] {
        try tx.all("""
            SELECT id, name, kind, seats, place, zone, hours, active, version, deleted_at FROM resource
            WHERE workspace = \(scope.workspace) \(condition)
            """) { row in
            var resource = BookableResource(id: try row["id"], name: try row["name"], zone: try row["zone"])
            (resource.kind, resource.seats, resource.place) = (try row["kind"], try row["seats"], try row["place"])
            (resource.isActive, resource.version) = (try row["active"] as Int == 1, try row["version"])
            resource.deletedAt = try row["deleted_at"]
            if let text = try row["hours"] as String? {
                guard case .success(let weekly) = WeeklyJSON.read(try JSON(reading: Array(text.utf8))) else {
                    throw DatabaseError.mismatch("hours of resource")
                }
                resource.hours = weekly
            }
            return resource
        }
    }
}
