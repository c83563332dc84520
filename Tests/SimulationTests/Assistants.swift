/// People who act in somebody's place: who is named and stopped by whom, what they do, and what is none of theirs.
import Database
import Scheduling
import Web

@testable import Features

/// That somebody acts for somebody else.
struct Assisting: Hashable, Sendable {
    let tenant: Int
    let assistant: ID<User>
    let account: ID<User>
}

/// Who did something, as the history of a booking must tell it.
struct Deed: Equatable, Sendable {
    let actor: String
    let behalf: String?
}

/// What opens the app and the API for somebody.
struct Badge: Sendable {
    let session: String
    let key: String
    let keyID: ID<APIKey>
}

extension Expected {
    func assisted(by user: ID<User>, in place: Int) -> Set<ID<User>> {
        Set(assisting.filter { $0.tenant == place && $0.assistant == user }.map(\.account))
    }

    mutating func begin(_ pair: Assisting, in workspace: ID<Workspace>) {
        guard !assisting.contains(pair) else { return }
        assisting.append(pair)
        stood.append((pair, now, nil))
        logged["\(AuditAction.assistantNamed.rawValue) \(workspace) \(pair.account)", default: 0] += 1
    }

    mutating func end(_ pair: Assisting, in workspace: ID<Workspace>) {
        assisting.removeAll { $0 == pair }
        for index in stood.indices where stood[index].pair == pair && stood[index].to == nil { stood[index].to = now }
        logged["\(AuditAction.assistantStopped.rawValue) \(workspace) \(pair.account)", default: 0] += 1
    }

    /// Whether that scope's actor may act in the place it names.
    func stands(_ scope: Scope, in place: Int) -> Bool {
        guard let behalf = scope.behalf else { return true }
        guard let person = scope.actor.person else { return false }
        return assisting.contains(Assisting(tenant: place, assistant: person, account: behalf))
    }

    /// - Parameter isAbout: whether it is told of this booking by itself.
    mutating func note(_ scope: Scope, about booking: ID<Booking>, isAbout: Bool) {
        guard let meeting = meetings[booking] else { return }
        let isTheirs = scope.behalf.map(meeting.crew.hosts.contains) ?? false
        deeds["\(booking) \(meeting.version)"] = Deed(
            actor: scope.actor.text, behalf: isAbout && !isTheirs ? nil : scope.behalf?.text)
    }
}

extension Simulation {
    func place(of scope: Scope) -> Int { town.tenants.firstIndex { $0.id == scope.workspace } ?? 0 }

    // MARK: Who asks

    /// Somebody as their cookie or their key shows them; nobody who is switched off.
    func principal(_ user: ID<User>, in place: Int, byKey: Bool) async throws -> Principal? {
        let name = "\(place) \(user)"
        if expected.off.contains(name) { return nil }
        let badge = if let known = badges[name] { known } else { try await badge(user, in: place) }
        badges[name] = badge
        let (found, assists): (Principal?, Set<ID<User>>) = if byKey {
            (try await opened(key: badge), try await LookUps(database: database).key(badge.key)?.assists ?? [])
        } else {
            (
                try await opened(session: badge),
                try await LookUps(database: database).session(badge.session)?.assists ?? []
            )
        }
        if found == nil { findings.append("assistants: \(name) is here, and nothing opens for them") }
        if assists != expected.assisted(by: user, in: place) {
            findings.append("assistants: \(name) acts for \(assists), not \(expected.assisted(by: user, in: place))")
        }
        return found
    }

    private func opened(session badge: Badge) async throws -> Principal? {
        guard let found = try await LookUps(database: database).session(badge.session) else { return nil }
        let member = found.member
        return Principal(
            kind: .session, workspace: member.workspace, workspaceName: "", user: member.account.id, name: "",
            permissions: Permission.granted(to: member.role), assists: found.assists)
    }

    private func opened(key badge: Badge) async throws -> Principal? {
        guard let found = try await LookUps(database: database).key(badge.key) else { return nil }
        let member = found.member
        return Principal(
            kind: .key(found.key.id.text), workspace: member.workspace, workspaceName: "", user: member.account.id,
            name: "", permissions: Permission.granted(toKeyWith: found.key.scopes, role: member.role),
            assists: found.assists)
    }

    private func badge(_ user: ID<User>, in place: Int) async throws -> Badge {
        let (world, now, tenant) = (installation.world, now, town.tenants[place])
        let (scope, token) = (Scope(workspace: tenant.id, actor: .user(user)), world.token())
        let role: Role = tenant.owner == user ? .owner : .member
        let made = try MakeKey(world: world)(
            KeyWish(name: "key"), owner: user, ownerName: "", limit: Permission.granted(to: role))
        let session = Session(
            id: world.id(), createdAt: now, seenAt: now, expiresAt: now.adding(seconds: Session.lifeSeconds))
        try await database.write(scope) { tx in
            try AccountStore.insert(
                session, tokenHash: sha256(Array(token.utf8)), account: user, from: .console, scope: scope, in: tx)
            try made.insert(scope: scope, in: tx)
        }
        return Badge(session: token, key: made.text, keyID: made.key.id)
    }

