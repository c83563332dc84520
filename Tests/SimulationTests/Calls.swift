/// Visitors who want to talk at once, as the answers have made it, and the hosts for whom it rings.
import Database
import Scheduling
import Web

@testable import Features

struct Call {
    let id: ID<Ring>
    let tenant: Int
    let link: ID<Link>
    /// Of the form, and of the page on which they wait.
    let key: String
    let token: String
    let wish: RingWish
    let createdAt: Instant
    let expires: Instant
    /// For whom it rings, and who of them has passed.
    fileprivate(set) var hosts: [ID<User>: Bool]
    fileprivate(set) var state: Ring.State
    fileprivate(set) var host: ID<User>?
    fileprivate(set) var booking: ID<Booking>?
    fileprivate(set) var words = ""
    /// Made so long ago that the housekeeping has forgotten it.
    var isForgotten = false
    /// The mails with their words, and when each was planned.
    fileprivate(set) var jobs: [(key: String, at: Instant)] = []

    func isRinging(_ now: Instant) -> Bool {
        state == .ringing && now < expires && hosts.values.contains(false)
    }
}

extension Expected {
    var isRinging: Bool { calls.suffix(5).contains { $0.isRinging(now) } }
}

extension Simulation {
    func call(_ act: Act) async throws -> String {
        if act == .ring { return try await ring() }
        let last = expected.calls.indices.suffix(5).filter { !expected.calls[$0].isForgotten }
        let ringing = last.filter { expected.calls[$0].isRinging(now) }
        // A page may be open for longer than it rings.
        guard let index = chance.one(of: ringing.isEmpty || chance.happens(percent: 10) ? Array(last) : ringing) else {
            return "nobody calls"
        }
        return switch act {
        // It rings for several, and two may press in the same second.
        case .takeCall where chance.happens(percent: 20): try await takeCall(index) + "; " + takeCall(index)
        case .takeCall: try await takeCall(index)
        case .passCall: try await passCall(index)
        case .hangUp: try await hangUp(index)
        default: try await leaveWords(index)
        }
    }

    // MARK: The visitor

    private func ring() async throws -> String {
        // Pressed twice.
        let again = chance.happens(percent: 15) ? expected.calls.last : nil
        let links = expected.links.filter { $0.kind == .instant && !$0.isDeleted }
        guard let link = again.flatMap({ expected.link($0.link) }) ?? chance.one(of: links) else { return "no link" }
        let (tenant, number) = (town.tenants[link.tenant], chance.number(1...40))
        let attendee = Attendee(
            name: "Caller \(number) \(tenant.mark)", email: "v\(number)@\(tenant.mark).example", zone: "Asia/Tokyo",
            language: "en")
        var wish = RingWish(attendee: attendee, location: Location(kind: .custom, text: link.place))
        if chance.happens(percent: 15) { wish.guests = ["guest\(number)@\(tenant.mark).example"] }
        let key = again?.key ?? "call-\(chance.number(0...Int(Int32.max)))"
        let (typed, installation) = (again?.wish ?? wish, installation)
        let done = try await outcome {
            try await StartRing(installation)(typed, key: key, link: link.id, scope: tenant.visitor)
        }
        let isOpen = link.isOpen(uses: expected.uses(of: link.id))
        switch done {
        case .failure(let refused):
            if refused.refusal != nil, isOpen || !(refused.refusal is LinkRefusal) {
                findings.append("call: nobody can call on \(link.title): \(refused.words)")
            }
            return "on \(link.title): \(refused.words)"
        case .success(let token):
            return try await accept(token, key, typed, on: link, again: again, isOpen: isOpen)
        }
    }

    private func accept(
        _ token: String, _ key: String, _ wish: RingWish, on link: LinkFacts, again: Call?, isOpen: Bool
    ) async throws -> String {
        let (scope, hash) = (town.tenants[link.tenant].visitor, sha256(Array(token.utf8)))
        let found = try await database.read(scope) { tx in
            try RingStore.find(tokenHash: hash, scope: scope, in: tx)
        }
        guard let found else {
            findings.append("call: \(key) was answered, and is not there")
            return key
        }
        if let again, !again.isForgotten {
            count("calls pressed twice")
            if found.id != again.id || token != again.token { findings.append("call: \(again.id) rings twice") }
            return "\(again.id), as before"
        }
        if !isOpen { findings.append("call: \(found.id) is on a link that is closed") }
        let call = Call(
            id: found.id, tenant: link.tenant, link: link.id, key: key, token: token, wish: wish, createdAt: now,
            expires: now.adding(seconds: 60), hosts: found.hosts.mapValues { _ in false },
            state: found.hosts.isEmpty ? .missed : .ringing)
        expected.calls.append(call)
        count(found.hosts.isEmpty ? "calls nobody could hear" : "calls")
        try await judgeCalled(call, on: link)
        return "\(call.id) on \(link.title) for \(call.hosts.count)"
    }

