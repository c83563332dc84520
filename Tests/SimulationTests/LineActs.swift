/// What those do who wait: join the line, take what they are offered or not, leave; and hosts who help them.
import Database
import Scheduling

@testable import Features

extension Simulation {
    func waitInLine(_ act: Act) async throws -> String {
        switch act {
        case .takePlace: try await takePlace()
        case .quit: try await quit()
        case .offerPlace: try await offerPlace()
        default: try await wait()
        }
    }

    /// The start of an hour that is the only one of its day; people come early, where there is a choice.
    func startInWindow(of link: LinkFacts) -> Instant? {
        guard link.mayWait, let window = link.usual.window,
            let zone = town.people[link.usual.hosts[0].user].flatMap({ Town.zones.zone($0.zone) })
        else { return nil }
        let day = zone.local(at: now).date.adding(days: chance.weighted([(1, 0), (5, 1), (3, 2), (1, 3)]))
        let late = chance.happens(percent: 25) ? chance.number(1...2) * 15 : 0
        return zone.instant(of: day).adding(minutes: window.opens + late)
    }

    // MARK: Joining

    private func wait() async throws -> String {
        let links = expected.links.filter { $0.mayWait && !$0.isDeleted }
        let full = links.flatMap { link in fullStarts(of: link).map { (link, $0) } }
        if let (link, start) = chance.one(of: full), chance.happens(percent: 70) {
            return try await join(link, at: start)
        }
        guard let link = chance.one(of: links), let start = startInWindow(of: link) else { return "no link" }
        // Where nobody has to wait, people book.
        let isPatient = chance.happens(percent: 15)
        return isPatient ? try await join(link, at: start) : try await send(wish(on: link, start: start))
    }

    /// Starts to come of which somebody has the last place.
    private func fullStarts(of link: LinkFacts) -> [Instant] {
        if link.hasSeats {
            let sessions = expected.began.suffix(20).compactMap { expected.gatherings[$0] }.filter { gathering in
                gathering.link == link.id && gathering.starts > now && expected.isWanted(gathering.id, at: now)
            }
            return sessions.filter { expected.seatsLeft(of: $0, at: now) == 0 }.map(\.starts)
        }
        return open.filter { $0.link == link.id }.map(\.starts)
            + expected.living(at: now).filter { $0.link == link.id && $0.starts > now }.map(\.starts)
    }

    private func join(_ link: LinkFacts, at start: Instant) async throws -> String {
        let (tenant, number) = (town.tenants[link.tenant], chance.number(1...40))
        guard let zone = Town.zones.zone(chance.one(of: ["Europe/Berlin", "Asia/Tokyo", "America/New_York"]) ?? "UTC")
        else { return "no zone" }
        let isSession = link.hasSeats && chance.happens(percent: 75)
        let wish = WaitlistWish(
            start: isSession ? start : nil, day: isSession ? nil : zone.local(at: start).date,
            name: "Waiter \(number) \(tenant.mark)", email: "v\(number)@\(tenant.mark).example", zone: zone)
        let installation = installation
        let done = try await outcome {
            try await JoinWaitlist(installation)(wish, link: link.id, scope: tenant.visitor)
        }
        let what = "\(wish.email) for \(start)\(isSession ? "" : ", that day,") of \(link.title)"
        guard case .success = done else {
            if case .failure(let refused) = done { judge(refused, ofWaitingOn: link) }
            return "\(what): \(done)"
        }
        try await accept(wish, on: link)
        return what
    }

    private func judge(_ refused: Refused, ofWaitingOn link: LinkFacts) {
        guard let refusal = refused.refusal else { return }
        count("nobody has to wait")
        let isOpen = link.isOpen(uses: expected.uses(of: link.id))
        let isRight = switch (refusal as? WaitlistRefusal, refusal as? LinkRefusal) {
        case (.off?, _): !link.waitlist.isOn
        case (.notFull?, _): link.waitlist.isOn
        case (_, .inactive?), (_, .usedUp?), (_, .notFound?): !isOpen
        default: false
        }
        if !isRight { findings.append("line: nobody can wait on \(link.title): \(refused.words)") }
    }

    private func accept(_ wish: WaitlistWish, on link: LinkFacts) async throws {
        let (scope, keyring) = (town.tenants[link.tenant].host, town.keyring)
        let found = try await database.read(scope) { tx -> [(WaitlistEntry, String?)] in
            try WaitlistStore.open(of: link.id, scope: scope, in: tx).filter { entry in
                entry.email == wish.email && entry.target.day == wish.day
                    && (wish.start == nil || entry.target.span.start == wish.start)
            }.map { ($0, try WaitlistStore.token(of: $0.id, keyring: keyring, scope: scope, in: tx)) }
        }
        guard let (entry, token) = found.first, found.count == 1, let token else {
            return findings.append("line: \(wish.email) waits \(found.count) times on \(link.title)")
        }
        judgeFull(entry, on: link)
        if expected.waiters[entry.id] != nil {
            count("joined again")
            return expected.change(entry.id) { $0.ask(at: hands.now) }
        }
        count("joined lines")
        let known = expected.inLine(on: link.id).contains {
            $0.email == wish.email && $0.target.day == entry.target.day && $0.target.span == entry.target.span
        }
        if known || entry.state != .waiting {
            findings.append("line: \(entry.id) is not what \(wish.email) asked for")
        }
        expected.add(Waiter(entry, token: token, tenant: link.tenant, at: now))
    }

