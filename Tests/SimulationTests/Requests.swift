/// Sends a request, compares the answer with what must be so, and writes down what is so from now on.
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
            return try accept(JSON(reading: reply.body), of: wish)
        }
    }

    private func accept(_ json: JSON, of wish: Wish) throws -> String {
        guard let id = json["id"]?.string.flatMap(ID<Booking>.init) else {
            findings.append("\(wish.name): the reply names no booking")
            return "?"
        }
        let token = json["token"]?.string ?? ""
        recent = id
        count(wish.kind)
        switch wish.what {
        case .book(let request, let link): accept(request, on: link, id: id, token: token)
        case .move(let booking, let start):
            guard let link = expected.meetings[booking].flatMap({ expected.link($0.link) }) else { break }
            expected.dropHold(of: booking)
            expected.change(booking) { meeting in
                meeting.formerTokens.append(meeting.token)
                (meeting.ends, meeting.starts) = (start.adding(seconds: meeting.ends - meeting.starts), start)
                (meeting.gapBefore, meeting.gapAfter, meeting.token) = (link.gapBefore, link.gapAfter, token)
            }
            expected.meetings[booking].map { judge($0.time, "a move") }
        case .cancel(let booking):
            expected.dropHold(of: booking)
            expected.change(booking) { $0.status = .cancelled }
        case .correct(let booking, let email):
            expected.dropHold(of: booking)
            expected.change(booking) { meeting in
                meeting.formerEmails[meeting.version + 1] = meeting.email
                meeting.formerTokens.append(meeting.token)
                (meeting.email, meeting.token) = (email, token)
            }
        }
        if json["version"]?.int != expected.meetings[id]?.version {
            findings.append("\(wish.name): the reply tells version \(json["version"]?.int ?? 0)")
        }
        return "\(wish.name): \(id)"
    }

    private func accept(_ request: BookingRequest, on id: ID<Link>, id booking: ID<Booking>, token: String) {
        guard let link = expected.link(id) else { return }
        if let hold = request.holdToken { expected.keepings.removeAll { $0.token == hold } }
        let ends = request.start.adding(minutes: link.duration)
        let meeting = Meeting(
            id: booking, tenant: link.tenant, link: id, host: link.host, guests: request.guests,
            answer: request.answers.first?.value ?? "", bookedAt: now, email: request.attendee.email,
            starts: request.start, ends: ends, gapBefore: link.gapBefore, gapAfter: link.gapAfter, token: token,
            told: (link.title, link.place))
        judge(meeting.time, "a booking")
        if !link.isActive || link.isDeleted { findings.append("\(booking) is on a link that is closed") }
        if let most = link.mostUses, expected.uses(of: id) >= most {
            findings.append("\(booking) is one more than the \(most) of its link")
        }
        if expected.off.contains("\(link.tenant) \(link.host)") {
            findings.append("\(booking) is with somebody who is switched off")
        }
        if request.start < now { findings.append("\(booking) is in the past") }
        expected.add(meeting)
    }

    // MARK: Judging

    /// Time that was given must not have been anybody's.
    func judge(_ time: Taken, _ what: String) {
        let others = expected.taken(at: now, without: [time.claim]).filter(time.isTooNear)
        for other in others {
            findings.append(
                "overlap: \(what), \(time.claim) \(time.starts)–\(time.ends), and \(other.claim) "
                    + "\(other.starts)–\(other.ends)")
        }
    }

    private func judge(_ refused: Refused, of wish: Wish) {
        switch wish.what {
        case .book(let request, let id):
            guard let link = expected.link(id) else { return }
            let own = expected.keepings.first { $0.token == request.holdToken }?.time.claim
            judge(refused, at: request.start, on: link, claims: [own].compactMap(\.self))
        case .move(let booking, let start):
            guard let meeting = expected.meetings[booking], let link = expected.link(meeting.link) else { return }
            judge(refused, at: start, on: link, claims: [booking.text], seconds: meeting.ends - meeting.starts)
        case .cancel, .correct: judge(refused)
        }
    }

    /// One step at a time, so nothing can have changed meanwhile.
    func judge(_ refused: Refused) {
        if refused.refusal as? BookingRefusal == .changedMeanwhile { findings.append("changed by nobody") }
    }

    /// A time is refused as taken only when somebody has it.
    func judge(
        _ refused: Refused, at start: Instant, on link: LinkFacts, claims: [String], visitor: String? = nil,
        seconds: Int64? = nil
    ) {
        judge(refused)
        guard case .slotTaken? = refused.refusal as? BookingRefusal else { return }
        let asked = Taken(
            claim: "", host: link.host, starts: start,
            ends: start.adding(seconds: seconds ?? Int64(link.duration) * 60),
            gapBefore: link.gapBefore, gapAfter: link.gapAfter)
        let own = expected.keepings.filter { $0.visitor == visitor && $0.link == link.id }.map(\.id)
        let others = expected.taken(at: now, without: Set(claims), released: Set(own))
        if !others.contains(where: asked.isTooNear) { findings.append("\(start) was refused, and nobody has it") }
    }

    /// Meetings to come.
    var open: [Meeting] {
        expected.order.compactMap { expected.meetings[$0] }.filter { $0.status == .confirmed && $0.starts > now }
    }
}
