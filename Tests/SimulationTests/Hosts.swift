/// What hosts and admins do: change bookings, links, hours, days away and members, each with a page seen before.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    func host(_ act: Act) async throws -> String {
        switch act {
        case .openEditor: openEditor()
        case .saveEditor: try await saveEditor()
        case .tell: try await tell()
        case .hours: try await changeHours()
        case .away: try await goAway()
        case .back: try await comeBack()
        case .member: try await changeMember()
        case .noShow, .undo: try await mark(act)
        default: try await changeBooking(act)
        }
    }

    // MARK: Bookings

    private func changeBooking(_ act: Act) async throws -> String {
        guard let meeting = someone(of: open), let link = expected.link(meeting.link) else { return "no meeting" }
        let what = act == .hostCancel ? Wish.What.cancel(meeting.id) : .move(meeting.id, someStart(of: link))
        return try await send(
            Wish(what: what, key: key("\(act)"), scope: town.tenants[meeting.tenant].host, sentAt: now))
    }

    private func mark(_ act: Act) async throws -> String {
        let all = expected.order.suffix(20).compactMap { expected.meetings[$0] }.filter { meeting in
            act == .undo ? meeting.status == .noShow : meeting.status == .confirmed && meeting.starts <= now
        }
        guard let meeting = someone(of: all), let link = expected.link(meeting.link) else { return "no meeting" }
        let (installation, scope, id) = (installation, town.tenants[meeting.tenant].host, meeting.id)
        let done = try await outcome {
            if act == .undo { return try await MarkNoShow(installation).undo(id, scope: scope) }
            _ = try await MarkNoShow(installation)(id, scope: scope)
        }
        if case .failure(let refused) = done { return "\(id): \(refused.words)" }
        let moment = now
        count(act == .undo ? "no-shows undone" : "no-shows")
        recent = id
        expected.dropHold(of: id)
        expected.change(id) { meeting in
            if act == .noShow {
                (meeting.status, meeting.markedAt) = (.noShow, moment)
            } else {
                meeting.status = moment < meeting.ends ? .confirmed : .completed
                (meeting.gapBefore, meeting.gapAfter) = (link.gapBefore, link.gapAfter)
            }
        }
        if let changed = expected.meetings[id], changed.status == .confirmed { judge(changed.time, "a no-show undone") }
        if let marked = meeting.markedAt, act == .undo, now > marked.adding(minutes: 15) {
            findings.append("\(id) was taken back too late")
        }
        return "\(id)"
    }

    // MARK: Links

    /// The page is open for a while, and others may save meanwhile.
    private func openEditor() -> String {
        guard let link = chance.one(of: expected.links.filter { !$0.isDeleted }) else { return "no link" }
        drafts.append(link)
        return link.title
    }

    private func saveEditor() async throws -> String {
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
        let saved = try await outcome {
            try await SaveLink(installation).update(draft.id, version: draft.version, scope: scope) { link in
                var rules = link.rules
                (rules.title, rules.locations) = (title, [Location(kind: .custom, text: place)])
                (rules.duration, rules.bufferBefore, rules.bufferAfter) = (minutes, before, after)
                (rules.active, rules.access.mostUses) = (isActive, most)
                return LinkWish(rules: rules)
            }
        }
        let hasNobody = isActive && !stored.isActive && expected.off.contains("\(stored.tenant) \(stored.host)")
        switch saved {
        case .failure(let refused):
            count("links not saved")
            if refused.refusal != nil, stored.version == draft.version, !stored.isDeleted, !hasNobody {
                findings.append("\(draft.title) was changed by nobody, and could not be saved")
            }
            return "\(draft.title): \(refused.words)"
        case .success(let link):
            if stored.version != draft.version || stored.isDeleted {
                findings.append("\(draft.title) was saved over somebody's change")
            }
            if hasNobody { findings.append("\(draft.title) was switched on, and its host is off") }
            count("links saved")
            expected.change(draft.id) { $0 = LinkFacts(link, tenant: draft.tenant) }
            return "\(title), \(minutes) minutes, gaps \(before) and \(after), \(isActive ? "on" : "off")"
        }
    }

    /// The link goes, its bookings stay, and its host makes another.
    private func replace(_ link: LinkFacts) async throws -> String {
        let (installation, scope) = (installation, town.tenants[link.tenant].host)
        let (mark, number) = (town.tenants[link.tenant].mark, chance.number(1...9_999))
        let gone = try await outcome { try await DeleteLink(installation)(link.id, scope: scope) }
        if case .failure(let refused) = gone { return refused.words }
        count("links deleted")
        expected.change(link.id) { $0.isDeleted = true }
        let made = try await outcome {
            var rules = LinkRules(title: "New \(number) \(mark)", slug: "new-\(number)")
            rules.notice = MinimumNotice(value: 0, unit: .minute)
            return try await SaveLink(installation).create(LinkWish(rules: rules), host: link.host, scope: scope)
        }
        switch made {
        case .failure(let refused): return refused.words
        case .success(let new):
            expected.links.append(LinkFacts(new, tenant: link.tenant))
            return "\(link.id) is gone, \(new.id) is new"
        }
    }

    private func tell() async throws -> String {
        guard let link = chance.one(of: expected.links) else { return "no link" }
        let (installation, scope) = (installation, town.tenants[link.tenant].host)
        let told = try await outcome { try await ChangeBookings(installation)(of: link.id, scope: scope) }
        guard case .success(let number) = told else { return "broken off" }
        let news = open.filter { $0.link == link.id && $0.told != (link.title, link.place) }
        if news.count != number { findings.append("\(number) bookings took over \(link.title), of \(news.count)") }
        for meeting in news {
            count("changes told")
            expected.dropHold(of: meeting.id)
            expected.change(meeting.id) { $0.told = (link.title, link.place) }
        }
        return "\(number) bookings of \(link.title)"
    }

    // MARK: Hours

    private func changeHours() async throws -> String {
        guard let link = chance.one(of: expected.links) else { return "no link" }
        let (installation, scope) = (installation, town.tenants[link.tenant].host)
        let own = try await installation.database.read(scope) { tx in
            try ScheduleStore.all(of: link.host, scope: scope, in: tx)
        }
        guard let schedule = own.first(where: { $0.link == nil }) else { return "no schedule" }
        let windows = chance.one(of: [
            [Window(opens: 540, closes: 1020)], [Window(opens: 480, closes: 1200)],
            [Window(opens: 540, closes: 720), Window(opens: 780, closes: 1080)],
        ]) ?? []
        let date = LocalDate(daysSince1970: Int(now.seconds / 86_400) + chance.number(0...3))
        let isClosed = chance.happens(percent: 50)
        let saved = try await outcome {
            try await SaveSchedule(installation).update(schedule.id, version: nil, sees: nil, scope: scope) { old in
                var new = old
                new.weekly = (0..<7).map { $0 == 0 ? [] : windows }
                new.overrides = isClosed ? [date: []] : [:]
                return new
            }
        }
        if case .failure(let refused) = saved { return refused.words }
        return "\(schedule.id)\(isClosed ? ", closed on \(date)" : "")"
    }

    private func goAway() async throws -> String {
        guard let link = chance.one(of: expected.links) else { return "no link" }
        let (installation, scope) = (installation, town.tenants[link.tenant].host)
        let from = LocalDate(daysSince1970: Int(now.seconds / 86_400) + chance.number(1...4))
        let isTrip = chance.happens(percent: 30)
        let wish = TimeAwayWish(
            kind: isTrip ? .trip : .outOfOffice, from: from, to: from.adding(days: chance.number(0...1)),
            zone: isTrip ? "Asia/Tokyo" : nil, reason: "", colleague: nil, user: link.host)
        let made = try await outcome {
            try await SaveTimeAway(installation).create(wish, user: link.host, scope: scope)
        }
        switch made {
        case .failure(let refused): return refused.words
        case .success(let away):
            count("days away")
            aways.append((away.id, scope))
            return "\(away.id) from \(from)"
        }
    }

    private func comeBack() async throws -> String {
        guard let away = aways.popLast() else { return "nobody is away" }
        let installation = installation
        let gone = try await outcome {
            try await SaveTimeAway(installation).delete(away.id, sees: nil, scope: away.scope)
        }
        if case .failure(let refused) = gone { return refused.words }
        return "\(away.id)"
    }

    // MARK: Members

    /// Bob is switched off in one of his workspaces, which is refused while people can book him; or on again.
    private func changeMember() async throws -> String {
        guard let link = chance.one(of: expected.links.filter { town.tenants[$0.tenant].owner != $0.host }) else {
            return "no member"
        }
        let (tenant, bob) = (town.tenants[link.tenant], link.host)
        let principal = Principal(
            kind: .session, workspace: tenant.id, workspaceName: "", user: tenant.owner, name: "",
            permissions: Permission.granted(to: .owner))
        let (change, origin) = (ChangeMember(installation), Origin(remote: "192.0.2.1", userAgent: ""))
        let name = "\(link.tenant) \(bob)", isOff = expected.off.contains(name)
        let done = try await outcome {
            if isOff { return try await change.switchOn(bob, by: principal, from: origin) }
            try await change.switchOff(bob, by: principal, from: origin)
        }
        let busy = expected.links.contains {
            $0.host == bob && $0.tenant == link.tenant && $0.isActive && !$0.isDeleted
        }
            || expected.meetings.values.contains {
                $0.host == bob && $0.tenant == link.tenant && $0.status == .confirmed && $0.ends > now
            }
        switch done {
        case .failure(let refused):
            if refused.refusal != nil, isOff || !busy {
                findings.append("\(name) cannot be switched: \(refused.words)")
            }
            return "\(name): \(refused.words)"
        case .success:
            if !isOff, busy { findings.append("\(name) was switched off with duties") }
            count("members switched")
            if isOff { expected.off.remove(name) } else { expected.off.insert(name) }
            return "\(name) is \(isOff ? "on" : "off")"
        }
    }
}
