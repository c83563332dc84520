/// Sends a request, compares the answer with what must be so, and judges what was refused.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    /// Sends a request; some are lost on their way, and some answers never arrive.
    func send(_ wish: Wish) async throws -> String {
        let fate = chance.number(1...100)
        if fate <= 40 { repeats.append(wish) }
        if repeats.count > 12 { repeats.removeFirst() }
        return fate <= 6 ? "\(wish.name): lost on its way" : try await carryOut(wish)
    }

    func carryOut(_ wish: Wish) async throws -> String {
        let installation = installation
        let answer = try await outcome { try await wish(installation) }
        judgeBehalf(wish.scope, answer)
        switch answer {
        case .failure(let refused):
            if expected.replies[wish.key.text] != nil, refused.refusal != nil {
                findings.append("\(wish.name) was answered before and is refused now")
            }
            count(refused.refusal == nil ? "broken off" : "refusals")
            judge(refused, of: wish)
            return "\(wish.name): \(refused.words)"
        case .success(let reply):
            if let before = expected.replies[wish.key.text] {
                if !reply.replayed || reply.body != before.body {
                    findings.append("\(wish.name) was answered before, and otherwise")
                }
                count("replays")
                return "\(wish.name): as before"
            }
            if reply.replayed { findings.append("\(wish.name) was replayed, and never answered") }
            expected.replies[wish.key.text] = reply
            return try await accept(JSON(reading: reply.body), of: wish)
        }
    }

    // MARK: Judging

    /// Time that was given must not have been anybody's.
    func judge(_ times: [Taken], _ what: String) {
        guard let claim = times.first?.claim else { return }
        let others = expected.taken(at: now, without: [claim])
        for time in times {
            for other in others where time.isTooNear(other) {
                findings.append(
                    "overlap: \(what), \(time.claim) \(time.starts)–\(time.ends), and \(other.claim) "
                        + "\(other.starts)–\(other.ends) of \(time.subject)")
            }
        }
    }

    private func judge(_ refused: Refused, of wish: Wish) {
        switch wish.what {
        case .book(let request, let id):
            guard let link = expected.link(id) else { return }
            let own = expected.keepings.first { $0.token == request.holdToken }?.claim
            judgeSeries(refused, request, on: link)
            judgePick(refused, request)
            let people = 1 + request.guests.count
            judge(refused, at: request.start, on: link, claims: [own].compactMap(\.self), people: people)
        case .move(let booking, let start):
            guard let meeting = expected.meetings[booking], let link = expected.link(meeting.link) else { return }
            judge(refused, at: start, on: link, claims: [booking.text], of: meeting)
        case .decide(let booking, let decision, let seen): judge(refused, decision, seen: seen, of: booking)
        case .propose(let booking, let wish): judge(refused, wish, of: booking)
        case .take(let booking, let id, let start): judgeAnswer(refused, id, start, of: booking)
        case .cancelPart(let id, let part): judge(refused, of: part, from: id, to: nil, leaving: false)
        case .movePart(let id, let part, let start, let leaves):
            judge(refused, of: part, from: id, to: start, leaving: leaves)
        case .cancelSession(let id): judgeSession(refused, of: id, to: nil)
        case .moveSession(let id, let start): judgeSession(refused, of: id, to: start)
        case .reassign(let booking, _, _):
            judge(refused)
            let isSeated = expected.meetings[booking]?.session != nil
            if let refusal = refused.refusal, isSeated != (refusal as? ReassignRefusal == .seats) {
                findings.append("\(booking) has \(isSeated ? "a" : "no") session, \(refused.words)")
            }
        case .cancel, .correct: judge(refused)
        case .keep(let wish, let id):
            if let link = expected.link(id) { judgeKeeping(refused, wish, on: link) }
        }
    }

    /// Whoever decides is refused only about what has been decided, has run out, or was looked at before it changed.
    private func judge(_ refused: Refused, _ decision: Decision, seen: Int?, of booking: ID<Booking>) {
        guard let meeting = expected.meetings[booking], let refusal = refused.refusal else { return }
        let isOver = meeting.waiting.map { $0.until <= now } ?? true
        let isRight = switch (refusal as? ApprovalRefusal, refusal as? BookingRefusal) {
        case (.notWaiting(let status)?, _): !meeting.isWaiting && status == meeting.status
        case (.tooLate?, _): isOver
        case (_, .changedMeanwhile?): seen != meeting.version
        // Its time has come.
        case (_, .meetingStarted?): meeting.starts <= now
        default: false
        }
        if !isRight { findings.append("\(booking), which is \(meeting.status): \(refused.words)") }
    }

    /// One step at a time, so nothing can have changed meanwhile.
    func judge(_ refused: Refused) {
        if refused.refusal as? BookingRefusal == .changedMeanwhile { findings.append("changed by nobody") }
    }

    /// A time is refused as taken only when somebody has it.
    func judge(
        _ refused: Refused, at start: Instant, on link: LinkFacts, claims: [String], people: Int = 1,
        visitor: String? = nil, of meeting: Meeting? = nil
    ) {
        judge(refused)
        // Whoever picks lets go what they had.
        let own = Set(expected.keepings.filter {
            visitor != nil && $0.visitor == visitor && $0.link == link.id || claims.contains($0.claim)
        }.map(\.id))
        let seconds = meeting.map { $0.ends - $0.starts } ?? Int64(link.duration) * 60
        if link.hasSeats {
            let time = Span(start: start, end: start.adding(seconds: seconds))
            judge(refused, at: time, on: link, people: meeting?.seats ?? people, released: own)
        }
        guard case .slotTaken? = refused.refusal as? BookingRefusal else { return }
        let hosts = Set(link.hosts + (meeting?.crew.hosts ?? []))
        // A pool that cannot be filled is refused alike, whatever keeps its hosts.
        if link.kind == .multiHost { return }
        // Nobody can meet all of them while one is switched off.
        if hosts.contains(where: { expected.off.contains("\(link.tenant) \($0)") }) { return }
        let subjects = hosts.map(\.text).sorted() + link.needs.flatMap(\.oneOf).map(\.text)
        let asked = link.taken(subjects, claim: "", from: start, to: start.adding(seconds: seconds))
        let session = meeting.flatMap(expected.alone)?.text
        let others = expected.taken(at: now, without: Set(claims + [session].compactMap(\.self)), released: own)
        if !asked.contains(where: { time in others.contains(where: time.isTooNear) }) {
            findings.append("\(start) was refused, and nobody has it")
        }
    }

    /// Meetings to come.
    var open: [Meeting] {
        expected.order.compactMap { expected.meetings[$0] }.filter { $0.isOpen(at: now) }
    }
}
