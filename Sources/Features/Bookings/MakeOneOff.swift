/// Making one-offs and ending them: each one transaction with the placeholders in its host's time.
import Database
import Scheduling
import Web

/// What a host wants of one.
package struct OneOffWish: Hashable, Sendable {
    package var title: String
    package var place: String
    package var times: [OneOff.Time]
    package var expires: Instant
    package var reserves: Bool
    package var zone: String
    /// What makes it a sheet; nil for any other.
    package var sheet: SheetWish?
}

/// What a sheet has beyond a one-off.
package struct SheetWish: Hashable, Sendable {
    /// For those who sign up; "" for nothing.
    package var note: String
    /// How often one address may sign up.
    package var perAddress: Int
    /// Whether everybody who has the address reads the first names of those who signed up.
    package var showsNames: Bool
}

package struct MakeOneOff: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// All that must exist before the transaction begins.
    private struct Draft: Sendable {
        let one: OneOff
        let wish: OneOffWish
        let rules: LinkRules
        let ids: NewLinkIDs
        let token: String
    }

    /// Asked twice with one key it is one. The host is somebody for whom the actor may act. The reply is the API's: 201
    /// with its address, which is not told again there.
    /// - Throws: `OneOffRefusal`.
    package func callAsFunction(
        _ wish: OneOffWish, of author: ID<User>, key: RequestKey?, scope: Scope
    ) async throws -> Reply {
        let world = installation.world
        let times = Array(Set(wish.times)).sorted { ($0.start, $0.minutes) < ($1.start, $1.minutes) }
        for _ in 0..<4 {
            let ids = NewLinkIDs(world)
            var one = OneOff(
                id: world.id(), link: ids.link, author: author, zone: wish.zone, reserves: wish.reserves,
                perAddress: wish.sheet?.perAddress, expires: wish.expires, createdAt: world.now)
            one.times = times
            var rules = OneOff.rules(
                title: wish.title, slug: Slug.proposed(from: "", entropy: world.entropy), place: wish.place,
                minutes: times.first?.minutes ?? 30)
            if let sheet = wish.sheet { rules.become(sheet, times) }
            let draft = Draft(one: one, wish: wish, rules: rules, ids: ids, token: world.token())
            do {
                let reply = try await installation.database.write(scope) { tx in
                    try write(draft, key, scope: scope, in: tx)
                }
                CrashPoint.reach("picking.after_commit")
                return reply
            } catch DatabaseError.unique {
                // Another link has the same letters: six others are drawn.
                continue
            }
        }
        throw Common.unavailable(retryAfter: 1)
    }

    private func write(_ draft: Draft, _ key: RequestKey?, scope: Scope, in tx: Transaction) throws -> Reply {
        let (one, world, keyring) = (draft.one, installation.world, installation.keyring)
        let route = one.isSheet ? "sheets" : "one-offs"
        let replies = ReplyStore(scope: scope.actor.text, route: route, keyring: keyring)
        if let reply = try replies.claim(key, now: one.createdAt, in: tx) { return reply }
        let open = try OneOffStore.open(of: one.author, scope: scope, in: tx)
        guard open.count(where: { $0.isOpen(now: one.createdAt) }) < OneOff.mostOpen else {
            throw one.isSheet ? SheetHostRefusal.tooManyOpen : OneOffRefusal.tooMany as any Refusal
        }
        var wish = LinkWish(rules: draft.rules)
        wish.hosts = [HostWish(one.author)]
        let link = try SaveLink(installation, from: origin).insert(
            wish, host: one.author, ids: draft.ids, now: one.createdAt, scope: scope, in: tx)
        try AdHocStore.mark(link.id, OneOff.key(one.id), scope: scope, in: tx)
        try tx.lockSubjects([one.author.text])
        // Whoever is switched off meanwhile has their row locked, so what is read here is how it ended.
        guard try AccountStore.member(one.author, workspace: scope.workspace, in: tx)?.canHost == true else {
            throw Common.forbidden
        }
        try tx.dropExpiredHolds(of: [one.author.text], now: one.createdAt)
        let free = try OneOffTimes(one.times, of: one.author, without: [], now: one.createdAt, in: tx)
        if let busy = one.times.first(where: { !free.isFree($0) }) {
            let zone = world.zones.zone(one.zone) ?? .utc
            throw OneOffRefusal.notFree(when: TimeWords.dayAndTime(busy.start, in: zone))
        }
        let sealed = keyring.seal(Array(draft.token.utf8), bound: OneOff.binding(one.id, scope.workspace))
        try OneOffStore.insert(one, tokenHash: sha256(Array(draft.token.utf8)), sealed: sealed, scope: scope, in: tx)
        try tx.add(one.placeholders(world, scope: scope))
        try OneOffJobs.end(one, world: world, scope: scope, in: tx)
        let deed: AuditAction = one.isSheet ? .sheetMade : .oneOffMade
        let entry = AuditEntry(deed, of: one.id.text, named: link.rules.title, from: origin, world)
        try AuditStore.recordDeed(entry, scope: scope, in: tx)
        let url = installation.url(one.publicPath(draft.token))
        let told = one.isSheet
            ? SheetJSON(one, link: link, left: [:], now: one.createdAt, zones: world.zones).json(url: url)
            : OneOffJSON(one, link: link, now: one.createdAt, zones: world.zones).json(url: url)
        let reply = Reply(status: 201, body: told.bytes)
        try replies.store(reply, for: key, in: tx)
        CrashPoint.reach("picking.before_commit")
        return reply
    }
}

