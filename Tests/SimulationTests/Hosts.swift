/// What hosts and admins do: change bookings, links, hours, days away and members, each with a page seen before.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    func host(_ act: Act) async throws -> String {
        switch act {
        case .decide: try await decide()
        case .tap: try await tap()
        case .reassign: try await reassign()
        case .out: try await beOut()
        case .leave: try await leave()
        case .block: try await block()
        case .propose: try await propose()
        case .takeBack: try await takeBack()
        case .openEditor: openEditor()
        case .saveEditor: try await saveEditor()
        case .tell: try await tell()
        case .hours: try await changeHours()
        case .away: try await goAway()
        case .back: try await comeBack()
        case .member: try await changeMember()
        case .noShow, .undo: try await mark(act)
        case .moveAll, .cancelAll: try await changeSession(act)
        case .movePart, .cancelPart: try await changePart(act)
        default: try await changeBooking(act)
        }
    }

    // MARK: Bookings

    private func changeBooking(_ act: Act) async throws -> String {
        guard let meeting = someone(of: open), let link = expected.link(meeting.link) else { return "no meeting" }
        let isQuiet = chance.happens(percent: 15)
        let what = act == .hostCancel
            ? Wish.What.cancel(meeting.id, quietly: isQuiet) : .move(meeting.id, someStart(of: link))
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
        expected.change(id) { meeting in
            // Whoever has not heard of it by now hears nothing.
            meeting.fallSilent()
            if act == .noShow {
                (meeting.status, meeting.markedAt, meeting.rows) = (.noShow, moment, [])
            } else {
                meeting.status = moment < meeting.ends ? .confirmed : .completed
                guard meeting.status == .confirmed, meeting.session == nil else { return }
                meeting.rows = link.taken(
                    meeting.crew.subjects, claim: id.text, from: meeting.starts, to: meeting.ends)
            }
        }
        if let changed = expected.meetings[id] { judge(changed.time, "a no-show undone") }
        if let marked = meeting.markedAt, act == .undo, now > marked.adding(minutes: 15) {
            findings.append("\(id) was taken back too late")
        }
        return "\(id)"
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
            try await SaveSchedule(installation).update(schedule.id, version: nil, by: scope.admin) { old in
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
            expected.note(away, in: link.tenant, town)
            return "\(away.id) from \(from)"
        }
    }

    private func comeBack() async throws -> String {
        guard let away = aways.popLast() else { return "nobody is away" }
        let installation = installation
        let gone = try await outcome {
            try await SaveTimeAway(installation).delete(away.id, by: away.scope.admin)
        }
        if case .failure(let refused) = gone { return refused.words }
        expected.absences.removeAll { $0.id == away.id }
        return "\(away.id)"
    }

    // MARK: Members

    /// Somebody is switched off in one of their workspaces, which is refused while people can book them; or on again.
    private func changeMember() async throws -> String {
        // Duties on links that nobody is to look at would stand in the way.
        if tampering.only != nil { return "nobody" }
        let all = expected.links.flatMap { link in link.hosts.map { (link.tenant, $0) } }
        let able = all.filter { place, user in
            town.tenants[place].owner != user && !expected.gone.contains("\(place) \(user)")
        }
        // Most have something to do; those who have not can be switched off.
        let idle = town.tenants.indices.flatMap { place in town.members(of: place).map { (place, $0) } }
            .filter { place, user in
                town.tenants[place].owner != user && !expected.gone.contains("\(place) \(user)")
                    && !expected.hasDuties(user, in: place, now: now)
            }
        let some = chance.happens(percent: 70) && !idle.isEmpty ? idle : able
        guard let (place, bob) = chance.one(of: some) else { return "no member" }
        let tenant = town.tenants[place]
        let principal = Principal(
            kind: .session, workspace: tenant.id, workspaceName: "", user: tenant.owner, name: "",
            permissions: Permission.granted(to: .owner))
        let (change, origin) = (ChangeMember(installation), Origin(remote: "192.0.2.1", userAgent: ""))
        let name = "\(place) \(bob)", isOff = expected.off.contains(name)
        let done = try await outcome {
            if isOff { return try await change.switchOn(bob, by: principal, from: origin) }
            try await change.switchOff(bob, by: principal, from: origin)
        }
        let busy = expected.hasDuties(bob, in: place, now: now)
        switch done {
        case .failure(let refused):
            if refused.refusal != nil, isOff || !busy {
                findings.append("\(name) cannot be switched: \(refused.words)")
            }
            return "\(name): \(refused.words)"
        case .success:
            if !isOff, busy { findings.append("\(name) was switched off with duties") }
            count("members switched")
            if isOff {
                expected.off.remove(name)
            } else {
                expected.off.insert(name)
                try await endPerson(bob, in: place)
            }
            return "\(name) is \(isOff ? "on" : "off")"
        }
    }
}

extension Scope {
    /// Who acts in it, with an admin's rights.
    fileprivate var admin: Principal {
        Principal(
            kind: .session, workspace: workspace, workspaceName: "", user: actor.person ?? Principal.example.user,
            name: "", permissions: Permission.granted(to: .admin))
    }
}
