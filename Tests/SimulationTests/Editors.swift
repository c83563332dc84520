/// What hosts do with links: open the editor, save what others may have changed meanwhile, delete, tell their people.
import Database
import Scheduling

@testable import Features

extension Simulation {
    /// The page is open for a while, and others may save meanwhile.
    func openEditor() -> String {
        guard let link = chance.one(of: expected.links.filter { !$0.isDeleted && !$0.isAdHoc }) else {
            return "no link"
        }
        let kept = expected.links.filter { link in
            !link.isDeleted && (link.template != nil || expected.links.contains { $0.template == link.id })
        }
        let offered = expected.links.filter { link in
            !link.isDeleted && expected.offerings.contains { $0.link == link.id && $0.isOpen(now) }
        }
        let some = chance.happens(percent: 20) ? kept : chance.happens(percent: 30) ? offered : []
        let one = chance.one(of: some) ?? link
        drafts.append(one)
        return one.title
    }

    func saveEditor() async throws -> String {
        guard let draft = drafts.popLast(), let stored = expected.link(draft.id) else { return "no page is open" }
        if chance.happens(percent: 6), !stored.isDeleted { return try await replace(stored) }
        let (installation, scope) = (installation, town.tenants[draft.tenant].host)
        let mark = town.tenants[draft.tenant].mark
        let title = chance.happens(percent: 40) ? "Title \(chance.number(1...9)) \(mark)" : draft.title
        let place = chance.happens(percent: 30) ? "Room \(chance.number(1...9)) \(mark)" : draft.place
        let minutes = chance.one(of: [30, 45, 60]) ?? 30
        let (before, after) = (chance.number(0...2) * 5, chance.number(0...2) * 5)
        let isActive = chance.happens(percent: 80)
        let most = draft.mostUses.map { $0 + chance.number(0...2) }
        let asks = draft.mayAsk && chance.happens(percent: 80)
        let places = draft.hasSeats ? chance.number(2...4) : 1
        let waits = draft.mayWait && chance.happens(percent: 85)
        // Whoever has a link made from a template mostly knows what is locked.
        let keeps = stored.template != nil && chance.happens(percent: 60)
        let (needs, hosts) = (chance.happens(percent: 15) ? [] : draft.usual.needs, hosts(for: draft))
        let saved = try await outcome {
            try await SaveLink(installation).update(draft.id, version: draft.version, scope: scope) { link in
                var rules = link.rules
                if !keeps {
                    (rules.title, rules.locations) = (title, [Location(kind: .custom, text: place)])
                    (rules.duration, rules.bufferBefore, rules.bufferAfter) = (minutes, before, after)
                }
                (rules.active, rules.access.mostUses) = (isActive, most)
                (rules.needs, rules.approval.isRequired, rules.seats.capacity) = (needs, asks, places)
                rules.waitlist.isOn = waits
                var wish = LinkWish(rules: rules)
                wish.hosts = hosts
                return wish
            }
        }
        let named = hosts?.map(\.user) ?? stored.hosts
        let hasNobody = isActive && !stored.isActive
            && named.allSatisfy { expected.off.contains("\(stored.tenant) \($0)") }
        switch saved {
        case .failure(let refused):
            count("links not saved")
            if refused.refusal is TemplateRefusal { return refuseLocked(draft, keeps: keeps, refused) }
            if refused.refusal != nil, stored.version == draft.version, !stored.isDeleted, !hasNobody {
                findings.append("\(draft.title) was changed by nobody, and could not be saved: \(refused.words)")
            }
            return "\(draft.title): \(refused.words)"
        case .success(let link):
            if stored.version != draft.version || stored.isDeleted {
                findings.append("\(draft.title) was saved over somebody's change")
            }
            if hasNobody { findings.append("\(draft.title) was switched on, and its hosts are off") }
            count("links saved")
            expected.change(draft.id) { $0 = LinkFacts(link, tenant: draft.tenant, usual: draft.usual) }
            try await followTemplate(draft.id, from: stored)
            if stored.capacity != places { resize(stored.id, to: places) }
            return "\(title), \(minutes) minutes, gaps \(before) and \(after), \(isActive ? "on" : "off"), "
                + "\(asks ? "asking, " : "")\(named.count) hosts, \(needs.count) needs"
        }
    }