/// The end of a one-off that nobody booked of: its host takes it back, leaves, or its minute comes.
package struct EndOneOff: Sendable {
    let installation: Installation
    var origin = Origin.console

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Its times are free at once; nothing where it is over already.
    package func withdraw(_ id: ID<OneOff>, scope: Scope) async throws {
        let now = installation.world.now
        _ = try await end(id, scope: scope) { $0.isOpen(now: now) ? .withdrawn : .lapsed }
    }

    /// - Returns: false when it was over already, or is not yet.
    func lapse(_ id: ID<OneOff>, scope: Scope) async throws -> Bool {
        let now = installation.world.now
        return try await end(id, scope: scope) { $0.state(now: now) == .lapsed ? .lapsed : nil }
    }

    private func end(
        _ id: ID<OneOff>, scope: Scope, as state: @escaping @Sendable (OneOff) -> OneOffState?
    ) async throws -> Bool {
        let now = installation.world.now
        let (origin, world) = (origin, installation.world)
        return try await installation.database.write(scope) { tx in
            guard let seen = try OneOffStore.find(id, scope: scope, in: tx) else { throw Common.notFound }
            // Whoever books a time of it has its link's row too, so one of the two is first.
            let link = try LinkStore.locked(seen.link, scope: scope, in: tx)
            guard let one = try OneOffStore.find(id, scope: scope, in: tx), one.state == .open, let end = state(one)
            else { return false }
            try tx.lockSubjects([one.author.text])
            try OneOffStore.end(id, as: end, now: now, scope: scope, in: tx)
            if one.reserves {
                try EndKeptOffer.tellWaiting(
                    [one.author], because: id.text, installation, now: now, scope: scope, in: tx)
            }
            let entry = AuditEntry(
                one.isSheet ? .sheetClosed : .oneOffWithdrawn, of: id.text, from: origin, world)
            try AuditStore.recordDeed(
                entry.about(link?.rules.title ?? ""), scope: scope.about([one.author]), in: tx)
            return true
        }
    }
}