    /// Somebody is switched off or removed: nothing opens for them, and nobody acts for them or they for anybody.
    func endPerson(_ user: ID<User>, in place: Int) async throws {
        let name = "\(place) \(user)", workspace = town.tenants[place].id
        for pair in expected.assisting where pair.tenant == place {
            guard pair.account == user || pair.assistant == user else { continue }
            count("assistants ended with somebody")
            expected.end(pair, in: workspace)
        }
        guard let badge = badges.removeValue(forKey: name) else { return }
        let looks = LookUps(database: database)
        let opens = (try await looks.session(badge.session)) != nil
        let keyOpens = (try await looks.key(badge.key)) != nil
        if opens || keyOpens { findings.append("assistants: \(name) is off, and the app opens for them") }
    }

    // MARK: Naming and stopping

    func nameAssistant() async throws -> String {
        let place = chance.number(0...1), tenant = town.tenants[place], people = town.members(of: place)
        guard let account = chance.one(of: people), let assistant = chance.one(of: people),
            let other = chance.one(of: people)
        else { return "nobody" }
        let by = chance.weighted([(6, account), (3, tenant.owner), (1, other)])
        let asker = try await principal(by, in: place, byKey: chance.happens(percent: 20))
        guard let asker else { return "\(by) is off" }
        let pair = Assisting(tenant: place, assistant: assistant, account: account), installation = installation
        let done = try await outcome { try await NameAssistant(installation)(assistant, of: account, by: asker) }
        let areHere = !expected.off.contains("\(place) \(account)") && !expected.off.contains("\(place) \(assistant)")
        let may = (by == account || by == tenant.owner) && areHere && account != assistant
        switch done {
        case .failure(let refused):
            if refused.refusal != nil, may { findings.append("assistants: \(pair) by \(by): \(refused.words)") }
            if refused.refusal != nil { count("assistants refused") }
        case .success:
            if !may { findings.append("assistants: \(pair) was named by \(by)") }
            count("assistants named")
            expected.begin(pair, in: tenant.id)
        }
        return "\(pair) by \(by): \(done)"
    }

    func stopAssistant() async throws -> String {
        guard let pair = chance.one(of: expected.assisting) else { return "nobody assists" }
        let people = town.members(of: pair.tenant)
        let by = chance.weighted([
            (4, pair.account), (2, pair.assistant), (2, town.tenants[pair.tenant].owner),
            (1, chance.one(of: people) ?? pair.account),
        ])
        return try await stop(pair, by: by)
    }

    private func stop(_ pair: Assisting, by: ID<User>) async throws -> String {
        let tenant = town.tenants[pair.tenant], installation = installation
        guard let asker = try await principal(by, in: pair.tenant, byKey: false) else { return "\(by) is off" }
        let done = try await outcome {
            try await NameAssistant(installation).stop(pair.assistant, of: pair.account, by: asker)
        }
        let may = [pair.account, pair.assistant, tenant.owner].contains(by)
        switch done {
        case .failure(let refused):
            if refused.refusal != nil, may { findings.append("assistants: \(pair) not stopped: \(refused.words)") }
        case .success(let wasSo):
            if !may || !wasSo { findings.append("assistants: \(pair) was stopped by \(by): \(wasSo)") }
            count("assistants stopped")
            expected.end(pair, in: tenant.id)
        }
        return "\(pair) by \(by): \(done)"
    }

    // MARK: Acting

    /// Whoever is stopped may have a page open.
    func assist() async throws -> String {
        let former = expected.stood.suffix(8).filter { $0.to != nil }.map(\.pair)
        let all = chance.happens(percent: 12) && !former.isEmpty ? former : expected.assisting
        guard let pair = chance.one(of: all),
            let asker = try await principal(pair.assistant, in: pair.tenant, byKey: chance.happens(percent: 30))
        else { return "nobody assists" }
        let links = expected.links.filter { $0.tenant == pair.tenant && !$0.isDeleted }
        let theirs = links.filter { $0.hosts.contains(pair.account) && $0.kind != .instant }
        // What is somebody else's is tried, too.
        let link = chance.one(of: chance.happens(percent: 15) ? links : theirs)
        let meetings = open.filter { $0.tenant == pair.tenant }
        let meeting = chance.one(of: chance.happens(percent: 15) ? meetings
            : meetings.filter { $0.crew.hosts.contains(pair.account) })
        let offering = expected.offerings.last { $0.tenant == pair.tenant && $0.author == pair.account }
        switch chance.weighted([(4, 0), (4, 1), (3, 2), (1, 3), (1, 4)]) {
        case 0:
            guard let link, let scope = try await scope(of: asker, on: link.hosts, pair) else { return "not theirs" }
            return try await send(wish(on: link, start: someStart(of: link), by: scope))
        case 1:
            guard let meeting, let link = expected.link(meeting.link),
                let scope = try await scope(of: asker, on: meeting.crew.hosts, pair)
            else { return "not theirs" }
            return try await act(on: meeting, link, by: scope)
        case 2:
            guard let link, let scope = try await scope(of: asker, on: link.hosts, pair) else { return "not theirs" }
            return try await keepTimes(of: link, by: scope)
        case 3:
            guard let offering, let link = expected.link(offering.link),
                let scope = try await scope(of: asker, on: link.hosts, pair)
            else { return "nothing is kept" }
            return try await letGo(offering, by: scope)
        default: return try await lookAtKeys(asker, of: pair)
        }
    }