    private func hangUp(_ index: Int) async throws -> String {
        let call = expected.calls[index], scope = town.tenants[call.tenant].visitor
        let done = try await outcome {
            try await database.write(scope) { tx in try RingStore.cancel(call.id, scope: scope, in: tx) }
        }
        if case .success = done, call.state == .ringing {
            count("calls hung up")
            expected.calls[index].state = .cancelled
        }
        return "\(call.id)"
    }

    private func leaveWords(_ index: Int) async throws -> String {
        let call = expected.calls[index], scope = town.tenants[call.tenant].visitor
        let words = "Call me back, \(town.tenants[call.tenant].mark)", installation = installation
        let stored = try await database.read(scope) { tx in try LinkStore.find(call.link, scope: scope, in: tx) }
        guard let stored, let link = expected.link(call.link) else { return "no link" }
        let done = try await outcome {
            try await LeaveRingMessage(installation)(words, on: call.id, link: stored, scope: scope)
        }
        guard case .success = done, call.state != .accepted, call.words.isEmpty else { return "\(call.id): \(done)" }
        count("words left")
        expected.calls[index].words = words
        expected.calls[index].jobs = link.hosts.filter { !expected.off.contains("\(link.tenant) \($0)") }.map { host in
            ("\(SendRingMessage.kind)|\(call.id)|\(host)", now)
        }
        return "\(call.id): \(words)"
    }

    // MARK: Hosts

    private func host(of call: Call) -> ID<User>? {
        let all = chance.happens(percent: 5)
            ? town.members(of: call.tenant) : call.hosts.keys.sorted { $0.text < $1.text }
        return chance.one(of: all)
    }

    private func passCall(_ index: Int) async throws -> String {
        let call = expected.calls[index]
        guard let host = host(of: call) else { return "nobody hears it" }
        let (installation, scope) = (installation, Scope(workspace: town.tenants[call.tenant].id, actor: .user(host)))
        let done = try await outcome { try await AnswerRing(installation).pass(call.id, by: host, scope: scope) }
        switch done {
        case .success:
            if call.hosts[host] == nil { findings.append("call: \(call.id) was passed by \(host), who heard nothing") }
            count("calls passed")
            expected.calls[index].hosts[host] = true
        case .failure(let refused):
            if refused.refusal != nil, call.hosts[host] != nil {
                findings.append("call: \(host) cannot pass \(call.id): \(refused.words)")
            }
        }
        return "\(host) passes \(call.id): \(done)"
    }

    private func takeCall(_ index: Int) async throws -> String {
        let call = expected.calls[index]
        guard let host = host(of: call) else { return "nobody hears it" }
        let (installation, scope) = (installation, Scope(workspace: town.tenants[call.tenant].id, actor: .user(host)))
        let done = try await outcome { try await AnswerRing(installation).accept(call.id, by: host, scope: scope) }
        switch done {
        case .failure(let refused):
            judge(refused, of: call, by: host)
            return "\(host) takes \(call.id): \(refused.words)"
        case .success(let booking):
            if call.state == .accepted {
                count("calls taken, pressed twice")
                if call.host != host || call.booking != booking { findings.append("call: \(call.id) was taken twice") }
                return "\(host) has \(call.id), as before"
            }
            if !call.isRinging(now) || call.hosts[host] == nil {
                findings.append("call: \(call.id) was taken by \(host), and did not ring for them")
            }
            count("calls taken")
            if call.hosts.count > 1 { count("calls taken by one of several") }
            (expected.calls[index].state, expected.calls[index].host) = (.accepted, host)
            expected.calls[index].booking = booking
            try await meet(booking, call, host, scope: scope)
            return "\(host) takes \(call.id): \(booking)"
        }
    }

