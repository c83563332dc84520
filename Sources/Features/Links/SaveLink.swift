/// Making a link and changing one.
import Database
import Scheduling
import Web

package struct SaveLink: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Makes a link for `host`, or for the one the wish names.
    /// - Throws: `Invalid` with the field: a taken slug (with three free ones), a host or schedule of elsewhere.
    package func create(_ wish: LinkWish, host: ID<User>, scope: Scope) async throws -> Link {
        let (ids, now) = (NewLinkIDs(installation.world), installation.world.now)
        let entry = entry(wish, ids)
        let link = try await Self.again {
            try await installation.database.write(scope) { tx in
                try AuditStore.recordDeed(entry, scope: scope, in: tx)
                return try insert(wish, host: host, ids: ids, now: now, scope: scope, in: tx)
            }
        }
        CrashPoint.reach("link.after_commit")
        return link
    }

    /// Somebody may take the slug between the look and the write. The database refuses that; the next look sees them.
    static func again<T: Sendable>(_ write: @Sendable () async throws -> T) async throws -> T {
        for _ in 0..<8 {
            do {
                return try await write()
            } catch DatabaseError.unique(let constraint) where constraint.contains("slug") {
                continue
            }
        }
        return try await write()
    }

    /// What the log says of a link that is being made.
    func entry(_ wish: LinkWish, _ ids: NewLinkIDs) -> AuditEntry {
        AuditEntry(.linkMade, of: ids.link.text, named: wish.rules.title, from: origin, installation.world)
    }

    /// The same inside a running transaction, for set-up and demo data.
    /// - Parameter checksNeeds: false for a copy of a link, which needs what that needs.
    package func insert(
        _ wish: LinkWish, host: ID<User>, ids: NewLinkIDs, checksNeeds: Bool = true, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws -> Link {
        var rules = wish.rules
        rules.slug = try freeSlug(rules.slug, mayVary: wish.mayVarySlug, except: nil, now: now, in: tx)
        try SlugStore.clear(rules.slug, now: now, in: tx)
        let owner = wish.host ?? host
        var link = Link(
            id: ids.link, rules: rules, schedule: ids.schedule, hosts: [],
            questions: ids.questions(wish.questions ?? []), version: 1, createdAt: now)
        try link.take(wish.hosts ?? [HostWish(owner)], now: now, scope: scope, in: tx)
        try link.checkPools()
        if checksNeeds { try link.rules.checkNeeds(scope: scope, in: tx) }
        link.schedule = try chosenSchedule(
            wish, link: ids.link, ids: ids, hosts: link.hosts, now: now, scope: scope, in: tx)
        try LinkStore.insert(link, scope: scope, now: now, in: tx)
        CrashPoint.reach("link.before_commit")
        return link
    }

    /// Changes a link; `version` is the one the person saw.
    /// - Parameter handingOver: its only host leaves, and another one takes it.
    /// - Throws: `Common.conflict` when somebody else saved in between.
    package func update(
        _ id: ID<Link>, version: Int?, handingOver: Bool = false, scope: Scope,
        _ change: @escaping @Sendable (Link) throws -> LinkWish
    ) async throws -> Link {
        let (ids, now) = (NewLinkIDs(installation.world), installation.world.now)
        let entry = AuditEntry(.linkChanged, of: id.text, from: origin, installation.world)
        return try await Self.again {
            try await installation.database.write(scope) { tx in
                guard var link = try LinkStore.locked(id, scope: scope, in: tx), link.deletedAt == nil else {
                    throw LinkRefusal.notFound
                }
                let wish = try change(link)
                guard version == nil || version == link.version else { throw Self.changedMeanwhile }
                try checkTemplates(link, wish, handingOver: handingOver, scope: scope, in: tx)
                let (before, was, hosts) = (link.rules.slug, link.rules, link.hostWishes)
                let staysAlone = was.kind == .oneOnOne && wish.rules.kind == .oneOnOne
                if staysAlone, !handingOver, wish.host != nil, wish.host != hosts.first?.user {
                    throw Invalid(
                        "hosts.0.userId", plain("The host of a link cannot be changed. Make a new link for them."))
                }
                link.rules = wish.rules
                if wish.hosts != nil || wish.rules.kind != was.kind {
                    try link.take(wish.hosts ?? hosts, now: now, scope: scope, in: tx)
                }
                try link.checkPools()
                try link.rules.checkNeeds(was: was.needs, scope: scope, in: tx)
                try Self.checkSomebodyIsThere(link, was: was)
                link.rules.slug = try freeSlug(wish.rules.slug, mayVary: false, except: id, now: now, in: tx)
                if link.rules.slug != before { try SlugStore.clear(link.rules.slug, now: now, in: tx) }
                if let questions = wish.questions { link.questions = ids.questions(questions, keeping: link.questions) }
                if wish.hours != nil || wish.schedule != nil || wish.followsSchedule {
                    link.schedule = try chosenSchedule(
                        wish, link: id, current: link.schedule, ids: ids, hosts: link.hosts, now: now,
                        scope: scope, in: tx)
                }
                if link.hostWishes != hosts {
                    try LinkHostStore.replace(of: link, scope: scope, in: tx)
                    try followRemainingHost(&link, ids: ids, now: now, scope: scope, in: tx)
                }
                guard try LinkStore.update(link, scope: scope, now: now, in: tx) else { throw Self.changedMeanwhile }
                if was.seats.capacity != link.rules.seats.capacity {
                    try LinkUseStore.resize(id, to: link.rules.seats.capacity, now: now, scope: scope, in: tx)
                }
                if link.rules.slug != before {
                    try SlugStore.remember(before, of: id, scope: scope, now: now, in: tx)
                }
                try LinkOfferStore.look(at: id, world: installation.world, now: now, scope: scope, in: tx)
                var told = entry
                (told.targetName, told.before, told.after) = (link.rules.title, was.logged, link.rules.logged)
                try AuditStore.recordDeed(told, scope: scope, in: tx)
                try followTemplate(link, scope: scope, in: tx)
                return try LinkStore.find(id, scope: scope, in: tx) ?? link
            }
        }
    }

    /// A link that is switched on again needs somebody who can be met.
    private static func checkSomebodyIsThere(_ link: Link, was: LinkRules) throws {
        guard link.rules.active, !was.active, let host = link.hosts.first,
            !link.hosts.contains(where: { link.share(of: $0.id).isActive })
        else { return }
        throw Invalid("active", plain("\(host.name) is switched off. Switch them on under Members first."))
    }

    /// Whoever left takes their schedule along; a link's own hours stay.
    private func followRemainingHost(
        _ link: inout Link, ids: NewLinkIDs, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        guard let owned = try ScheduleStore.owned(link.schedule, scope: scope, in: tx), owned.schedule.link == nil,
            !link.hosts.contains(where: { $0.id == owned.owner })
        else { return }
        var wish = LinkWish(rules: link.rules)
        wish.followsSchedule = true
        link.schedule = try chosenSchedule(
            wish, link: link.id, ids: ids, hosts: link.hosts, now: now, scope: scope, in: tx)
    }

    static let changedMeanwhile = Common.conflict(
        plain("Somebody else saved this link a moment ago. Reload it, then make your change again."))

    private func freeSlug(
        _ slug: String, mayVary: Bool, except id: ID<Link>?, now: Instant, in tx: Transaction
    ) throws -> String {
        guard try SlugStore.isTaken(slug, except: id, now: now, in: tx) else { return slug }
        let free = try proposals(for: slug, now: now, in: tx)
        if mayVary, let first = free.first { return first }
        let words = free.joined(separator: ", ")
        throw Invalid("slug", code: "taken", plain("“\(slug)” is taken. Free are: \(words)."))
    }

    /// Three free slugs like a taken one.
    package func proposals(for slug: String, now: Instant, in tx: Transaction) throws -> [String] {
        var free: [String] = []
        for candidate in Slug.variations(of: slug, entropy: installation.world.entropy) where free.count < 3 {
            if try !SlugStore.isTaken(candidate, except: nil, now: now, in: tx) { free.append(candidate) }
        }
        return free
    }

    /// Whether the link can follow the schedule that is named: one of its hosts'. Whoever makes a link for others alone
    /// sends their own along with the form; it means nothing then.
    private func names(
        _ id: ID<Schedule>, _ wish: LinkWish, current: ID<Schedule>?, hosts: [LinkHost], scope: Scope,
        in tx: Transaction
    ) throws -> Bool {
        if id == current { return true }
        let owned = try ScheduleStore.owned(id, scope: scope, in: tx)
        if let owned, owned.schedule.link == nil {
            if hosts.contains(where: { $0.id == owned.owner }) { return true }
            if wish.followsSchedule, wish.hosts != nil, scope.actor == .user(owned.owner) { return false }
        }
        throw Invalid("scheduleId", plain("There is no such schedule of this host."))
    }

    /// The schedule the wish names, the link's own hours, the shared schedule it follows now, or the owner's default.
    private func chosenSchedule(
        _ wish: LinkWish, link: ID<Link>, current: ID<Schedule>? = nil, ids: NewLinkIDs, hosts: [LinkHost],
        now: Instant, scope: Scope, in tx: Transaction
    ) throws -> ID<Schedule> {
        guard let owner = hosts.first?.id else { throw Invalid("hosts", plain("Name at least one host.")) }
        let own = try ScheduleStore.all(of: owner, scope: scope, in: tx)
        if let id = wish.schedule, try names(id, wish, current: current, hosts: hosts, scope: scope, in: tx) {
            return id
        }
        let person = try LinkStore.host(owner, scope: scope, in: tx)
        let zone = own.first?.zone ?? person?.zone ?? "UTC"
        guard let hours = wish.hours else {
            if let kept = own.first(where: { $0.id == current }) ?? own.first { return kept.id }
            let usual = Schedule(
                id: ids.schedule, name: plain("Working hours"), zone: zone, weekly: Schedule.defaultWeekly)
            try ScheduleStore.insert(usual, account: owner, scope: scope, now: now, in: tx)
            return usual.id
        }
        if var ownHours = try ScheduleStore.own(of: link, scope: scope, in: tx) {
            ownHours.weekly = hours
            try ScheduleStore.update(ownHours, scope: scope, in: tx)
            return ownHours.id
        }
        let schedule = Schedule(
            id: ids.schedule, name: plain("Hours of this link"), zone: zone, weekly: hours, link: link)
        try ScheduleStore.insert(schedule, account: owner, scope: scope, now: now, in: tx)
        return schedule.id
    }
}