/// The end of a one-off at its minute. Its times are free then in any case; the job says so where it is shown.
package enum OneOffJobs {
    /// Runs ``LapseOneOff``.
    package static let lapse = "one_off_lapse"

    /// - Parameter now: when it is planned; nil is when the one-off is made.
    static func end(
        _ one: OneOff, world: World, now: Instant? = nil, scope: Scope, in tx: Transaction
    ) throws {
        let job = NewJob(
            kind: lapse, workspace: scope.workspace, subject: one.id.text, version: 1,
            // A sheet that is opened again ends once more.
            dedupeKey: one.isSheet ? "\(lapse)|\(one.id)|\(one.expires.seconds)" : "\(lapse)|\(one.id)",
            ordering: "\(lapse)|\(one.id)", runAt: one.expires)
        try tx.enqueue(job, now: now ?? one.createdAt, id: world.id())
    }
}

/// The work of `OneOffJobs.lapse`.
package struct LapseOneOff: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<OneOff>(job.subject) else {
            return .dead("unreadable payload")
        }
        let scope = Scope(workspace: workspace, actor: .system)
        let found = try await installation.database.read(scope) { try OneOffStore.find(id, scope: scope, in: $0) }
        guard found != nil else { return .skipped("forgotten") }
        if try await EndOneOff(installation).lapse(id, scope: scope) { return .done }
        let one = try await installation.database.read(scope) { try OneOffStore.find(id, scope: scope, in: $0) }
        return one?.state == .open ? .retry("not over yet") : .skipped("over already")
    }
}

/// One as the API tells it.
package struct OneOffJSON: Sendable {
    let one: OneOff
    let link: Link
    let now: Instant
    let zones: Zones

    package init(_ one: OneOff, link: Link, now: Instant, zones: Zones) {
        (self.one, self.link, self.now, self.zones) = (one, link, now, zones)
    }

    /// - Parameter url: its address, told once by the call that makes it.
    package func json(url: String? = nil) -> JSON {
        JSON(present: [
            ("id", .string(one.id.text)), ("state", .string(one.state(now: now).rawValue)),
            ("title", .string(link.rules.title)), ("place", .string(link.rules.firstLocation.text)),
            ("timezone", .string(one.zone)), ("reserves", .bool(one.reserves)),
            ("expiresAt", .string(one.expires.rfc3339())), ("times", .array(one.times.map(time))),
            ("hostId", .string(one.author.text)), ("bookingId", JSON(one.booking?.text)),
            ("createdAt", .string(one.createdAt.rfc3339())), ("endedAt", JSON(one.endedAt?.rfc3339())),
            ("url", url.map { .string($0) }),
        ])
    }

    private func time(_ time: OneOff.Time) -> JSON {
        let zone = zones.zone(one.zone)
        return [
            "start": .string(time.start.rfc3339(in: zone)), "end": .string(time.ends.rfc3339(in: zone)),
            "durationMinutes": .int(Int64(time.minutes)),
        ]
    }
}

package enum OneOffs {
    /// Whoever is no host any more keeps nobody's time: their open ones end in the same transaction.
    package static func end(
        of person: ID<User>, _ installation: Installation, from origin: Origin, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        for one in try OneOffStore.open(of: person, scope: scope, in: tx) {
            _ = try LinkStore.locked(one.link, scope: scope, in: tx)
        }
        try tx.lockSubjects([person.text])
        // Read again: some are booked by now, and one may have been made. From here on nobody makes another.
        for one in try OneOffStore.open(of: person, scope: scope, in: tx) {
            try OneOffStore.end(one.id, as: .withdrawn, now: now, scope: scope, in: tx)
            if one.reserves {
                try EndKeptOffer.tellWaiting(
                    [person], because: one.id.text, installation, now: now, scope: scope, in: tx)
            }
            let title = try LinkStore.find(one.link, scope: scope, in: tx)?.rules.title ?? ""
            let entry = AuditEntry(
                one.isSheet ? .sheetClosed : .oneOffWithdrawn, of: one.id.text, named: title, from: origin,
                installation.world)
            try AuditStore.recordDeed(entry, scope: scope.about([person]), in: tx)
        }
    }
}
