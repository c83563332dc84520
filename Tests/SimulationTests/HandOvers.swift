/// A host leaves: each of their links and bookings goes to somebody else or ends, and some are members no more.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    func leave() async throws -> String {
        // Duties on links that nobody is to look at would stand in the way.
        if tampering.only != nil { return "nobody" }
        let all = open.flatMap { meeting in meeting.crew.hosts.map { (meeting.tenant, $0) } }
        guard let (place, user) = chance.one(of: all.filter { town.tenants[$0].owner != $1 }) else { return "nobody" }
        let tenant = town.tenants[place]
        let principal = Principal(
            kind: .session, workspace: tenant.id, workspaceName: "", user: tenant.owner, name: "",
            permissions: Permission.granted(to: .owner))
        let hand = HandOverMember(installation)
        let duties = try await hand.duties(of: user, for: principal)
        judge(duties, of: user, in: place)
        let others = duties.colleagues.map(\.account.id)
        var wish = HandOverMember.Wish(
            links: [:], bookings: [:], message: "goodbye", removes: chance.happens(percent: 20))
        for link in duties.links {
            let heir = chance.one(of: others) ?? tenant.owner
            wish.links[link.id] = chance.weighted([
                (5, .give(heir)), (link.hosts.count > 1 ? 4 : 0, .leave), (1, .off), (1, nil),
            ])
        }
        for (booking, link) in duties.bookings {
            let heir = chance.one(of: others) ?? tenant.owner
            wish.bookings[booking.id] = chance.weighted([
                (5, .give(heir)), (link.rotates ? 5 : 0, .next), (2, .cancel), (1, nil),
            ])
        }
        let outcomes = try await hand(wish, duties, by: principal)
        count("hosts who leave")
        expected.actor = tenant.host.actor
        try await accept(outcomes, of: wish, duties, user, in: place)
        return "\(user) of \(place): \(outcomes.map { "\($0.what) \($0.refusal ?? "")" })"
    }

    private func judge(_ duties: HandOverMember.Duties, of user: ID<User>, in place: Int) {
        let links = expected.links.filter {
            $0.tenant == place && $0.isActive && !$0.isDeleted && !$0.isAdHoc && $0.hosts.contains(user)
        }
        let bookings = open.filter { $0.tenant == place && $0.crew.hosts.contains(user) }
        if Set(duties.links.map(\.id)) != Set(links.map(\.id)) {
            findings.append("hand-over: the links \(duties.links.map(\.id)) of \(user), not \(links.map(\.id))")
        }
        if Set(duties.bookings.map(\.booking.id)) != Set(bookings.map(\.id)) {
            findings.append("hand-over: \(duties.bookings.map(\.booking.id)) of \(user), not \(bookings.map(\.id))")
        }
        if duties.colleagues.contains(where: { expected.off.contains("\(place) \($0.account.id)") }) {
            findings.append("hand-over: somebody who is off could be an heir")
        }
    }

    // MARK: What it makes so

    /// Outcomes come in three rows: of links that end or cannot be prepared, of bookings, of links that are left.
    private func accept(
        _ outcomes: [HandOverMember.Outcome], of wish: HandOverMember.Wish, _ duties: HandOverMember.Duties,
        _ user: ID<User>, in place: Int
    ) async throws {
        let left = duties.links.filter { wish.links[$0.id].map { $0 != .off } ?? false }
        let given = duties.bookings.map(\.booking.id).filter { wish.bookings[$0] != nil }
        let last = wish.removes ? 1 : 0
        let first = outcomes.count - left.count - given.count - last
        guard first >= 0 else { return findings.append("hand-over: \(outcomes.count) outcomes are too few") }
        for (id, deed) in wish.links {
            if case .give(let heir) = deed { join(heir, id, after: user) }
        }
        for (id, outcome) in zip(given, outcomes[first...]) {
            if let deed = wish.bookings[id] { try await accept(outcome, deed, of: id, user, in: place) }
        }
        for (link, outcome) in zip(left, outcomes[(first + given.count)...]) {
            try await look(at: link.id, in: place)
            let stays = expected.link(link.id)?.hosts.contains(user) ?? true
            if stays != (outcome.refusal != nil) { findings.append("hand-over: \(link.id), \(outcome)") }
            count(outcome.refusal == nil ? "links handed over" : "links not handed over")
        }
        for link in duties.links where wish.links[link.id] == .off {
            try await look(at: link.id, in: place)
            if expected.link(link.id)?.isActive ?? true { findings.append("hand-over: \(link.id) is not off") }
        }
        if wish.removes, let outcome = outcomes.last { try await acceptRemoval(outcome, of: user, in: place) }
    }

    /// Who takes a link over comes into it before its bookings go.
    private func join(_ heir: ID<User>, _ link: ID<Link>, after user: ID<User>) {
        expected.change(link) { link in
            guard link.rotates, !link.hosts.contains(heir) else { return }
            link.hosts.append(heir)
            link.poolOf[heir] = link.poolOf[user]
        }
    }

    private func look(at id: ID<Link>, in place: Int) async throws {
        let scope = town.tenants[place].host
        let stored = try await database.read(scope) { tx in try LinkStore.find(id, scope: scope, in: tx) }
        guard let stored, let before = expected.link(id) else { return }
        expected.change(id) { link in
            link = LinkFacts(stored, tenant: place, usual: before.usual)
            // Whoever takes it over has it to themselves.
            link.template = link.hosts == before.hosts ? before.template : nil
        }
    }

    private func accept(
        _ outcome: HandOverMember.Outcome, _ deed: HandOverMember.BookingDeed, of id: ID<Booking>, _ user: ID<User>,
        in place: Int
    ) async throws {
        guard let meeting = expected.meetings[id] else { return }
        if let words = outcome.refusal {
            count("bookings not handed over")
            if deed == .cancel || (meeting.session != nil) != (words == ReassignRefusal.seats.message) {
                findings.append("hand-over: \(deed) of \(id), \(meeting.status): \(words)")
            }
            return
        }
        count("bookings handed over")
        let json = try await told(id, scope: town.tenants[place].host)
        switch deed {
        case .cancel: acceptCancellation(of: id, quietly: false)
        case .next:
            if let crew = crew(json) { acceptHandOver(of: id, from: user, to: nil, crew) }
        case .give(let heir):
            if let crew = crew(json) { acceptHandOver(of: id, from: user, to: heir, crew) }
        }
    }

    private func acceptRemoval(_ outcome: HandOverMember.Outcome, of user: ID<User>, in place: Int) async throws {
        let hasDuties = expected.hasDuties(user, in: place, now: now)
        if hasDuties == (outcome.refusal == nil) { findings.append("hand-over: \(user) of \(place), \(outcome)") }
        guard outcome.refusal == nil else { return }
        count("members removed")
        expected.off.insert("\(place) \(user)")
        expected.gone.insert("\(place) \(user)")
        try await endPerson(user, in: place)
    }
}

extension Expected {
    /// Whether people can book somebody, or have.
    func hasDuties(_ user: ID<User>, in place: Int, now: Instant) -> Bool {
        links.contains {
            $0.hosts.contains(user) && $0.tenant == place && $0.isActive && !$0.isDeleted && !$0.isAdHoc
        }
            || meetings.values.contains {
                $0.crew.hosts.contains(user) && $0.tenant == place && $0.status.ownsTime && $0.ends > now
            }
    }
}