    /// What is still to come has other places too, and nobody loses theirs.
    private func resize(_ link: ID<Link>, to places: Int) {
        let now = now
        for id in expected.began {
            let taken = expected.seatsTaken(of: id)
            expected.change(id) { gathering in
                if gathering.link == link, gathering.starts > now { gathering.capacity = max(taken, places) }
            }
        }
        count("places changed")
    }

    /// Of several hosts one goes, or those from the beginning come back; nil leaves them as they are.
    private func hosts(for draft: LinkFacts) -> [HostWish]? {
        guard draft.kind != .oneOnOne, chance.happens(percent: 35) else { return nil }
        // Nobody can be named who is switched off.
        let there = draft.usual.hosts.filter {
            draft.hosts.contains($0.user) || !expected.off.contains("\(draft.tenant) \($0.user)")
        }
        let goes = draft.hosts.filter { draft.kind != .multiHost || draft.poolOf[$0] != nil }.last
        let dropped = there.filter { draft.hosts.contains($0.user) && $0.user != goes }
        let takes = draft.pools.reduce(0) { $0 + $1.take }
        let isEnough = dropped.count { draft.kind != .multiHost || $0.pool != nil } >= max(1, takes)
        return isEnough && chance.happens(percent: 50) ? dropped : there
    }

    /// The link goes, its bookings stay, and its host makes another.
    private func replace(_ link: LinkFacts) async throws -> String {
        let (installation, scope) = (installation, town.tenants[link.tenant].host)
        let (mark, number) = (town.tenants[link.tenant].mark, chance.number(1...9_999))
        let gone = try await outcome { try await DeleteLink(installation)(link.id, scope: scope) }
        if case .failure(let refused) = gone { return refused.words }
        count("links deleted")
        expected.change(link.id) { ($0.isDeleted, $0.template) = (true, nil) }
        expected.letGo(of: link.id)
        let made = try await outcome {
            var rules = LinkRules(title: "New \(number) \(mark)", slug: "new-\(number)")
            rules.notice = MinimumNotice(value: 0, unit: .minute)
            (rules.kind, rules.pools, rules.needs) = (link.kind, link.pools, link.needs)
            (rules.approval, rules.rotation.movesReassign) = (link.approval, link.movesReassign)
            (rules.seats.capacity, rules.series, rules.waitlist) = (link.capacity, link.series, link.waitlist)
            rules.door.verifiesEmail = link.proves
            var wish = LinkWish(rules: rules)
            wish.hosts = link.hosts.map { HostWish($0, pool: link.poolOf[$0]) }
            wish.hours = link.usual.window.map { Array(repeating: [$0], count: 7) }
            return try await SaveLink(installation).create(wish, host: link.host, scope: scope)
        }
        switch made {
        case .failure(let refused): return refused.words
        case .success(let new):
            expected.links.append(LinkFacts(new, tenant: link.tenant, usual: link.usual))
            return "\(link.id) is gone, \(new.id) is new"
        }
    }

    func tell() async throws -> String {
        let others = open.filter { meeting in
            expected.link(meeting.link).map { meeting.told != ($0.title, $0.place) } ?? false
        }.map(\.link)
        let made = expected.links.filter { !$0.isAdHoc }
        let some = chance.happens(percent: 80) ? made.filter { others.contains($0.id) } : made
        guard let link = chance.one(of: some) else { return "no link" }
        let (installation, scope) = (installation, town.tenants[link.tenant].host)
        let told = try await outcome { try await ChangeBookings(installation)(of: link.id, scope: scope) }
        guard case .success(let number) = told else { return "broken off" }
        let news = open.filter {
            $0.link == link.id && $0.status == .confirmed && $0.told != (link.title, link.place)
        }
        if news.count != number { findings.append("\(number) bookings took over \(link.title), of \(news.count)") }
        for meeting in news {
            count("changes told")
            expected.change(meeting.id) { meeting in
                meeting.told = (link.title, link.place)
                meeting.tell(["attendee"] + meeting.toldHosts + meeting.guestNames)
            }
            tell(meeting.session)
        }
        return "\(number) bookings of \(link.title)"
    }
}
