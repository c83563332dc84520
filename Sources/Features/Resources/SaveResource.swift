/// Making, changing and deleting a resource; and reading what somebody wants it to be.
import Database
import Scheduling
import Web

package struct SaveResource: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Throws: `Invalid` for a name another one has.
    package func create(_ resource: BookableResource, scope: Scope) async throws -> BookableResource {
        let now = installation.world.now
        return try await installation.database.write(scope) { tx in
            try insert(resource, now: now, scope: scope, in: tx)
        }
    }

    /// The same inside a transaction, for calls that may be repeated.
    func insert(
        _ resource: BookableResource, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> BookableResource {
        let others = try ResourceStore.all(scope: scope, in: tx)
        guard others.count < BookableResource.most else { throw ResourceRefusal.tooMany }
        try Self.checkName(resource, among: others)
        try ResourceStore.insert(resource, now: now, scope: scope, in: tx)
        return resource
    }

    /// - Parameter version: the one the person saw; nil takes what is stored.
    package func update(
        _ id: ID<BookableResource>, version: Int? = nil, scope: Scope,
        _ change: @escaping @Sendable (BookableResource) throws -> BookableResource
    ) async throws -> BookableResource {
        try await installation.database.write(scope) { tx in
            // Nobody books it while it changes.
            try tx.lockSubjects([id.text])
            guard let stored = try ResourceStore.find(id, scope: scope, in: tx), stored.deletedAt == nil else {
                throw Common.notFound
            }
            let changed = try change(stored)
            guard version == nil || version == stored.version else { throw ResourceRefusal.changedMeanwhile }
            try Self.checkName(changed, among: try ResourceStore.all(scope: scope, in: tx))
            guard try ResourceStore.update(changed, scope: scope, in: tx) else {
                throw ResourceRefusal.changedMeanwhile
            }
            return try ResourceStore.find(id, scope: scope, in: tx) ?? changed
        }
    }

    /// - Throws: `ResourceRefusal.inUse` while upcoming bookings have it.
    package func delete(_ id: ID<BookableResource>, scope: Scope) async throws {
        let now = installation.world.now
        try await installation.database.write(scope) { tx in
            try tx.lockSubjects([id.text])
            guard let stored = try ResourceStore.find(id, scope: scope, in: tx), stored.deletedAt == nil else {
                throw Common.notFound
            }
            let upcoming = try ResourceStore.upcoming(of: id, now: now, limit: 1000, scope: scope, in: tx)
            guard upcoming.isEmpty else { throw ResourceRefusal.inUse(upcoming.count) }
            try ResourceStore.delete(id, now: now, scope: scope, in: tx)
        }
    }

    private static func checkName(_ resource: BookableResource, among others: [BookableResource]) throws {
        let name = resource.name.lowercased()
        guard others.contains(where: { $0.id != resource.id && $0.name.lowercased() == name }) else { return }
        throw Invalid("name", code: "taken", plain("There is already something called “\(resource.name)”."))
    }
}

extension BookableResource {
    /// Reads every field that came; what did not come stays as it is.
    mutating func read(_ fields: inout Fields, zones: Zones) {
        if name.isEmpty || fields.has("name") { name = fields.text("name", 1...120, label: plain("Name")) }
        kind = fields.choice("kind", otherwise: kind, optional: true, label: plain("Kind"))
        if fields.has("seats") {
            seats = fields.optionalInteger("seats", Self.seatCounts, label: plain("Seats"))
        }
        if fields.has("place") { place = fields.text("place", 0...200, label: plain("Where it is")) }
        if fields.has("timezone") {
            let text = fields.text("timezone", 1...60, label: plain("Time zone"))
            if zones.zone(text) != nil {
                zone = text
            } else if !text.isEmpty {
                let words = plain("There is no time zone “\(text)”. Write it like Europe/Berlin.")
                fields.fail("timezone", "invalid", words)
            }
        }
        if !fields.isForm, fields.has("hours") { readHours(&fields) }
        isActive = fields.flag("active", otherwise: isActive)
    }

    /// Null is day and night.
    private mutating func readHours(_ fields: inout Fields) {
        guard let json = fields.json("hours") else { return hours = nil }
        switch WeeklyJSON.read(json) {
        case .success(let weekly) where weekly.contains(where: { !$0.isEmpty }): hours = weekly
        case .success: fields.fail("hours", "missing", Self.noHours)
        case .failure(let mistake): fields.fail("hours", "invalid", mistake.message)
        }
    }

    static var noHours: String {
        plain("Without any hours it can never be taken. Open at least one day, or choose day and night.")
    }
}
