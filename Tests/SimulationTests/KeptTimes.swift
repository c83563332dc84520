/// Hosts keep times free for whoever has their mail; readers pick one, come too late, or nobody does.
import Database
import Scheduling
import Web

@testable import Features

/// A kept offer as the answers have made it, and how it ends.
struct Offering {
    let id: ID<KeptOffer>
    let tenant: Int
    let link: ID<Link>
    /// Whose offer it is, also when their assistant made it.
    let author: ID<User>
    /// What stands in the addresses of the mail.
    let times: [(start: Instant, token: String)]
    let expires: Instant
    let createdAt: Instant
    fileprivate(set) var state = KeptOfferState.open
    fileprivate(set) var booking: ID<Booking>?
    fileprivate(set) var endedAt: Instant?
    fileprivate(set) var isForgotten = false

    func isOpen(_ now: Instant) -> Bool { state == .open && now < expires }

    /// What ends it at its minute.
    var job: (key: String, at: Instant) { ("\(KeptOfferJobs.lapse)|\(id)|\(expires.seconds)", createdAt) }
}

extension Expected {
    func offering(_ id: ID<KeptOffer>) -> Offering? { offerings.first { $0.id == id } }

    /// The one in whose mail this stands.
    func offering(token: String?) -> Offering? {
        token.flatMap { token in offerings.first { $0.times.contains { $0.token == token } } }
    }

    mutating func end(_ id: ID<KeptOffer>, as state: KeptOfferState, booking: ID<Booking>? = nil, at now: Instant) {
        keepings.removeAll { $0.offer == id }
        guard let index = offerings.firstIndex(where: { $0.id == id && $0.state == .open }) else { return }
        (offerings[index].state, offerings[index].booking, offerings[index].endedAt) = (state, booking, now)
    }

    /// Somebody has booked with a hold: it is used up, and all that its offer kept beside it is free.
    mutating func useHold(of request: BookingRequest, as booking: ID<Booking>) {
        guard let token = request.holdToken else { return }
        let offer = keepings.first { $0.token == token }?.offer
        keepings.removeAll { $0.token == token }
        if let offer { end(offer, as: .taken, booking: booking, at: now) }
    }

    /// What the housekeeping does once holds that ran out are gone.
    mutating func tidyOffers() {
        let limit = now.adding(minutes: -60)
        for offering in offerings where offering.state == .open && offering.expires < limit {
            if !keepings.contains(where: { $0.offer == offering.id }) {
                end(offering.id, as: .lapsed, at: offering.expires)
            }
        }
        for index in offerings.indices {
            let isOld = offerings[index].endedAt.map { $0 < now.adding(days: -KeptOffer.daysKept) } ?? false
            if isOld { offerings[index].isForgotten = true }
        }
    }
}

extension Simulation {
    // MARK: Keeping

    func keepTimes() async throws -> String {
        // Those that are used up by others end what is kept of them.
        let few = chance.happens(percent: 25) ? expected.links.filter { $0.mostUses != nil } : []
        guard let link = chance.one(of: few.isEmpty ? expected.links : few) else { return "no link" }
        return try await keepTimes(of: link, by: town.tenants[link.tenant].host)
    }

    func keepTimes(of link: LinkFacts, by scope: Scope) async throws -> String {
        var starts = (0..<chance.number(1...4)).map { _ in someStart(of: link) }
        // One meeting, a little earlier or later.
        if chance.happens(percent: 25) { starts.append(starts[0].adding(minutes: chance.number(1...2) * 15)) }
        let minutes = chance.weighted([(2, 15), (3, 60), (3, 240), (2, 1_200)])
        let wish = KeepWish(
            starts: starts, until: now.adding(minutes: minutes), whom: "Reader \(town.tenants[link.tenant].mark)",
            zone: "Europe/Berlin")
        return try await send(Wish(what: .keep(wish, link.id), key: key("keep"), scope: scope, sentAt: now))
    }