    /// Nobody is let in line for what they could book.
    private func judgeFull(_ entry: WaitlistEntry, on link: LinkFacts) {
        if !link.isOpen(uses: expected.uses(of: link.id)) || !link.waitlist.isOn {
            findings.append("line: \(entry.id) waits on a link that is closed, or has no line")
        }
        if case .session(let span) = entry.target {
            let there = expected.gathering(of: link.id, at: span.start, now: now)
            let left = there.map { expected.seatsLeft(of: $0, at: now) }
            if left != 0 { findings.append("line: \(entry.id) waits for a session with \(left ?? -1) left") }
            return
        }
        let subjects = Set(link.hosts.map(\.text) + link.needs.flatMap(\.oneOf).map(\.text))
        let isBusy = expected.taken(at: now).contains { time in
            subjects.contains(time.subject) && time.starts < entry.target.span.end
                && entry.target.span.start < time.ends
        }
        if !isBusy { findings.append("line: \(entry.id) waits for a day of which nothing is taken") }
    }

    // MARK: What is offered

    private func takePlace() async throws -> String {
        // The mail may be an old one.
        let offered = expected.inLine().filter { $0.state == .offered }
        guard let waiter = chance.one(of: offered), let offer = waiter.offer, let link = expected.link(waiter.link)
        else { return try await takeLate() }
        offers.append((waiter.id, waiter.offerToken, offer.start))
        return try await take(waiter, waiter.offerToken, at: offer.start, on: link)
    }

    /// By the address in a mail about something that is over.
    private func takeLate() async throws -> String {
        guard let (id, token, start) = chance.one(of: offers.suffix(6)), let waiter = expected.waiters[id],
            let link = expected.link(waiter.link)
        else { return "nothing was offered" }
        count("offers pressed late")
        return try await take(waiter, token, at: start, on: link)
    }

    private func take(_ waiter: Waiter, _ token: String, at start: Instant, on link: LinkFacts) async throws -> String {
        let found = try await LookUps(database: database).waitlistToken(waiter.token)
        if !waiter.isForgotten, found?.entry != waiter.id {
            findings.append("line: the mail of \(waiter.id) leads to \(String(describing: found))")
        }
        let attendee = Attendee(
            name: "Waiter \(town.tenants[link.tenant].mark)", email: waiter.email, zone: "Asia/Tokyo", language: "en")
        var request = BookingRequest(start: start, attendee: attendee)
        request.holdToken = token
        let words = try await send(Wish(
            what: .book(request, link.id), key: key("take"), scope: town.tenants[link.tenant].visitor, sentAt: now))
        if expected.waiters[waiter.id]?.state == .taken, waiter.state == .offered { count("offers taken") }
        return words
    }

    private func quit() async throws -> String {
        let some = chance.happens(percent: 12) ? expected.line.suffix(8).compactMap { expected.waiters[$0] }
            : expected.inLine()
        guard let waiter = chance.one(of: some), !waiter.isForgotten else { return "nobody waits" }
        let state = chance.weighted([(2, WaitlistState.left), (2, .removed), (waiter.offer == nil ? 1 : 5, .refused)])
        let tenant = town.tenants[waiter.tenant], installation = installation
        let scope = state == .removed ? tenant.host : tenant.attendee
        let done = try await outcome { try await EndEntry(installation)(waiter.id, as: state, scope: scope) }
        let mayEnd = waiter.isOpen && (state != .refused || waiter.state == .offered)
        switch done {
        case .failure(let refused):
            if refused.refusal != nil, mayEnd || refused.refusal as? WaitlistRefusal != .over {
                findings.append("line: \(waiter.id), \(waiter.state), cannot be \(state): \(refused.words)")
            }
        case .success:
            guard waiter.state != state else { break }
            if !mayEnd { findings.append("line: \(waiter.id) was \(waiter.state), and became \(state)") }
            count("lines: \(state)")
            expected.change(waiter.id) { $0.end(as: state, at: hands.now) }
        }
        return "\(waiter.id), \(waiter.state), is \(state): \(done)"
    }

    /// A host takes somebody out of their turn.
    private func offerPlace() async throws -> String {
        guard let waiter = chance.one(of: expected.inLine()) else { return "nobody waits" }
        let (installation, scope) = (installation, town.tenants[waiter.tenant].host)
        let done = try await outcome {
            try await OfferPlaces(installation)(waiter.link, only: waiter.id, scope: scope)
        }
        try await followLook(at: waiter.link, only: waiter.id, isWhole: false)
        guard case .success(let offered) = done else { return "\(waiter.id): \(done)" }
        if offered == [waiter.id] { count("offered by hand") }
        let isOffered = expected.waiters[waiter.id]?.state == .offered && waiter.state == .waiting
        if offered != (isOffered ? [waiter.id] : []) { findings.append("line: \(waiter.id) by hand: \(offered)") }
        return "\(waiter.id): \(offered)"
    }
}
