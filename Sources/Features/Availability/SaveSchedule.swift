/// Making, changing, preferring and deleting a schedule.
import Database
import Scheduling
import Web

package struct SaveSchedule: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// The row of the log for a schedule that is about to be made; made before its transaction, which may run twice.
    package func entry(for id: ID<Schedule>) -> AuditEntry {
        AuditEntry(.scheduleMade, of: id.text, from: origin, installation.world)
    }

    /// The same inside a running transaction.
    package static func insert(
        _ wish: ScheduleWish, id: ID<Schedule>, owner: ID<User>, entry: AuditEntry, scope: Scope, in tx: Transaction
    ) throws -> OwnedSchedule {
        guard try TimeAwayStore.isMember(owner, scope: scope, in: tx) else {
            throw Invalid("user", plain("There is no such person in this workspace."))
        }
        let usual = Schedule(id: id, name: "", zone: "UTC", weekly: Schedule.defaultWeekly)
        try ScheduleStore.insert(wish.over(usual), account: owner, scope: scope, now: entry.at, in: tx)
        guard let made = try ScheduleStore.owned(id, scope: scope, in: tx) else { throw Common.notFound }
        try AuditStore.recordDeed(entry.about(made.schedule.name), scope: scope, in: tx)
        return made
    }

    package func create(_ wish: ScheduleWish, owner: ID<User>, scope: Scope) async throws -> OwnedSchedule {
        let id = installation.world.id(Schedule.self)
        let entry = entry(for: id)
        return try await installation.database.write(scope) { tx in
            try Self.insert(wish, id: id, owner: owner, entry: entry, scope: scope, in: tx)
        }
    }

    /// Changes a schedule; `version` is the one the person saw.
    /// - Throws: `ScheduleRefusal.changedMeanwhile` when somebody else saved in between.
    package func update(
        _ id: ID<Schedule>, version: Int?, by principal: Principal,
        _ change: @escaping @Sendable (Schedule) throws -> Schedule
    ) async throws -> OwnedSchedule {
        let entry = AuditEntry(.hoursChanged, of: id.text, from: origin, installation.world)
        let scope = principal.scope
        return try await installation.database.write(scope) { tx in
            let stored = try Self.found(id, for: principal, in: tx)
            let changed = try change(stored.schedule)
            guard version == nil || version == stored.schedule.version,
                try ScheduleStore.update(changed, version: stored.schedule.version, scope: scope, in: tx),
                let saved = try ScheduleStore.owned(id, scope: scope, in: tx)
            else { throw ScheduleRefusal.changedMeanwhile }
            try AuditStore.recordDeed(
                entry.about(saved.schedule.name), scope: principal.scope(on: [stored.owner]), in: tx)
            return saved
        }
    }

    /// Makes it the schedule that its owner's new links follow.
    package func prefer(_ id: ID<Schedule>, by principal: Principal) async throws {
        let scope = principal.scope
        try await installation.database.write(scope) { tx in
            let stored = try Self.found(id, for: principal, in: tx)
            try ScheduleStore.prefer(id, of: stored.owner, scope: scope, in: tx)
        }
    }

    /// - Throws: `ScheduleRefusal.inUse` while links follow it, `.last` for the only one.
    package func delete(_ id: ID<Schedule>, by principal: Principal) async throws {
        let scope = principal.scope
        let entry = AuditEntry(.scheduleDeleted, of: id.text, from: origin, installation.world)
        try await installation.database.write(scope) { tx in
            let stored = try Self.found(id, for: principal, in: tx)
            let titles = try LinkStore.following(id, scope: scope, in: tx).map(\.rules.title)
            guard titles.isEmpty else { throw ScheduleRefusal.inUse(titles) }
            let others = try ScheduleStore.all(of: stored.owner, scope: scope, in: tx).filter { $0.id != id }
            guard let other = others.first else { throw ScheduleRefusal.last }
            try LinkStore.repointDeleted(from: id, to: other.id, scope: scope, in: tx)
            try ScheduleStore.delete(id, scope: scope, in: tx)
            try AuditStore.recordDeed(
                entry.about(stored.schedule.name), scope: principal.scope(on: [stored.owner]), in: tx)
        }
    }

    /// A schedule this person may see. The hours of one link alone belong to that link's page.
    static func found(_ id: ID<Schedule>, for principal: Principal, in tx: Transaction) throws -> OwnedSchedule {
        guard let owned = try ScheduleStore.owned(id, scope: principal.scope, in: tx), owned.schedule.link == nil,
            principal.acts(on: [owned.owner])
        else { throw Common.notFound }
        return owned
    }
}

