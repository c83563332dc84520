/// What is done about whole sessions, when others' starts are wanted, and what may be refused where people share one.
import Database
import Scheduling

@testable import Features

extension Simulation {
    /// People like to come where others are.
    func startOfOthers(on link: LinkFacts) -> Instant? {
        guard chance.happens(percent: 60) else { return nil }
        let others = expected.began.suffix(30).compactMap { expected.gatherings[$0] }.filter {
            $0.link == link.id && $0.starts > now && expected.isWanted($0.id, at: now)
        }
        return chance.one(of: others)?.starts
    }

    /// A session to come, in so many of a hundred cases.
    func someSession(percent: Int) -> Gathering? {
        guard chance.happens(percent: percent) else { return nil }
        let all = expected.began.suffix(30).compactMap { expected.gatherings[$0] }
        return chance.one(of: all.filter { $0.starts > now && expected.isWanted($0.id, at: now) })
    }

    func changeSession(_ act: Act) async throws -> String {
        let all = expected.began.suffix(20).compactMap { expected.gatherings[$0] }
        let open = all.filter { $0.starts > now && expected.seatsTaken(of: $0.id) > 0 }
        // The page may have been open for a while.
        let some = chance.happens(percent: 10) ? all : open
        guard let gathering = chance.one(of: some), let link = expected.link(gathering.link) else {
            return "no session"
        }
        let near = gathering.starts.adding(minutes: chance.number(-2...2) * 15)
        let what = act == .cancelAll ? Wish.What.cancelSession(gathering.id)
            : .moveSession(gathering.id, chance.happens(percent: 40) ? near : someStart(of: link))
        return try await send(
            Wish(what: what, key: key("\(act)"), scope: town.tenants[gathering.tenant].host, sentAt: now))
    }

    // MARK: Judging

    /// A session is full only when it is, and whoever joins one asks for nobody's time.
    func judge(
        _ refused: Refused, at time: Span, on link: LinkFacts, people: Int, released: Set<ID<Hold>>
    ) {
        let there = expected.gathering(of: link.id, at: time.start, now: now, released: released)
        switch refused.refusal as? BookingRefusal {
        case .full(let told, _, _)?:
            count("sessions full")
            let left = there.map { there in
                there.ends == time.end ? expected.seatsLeft(of: there, at: now, released: released) : 0
            } ?? link.capacity
            if left >= people || told > left {
                findings.append("seats: \(people) were refused at \(time.start), \(told) said to be left of \(left)")
            }
        case .slotTaken?:
            if let there { findings.append("seats: \(there.id) starts at \(time.start), refused was \(refused.words)") }
        default: break
        }
    }

    func judgeSession(_ refused: Refused, of id: ID<GroupSession>, to start: Instant?) {
        judge(refused)
        guard let gathering = expected.gatherings[id], let refusal = refused.refusal else { return }
        let seated = expected.seated(in: id)
        var isRight = switch (refusal as? SessionRefusal, refusal as? BookingRefusal) {
        case (.closed?, _): seated.isEmpty
        case (.asked?, _): start != nil && seated.contains(where: \.isWaiting)
        case (.joins?, _):
            start.map { expected.gathering(of: gathering.link, at: $0, now: now) != nil } ?? false
        case (_, .meetingStarted?): gathering.starts <= now
        case (_, .unchanged?): start == gathering.starts
        case (_, .notOffered?): start != nil
        case (_, .slotTaken?): start.map { isTaken($0, for: gathering) } ?? false
        default: false
        }
        if refusal as? SessionRefusal == .notFound { isRight = expected.isForgotten(gathering) }
        if !isRight { findings.append("\(id) of \(seated.count): \(refused.words)") }
    }

    /// Whether something is in the way of a session at another time.
    private func isTaken(_ start: Instant, for gathering: Gathering) -> Bool {
        guard let link = expected.link(gathering.link) else { return true }
        let hosts = gathering.crew.hosts
        // Nobody can be met who is switched off, or left the link.
        if hosts.contains(where: { expected.off.contains("\(link.tenant) \($0)") || !link.hosts.contains($0) }) {
            return true
        }
        let subjects = hosts.map(\.text) + link.needs.flatMap(\.oneOf).map(\.text)
        let ends = start.adding(seconds: gathering.ends - gathering.starts)
        let asked = link.taken(subjects, claim: gathering.id.text, from: start, to: ends)
        let others = expected.taken(at: now, without: [gathering.id.text])
        return asked.contains { time in others.contains(where: time.isTooNear) }
    }
}