    /// The meeting that begins now.
    private func meet(_ id: ID<Booking>, _ call: Call, _ host: ID<User>, scope: Scope) async throws {
        guard let link = expected.link(call.link), let crew = crew(try await told(id, scope: scope)) else {
            return findings.append("call: \(call.id) came to \(id), which is nothing")
        }
        let start = Instant(now.seconds / 60 * 60), ends = start.adding(minutes: link.duration)
        if crew.hosts != [host] { findings.append("call: \(call.id) was taken by \(host), and \(crew.hosts) come") }
        judgeOpen(link, "\(id)")
        var meeting = Meeting(
            id: id, tenant: link.tenant, link: link.id, crew: crew, guests: call.wish.guests, answer: "", bookedAt: now,
            email: call.wish.attendee.email, starts: start, ends: ends, token: "",
            told: (link.title, call.wish.location.text))
        meeting.rows = link.taken(crew.subjects, claim: id.text, from: start, to: ends)
        meeting.turns = turns(of: crew, on: link)
        meeting.tell(["attendee"] + meeting.hostNames + meeting.guestNames)
        meeting.token = try await tokens(of: [meeting])[id] ?? ""
        judge(meeting.time, "a call")
        judge(crew, on: link, from: start, to: ends, claim: id.text)
        expected.add(meeting)
        recent = id
    }

    // MARK: Judging

    private func isFree(_ host: ID<User>, on link: LinkFacts, without claims: Set<String> = []) -> Bool {
        let start = Instant(now.seconds / 60 * 60), ends = start.adding(minutes: link.duration)
        let asked = link.taken([host.text], claim: "", from: start, to: ends)
        let others = expected.taken(at: now, without: claims)
        // Days begin by a clock on the wall, which may hang elsewhere.
        let isOut = expected.absences.contains { absence in
            absence.user == host && absence.time.start < ends.adding(days: 1)
                && start.adding(days: -1) < absence.time.end
        }
        return !isOut && !expected.off.contains("\(link.tenant) \(host)")
            && !asked.contains { time in others.contains(where: time.isTooNear) }
    }

    /// It rings for those who are free and at work: at all hours for whoever is free.
    private func judgeCalled(_ call: Call, on link: LinkFacts) async throws {
        // Of those who are away or on a trip somewhere around, others know.
        let there = try await hostsWithoutDaysAway(link)
        let free = Set(there.filter { isFree($0, on: link) }), called = Set(call.hosts.keys).intersection(there)
        if !called.isSubset(of: free) {
            findings.append("call: \(call.id) rings for \(called.subtracting(free)), who are not free")
        }
        if let window = link.usual.window, window.closes - window.opens == 1_440 {
            if called != free { findings.append("call: \(call.id) does not ring for \(free.subtracting(called))") }
            return
        }
        if !called.isEmpty, called != free { count("calls some were not at work for") }
        for host in called.sorted(by: { $0.text < $1.text }) where try await !isAtWork(host, in: link.tenant) {
            findings.append("call: \(call.id) rings for \(host), who is not at work")
        }
    }

    private func hostsWithoutDaysAway(_ link: LinkFacts) async throws -> [ID<User>] {
        let (scope, today) = (town.tenants[link.tenant].host, Zone.utc.local(at: now).date)
        let away = try await database.read(scope) { tx in
            try TimeAwayStore.away(
                of: link.hosts.map(\.text), from: today.adding(days: -2), through: today.adding(days: 2), in: tx)
        }
        return link.hosts.filter { host in
            away[host.text].map { $0.trips.isEmpty && $0.spans.isEmpty } ?? true
        }
    }

    /// By the rows of their usual hours.
    private func isAtWork(_ host: ID<User>, in place: Int) async throws -> Bool {
        let scope = town.tenants[place].host
        let all = try await database.read(scope) { tx in try ScheduleStore.all(of: host, scope: scope, in: tx) }
        guard let own = all.first(where: { $0.link == nil }), let zone = Town.zones.zone(own.zone) else { return true }
        let local = zone.local(at: now), minute = local.secondOfDay / 60
        let windows = own.overrides[local.date] ?? own.weekly[local.date.weekday]
        return windows.contains { $0.opens <= minute && minute < $0.closes }
    }

    private func judge(_ refused: Refused, of call: Call, by host: ID<User>) {
        guard let refusal = refused.refusal, let link = expected.link(call.link) else { return }
        let isThere = link.hosts.contains(host) && isFree(host, on: link)
        let isRight = switch (refusal as? RingRefusal, refusal as? LinkRefusal, refusal as? Common) {
        case (.taken?, _, _): call.state == .accepted
        case (.over?, _, _): call.state != .accepted && !call.isRinging(now)
        case (.notFree?, _, _): call.isRinging(now) && !isThere
        case (_, .inactive?, _), (_, .usedUp?, _), (_, .notFound?, _): !link.isOpen(uses: expected.uses(of: link.id))
        case (_, _, .notFound?): call.hosts[host] == nil
        default: false
        }
        count("calls not taken")
        if refusal as? RingRefusal == .notFree { count("calls of hosts who got busy") }
        if !isRight { findings.append("call: \(call.id), \(call.state), of \(host): \(refused.words)") }
    }
}
