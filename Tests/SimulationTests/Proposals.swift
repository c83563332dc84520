/// Hosts ask for another time, attendees take one, say that none suits, or let it lapse.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    // MARK: Asking

    func propose() async throws -> String {
        // The page may have been open for a while.
        let some = chance.happens(percent: 6) ? expected.order.suffix(12).compactMap { expected.meetings[$0] } : open
        guard let meeting = someone(of: some), let link = expected.link(meeting.link) else { return "no meeting" }
        let number = meeting.session == nil ? chance.weighted([(1, 0), (6, 1), (3, 2), (2, 3)]) : chance.weighted(
            [(4, 0), (1, 1)])
        var starts: [Instant] = []
        for _ in 0..<number {
            let near = meeting.starts.adding(minutes: chance.number(-4...4) * 30)
            starts.append(chance.happens(percent: 40) ? near : someStart(of: link))
        }
        // Asked for the same once more.
        if let asked = expected.question(of: meeting), chance.happens(percent: 40) { starts = asked.starts.reversed() }
        let hours = chance.weighted([(2, 1), (2, 4), (3, 24), (3, 48)])
        return try await send(Wish(
            what: .propose(meeting.id, ProposalWish(starts: starts, message: "could we", hours: hours)),
            key: key("propose"), scope: town.tenants[meeting.tenant].host, sentAt: now))
    }

    /// A time that is kept for whoever was asked: others want it too.
    func keptForOthers(on link: LinkFacts) -> Instant? {
        guard chance.happens(percent: 12) else { return nil }
        let all = lately(isOpen: true).filter { asked in
            asked.rows.contains { row in link.hosts.contains { $0.text == row.subject } }
        }
        let kept = expected.living(at: now).filter { keeping in
            keeping.offer != nil && keeping.time.contains { row in link.hosts.contains { $0.text == row.subject } }
        }
        return chance.one(of: all.flatMap(\.starts) + kept.map(\.starts))
    }

    func takeBack() async throws -> String {
        guard let asked = chance.one(of: lately(isOpen: chance.happens(percent: 90))) else { return "nothing is asked" }
        let (installation, scope, id) = (installation, town.tenants[asked.tenant].host, asked.booking)
        let done = try await outcome { try await EndProposal(installation).withdraw(id, scope: scope) }
        if case .failure(let refused) = done { return "\(id): \(refused.words)" }
        guard let open = expected.unanswered(of: id) else { return "\(id): nothing was open" }
        let now = now
        expected.change(open.id) { $0.withdraw(at: now) }
        count("proposals taken back")
        return "\(open.id)"
    }

    /// Those of late, and of them those that can be answered.
    private func lately(isOpen: Bool) -> [Asked] {
        expected.proposed.suffix(12).compactMap { expected.proposals[$0] }.filter { asked in
            !isOpen || expected.meetings[asked.booking].flatMap(expected.question)?.id == asked.id
        }
    }

    // MARK: Answering

    func answer() async throws -> String {
        // The mail may be an old one.
        guard let asked = chance.one(of: lately(isOpen: chance.happens(percent: 85))),
            let meeting = expected.meetings[asked.booking], let link = expected.link(meeting.link)
        else { return "nothing is asked" }
        if chance.happens(percent: 25) { return try await refuse(asked, meeting) }
        let scope = town.tenants[asked.tenant].attendee
        let start = chance.happens(percent: 5) ? nil : chance.one(of: asked.starts)
        // A choice of their own is a move like any other; so is a proposed time that is picked from the times.
        let isMove = asked.starts.isEmpty || chance.happens(percent: 20)
        let time = start ?? someStart(of: link)
        return try await send(Wish(
            what: isMove ? .move(meeting.id, time) : .take(meeting.id, asked.id, time), key: key("answer"),
            scope: scope, sentAt: now))
    }

    private func refuse(_ asked: Asked, _ meeting: Meeting) async throws -> String {
        let (installation, scope, now) = (installation, town.tenants[asked.tenant].attendee, now)
        let done = try await outcome {
            try await EndProposal(installation).refuse(asked.id, of: asked.booking, reply: "no", scope: scope)
        }
        let isOpen = expected.question(of: meeting)?.id == asked.id
        switch done {
        case .failure(let refused):
            judge(refused)
            if let refusal = refused.refusal,
                isOpen || refusal as? ProposalRefusal != .over || asked.state == .refused {
                findings.append("proposal: \(asked.id), \(asked.state), could not be refused: \(refused.words)")
            }
            return "\(asked.id): \(refused.words)"
        case .success:
            guard isOpen else {
                if asked.state != .refused { findings.append("proposal: \(asked.id) was refused, and was over") }
                return "\(asked.id), as before"
            }
            expected.change(asked.id) { $0.refuse(meeting, at: now) }
            count("proposals refused")
            return "\(asked.id) does not suit"
        }
    }

    // MARK: What an answer makes so

    func acceptProposal(_ json: JSON, _ wish: ProposalWish, of booking: ID<Booking>) async throws {
        guard let meeting = expected.meetings[booking], let link = expected.link(meeting.link) else { return }
        let told = json["proposal"]
        guard let id = told?["id"]?.string.flatMap(ID<Proposal>.init) else {
            return findings.append("proposal: one of \(booking) was made, and no answer names it")
        }
        let starts = Set(wish.starts).sorted()
        if let open = expected.question(of: meeting) {
            if open.id != id || open.starts != starts { findings.append("proposal: \(id) was asked beside \(open.id)") }
            return count("proposals asked again")
        }
        if !meeting.isOpen(at: now) { findings.append("proposal: \(id) is about what is over, \(meeting.status)") }
        if !starts.isEmpty, meeting.session != nil { findings.append("proposal: \(id) names times of a session") }
        if starts.isEmpty, meeting.isWaiting { findings.append("proposal: \(id) is about what nobody confirmed") }
        if let old = expected.unanswered(of: booking) { expected.change(old.id) { $0.lapse() } }
        let ends = expected.answerEnds(wish, of: meeting)
        let expires = told?["expiresAt"]?.string.flatMap(Instant.init(rfc3339:)) ?? now
        let named = (told?["starts"]?.array ?? []).compactMap { $0.string.flatMap(Instant.init(rfc3339:)) }
        if expires != ends || named != starts {
            findings.append("proposal: \(id) is of \(named) until \(expires), not of \(starts) until \(ends)")
        }
        try await keep(Set(starts), for: meeting, id, until: expires, on: link)
    }

    private func keep(
        _ starts: Set<Instant>, for meeting: Meeting, _ id: ID<Proposal>, until expires: Instant, on link: LinkFacts
    ) async throws {
        let seconds = meeting.ends - meeting.starts
        let kept: [(String, Instant)] = try await database.lookUp { tx in
            try tx.all("SELECT subject, starts FROM ledger WHERE kind = 'hold' AND ref = \(id)") { row in
                (try row["subject"] as String, try row["starts"] as Instant)
            }
        }
        // Rows begin with the meeting; gaps stand beside.
        var rows: [Taken] = []
        for start in starts.sorted() {
            let subjects = kept.filter { $0.1 == start }.map(\.0).sorted()
            let crew = Crew(
                hosts: subjects.compactMap { ID<User>($0) },
                resources: subjects.compactMap { ID<BookableResource>($0) })
            let ends = start.adding(seconds: seconds)
            if Set(crew.hosts) != Set(meeting.crew.hosts) {
                findings.append("proposal: \(id) keeps \(start) of \(crew.hosts), not of \(meeting.crew.hosts)")
            }
            judgeRooms(crew, on: link, from: start, to: ends, claim: meeting.id.text)
            rows += link.taken(subjects, claim: meeting.id.text, from: start, to: ends)
        }
        if kept.count != rows.count { findings.append("proposal: \(id) keeps other times than it names") }
        judge(rows, "a proposal")
        expected.add(Asked(
            id, of: meeting, starts: starts.sorted(), rows: rows, at: now, expires: expires,
            linkVersion: link.version))
        count(starts.isEmpty ? "proposals of their choice" : "proposals of times")
    }

    // MARK: Judging

    /// What was refused of a question.
    func judge(_ refused: Refused, _ wish: ProposalWish, of booking: ID<Booking>) {
        judge(refused)
        guard let meeting = expected.meetings[booking], let link = expected.link(meeting.link),
            let refusal = refused.refusal
        else { return }
        let starts = Set(wish.starts).sorted()
        let isRight = switch (refusal as? ProposalRefusal, refusal as? BookingRefusal) {
        case (.asked?, _): expected.question(of: meeting).map { $0.starts != starts } ?? false
        case (.tooLate?, _): expected.answerEnds(wish, of: meeting) - now < Int64(Proposal.leastMinutes) * 60
        case (.nothingConfirmed?, _): starts.isEmpty && meeting.isWaiting
        case (.seated?, _): !starts.isEmpty && meeting.session != nil
        case (.taken(let reason, _)?, _):
            reason != .busyBooking && reason != .busyHold || starts.contains { isInTheWay($0, of: meeting, on: link) }
        case (_, .over(let status)?): status == meeting.status && meeting.status != .confirmed && !meeting.isWaiting
        case (_, .meetingStarted?): min(meeting.starts, meeting.waiting?.kept?.start ?? meeting.starts) <= now
        default: false
        }
        count("proposals not made")
        if !isRight { findings.append("proposal: \(starts) for \(booking), \(meeting.status): \(refused.words)") }
    }

    /// What is asked is kept: it is refused only when it is over.
    func judgeAnswer(_ refused: Refused, _ id: ID<Proposal>, _ start: Instant, of booking: ID<Booking>) {
        judge(refused)
        guard let meeting = expected.meetings[booking], let refusal = refused.refusal else { return }
        let open = expected.question(of: meeting)
        let isKept = open?.id == id && open?.starts.contains(start) ?? false
        if isKept || refusal as? ProposalRefusal != .over {
            findings.append("proposal: \(start) of \(id) could not be taken: \(refused.words)")
        }
        count("answers too late")
    }

    private func isInTheWay(_ start: Instant, of meeting: Meeting, on link: LinkFacts) -> Bool {
        if meeting.crew.hosts.contains(where: { expected.off.contains("\(link.tenant) \($0)") }) { return true }
        let subjects = meeting.crew.hosts.map(\.text) + link.needs.flatMap(\.oneOf).map(\.text)
        let asked = link.taken(
            subjects, claim: meeting.id.text, from: start, to: start.adding(seconds: meeting.ends - meeting.starts))
        let others = expected.taken(at: now, without: [meeting.id.text])
        return asked.contains { time in others.contains(where: time.isTooNear) }
    }
}

extension Expected {
    /// Until when an answer may come.
    func answerEnds(_ wish: ProposalWish, of meeting: Meeting) -> Instant {
        let first = min(meeting.starts, meeting.waiting?.kept?.start ?? meeting.starts)
        let last = (wish.starts + [first] + [meeting.waiting?.until].compactMap(\.self)).min() ?? first
        return wish.starts.isEmpty ? last : min(now.adding(hours: wish.hours), last)
    }
}
