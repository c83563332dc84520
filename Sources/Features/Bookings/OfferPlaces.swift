/// What became free on a link with a waitlist goes to those who wait, in their order: each gets an offer for a while.
import Database
import Scheduling
import Web

/// The only place where offers are made and lapse. It looks at the link as it is, so it can be run at any time and any
/// number of times: when something became free, when an offer's time is over, and every few minutes besides.
package struct OfferPlaces: Sendable {
    /// How many times one look tries; what is left is for the next.
    private static let most = 60

    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Ends what is over, and offers what is free.
    /// - Parameter only: an entry that a host offers a place to, before all others.
    /// - Returns: the entries that got an offer.
    @discardableResult
    package func callAsFunction(
        _ link: ID<Link>, only: ID<WaitlistEntry>? = nil, scope: Scope
    ) async throws -> [ID<WaitlistEntry>] {
        var passed: Set<Passed> = []
        var offered: [ID<WaitlistEntry>] = []
        for _ in 0..<Self.most {
            switch try await step(link, passing: passed, only: only, scope: scope) {
            case .offered(let entry):
                offered.append(entry)
                if only != nil { return offered }
            case .passed(let more): passed.insert(more)
            case .nothing: return offered
            }
        }
        return offered
    }

    private enum Step: Sendable {
        case offered(ID<WaitlistEntry>)
        /// What cannot be had by this entry, though it looked free.
        case passed(Passed)
        case nothing
    }

    /// A time that an entry cannot have; or no time at all.
    private struct Passed: Hashable, Error {
        let entry: ID<WaitlistEntry>
        let start: Instant?
    }

    /// One transaction: at most one offer, which takes the place of one that lapsed if there is one.
    private func step(
        _ id: ID<Link>, passing passed: Set<Passed>, only: ID<WaitlistEntry>?, scope: Scope
    ) async throws -> Step {
        let (now, holdID): (Instant, ID<Hold>) = (installation.world.now, installation.world.id())
        do {
            let step: Step = try await installation.write(locking: id, scope: scope) { tx in
                guard let link = try LinkStore.locked(id, scope: scope, in: tx) else { return .nothing }
                let line = try WaitlistLine(link, now: now, scope: scope, in: tx)
                guard !line.isEmpty else { return .nothing }
                guard let next = try next(in: line, passing: passed, only: only, scope: scope, in: tx) else {
                    try settle(line, scope: scope, in: tx)
                    return .nothing
                }
                guard try offer(next, holdID, in: line, scope: scope, in: tx) else {
                    return .passed(Passed(entry: next.entry.id, start: nil))
                }
                CrashPoint.reach("offering.before_commit")
                return .offered(next.entry.id)
            }
            if case .offered = step { CrashPoint.reach("offering.after_commit") }
            return step
        } catch let more as Passed {
            return .passed(more)
        }
    }

    private struct Next {
        let entry: WaitlistEntry
        let start: Instant
        let until: Instant
    }

    /// The first of those who wait for whom something is free, and the first time they could have.
    private func next(
        in line: WaitlistLine, passing passed: Set<Passed>, only: ID<WaitlistEntry>?, scope: Scope, in tx: Transaction
    ) throws -> Next? {
        let waiting = line.waiting.filter { entry in
            !passed.contains(Passed(entry: entry.id, start: nil)) && only.map { $0 == entry.id } ?? true
        }
        let (link, now, zones) = (line.link, line.now, installation.world.zones)
        guard try line.isOpen(scope: scope, in: tx), let first = waiting.map(\.target.span.start).min(),
            let last = waiting.map(\.target.span.end).max()
        else { return nil }
        let day = 1
        let times = try OfferedTimes(
            link: link, from: max(first, now), to: last.adding(days: day), ignoring: line.claims, now: now,
            zones: zones, scope: scope, in: tx)
        var known: [Wanted: [Instant]] = [:]
        for entry in waiting {
            let wanted = Wanted(target: entry.target, minutes: entry.minutes, zone: entry.zone)
            let starts = known[wanted] ?? times.free(wanted, zones: zones)
            known[wanted] = starts
            for start in starts where !passed.contains(Passed(entry: entry.id, start: start)) {
                guard let until = times.lastMinute(of: start, wanted, zones: zones) else { continue }
                return Next(entry: entry, start: start, until: until)
            }
        }
        return nil
    }

    /// Keeps the time for the entry, in the place of what was kept for others before, and plans the mail.
    /// - Returns: false for somebody who is taken off the list instead.
    private func offer(
        _ next: Next, _ id: ID<Hold>, in line: WaitlistLine, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        let (entry, link, now, world) = (next.entry, line.link, line.now, installation.world)
        let ends = next.start.adding(minutes: entry.minutes)
        let gone = line.giving(way: Span(start: next.start, end: ends))
        let ask = CrewAsk(
            link: link, start: next.start, ends: ends, claims: gone.map(\.claim) + [id.text],
            booker: Booker(email: entry.email, zone: world.zones.zone(entry.zone)), now: now, zones: world.zones,
            scope: scope)
        let crew = try ask.lock(in: tx)
        // Somebody who was turned away meanwhile stands in nobody's way.
        guard try !BlockStore.isBlocked(entry.email, scope: scope, in: tx) else {
            try WaitlistStore.end(entry, as: .removed, now: now, scope: scope, in: tx)
            return false
        }
        for hold in gone { try line.drop(hold, scope: scope, in: tx) }
        let (hosts, resources): ([LinkHost], [BookableResource])
        do {
            let times = try ask.times(of: crew, in: tx)
            (hosts, resources) = (try ask.takers(times, in: tx).hosts, ask.resources(times))
        } catch let taken as CrewAsk.NotTaken {
            // A limit of theirs closes every time.
            throw Passed(entry: entry.id, start: taken.reason == .limitAttendee ? nil : next.start)
        }
        guard let token = try WaitlistStore.token(
            of: entry.id, keyring: installation.keyring, scope: scope, in: tx)
        else { throw Passed(entry: entry.id, start: nil) }
        var hold = Hold(
            id: id, link: link.id, starts: next.start, ends: ends,
            expires: next.until.adding(seconds: WaitlistEntry.grace))
        hold.waits = true
        try BookingTokenStore.insert(
            hold, visitor: sha256(Array("\(entry.id)|\(id)".utf8)), client: nil,
            tokenHash: sha256(Array(id.offerToken(of: token).utf8)), now: now, scope: scope, in: tx)
        try Seating(installation, link, now: now, scope: scope).take(hold, hosts: hosts, resources: resources, in: tx)
        let offer = WaitlistOffer(hold: id, start: next.start, until: next.until)
        guard try WaitlistStore.offer(offer, to: entry, scope: scope, in: tx) else {
            throw Passed(entry: entry.id, start: nil)
        }
        var offered = entry
        (offered.state, offered.offer, offered.version) = (.offered, offer, entry.version + 1)
        try WaitlistJobs.mail(offered, world: world, now: now, scope: scope, in: tx)
        try WaitlistJobs.look(at: link.id, on: offer.until, world: world, now: now, scope: scope, in: tx)
        return true
    }

    /// Nothing is to be offered: what was kept and is over is free for everybody.
    private func settle(_ line: WaitlistLine, scope: Scope, in tx: Transaction) throws {
        let gone = line.giving(way: nil)
        if !gone.isEmpty {
            var subjects = try tx.subjects(ofClaims: gone.map(\.claim))
            subjects += try SeatStore.subjects(
                of: line.link.id, at: nil, booking: nil, holds: gone.map(\.id.text), scope: scope, in: tx)
            try tx.lockSubjects(Set(subjects).sorted())
            for hold in gone { try line.drop(hold, scope: scope, in: tx) }
        }
        // Also those whose hold is gone already: no offer outlives its time.
        for entry in line.over {
            try WaitlistStore.end(entry, as: line.end(of: entry), now: line.now, scope: scope, in: tx)
        }
        guard line.entries.count > line.over.count else { return }
        try WaitlistJobs.lookAgain(at: line.link.id, world: installation.world, now: line.now, scope: scope, in: tx)
    }
}