    private func act(on meeting: Meeting, _ link: LinkFacts, by scope: Scope) async throws -> String {
        let what: Wish.What = switch chance.number(0...9) {
        case 0...2: .cancel(meeting.id, quietly: false)
        case 3...6: .move(meeting.id, someStart(of: link))
        default:
            meeting.isWaiting
                ? .decide(meeting.id, chance.happens(percent: 70) ? .approved : .declined("no"), seen: nil)
                : .correct(meeting.id, "corrected\(chance.number(1...9))@\(mark(of: meeting)).example")
        }
        return try await send(Wish(what: what, key: key("assist"), scope: scope, sentAt: now))
    }

    /// In whose place somebody acts on what is these people's; nil where it is none of theirs.
    private func scope(of asker: Principal, on hosts: [ID<User>], _ pair: Assisting) async throws -> Scope? {
        let place = pair.tenant, user = pair.assistant
        let assisted = expected.assisted(by: user, in: place)
        let behalf = hosts.contains(user) ? nil : hosts.first(where: assisted.contains)
        let may = user == town.tenants[place].owner || hosts.contains(user) || behalf != nil
        if asker.acts(on: hosts) != may {
            findings.append("assistants: \(user) \(may ? "cannot act" : "acts") on what is \(hosts)'s")
        }
        guard may else {
            count("deeds that are not theirs")
            return nil
        }
        let scope = asker.scope(on: hosts)
        if scope.behalf != behalf { findings.append("assistants: \(user) acts for \(scope.behalf?.text ?? "nobody")") }
        if behalf != nil { count("deeds in somebody's place") }
        // Stopped while the request runs.
        if let behalf, chance.happens(percent: 8) {
            let own = Assisting(tenant: place, assistant: user, account: behalf)
            _ = try await stop(own, by: expected.off.contains("\(place) \(behalf)") ? user : behalf)
        }
        return scope
    }

    /// Nothing is written in somebody's place but by whom they have now.
    func judgeBehalf<T>(_ scope: Scope, _ done: Result<T, Refused>) {
        guard let behalf = scope.behalf else { return }
        let stands = expected.stands(scope, in: place(of: scope))
        let who = "\(scope.actor.text) for \(behalf)"
        switch done {
        case .success where !stands: findings.append("assistants: done by \(who), who was stopped")
        case .failure(let refused) where refused.isStopped && stands:
            findings.append("assistants: \(who) is said to be stopped")
        case .failure(let refused) where refused.isStopped: count("deeds of whom was stopped")
        default: break
        }
    }

    /// An assistant is nothing to do with somebody's keys.
    private func lookAtKeys(_ asker: Principal, of pair: Assisting) async throws -> String {
        // An admin sees them all, by another right.
        if asker.user == town.tenants[pair.tenant].owner { return "an admin" }
        let keys = try await database.read(asker.scope) { tx in
            try AccountStore.keys(owner: asker.ownKeys, scope: asker.scope, in: tx)
        }
        if keys.contains(where: { $0.owner != asker.user }) {
            findings.append("assistants: \(asker.user) sees keys of others")
        }
        guard let key = badges["\(pair.tenant) \(pair.account)"]?.keyID, pair.account != asker.user else {
            return "\(keys.count) keys"
        }
        let installation = installation
        let done = try await outcome {
            try await RevokeKey(installation)(key.text, by: asker, from: .console)
        }
        if case .success = done { findings.append("assistants: \(asker.user) revoked a key of \(pair.account)") }
        count("keys of others")
        return "\(keys.count) keys, and one is not theirs"
    }

    /// Who does what somebody could do for themselves: they, or now and then who acts for them.
    func doer(for user: ID<User>, in place: Int) -> Scope {
        let workspace = town.tenants[place].id
        let pairs = expected.assisting.filter { $0.tenant == place && $0.account == user }
        guard let pair = chance.one(of: pairs), chance.happens(percent: 50) else {
            return Scope(workspace: workspace, actor: .user(user))
        }
        count("days out, in somebody's place")
        return Scope(workspace: workspace, actor: .user(pair.assistant), behalf: user)
    }
}
