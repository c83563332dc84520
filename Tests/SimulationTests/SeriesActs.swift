/// How often people ask for several meetings, what they do with parts of a series, and what may be refused of both.
import Database
import Scheduling

@testable import Features

extension Simulation {
    /// More meetings after the first, some of them left out or at other times.
    func someSeries(on link: LinkFacts, from start: Instant) -> SeriesWish? {
        guard let series = link.series, chance.happens(percent: 70) else { return nil }
        var wish = SeriesWish(count: chance.number(2...series.count))
        for place in 1..<wish.count {
            if chance.happens(percent: 10) { wish.leftOut.insert(place) }
            if chance.happens(percent: 10) {
                let usual = start.adding(days: 7 * series.weeks * place)
                wish.moved[place] = usual.adding(minutes: chance.number(-2...2) * 30)
            }
        }
        return wish
    }

    /// A start at whose time somebody of the link is busy a week later.
    func weekBeforeOthers(on link: LinkFacts) -> Instant? {
        guard link.series != nil, chance.happens(percent: 70) else { return nil }
        let busy = open.filter { meeting in
            meeting.starts > now.adding(days: 7) && meeting.crew.hosts.contains { link.hosts.contains($0) }
        }
        return chance.one(of: busy)?.starts.adding(days: -7)
    }

    /// This one and the later ones, or all: by whoever attends, or by the host.
    func changePart(_ act: Act) async throws -> String {
        let all = expected.running.suffix(12).compactMap { expected.courses[$0] }.flatMap { course in
            course.bookings.sorted { $0.key < $1.key }.compactMap { expected.meetings[$0.value] }
        }
        let some = chance.happens(percent: 10) ? all : all.filter { $0.isOpen(at: now) }
        // A single meeting is no series.
        guard let meeting = chance.happens(percent: 5) ? chance.one(of: open) : someone(of: some),
            let link = expected.link(meeting.link)
        else { return "no series" }
        let part = chance.one(of: SeriesPart.allCases) ?? .all
        let tenant = town.tenants[meeting.tenant]
        let scope = chance.happens(percent: 50) ? tenant.attendee : tenant.host
        let near = meeting.starts.adding(minutes: chance.number(-3...3) * 30)
        let start = chance.weighted([(5, near), (2, meeting.starts.adding(days: 7)), (3, someStart(of: link))])
        let what = act == .cancelPart ? Wish.What.cancelPart(meeting.id, part)
            : .movePart(meeting.id, part, start, leaving: chance.happens(percent: 40))
        return try await send(Wish(what: what, key: key("\(act)"), scope: scope, sentAt: now))
    }

    // MARK: Judging

    /// What was refused of a wish for several new meetings.
    func judgeSeries(_ refused: Refused, _ request: BookingRequest, on link: LinkFacts) {
        guard let wish = request.series, let refusal = refused.refusal as? SeriesRefusal else { return }
        let places = (0..<wish.count).filter { $0 == 0 || !wish.leftOut.contains($0) }
        let isRight = switch refusal {
        case .usesLeft(let left):
            link.mostUses.map { $0 - expected.uses(of: link.id) == left && places.count > left } ?? false
        case .taken(let plan):
            !plan.conflicts.isEmpty && Set(plan.conflicts.map(\.index)).isSubset(of: places)
                && plan.conflicts.allSatisfy { isInTheWay($0, on: link, without: [], holding: request.holdToken) }
        default: false
        }
        count("series refused")
        if !isRight { findings.append("a series of \(places.count) from \(request.start): \(refused.words)") }
    }

    /// What was refused of a change of several.
    func judge(_ refused: Refused, of part: SeriesPart, from booking: ID<Booking>, to start: Instant?, leaving: Bool) {
        judge(refused)
        guard let refusal = refused.refusal else { return }
        guard let course = expected.course(of: booking), let link = expected.link(course.link) else {
            if refusal as? SeriesRefusal != .noSeries { findings.append("\(booking) is no series: \(refused.words)") }
            return
        }
        let meant = expected.toCome(part, from: booking, of: course, now: now)
        let plan = start.map { self.plan(part, from: booking, course, to: $0) } ?? []
        let isRight = switch (refusal as? SeriesRefusal, refusal as? BookingRefusal) {
        case (.nothingLeft?, _): meant.isEmpty
        case (.taken(let told)?, _):
            Set(told.conflicts.map(\.index)).isSubset(of: plan.map { course.place(of: $0.id) })
                && (leaving ? told.conflicts.count == plan.count : !told.conflicts.isEmpty)
                && told.conflicts.allSatisfy { conflict in
                    // One that cannot go stays in the way of the others.
                    let stay = Set(told.conflicts.map(\.index)).subtracting([conflict.index])
                    let going = plan.filter { !stay.contains(course.place(of: $0.id)) }.map(\.id.text)
                    return isInTheWay(conflict, on: link, without: going, holding: nil)
                }
        case (_, .unchanged?): start != nil && plan.isEmpty
        default: false
        }
        count("parts refused")
        if !isRight { findings.append("\(part) of \(course.id) from \(booking): \(refused.words)") }
    }

    /// Whether somebody has the time of a meeting that is said to be taken.
    private func isInTheWay(
        _ conflict: Occurrence, on link: LinkFacts, without claims: [String], holding token: String?
    ) -> Bool {
        guard conflict.reason == .busyBooking, link.kind != .multiHost else { return true }
        if link.hosts.contains(where: { expected.off.contains("\(link.tenant) \($0)") }) { return true }
        let claim = expected.keepings.first { $0.token == token }?.claim
        let own = Set(expected.keepings.filter { $0.claim == claim }.map(\.id))
        let hosts = expected.order.compactMap { expected.meetings[$0] }
            .filter { claims.contains($0.id.text) }.flatMap(\.crew.hosts)
        let subjects = Set((link.hosts + hosts).map(\.text) + link.needs.flatMap(\.oneOf).map(\.text))
        let asked = link.taken(subjects.sorted(), claim: "", from: conflict.start, to: conflict.ends)
        let others = expected.taken(at: now, without: Set(claims), released: own)
        return asked.contains { time in others.contains(where: time.isTooNear) }
    }
}
