/// Deleting a link, and making a copy of one.
import Database
import Scheduling
import Web

package struct DeleteLink: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Takes the link out of every list and closes its door. Its bookings stay as they are, and its addresses stay
    /// taken for a while, so that nobody else meets its bookers.
    package func callAsFunction(_ id: ID<Link>, version: Int? = nil, scope: Scope) async throws {
        let now = installation.world.now
        let entry = AuditEntry(.linkDeleted, of: id.text, from: origin, installation.world)
        let (templates, world) = (SaveTemplate(installation, from: origin), installation.world)
        try await installation.database.write(scope) { tx in
            guard let link = try LinkStore.locked(id, scope: scope, in: tx), link.deletedAt == nil else {
                throw LinkRefusal.notFound
            }
            guard version == nil || version == link.version else { throw SaveLink.changedMeanwhile }
            if let locks = try LinkTemplateStore.locks(on: id, scope: scope, in: tx) {
                throw locks.template == id ? TemplateRefusal.othersFollow : .managed(template: locks.title)
            }
            try templates.detachAll(of: id, isNeeded: false, scope: scope, in: tx)
            try LinkStore.delete(id, scope: scope, now: now, in: tx)
            try SlugStore.keepBack(of: id, scope: scope, now: now, in: tx)
            try LinkOfferStore.look(at: id, world: world, now: now, scope: scope, in: tx)
            var told = entry
            told.targetName = link.rules.title
            try AuditStore.recordDeed(told, scope: scope, in: tx)
        }
    }
}

package struct DuplicateLink: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// A new link with the same rules, questions and hours, under a slug of its own. It is switched off until its host
    /// has looked at it.
    /// A copy that is no admin's is of one host: theirs, or of the person they assist.
    package func callAsFunction(_ link: Link, by principal: Principal) async throws -> Link {
        let scope = principal.scope(on: link)
        let own = principal.acts == nil ? nil : principal.owner(among: link.hosts.map(\.id))
        let save = SaveLink(installation)
        let (ids, now) = (NewLinkIDs(installation.world), installation.world.now)
        let entropy = installation.world.entropy
        let entry = AuditEntry(
            .linkMade, of: ids.link.text, named: Self.title(link.rules.title), from: origin, installation.world)
        return try await SaveLink.again {
            try await installation.database.write(scope) { tx in
                guard let host = link.hosts.first?.id else { throw LinkRefusal.notFound }
                var rules = link.rules
                rules.title = Self.title(rules.title)
                rules.slug = Slug.proposed(from: "\(rules.slug)-copy", entropy: entropy)
                rules.active = false
                var wish = LinkWish(rules: rules, mayVarySlug: true)
                wish.questions = link.questions.map(\.asked)
                let schedule = try ScheduleStore.find(link.schedule, scope: scope, in: tx)
                if schedule?.link != nil { wish.hours = schedule?.weekly } else { wish.schedule = link.schedule }
                let able = link.hostWishes.filter { link.share(of: $0.user).isActive }
                wish.hosts = able.isEmpty ? [HostWish(host)] : able
                if let own, link.hosts.count > 1 || host != own {
                    (wish.hosts, wish.schedule, wish.followsSchedule) = ([HostWish(own)], nil, true)
                }
                try AuditStore.recordDeed(entry, scope: scope, in: tx)
                return try save.insert(wish, host: host, ids: ids, now: now, scope: scope, in: tx)
            }
        }
    }

    private static func title(_ title: String) -> String {
        let mark = plain("(copy)")
        return "\(title.prefix(119 - mark.count)) \(mark)"
    }
}
