/// Entering days away, and taking them back.
import Database
import Scheduling
import Web

package struct SaveTimeAway: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    package func create(_ wish: TimeAwayWish, user: ID<User>, scope: Scope) async throws -> TimeAway {
        let id = installation.world.id(TimeAway.self)
        let entry = entry(for: id, wish)
        return try await installation.database.write(scope) { tx in
            try Self.insert(wish, id: id, user: user, entry: entry, scope: scope, in: tx)
        }
    }

    /// The row of the log for days that are about to be entered; made before their transaction, which may run twice.
    package func entry(for id: ID<TimeAway>, _ wish: TimeAwayWish) -> AuditEntry {
        AuditEntry(.awayAdded, of: id.text, named: wish.days, from: origin, installation.world)
    }

    /// The same inside a running transaction.
    /// - Throws: `Invalid` with the field: people of elsewhere, or too many days entered.
    package static func insert(
        _ wish: TimeAwayWish, id: ID<TimeAway>, user: ID<User>, entry: AuditEntry, scope: Scope, in tx: Transaction
    ) throws -> TimeAway {
        let (owner, now) = (wish.user ?? user, entry.at)
        guard try TimeAwayStore.isMember(owner, scope: scope, in: tx) else {
            throw Invalid("user", plain("There is no such person in this workspace."))
        }
        if let colleague = wish.colleague {
            guard try TimeAwayStore.isMember(colleague, scope: scope, in: tx) else {
                throw Invalid("redirectTo", plain("There is no such person in this workspace."))
            }
            guard colleague != owner else {
                throw Invalid("redirectTo", plain("That is the person who is away. Choose somebody else."))
            }
        }
        let today = Zone.utc.local(at: now).date
        let ahead = try TimeAwayStore.ahead(of: owner, from: today, scope: scope, in: tx)
        guard ahead.count < TimeAway.mostAhead else {
            throw Invalid("from", code: "too_many", plain(
                "There are \(TimeAway.mostAhead) stretches ahead already. Remove one first."))
        }
        if wish.kind == .trip,
            let other = ahead.first(where: { $0.kind == .trip && $0.from <= wish.to && wish.from <= $0.to }) {
            throw Invalid("from", plain(
                "These days meet another trip, \(other.from.dayOfMonthWords) to \(other.to.dayOfMonthWords)."))
        }
        var away = TimeAway(id: id, user: owner, kind: wish.kind, from: wish.from, to: wish.to)
        (away.zone, away.reason, away.colleague) = (wish.zone, wish.reason, wish.colleague)
        try TimeAwayStore.insert(away, scope: scope, now: now, in: tx)
        try AuditStore.recordDeed(entry, scope: scope, in: tx)
        return away
    }

    /// - Parameter user: whose days a page is about; nil where the id alone says it.
    /// - Throws: `Common.notFound` for days of somebody for whom the person does not act.
    package func delete(_ id: ID<TimeAway>, of user: ID<User>? = nil, by principal: Principal) async throws {
        let scope = principal.scope
        let entry = AuditEntry(.awayRemoved, of: id.text, from: origin, installation.world)
        try await installation.database.write(scope) { tx in
            guard let away = try TimeAwayStore.find(id, scope: scope, in: tx), principal.acts(on: [away.user]),
                user == nil || user == away.user,
                try TimeAwayStore.delete(away, scope: scope, in: tx)
            else { throw Common.notFound }
            try AuditStore.recordDeed(
                entry.about("\(away.from) – \(away.to)"), scope: principal.scope(on: [away.user]), in: tx)
        }
    }

    /// Replaces the choice of holidays; what was chosen for days that are not on the page stays.
    package func set(_ choice: HolidayChoice?, shown: ClosedRange<Int>, user: ID<User>, scope: Scope) async throws {
        let entry = AuditEntry(.holidaysChanged, of: user.text, from: origin, installation.world)
        try await installation.database.write(scope) { tx in
            var choice = choice
            let old = try TimeAwayStore.holidays(of: user, scope: scope, in: tx)
            if let old, old.country == choice?.country {
                choice?.worked.formUnion(old.worked.filter { !shown.contains($0.year) })
            }
            guard choice != old else { return }
            try TimeAwayStore.set(choice, of: user, scope: scope, in: tx)
            let none: JSON = ["country": .string(plain("none"))]
            let told = entry.about(
                choice?.country ?? old?.country ?? "", before: old?.logged ?? none, after: choice?.logged ?? none)
            try AuditStore.recordDeed(told, scope: scope, in: tx)
        }
    }
}

extension TimeAwayWish {
    /// As the log names it.
    fileprivate var days: String { "\(from) – \(to)" }
}

extension HolidayChoice {
    /// What the log keeps.
    fileprivate var logged: JSON {
        let (worked, half) = (worked.sorted().map(\.description), halfDays.sorted().map(\.description))
        return [
            "country": .string(country), "region": .string(region), "worked": .array(worked.map(JSON.string)),
            "halfDays": .array(half.map(JSON.string)),
        ]
    }
}

/// Days away as the API tells them.
package struct TimeAwayJSON: Sendable {
    let away: TimeAway

    package init(_ away: TimeAway) { self.away = away }

    package var full: JSON {
        JSON(present: [
            ("id", .string(away.id.text)), ("kind", .string(away.kind.rawValue)),
            ("from", .string(away.from.description)), ("to", .string(away.to.description)),
            ("timezone", away.zone.map { .string($0) }), ("reason", .string(away.reason)),
            ("redirectTo", away.colleague.map { .string($0.text) }), ("user", .string(away.user.text)),
        ])
    }
}