    func acceptOffer(_ json: JSON, of wish: Wish) async throws -> String {
        guard case .keep(let asked, let id) = wish.what, let link = expected.link(id),
            let offer = json["id"]?.string.flatMap(ID<KeptOffer>.init), let until = instant(json["until"])
        else {
            findings.append("offer: \(wish.name) was answered, and no answer names it")
            return "?"
        }
        count("offers kept")
        judgeOpen(link, "\(offer)")
        let told = json["times"]?.array ?? [], starts = told.compactMap { instant($0["start"]) }
        if starts != Set(asked.starts).sorted() || json["durationMinutes"]?.int != link.duration {
            findings.append("offer: \(offer) keeps \(starts) of \(asked.starts), \(link.duration) minutes each")
        }
        let ends = told.compactMap { instant($0["until"]) }
        if ends.max() != until || until > asked.until { findings.append("offer: \(offer) is kept until \(until)") }
        let tokens = told.compactMap { $0["holdToken"]?.string }
        for (start, (end, token)) in zip(starts, zip(ends, tokens)) {
            // Kept until the last minute in which it can be booked.
            let last = start.adding(seconds: -link.notice)
            let isRight = last > asked.until ? end == asked.until : end <= last && last - end <= 60
            if !isRight { findings.append("offer: \(offer) keeps \(start) until \(end), of \(asked.until)") }
            try await keep(start, until: end, token, of: offer, on: link)
        }
        expected.offerings.append(Offering(
            id: offer, tenant: link.tenant, link: id, author: wish.scope.behalf ?? wish.scope.actor.person ?? link.host,
            times: Array(zip(starts, tokens)).map { (start: $0, token: $1) }, expires: until, createdAt: now))
        return "\(wish.name): \(offer) until \(until)"
    }

    private func instant(_ json: JSON?) -> Instant? { json?.string.flatMap(Instant.init(rfc3339:)) }

    private func keep(
        _ start: Instant, until end: Instant, _ token: String, of offer: ID<KeptOffer>, on link: LinkFacts
    ) async throws {
        guard let hold = token.split(separator: "~").last.flatMap({ ID<Hold>(String($0)) }) else {
            return findings.append("offer: \(offer) keeps \(start) by no hold")
        }
        let (crew, session) = try await crew(of: hold)
        let time = Span(start: start, end: start.adding(minutes: link.duration))
        let place = link.hasSeats ? place(session, crew, on: link, at: time, seats: 1, "\(offer)") : nil
        let keeping = Keeping(
            id: hold, token: token, visitor: "reader of \(offer)", link: link.id, moving: nil, session: place?.session,
            expires: end, starts: start,
            time: place == nil ? link.taken(crew.subjects, claim: offer.text, from: time.start, to: time.end) : [],
            offer: offer)
        if place?.isNew ?? true {
            judge(crew, on: link, from: time.start, to: time.end, claim: place?.session.text ?? offer.text)
        }
        if let place { judge(place, "a kept time") } else { judge(keeping.time, "a kept time") }
        expected.keepings.append(keeping)
    }

    /// Times are not kept only where one of them cannot be had.
    func judgeKeeping(_ refused: Refused, _ wish: KeepWish, on link: LinkFacts) {
        judge(refused)
        guard let refusal = refused.refusal else { return }
        count("offers not kept")
        let isRight = switch (refusal as? KeptOfferRefusal, refusal as? LinkRefusal) {
        case (.notFree(let reason, _)?, _):
            // The places of a link and its pools are somebody's in more ways than by a time alone.
            reason != .busyBooking && reason != .busyHold || link.hasSeats || link.kind == .multiHost
                || wish.starts.contains { hasSomebody(at: $0, on: link) }
        case (.tooLate?, _): wish.starts.contains { $0 <= now.adding(minutes: KeptOffer.leastMinutes) }
        case (.tooMany?, _):
            expected.offerings.count { $0.link == link.id && $0.isOpen(now) } >= KeptOffer.mostOpen
        case (_, .inactive?), (_, .usedUp?), (_, .notFound?): !canBeBooked(link)
        // Sent anew when it was too late for that.
        default: refusal is Invalid && wish.until < now.adding(minutes: KeptOffer.leastMinutes)
        }
        if !isRight { findings.append("offer: nothing of \(link.title) is kept: \(refused.words)") }
    }

    /// A page of several that nobody has made is there while all of them are.
    private func canBeBooked(_ link: LinkFacts) -> Bool {
        let isMissing = link.isAdHoc && link.hosts.contains { expected.off.contains("\(link.tenant) \($0)") }
        return !isMissing && link.isOpen(uses: expected.uses(of: link.id))
    }

    private func hasSomebody(at start: Instant, on link: LinkFacts) -> Bool {
        if link.hosts.contains(where: { expected.off.contains("\(link.tenant) \($0)") }) { return true }
        let subjects = link.hosts.map(\.text) + link.needs.flatMap(\.oneOf).map(\.text)
        let asked = link.taken(subjects, claim: "", from: start, to: start.adding(minutes: link.duration))
        let others = expected.taken(at: now)
        return asked.contains { time in others.contains(where: time.isTooNear) }
    }

    // MARK: Picking

