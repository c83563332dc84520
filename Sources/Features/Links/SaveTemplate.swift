/// Making a template, giving its links to people, changing what they keep, and letting them go.
import Database
import Scheduling
import Web

package struct SaveTemplate: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    static var unknownPerson: String { plain("There is no such person in this workspace.") }

    /// Makes a link a template, inside a running transaction.
    /// - Throws: `LinkRefusal.notFound`; `TemplateRefusal` for a link of several hosts, and for what is one already.
    package func insert(
        _ id: ID<Link>, _ wish: TemplateWish, scope: Scope, in tx: Transaction
    ) throws -> LinkTemplate {
        guard let link = try LinkStore.locked(id, scope: scope, in: tx), link.deletedAt == nil, link.adHoc == nil
        else { throw LinkRefusal.notFound }
        guard try LinkTemplateStore.find(id, scope: scope, in: tx) == nil else { throw TemplateRefusal.alreadyTemplate }
        if let locks = try LinkTemplateStore.locks(of: [id], scope: scope, in: tx)[id] {
            throw TemplateRefusal.madeFromOne(template: locks.title)
        }
        guard link.rules.kind == .oneOnOne else { throw TemplateRefusal.oneHost }
        guard try LinkTemplateStore.count(scope: scope, in: tx) < LinkTemplate.most else {
            throw TemplateRefusal.tooMany
        }
        let template = LinkTemplate(
            link: id, title: link.rules.title, locked: wish.locked ?? [], givesNew: wish.givesNew ?? false,
            version: 1, createdAt: installation.world.now)
        try LinkTemplateStore.insert(template, scope: scope, in: tx)
        try set(wish.people ?? [], of: template, link, scope: scope, in: tx)
        let saved = try LinkTemplateStore.find(id, scope: scope, in: tx) ?? template
        try record(.templateMade, saved, before: nil, scope: scope, in: tx)
        return saved
    }

    package func create(_ id: ID<Link>, _ wish: TemplateWish, scope: Scope) async throws -> LinkTemplate {
        try await SaveLink.again {
            try await installation.database.write(scope) { tx in try insert(id, wish, scope: scope, in: tx) }
        }
    }

    /// Changes who has a link of the template and what those keep. Every link is brought in line in the same
    /// transaction.
    /// - Throws: `LinkRefusal.notFound`, `Common.conflict` when somebody saved in between, `Invalid`.
    package func update(_ id: ID<Link>, _ wish: TemplateWish, scope: Scope) async throws -> LinkTemplate {
        try await SaveLink.again {
            try await installation.database.write(scope) { tx in
                guard let link = try LinkStore.locked(id, scope: scope, in: tx),
                    var template = try LinkTemplateStore.find(id, scope: scope, in: tx)
                else { throw LinkRefusal.notFound }
                guard wish.version == nil || wish.version == template.version else { throw SaveLink.changedMeanwhile }
                let before = template
                template.locked = wish.locked ?? template.locked
                template.givesNew = wish.givesNew ?? template.givesNew
                try LinkTemplateStore.update(template, scope: scope, in: tx)
                if let people = wish.people { try set(people, of: template, link, scope: scope, in: tx) }
                guard let saved = try LinkTemplateStore.find(id, scope: scope, in: tx) else {
                    throw LinkRefusal.notFound
                }
                _ = try apply(link, of: saved, scope: scope, in: tx)
                try record(.templateChanged, saved, before: before, scope: scope, in: tx)
                return saved
            }
        }
    }

    /// The template is a link like others again, and so are those made from it.
    /// - Throws: `LinkRefusal.notFound`.
    package func delete(_ id: ID<Link>, scope: Scope) async throws {
        try await installation.database.write(scope) { tx in
            guard try LinkStore.locked(id, scope: scope, in: tx) != nil else { throw LinkRefusal.notFound }
            try detachAll(of: id, isNeeded: true, scope: scope, in: tx)
        }
    }

    /// - Parameter isNeeded: whether it is refused where there is no template.
    func detachAll(of id: ID<Link>, isNeeded: Bool, scope: Scope, in tx: Transaction) throws {
        guard let template = try LinkTemplateStore.find(id, scope: scope, in: tx) else {
            if isNeeded { throw LinkRefusal.notFound }
            return
        }
        try LinkTemplateStore.delete(id, scope: scope, in: tx)
        var entry = AuditEntry(.templateDeleted, of: id.text, from: origin, installation.world)
        (entry.targetName, entry.before) = (template.title, template.logged)
        try AuditStore.record(entry, scope: scope, in: tx)
    }

    /// Gives somebody who joins a link of each template that says so.
    package func giveToNew(_ user: ID<User>, scope: Scope, in tx: Transaction) throws {
        for id in try LinkTemplateStore.givingNew(scope: scope, in: tx) {
            guard let link = try LinkStore.locked(id, scope: scope, in: tx), link.deletedAt == nil,
                let template = try LinkTemplateStore.find(id, scope: scope, in: tx), template.givesNew,
                template.managed.count < LinkTemplate.mostPeople, !template.managed.contains(where: { $0.user == user })
            else { continue }
            try give(template, link, to: user, scope: scope, in: tx)
        }
    }

    // MARK: The links

    /// Gives a link to those who have none, and lets go of the links of those who are not named.
    private func set(
        _ people: [ID<User>], of template: LinkTemplate, _ link: Link, scope: Scope, in tx: Transaction
    ) throws {
        let known = try LinkHostStore.people(people, scope: scope, in: tx)
        let had = Set(template.managed.map(\.user))
        guard people.allSatisfy({ known[$0] != nil || had.contains($0) }) else {
            throw Invalid("userIds", Self.unknownPerson)
        }
        for made in template.managed where !people.contains(made.user) {
            try LinkTemplateStore.detach(made.link, scope: scope, in: tx)
        }
        for user in people where !had.contains(user) { try give(template, link, to: user, scope: scope, in: tx) }
    }

    private func give(
        _ template: LinkTemplate, _ link: Link, to user: ID<User>, scope: Scope, in tx: Transaction
    ) throws {
        let (world, host) = (installation.world, try LinkStore.host(user, scope: scope, in: tx))
        guard let host else { throw Invalid("userIds", Self.unknownPerson) }
        var wish = LinkWish(rules: link.rules, mayVarySlug: true)
        wish.rules.slug = Slug.proposed(from: "\(link.rules.slug.prefix(30)) \(host.name)", entropy: world.entropy)
        wish.rules.active = true
        wish.questions = link.questions.map(\.asked)
        let (save, ids) = (SaveLink(installation, from: origin), NewLinkIDs(world))
        // What the template's link needs may have been deleted since: nobody is kept from joining by that.
        let made = try save.insert(
            wish, host: user, ids: ids, checksNeeds: false, now: world.now, scope: scope, in: tx)
        try LinkTemplateStore.assign(
            made.id, to: user, from: template.link, now: world.now, scope: scope, in: tx)
        try AuditStore.recordDeed(save.entry(wish, ids), scope: scope, in: tx)
    }

    /// Brings every link in line with its template, whose row is locked; each in turn, in the order of their ids.
    /// - Returns: how many were changed.
    func apply(_ link: Link, of template: LinkTemplate, scope: Scope, in tx: Transaction) throws -> Int {
        let (world, now) = (installation.world, installation.world.now)
        let rooms = try ResourceStore.all(scope: scope, in: tx)
        var count = 0
        for made in template.managed {
            guard var own = try LinkStore.locked(made.link, scope: scope, in: tx) else { continue }
            let was = own.rules
            guard template.locked.contains(where: { own.differs(from: link, in: $0) }) else { continue }
            own.take(template.locked, of: link, rooms: rooms) { world.id() }
            guard try LinkStore.update(own, scope: scope, now: now, in: tx) else { throw SaveLink.changedMeanwhile }
            if was.seats.capacity != own.rules.seats.capacity {
                try LinkUseStore.resize(own.id, to: own.rules.seats.capacity, now: now, scope: scope, in: tx)
            }
            try LinkOfferStore.look(at: own.id, world: world, now: now, scope: scope, in: tx)
            var entry = AuditEntry(.linkChanged, of: own.id.text, from: origin, world)
            (entry.targetName, entry.before, entry.after) = (own.rules.title, was.logged, own.rules.logged)
            try AuditStore.recordDeed(entry, scope: scope.about(own.hosts.map(\.id)), in: tx)
            count += 1
        }
        return count
    }

    fileprivate func record(
        _ action: AuditAction, _ template: LinkTemplate, before: LinkTemplate?, scope: Scope, in tx: Transaction
    ) throws {
        var entry = AuditEntry(action, of: template.link.text, from: origin, installation.world)
        (entry.targetName, entry.before, entry.after) = (template.title, before?.logged, template.logged)
        try AuditStore.record(entry, scope: scope, in: tx)
    }
}