extension Link {
    /// Puts these people in place of the hosts; who was one before keeps the time they joined.
    /// - Throws: `Invalid` for people of elsewhere, and for more than the kind takes.
    fileprivate mutating func take(_ wishes: [HostWish], now: Instant, scope: Scope, in tx: Transaction) throws {
        let people = try LinkHostStore.people(wishes.map(\.user), scope: scope, in: tx)
        let known = Dictionary(hosts.map { ($0.id, $0) }) { first, _ in first }
        let unknown = wishes.enumerated().filter { people[$0.element.user] == nil && known[$0.element.user] == nil }
        guard unknown.isEmpty else {
            let message = plain("There is no such person in this workspace.")
            throw Invalid(unknown.map {
                FieldError(field: "hosts.\($0.offset).userId", code: "invalid", message: message)
            })
        }
        guard rules.kind.hosts.contains(wishes.count) else {
            throw Invalid("hosts", plain("A link of this kind has one host. Remove the others."))
        }
        let before = shares
        hosts = wishes.compactMap { people[$0.user] ?? known[$0.user] }
        shares = Dictionary(wishes.map { wish in
            var share = before[wish.user] ?? HostShare()
            if before[wish.user] == nil { share.joinedAt = now }
            (share.priority, share.weight) = (wish.priority, wish.weight)
            share.pool = rules.kind == .multiHost ? wish.pool : nil
            return (wish.user, share)
        }) { first, _ in first }
    }
}

/// Ids for one save, made before its transaction begins.
package struct NewLinkIDs: Sendable {
    let link: ID<Link>
    let schedule: ID<Schedule>
    private let questionIDs: [ID<Question>]

    package init(_ world: World) {
        link = world.id()
        schedule = world.id()
        questionIDs = (0..<LinkReading.mostQuestions).map { _ in world.id() }
    }

    /// Questions with their ids; one that is edited keeps the id it had on this link.
    func questions(_ wishes: [QuestionWish], keeping old: [Question] = []) -> [Question] {
        var known = Set(old.map(\.id))
        return zip(wishes, questionIDs).map { wish, fresh in
            let kept = wish.id.flatMap { known.remove($0) }
            return wish.question(kept ?? fresh)
        }
    }
}

extension LinkRules {
    /// What the log tells of a link.
    var logged: JSON {
        [
            "title": .string(title), "address": .string(slug), "minutes": .int(Int64(duration)),
            "bookable": .bool(active),
        ]
    }
}