    /// Whoever has the mail books one of its times; others may have done so before, or its minute has come.
    func pickKept() async throws -> String {
        let all = expected.offerings.suffix(12), open = all.filter { $0.isOpen(now) }
        guard let offering = chance.one(of: chance.happens(percent: 75) && !open.isEmpty ? open : Array(all)),
            let time = chance.one(of: offering.times), let link = expected.link(offering.link)
        else { return "nothing is kept" }
        let (booked, isOpen) = (expected.order.count, offering.isOpen(now))
        let words = if link.proves {
            try await typeCode(on: link, Keeping(
                id: ID(milliseconds: 0, random: Array(repeating: 0, count: 10)), token: time.token, visitor: "",
                link: link.id, moving: nil, session: nil, expires: now, starts: time.start, time: []))
        } else {
            try await send(wish(on: link, start: time.start, hold: time.token))
        }
        if !isOpen { count("kept times picked late") }
        if isOpen, expected.order.count > booked { count("kept times picked") }
        return "\(offering.id), \(offering.state): \(words)"
    }

    /// Who books with a token of an offer is the only one.
    func judgePick(_ request: BookingRequest, as booking: ID<Booking>) {
        guard let offering = expected.offering(token: request.holdToken), offering.state == .taken else { return }
        findings.append("offer: \(booking) came of \(offering.id) beside \(offering.booking?.text ?? "another")")
    }

    func judgePick(_ refused: Refused, _ request: BookingRequest) {
        guard let refusal = refused.refusal as? KeptOfferRefusal else { return }
        count("kept times picked twice")
        let state = expected.offering(token: request.holdToken)?.state
        if refusal != .taken || state != .taken {
            findings.append("offer: \(request.start) of one that is \(state?.rawValue ?? "none"): \(refused.words)")
        }
    }

    // MARK: The end

    func letGo() async throws -> String {
        let all = expected.offerings.suffix(8)
        guard let offering = chance.one(of: all.filter { chance.happens(percent: 20) || $0.isOpen(now) }) else {
            return "nothing is kept"
        }
        return try await letGo(offering, by: town.tenants[offering.tenant].host)
    }

    func letGo(_ offering: Offering, by scope: Scope) async throws -> String {
        let installation = installation
        let done = try await outcome {
            try await EndKeptOffer(installation).release(offering.id, scope: scope)
        }
        judgeBehalf(scope, done)
        guard case .success = done else { return "\(offering.id): \(done)" }
        if offering.isOpen(now) { count("offers let go") }
        expected.end(offering.id, as: offering.isOpen(now) ? .released : .lapsed, at: now)
        return "\(offering.id), which was \(offering.state)"
    }

    func judge(_ outcome: JobOutcome?, ofLapse job: Job) {
        guard let offering = ID<KeptOffer>(job.subject).flatMap(expected.offering) else {
            return findings.append("\(job.id) ends an offer that nobody made")
        }
        switch outcome {
        case .done?:
            count("offers over")
            if offering.state != .open || offering.expires > now {
                findings.append("offer: \(offering.id), \(offering.state), ended by its job before \(offering.expires)")
            }
            expected.end(offering.id, as: .lapsed, at: now)
        case .skipped?:
            if offering.state == .open { findings.append("offer: \(offering.id) is open, and nobody ends it") }
        default: findings.append("\(job.id), the end of an offer, came to \(String(describing: outcome))")
        }
    }

    /// What nobody could book any more is let go, and nothing else.
    func judge(_ outcome: JobOutcome?, ofOfferLook job: Job) async throws {
        guard let id = ID<Link>(job.subject), let link = expected.link(id) else {
            return findings.append("\(job.id) looks at the offers of nothing")
        }
        if outcome != .done { findings.append("\(job.id), a look, came to \(String(describing: outcome))") }
        let states: [(ID<KeptOffer>, String)] = try await database.lookUp { tx in
            try tx.all("SELECT id, state FROM kept_offer WHERE link = \(id)") { (try $0["id"], try $0["state"]) }
        }
        let isOver = !canBeBooked(link)
        for offering in expected.offerings where offering.link == id && offering.isOpen(now) {
            let kept = expected.keepings.filter { $0.offer == offering.id }
            let strangers = kept.filter { keeping in
                keeping.time.contains { ID<User>($0.subject).map { !link.hosts.contains($0) } ?? false }
            }
            let mustGo = isOver || strangers.contains { $0.expires > now }
            if states.contains(where: { $0 == offering.id && $1 == "released" }) {
                count("offers nobody could book")
                if !isOver, strangers.isEmpty { findings.append("offer: \(offering.id) was let go, and nobody did") }
                expected.end(offering.id, as: .released, at: now)
            } else if mustGo {
                findings.append("offer: \(offering.id) is kept, and nobody can book it")
            }
        }
    }
}