/// What a change of hours would do to one link.
package struct HoursChange: Sendable {
    package var link: Link
    /// The schedule's zone, in which the times are told.
    package var zone: Zone
    package var appears: [Instant]
    package var vanishes: [Instant]
    /// Meetings already booked that lie within the hours of today and outside the new ones. They stay.
    package var outside: [BookingRowModel] = []
}

/// Shows what a schedule would change before it is saved.
package struct LookFirst: Sendable {
    /// How far ahead it looks, in days.
    package static let days = 60
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Every link that follows the schedule, with the slots that would appear and vanish.
    package func callAsFunction(_ schedule: Schedule, scope: Scope) async throws -> [HoursChange] {
        let (now, zones) = (installation.world.now, installation.world.zones)
        let end = now.adding(days: Self.days)
        return try await installation.database.read(scope) { tx in
            try LinkStore.following(schedule.id, scope: scope, in: tx).filter(\.rules.active).map { link in
                let before = try OfferedTimes(
                    link: link, from: now, to: end, now: now, zones: zones, scope: scope, in: tx)
                let after = try OfferedTimes(
                    link: link, from: now, to: end, hours: schedule, now: now, zones: zones, scope: scope, in: tx)
                let old = before.question(from: now, to: end).slots().map(\.start)
                let new = after.question(from: now, to: end).slots().map(\.start)
                let (olds, news) = (Set(old), Set(new))
                return HoursChange(
                    link: link, zone: after.zone, appears: new.filter { !olds.contains($0) },
                    vanishes: old.filter { !news.contains($0) },
                    outside: try outside(schedule, link, now: now, scope: scope, in: tx))
            }
        }
    }

    private func outside(
        _ schedule: Schedule, _ link: Link, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [BookingRowModel] {
        var filter = BookingFilter(.upcoming, now: now)
        (filter.link, filter.limit) = (link.id, Self.mostMeetings)
        let ahead = try BookingListStore.list(filter, scope: scope, in: tx)
        guard let end = ahead.map(\.state.ends).max() else { return [] }
        // Only the hours are asked about: neither notice nor the days that can be booked.
        var open = link
        (open.rules.notice, open.rules.window) = (MinimumNotice(value: 0, unit: .minute), .rollingDays(730))
        let zones = installation.world.zones
        let (before, after) = (
            try OfferedTimes(link: open, from: now, to: end, now: now, zones: zones, scope: scope, in: tx),
            try OfferedTimes(
                link: open, from: now, to: end, hours: schedule, now: now, zones: zones, scope: scope, in: tx)
        )
        return ahead.filter { before.isOpen(during: $0.state) && !after.isOpen(during: $0.state) }
            .map { BookingRowModel(booking: $0, title: link.rules.title) }
    }

    /// Looked at in one go; whoever has more sees the nearest.
    private static let mostMeetings = 200
}

extension OfferedTimes {
    /// Whether the hours cover a meeting, whatever else is then.
    fileprivate func isOpen(during meeting: BookingState) -> Bool {
        switch refusal(at: meeting.starts, duration: Int((meeting.ends - meeting.starts) / 60)) {
        case .outsideHours, .dateClosed, .outOfOffice, .holiday, .windowTooShort, .windowInSkippedHour: false
        default: true
        }
    }
}