extension SaveTemplate {
    /// The link stays, unlocked; the template tells of it in the log.
    fileprivate func letGo(_ link: ID<Link>, of template: ID<Link>, scope: Scope, in tx: Transaction) throws {
        let before = try LinkTemplateStore.find(template, scope: scope, in: tx)
        try LinkTemplateStore.detach(link, scope: scope, in: tx)
        guard let left = try LinkTemplateStore.find(template, scope: scope, in: tx) else { return }
        try record(.templateChanged, left, before: before, scope: scope, in: tx)
    }
}

extension SaveLink {
    /// Lets a change of a managed link or a template through, or says what is in its way. A link that is handed over
    /// to somebody else leaves its template.
    func checkTemplates(
        _ link: Link, _ wish: LinkWish, handingOver: Bool, scope: Scope, in tx: Transaction
    ) throws {
        let locks = try LinkTemplateStore.locks(on: link.id, scope: scope, in: tx)
        let isTemplate = try LinkTemplateStore.find(link.id, scope: scope, in: tx) != nil
        guard locks != nil || isTemplate else { return }
        let staysAlone = wish.rules.kind == .oneOnOne && (wish.hosts ?? link.hostWishes).count == 1
        if let locks, !isTemplate, handingOver, let hosts = wish.hosts,
            hosts.map(\.user) != link.hosts.map(\.id) {
            return try SaveTemplate(installation, from: origin).letGo(
                link.id, of: locks.template, scope: scope, in: tx)
        }
        guard staysAlone else { throw TemplateRefusal.oneHost }
        guard let locks else { return }
        var typed = link
        typed.rules = wish.rules
        if let questions = wish.questions { typed.questions = NewLinkIDs(installation.world).questions(questions) }
        let kept = LinkSection.allCases.filter(locks.sections.contains)
        if let section = kept.first(where: { typed.differs(from: link, in: $0) }) {
            throw TemplateRefusal.locked(section, template: locks.title)
        }
    }

    /// What was saved of a template is saved of the links made from it.
    func followTemplate(_ link: Link, scope: Scope, in tx: Transaction) throws {
        guard let template = try LinkTemplateStore.find(link.id, scope: scope, in: tx) else { return }
        _ = try SaveTemplate(installation, from: origin).apply(link, of: template, scope: scope, in: tx)
    }
}
